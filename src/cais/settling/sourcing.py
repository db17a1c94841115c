"""Who may serve a store's orders, as a person sets it: the orders follow in the same transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import QuerySet

from cais.companies.models import Company, Group
from cais.connections import serving
from cais.connections.models import Connection
from cais.core.effects import SERVED_ELSEWHERE, Meaning
from cais.orders.bearers import TOLD
from cais.orders.models import Order
from cais.orders.services import make_these_due


def undecided(connections: Collection[Connection] | QuerySet[Connection]) -> QuerySet[Order]:
    """Orders to serve whose company may still be another: no ERP was told of them."""
    ours = Order.objects.filter(connection__in=connections, is_history=False).exclude(erp_state__in=TOLD)
    return ours.exclude(meaning__in=[*SERVED_ELSEWHERE, Meaning.CANCELLED, Meaning.IGNORE])


def set_companies(connection: Connection, companies: Sequence[Company], *, reordered: bool) -> None:
    """These companies serve from now on. Open orders are looked at again; what is promised moves along with them."""
    with transaction.atomic():
        serving.choose(connection, companies, reordered=reordered)
        make_these_due(undecided([connection]))


def set_company(connection: Connection, company: Company) -> None:
    """The store is this company's from now on, which serves alone where no queue is set. Open orders follow."""
    with transaction.atomic():
        if serving.give_to(connection, company):
            make_these_due(undecided([connection]))


def set_rules(connection: Connection, *, policy: str, moves: str) -> None:
    """How a proposal chooses, and which proposals go by themselves. A movement that exists stays as it is."""
    with transaction.atomic():
        connection.policy, connection.moves = policy, moves
        connection.save(update_fields=["policy", "moves"])
        make_these_due(undecided([connection]).filter(movement_state="none"))


def depots_changed(group: Group) -> None:
    """A depot came into use or went out of it: every order to serve is looked at again."""
    make_these_due(undecided(Connection.objects.of(group)))


def place(connection: Connection, company: Company, *, at: int) -> bool:
    """To this place of this store's queue, the first is 0; the others close up. Returns whether it moved."""
    queue = serving.queue_of(connection)
    now = next((index for index, row in enumerate(queue) if row.pk == company.pk), None)
    if now is None or at == now or not 0 <= at < len(queue):
        return False
    queue.insert(at, queue.pop(now))
    by_priority = sorted(queue, key=lambda row: (row.priority, row.pk))
    set_companies(connection, queue, reordered=queue != by_priority)
    return True
