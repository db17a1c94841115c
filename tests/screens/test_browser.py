"""The screens in a real browser: both themes, two widths, accessibility, and no breach of the content policy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db.models.functions import Now
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from cais.companies.models import User
from cais.companies.services import add_company
from cais.inbox.models import Pending
from cais.journal.models import SyncRun
from cais.orders.models import Buyer
from cais.publishing.models import ErpOrderPublication
from cais.rehearsals.models import Rehearsal
from cais.rehearsals.services import rehearse, start
from cais.web import keyset
from cais.web.orders import list_page
from tests.engine.house import house
from tests.screens.conftest import Merchant, people_of, populate

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = {"wide": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def settled(transactional_db: None) -> Iterator[Merchant]:
    """Committed, since the pages are served by another thread."""
    with house() as home:
        yield Merchant(home, people_of(home), populate(home))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Playwright runs an event loop of its own, which Django takes for ours.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def signed_in(chromium: Browser, address: str, user: User, *, size: tuple[int, int], theme: str) -> BrowserContext:
    User.objects.filter(pk=user.pk).update(theme=theme)
    client = Client()
    client.force_login(user)
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale="pt-BR")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
    return context


def rehearsed(merchant: Merchant) -> Rehearsal:
    """A plan with one wish, read to its end."""
    home = merchant.house
    sale = ErpOrderPublication.objects.filter(fulfilment__order=merchant.orders["well"])
    sale.update(due_at=Now(), wish=ErpOrderPublication.Wish.CANCELLED)
    made = start(home.store, asked_by="Rosana")
    rehearse(home.store)
    return made


def pages(merchant: Merchant) -> dict[str, str]:
    store, slug = merchant.house.store.pk, f"/g/{merchant.slug}"
    return {
        "painel": f"{slug}/painel/",
        "pedidos": f"{slug}/pedidos/",
        "fluxo": f"{slug}/fluxo/",
        "importar": f"{slug}/pedidos/importar/?aba=todos",
        "pedido": f"{slug}/pedidos/{merchant.orders['open'].pk}/",
        "e se": f"{slug}/pedidos/{merchant.orders['short'].pk}/e-se/",
        "pedido com venda": f"{slug}/pedidos/{merchant.orders['well'].pk}/",
        "registrar envio": f"{slug}/pedidos/envios/?pedido={merchant.orders['well'].pk}",
        "importar envios": f"{slug}/pedidos/envios/importar/",
        "erros": f"{slug}/erros/",
        "causa": f"{slug}/erros/{Pending.objects.get(reason='stock_short').pk}/",
        "produto": f"{slug}/erros/{Pending.objects.get(reason='product_unknown').pk}/produto/",
        "dicionário": f"{slug}/conectores/{store}/dicionario/",
        "conectores": f"{slug}/conectores/",
        "conexão": f"{slug}/conectores/{store}/",
        "conectar": f"{slug}/conectores/novo/tray/",
        "funções": f"{slug}/conectores/{store}/funcoes/",
        "trocas": f"{slug}/conectores/{store}/trocas/",
        "sincronização": f"{slug}/sync/",
        "rodada": f"{slug}/sync/rodadas/{SyncRun.objects.values_list('pk', flat=True).first()}/",
        "ensaios": f"{slug}/sync/ensaios/",
        "ensaio": f"{slug}/sync/ensaios/{rehearsed(merchant).pk}/",
        "exportar": f"{slug}/produtos/exportar/?aba=todos",
        "auditoria": f"{slug}/auditoria/",
        "empresa": f"{slug}/empresas/{merchant.house.company.pk}/",
        "menu": f"{slug}/menu/",
        "ajuda": f"{slug}/ajuda/",
        "conta": "/minha-conta/",
    }


def complaints_of(page: Page, url: str) -> list[str]:
    """What the browser, axe and the phone's width have against a page."""
    heard: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            heard.append(message.text)

    page.on("console", listen)
    response = page.goto(url)
    page.remove_listener("console", listen)
    if response is None or response.status != 200:
        heard.append(f"status {response.status if response else 'none'}")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        heard.append("scrolls sideways")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    for item in found.response["violations"]:
        heard.append(f"{item['id']}: {[node['target'] for node in item['nodes']][:3]}")
    return heard


def complaints_about(context: BrowserContext, address: str, paths: Mapping[str, str]) -> str:
    """A line for each page that something is to be said against."""
    page = context.new_page()
    heard = {name: complaints_of(page, address + path) for name, path in paths.items()}
    return "\n".join(f"{name}: {words}" for name, words in heard.items() if words)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_clean(live_server: object, settled: Merchant, chromium: Browser, width: str, theme: str) -> None:
    person = settled.people["administrator"]
    with signed_in(chromium, live_server.url, person, size=WIDTHS[width], theme=theme) as context:
        assert not complaints_about(context, live_server.url, pages(settled))


def test_ticking_and_pressing_works_with_script(live_server: object, settled: Merchant, chromium: Browser) -> None:
    person = settled.people["operator"]
    with signed_in(chromium, live_server.url, person, size=WIDTHS["wide"], theme="light") as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/g/{settled.slug}/pedidos/?aba=parados")
        page.get_by_label("Selecionar todos desta página").check()
        page.get_by_role("button", name="Reconsiderar").click()
        page.get_by_text("serão conferidos de novo").wait_for()
        page.get_by_role("link", name=settled.orders["short"].number, exact=True).click()
        page.get_by_role("heading", name=f"Pedido {settled.orders['short'].number}").wait_for()


def test_a_name_that_many_bear_is_counted_once_its_page_is_there(
    live_server: object, settled: Merchant, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (keyset, list_page):
        monkeypatch.setattr(module, "SIZE", 2)
    many = Buyer.objects.update(name="Teodora Vilanova")
    person = settled.people["operator"]
    with signed_in(chromium, live_server.url, person, size=WIDTHS["wide"], theme="light") as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/g/{settled.slug}/pedidos/?q=vilanova")
        page.locator(".c-foot").get_by_text(f"{many} pedidos", exact=True).wait_for()
        whole = page.get_by_text(f"Selecionar todos os {many}")
        assert whole.is_hidden()
        page.get_by_label("Selecionar todos desta página").check()
        whole.click()
        page.get_by_role("button", name="Reconsiderar").click()
        page.get_by_text(f"{many} pedidos serão conferidos de novo").wait_for()


def test_a_company_is_dragged_to_its_place_in_the_queue(
    live_server: object, settled: Merchant, chromium: Browser
) -> None:
    group = settled.house.group
    add_company(group, name="Filial", legal_name="Filial Ltda", cnpj="11444777000161", state="SP")
    add_company(group, name="Sudeste", legal_name="Sudeste Ltda", cnpj="98765432000198", state="SP")
    person = settled.people["administrator"]
    with signed_in(chromium, live_server.url, person, size=WIDTHS["wide"], theme="light") as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/g/{settled.slug}/empresas/")
        rows = page.locator("tbody[data-drag] > tr")
        rows.nth(2).drag_to(rows.nth(0))
        page.get_by_text("Sudeste está agora no lugar 1 da fila do estoque.").wait_for()
        assert [row.locator(".c-name").inner_text() for row in rows.all()] == ["Sudeste", "Casa", "Filial"]
