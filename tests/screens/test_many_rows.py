"""Lists with many rows: a page leads to the next and back, and more rows ask the database no more."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import cais.web.keyset
from cais.shelves.reading import read_back_now
from tests.engine.test_shelves import linked, switch_on
from tests.screens.conftest import Merchant

LISTS = ("pedidos/", "produtos/", "conectores/{store}/loja/", "conectores/{store}/vinculos/")
LINE = ("XIC-200", "1", "12.50")


def grow(merchant: Merchant, *skus: str) -> str:
    """Sell once more, and let the store show these products of ours; the store's number."""
    home = merchant.house
    switch_on(home)
    for sku in skus:
        linked(home, home.product(sku, units="4"), shows="4")
        home.vendor.store.sell(lines=[LINE])
    home.read()
    read_back_now(home.store, asked_by="Rosana")
    home.work()
    return str(home.store.pk)


def test_a_page_leads_to_the_next_and_back(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cais.web.keyset, "SIZE", 2)
    store, browser = grow(merchant, "L-1", "L-2", "L-3"), merchant.browser("administrator")
    for address in LISTS:
        url = merchant.url(address.format(store=store))
        first = browser.get(url).context["page"]
        second = browser.get(url + first.next_url).context["page"]
        back = browser.get(url + second.previous_url).context["page"]
        shown = [[row.pk for row in page.rows] for page in (first, second, back)]
        assert len(shown[0]) == 2, address
        assert shown[0] == shown[2], address
        assert shown[1], address
        assert not set(shown[0]) & set(shown[1]), address


def test_more_rows_ask_the_database_no_more(merchant: Merchant) -> None:
    store, browser = grow(merchant, "L-1", "L-2"), merchant.browser("administrator")
    urls = [merchant.url(address.format(store=store)) for address in (*LISTS, "fluxo/", "estoque/")]
    few = {url: statements(browser, url) for url in urls}
    grow(merchant, "L-3", "L-4", "L-5", "L-6")
    assert {url: many for url in urls if (many := statements(browser, url)) > few[url]} == {}


def statements(browser: Client, url: str) -> int:
    browser.get(url)  # what is asked only once is asked now
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(url).status_code == 200
    return len(seen)
