"""The imaginary store's shelf ↔ canonical documents; pure, without network."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cais.connectors.imaginary.reading import Record, flag, needed, number, record, rows, text, whole
from cais.core.shelf import PriceDoc, ProductDoc, Promotion, ShelfRef, ShelfRow
from cais.core.values import money, quantity
from cais.ports.capabilities import Done, ShelfPage
from cais.ports.errors import Rejected, Unreadable

_TEXTS = ("reference", "name", "gtin", "ncm", "brand", "description")


def page(answer: object) -> ShelfPage:
    told = record(answer, "products")
    following = whole(told, "next_page")
    return ShelfPage(
        rows=tuple(_row(each) for each in rows(told.get("products"), "products")),
        next_page=str(following) if following else "",
    )


def bearing(answer: object, reference: str) -> list[ShelfRow]:
    """Those that bear exactly this reference, whatever the store thinks it found."""
    return [row for row in page(answer).rows if row.reference == reference]


def shown(answer: object) -> ShelfRow:
    return _row(_product(answer))


def only_one(found: list[ShelfRow], reference: str) -> Done | None:
    """Raises Rejected where only a person can say which is meant: several bear the reference, or variants do."""
    products = {row.ref.external_id for row in found}
    if len(products) > 1:
        words = f"A loja tem mais de um produto com o código {reference}."
        raise Rejected(words, code="ambiguous_reference")
    if any(row.ref.variant_id or row.has_variants for row in found):
        words = f"Na loja, o código {reference} é de um produto com variações."
        raise Rejected(words, code="ambiguous_reference")
    return Done(external_id=products.pop()) if products else None


def stock(answer: object) -> Decimal | None:
    return _stock(_product(answer))


def price(answer: object) -> PriceDoc | None:
    return _price(_product(answer))


def product(answer: object) -> ProductDoc:
    told = _product(answer)
    shown = _price(told)
    if shown is None:
        raise Unreadable("O produto veio sem preço.")
    return ProductDoc(
        price=shown.price,
        weight_g=whole(told, "weight"),
        length_cm=whole(told, "length"),
        width_cm=whole(told, "width"),
        height_cm=whole(told, "height"),
        is_active=flag(told, "active"),
        **{name: text(told, name) for name in _TEXTS},
    )


def stock_body(shown: Decimal) -> dict[str, object]:
    return {"quantity": str(shown)}


def price_body(doc: PriceDoc) -> dict[str, object]:
    """Raises Rejected for a promotion that promises nothing; the store itself would take it."""
    if not doc.is_sensible:
        words = "O preço precisa ser maior que zero; a promoção, menor que ele, e com o fim depois do começo."
        raise Rejected(words, code="senseless_price")
    offer = doc.promotion
    if offer is None:
        return {"price": str(doc.price), "offer": None, "first": "", "last": ""}
    days = {name: day.isoformat() if day else "" for name, day in (("first", offer.first), ("last", offer.last))}
    return {"price": str(doc.price), "offer": str(offer.price), **days}


def product_body(doc: ProductDoc) -> dict[str, object]:
    """Everything but stock and price."""
    sizes = {"length": doc.length_cm, "width": doc.width_cm, "height": doc.height_cm}
    texts = {name: getattr(doc, name) for name in _TEXTS}
    return {**texts, **sizes, "weight": doc.weight_g, "active": doc.is_active}


def _row(told: Record) -> ShelfRow:
    return ShelfRow(
        ref=ShelfRef(external_id=needed(told, "id"), variant_id=text(told, "variant")),
        reference=text(told, "reference"),
        gtin=text(told, "gtin"),
        name=text(told, "name"),
        stock=_stock(told),
        price=_price(told),
        is_active=flag(told, "active"),
        has_variants=flag(told, "has_variants"),
    )


def _product(answer: object) -> Record:
    return record(record(answer, "product").get("product"), "product")


def _stock(told: Record) -> Decimal | None:
    return None if told.get("stock") is None else quantity(number(told, "stock"))


def _price(told: Record) -> PriceDoc | None:
    if told.get("price") is None:
        return None
    offer = told.get("offer")
    promotion = None
    if offer is not None:
        promotion = Promotion(price=money(number(told, "offer")), first=_day(told, "first"), last=_day(told, "last"))
    return PriceDoc(price=money(number(told, "price")), promotion=promotion)


def _day(told: Record, field: str) -> date | None:
    found = text(told, field)
    try:
        return date.fromisoformat(found) if found else None
    except ValueError as error:
        raise Unreadable(f"O campo {field} veio como “{found[:20]}”, que não é uma data.") from error
