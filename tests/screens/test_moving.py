"""*Movimentar* on the screen as plain forms: three steps, the matrix, what does not close, many at once."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client

from cais.catalog.models import Product
from cais.companies.models import Company
from cais.movements.models import Movement
from cais.orders.models import Order
from tests.engine.companies import more_companies, serve, stock
from tests.screens.conftest import Merchant
from tests.screens.reading import said, text_of


@pytest.fixture
def sudeste(merchant: Merchant) -> Company:
    """A second company with 7 of the cup of which Casa has plenty; orders wait for a person."""
    (made,) = more_companies(merchant.house, "Sudeste")
    stock(merchant.house, Product.objects.get(sku="XIC-200"), at=made, units="7")
    serve(merchant.house.store, merchant.house.company, made, moves="never")
    return made


@pytest.fixture
def order(merchant: Merchant, sudeste: Company) -> Order:
    """4 cups at 12.50 and 15.90 of freight; it waits for *Movimentar*."""
    external_id = merchant.house.vendor.store.sell(lines=[("XIC-200", "4", "12.50")], amounts=[("freight", "15.90")])
    merchant.house.read()
    return merchant.house.order(external_id)


def press(merchant: Merchant, order: Order, role: str = "operator", **fields: object) -> HttpResponse:
    return merchant.browser(role).post(merchant.url(f"pedidos/{order.pk}/movimentar/"), fields, follow=True)


def look(merchant: Merchant, order: Order, role: str = "operator") -> HttpResponse:
    return merchant.browser(role).get(merchant.url(f"pedidos/{order.pk}/movimentar/"))


def field_of(page: HttpResponse, company: str) -> str:
    """The name of the only item's field at a company."""
    (row,) = page.context["rows"]
    (cell,) = [cell for cell in row.cells if cell.company == company]
    return cell.fields[0].name


def test_the_three_steps_from_nothing_to_two_sales_without_script(merchant: Merchant, order: Order) -> None:
    page = press(merchant, order, acao="criar")
    assert "Movimentação criada." in said(page)
    fields = {field_of(page, "Casa"): "1", field_of(page, "Sudeste"): "3", "visto": page.context["seen"]}
    page = press(merchant, order, acao="gravar", **fields)
    assert "Falta sincronizar." in said(page)
    # 50.00 of goods and 15.90 of freight by 1 to 3: 12.50 + 3.98 and 37.50 + 11.92, by largest remainder.
    assert [(part.name, str(part.total)) for part in page.context["parts"]] == [("Casa", "16.48"), ("Sudeste", "49.42")]
    page = press(merchant, order, acao="sincronizar", **{**fields, "visto": page.context["seen"]})
    merchant.house.work()
    page = look(merchant, order)
    assert page.context["movement"].state == "validated"
    assert page.context["next"] == "create"
    page = press(merchant, order, acao="finalizar", **{**fields, "visto": page.context["seen"]})
    merchant.house.work()
    assert {(sale.company.name, str(sale.total)) for sale in merchant.house.sales() if sale.total != 40.90} >= {
        ("Casa", "16.48"),
        ("Sudeste", "49.42"),
    }
    page = look(merchant, order)
    assert not page.context["editable"]
    assert "Realizado" in text_of(page)


def test_creating_in_a_second_tab_says_that_it_is_there_already(merchant: Merchant, order: Order) -> None:
    press(merchant, order, acao="criar")
    assert "já tem movimentação" in said(press(merchant, order, acao="criar"))


def test_what_does_not_close_is_said_at_its_line_and_kept_in_the_field(merchant: Merchant, order: Order) -> None:
    page = press(merchant, order, acao="criar")
    casa, sudeste = field_of(page, "Casa"), field_of(page, "Sudeste")
    for typed, sentence in (
        ({casa: "1", sudeste: "2"}, "Falta dizer de onde saem 1."),
        ({casa: "1", sudeste: "4"}, "Passou do pedido em 1."),
        ({casa: "4", sudeste: "muitas"}, "Digite só números"),
        ({casa: "4", sudeste: "1.000"}, "sem ponto de milhar"),
        ({casa: "4", sudeste: "1e1"}, "Digite só números"),
        ({casa: "4", sudeste: "-1"}, "Digite só números"),
    ):
        response = press(merchant, order, acao="gravar", visto=page.context["seen"], **typed)
        assert response.status_code == 422
        shown = text_of(response)
        assert "Nada foi gravado." in shown
        assert sentence in shown
        assert f'value="{typed[sudeste]}"' in response.content.decode()


def test_the_whole_order_at_an_empresa_that_has_not_all_of_it_is_refused_in_its_name(
    merchant: Merchant, order: Order, sudeste: Company
) -> None:
    page = press(merchant, order, acao="criar")
    stock(merchant.house, Product.objects.get(sku="XIC-200"), at=sudeste, units="-5")
    shown = text_of(press(merchant, order, tudo=sudeste.pk, visto=page.context["seen"]))
    assert "Nada foi gravado. Sudeste não tem o pedido inteiro." in shown
    assert "Sudeste tem 2 livres de Produto XIC-200, e a divisão pede 4." in shown


def test_htmx_gets_the_same_page_with_a_status_it_swaps(merchant: Merchant, order: Order) -> None:
    page = press(merchant, order, acao="criar")
    client = merchant.browser("operator")
    typed = {"acao": "gravar", "visto": page.context["seen"], field_of(page, "Casa"): "9"}
    address = merchant.url(f"pedidos/{order.pk}/movimentar/")
    response = client.post(address, typed, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert 'id="movimentar"' in response.content.decode()


def test_who_was_overtaken_is_told_and_overwrites_nothing(merchant: Merchant, order: Order) -> None:
    page = press(merchant, order, acao="criar")
    old = page.context["seen"]
    press(merchant, order, tudo=Company.objects.get(name="Sudeste").pk, visto=old)
    late = press(merchant, order, acao="gravar", visto=old, **{field_of(page, "Casa"): "4"})
    assert "mudou enquanto você olhava" in said(late)
    (line,) = Movement.objects.get(order=order).lines.select_related("warehouse__company")
    assert line.warehouse.company.name == "Sudeste"


def test_finishing_with_other_amounts_in_the_fields_saves_them_and_sells_nothing(
    merchant: Merchant, order: Order
) -> None:
    page = press(merchant, order, acao="criar")
    fields = {field_of(page, "Casa"): "4", "visto": page.context["seen"]}
    press(merchant, order, acao="sincronizar", **fields)
    merchant.house.work()
    fields = {field_of(page, "Casa"): "2", field_of(page, "Sudeste"): "2", "visto": page.context["seen"]}
    answer = press(merchant, order, acao="finalizar", **fields)
    assert "Sincronize de novo antes de finalizar." in said(answer)
    order.refresh_from_db()
    assert (order.erp_state, order.movement_state) == ("", "pending_sync")


def test_why_this_division_is_shown_with_each_company(merchant: Merchant, order: Order) -> None:
    page = press(merchant, order, acao="criar")
    shown = text_of(page)
    assert "Por que esta divisão" in shown
    assert [row.name for row in page.context["companies"]] == ["Casa", "Sudeste"]
    press(merchant, order, tudo=Company.objects.get(name="Sudeste").pk, visto=page.context["seen"])
    assert "Uma pessoa mudou a divisão." in text_of(look(merchant, order))


def test_readers_look_and_change_nothing(merchant: Merchant, order: Order) -> None:
    page = press(merchant, order, acao="criar")
    for role in ("reader", "fiscal"):
        seen = look(merchant, order, role)
        assert seen.status_code == 200
        assert not seen.context["editable"]
        assert press(merchant, order, role, acao="descartar", visto=page.context["seen"]).status_code == 403
    assert Movement.objects.filter(order=order, state="pending_sync").exists()


def test_with_one_empresa_the_page_is_plain(merchant: Merchant) -> None:
    page = look(merchant, merchant.orders["well"])
    assert page.context["is_single"]
    assert "Por que esta divisão" not in text_of(page)


def test_the_page_asks_for_news_and_hears_nothing_new(merchant: Merchant, order: Order) -> None:
    page = press(merchant, order, acao="criar")
    client: Client = merchant.browser("operator")
    address = merchant.url(f"pedidos/{order.pk}/movimentar/novidades/")
    assert client.get(address, {"estado": page.context["stand"]}).status_code == 204
    assert client.get(address, {"estado": "outra"}).status_code == 200


def test_many_are_moved_checked_and_sold_and_the_rest_is_named(merchant: Merchant, order: Order) -> None:
    browser = merchant.browser("operator")
    ticked = {"pedido": [order.pk, merchant.orders["unpaid"].pk, merchant.orders["well"].pk]}
    answer = browser.post(merchant.url("pedidos/movimentar/"), ticked)
    assert "1 movimentação criada; falta sincronizar." in said(answer)
    unpaid = merchant.orders["unpaid"].number
    assert "2 pedidos ficaram de fora: " in said(answer)
    assert f"Aguardando pagamento ({unpaid})" in said(answer)
    browser.post(merchant.url("pedidos/sincronizar/"), ticked)
    merchant.house.work()
    answer = browser.post(merchant.url("pedidos/criar-no-erp/"), ticked)
    assert "1 pedido será criado no ERP em instantes." in said(answer)
    merchant.house.work()
    order.refresh_from_db()
    assert order.phase == "integrated"


def test_the_order_leads_to_its_movement(merchant: Merchant, order: Order) -> None:
    def labels(role: str) -> list[str]:
        page = merchant.browser(role).get(merchant.url(f"pedidos/{order.pk}/"))
        return [action.label for action in page.context["actions"]]

    assert "Movimentar" in labels("operator")
    assert "Movimentar" not in labels("reader")
    press(merchant, order, acao="criar")
    assert "Visualizar movimentação" in labels("reader")


def test_the_orders_page_names_who_may_serve_it_and_then_who_does(merchant: Merchant, order: Order) -> None:
    path = merchant.url(f"pedidos/{order.pk}/")
    page = merchant.browser("reader").get(path)
    assert page.context["matrix"].company is None
    assert page.context["matrix"].rows[0].own.places == "em Casa ou Sudeste"
    press(merchant, order, acao="criar")
    whole = look(merchant, order)
    press(merchant, order, tudo=str(Company.objects.get(name="Sudeste").pk), visto=whole.context["seen"])
    matrix = merchant.browser("reader").get(path).context["matrix"]
    assert (matrix.company.name, matrix.rows[0].own.places) == ("Sudeste", "Principal")


def test_with_one_company_no_place_is_named_before_there_is_a_movement(merchant: Merchant) -> None:
    page = merchant.browser("reader").get(merchant.url(f"pedidos/{merchant.orders['short'].pk}/"))
    matrix = page.context["matrix"]
    assert (matrix.company, matrix.rows[0].own.places) == (merchant.house.company, "")


def test_a_press_after_the_session_ended_is_held_and_a_poll_leads_to_the_sign_in(
    merchant: Merchant, order: Order
) -> None:
    address = merchant.url(f"pedidos/{order.pk}/movimentar/")
    heads = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{address}"}
    nobody = merchant.browser("anonymous")
    held = nobody.post(address, {"acao": "criar"}, headers=heads)
    assert "Sua entrada venceu" in text_of(held)
    assert not Movement.objects.filter(order=order).exists()
    poll = nobody.get(f"{address}novidades/", headers=heads)
    assert (poll.status_code, poll["HX-Redirect"]) == (200, f"/conta/login/?next={address}")
