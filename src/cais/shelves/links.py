"""Vínculos: which of a store's products is which of ours, by code alone; what is not sure is for a person (D4, D5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cais.catalog.hints import tell, tell_linked
from cais.catalog.models import Listing, Product, StoreProduct
from cais.companies.writing import update_each
from cais.connections.models import Connection
from cais.core.shelf import ShelfRow
from cais.inbox import services as inbox
from cais.orders.models import OrderLine
from cais.orders.services import make_due
from cais.shelves.conflicts import tell_conflicts, tell_varied
from cais.shelves.facets import FACETS
from cais.shelves.marks import mark
from cais.shelves.models import Mark
from cais.shelves.parents import Key, products_that_turned
from cais.shelves.subjects import listing_subject

Conflict = StoreProduct.Conflict
_SHOWN: Final = ("reference", "gtin", "name", "has_variants", "seen_at")
_BATCH: Final = 1000
_REMEMBERED: Final = timedelta(days=7)


class CannotLink(ValueError):
    """Why a person's link is not made, in plain words."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What of the things that have no link is sure, what is not, and the products that several of them could be."""

    sure: Sequence[tuple[StoreProduct, Product]]
    conflicts: Mapping[int, Conflict]
    doubled: Sequence[Product]


def keep(connection: Connection, rows: Sequence[ShelfRow], *, seen_at: datetime) -> None:
    """Keep what a page of the store's list shows. What has variants since then, or no more, is looked at."""
    found = {
        (row.ref.external_id, row.ref.variant_id): StoreProduct(
            group_id=connection.group_id,
            connection=connection,
            external_id=row.ref.external_id,
            variant_id=row.ref.variant_id,
            reference=row.reference[:120],
            gtin=row.gtin if len(row.gtin) <= 14 else "",
            name=row.name[:200],
            has_variants=row.has_variants,
            seen_at=seen_at,
        )
        for row in rows
    }
    with transaction.atomic():
        turned = products_that_turned(connection, found)
        StoreProduct.objects.bulk_create(
            [found[key] for key in sorted(found)],
            update_conflicts=True,
            unique_fields=["connection", "external_id", "variant_id"],
            update_fields=list(_SHOWN),
        )
        for kind in (Mark.Kind.STOCK, Mark.Kind.PRICE) if turned else ():
            mark(connection.group_id, turned, connection_id=connection.pk, kind=kind)


def link_what_is_sure(connection: Connection, *, since: datetime | None = None) -> None:
    """Link each thing that one product and nothing else can be, and name what is for a person.

    `since`: when the whole pass began that was just read to its end. What it did not show, and the store denied when it
    was asked for it, is gone; what nobody could ask for stays as it was, and is not linked by itself.
    """
    with transaction.atomic():
        # One judge at a time: two would both find the same product free. No key is touched, so orders go on coming in.
        Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=connection.pk)
        if since is not None:
            _forget_unseen(connection, since)
        things = list(StoreProduct.objects.filter(connection=connection).order_by("pk"))
        listings = list(Listing.objects.filter(connection=connection))
        own = {(listing.external_id, listing.variant_id): listing for listing in listings}
        here = [thing for thing in things if not _is_gone(thing, since)]
        free = [thing for thing in here if thing.key not in own and not thing.has_variants]
        shown = {thing.pk for thing in free if since is None or thing.seen_at >= since}
        judged = _sorted_out(free, shown=shown, taken={listing.product_id for listing in listings})
        orphans = _with_loose_variants(here, own.keys() | {thing.key for thing, _ in judged.sure})
        conflicts = {**judged.conflicts, **_of_links(things, own, orphans=orphans, since=since)}
        _link(connection, judged.sure)
        named = {thing.pk: {"conflict": str(conflicts.get(thing.pk, ""))} for thing in things}
        update_each(StoreProduct, {t.pk: named[t.pk] for t in things if t.conflict != named[t.pk]["conflict"]})
        linked = [conflicts[thing.pk] for thing in things if thing.pk in conflicts and thing.key in own]
        tell_conflicts(connection, of_links=linked, doubled=judged.doubled)
        varied = [own[thing.key].product_id for thing in things if conflicts.get(thing.pk) == Conflict.VARIED]
        tell_varied(connection, Product.objects.filter(pk__in=varied))


def _forget_unseen(connection: Connection, since: datetime) -> None:
    """What is gone may come back, and a person's word must outlive that: what they unlinked stays for a week."""
    left = Q(left_alone=False) | Q(seen_at__lt=since - _REMEMBERED)
    gone = StoreProduct.objects.filter(left, connection=connection, seen_at__lt=since, conflict=Conflict.GONE)
    linked = set(Listing.objects.filter(connection=connection).values_list("external_id", "variant_id"))
    gone.filter(pk__in=[thing.pk for thing in gone if thing.key not in linked]).delete()


def _is_gone(thing: StoreProduct, since: datetime | None) -> bool:
    return thing.conflict == Conflict.GONE and (since is None or thing.seen_at < since)


def _with_loose_variants(here: Iterable[StoreProduct], linked: Collection[Key]) -> set[str]:
    """The store's ids of parents of which a variant has no link, or of which the list shows none."""
    parents, loose, whole = set[str](), set[str](), set[str]()
    for thing in here:
        if thing.variant_id:
            (whole if thing.key in linked else loose).add(thing.external_id)
        elif thing.has_variants:
            parents.add(thing.external_id)
    return parents - (whole - loose)


def _of_links(
    things: Iterable[StoreProduct], own: Mapping[Key, Listing], *, orphans: Collection[str], since: datetime | None
) -> dict[int, Conflict]:
    """A link goes by the store's id and survives another code on either side; the new code is shown (D5).

    `orphans`: what has variants there that are not all linked, so that a part of it sells and nobody counts it.
    """
    found: dict[int, Conflict] = {}
    for thing in things:
        listing = own.get(thing.key)
        if _is_gone(thing, since):
            found[thing.pk] = Conflict.GONE
        elif listing is not None and not thing.variant_id and thing.external_id in orphans:
            found[thing.pk] = Conflict.VARIED
        elif listing is not None and listing.reference and thing.reference != listing.reference:
            found[thing.pk] = Conflict.CHANGED
    return found


def _sorted_out(free: Sequence[StoreProduct], *, shown: Collection[int], taken: set[int]) -> Judgement:
    """A product made from an order proves nothing by its SKU. Only what the store has just `shown` is sure."""
    candidates: dict[int, list[StoreProduct]] = defaultdict(list)
    products: dict[int, Product] = {}
    for thing, product in _candidates(free):
        products[product.pk] = product
        candidates[product.pk].append(thing)
    sure: list[tuple[StoreProduct, Product]] = []
    conflicts: dict[int, Conflict] = {}
    doubled: list[Product] = []
    for pk, same in candidates.items():
        if pk in taken:
            conflicts |= {thing.pk: Conflict.TAKEN for thing in same if not thing.left_alone}
        elif len(same) > 1:
            conflicts |= {thing.pk: Conflict.TWINS for thing in same}
            doubled.append(products[pk])
        elif not same[0].left_alone and same[0].pk in shown:
            sure.append((same[0], products[pk]))
    return Judgement(sure, conflicts, doubled)


def _candidates(free: Sequence[StoreProduct]) -> Iterable[tuple[StoreProduct, Product]]:
    """By reference; where no product of ours has it, by a GTIN that only one has. Never by name."""
    by_sku = {each.sku: each for each in _of(free, {thing.reference for thing in free}, field="sku")}
    by_gtin: dict[str, list[Product]] = defaultdict(list)
    for each in _of(free, {thing.gtin for thing in free}, field="gtin"):
        by_gtin[each.gtin].append(each)
    for thing in free:
        same_gtin = by_gtin.get(thing.gtin, [])
        product = by_sku.get(thing.reference) or (same_gtin[0] if len(same_gtin) == 1 else None)
        if product is not None and not product.is_as_the_store_said:
            yield thing, product


def _of(free: Sequence[StoreProduct], values: set[str], *, field: str) -> list[Product]:
    """The active products of the group with one of these values in a field."""
    wanted, found = sorted(values - {""}), list[Product]()
    for start in range(0, len(wanted), _BATCH):
        told = {f"{field}__in": wanted[start : start + _BATCH]}
        found += Product.objects.filter(**told, group=free[0].group_id, active=True)
    return found


def _link(connection: Connection, pairs: Iterable[tuple[StoreProduct, Product]]) -> None:
    made = [
        Listing(
            group_id=connection.group_id,
            connection=connection,
            product=product,
            external_id=thing.external_id,
            variant_id=thing.variant_id,
            reference=thing.reference,
        )
        for thing, product in pairs
    ]
    Listing.objects.bulk_create(made)
    if made:
        tell_linked(connection, {listing.product_id for listing in made})
    waiting = OrderLine.objects.filter(order__connection=connection, product=None, removed=False)
    keys = {(listing.external_id, listing.variant_id) for listing in made}
    lines = waiting.filter(product_external_id__in={key[0] for key in keys})
    names = lines.values_list("order_id", "product_external_id", "variant_external_id")
    make_due(sorted({order for order, product, variant in names if (product, variant) in keys}))


def link_by_hand(thing: StoreProduct, sku: str) -> Product:
    """A person says which product of ours this is. Raises CannotLink."""
    connection = thing.connection
    with transaction.atomic():
        Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=connection.pk)
        product = Product.objects.filter(group=connection.group_id, sku=sku.strip()).first()
        if product is None:
            raise CannotLink(f"Nenhum produto tem o SKU {sku.strip() or 'vazio'}.")
        if thing.has_variants:
            raise CannotLink("Este item tem variações na loja. Vincule as variações, que têm estoque próprio.")
        own = Listing.objects.filter(connection=connection)
        if own.filter(external_id=thing.external_id, variant_id=thing.variant_id).exists():
            raise CannotLink("Este item já tem vínculo. Desfaça o vínculo antes de fazer outro.")
        others = own.filter(product=product).select_related("product")
        of_its_parent = others.filter(external_id=thing.external_id, variant_id="")
        if others.exclude(pk__in=of_its_parent).exists():
            words = f"{product.sku} já tem vínculo com outro item desta loja."
            raise CannotLink(f"{words} Desfaça aquele antes: o mesmo estoque seria vendido duas vezes.")
        _let_go(of_its_parent)
        StoreProduct.objects.filter(pk=thing.pk).update(left_alone=False)
        _link(connection, [(thing, product)])
        link_what_is_sure(connection)
    return product


def link_exported(connection: Connection, product: Product, shown: ShelfRow) -> Listing:
    """What a store made for us, or has under our reference, is this product. Raises CannotLink when it is another's."""
    with transaction.atomic():
        Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=connection.pk)
        own = Listing.objects.filter(connection=connection).select_related("product")
        there = own.filter(external_id=shown.ref.external_id, variant_id=shown.ref.variant_id).first()
        if there is not None and there.product_id == product.pk:
            return there
        if there is not None:
            words = f"Na loja, o produto com o código {product.sku} está vinculado a {there.product.sku}."
            raise CannotLink(f"{words} Desfaça aquele vínculo, ou corrija o código na loja.")
        if own.filter(product=product).exists():
            raise CannotLink(f"{product.sku} acabou de ser vinculado a outro item desta loja.")
        keep(connection, [shown], seen_at=timezone.now())
        thing = StoreProduct.objects.get(
            connection=connection, external_id=shown.ref.external_id, variant_id=shown.ref.variant_id
        )
        StoreProduct.objects.filter(pk=thing.pk).update(left_alone=False, conflict="")
        _link(connection, [(thing, product)])
        return own.get(product=product)


def unlink(thing: StoreProduct) -> None:
    """Take the link away; the store keeps showing what it shows, and only a person links this thing again."""
    connection = thing.connection
    with transaction.atomic():
        Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=connection.pk)
        tell(connection.group_id, _let_go(_listing_of(thing)))
        StoreProduct.objects.filter(pk=thing.pk).update(left_alone=True)
        link_what_is_sure(connection)


def _let_go(links: QuerySet[Listing]) -> set[int]:
    """These links end, and what waited for a person because of them. Returns the products that they named."""
    ended = list(links.select_related("product"))
    for listing in ended:
        inbox.sync(listing.group_id, {listing_subject(listing): ()}, among=[facet.refused for facet in FACETS])
    links.delete()
    return {listing.product_id for listing in ended}


def confirm_same(thing: StoreProduct) -> None:
    """*É o mesmo produto*: the code that it bears in the store now is right. Raises CannotLink."""
    with transaction.atomic():
        if not _listing_of(thing).update(reference=thing.reference):
            raise CannotLink("Este item não tem mais vínculo: alguém o desfez há pouco.")
        link_what_is_sure(thing.connection)


def _listing_of(thing: StoreProduct) -> QuerySet[Listing]:
    return Listing.objects.filter(
        connection=thing.connection_id, external_id=thing.external_id, variant_id=thing.variant_id
    )
