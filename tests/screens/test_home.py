"""Painel: charts from the daily sums, the cards' links, and the sentence about stores that only observe."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cais.backoffice.models import SalesOrder
from cais.companies.services import add_company
from cais.connections.models import Connection
from cais.web.home.charts import charts
from tests.screens.conftest import Merchant
from tests.screens.reading import text_of


def test_the_charts_show_what_was_sold_and_a_table_says_the_same(merchant: Merchant) -> None:
    response = merchant.browser("reader").get(merchant.url("painel/"))
    found = response.context["charts"]
    assert sum(bar.orders for bar in found.bars) == 6
    # Four of 25,00 and one of 569,70 and one of 10,00; 15,90 of freight each, and two cents charged too much.
    assert sum(bar.revenue for bar in found.bars) == Decimal("775.12")
    assert [share.label for share in found.origins] == ["Loja Imaginária"]
    assert "Ver tabela" in text_of(response)
    assert "775,12" in text_of(response)


@pytest.mark.parametrize(("asked", "days"), [("", 30), ("7", 7), ("90", 90), ("8", 30), ("sete", 30)])
def test_a_period_of_the_three_or_the_usual(merchant: Merchant, asked: str, days: int) -> None:
    response = merchant.browser("reader").get(merchant.url("painel/"), {"periodo": asked, "grafico": "receita"})
    assert len(response.context["charts"].bars) == days
    assert response.context["charts"].by_revenue


def test_companies_are_compared_where_there_are_two(merchant: Merchant) -> None:
    home = merchant.house
    assert not charts(home.group, days=7, by_revenue=True).companies
    other = add_company(home.group, name="Sudeste", legal_name="Sudeste", cnpj="98765432000198", state="SP")
    sale = SalesOrder.objects.get()
    SalesOrder.objects.create(
        group=home.group,
        company=other,
        number=1,
        reference="à mão",
        kind="BAL",
        buyer_name="Balcão",
        placed_at=sale.placed_at,
        total=Decimal("100.00"),
    )
    shares = charts(home.group, days=7, by_revenue=True).companies
    assert [(share.label, share.revenue) for share in shares] == [
        ("Sudeste", Decimal("100.00")),
        (home.company.name, sale.total),
    ]


def test_a_card_leads_to_the_orders_it_counts(merchant: Merchant) -> None:
    browser, store = merchant.browser("reader"), merchant.house.store
    facts = {fact.label: fact for fact in browser.get(merchant.url("painel/")).context["cards"][0].facts}
    assert facts["Listagem de pedidos"].value == "6"
    # Short of units, and a status nobody translated.
    assert facts["Sem movimentação sincronizada"].value == "2"
    rows = browser.get(facts["Sem movimentação sincronizada"].url).context["rows"]
    assert {order.pk for order, _, _ in rows} == {merchant.orders[name].pk for name in ("short", "untranslated")}
    assert browser.get(facts["Último pedido"].url).status_code == 200
    assert f"loja={store.pk}" in facts["Listagem de pedidos"].url


def test_a_store_that_only_observes_is_named(merchant: Merchant) -> None:
    browser = merchant.browser("reader")
    assert "Só observando" not in text_of(browser.get(merchant.url("painel/")))
    Connection.objects.filter(pk=merchant.house.store.pk).update(mode=Connection.Mode.OBSERVE)
    assert f"Só observando: {merchant.house.store.name}." in text_of(browser.get(merchant.url("painel/")))


def test_the_charts_cost_the_same_for_ten_orders_and_for_a_hundred(
    merchant: Merchant, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(2):
        charts(merchant.house.group, days=90, by_revenue=False)
