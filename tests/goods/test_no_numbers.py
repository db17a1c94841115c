"""What is no number is refused at the door of each service with a sentence, whoever asks: nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest

from cais.catalog import services as catalog
from cais.catalog.drafts import Invalid, ProductDraft
from cais.catalog.kits import Part, compose
from cais.connections.models import Connection
from cais.offering import services as offering
from cais.pricing import services as pricing
from cais.stock import services as stock
from cais.stock.models import LedgerEntry
from cais.warehousing import counts, transfers
from tests.goods.conftest import Shop

WHO = "Rosana Feitosa"
NOT_NUMBERS = [Decimal(text) for text in ("NaN", "Infinity", "-Infinity")]
Door = Callable[[Shop, Decimal], object]


def store_of(shop: Shop) -> Connection:
    facts = {"connector": "imaginary", "modality": "rest", "role": "store", "name": "Imaginária"}
    return Connection.objects.create(group=shop.group, company=shop.company, **facts)


def priced(**facts: str) -> Door:
    """An exception with the value at one field; `facts` are the other fields it needs."""

    def door(shop: Shop, value: Decimal) -> object:
        values = {name: value if text == "?" else text for name, text in facts.items()}
        return pricing.set_exception(store_of(shop), shop.cup, pricing.ExceptionDraft(**values))  # type: ignore[arg-type]

    return door


def listed(field: str) -> Door:
    return lambda shop, value: pricing.set_list(store_of(shop), pricing.ListDraft(**{field: value}))  # type: ignore[arg-type]


def made(field: str) -> Door:
    return lambda shop, value: catalog.create(shop.group, ProductDraft(sku="N", name="N", **{field: value}))  # type: ignore[arg-type]


def counted(shop: Shop, value: Decimal) -> object:
    sheet = counts.open_inventory(shop.group, counts.InventoryDraft(warehouse=shop.front), actor_name=WHO)
    return counts.count(sheet, {shop.cup.pk: value}, actor_name=WHO)


def moved(shop: Shop, value: Decimal) -> object:
    items: Sequence[transfers.Item] = [transfers.Item(shop.cup, value)]
    draft = transfers.TransferDraft(source=shop.front, target=shop.back, items=items, reason="loja sem espaço")
    return transfers.propose(shop.group, draft, actor_name=WHO)


DOORS: dict[str, Door] = {
    "received": lambda shop, value: stock.receive(shop.cup, shop.front, value, actor_name=WHO),
    "adjusted": lambda shop, value: stock.adjust(shop.cup, shop.front, value, actor_name=WHO, reason="quebra"),
    "counted": lambda shop, value: stock.count(shop.cup, shop.front, value, actor_name=WHO),
    "counted on a sheet": counted,
    "transferred": moved,
    "kept back": lambda shop, value: offering.set_policy(store_of(shop), offering.PolicyDraft(buffer=value)),
    "capped": lambda shop, value: offering.set_policy(store_of(shop), offering.PolicyDraft(cap=value)),
    "price of the register": made("price"),
    "length": made("length_cm"),
    "percent of a list": listed("percent"),
    "reais of a list": listed("amount"),
    "promotion of a list": listed("sale_percent"),
    "own price": priced(fixed="?"),
    "own percent": priced(percent="?"),
    "own reais": priced(amount="?"),
    "own promotion": priced(sale="own", sale_price="?", fixed=Decimal(9)),  # type: ignore[arg-type]
    "own percent off": priced(sale="own", sale_percent="?"),
    "part of a kit": lambda shop, value: compose(shop.tea_set, [Part(shop.cup.pk, value)]),
}


@pytest.mark.parametrize("value", NOT_NUMBERS, ids=str)
@pytest.mark.parametrize("door", DOORS)
def test_what_is_no_number_is_refused_with_a_sentence(shop: Shop, door: str, value: Decimal) -> None:
    entries = LedgerEntry.objects.count()
    with pytest.raises(Invalid) as refused:
        DOORS[door](shop, value)
    assert all(words.endswith(".") for words in refused.value.problems.values())
    assert LedgerEntry.objects.count() == entries
