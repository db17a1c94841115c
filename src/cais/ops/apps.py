"""Start-up of the room: the rooms' hints become jobs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.apps import AppConfig, apps
from django.db import transaction
from django.db.models.signals import post_save

from cais.catalog.hints import products_changed
from cais.connections.hints import came_back
from cais.publishing.hints import order_moved
from cais.shelves.hints import shelves_marked
from cais.stock.hints import balance_fell, balance_raised

NOTES_ARE_MADE_OF = (
    "catalog.Product",
    "companies.Company",
    "customers.Customer",
    "nfe.Certificate",
    "nfe.FiscalSetup",
    "nfe.TaxProfile",
    "nfe.TaxRule",
)
"""Registers that people mend; what is written to them in another way is found by the sweep."""

_STAGE_OF_MARKS = {"stock": "stock", "price": "prices", "product": "product"}


class OpsConfig(AppConfig):
    name = "cais.ops"

    def ready(self) -> None:
        balance_raised.connect(_look_at_waiting_orders, dispatch_uid="cais.balance_raised")
        balance_fell.connect(_look_at_those_without, dispatch_uid="cais.balance_fell")
        products_changed.connect(_look_at_what_was_sold, dispatch_uid="cais.products_changed")
        order_moved.connect(_read_the_order, dispatch_uid="cais.order_moved")
        shelves_marked.connect(_tell_the_stores, dispatch_uid="cais.shelves_marked")
        came_back.connect(_go_on, dispatch_uid="cais.came_back")
        for name in NOTES_ARE_MADE_OF:
            post_save.connect(_judge_notes_again, sender=apps.get_model(name), dispatch_uid=f"cais.mended.{name}")


def _look_at_waiting_orders(sender: object, *, group_id: int, **_: Any) -> None:
    from cais.ops.tasks import reconsider_soon

    reconsider_soon(group_id)


def _tell_the_stores(sender: object, *, group_id: int, connection_ids: Collection[int], kind: str, **_: Any) -> None:
    """A figure, a price or a product changed: once committed its store hears of it without waiting for the tick."""
    from cais.ops.tasks import hint

    for connection_id in sorted(connection_ids):
        hint(_STAGE_OF_MARKS[kind], group_id, connection_id)


def _look_at_those_without(sender: object, *, group_id: int, product_ids: frozenset[int], **_: Any) -> None:
    """Units that orders were promised are gone: each says so itself when it is looked at."""
    from cais.movements.unkept import orders_without
    from cais.orders.services import make_due

    make_due([order.pk for order in orders_without(group_id, product_ids)])


def _look_at_what_was_sold(sender: object, *, group_id: int, product_ids: Collection[int], **_: Any) -> None:
    """Stock control was switched on, or a kit has other components: what is sold of them already is to be promised."""
    from cais.orders.services import make_due
    from cais.settling.unpromised import orders_to_promise

    make_due(orders_to_promise(group_id, product_ids))


def _judge_notes_again(sender: object, *, instance: Any, **_: Any) -> None:
    """A register was saved: notes that it barred need not wait for the sweep."""
    from cais.nfe.waking import has_blocked
    from cais.ops.tasks import judge_again_soon

    if has_blocked(instance.group_id):
        transaction.on_commit(lambda: judge_again_soon(instance.group_id))


def _read_the_order(sender: object, *, connection: Any, external_id: str, **_: Any) -> None:
    """The store shows another state than ours: fetch it at once, whatever the list says."""
    from cais.intake.fetch import ask_again
    from cais.ops.tasks import hint

    ask_again(connection, external_id)
    hint("fetch", connection.group_id, connection.pk)


def _go_on(sender: object, *, connection: Any, **_: Any) -> None:
    """A connection answers again: what its failures put off need not wait for its own back-off."""
    from cais.exporting.asking import go_on_exporting
    from cais.intake.retry import go_on
    from cais.shelves.retry import go_on_telling

    go_on(connection)
    go_on_telling(connection)
    go_on_exporting(connection)
