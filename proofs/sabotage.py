"""Ways to break the engine in one process, each by replacing one of its functions. The product knows of none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    from cais.connections.models import Connection
    from cais.connectors.sefaz.answers import Unknown
    from cais.core.allocation import Served
    from cais.core.documents import ErpOrderDoc
    from cais.core.pooling import Pool
    from cais.core.sharing import MoneyShare, Sold
    from cais.nfe.models import Nfe
    from cais.orders.services import Arrival, Saved
    from cais.ports.capabilities import Done, OrderRef
    from cais.ports.errors import Rejected
    from cais.ports.session import Account

ZERO = Decimal(0)


def break_engine(mode: str) -> None:
    """Break it. Raises KeyError for a mode that does not exist. Django is set up."""
    _WAYS[mode]()


def _chosen(external_id: str) -> bool:
    """Every fifth order."""
    return int(external_id) % 5 == 2


def _lose() -> None:
    """A listed order is dropped silently, again each time it is listed; so are the notices of it."""
    from cais.hooks import merging
    from cais.intake import listing

    keep, look_sooner = listing.keep, merging.look_sooner

    def forgetful(connection: Connection, refs: Sequence[OrderRef]) -> listing.Kept:
        return keep(connection, [ref for ref in refs if not _chosen(ref.external_id)])

    def deaf(connection: Connection, waits: Mapping[str, float]) -> dict[str, int]:
        dropped = dict.fromkeys(filter(_chosen, waits), 0)  # looked into, as far as anybody is told
        return dropped | look_sooner(connection, {name: waits[name] for name in waits if name not in dropped})

    listing.keep, merging.look_sooner = forgetful, deaf


def _double() -> None:
    """The ERP is asked a second time, under another reference."""
    from cais.backoffice.connector import BackofficeConnector

    ensure = BackofficeConnector.ensure_orders

    def eager(
        connector: BackofficeConnector, account: Account, orders: Sequence[ErpOrderDoc]
    ) -> Sequence[Done | Rejected]:
        done = ensure(connector, account, orders)
        third = [order for order in orders if crc32(order.reference.encode()) % 3 == 0]
        ensure(connector, account, [replace(order, reference=f"{order.reference}-R") for order in third])
        return done

    BackofficeConnector.ensure_orders = eager  # type: ignore[method-assign]


def _oversell() -> None:
    """Whatever is wanted is promised."""
    from cais.movements.shelf import Shelf

    def generous(shelf: Shelf, product_id: int, wanted: Decimal, pool: Pool, **_: object) -> Decimal:
        shelf.supplies[product_id].promise(pool, wanted)
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


def _freight() -> None:
    """Every company that serves an order is paid the whole freight."""
    from cais.movements import shares

    share_money = shares.share_money

    def greedy(sold: Sold, served: Sequence[Served]) -> tuple[MoneyShare, ...]:
        return tuple(replace(part, freight=sold.freight) for part in share_money(sold, served))

    shares.share_money = greedy


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


def _show_promised() -> None:
    """A store is shown what is promised to others."""
    from cais.offering import figures

    units = figures._units

    def generous(*asked: Any) -> dict[int, figures.Units]:
        return {key: replace(found, reserved=ZERO, open_orders=ZERO) for key, found in units(*asked).items()}

    figures._units = generous


def _write_blind() -> None:
    """Stock is written without asking the store what it sold meanwhile."""
    from django.utils import timezone

    from cais.shelves import sending

    def hasty(connection: Connection, **_: object) -> datetime:
        return timezone.now()

    sending.orders_known = hasty


def _write_stale() -> None:
    """The figure of the moment when it was found to differ is written, whatever it is by the time it leaves."""
    from cais.publishing.kinds import Step
    from cais.shelves import looking
    from cais.shelves.models import ShelfPublication
    from cais.shelves.stock import StockKind

    for name in ("desired", "desired_digest"):
        looking._HOW_OF_SALES[name] = f"CASE WHEN t.due_at IS NULL THEN v.{name} ELSE t.{name} END"

    def plan(kind: StockKind, row: ShelfPublication) -> Step | None:
        if row.desired is None or (row.desired_digest == row.published_digest and not row.in_flight):
            return None
        return Step("write", "", "", "", lambda *a: kind._write(row, *a))

    StockKind.plan = plan  # type: ignore[method-assign]


_WAYS: dict[str, Callable[[], None]] = {
    "lose": _lose,
    "double": _double,
    "oversell": _oversell,
    "twin": _twin,
    "freight": _freight,
    "twin_note": _twin_note,
    "oversell_shelf": _show_promised,
    "blind_shelf": _write_blind,
    "stale_shelf": _write_stale,
}
