"""The kind of publication that gives a store a product: found or made by its SKU, then equal when read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, cast

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from cais.catalog.models import Listing, StoreProduct
from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.core.digest import digest_of
from cais.core.shelf import ProductDoc, ShelfRef, ShelfRow
from cais.exporting.documents import asked_here, brief, differences, digest_of_product, document_of, over
from cais.exporting.looking import is_told
from cais.exporting.models import ProductPublication
from cais.exporting.telling import ALTERED, AMBIGUOUS, REFUSED, THEIRS, tell_waiting, tell_well
from cais.ports.capabilities import Done, ProductCatalogue, ProductWriter
from cais.ports.errors import Rejected
from cais.ports.manifest import Capability
from cais.ports.session import Account
from cais.pricing.figures import prices
from cais.publishing.kinds import Kind, Step
from cais.shelves.links import CannotLink, link_exported

_IN_DOUBT: Final = frozenset({"ambiguous_reference", "variant"})
# A store's list may lag behind what it made: who asks too soon finds nothing, and would make a second one.
_BEFORE_ASKING_AGAIN: Final = timedelta(seconds=CLOCK.real_seconds(60.0))
_TOLD_AT_MOST: Final = 3
MOVED: Final = "A loja mudou o produto depois que você o viu, e nada foi escrito por cima. Está diferente agora"


class ProductKind(Kind[ProductPublication]):
    name = "product"
    capability = Capability.WRITE_PRODUCTS

    def rows(self) -> QuerySet[ProductPublication, ProductPublication]:
        return ProductPublication.objects.select_related("connection__company", "product")

    def may_speak(self, connection: Connection) -> bool:
        """Each row says for itself whether the function is on or a rehearsal released it."""
        return connection.manifest.offers(connection.modality, self.capability)

    def claim(self, connection: Connection, most: int) -> list[ProductPublication]:
        """What a worker that died had begun gets the time that a lost answer gets."""
        begun = ProductPublication.objects.filter(connection=connection, in_flight=True, lease_until__lt=Now())
        begun.update(lease=None, lease_until=None, due_at=Now() + _BEFORE_ASKING_AGAIN)
        return super().claim(connection, most)

    def plan(self, row: ProductPublication) -> Step | None:
        """Nothing is said of what is not complete, nor what the store was last seen to say."""
        listing, document = listing_of(row), document_of(row.product)
        told = document if is_told(row, is_linked=listing is not None) else None
        row.desired_digest = digest_of_product(told)
        if told is None or (row.desired_digest == row.published_digest and not row.in_flight):
            return None
        sku = row.product.sku
        if listing is None:
            return Step("add", sku, "não existe", "cadastrado", lambda _, a, look: self._add(row, told, a, look=look))
        return Step("update", sku, "como estava", "atualizado", lambda c, a, _: self._update(row, told, listing, c, a))

    def at_rest(self, row: ProductPublication) -> dict[str, Any]:
        return {"desired_digest": row.desired_digest}

    def source(self, row: ProductPublication) -> str:
        """The whole document, where it goes, and what a person saw there."""
        listing, document = listing_of(row), document_of(row.product)
        asked = prices(row.connection, [row.product_id])[row.product_id].price if listing is None else None
        where = listing.external_id if listing else ""
        return digest_of([digest_of_product(document), asked, where, row.seen_digest])

    def _add(self, row: ProductPublication, ours: ProductDoc, account: Account, *, look: bool) -> Done:
        """Found by its reference it is linked and stays; else it is made.

        A lost answer is asked for by the reference that it was sent with, which may be another by now.
        """
        ours = asked_here(ours, row.product, row.connection)
        there = _made_as(row, account) if look and row.sent_reference not in ("", ours.reference) else None
        if not look or not row.sent_digest:
            _keep(row, sent_digest=row.desired_digest, sent_reference=ours.reference)
        vendor = cast(ProductWriter, row.connection.vendor)
        try:
            there = there or vendor.ensure_product(account, ours)
        except Rejected as error:
            row.refusal = error.code
            raise
        if not there.is_new:
            shown = vendor.read_product(account, ShelfRef(external_id=there.external_id))
            return self._bring_in_line(row, ours, shown, _linked(row, shown, there), account)
        listing = _linked(row, ours, there)
        _keep(row, is_ours=True, was_made=True)
        return self._read_back(row, ours, listing, account, with_price=True)

    def _update(
        self, row: ProductPublication, ours: ProductDoc, listing: Listing, connection: Connection, account: Account
    ) -> Done:
        shown = cast(ProductWriter, connection.vendor).read_product(account, ref_of(listing))
        return self._bring_in_line(row, ours, shown, listing, account)

    def _bring_in_line(
        self, row: ProductPublication, ours: ProductDoc, shown: ProductDoc, listing: Listing, account: Account
    ) -> Done:
        """What is not known to be ours is not written over, unless a person saw it."""
        ref = ref_of(listing)
        row.differs = _differs(shown, ours)
        if not row.differs:
            return Done(external_id=ref.external_id)
        _ensure_may_write_over(row, shown)
        if shown.reference != ours.reference:
            self._ensure_code_is_free(row, ours, listing, account)
        try:
            cast(ProductWriter, row.connection.vendor).update_product(account, ref, over(shown, ours))
        except Rejected as error:
            row.refusal = error.code
            raise
        _keep(row, is_ours=True)
        return self._read_back(row, ours, listing, account)

    def _read_back(
        self, row: ProductPublication, ours: ProductDoc, listing: Listing, account: Account, *, with_price: bool = False
    ) -> Done:
        """Done is what the store shows equal to ours, field by field, and nothing else."""
        ref = ref_of(listing)
        shown = cast(ProductWriter, row.connection.vendor).read_product(account, ref)
        row.differs = _differs(shown, ours, with_price=with_price)
        if row.differs:
            _keep(row, seen_digest=digest_of_product(shown), over_digest="")
            raise Rejected(_told(row.differs, "A loja recebeu e mostra diferente"), code=ALTERED)
        return Done(external_id=ref.external_id)

    def _ensure_code_is_free(
        self, row: ProductPublication, ours: ProductDoc, listing: Listing, account: Account
    ) -> None:
        """Another code goes over there only where no other product bears it."""
        if not row.connection.manifest.offers(row.connection.modality, Capability.LIST_PRODUCTS):
            return
        found = cast(ProductCatalogue, row.connection.vendor).find_products(account, [ours.reference])
        if any(each.ref.external_id != listing.external_id for each in found):
            row.refusal = "ambiguous_reference"
            raise Rejected(f"Outro produto da loja já tem o código {ours.reference}.", code=row.refusal)

    def done(self, row: ProductPublication, step: Step, answer: Done) -> dict[str, Any]:
        """The store bears our code now: the link knows it, and no reading takes it for a changed one (feature D5)."""
        own = {"connection": row.connection_id, "external_id": answer.external_id, "variant_id": ""}
        Listing.objects.filter(**own).update(reference=row.product.sku)
        StoreProduct.objects.filter(**own).update(reference=row.product.sku, name=row.product.name, conflict="")
        tell_well(row)
        return {
            **self.at_rest(row),
            "external_id": answer.external_id,
            "is_ours": True,
            "seen_digest": "",
            "over_digest": "",
            "sent_digest": "",
            "sent_reference": "",
            "differs": [],
            "asked_at": row.asked_at or timezone.now(),
        }

    def in_doubt(self, row: ProductPublication, detail: str) -> None:
        """Asking again finds what was made; a while later, so that the store has it in its lists."""
        later = Now() + _BEFORE_ASKING_AGAIN
        ProductPublication.objects.filter(pk=row.pk, due_at__lt=later).update(due_at=later)

    def refused(self, row: ProductPublication, words: str, detail: str) -> str:
        reason = _reason_of(row)
        _keep(row, desired_digest=row.desired_digest, differs=row.differs, asked_at=row.asked_at or timezone.now())
        tell_waiting(row, reason, words=words, detail=detail)
        return reason


def listing_of(row: ProductPublication) -> Listing | None:
    """The store's product that this one is, as its link says."""
    return Listing.objects.filter(connection=row.connection_id, product=row.product_id).order_by("pk").first()


def ref_of(listing: Listing) -> ShelfRef:
    return ShelfRef(external_id=listing.external_id, variant_id=listing.variant_id)


def seen_in_store(row: ProductPublication, ours: ProductDoc, account: Account) -> ProductDoc | None:
    """What the store shows under the link, else under our reference, for a person to see; None when it has none.

    It is remembered as what the person saw. Raises Rejected when several products may be meant.
    """
    vendor, listing = row.connection.vendor, listing_of(row)
    if listing is not None:
        ref: ShelfRef | None = ref_of(listing)
    else:
        ref = _only_one(cast(ProductCatalogue, vendor).find_products(account, [ours.reference]), ours.reference)
    shown = cast(ProductWriter, vendor).read_product(account, ref) if ref is not None else None
    _keep(row, seen_digest=digest_of_product(shown))
    return shown


def _made_as(row: ProductPublication, account: Account) -> Done | None:
    """What was made under the reference that we sent, if it was. Raises Rejected when several products may be meant."""
    vendor = cast(ProductCatalogue, row.connection.vendor)
    ref = _only_one(vendor.find_products(account, [row.sent_reference]), row.sent_reference)
    return None if ref is None else Done(external_id=ref.external_id)


def _only_one(found: Sequence[ShelfRow], reference: str) -> ShelfRef | None:
    if len({each.ref.external_id for each in found}) > 1:
        raise Rejected(f"A loja tem mais de um produto com o código {reference}. Diga em Vínculos qual é o certo.")
    if any(each.ref.variant_id or each.has_variants for each in found):
        raise Rejected(f"Na loja, o código {reference} é de um produto com variações, que ainda não são enviadas.")
    return found[0].ref if found else None


def _reason_of(row: ProductPublication) -> str:
    if row.refusal:
        return AMBIGUOUS if row.refusal in _IN_DOUBT else REFUSED
    if not row.differs:
        return REFUSED
    return ALTERED if row.is_ours else THEIRS


def _ensure_may_write_over(row: ProductPublication, shown: ProductDoc) -> None:
    """Ours; or just what a person saw before they applied the plan or said so; or just what we sent ourselves.

    Raises Rejected with what the store shows now, which is what a person decides on next.
    """
    now, decided = digest_of_product(shown), row.over_digest
    planned = row.seen_digest if row.allowed_digest == row.desired_digest else ""
    if now in {decided, planned, row.sent_digest} - {""} or (row.is_ours and not decided):
        return
    _keep(row, seen_digest=now, over_digest="")
    raise Rejected(_told(row.differs, MOVED if decided else "Na loja está diferente"), code=THEIRS)


def _linked(row: ProductPublication, shown: ProductDoc, there: Done) -> Listing:
    """Linked before anything is written, so that whoever dies here leaves a product that is found again."""
    ref = ShelfRef(external_id=there.external_id)
    thing = ShelfRow(ref=ref, reference=shown.reference, gtin=shown.gtin, name=shown.name)
    try:
        return link_exported(row.connection, row.product, thing)
    except CannotLink as taken:
        row.refusal = "ambiguous_reference"
        raise Rejected(str(taken), code=row.refusal) from taken


def _keep(row: ProductPublication, **facts: Any) -> None:
    """Write at once what must outlive this worker."""
    ProductPublication.objects.filter(pk=row.pk).update(**facts)
    for name, value in facts.items():
        setattr(row, name, value)


def _differs(shown: ProductDoc, ours: ProductDoc, *, with_price: bool = False) -> list[list[str]]:
    return [[brief(text) for text in field] for field in differences(shown, ours, with_price=with_price)]


def _told(differs: list[list[str]], opening: str) -> str:
    """Na loja está diferente: Nome, Peso e mais 2."""
    names = [name for name, _, _ in differs]
    more = f" e mais {len(names) - _TOLD_AT_MOST}" if len(names) > _TOLD_AT_MOST else ""
    return f"{opening}: {', '.join(names[:_TOLD_AT_MOST])}{more}."
