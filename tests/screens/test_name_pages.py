"""Pages of the orders of one name: the same orders in the same order as by any other way, whatever moves meanwhile."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

import cais.web.keyset
import cais.web.orders.list_page
import cais.web.views.orders.listing
from cais.orders import names as naming
from cais.orders.models import Buyer, Order
from tests.screens.conftest import Merchant
from tests.screens.reading import text_of

NAME = "Teodora Vilanova"


@pytest.fixture
def hers(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Five orders of one buyer, the newest first; none was sold in the order in which it was bought. Two on a page."""
    for module in (cais.web.keyset, cais.web.orders.list_page):
        monkeypatch.setattr(module, "SIZE", 2)
    store, begin = merchant.house.vendor.store, timezone.now()
    for hours in (3, 1, 5, 2, 4):
        sold = store.sell(lines=[("XIC-200", "1", "12.50")])
        buyer = {**store.orders[sold]["buyer"], "name": NAME}
        store.edit(sold, buyer=buyer, placed_at=(begin - timedelta(hours=hours)).isoformat())
    merchant.house.read()
    return list(Order.objects.filter(buyer__name=NAME).order_by("-placed_at").values_list("pk", flat=True))


def listed(browser: Client, url: str) -> list[int]:
    return [order.pk for order, _, _ in browser.get(url).context["rows"]]


@pytest.fixture(params=[(), ("NEAR",), ("NEAR", "FAR")], ids=["near", "far", "told"])
def by_any_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With so few orders a walk meets them at once; one that meets none goes on, or leaves them to the index."""
    for reach in request.param:
        monkeypatch.setattr(naming, reach, 0)


@pytest.mark.usefixtures("by_any_way")
def test_pages_of_a_name_follow_one_another_forth_and_back(merchant: Merchant, hers: list[int]) -> None:
    browser, url = merchant.browser("reader"), merchant.url("pedidos/")
    first = browser.get(url, {"q": "vilanova"})
    second = browser.get(url + first.context["page"].next_url)
    third = browser.get(url + second.context["page"].next_url)
    back = browser.get(url + third.context["page"].previous_url)
    pages = [[order.pk for order, _, _ in page.context["rows"]] for page in (first, second, third, back)]
    assert pages == [hers[:2], hers[2:4], hers[4:], hers[2:4]]
    assert not third.context["page"].next_url
    assert listed(browser, url + back.context["page"].previous_url) == hers[:2]


@pytest.mark.usefixtures("by_any_way")
def test_a_page_asks_for_its_own_orders_alone(merchant: Merchant, hers: list[int]) -> None:
    browser, url = merchant.browser("reader"), merchant.url("pedidos/?q=vilanova")
    with CaptureQueriesContext(connection) as seen:
        browser.get(url)
    assert not [query["sql"] for query in seen if "unnest" in query["sql"]]


def test_a_page_that_was_walked_to_is_there_before_the_orders_of_the_name_are_counted(
    merchant: Merchant, hers: list[int]
) -> None:
    browser, url = merchant.browser("reader"), merchant.url("pedidos/?q=vilanova")
    with CaptureQueriesContext(connection) as seen:
        page = browser.get(url)
    assert not [query["sql"] for query in seen if "orders_named" in query["sql"]]
    assert page.context["summary"] == "Muitos pedidos, os mais novos primeiro"
    assert f'hx-get="{escape(page.context["total_url"])}"' in page.content.decode()
    told = browser.get(page.context["total_url"], headers={"HX-Request": "true"})
    assert "5 pedidos" in text_of(told)
    assert "Selecionar todos os 5" in text_of(told)


def test_a_name_that_many_bear_is_counted_to_ten_thousand(
    merchant: Merchant, hers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, url = merchant.browser("reader"), merchant.url("pedidos/total/?q=vilanova")
    monkeypatch.setattr(naming, "COMMON", 0)
    assert "5 pedidos" in text_of(browser.get(url))
    monkeypatch.setattr(cais.web.keyset, "COUNTED", 4)
    monkeypatch.setattr(cais.web.orders.list_page, "COUNTED", 4)
    monkeypatch.setattr(cais.web.views.orders.listing, "EXPORTED", 4)
    assert "mais de 10.000 pedidos" in text_of(browser.get(url))
    assert "Selecionar" not in text_of(browser.get(url))


def test_what_is_on_one_page_is_counted_by_it(merchant: Merchant, hers: list[int]) -> None:
    """Two letters are in no index, so nothing else could count them."""
    Buyer.objects.exclude(order__in=hers[:2]).update(name="Otto")
    page = merchant.browser("reader").get(merchant.url("pedidos/?q=vi"))
    assert [order.pk for order, _, _ in page.context["rows"]] == hers[:2]
    assert page.context["summary"] == "2 pedidos"
    assert not page.context["total_url"]


@pytest.mark.parametrize("query", ["", "q=vi", "q=vilanova&aba=erp", "q=1234"])
def test_where_no_name_alone_is_searched_for_there_is_no_total_to_wait_for(merchant: Merchant, query: str) -> None:
    assert merchant.browser("reader").get(merchant.url(f"pedidos/total/?{query}")).status_code == 204


def test_a_store_that_corrects_a_date_moves_the_order_among_those_of_its_name(
    merchant: Merchant, hers: list[int]
) -> None:
    oldest = Order.objects.get(pk=hers[-1])
    now = timezone.now()
    merchant.house.vendor.store.edit(oldest.external_id, placed_at=now.isoformat())
    merchant.house.read()
    assert Buyer.objects.get(order=oldest).placed_at == now
    assert listed(merchant.browser("reader"), merchant.url("pedidos/?q=vilanova")) == [oldest.pk, hers[0]]


def test_a_page_begins_where_its_row_was_when_that_row_has_moved(merchant: Merchant, hers: list[int]) -> None:
    browser, url = merchant.browser("reader"), merchant.url("pedidos/")
    after = url + browser.get(url, {"q": "vilanova"}).context["page"].next_url
    merchant.house.vendor.store.edit(
        Order.objects.get(pk=hers[1]).external_id, placed_at=(timezone.now() - timedelta(days=1)).isoformat()
    )
    merchant.house.read()
    assert listed(browser, after) == hers[2:4]


@pytest.mark.parametrize("place", [["nunca", 7], ["2026-11-22T09:00:00-03:00", "x"], [[], {}], ["2026-11-22"]])
def test_a_place_that_was_invented_shows_the_first_page(merchant: Merchant, hers: list[int], place: object) -> None:
    response = merchant.browser("reader").get(merchant.url("pedidos/"), {"q": "vilanova", "depois": json.dumps(place)})
    assert [order.pk for order, _, _ in response.context["rows"]] == hers[:2]


def test_before_nothing_lie_the_oldest(merchant: Merchant, hers: list[int]) -> None:
    assert listed(merchant.browser("reader"), merchant.url("pedidos/?q=vilanova&antes=[")) == hers[-2:]


def test_a_name_that_is_also_a_number_and_one_that_many_bear_are_listed_alike(
    merchant: Merchant, hers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, url = merchant.browser("reader"), merchant.url("pedidos/?q=vilanova")
    by_ids = listed(browser, url)
    Order.objects.filter(pk=hers[-1]).update(marketplace_order="vilanova")
    assert listed(browser, url) == by_ids
    assert browser.get(url).context["summary"] == "5 pedidos"
    assert not browser.get(url).context["total_url"]
    monkeypatch.setattr(naming, "COMMON", 0)
    assert listed(browser, url) == by_ids
