"""A product of the register as a store is told it, what it still lacks for that, and where a store shows another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import Final

from cais.catalog.models import Product
from cais.connections.models import Connection
from cais.core.digest import digest_of
from cais.core.pricing import Standing
from cais.core.shelf import ProductDoc
from cais.core.values import ZERO
from cais.core.wording import money_text, quantity_text
from cais.ports.errors import Rejected
from cais.pricing.figures import prices

Field = tuple[str, str, str]
NOTHING: Final = "–"
_MAY_BE_EMPTY: Final = ("gtin", "brand", "description", "length_cm", "width_cm", "height_cm")
_LONGEST: Final = 200
_NO_PRICE: Final = (
    "A regra de preço desta loja não deixa preço para {sku}. Corrija a regra, ou dê um preço próprio a ele."
)


def missing_of(product: Product) -> list[str]:
    """What a store must be told and the register does not say; the same rule as `situations.IS_INCOMPLETE`."""
    needed = (("NCM", product.ncm), ("origem", product.origin), ("preço", product.price), ("peso", product.weight_g))
    return [name for name, value in needed if not value]


def document_of(product: Product) -> ProductDoc | None:
    """None where nothing may be said: a kit, or a product that is not complete. Sizes are rounded up."""
    if product.is_kit or missing_of(product):
        return None
    return ProductDoc(
        reference=product.sku,
        name=product.name,
        price=product.price,
        gtin=product.gtin,
        ncm=product.ncm,
        brand=product.brand,
        description=product.description,
        weight_g=product.weight_g,
        length_cm=_whole(product.length_cm),
        width_cm=_whole(product.width_cm),
        height_cm=_whole(product.height_cm),
        is_active=product.active,
    )


def asked_here(document: ProductDoc, product: Product, connection: Connection) -> ProductDoc:
    """With the price that this store asks, as its list of prices says; where a person keeps prices from it, the base.

    Raises Rejected where the list leaves no price.
    """
    found = prices(connection, [product.pk])[product.pk]
    if found.standing is Standing.NOTHING_LEFT:
        raise Rejected(_NO_PRICE.format(sku=product.sku))
    return document if found.price is None else replace(document, price=found.price.price)


def digest_of_product(document: ProductDoc | None) -> str:
    """Of everything that later changes carry; empty where nothing may be said. Prices have their own way."""
    return "" if document is None else digest_of(replace(document, price=ZERO))


def differences(shown: ProductDoc, ours: ProductDoc, *, with_price: bool = False) -> list[Field]:
    """[field, what the store shows, what we say] of each that differs. Where the register is empty we say nothing."""
    told = zip(_fields(shown, with_price=with_price), _fields(ours, with_price=with_price), strict=True)
    return [(name, was, would) for (name, was), (_, would) in told if would not in (NOTHING, was)]


def over(shown: ProductDoc, ours: ProductDoc) -> ProductDoc:
    """Ours, and what the store shows where the register is empty: unknown is no word to write over another."""
    kept = {name: getattr(shown, name) for name in _MAY_BE_EMPTY if not getattr(ours, name)}
    return replace(ours, **kept)


def described(ours: ProductDoc) -> list[Field]:
    """Every field that says something, of a product that the store does not have."""
    return [(name, NOTHING, told) for name, told in _fields(ours, with_price=True) if told != NOTHING]


def _fields(document: ProductDoc, *, with_price: bool) -> Iterator[tuple[str, str]]:
    yield "Código (SKU)", document.reference or NOTHING
    yield "Nome", document.name or NOTHING
    yield "GTIN", document.gtin or NOTHING
    yield "NCM", document.ncm or NOTHING
    yield "Marca", document.brand or NOTHING
    yield "Descrição", _even(document.description) or NOTHING
    yield "Peso", _sized(document.weight_g, "g")
    yield "Comprimento", _sized(document.length_cm, "cm")
    yield "Largura", _sized(document.width_cm, "cm")
    yield "Altura", _sized(document.height_cm, "cm")
    yield "À venda", "sim" if document.is_active else "não"
    if with_price:
        yield "Preço", money_text(document.price)


def brief(text: str) -> str:
    """A long text as a list shows it."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _even(text: str) -> str:
    """Stores and browsers end lines in their own ways."""
    return "\n".join(text.splitlines()).strip()


def _sized(value: int, unit: str) -> str:
    return quantity_text(value, unit=unit) if value else NOTHING


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))
