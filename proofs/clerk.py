"""Whoever presses *Gerar notas*: asks for the notes of what has become a sale, each time twice, until it is ended."""

from __future__ import annotations

import os
import time

ACTOR = "Lídia Moura"
AT_ONCE = 10
PAUSE_SECONDS = 0.5


def main() -> None:
    """Never returns by itself."""
    import django

    django.setup()
    from cais.companies.scope import group_ids, group_scope
    from cais.ops.child import leave_in_order_on_sigterm

    leave_in_order_on_sigterm()
    while True:
        for group_id in group_ids():
            with group_scope(group_id):
                ask()
        time.sleep(PAUSE_SECONDS)


def ask() -> None:
    """As the button does, and pressed twice, as people do."""
    from cais.nfe import services
    from cais.orders.models import Order

    orders = list(Order.objects.filter(phase="integrated").order_by("pk")[:AT_ONCE])
    for _ in range(2 if orders else 0):
        services.issue(orders, send_to_store=True, actor_name=ACTOR)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cais.config.settings")
    main()
