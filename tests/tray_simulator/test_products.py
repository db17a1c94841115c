"""Writing products, variants and kits: what is kept, and what is refused."""

from typing import Any

import pytest

from tests.tray_simulator.conftest import Caller


def _create(caller: Caller, path: str, body: Any) -> str:
    reply = caller.ask("POST", path, body=body)
    assert reply.status_code == 201, reply.text
    return str(reply.json().get("id", ""))


def test_a_product_reads_back_as_it_was_sent(caller: Caller) -> None:
    sent = {"name": "Cuia de madeira", "price": "29.90", "stock": 4, "reference": "CUI-1", "weight": 210, "cor": "x"}
    key = _create(caller, "/products/", {"Product": sent})
    record = caller.get(f"/products/{key}")["Product"]
    assert {name: record[name] for name in ("name", "price", "stock", "reference", "weight")} == {
        "name": "Cuia de madeira",
        "price": "29.90",
        "stock": "4",
        "reference": "CUI-1",
        "weight": "210",
    }
    assert record["Properties"] == record["ProductImage"] == record["Variant"] == []
    assert record["start_promotion"] == "0000-00-00"


def test_stock_is_absolute_and_recorded(caller: Caller) -> None:
    reply = caller.ask("PUT", "/products/100", body={"Product": {"stock": "7"}})
    assert reply.json() == {"message": "Saved", "id": "100", "code": 200}
    assert caller.get("/products/100")["Product"]["stock"] == "7"
    last = caller.tray.ledger.entries(kind="stock")[-1].facts
    assert (last["reference"], last["was"], last["is"], last["by"]) == ("FER-FRI-20", 60, 7, "api")


def test_only_the_fields_sent_change(caller: Caller) -> None:
    caller.ask("PUT", "/products/100", body={"Product": {"promotional_price": "79.90"}})
    record = caller.get("/products/100")["Product"]
    assert (record["price"], record["promotional_price"], record["name"]) == (
        "89.90",
        "79.90",
        "Frigideira de ferro 20 cm",
    )
    # Without dates there is no promotion.
    assert record["current_price"] == "89.90"


def test_a_promotion_counts_inside_its_dates(caller: Caller) -> None:
    sent = {"promotional_price": "79.90", "start_promotion": "2026-01-08", "end_promotion": "2026-01-08"}
    caller.ask("PUT", "/products/100", body={"Product": sent})
    assert caller.get("/products/100")["Product"]["current_price"] == "79.90"
    caller.ask("PUT", "/products/100", body={"Product": {"start_promotion": "2026-01-09"}})
    assert caller.get("/products/100")["Product"]["current_price"] == "89.90"


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ({"name": "Sem embrulho", "price": "1.00"}, "Product"),
        ({"Product": {"price": "1.00"}}, "name"),
        ({"Product": {"name": "Sem preço"}}, "price"),
        ({"Product": {"name": "Vírgula", "price": "12,50"}}, "price"),
        ({"Product": {"name": "Fração", "price": "12.50", "stock": "1.5"}}, "stock"),
        ({"Product": {"name": "x" * 201, "price": "12.50"}}, "name"),
        ({"Product": {"name": "Negativo", "price": "12.50", "stock": "-1"}}, "stock"),
    ],
)
def test_a_product_that_is_not_right_is_refused(caller: Caller, body: Any, cause: str) -> None:
    products = len(caller.shop.store.shelf.products)
    reply = caller.ask("POST", "/products", body=body)
    assert (reply.status_code, list(reply.json()["causes"])) == (400, [cause])
    assert len(caller.shop.store.shelf.products) == products


def test_a_parent_has_the_stock_of_its_variants(caller: Caller) -> None:
    key = _create(caller, "/products", {"Product": {"name": "Bandeja", "price": "50.00", "stock": 99}})
    assert caller.get(f"/products/{key}")["Product"]["has_variation"] == "0"
    for colour, stock in (("Azul", 3), ("Cru", 4)):
        body = {"Variant": {"product_id": key, "type_1": "Cor", "value_1": colour, "stock": stock}}
        _create(caller, "/products/variants/", body)
    record = caller.get(f"/products/{key}")["Product"]
    assert (record["stock"], record["has_variation"]) == ("7", "1")
    caller.ask("PUT", f"/products/{key}", body={"Product": {"stock": 500}})
    assert caller.get(f"/products/{key}")["Product"]["stock"] == "7"


def test_a_variant_inherits_what_is_not_sent_and_shows_its_axes(caller: Caller) -> None:
    body = {"Variant": {"product_id": "100", "type_1": "Cor", "value_1": "Preta", "type_2": "Tamanho", "value_2": "P"}}
    record = caller.get(f"/products/variants/{_create(caller, '/products/variants', body)}")["Variant"]
    assert record["price"] == "89.90"
    assert record["Sku"] == [{"type": "Cor", "value": "Preta"}, {"type": "Tamanho", "value": "P"}]
    assert "type_1" not in record


@pytest.mark.parametrize(
    "sent",
    [
        {"type_1": "Cor", "value_1": "Preta"},
        {"product_id": "100", "value_1": "Preta"},
        {"product_id": "100", "type_1": "Cor"},
        {"product_id": "100", "type_1": "Cor", "value_1": "Preta", "type_2": "Tamanho"},
        {"product_id": "100", "type_1": "Cor", "value_1": "Preta", "value_2": "P"},
        {"product_id": "100", "type_1": "Cor", "value_1": "P", "type_3": "Fio", "value_3": "X"},
        {"product_id": "9999", "type_1": "Cor", "value_1": "P"},
    ],
)
def test_a_variant_that_is_not_right_is_refused(caller: Caller, sent: Any) -> None:
    assert caller.ask("POST", "/products/variants/", body={"Variant": sent}).status_code == 400


def test_a_kit_has_as_many_as_its_parts_allow(caller: Caller) -> None:
    key = _create(caller, "/products", {"Product": {"name": "Kit", "price": "0", "is_kit": 1}})
    parts = [
        {"product_parent_id": key, "product_id": "100", "quantity": "7"},
        {"product_parent_id": key, "product_id": "101", "quantity": "1", "price_rule": "2",
         "discount_type": "%", "discount_value": 10},
    ]  # fmt: skip
    reply = caller.ask("POST", "/products/kits/", body=parts)
    assert reply.json() == {"message": "Created", "code": 201}
    record = caller.get(f"/products/{key}")["Product"]
    # 60 // 7 = 8 against 48; 7 x 89.90 + 129.90 - 10 % = 629.30 + 116.91.
    assert (record["stock"], record["price"]) == ("8", "746.21")


@pytest.mark.parametrize("wrong", ["lonely", "kit_in_kit", "not_a_kit"])
def test_kit_parts_that_are_not_right_are_refused(caller: Caller, wrong: str) -> None:
    kits = [product.id for product in caller.shop.store.shelf.products.values() if product.is_kit]
    good = {"product_parent_id": kits[0], "product_id": 100, "quantity": 1}
    parts = {
        "lonely": [good],
        "kit_in_kit": [good, good | {"product_id": kits[1]}],
        "not_a_kit": [good | {"product_parent_id": 101}, good],
    }[wrong]
    before = len(caller.shop.store.shelf.parts)
    assert caller.ask("POST", "/products/kits", body=parts).status_code == 400
    assert len(caller.shop.store.shelf.parts) == before


def test_a_customer_needs_a_birth_date(caller: Caller) -> None:
    sent = {"name": "Tomás Leal", "cpf": "52998224725"}
    assert caller.ask("POST", "/customers", body={"Customer": sent}).status_code == 400
    key = _create(caller, "/customers", {"Customer": sent | {"birth_date": "1980-05-04", "address": "Rua A"}})
    record = caller.get(f"/customers/{key}")["Customer"]
    assert (record["birth_date"], len(record["CustomerAddress"])) == ("1980-05-04", 1)


def test_the_store_introduces_itself_without_a_wrapper(caller: Caller) -> None:
    info = caller.get("/info/")
    assert (info["id"], info["internal_status"]) == ("391250", "ativa")
