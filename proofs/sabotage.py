"""Five ways to break the engine in one process, each by replacing one of its functions. The product knows of none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cais.connections.models import Connection
    from cais.connectors.sefaz.answers import Unknown
    from cais.nfe.models import Nfe
    from cais.orders.services import Arrival, Saved
    from cais.ports.capabilities import Done, OrderRef


def break_engine(mode: str) -> None:
    """Break it. Raises KeyError for a mode that does not exist. Django is set up."""
    _WAYS[mode]()


def _chosen(external_id: str) -> bool:
    """Every fifth order."""
    return int(external_id) % 5 == 2


def _lose() -> None:
    """A listed order is dropped silently, again each time it is listed."""
    from cais.intake import listing

    keep = listing.keep

    def forgetful(connection: Connection, refs: Sequence[OrderRef]) -> listing.Kept:
        return keep(connection, [ref for ref in refs if not _chosen(ref.external_id)])

    listing.keep = forgetful


def _double() -> None:
    """The ERP is asked a second time, under another reference."""
    from cais.publishing.erp_document import erp_document
    from cais.publishing.kinds import ErpOrderKind

    create = ErpOrderKind._create

    def eager(kind: ErpOrderKind, row: Any, connection: Connection, account: Any, look: bool) -> Done:
        done = create(kind, row, connection, account, look)
        if row.fulfilment_id % 3 == 0:
            document = erp_document(row.fulfilment)
            connection.vendor.ensure_order(account, replace(document, reference=f"{document.reference}-R"))  # type: ignore[attr-defined]
        return done

    ErpOrderKind._create = eager  # type: ignore[method-assign, assignment]


def _oversell() -> None:
    """Whatever is wanted is promised."""
    from cais.movements.shelf import Shelf

    def generous(shelf: Shelf, product_id: int, wanted: Decimal, *, owed: Decimal = Decimal(0)) -> Decimal:
        shelf._free[product_id] -= wanted
        return wanted

    Shelf.take = generous  # type: ignore[method-assign, assignment]


def _twin() -> None:
    """An order is recorded a second time, under another external id."""
    from cais.orders import services as orders

    save = orders.save

    def twice(connection: Connection, arrivals: Collection[Arrival]) -> Saved:
        twins = [a for a in arrivals if _chosen(a.doc.external_id)]
        again = [replace(a, doc=replace(a.doc, external_id=f"{a.doc.external_id}-2")) for a in twins]
        return save(connection, [*arrivals, *again])

    orders.save = twice


def _twin_note() -> None:
    """After a lost answer a new number is drawn, and the note is signed and sent again under it."""
    from django.db.models.functions import Now

    from cais.nfe import verdicts
    from cais.nfe.models import State

    doubt = verdicts._unknown

    def hasty(nfe: Nfe, outcome: Unknown, *, is_consult: bool) -> None:
        if is_consult or not outcome.was_sent:
            doubt(nfe, outcome, is_consult=is_consult)
            return
        verdicts._settle(nfe, State.QUEUED, None, due_at=Now(), number=None, cnf="")

    verdicts._unknown = hasty


_WAYS: dict[str, Callable[[], None]] = {
    "lose": _lose,
    "double": _double,
    "oversell": _oversell,
    "twin": _twin,
    "twin_note": _twin_note,
}
