"""*Movimentar* in a real browser: clean at every width and theme, and the three steps without a reload."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from cais.catalog.models import KitComponent, Product
from cais.companies.models import Warehouse
from cais.orders.models import Order
from cais.settling.moving import create_movements
from tests.engine.companies import more_companies, serve, stock
from tests.engine.house import house
from tests.screens.conftest import Merchant, people_of, populate
from tests.screens.test_browser import WIDTHS, chromium, complaints_of, signed_in  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def three(transactional_db: None) -> Iterator[tuple[Merchant, Order]]:
    """Three companies, one with two depots, and an order of a product and a kit that none of them has whole."""
    with house() as home:
        merchant = Merchant(home, people_of(home), populate(home))
        sudeste, nordeste = more_companies(home, "Sudeste", "Nordeste")
        Warehouse.objects.create(group=home.group, company=sudeste, name="Fundos")
        kit = Product.objects.create(
            group=home.group, sku="KIT-CAFE", name="Kit café da manhã", is_kit=True, ncm="69111090", price="90"
        )
        cup, pot = Product.objects.get(sku="XIC-200"), home.product("GAR-1L", units="1")
        for product, units in ((cup, "6"), (pot, "1")):
            KitComponent.objects.create(group=home.group, kit=kit, product=product, quantity=units)
        stock(home, cup, at=sudeste, units="30")
        stock(home, pot, at=sudeste, units="9")
        stock(home, cup, at=nordeste, units="3")
        serve(home.store, home.company, sudeste, nordeste, moves="never")
        lines = [("XIC-200", "4", "12.50"), ("KIT-CAFE", "2", "90.00")]
        external_id = home.vendor.store.sell(lines=lines, amounts=[("freight", "15.90")])
        home.read()
        yield merchant, home.order(external_id)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_clean(
    live_server: object,
    three: tuple[Merchant, Order],
    chromium: Browser,  # noqa: F811
    width: str,
    theme: str,
) -> None:
    merchant, order = three
    url = f"{live_server.url}/g/{merchant.slug}/pedidos/{order.pk}/movimentar/"
    size = WIDTHS[width]
    with signed_in(chromium, live_server.url, merchant.people["operator"], size=size, theme=theme) as context:
        page = context.new_page()
        assert complaints_of(page, url) == []
        create_movements(merchant.house.group.pk, [order.pk], actor_name="Rosana")
        assert complaints_of(page, url) == []


def test_the_three_steps_without_a_reload(
    live_server: object,
    three: tuple[Merchant, Order],
    chromium: Browser,  # noqa: F811
) -> None:
    merchant, order = three
    person = merchant.people["operator"]
    with signed_in(chromium, live_server.url, person, size=WIDTHS["wide"], theme="light") as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/g/{merchant.slug}/pedidos/{order.pk}/movimentar/")
        page.evaluate("window.stayed = true")
        page.get_by_role("button", name="Criar movimentação").click()
        page.get_by_text("Movimentação criada.").wait_for()
        _divide(page, "Casa", "2", "Sudeste, Principal", "1")
        page.get_by_role("button", name="Gravar rascunho").click()
        page.get_by_text("Falta dizer de onde saem 1.").wait_for()
        _divide(page, "Casa", "2", "Sudeste, Principal", "2")
        page.get_by_role("button", name="Sincronizar").click()
        page.get_by_text("serão conferidos no ERP").wait_for()
        merchant.house.work()
        page.get_by_role("button", name="Finalizar").wait_for()
        page.get_by_role("button", name="Finalizar").click()
        page.get_by_text("Movimentação finalizada.").wait_for()
        assert page.evaluate("window.stayed") is True
    merchant.house.work()
    order.refresh_from_db()
    assert order.phase == "integrated"
    assert {part.company.name for part in order.fulfilments.all()} == {"Casa", "Sudeste"}


@pytest.fixture
def desk(
    live_server: object,
    three: tuple[Merchant, Order],
    chromium: Browser,  # noqa: F811
) -> Iterator[Page]:
    """*Movimentar* open at a draft of the order, in which another division was typed and not sent yet."""
    merchant, order = three
    person = merchant.people["operator"]
    create_movements(merchant.house.group.pk, [order.pk], actor_name="Rosana")
    with signed_in(chromium, live_server.url, person, size=WIDTHS["wide"], theme="light") as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/g/{merchant.slug}/pedidos/{order.pk}/movimentar/")
        _divide(page, "Casa", "1", "Sudeste, Principal", "3")
        yield page


def test_what_was_typed_outlives_the_end_of_the_session(desk: Page) -> None:
    session = _cookie(desk, "sessionid")
    desk.context.clear_cookies(name="sessionid")
    desk.get_by_role("button", name="Gravar rascunho").click()
    desk.get_by_role("heading", name="Sua entrada venceu").wait_for()
    # Signed in again, and the token that the held page bears is from before.
    desk.context.clear_cookies(name="csrftoken")
    desk.context.add_cookies([session])
    desk.get_by_role("button", name="Enviar de novo").click()
    desk.get_by_role("heading", name="Envie de novo").wait_for()
    desk.get_by_role("button", name="Enviar de novo").click()
    desk.get_by_text("Divisão gravada").wait_for()
    assert _typed(desk).input_value() == "1"


def test_a_page_from_before_the_last_sign_in_is_sent_with_the_token_of_now(desk: Page) -> None:
    desk.context.add_cookies([{**_cookie(desk, "csrftoken"), "value": "b" * 32}])
    desk.get_by_role("button", name="Gravar rascunho").click()
    desk.get_by_text("Divisão gravada").wait_for()


def test_a_division_on_its_way_shows_it_and_is_neither_pressed_nor_typed_over(desk: Page) -> None:
    held: list[Route] = []
    desk.route("**/movimentar/", lambda route: held.append(route))
    save, field = desk.get_by_role("button", name="Gravar rascunho"), _typed(desk)
    save.dblclick()
    expect(save).to_have_attribute("aria-busy", "true")
    expect(field).not_to_be_editable()
    held[0].fulfill(status=500)
    desk.get_by_text("O Cais não conseguiu fazer isto.").wait_for()
    expect(save).not_to_have_attribute("aria-busy", "true")
    expect(field).to_be_editable()
    assert len(held) == 1
    assert field.input_value() == "1"


def _cookie(page: Page, name: str) -> Any:
    return next(cookie for cookie in page.context.cookies() if cookie["name"] == name)


def _typed(page: Page) -> Locator:
    return page.get_by_label("Produto XIC-200 em Casa", exact=True)


def _divide(page: Page, first: str, units: str, second: str, others: str) -> None:
    page.get_by_label(f"Produto XIC-200 em {first}", exact=True).fill(units)
    page.get_by_label(f"Produto XIC-200 em {second}", exact=True).fill(others)
