"""The scripts in a real browser: ticking, keys that keep silent in fields, and lists that fit a phone."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.template import engines
from playwright.sync_api import Page, sync_playwright

import cais.web
from cais.web.parts import Account, Action, BulkAction, GroupLink, NavItem, NavSection, Tab

pytestmark = pytest.mark.browser

STATIC = Path(cais.web.__file__).parent / "static" / "cais"

LIST = """{% extends "shell.html" %}{% load cais_ui %}
{% block title %}Pedidos{% endblock %}{% block head_title %}Pedidos{% endblock %}
{% block head_actions %}{% action sync %}{% endblock %}
{% block tabs %}{% tabs tabs %}{% endblock %}
{% block body %}<form id="lista" method="post"><table class="c-table is-cards">
<caption class="visually-hidden">Pedidos</caption>
<thead><tr><th class="cell-check"><label><input type="checkbox" data-row-all="lista" aria-label="Todos"></label></th>
<th scope="col" class="cell-lead">Pedido</th><th scope="col" class="cell-title">Cliente</th>
<th scope="col" class="cell-end r">Total R$</th><th scope="col" class="cell-state">Situação</th>
<th scope="col" class="cell-flag">Integração</th></tr></thead>
<tbody>{% for order in orders %}<tr class="has-check" data-value="{{ order.total }}" data-fits="{{ order.fits }}">
<td class="cell-check"><label><input type="checkbox" data-row aria-label="Selecionar {{ order.number }}"></label></td>
<td class="cell-lead num"><a class="c-name" href="#{{ order.number }}">{{ order.number }}</a></td>
<td class="cell-title cell-cut">Confeitaria e Doceria Nossa Senhora dos Navegantes de Itajubá</td>
<td class="cell-end r" data-label="R$">{% money order.total symbol=False %}</td>
<td class="cell-state"><span class="c-state">{% trail situation=order.code %}
{% status subject="order" code=order.code %}</span></td>
<td class="cell-flag">{% integration integrated=False %}</td></tr>{% endfor %}</tbody></table></form>{% endblock %}
{% block bulk %}{% bulk_bar verbs form="lista" total=1284 %}{% endblock %}"""


def list_page() -> str:
    codes = ("awaiting_movement", "movement_error", "status_unmapped", "creating_erp_order")
    orders = [
        {"number": 900 + n, "total": Decimal("10.10") * (n + 1), "code": code, "fits": "create" if n else ""}
        for n, code in enumerate(codes)
    ]
    context = {
        "orders": orders,
        "sync": Action("Sincronizar", "/sync", style="primary"),
        "tabs": [
            Tab("Aguardando movimentação", "#", 18),
            Tab("Aguardando sincronizar", "#", 7),
            Tab("Com erro", "#", 5, current=True),
        ],
        "verbs": [BulkAction("Criar movimentação", "/criar", fits="create", style="primary")],
        "nav": [NavSection("", [NavItem("Caixa de erros", "#erros", "inbox", key="e", on_bar=True)])],
        "grupo": GroupLink("Grupo Jurubim", "/"),
        "account": Account("Rosana Feitosa", "RF", "rosana@jurubim.example", "Operador", theme="light"),
        "search_url": "/busca",
        "menu_url": "/menu",
        "now": datetime(2026, 11, 17, 14, 4, tzinfo=UTC),
    }
    return engines["django"].from_string(LIST).render(context)


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Static addresses may carry a hash of the content before the extension.
    local = re.sub(
        r'"[^"]*cais/([a-z]+)\.(?:[0-9a-f]+\.)?(css|js|svg)"',
        lambda found: f'"{(STATIC / f"{found[1]}.{found[2]}").as_uri()}"',
        list_page(),
    )
    target = tmp_path_factory.mktemp("page") / "pedidos.html"
    target.write_text(local)
    return target


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "these tests need Chromium; `make test` says how to get it"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
        )
        yield running
        running.close()


@pytest.fixture
def page(browser, page_file: Path) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    opened.goto(page_file.as_uri())
    yield opened
    context.close()


def bar_text(page: Page) -> str:
    parts = ("[data-bulk-count]", "[data-bulk-noun]", "[data-bulk-sum]")
    return " ".join(page.locator(part).inner_text().replace("\u00a0", " ") for part in parts)


def test_ticked_rows_are_counted_summed_and_matched_to_each_verb(page):
    assert not page.locator(".c-bulk").is_visible()
    page.locator("input[data-row]").nth(0).check()
    assert bar_text(page) == "1 selecionado R$ 10,10"
    page.locator("input[data-row]").nth(3).check()
    assert bar_text(page) == "2 selecionados R$ 50,50"
    assert page.locator("[data-fits-count]").inner_text() == "(1)"


def test_the_head_has_no_filled_button_while_the_bar_is_open(page):
    head = page.locator(".c-head .c-acts .btn")
    assert "btn-primary" in head.get_attribute("class")
    page.locator("input[data-row]").nth(1).check()
    assert "btn-primary" not in head.get_attribute("class")
    page.keyboard.press("Escape")
    assert "btn-primary" in head.get_attribute("class")


def test_the_whole_filter_is_offered_only_when_the_page_is_full(page):
    page.locator("input[data-row]").nth(0).check()
    assert not page.locator(".c-bulk-all").is_visible()
    page.locator("[data-row-all]").check()
    assert page.locator(".c-bulk-all").is_visible()
    assert bar_text(page) == "4 selecionados R$ 101,00"


def test_keys_walk_tick_and_reach_a_range(page):
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    assert page.locator("tr.is-selected").count() == 3
    page.keyboard.press("Escape")
    assert page.locator("tr.is-selected").count() == 0


def test_g_and_a_letter_go_to_a_screen(page):
    page.keyboard.press("g")
    page.keyboard.press("e")
    assert page.url.endswith("#erros")


def test_keys_are_silent_in_fields(page):
    page.keyboard.press("/")
    page.keyboard.type("jx?")
    assert page.locator("[data-search]").input_value() == "jx?"
    assert page.locator("dialog[open]").count() == 0
    assert page.locator("tr.is-cursor").count() == 0


def test_single_keys_can_be_turned_off(page):
    page.evaluate("document.body.dataset.keys = 'off'")
    page.keyboard.press("j")
    assert page.locator("tr.is-cursor").count() == 0


@pytest.mark.parametrize("width", [320, 360, 390, 800, 1024, 1280])
def test_the_list_fits_without_scrolling_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 360, 390])
def test_situation_and_integration_do_not_cover_each_other_on_a_phone(page, width):
    page.set_viewport_size({"width": width, "height": 844})
    for row in page.locator("tbody tr").all():
        state = row.locator(".c-st").bounding_box()
        flag = row.locator(".cell-flag .c-pill").bounding_box()
        apart = state["x"] + state["width"] <= flag["x"] or state["y"] + state["height"] <= flag["y"]
        assert apart, row.inner_text()


def test_buttons_and_boxes_are_large_enough_for_a_finger(page):
    page.set_viewport_size({"width": 390, "height": 844})
    for target in page.locator(".c-head .btn, tbody .cell-check label, .c-tabbar a").all():
        if target.is_visible():
            assert target.bounding_box()["height"] >= 44


def test_on_a_phone_the_tab_one_is_on_is_in_sight(page):
    page.set_viewport_size({"width": 320, "height": 844})
    page.reload()
    box = page.locator('.c-tabs [aria-current="page"]').bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320


def test_a_double_press_asks_once_and_another_button_is_another_request(page):
    asked = page.evaluate(
        """() => {
            const form = document.getElementById("lista");
            const other = document.createElement("button");
            form.append(other);
            let asked = 0;
            window.addEventListener("submit", (event) => {
                if (!event.defaultPrevented) asked += 1;
                event.preventDefault();
            });
            form.requestSubmit();
            form.requestSubmit();
            form.requestSubmit(other);
            form.requestSubmit(other);
            return [asked, other.getAttribute("aria-busy")];
        }"""
    )
    assert asked == [2, "true"]
