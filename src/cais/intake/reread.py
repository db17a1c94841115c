"""Orders that the store must show once more before Cais acts on what it showed: each is fetched afresh."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.intake.models import ORDERS, Document
from cais.offering.kits import with_kits_and_parts
from cais.orders.models import Order, OrderLine

BATCH = 100
# Store's clock. An answer that decided nothing, such as an older version, is asked for again, but not at once.
_PACE = timedelta(seconds=30)


def to_reread(connection_id: int | None = None) -> QuerySet[Order]:
    """Orders whose second reading is wanted and not on its way."""
    own = Document.objects.filter(connection=OuterRef("connection"), kind=ORDERS, external_id=OuterRef("external_id"))
    answered_nothing = Q(fetched_at__lte=OuterRef("reread_since")) | Q(fetched_at__lt=CLOCK.now() - _PACE)
    # What we asked for bears no recorded digest: it keeps its place, and its pauses when the store is silent.
    not_asked_yet = Q(due_at=None) | (Q(due_at__gt=Now()) & ~Q(recorded_digest=""))
    at_rest = own.filter(answered_nothing, not_asked_yet, hold="")
    rows = Order.objects.filter(Exists(at_rest) | ~Exists(own), reread_since__isnull=False)
    return rows if connection_id is None else rows.filter(connection=connection_id)


def ask_for_rereading(connection: Connection) -> int:
    """Returns how many orders will be fetched. Each is recorded again even if it comes the same."""
    rows = list(to_reread(connection.pk)[:BATCH])
    wanted = [row.external_id for row in rows]
    relatives = {ref for row in rows for ref in (row.parent_ref, *row.part_refs) if ref and _is_waiting(row)}
    own = Document.objects.filter(connection=connection, kind=ORDERS, external_id__in=relatives)
    unread = relatives.difference(own.values_list("external_id", flat=True))
    fetch_again(connection, [*wanted, *sorted(unread)])
    return len(wanted)


def _is_waiting(order: Order) -> bool:
    """Its parent or parts belong to what must be read before it goes on."""
    return order.split_state == Order.Split.WAITING


def fetch_again(connection: Connection, external_ids: list[str]) -> None:
    """Fetch these orders whatever the list says, those we never saw too, and record them even if they come the same."""
    rows = [
        Document(group_id=connection.group_id, connection=connection, kind=ORDERS, external_id=key, due_at=Now())
        for key in external_ids
    ]
    Document.objects.bulk_create(rows, ignore_conflicts=True)
    Document.objects.filter(connection=connection, kind=ORDERS, external_id__in=external_ids).update(
        needs_fetch=True, recorded_digest="", due_at=Now(), hold="", held_digest="", attempts=0
    )


def behind(connection: Connection) -> QuerySet[Document]:
    """Orders of the store that are, or will be, fetched or recorded; those held for a person wait for that person."""
    unlike = Q(needs_fetch=True) | ~Q(digest=F("recorded_digest"))
    return Document.objects.filter(unlike, connection=connection, kind=ORDERS, hold="", due_at__isnull=False)


def products_in_question(connection: Connection) -> set[int]:
    """What the store may show otherwise by an order of its own that Cais has not believed yet, with kits and parts.

    A cancellation has given its units back there at once, and here only when it is read for the second time.
    """
    lines = OrderLine.objects.filter(order__connection=connection, product__isnull=False)
    asked = lines.filter(order__reread_since__isnull=False)
    read = lines.filter(order__external_id__in=behind(connection).values("external_id"))
    return with_kits_and_parts({*asked.values_list("product", flat=True), *read.values_list("product", flat=True)})
