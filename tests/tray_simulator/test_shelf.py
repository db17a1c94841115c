"""The shelf as a witness: what a buyer can take, what a price leaves behind, what a deletion takes along."""

from __future__ import annotations

from cais.connectors.tray.simulator import SimulatedStore
from tests.tray_simulator.conftest import Caller


def _stock_moves(caller: Caller, reference: str) -> list[tuple[object, object, object]]:
    told = (entry.facts for entry in caller.tray.ledger.entries(kind="stock", store="391250"))
    return [(each["was"], each["is"], each["by"]) for each in told if each["reference"] == reference]


def test_a_buyer_gets_what_the_shelf_shows_and_not_a_unit_more(caller: Caller, shop: SimulatedStore) -> None:
    order = shop.seller.buy("FER-FRI-20", 60)
    assert order is not None
    assert shop.seller.buy("FER-FRI-20") is None
    assert caller.get("/products/100")["Product"]["stock"] == "0"
    shop.store.book.cancel(order, by="merchant")
    assert _stock_moves(caller, "FER-FRI-20") == [(60, 0, "sold"), (0, 60, "cancelled")]


def test_a_variant_is_bought_from_its_own_stock(caller: Caller, shop: SimulatedStore) -> None:
    order = shop.seller.buy("TEX-TOA-CR", 2)
    assert order is not None
    (line,) = order.lines
    assert caller.get(f"/products/variants/{line.variant_id}")["Variant"]["stock"] == "18"
    assert caller.get(f"/products/{line.product_id}")["Product"]["stock"] == "38"


def test_a_kit_is_bought_as_its_parts_and_no_oftener_than_they_allow(caller: Caller, shop: SimulatedStore) -> None:
    """A breakfast kit is one teapot of 44, two mugs of 180 and one filter of 170."""
    order = shop.seller.buy("KIT-CAFE", 44)
    assert order is not None
    assert {line.reference: line.quantity for line in order.lines} == {
        "ESM-BUL-08": 44,
        "ESM-CAN-35": 88,
        "CAF-COA-01": 44,
    }
    assert _stock_moves(caller, "ESM-CAN-35") == [(180, 92, "sold")]
    assert shop.seller.buy("KIT-CAFE") is None


def test_a_price_is_recorded_when_it_changes_and_only_then(caller: Caller) -> None:
    for _ in range(2):
        caller.ask("PUT", "/products/100", body={"Product": {"price": "99.90"}})
    caller.ask("PUT", "/products/100", body={"Product": {"name": "Frigideira"}})
    (entry,) = caller.tray.ledger.entries(kind="price")
    assert (entry.facts["product_id"], entry.facts["price"], entry.facts["by"]) == (100, "99.90", "api")


def test_what_is_deleted_is_gone_with_all_that_hangs_on_it(caller: Caller, shop: SimulatedStore) -> None:
    variant = next(one for one in shop.store.shelf.variants.values() if one.reference == "TEX-TOA-CR")
    assert caller.ask("DELETE", f"/products/variants/{variant.id}").json()["message"] == "Deleted"
    assert caller.get(f"/products/{variant.product_id}")["Product"]["stock"] == "20"
    assert caller.ask("DELETE", f"/products/{variant.product_id}").status_code == 200
    assert caller.ask("GET", f"/products/{variant.product_id}").status_code == 404
    assert caller.get("/products/variants", product_id=variant.product_id)["Variants"] == []
    assert caller.ask("DELETE", "/products/100").status_code == 200
    assert all(part["ProductKit"]["product_id"] != "100" for part in caller.get("/products/kits")["ProductKits"])


def test_a_reference_is_found_whole_or_by_its_parts_as_chosen(caller: Caller, shop: SimulatedStore) -> None:
    assert len(caller.get("/products", reference="FER-FRI")["Products"]) == 0
    shop.choose(reference_filter="part")
    found = [row["Product"]["reference"] for row in caller.get("/products", reference="fer-fri")["Products"]]
    assert found == ["FER-FRI-20", "FER-FRI-26"]
    assert len(caller.get("/products/variants", reference="TEX-TOA")["Variants"]) == 2


def test_another_process_buys_types_stock_and_reads_the_shelf(caller: Caller, shop: SimulatedStore) -> None:
    def sim(name: str, **sent: object) -> dict[str, object]:
        reply = caller.http.post(f"{shop.base_url}/_sim/{name}", json=sent)
        assert reply.status_code == 200, reply.text
        told: dict[str, object] = reply.json()
        return told

    assert sim("stock", reference="FER-FRI-20", stock=1)
    assert sim("buy", reference="FER-FRI-20")["order"]
    assert sim("buy", reference="FER-FRI-20")["order"] is None
    rows = caller.http.get(f"{shop.base_url}/_sim/shelf").json()["products"]
    assert next(row["stock"] for row in rows if row["reference"] == "FER-FRI-20") == 0
