"""Tray's shelf where its pages are silent: other habits of the filter, empty fields, odd answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cais.connectors.tray.connector import CONNECTOR
from cais.connectors.tray.shelf import product_doc, product_row, variant_row
from cais.core.shelf import PriceDoc, Promotion, ShelfRef
from cais.ports.errors import NotFound, OutcomeUnknown, Rejected, Unreadable
from tests.contract.test_products import PRODUCT
from tests.contract.tray_vendor import Tray, start_tray
from tests.tray.conftest import Heard, Reply, Script, account, tokens

# The published sample of the list, cut to what is read, with an id that can be.
SAMPLE: dict[str, Any] = {
    "id": "8",
    "ean": "",
    "is_kit": "0",
    "ncm": "0",
    "name": "PRODUTO TESTE",
    "price": "139.00",
    "promotional_price": "0.00",
    "start_promotion": "0000-00-00",
    "end_promotion": "0000-00-00",
    "brand": "",
    "weight": "958",
    "length": "0",
    "width": "0",
    "height": "0",
    "stock": "51",
    "available": "1",
    "reference": "016301",
    "has_variation": "0",
    "Variant": [],
}
REF = ShelfRef(external_id="8")


@pytest.fixture
def shop() -> Iterator[Tray]:
    with start_tray() as running:
        yield running


def test_a_row_of_the_published_list_is_read_as_it_stands() -> None:
    row = product_row(SAMPLE)
    assert (row.ref, row.reference, row.name) == (REF, "016301", "PRODUTO TESTE")
    assert (row.stock, row.price) == (Decimal(51), PriceDoc(price=Decimal("139.00")))
    assert (row.is_active, row.is_kit, row.has_variants) == (True, False, False)


def test_a_row_of_the_published_list_of_variants_is_read_as_it_stands() -> None:
    row = variant_row({
        "id": "1233", "product_id": "18", "reference": "THR016-1", "ean": "123", "price": "12.50", "stock": "51",
        "promotional_price": "10.00", "start_promotion": "2019-01-01", "end_promotion": "2019-01-10", "available": "1",
        "Sku": [{"type": "Cor", "value": "Azul"}, {"type": "Tamanho", "value": "38"}],
    })  # fmt: skip
    assert row.ref == ShelfRef(external_id="18", variant_id="1233")
    assert row.name == "Azul / 38"
    offer = Promotion(price=Decimal("10.00"), first=date(2019, 1, 1), last=date(2019, 1, 10))
    assert row.price == PriceDoc(price=Decimal("12.50"), promotion=offer)


@pytest.mark.parametrize("nothing", ["", None, "absent"])
def test_a_stock_or_price_that_is_not_told_is_unknown_and_not_zero(nothing: str | None) -> None:
    told = {**SAMPLE, "stock": nothing, "price": nothing}
    if nothing == "absent":
        told = {key: value for key, value in SAMPLE.items() if key not in ("stock", "price")}
    row = product_row(told)
    assert (row.stock, row.price) == (None, None)


@pytest.mark.parametrize("stock", ["muitos", "1,5", [3], True])
def test_a_stock_that_is_no_number_is_not_guessed(stock: object) -> None:
    with pytest.raises(Unreadable, match="stock"):
        product_row({**SAMPLE, "stock": stock})


def test_a_row_without_an_id_stops_the_page() -> None:
    with pytest.raises(Unreadable, match="id"):
        product_row({**SAMPLE, "id": "0"})


def test_sizes_are_rounded_up_and_an_ncm_of_zero_is_none() -> None:
    doc = product_doc({**SAMPLE, "length": "10.1", "weight": 958})
    assert (doc.length_cm, doc.weight_g, doc.ncm) == (11, 958, "")


def test_a_filter_that_finds_parts_of_a_code_finds_no_other_product(shop: Tray) -> None:
    shop.site.choose(reference_filter="part")
    ref = shop.put_on_shelf("PAN-2")
    shop.put_on_shelf("PAN-24")
    assert [row.ref for row in CONNECTOR.find_products(shop.account(), ["PAN-2"])] == [ref]


def test_a_list_that_does_not_end_is_never_taken_for_not_found(script: Script) -> None:
    def answer(heard: Heard) -> Reply:
        rows = [{"Product": {**SAMPLE, "id": str(number), "reference": "OUTRO"}} for number in range(1, 51)]
        return 200, {"paging": {"limit": 50, "total": 9000, "page": 1}, "Products": rows}

    script.answer = answer
    with pytest.raises(Unreadable):
        CONNECTOR.ensure_product(account(script.url, tokens()), PRODUCT)
    assert not [heard for heard in script.heard if heard.method == "POST"]


def test_a_product_made_without_a_number_counts_as_lost(script: Script) -> None:
    def answer(heard: Heard) -> Reply:
        if heard.method == "POST":
            return 201, {"message": "Created", "code": 201}
        key = "Variants" if heard.path.endswith("/variants") else "Products"
        return 200, {"paging": {"limit": 50, "total": 0}, key: []}

    script.answer = answer
    with pytest.raises(OutcomeUnknown):
        CONNECTOR.ensure_product(account(script.url, tokens()), PRODUCT)


def test_a_code_that_a_variant_bears_makes_no_second_product(shop: Tray) -> None:
    shop.put_variants(PRODUCT.reference)
    with pytest.raises(Rejected) as told:
        CONNECTOR.ensure_product(shop.account(), PRODUCT)
    assert told.value.code == "ambiguous_reference"
    assert shop.products_bearing(PRODUCT.reference) == 0


def test_a_promotion_needs_both_of_its_days(shop: Tray) -> None:
    ref = shop.put_on_shelf("PAN-24")
    for offer in (Promotion(price=Decimal("8.00")), Promotion(price=Decimal("8.00"), first=date(2026, 11, 20))):
        with pytest.raises(Rejected) as told:
            CONNECTOR.write_price(shop.account(), ref, PriceDoc(price=Decimal("10.00"), promotion=offer))
        assert told.value.code == "promotion_without_days"


def test_the_data_of_a_variant_are_not_written_as_those_of_a_product(shop: Tray) -> None:
    _, red = shop.put_variants("TOA-VM")
    with pytest.raises(Rejected) as told:
        CONNECTOR.update_product(shop.account(), red, PRODUCT)
    assert told.value.code == "variant"


def test_one_write_of_stock_is_one_call_with_the_stock_alone(script: Script) -> None:
    script.answer = lambda heard: (200, {"message": "Saved", "id": "8", "code": 200})
    CONNECTOR.write_stock(account(script.url, tokens()), REF, Decimal("4.7"))
    (heard,) = script.heard
    assert (heard.method, heard.path) == ("PUT", "/web_api/products/8")
    assert json.loads(heard.body) == {"Product": {"stock": 4}}


@pytest.mark.parametrize("odd", ["../orders/5", "8/variants", "8?x=1", ""])
def test_an_id_that_could_mean_another_path_is_not_asked_for(shop: Tray, odd: str) -> None:
    before = shop.calls()
    with pytest.raises(NotFound):
        CONNECTOR.current_stock(shop.account(), replace(REF, external_id=odd))
    assert shop.calls() == before
