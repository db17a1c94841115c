"""Judging a reading: what the store shows otherwise than we say is corrected; where much differs, a person decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from cais.catalog.drafts import Invalid
from cais.companies.models import Warehouse
from cais.companies.writing import update_each
from cais.connections.health import subject_of
from cais.connections.models import Connection
from cais.inbox import services as inbox
from cais.inbox.services import Cause
from cais.intake.before import orders_known
from cais.intake.reread import products_in_question
from cais.ports.manifest import Capability
from cais.shelves.facets import facets_of
from cais.shelves.looking import look
from cais.shelves.models import Drift, ShelfDrift, ShelfPublication
from cais.shelves.stock import STOCK
from cais.shelves.telling import Facet
from cais.stock import services as stock

_FEW: Final = 10
_SHARE: Final = Decimal("0.05")
_RULES: Final = (
    "Com a reserva de segurança, o máximo mostrado e os pedidos que esperam, ajustar o estoque de {sku} não faz o Cais "
    "mostrar o mesmo que a loja. Publique o nosso, ou conte o estoque."
)
Way = ShelfDrift.Way


class CannotAccept(ValueError):
    """Our stock cannot be made what the store shows; the message is the sentence for the person."""


def judge(connection: Connection, *, since: datetime) -> int | None:
    """What of the rows read since then is a drift. Returns how many, None when it cannot be said now."""
    found = [_judge(connection, facet, since=since) for facet in facets_of(connection)]
    known = [count for count in found if count is not None]
    return sum(known) if len(known) == len(found) else None


def _judge(connection: Connection, facet: Facet[Any], *, since: datetime) -> int | None:
    """Every mark is folded first and, where sales change the value, the orders are read: neither is a drift.

    Nor is what the store did with an order that is in question: asked before the marks are folded, so that what is
    answered meanwhile is among them. Where nothing is sent a drift is only shown; where no orders are read nobody can
    tell it from a sale.
    """
    if facet.follows_sales:
        if not connection.does(Capability.IMPORT_ORDERS):
            return 0
        if orders_known(connection, whole=True) is None:
            return None
    left_out = products_in_question(connection) if facet.follows_sales else frozenset[int]()
    while look(connection, facet, wait=True):  # what another worker folds at this moment counts as well
        pass
    seen = facet.rows().filter(connection=connection, shown_at__gte=since)
    with transaction.atomic():
        differing = _differing(seen).exclude(listing__product__in=left_out).select_related("listing")
        rows = list(differing.order_by("pk").select_for_update(of=("self",)))
        _end_those_that_are_over(connection, facet, seen)
        is_few = facet.corrects_few and len(rows) <= max(Decimal(_FEW), seen.count() * _SHARE)
        _keep(connection, facet, rows)
        if not is_few:
            _hold(facet, rows)
        elif connection.does(facet.capability) and not connection.observes:
            _publish_ours(facet, [row.listing_id for row in rows], way=Way.ITSELF)
        tell(connection, facet)
    return len(rows)


def _differing(seen: QuerySet[Any]) -> QuerySet[Any]:
    """Nothing of ours is on its way to them, and the store shows something else than we say."""
    quiet = seen.filter(due_at=None, in_flight=False, desired__isnull=False)
    return quiet.exclude(desired=F("shown")).filter(published=F("shown"))


def _end_those_that_are_over(connection: Connection, facet: Facet[Any], seen: QuerySet[Any]) -> None:
    """The store is right by now, or there is nothing that we would say in place of what it shows."""
    right = Q(listing__in=seen.filter(desired=F("shown")).values("listing"))
    silent = Q(listing__in=facet.rows().filter(connection=connection, desired=None).values("listing"))
    facet.open_drifts().filter(right | silent, connection=connection).update(ended_at=Now(), way=Way.GONE)


def _keep(connection: Connection, facet: Facet[Any], rows: Sequence[ShelfPublication]) -> None:
    """One open drift for each, as it is now; it keeps the hour at which it was first seen."""
    found = {row.listing_id: {"shown": row.shown, "ours": row.desired} for row in rows}
    known = dict(facet.open_drifts().filter(listing__in=found).values_list("listing", "pk"))
    update_each(facet.drifts, {pk: found[listing] for listing, pk in known.items()})
    own = {"group_id": connection.group_id, "connection": connection}
    new = [facet.drifts(listing_id=key, **facts, **own) for key, facts in found.items() if key not in known]
    facet.drifts.objects.bulk_create(new, ignore_conflicts=True)


def _hold(facet: Facet[Any], rows: Sequence[ShelfPublication]) -> None:
    """A later change of ours wakes a row: what our own orders take is never held."""
    held = facet.rows().filter(pk__in=[row.pk for row in rows])
    held.update(hold=facet.drifted, held_digest=F("desired_digest"), due_at=Now())


def tell(connection: Connection, facet: Facet[Any]) -> None:
    """One cause for the whole store, as long as something is held."""
    reason = facet.drifted
    held = facet.rows().filter(connection=connection, hold=reason).count()
    causes = [Cause(reason, f"shelf:{connection.pk}", {"store": connection.name, "count": held})] if held else []
    inbox.sync(connection.group_id, {subject_of(connection): causes}, among=(reason,))


def publish_ours(
    connection: Connection, listing_ids: Collection[int], *, actor_name: str, facet: Facet[Any] = STOCK
) -> int:
    """*Publicar o nosso*: what we say is written over what the store shows."""
    with transaction.atomic():
        ended = _publish_ours(facet, listing_ids, way=Way.OURS, actor_name=actor_name)
        tell(connection, facet)
    return ended


def _publish_ours(facet: Facet[Any], listing_ids: Collection[int], *, way: ShelfDrift.Way, actor_name: str = "") -> int:
    rows = facet.rows().filter(listing__in=listing_ids).order_by("pk")
    list(rows.select_for_update(of=("self",)))
    rows.update(due_at=Now(), attempts=0, waits_since=Now())
    return end(facet, listing_ids, way=way, actor_name=actor_name)


def accept_theirs(drift: Drift, warehouse: Warehouse, *, actor_name: str) -> None:
    """*Aceitar o da loja*: our stock in this warehouse is adjusted until we say the same. Raises CannotAccept."""
    product, connection = drift.listing.product, drift.connection
    reason = f"Aceito o que a loja {connection.name} mostra"
    try:
        with transaction.atomic():
            stock.adjust(product, warehouse, drift.shown - _ours(drift), actor_name=actor_name, reason=reason)
            if _ours(drift) != drift.shown:
                raise CannotAccept(_RULES.format(sku=product.sku))
            end(STOCK, [drift.listing_id], way=Way.THEIRS, actor_name=actor_name)
            tell(connection, STOCK)
    except Invalid as refused:
        raise CannotAccept(str(refused)) from refused


def _ours(drift: Drift) -> Decimal:
    """What we say now, whatever it was when the drift was seen. Raises CannotAccept."""
    units = STOCK.says(drift.connection, [drift.listing])[drift.listing_id]
    if units is None:
        words = "O Cais não diz estoque deste produto a esta loja: ele nunca foi contado, ou tem variações lá."
        raise CannotAccept(f"{words} Conte o estoque dele, ou vincule as variações.")
    return units


def end(facet: Facet[Any], listing_ids: Collection[int], *, way: ShelfDrift.Way, actor_name: str) -> int:
    """The open drifts of these are over, and nothing is held for them."""
    facet.rows().filter(listing__in=listing_ids, hold=facet.drifted).update(hold="", held_digest="")
    return (
        facet.open_drifts().filter(listing__in=listing_ids).update(ended_at=Now(), way=way, ended_by=actor_name[:120])
    )
