"""Paging, sort, filters and chosen fields of the lists."""

from typing import Any

import pytest

from cais.connectors.tray.simulator import SimulatedStore, TraySimulator
from tests.tray_simulator.conftest import Caller

DAY = 24 * 3600


def _ids(answer: Any) -> list[str]:
    return [one["Order"]["id"] for one in answer["Orders"]]


def test_an_empty_store_answers_an_empty_first_page(caller: Caller) -> None:
    answer = caller.get("/orders")
    assert answer["paging"] == {"total": 0, "page": 1, "offset": 0, "limit": 30, "maxLimit": 50}
    assert answer["sort"] == [{"id": "asc"}]
    assert answer["appliedFilters"] == []
    assert answer["Orders"] == []


def test_pages_cover_every_order_once_by_ascending_id(caller: Caller) -> None:
    sold = [str(order.id) for order in caller.shop.sell(65)]
    pages = [_ids(caller.get("/orders", page=page)) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [30, 30, 5, 0]
    assert [number for page in pages for number in page] == sold


def test_a_limit_above_fifty_is_cut_to_fifty(caller: Caller) -> None:
    caller.shop.sell(60)
    answer = caller.get("/orders", limit=200, page=2)
    assert answer["paging"] == {"total": 60, "page": 2, "offset": 50, "limit": 50, "maxLimit": 50}
    assert len(answer["Orders"]) == 10


def test_descending_order_and_an_unknown_sort(caller: Caller) -> None:
    caller.shop.sell(3)
    assert _ids(caller.get("/orders", sort="id_desc")) == ["1003", "1002", "1001"]
    assert caller.get("/orders", sort="id_desc")["sort"] == [{"id": "desc"}]
    assert _ids(caller.get("/orders", sort="colour_desc")) == ["1001", "1002", "1003"]


def test_modified_has_the_granularity_of_a_day_in_brasilia(caller: Caller, tray: TraySimulator) -> None:
    caller.shop.sell(2)
    # 23:59:59 in Brasília is already the next day in UTC.
    tray.clock.advance(15 * 3600 - 1)
    caller.shop.sell(1)
    tray.clock.advance(1)
    caller.shop.sell(1)
    caller.tokens = caller.renew(caller.tokens["refresh_token"]).json()
    assert _ids(caller.get("/orders", modified="2026-01-08")) == ["1001", "1002", "1003"]
    assert _ids(caller.get("/orders", modified="2026-01-09")) == ["1004"]
    assert _ids(caller.get("/orders", modified="2026-01-08,2026-01-09")) == ["1001", "1002", "1003", "1004"]
    assert _ids(caller.get("/orders", date="2026-01-09,2026-01-30")) == ["1004"]
    assert _ids(caller.get("/orders", modified="2026-01-10")) == []


def test_a_change_moves_an_order_to_the_day_of_the_change(caller: Caller, tray: TraySimulator) -> None:
    order = caller.shop.sell(1)[0]
    tray.clock.advance(DAY)
    caller.tokens = caller.renew(caller.tokens["refresh_token"]).json()
    caller.ask("PUT", f"/orders/{order.id}", body={"Order": {"store_note": "Conferido"}})
    assert _ids(caller.get("/orders", modified="2026-01-08")) == []
    assert _ids(caller.get("/orders", modified="2026-01-09")) == ["1001"]
    assert _ids(caller.get("/orders", date="2026-01-08")) == ["1001"]


def test_status_takes_a_comma_list_of_texts(caller: Caller) -> None:
    book = caller.shop.store.book
    for order, name in zip(caller.shop.sell(3), ("ENVIADO", "FINALIZADO", "CANCELADO"), strict=True):
        book.set_status(order, book.status_named(name), by="merchant")
    assert _ids(caller.get("/orders", status="ENVIADO,FINALIZADO")) == ["1001", "1002"]
    answer = caller.get("/orders", status="CANCELADO")
    assert _ids(answer) == ["1003"]
    assert answer["appliedFilters"] == {"Order.status": "CANCELADO"}


def test_filters_compare_by_equality_and_unknown_ones_are_ignored(caller: Caller) -> None:
    orders = caller.shop.sell(4)
    wanted = orders[2]
    assert _ids(caller.get("/orders", session_id=wanted.session_id)) == [str(wanted.id)]
    assert _ids(caller.get("/orders", id=str(wanted.id))) == [str(wanted.id)]
    assert _ids(caller.get("/orders", session_id="outra")) == []
    assert len(caller.get("/orders", phase_of_moon="full")["Orders"]) == 4


def test_only_the_asked_fields_come(caller: Caller) -> None:
    caller.shop.sell(1)
    assert caller.get("/orders", attrs="id,modified")["Orders"] == [
        {"Order": {"id": "1001", "modified": "2026-01-08 09:00:00"}}
    ]


@pytest.mark.parametrize(
    "path", ["/orders", "/orders/", "/products/variants/", "/products/variants", "/info/", "/info"]
)
def test_both_forms_of_the_slash_answer(caller: Caller, path: str) -> None:
    assert caller.ask("GET", path).status_code == 200


def test_dropping_web_api_finds_nothing(caller: Caller, shop: SimulatedStore) -> None:
    address = f"{shop.base_url}/orders?access_token={caller.tokens['access_token']}"
    assert caller.http.get(address).status_code == 404


def test_rows_may_move_between_pages(caller: Caller) -> None:
    caller.shop.sell(6)
    assert _ids(caller.get("/orders", limit=3, page=2)) == ["1004", "1005", "1006"]
    caller.shop.faults.next("page_skip")
    assert _ids(caller.get("/orders", limit=3, page=2)) == ["1005", "1006"]
    caller.shop.faults.next("page_repeat")
    assert _ids(caller.get("/orders", limit=3, page=2)) == ["1003", "1004", "1005"]


def test_products_variants_kits_and_customers_are_listed(caller: Caller) -> None:
    caller.shop.sell(5)
    products = caller.get("/products", reference="ESM-CHA-18")["Products"]
    assert [one["Product"]["name"] for one in products] == ["Chaleira esmaltada 1,8 L"]
    towel = caller.get("/products", has_variations="1")["Products"][0]["Product"]
    variants = caller.get("/products/variants/", product_id=towel["id"])["Variants"]
    assert [one["Variant"]["reference"] for one in variants] == ["TEX-TOA-CR", "TEX-TOA-AZ"]
    assert [{"id": one["Variant"]["id"]} for one in variants] == towel["Variant"]
    kit = caller.get("/products", reference="KIT-CAFE")["Products"][0]["Product"]
    parts = caller.get("/products/kits/", product_parent_id=kit["id"])["ProductKits"]
    assert [one["ProductKit"]["quantity"] for one in parts] == ["1", "2", "1"]
    assert len(caller.get("/customers")["Customers"]) == len(caller.shop.store.book.customers)
    address = caller.get("/customers/addresses", customer_id="1")["CustomerAddresses"][0]["CustomerAddress"]
    assert caller.get(f"/customers/addresses/{address['id']}")["CustomerAddress"] == address
