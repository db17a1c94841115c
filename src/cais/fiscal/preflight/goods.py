"""What may be wrong with an item: its words, codes, quantity and price."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from cais.core.values import CENT
from cais.fiscal import text
from cais.fiscal.documents import Item, NoteDoc
from cais.fiscal.preflight.problem import NONE, SCHEMA, Problem, Where

MOST_ITEMS = 990
MOST = Decimal(10) ** 11
ORIGINS = frozenset("012345678")
_NCM = re.compile(r"[0-9]{8}", re.ASCII)
_CEST = re.compile(r"[0-9]{7}", re.ASCII)
_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}", re.ASCII)
# GS1 prefixes kept for use inside a shop: they name no product anywhere else.
_INTERNAL_PREFIX = re.compile(r"02|04|2")


def goods_problems(note: NoteDoc) -> Iterator[Problem]:
    if not note.items:
        yield Problem(code="no_items", prevents=SCHEMA, where=Where.ORDER, sentence="O pedido não tem nenhum item.")
    if len(note.items) > MOST_ITEMS:
        sentence = (
            f"O pedido tem {len(note.items)} itens e uma nota leva no máximo {MOST_ITEMS}. "
            "Divida o pedido em duas movimentações."
        )
        yield Problem(code="too_many_items", prevents=SCHEMA, where=Where.ORDER, sentence=sentence)
        return
    for position, item in enumerate(note.items, 1):
        yield from _words_and_codes(item, position)
        yield from _numbers(item, position)


def _words_and_codes(item: Item, position: int) -> Iterator[Problem]:
    name = text.fit(item.name, text.PRODUCT)
    label = name or item.sku
    if not name:
        sentence = f"O item {position} está sem nome, ou o nome só tem símbolos. Escreva o nome no cadastro do produto."
        yield _at_product("item_name", SCHEMA, sentence, position)
    if not text.fit(item.sku, text.CODE):
        yield _at_product("item_sku", SCHEMA, f"O item {position} ({label}) está sem código (SKU).", position)
    if not text.fit(item.unit, text.UNIT):
        yield _at_product("item_unit", SCHEMA, f"{label}: falta a unidade de venda (UN, KG, …) no cadastro.", position)
    if not _NCM.fullmatch(item.ncm):
        said = f"o NCM {item.ncm} não tem oito números" if item.ncm else "falta o NCM"
        yield _at_product("item_ncm", "777", f"{label}: {said}. Preencha-o no cadastro do produto.", position)
    if item.origin not in ORIGINS:
        sentence = f"{label}: falta a origem da mercadoria (nacional, importada, …) no cadastro do produto."
        yield _at_product("item_origin", SCHEMA, sentence, position)
    if item.cest and not _CEST.fullmatch(item.cest):
        sentence = f"{label}: o CEST {item.cest} não tem sete números. Corrija-o no cadastro do produto."
        yield _at_product("item_cest", SCHEMA, sentence, position)
    if item.gtin:
        yield from _gtin(item.gtin, label, position)


def _gtin(gtin: str, label: str, position: int) -> Iterator[Problem]:
    if not _GTIN.fullmatch(gtin) or not has_gtin_digit(gtin):
        sentence = f"{label}: o código de barras {gtin} não confere. Corrija-o no cadastro, ou deixe-o vazio."
        yield _at_product("item_gtin", "611", sentence, position)
    elif _INTERNAL_PREFIX.match(gtin.zfill(14)[1:]) and len(gtin) != 8:
        sentence = f"{label}: o código de barras {gtin} é de uso interno de loja. Na nota ele deve ficar vazio."
        yield _at_product("item_gtin_internal", "882", sentence, position)


def has_gtin_digit(gtin: str) -> bool:
    """Check digit of GS1: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(reversed(gtin)))
    return total % 10 == 0


def _numbers(item: Item, position: int) -> Iterator[Problem]:
    label = text.fit(item.name, text.PRODUCT) or item.sku
    fault = _number_fault(item)
    if fault:
        code, sentence = fault
        yield Problem(code=code, prevents=SCHEMA, where=Where.ORDER, sentence=f"{label}: {sentence}", item=position)
        return
    if abs(item.quantity * item.unit_price - item.total) > CENT:
        sentence = (
            f"{label}: quantidade vezes preço dá {text.cents(item.quantity * item.unit_price)}, "
            f"e o total da linha é {item.total}. Corrija o pedido."
        )
        yield Problem(code="line_total", prevents="629", where=Where.ORDER, sentence=sentence, item=position)
    if not 0 <= item.discount <= item.total:
        sentence = (
            f"{label}: o desconto ({item.discount}) é maior que o valor do item ({item.total}). Corrija o pedido."
        )
        yield Problem(code="discount_above_item", prevents=NONE, where=Where.ORDER, sentence=sentence, item=position)


def _number_fault(item: Item) -> tuple[str, str] | None:
    if not all(number.is_finite() for number in (item.quantity, item.unit_price, item.total, item.discount)):
        return "not_a_number", "quantidade ou valor ilegível. Corrija o pedido."
    if item.quantity <= 0 or item.quantity >= MOST:
        return "quantity", "a quantidade precisa ser maior que zero. Corrija o pedido."
    if text.places(item.quantity) > text.QUANTITY_PLACES:
        return "quantity_places", f"a quantidade {item.quantity} tem mais de quatro casas. Arredonde-a no pedido."
    if not 0 <= item.unit_price < MOST:
        return "unit_price", "o preço não pode ser negativo. Corrija o pedido."
    if text.places(item.unit_price) > text.PRICE_PLACES:
        return "unit_price_places", f"o preço {item.unit_price} tem mais de dez casas. Arredonde-o no pedido."
    if item.total < 0 or text.places(item.total) > 2 or text.places(item.discount) > 2:
        return "line_cents", "o total e o desconto da linha precisam estar em centavos. Corrija o pedido."
    if item.approximate_taxes is not None and (item.approximate_taxes < 0 or text.places(item.approximate_taxes) > 2):
        return "approximate_taxes", "o valor aproximado dos tributos precisa estar em centavos."
    return None


def _at_product(code: str, prevents: str, sentence: str, position: int) -> Problem:
    return Problem(code=code, prevents=prevents, where=Where.PRODUCT, sentence=sentence, item=position)
