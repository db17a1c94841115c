"""The merchant's own page: it shows the store as it is, and what is done there is done in the store."""

import re

import httpx
import pytest

from cais.connectors.tray.simulator import SimulatedStore
from tests.tray_simulator.conftest import Caller


@pytest.fixture
def browser(shop: SimulatedStore) -> httpx.Client:
    return httpx.Client(base_url=shop.base_url, follow_redirects=True)


def test_the_first_page_lists_orders_with_customer_status_and_total(
    browser: httpx.Client, shop: SimulatedStore
) -> None:
    order = shop.sell(1)[0]
    order.total_slip -= order.total - order.total.from_float(1234.5)
    text = browser.get("/").text
    assert f'href="/admin/orders/{order.id}"' in text
    assert shop.store.book.customers[order.customer_id].name in text
    assert "08/01/2026 09:00" in text
    assert "R$ 1.234,50" in text


def test_a_merchant_sells_moves_edits_and_cancels(browser: httpx.Client, shop: SimulatedStore) -> None:
    page = browser.post("/admin/sell")
    number = int(page.url.path.rpartition("/")[2])
    order = shop.store.book.orders[number]
    here = f"/admin/orders/{number}"
    assert "Status alterado." in browser.post(f"{here}/status", data={"status_id": "13"}).text
    assert shop.store.book.statuses[order.status_id].status == "ENVIADO"
    line = order.lines[0]
    changed = browser.post(f"{here}/quantity", data={"line_id": str(line.id), "quantity": "9"})
    assert "Quantidade alterada." in changed.text
    assert line.quantity == 9
    assert "Pedido cancelado." in browser.post(f"{here}/cancel").text
    assert shop.store.book.is_cancelled(order)
    assert "Cancelar pedido" not in browser.get(here).text
    refused = browser.post(f"{here}/quantity", data={"line_id": str(line.id), "quantity": "2"})
    assert refused.status_code == 400
    assert "cancelado" in refused.text


def test_a_merchant_confirms_a_payment(browser: httpx.Client, shop: SimulatedStore) -> None:
    order = next(one for one in shop.sell(40) if not one.paid_at)
    assert "Pagamento confirmado." in browser.post(f"/admin/orders/{order.id}/pay").text
    assert shop.store.book.statuses[order.status_id].status == "A ENVIAR"


def test_products_show_their_stock(browser: httpx.Client) -> None:
    text = browser.get("/admin/products").text
    assert re.search(r'FER-FRI-20</td><td>Frigideira de ferro 20 cm</td><td></td><td class="n">R\$ 89,90</td>', text)
    assert "Toalha de mesa em linho 2 m Azul" in text
    assert ">Kit<" in text


def test_the_last_calls_are_shown_without_secrets(browser: httpx.Client, caller: Caller) -> None:
    caller.get("/orders", limit=7)
    text = browser.get("/admin/calls").text
    assert "limit=7" in text
    assert caller.tokens["access_token"] not in text
    assert "2 de 180 chamadas" in text


def test_what_a_buyer_typed_is_shown_as_text(browser: httpx.Client, caller: Caller) -> None:
    customer = {"name": "<script>alert(1)</script>"}
    body = {"Order": {"Customer": customer, "ProductsSold": [{"product_id": 100}]}}
    number = caller.ask("POST", "/orders", body=body).json()["id"]
    for path in ("/", f"/admin/orders/{number}"):
        assert "<script>" not in browser.get(path).text


def test_an_order_shows_the_invoice_that_was_sent(browser: httpx.Client, caller: Caller, shop: SimulatedStore) -> None:
    number = shop.sell(1)[0].id
    here = f"/admin/orders/{number}"
    assert "Nenhuma nota fiscal neste pedido." in browser.get(here).text
    body = {
        "issue_date": "2026-01-15",
        "number": "000012345",
        "serie": "1",
        "value": "1105.00",
        "key": "35260111222333000181550010000123451000000015",
        "link": 'https://nfe.example/danfe?a=1&b="2"',
        "xml_danfe": "<nfeProc/>",
        "ProductCfop": [{"product_id": "100", "variation_id": "0", "cfop": "5102"}],
    }
    caller.ask("POST", f"/orders/{number}/invoices", body=body)
    text = browser.get(here).text
    for shown in ("000012345", "15/01/2026", "35260111222333000181550010000123451000000015", "5102", "R$ 1.105,00"):
        assert f">{shown}</td>" in text
    assert "10 caracteres" in text
    assert 'href="https://nfe.example/danfe?a=1&amp;b=&quot;2&quot;"' in text


def test_an_invoice_link_that_is_no_web_address_cannot_be_clicked(
    browser: httpx.Client, caller: Caller, shop: SimulatedStore
) -> None:
    number = shop.sell(1)[0].id
    caller.ask("POST", f"/orders/{number}/invoices", body={"number": "<b>1</b>", "link": "javascript:alert(1)"})
    text = browser.get(f"/admin/orders/{number}").text
    assert "&lt;b&gt;1&lt;/b&gt;" in text
    assert "javascript:alert(1)</td>" in text
    assert 'href="javascript' not in text


def test_a_page_that_does_not_exist_says_so(browser: httpx.Client) -> None:
    for path in ("/nada", "/admin/orders/999", "/admin/orders/abc"):
        assert browser.get(path).status_code == 404
