"""Judging a reading: what the store shows otherwise than we say is corrected; where much differs, a person decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from cais.catalog.drafts import Invalid
from cais.companies.models import Warehouse
from cais.connections.health import subject_of
from cais.connections.models import Connection
from cais.inbox import services as inbox
from cais.inbox.services import Cause
from cais.intake.before import orders_known
from cais.ports.manifest import Capability
from cais.shelves.figures import digest_of_units, units_to_show
from cais.shelves.looking import look_at_stock
from cais.shelves.models import Drift, StockPublication
from cais.stock import services as stock

MASS: Final = "shelf_drift"
_FEW: Final = 10
_SHARE: Final = Decimal("0.05")
_RULES: Final = (
    "Com a reserva de segurança, o máximo mostrado e os pedidos que esperam, ajustar o estoque de {sku} não faz o Cais "
    "mostrar o mesmo que a loja. Publique o nosso, ou conte o estoque."
)
Way = Drift.Way


class CannotAccept(ValueError):
    """Our stock cannot be made what the store shows; the message is the sentence for the person."""


def judge(connection: Connection, *, since: datetime) -> int | None:
    """What of the rows read since then is a drift. Returns how many, None when it cannot be said now.

    The orders are read and every mark is folded first, so a sale of the store or a change of ours is no drift. Where
    nothing is sent a drift is only shown; where no orders are read nobody can tell it from a sale.
    """
    if not connection.does(Capability.IMPORT_ORDERS):
        return 0
    if orders_known(connection) is None:
        return None
    while look_at_stock(connection):
        pass
    seen = StockPublication.objects.filter(connection=connection, shown_at__gte=since)
    with transaction.atomic():
        rows = list(_differing(seen).select_related("listing").order_by("pk").select_for_update(of=("self",)))
        _end_those_that_are_right(connection, seen)
        is_mass = len(rows) > max(Decimal(_FEW), seen.count() * _SHARE)
        _keep(connection, rows)
        if is_mass:
            _hold(rows)
        elif connection.does(Capability.WRITE_STOCK) and not connection.observes:
            _publish_ours([row.listing_id for row in rows], way=Way.ITSELF)
        _tell(connection)
    return len(rows)


def _differing(seen: QuerySet[StockPublication]) -> QuerySet[StockPublication]:
    """Nothing of ours is on its way to them, and the store shows something else than we say."""
    quiet = seen.filter(due_at=None, in_flight=False, desired__isnull=False)
    return quiet.exclude(desired=F("shown")).filter(published=F("shown"))


def _end_those_that_are_right(connection: Connection, seen: QuerySet[StockPublication]) -> None:
    right = seen.filter(desired=F("shown")).values("listing")
    Drift.objects.filter(connection=connection, ended_at=None, listing__in=right).update(ended_at=Now(), way=Way.GONE)


def _keep(connection: Connection, rows: Sequence[StockPublication]) -> None:
    """One open drift for each; it keeps the hour at which it was first seen."""
    found = [
        Drift(
            group_id=connection.group_id,
            connection=connection,
            listing=row.listing,
            shown=row.shown or Decimal(0),
            ours=row.desired or Decimal(0),
        )
        for row in rows
    ]
    Drift.objects.bulk_create(found, ignore_conflicts=True)


def _hold(rows: Sequence[StockPublication]) -> None:
    """A later change of ours wakes a row: what our own orders take is never held."""
    for row in rows:
        StockPublication.objects.filter(pk=row.pk).update(
            hold=MASS, held_digest=digest_of_units(row.desired), due_at=Now()
        )


def _tell(connection: Connection) -> None:
    """One cause for the whole store, as long as something is held."""
    held = StockPublication.objects.filter(connection=connection, hold=MASS).count()
    causes = [Cause(MASS, f"shelf:{connection.pk}", {"store": connection.name, "count": held})] if held else []
    inbox.sync(connection.group_id, {subject_of(connection): causes}, among=(MASS,))


def publish_ours(connection: Connection, listing_ids: Collection[int], *, actor_name: str) -> int:
    """*Publicar o nosso*: what we say is written over what the store shows."""
    with transaction.atomic():
        ended = _publish_ours(listing_ids, way=Way.OURS, actor_name=actor_name)
        _tell(connection)
    return ended


def _publish_ours(listing_ids: Collection[int], *, way: Drift.Way, actor_name: str = "") -> int:
    rows = StockPublication.objects.filter(listing__in=listing_ids).order_by("pk")
    list(rows.select_for_update(of=("self",)))
    rows.filter(hold=MASS).update(hold="", held_digest="")
    rows.update(due_at=Now(), attempts=0, waits_since=Now())
    return _end(listing_ids, way=way, actor_name=actor_name)


def accept_theirs(drift: Drift, warehouse: Warehouse, *, actor_name: str) -> None:
    """*Aceitar o da loja*: our stock in this warehouse is adjusted until we say the same. Raises CannotAccept."""
    product, connection = drift.listing.product, drift.connection
    reason = f"Aceito o que a loja {connection.name} mostra"
    try:
        with transaction.atomic():
            stock.adjust(product, warehouse, drift.shown - _ours(drift), actor_name=actor_name, reason=reason)
            if _ours(drift) != drift.shown:
                raise CannotAccept(_RULES.format(sku=product.sku))
            _end([drift.listing_id], way=Way.THEIRS, actor_name=actor_name)
            _tell(connection)
    except Invalid as refused:
        raise CannotAccept(str(refused)) from refused


def _ours(drift: Drift) -> Decimal:
    """What we say now, whatever it was when the drift was seen. Raises CannotAccept."""
    product_id = drift.listing.product_id
    units = units_to_show(drift.connection, [product_id]).get(product_id)
    if units is None:
        raise CannotAccept("O Cais não sabe quanto há deste produto. Conte o estoque dele primeiro.")
    return units


def _end(listing_ids: Collection[int], *, way: Drift.Way, actor_name: str) -> int:
    open_ones = Drift.objects.filter(listing__in=listing_ids, ended_at=None)
    return open_ones.update(ended_at=Now(), way=way, ended_by=actor_name[:120])
