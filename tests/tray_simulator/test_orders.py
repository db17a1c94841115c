"""Orders on the wire: documented keys and types, changes, cancelling, creating."""

from decimal import Decimal
from typing import Any

import pytest

from cais.connectors.tray.simulator import Scenario, SimulatedStore, TraySimulator
from cais.simkit import Clock
from tests.tray_simulator.conftest import NINE_O_CLOCK, Caller


def _words(text: str) -> set[str]:
    return set(text.split())


ORDER_TEXTS = _words("""
    status id date hour customer_id partial_total taxes discount point_sale shipment shipment_value
    shipment_date delivered shipping_cancelled store_note customer_note partner_id discount_coupon
    payment_method_rate installment value_1 sending_code sending_date billing_address delivery_time
    payment_method_id payment_method session_id total payment_date access_code shipment_integrator modified
    printed interest id_quotation estimated_delivery_date is_traceable external_code tracking_url
    has_payment has_shipment has_invoice total_comission_user total_comission partner_name
""")
COMPLETE_ONLY = {"cost", "payment_method_type"}
STATUS_KEYS = _words("""
    id default type show_backoffice allow_edit_order description status show_status_central background
""")
CUSTOMER_TEXTS = _words("""
    cnpj newsletter created terms id name registration_date rg cpf phone cellphone birth_date gender email
    nickname token total_orders observation type company_name state_inscription reseller discount blocked
    credit_limit indicator_id profile_customer_id last_sending_newsletter last_purchase last_visit
    last_modification address zip_code number complement neighborhood city state country modified
""")
ADDRESS_KEYS = _words("""
    id customer_id address number complement neighborhood city state zip_code country type active
    description recipient type_delivery not_list
""")
LINE_TEXTS = _words("""
    product_kit_id product_kit_id_kit id_campaign product_id quantity id order_id name original_name
    virtual_product ean price cost_price original_price weight weight_cubic brand model reference length
    width height variant_id additional_information text_variant warranty bought_together_id ncm
    included_items release_date commissioner_value comissao is_giveaway
""")


def _texts(record: dict[str, Any]) -> set[str]:
    return {name for name, value in record.items() if isinstance(value, str)}


def _simple() -> Any:
    """One order of one line, made by hand arithmetic elsewhere: product 100 costs 89.90."""
    return {
        "Order": {
            "point_sale": "PARTICULAR",
            "session_id": "PEDIDO-1",
            "shipment": "Sedex",
            "shipment_value": "10.44",
            "payment_form": "Boleto",
            "Customer": {
                "type": "0",
                "name": "Nair Salgado",
                "cpf": "52998224725",
                "email": "nair@exemplo.com.br",
                "gender": "F",
                "phone": "1132000001",
                "CustomerAddress": [
                    {"address": "Rua do Porto", "zip_code": "11010100", "number": "9", "city": "Santos", "state": "SP"}
                ],
            },
            "ProductsSold": [{"product_id": 100, "price": "80.00", "original_price": "89.90", "quantity": 2}],
        }
    }


def test_the_complete_order_has_the_documented_keys_and_strings(caller: Caller) -> None:
    for order in caller.shop.sell(40):
        record = caller.complete(order.id)
        assert _texts(record) == ORDER_TEXTS | COMPLETE_ONLY
        assert set(record["OrderStatus"]) == _texts(record["OrderStatus"]) == STATUS_KEYS
        assert _texts(record["Customer"]) == CUSTOMER_TEXTS
        for one in record["Customer"]["CustomerAddresses"]:
            assert _texts(one["CustomerAddress"]) == ADDRESS_KEYS
        for one in record["ProductsSold"]:
            assert _texts(one["ProductsSold"]) == LINE_TEXTS
        assert record["OrderInvoice"] == record["PickupLocation"] == record["ExtraTabs"] == []


def test_the_detail_has_lines_as_ids_and_names_the_delivery_address(caller: Caller) -> None:
    order = caller.shop.sell(1)[0]
    record = caller.get(f"/orders/{order.id}")["Order"]
    assert _texts(record) == ORDER_TEXTS
    assert record["ProductsSold"] == [{"id": str(line.id)} for line in order.lines]
    assert record["CustomerAddress"] == {"id": str(order.address_id)}
    assert record["Extensions"] == []


def test_the_list_calls_the_payment_method_by_its_other_name(caller: Caller) -> None:
    caller.shop.sell(1)
    record = caller.get("/orders")["Orders"][0]["Order"]
    assert "payment_form" in record
    assert "payment_method" not in record
    assert "hour" not in record


def test_an_order_made_by_the_api_reads_back_with_its_sum(caller: Caller) -> None:
    reply = caller.ask("POST", "/orders", body=_simple())
    assert reply.status_code == 201
    assert reply.json() == {"message": "Created", "id": "1001", "code": 201}
    record = caller.complete(1001)
    assert record["partial_total"] == "160.00"
    assert record["total"] == "170.44"
    assert record["payment_date"] == "0000-00-00"
    assert record["has_payment"] == "0"
    assert record["Customer"]["cpf"] == "52998224725"
    assert record["Customer"]["zip_code"] == "11010-100"
    line = record["ProductsSold"][0]["ProductsSold"]
    assert (line["price"], line["original_price"], line["reference"]) == ("80.00", "89.90", "FER-FRI-20")
    # 36 x 21 x 5 cm = 3780 cm³; 3780 / 4.8 = 787.5, rounded up.
    assert (line["weight"], line["weight_cubic"]) == ("1450", "788")


def test_the_same_order_twice_makes_two(caller: Caller) -> None:
    ids = [caller.ask("POST", "/orders", body=_simple()).json()["id"] for _ in range(2)]
    assert ids == ["1001", "1002"]
    found = caller.get("/orders", session_id="PEDIDO-1")["Orders"]
    assert [one["Order"]["id"] for one in found] == ids


def test_a_form_body_says_the_same_as_json(caller: Caller) -> None:
    order = caller.shop.sell(1)[0]
    form = {"Order[sending_code]": "BR123456789BR", "Order[sending_date]": "2026-01-09"}
    reply = caller.ask("PUT", f"/orders/{order.id}/", form=form)
    assert reply.json() == {"message": "Saved", "id": "1001", "code": 200}
    record = caller.complete(order.id)
    assert (record["sending_code"], record["sending_date"]) == ("BR123456789BR", "2026-01-09")
    assert (record["has_shipment"], record["delivered"]) == ("1", "1")


def test_a_status_is_written_by_its_id_and_recorded(caller: Caller, tray: TraySimulator) -> None:
    order = caller.shop.sell(1)[0]
    caller.ask("PUT", f"/orders/{order.id}", body={"Order": {"status_id": "13"}})
    assert caller.complete(order.id)["status"] == "ENVIADO"
    last = tray.ledger.entries(kind="status")[-1].facts
    assert (last["order_id"], last["is"], last["by"]) == (order.id, 13, "api")


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ({"status_id": "13"}, "Order"),
        ({"Order": {"status_id": "999"}}, "status_id"),
        ({"Order": {"shipment_value": "10,44"}}, "shipment_value"),
        ({"Order": {"discount": "muito"}}, "discount"),
    ],
)
def test_a_bad_change_is_refused_and_changes_nothing(caller: Caller, body: Any, cause: str) -> None:
    order = caller.shop.sell(1)[0]
    before = caller.complete(order.id)
    reply = caller.ask("PUT", f"/orders/{order.id}", body=body)
    assert reply.status_code == 400
    assert reply.json()["name"] == "Invalid data provided"
    assert reply.json()["url"] == f"//orders/{order.id}"
    assert list(reply.json()["causes"]) == [cause]
    assert caller.complete(order.id) == before


def test_a_body_that_is_cut_is_refused(caller: Caller) -> None:
    address = f"/orders?access_token={caller.tokens['access_token']}"
    reply = caller.http.post(address, content=b'{"Order":', headers={"content-type": "application/json"})
    assert reply.status_code == 400


def test_cancelling_gives_the_stock_back_once(caller: Caller) -> None:
    product = caller.shop.store.shelf.products[100]
    caller.ask("POST", "/orders", body=_simple())
    assert caller.get("/products/100")["Product"]["stock"] == "58"
    for _ in range(2):
        assert caller.ask("PUT", "/orders/cancel/1001").json()["message"] == "Saved"
    assert caller.get("/products/100")["Product"]["stock"] == "60" == str(product.stock)
    record = caller.complete(1001)
    assert (record["status"], record["OrderStatus"]["type"]) == ("CANCELADO", "canceled")


def test_an_order_that_is_revived_and_cancelled_again_gives_nothing_back_twice(caller: Caller) -> None:
    caller.ask("POST", "/orders", body=_simple())
    for status_id in ("24", "13", "24"):
        caller.ask("PUT", "/orders/1001", body={"Order": {"status_id": status_id}})
    assert caller.complete(1001)["status"] == "CANCELADO"
    assert caller.get("/products/100")["Product"]["stock"] == "60"


def test_a_cancelling_status_cancels(caller: Caller) -> None:
    caller.ask("POST", "/orders", body=_simple())
    caller.ask("PUT", "/orders/1001", body={"Order": {"status_id": "25"}})
    assert caller.complete(1001)["status"] == "CANCELADO AUT"
    assert caller.get("/products/100")["Product"]["stock"] == "60"


def test_lines_come_and_go(caller: Caller) -> None:
    caller.ask("POST", "/orders", body=_simple())
    more = {"ProductsSold": {"product_id": "101", "price": "129.90", "quantity": "1"}}
    assert caller.ask("POST", "/orders/includeProduct/1001", body=more).json()["message"] == "Success"
    assert caller.complete(1001)["partial_total"] == "289.90"
    assert caller.ask("PUT", "/orders/excludeProduct/1001/100").json()["message"] == "Success"
    assert caller.complete(1001)["partial_total"] == "129.90"
    assert caller.get("/products/100")["Product"]["stock"] == "60"


def test_two_stores_number_their_statuses_differently(tray: TraySimulator) -> None:
    found = []
    for shop in tray.stores:
        caller = Caller(tray, shop)
        rows = caller.get("/orders/statuses", limit=50)["OrderStatuses"]
        found.append({one["OrderStatus"]["status"]: one["OrderStatus"]["id"] for one in rows})
    assert found[0]["A ENVIAR"] == found[1]["ENVIADO"] == "1"
    assert found[0]["FINALIZADO"] == "69" != found[1]["FINALIZADO"]


def test_statuses_are_created_changed_and_deleted(caller: Caller) -> None:
    made = caller.ask("POST", "/orders/statuses", body={"OrderStatus": {"status": "Em separação"}})
    assert made.status_code == 201
    path = f"/orders/statuses/{made.json()['id']}"
    assert caller.get(path)["OrderStatus"]["default"] == "0"
    caller.ask("PUT", path, body={"OrderStatus": {"status": "Separado"}})
    assert caller.get(path)["OrderStatus"]["status"] == "Separado"
    assert caller.ask("DELETE", path).json()["message"] == "Deleted"
    assert caller.ask("GET", path).status_code == 404


def test_a_marketplace_order_names_the_companies_that_an_invoice_needs() -> None:
    scenario = Scenario(seed=3, marketplace=1.0, pack=1.0)
    with TraySimulator(clock=Clock.standing(NINE_O_CLOCK), scenario=scenario) as tray:
        caller = Caller(tray, tray.stores[0])
        records = [caller.complete(order.id) for order in caller.shop.sell(12)]
    names = {record["point_sale"] for record in records}
    assert names == {"Mercado Livre", "Magalu"}
    for record in records:
        market = record["MarketplaceOrder"][0]["MarketplaceOrder"]
        assert market["marketplace_name"] == record["point_sale"]
        assert len(market["marketplace_document"]) == len(market["payment_responsible_document"]) == 14
        assert bool(record["MlOrder"]) == (record["point_sale"] == "Mercado Livre" and bool(record["ProductsSold"]))
        for one in record["MlOrder"]:
            assert len(one["MlOrder"]["pack_id"]) == 13


def test_kit_parts_are_lines_that_name_one_kit() -> None:
    scenario = Scenario(seed=3, kit=1.0, no_lines=0.0)
    with TraySimulator(clock=Clock.standing(NINE_O_CLOCK), scenario=scenario) as tray:
        caller = Caller(tray, tray.stores[0])
        record = caller.complete(caller.shop.sell(1)[0].id)
    pairs = {
        (one["ProductsSold"]["product_kit_id"], one["ProductsSold"]["product_kit_id_kit"])
        for one in record["ProductsSold"]
    }
    assert len(record["ProductsSold"]) >= 2
    assert len(pairs) == 1
    assert "0" not in pairs.pop()


def test_payments_add_up_to_the_total_of_a_paid_order() -> None:
    scenario = Scenario(seed=8, several_payments=1.0, unpaid=0.0, cents_off=0.0)
    with TraySimulator(clock=Clock.standing(NINE_O_CLOCK), scenario=scenario) as tray:
        caller = Caller(tray, tray.stores[0])
        for order in caller.shop.sell(10):
            record = caller.complete(order.id)
            payments = [Decimal(one["Payment"]["value"]) for one in record["Payment"]]
            assert len(payments) == 2
            assert sum(payments) == Decimal(record["total"])
            assert (record["has_payment"], record["payment_date"]) == ("1", "2026-01-08")


def test_an_answer_lost_after_commit_really_made_the_order(caller: Caller, shop: SimulatedStore) -> None:
    shop.faults.next("lost_after_commit", only="POST /web_api/orders")
    with pytest.raises(Exception, match="disconnected"):
        caller.ask("POST", "/orders", body=_simple())
    assert len(caller.get("/orders", session_id="PEDIDO-1")["Orders"]) == 1
