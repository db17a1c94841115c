"""What people ask of *Exportar produtos*: export, rehearse, write ours over theirs, leave it as it is, try again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from cais.catalog.models import Listing
from cais.companies.models import Group
from cais.connections.models import Connection
from cais.exporting.marks import mark_at
from cais.exporting.models import ProductPublication
from cais.exporting.situations import CAN_GO, standing_at
from cais.exporting.telling import ALTERED, AMBIGUOUS, REFUSED, THEIRS, tell_well

MOST: Final = 20_000
"""Products asked for at once."""
_BATCH: Final = 1000


def export(connection: Connection, product_ids: Collection[int], *, actor_name: str) -> int:
    """*Exportar*: from now on the store is given these. Returns how many can be; the others stay as they were.

    What the store has with other data waits for a decision, and exporting it once more is none.
    """
    undecided = ProductPublication.objects.filter(connection=connection, hold=THEIRS)
    waiting = set(undecided.values_list("product", flat=True))
    chosen = [each for each in _that_can_go(connection, product_ids) if each not in waiting]
    with transaction.atomic():
        _make(connection, chosen, asked_by=actor_name)
        rows = _rows(connection, chosen)
        rows.update(asked_at=Coalesce(F("asked_at"), Now()), asked_by=actor_name[:120])
        # Exported once, and somebody took the link away since: it begins anew.
        linked = Listing.objects.filter(connection=connection).values("product")
        rows.exclude(published_digest="").exclude(product__in=linked).update(
            published_digest="", is_ours=False, over_digest=""
        )
        _go_on(rows.filter(hold__in=(REFUSED, AMBIGUOUS, ALTERED)))
        mark_at(connection, chosen)
    return len(chosen)


def propose(connection: Connection, product_ids: Collection[int], *, actor_name: str) -> int:
    """*Ensaiar*: these in the place of what was proposed before. Nothing leaves without a rehearsal that is applied."""
    chosen = _that_can_go(connection, product_ids)
    with transaction.atomic():
        ProductPublication.objects.filter(connection=connection).proposals().exclude(product__in=chosen).delete()
        _make(connection, chosen, asked_by=actor_name)
        stopped = _rows(connection, chosen).exclude(hold="")
        stopped.filter(hold=THEIRS).update(asked_at=None)
        _go_on(stopped)
        mark_at(connection, chosen)
    return len(chosen)


def write_over(
    connection: Connection,
    product_ids: Collection[int],
    *,
    actor_name: str,
    seen: Mapping[int, str] | None = None,
) -> int:
    """*Escrever o nosso por cima*: of what differs in the store, and only over what it showed. Returns how many.

    `seen`: the digest of what the person was shown of each product; what was looked at once more since is left out.
    """
    with transaction.atomic():
        rows = _rows(connection, product_ids).filter(hold__in=(THEIRS, ALTERED))
        known = rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", "product", "seen_digest")
        meant = [pk for pk, product, digest in known if seen is None or seen.get(product) == digest]
        chosen = rows.filter(pk__in=meant)
        chosen.update(over_digest=F("seen_digest"), asked_at=Now(), asked_by=actor_name[:120])
        return _go_on(chosen)


def leave(connection: Connection, product_ids: Collection[int]) -> int:
    """*Não enviar mais*: the store keeps what it shows, and later changes stay here. Returns how many."""
    with transaction.atomic():
        rows = _rows(connection, product_ids).filter(in_flight=False, lease=None)
        locked = list(rows.select_related("product").order_by("pk").select_for_update(of=("self",)))
        for row in locked:
            if row.hold:
                tell_well(row)
        ProductPublication.objects.filter(pk__in=[row.pk for row in locked]).delete()
    return len(locked)


def retry_refused_products(group: Group, connection: Connection | None = None) -> int:
    """Say once more what stores refused. What waits for a person's decision goes on waiting. Returns how many wake."""
    rows = ProductPublication.objects.of(group).filter(hold__in=(REFUSED, AMBIGUOUS))
    return (rows if connection is None else rows.filter(connection=connection)).awaken()


def go_on_exporting(connection: Connection) -> None:
    """What the failures of this connection put off is due now; what is in doubt waits its time."""
    put_off = ProductPublication.objects.filter(connection=connection, hold="", in_flight=False, due_at__gt=Now())
    put_off.exclude(error="").update(due_at=Now())


def _that_can_go(connection: Connection, product_ids: Collection[int]) -> list[int]:
    rows = standing_at(connection).filter(pk__in=sorted(product_ids)[:MOST], situation__in=CAN_GO)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _rows(connection: Connection, product_ids: Collection[int]) -> QuerySet[ProductPublication, ProductPublication]:
    return ProductPublication.objects.filter(connection=connection, product__in=product_ids)


def _make(connection: Connection, product_ids: Iterable[int], *, asked_by: str) -> None:
    own = {"group_id": connection.group_id, "connection": connection, "asked_by": asked_by[:120]}
    made = [ProductPublication(product_id=each, **own) for each in product_ids]
    ProductPublication.objects.bulk_create(made, ignore_conflicts=True, batch_size=_BATCH)


def _go_on(rows: QuerySet[ProductPublication, ProductPublication]) -> int:
    """What they waited for is decided."""
    found = list(rows.select_related("product").order_by("pk").select_for_update(of=("self",)))
    for row in found:
        tell_well(row)
    awake = ProductPublication.objects.filter(pk__in=[row.pk for row in found])
    return awake.update(hold="", held_digest="", error="", due_at=timezone.now(), attempts=0)
