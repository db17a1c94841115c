"""The pages of notes in a real browser: both themes, two widths, accessibility, and no breach of the content policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.nfe.conftest import MEANINGS
from tests.nfe.house import fiscal_house
from tests.screens.conftest import people_of
from tests.screens.notes.invoicing import Invoicer, populate
from tests.screens.test_browser import WIDTHS, chromium, complaints_about, signed_in

__all__ = ["chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def settled(transactional_db: None, tmp_path: Path, settings: object) -> Iterator[Invoicer]:
    """Committed, since the pages are served by another thread."""
    settings.ALLOWED_ADDRESSES, settings.PUBLIC_URL = "loopback", "https://cais.jurubim.example"
    with fiscal_house(tmp_path, settings) as home:
        home.translate(**MEANINGS)
        yield Invoicer(home, people_of(home), populate(home))


def pages(invoicer: Invoicer) -> dict[str, str]:
    asked = f"?pedido={invoicer.order_id('ready')}&pedido={invoicer.order_id('blocked')}"
    notes = {matter: invoicer.note(matter).pk for matter in ("well", "rejected", "doubt", "blocked")}
    return {
        "notas": invoicer.url("notas/"),
        "notas rejeitadas": invoicer.url("notas/?aba=paradas"),
        **{f"nota {matter}": invoicer.url(f"notas/{pk}/") for matter, pk in notes.items()},
        "gerar": invoicer.url(f"notas/gerar/{asked}"),
        "lote": invoicer.url(f"notas/lotes/{invoicer.note('doubt').batch_id}/"),
        "fiscal": invoicer.url(f"empresas/{invoicer.home.company.pk}/fiscal/"),
        "pedido com nota": invoicer.url(f"pedidos/{invoicer.order_id('well')}/"),
        "pedido parado": invoicer.url(f"pedidos/{invoicer.order_id('rejected')}/"),
        "pedidos": invoicer.url("pedidos/"),
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_clean(live_server: object, settled: Invoicer, chromium: Browser, width: str, theme: str) -> None:
    person = settled.people["administrator"]
    with signed_in(chromium, live_server.url, person, size=WIDTHS[width], theme=theme) as context:
        assert not complaints_about(context, live_server.url, pages(settled))


def test_from_ticked_orders_to_the_end_of_the_batch(live_server: object, settled: Invoicer, chromium: Browser) -> None:
    person = settled.people["fiscal"]
    with signed_in(chromium, live_server.url, person, size=WIDTHS["wide"], theme="light") as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/g/{settled.slug}/pedidos/?aba=erp")
        page.get_by_label("Selecionar todos desta página").check()
        page.get_by_role("button", name="Gerar notas").click()
        page.get_by_role("button", name="Emitir 1").click()
        page.get_by_text("Pode fechar esta página").wait_for()
        settled.home.sefaz.faults.clear()
        settled.home.work()
        page.get_by_text("Terminado.", exact=True).wait_for()
        page.get_by_role("link", name="Ver na lista").click()
        page.get_by_role("cell", name="Avisada").wait_for()
