"""The shelf of a Tray store ↔ canonical documents: products, variants, stock, prices (Tray contract §5, 6, 15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal

from cais.connectors.tray.address import safe_id
from cais.connectors.tray.reading import Record, amount, flag, key_of, moment, record_of, rows, text_of
from cais.core.shelf import PriceDoc, ProductDoc, Promotion, ShelfRef, ShelfRow
from cais.core.values import money
from cais.ports.capabilities import Done
from cais.ports.errors import OutcomeUnknown, Rejected, Unreadable
from cais.wire.http import Json

PRODUCTS = ("Products", "Product")
VARIANTS = ("Variants", "Variant")
NO_DAY = "0000-00-00"


def product_row(record: Record) -> ShelfRow:
    """A row of the list of products. With variants its own numbers mean nothing: theirs count."""
    has_variants = flag(record, "has_variation") or bool(rows(record.get("Variant") or [], "Variant"))
    ref = ShelfRef(external_id=_id_of(record, "id"))
    return _row(record, ref, name=text_of(record, "name"), is_kit=flag(record, "is_kit"), has_variants=has_variants)


def variant_row(record: Record) -> ShelfRow:
    """Its list does not tell the product's name: what sets it apart stands in its place."""
    axes = [text_of(axis, "value") for axis in rows(record.get("Sku") or [], "Sku")]
    ref = ShelfRef(external_id=_id_of(record, "product_id"), variant_id=_id_of(record, "id"))
    return _row(record, ref, name=" / ".join(axis for axis in axes if axis), is_kit=False, has_variants=False)


def row_of(record: Record, ref: ShelfRef) -> ShelfRow:
    """A product or a variant that was asked for by its number."""
    return variant_row(record) if ref.variant_id else product_row(record)


def stock_of(record: Record) -> Decimal | None:
    return None if _is_untold(record, "stock") else amount(record, "stock", "estoque")


def price_of(record: Record) -> PriceDoc | None:
    if _is_untold(record, "price"):
        return None
    offer = money(amount(record, "promotional_price", "preço promocional"))
    promotion = None
    if offer:
        first, last = _day(record, "start_promotion", "início"), _day(record, "end_promotion", "fim")
        promotion = Promotion(price=offer, first=first, last=last)
    return PriceDoc(price=money(amount(record, "price", "preço")), promotion=promotion)


def product_doc(record: Record) -> ProductDoc:
    price, ncm = price_of(record), text_of(record, "ncm")
    if price is None:
        raise Unreadable("O produto da loja veio sem preço (campo price).")
    return ProductDoc(
        reference=text_of(record, "reference"),
        name=text_of(record, "name"),
        price=price.price,
        gtin=text_of(record, "ean"),
        ncm="" if ncm == "0" else ncm,
        brand=text_of(record, "brand"),
        description=text_of(record, "description"),
        weight_g=_whole(record, "weight", "peso"),
        length_cm=_whole(record, "length", "comprimento"),
        width_cm=_whole(record, "width", "largura"),
        height_cm=_whole(record, "height", "altura"),
        is_active=flag(record, "available"),
    )


def path_of(ref: ShelfRef) -> str:
    """Raises NotFound for an id that could mean another path."""
    if ref.variant_id:
        return f"/products/variants/{safe_id(ref.variant_id)}"
    return f"/products/{safe_id(ref.external_id)}"


def body_of(ref: ShelfRef, fields: dict[str, object]) -> dict[str, object]:
    return {"Variant" if ref.variant_id else "Product": fields}


def record_in(answer: Json, ref: ShelfRef) -> Record:
    name = "Variant" if ref.variant_id else "Product"
    found = record_of(record_of(answer).get(name))
    if not found:
        raise Unreadable(f"A resposta da loja não traz o produto (campo {name}).")
    return found


def price_fields(doc: PriceDoc) -> dict[str, object]:
    """Raises Rejected for what Tray would take and the shop would show wrongly.

    A price of zero turns into *sob consulta* (§5.2), a promotion counts only inside its dates, and zero with zero
    dates is how one is ended (§15.1, inferred).
    """
    if not doc.is_sensible:
        words = "O preço precisa ser maior que zero; a promoção, menor que ele, e com o fim depois do começo."
        raise Rejected(words, code="senseless_price")
    offer = doc.promotion
    if offer is None:
        none = {"promotional_price": "0.00", "start_promotion": NO_DAY, "end_promotion": NO_DAY}
        return {"price": f"{doc.price:.2f}", **none}
    if offer.first is None or offer.last is None:
        raise Rejected("A Tray pede o primeiro e o último dia da promoção.", code="promotion_without_days")
    return {
        "price": f"{doc.price:.2f}",
        "promotional_price": f"{offer.price:.2f}",
        "start_promotion": offer.first.isoformat(),
        "end_promotion": offer.last.isoformat(),
    }


def product_fields(doc: ProductDoc) -> dict[str, object]:
    """Everything but stock and price: a field that is not sent stays as it is (§5.1)."""
    return {
        "reference": doc.reference,
        "name": doc.name,
        "ean": doc.gtin,
        "ncm": doc.ncm,
        "brand": doc.brand,
        "description": doc.description,
        "weight": doc.weight_g,
        "length": doc.length_cm,
        "width": doc.width_cm,
        "height": doc.height_cm,
        "available": 1 if doc.is_active else 0,
    }


def new_product_fields(doc: ProductDoc) -> dict[str, object]:
    """What a product without a word on its stock would sell nobody says; so it begins with none to sell."""
    return {**product_fields(doc), "price": f"{doc.price:.2f}", "stock": 0}


def only_one(found: Sequence[ShelfRow], reference: str) -> Done | None:
    """Raises Rejected when the reference names several products, or what is no simple product: variants and theirs."""
    products = {row.ref.external_id for row in found}
    if len(products) > 1:
        raise Rejected(f"A loja tem mais de um produto com o código {reference}.", code="ambiguous_reference")
    if any(row.ref.variant_id for row in found):
        raise Rejected(f"O código {reference} é de uma variação na loja. Vincule à mão.", code="ambiguous_reference")
    if any(row.has_variants for row in found):
        raise Rejected(f"Na loja, o produto com o código {reference} tem variações.", code="ambiguous_reference")
    return Done(external_id=products.pop()) if products else None


def made(answer: Json) -> Done:
    """A created product without an id counts as lost: looking by its reference finds it."""
    external_id = key_of(record_of(answer), "id")
    if not external_id:
        raise OutcomeUnknown("A loja criou o produto e não disse o número dele.")
    return Done(external_id=external_id, is_new=True)


def _row(record: Record, ref: ShelfRef, *, name: str, is_kit: bool, has_variants: bool) -> ShelfRow:
    return ShelfRow(
        ref=ref,
        reference=text_of(record, "reference"),
        gtin=text_of(record, "ean"),
        name=name,
        stock=stock_of(record),
        price=price_of(record),
        is_active=flag(record, "available"),
        is_kit=is_kit,
        has_variants=has_variants,
    )


def _is_untold(record: Record, key: str) -> bool:
    """Absent or one of Tray's forms of nothing, among which a number zero is not."""
    return not text_of(record, key) and not record.get(key)


def _id_of(record: Record, key: str) -> str:
    found = key_of(record, key)
    if not found:
        raise Unreadable(f"A lista de produtos da loja traz uma linha sem número (campo {key}).")
    return found


def _whole(record: Record, key: str, label: str) -> int:
    return int(amount(record, key, label).to_integral_value(ROUND_CEILING))


def _day(record: Record, key: str, label: str) -> date | None:
    found = moment(record, key, f"{label} da promoção")
    return found.date() if found else None
