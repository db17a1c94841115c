"""Orders on the screen, as plain forms: no script runs here."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest
from django.http import HttpResponse

from cais.inbox.models import Pending
from cais.mappings.models import SalesChannel
from cais.movements import fulfilling
from cais.orders import search as searching
from cais.orders.models import Order
from tests.screens.conftest import Merchant
from tests.screens.reading import said, text_of


def test_tabs_count_the_orders_of_each_situation(merchant: Merchant) -> None:
    response = merchant.browser("reader").get(merchant.url("pedidos/"))
    counts = {tab.label: tab.count for tab in response.context["tabs"]}
    assert counts["Todos"] == 6
    assert counts["Aguardando pagamento"] == 1
    assert counts["Parados"] == 4  # short, unknown product, untranslated, does not close
    assert counts["No ERP"] == 1


def test_the_filter_of_movements_says_how_many_orders_are_in_each_state(merchant: Merchant) -> None:
    Order.objects.filter(pk=merchant.orders["unpaid"].pk).update(is_history=True)
    response = merchant.browser("reader").get(merchant.url("pedidos/"))
    (chip,) = [chip for chip in response.context["chips"] if chip.name == "movimentacao"]
    assert {choice.label for choice in chip.choices} == {
        "Sem movimentação (4)",  # of six, one is done and one is history
        "Pendente de sincronização (0)",
        "Validada (0)",
        "Com erro (0)",
        "Realizado (1)",
        "Cancelado (0)",
    }


@pytest.mark.parametrize(
    ("query", "matters"),
    [
        ("aba=erp", {"well"}),
        ("aba=pagamento", {"unpaid"}),
        ("situacao=short", {"short"}),
        ("movimentacao=done", {"well"}),
        ("movimentacao=none", {"short", "unknown", "unpaid", "untranslated", "open"}),
        ("movimentacao=none&movimentacao=done&situacao=short", {"short"}),
        ("integracao=sim", {"well"}),
        ("integracao=nao", {"short", "unknown", "unpaid", "untranslated", "open"}),
        ("q=PAN-24", {"short"}),
        ("q=pan-24", {"short"}),
        ("q=não+existe", set()),
        ("data_ate=9999-12-31", {"well", "short", "unknown", "unpaid", "untranslated", "open"}),
        ("data_de=0001-01-01", {"well", "short", "unknown", "unpaid", "untranslated", "open"}),
        ("loja=abc&status=x&data_de=ontem&antes=[1,2", {"well", "short", "unknown", "unpaid", "untranslated", "open"}),
        ("depois=" + '["nunca",7]', {"well", "short", "unknown", "unpaid", "untranslated", "open"}),
    ],
)
def test_a_filter_shows_its_orders_and_nonsense_shows_all(merchant: Merchant, query: str, matters: set[str]) -> None:
    response = merchant.browser("reader").get(merchant.url(f"pedidos/?{query}"))
    assert {order.pk for order, _, _ in response.context["rows"]} == {merchant.orders[name].pk for name in matters}


def test_an_empresa_lists_and_counts_the_sales_that_it_serves(merchant: Merchant) -> None:
    order, company = merchant.orders["well"], merchant.house.company
    url = merchant.url(f"pedidos/?empresa={company.pk}")
    response = merchant.browser("reader").get(url)
    assert [found.pk for found, _, _ in response.context["rows"]] == [order.pk]
    assert response.context["summary"] == "1 pedido"
    fulfilling.close([order.pk])
    response = merchant.browser("reader").get(url)
    assert (response.context["rows"], response.context["summary"]) == ([], "0 pedidos")


def test_what_is_searched_for_is_counted_with_and_without_other_filters(merchant: Merchant) -> None:
    number = merchant.orders["well"].number
    for query in (f"q={number}", f"q={number}&aba=erp"):
        assert merchant.browser("reader").get(merchant.url(f"pedidos/?{query}")).context["summary"] == "1 pedido"
    response = merchant.browser("reader").get(merchant.url(f"pedidos/?q={number}&aba=cancelados"))
    assert response.context["summary"] == "0 pedidos"


def test_too_few_figures_of_a_number_are_asked_for_more(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "COMMON", 1)
    number = merchant.orders["unpaid"].number
    response = merchant.browser("reader").get(merchant.url(f"pedidos/?q={number[:-1]}"))
    words = f"Muitos números começam com {number[:-1]}, e nenhum é só isso. Digite mais algarismos."
    assert words in text_of(response)
    Order.objects.filter(pk=merchant.orders["unpaid"].pk).update(number=number[:-1])
    response = merchant.browser("reader").get(merchant.url(f"pedidos/?q={number[:-1]}"))
    words = f"1 pedido. Muitos números começam com {number[:-1]}: digite mais algarismos."
    assert response.context["summary"] == words


def test_an_order_is_found_by_number_by_buyer_and_by_document(merchant: Merchant) -> None:
    browser, order = merchant.browser("reader"), merchant.orders["well"]
    for words in (order.number, order.buyer.name[:9], order.buyer.document):
        rows = browser.get(merchant.url("pedidos/"), {"q": words}).context["rows"]
        assert order.pk in [found.pk for found, _, _ in rows], words


def test_the_reason_that_holds_an_order_is_told_with_its_figures(merchant: Merchant) -> None:
    shown = text_of(merchant.browser("reader").get(merchant.url("pedidos/")))
    assert "Falta estoque: 2 un." in shown
    assert "Valores não fecham: R$ 0,02" in shown
    assert "Status sem tradução" in shown


def test_a_buyers_name_never_becomes_a_formula(merchant: Merchant) -> None:
    order = merchant.orders["well"]
    order.buyer.name = "=HYPERLINK(1)"
    order.buyer.save()
    response = merchant.browser("reader").post(merchant.url("pedidos/planilha/"), {"pedido": order.pk})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][0] == order.number
    assert rows[1][3] == "'=HYPERLINK(1)"
    assert rows[1][8] == "40,90"
    assert len(rows) == 2


def test_reconsidering_makes_orders_due_and_leaves_history_alone(merchant: Merchant) -> None:
    Order.objects.filter(pk=merchant.orders["unpaid"].pk).update(is_history=True)
    ticked = [merchant.orders["short"].pk, merchant.orders["unpaid"].pk]
    response = merchant.browser("operator").post(merchant.url("pedidos/reconsiderar/"), {"pedido": ticked})
    assert merchant.again("short").due_at is not None
    assert merchant.again("unpaid").due_at is None
    assert "1 pedido ficou de fora" in said(response)


def test_an_order_with_a_sale_shows_every_step_done(merchant: Merchant) -> None:
    page = merchant.browser("reader").get(merchant.url(f"pedidos/{merchant.orders['well'].pk}/"))
    assert [step.state for step in page.context["steps"]] == ["done", "done", "done"]
    assert page.context["closing"].label == "Fecha ao centavo"


@pytest.mark.parametrize(("matter", "state"), [("short", "stopped"), ("open", "held"), ("untranslated", "held")])
def test_a_stopped_order_stops_at_one_step_and_says_why(merchant: Merchant, matter: str, state: str) -> None:
    page = merchant.browser("operator").get(merchant.url(f"pedidos/{merchant.orders[matter].pk}/"))
    assert [step.state for step in page.context["steps"]] == [state, "next", "next"]
    assert page.context["waits"]


def test_the_money_adds_up_with_the_difference_named(merchant: Merchant) -> None:
    page = merchant.browser("operator").get(merchant.url(f"pedidos/{merchant.orders['open'].pk}/"))
    facts = {fact.label: fact.value for fact in page.context["money"]}
    # 2 x 12.50 of goods, 15.90 of freight, 40.92 charged.
    assert facts["Produtos"] == "25,00"
    assert facts["Frete"] == "15,90"
    assert facts["Diferença sem explicação"] == "0,02"
    assert facts["Pago pelo cliente"] == "40,92"


def test_accepting_the_difference_lets_the_order_go_on(merchant: Merchant) -> None:
    order = merchant.orders["open"]
    url = merchant.url(f"pedidos/{order.pk}/aceitar-diferenca/")
    merchant.browser("operator").post(url, {"diferenca": "0.02"})
    merchant.house.work()
    now = merchant.again("open")
    assert (now.accepted_difference, now.accepted_as, now.phase) == (Decimal("0.02"), "expense", "integrated")
    assert merchant.house.sales()[-1].total == Decimal("40.92")


def test_a_difference_that_changed_meanwhile_is_not_accepted(merchant: Merchant) -> None:
    url = merchant.url(f"pedidos/{merchant.orders['open'].pk}/aceitar-diferenca/")
    response = merchant.browser("operator").post(url, {"diferenca": "0.05"})
    assert "mudou" in said(response)
    assert merchant.again("open").accepted_difference == 0


def seen_on(response: HttpResponse) -> str:
    """What the form of *O ERP já está certo* says that its page showed."""
    found = re.search(r'name="visto" value="(\w+)"', response.content.decode())
    assert found, "the page has no such form"
    return found.group(1)


def test_an_order_that_changed_after_its_sale_is_settled_by_a_word_about_what_was_seen(merchant: Merchant) -> None:
    order = merchant.orders["well"]
    merchant.house.vendor.store.edit(order.external_id, total="50.90", amounts=[{"kind": "freight", "value": "25.90"}])
    merchant.house.read()
    if merchant.again("well").phase != "held":
        pytest.fail(f"the edit did not hold the order: {merchant.again('well').phase}")
    browser, page = merchant.browser("operator"), merchant.url(f"pedidos/{order.pk}/")
    seen = seen_on(browser.get(page))
    merchant.house.vendor.store.edit(order.external_id, total="55.90", amounts=[{"kind": "freight", "value": "30.90"}])
    merchant.house.read()
    assert "mudou desde que você o abriu" in said(browser.post(f"{page}erp-certo/", {"visto": seen}))
    merchant.house.work()
    assert merchant.again("well").phase == "held"
    browser.post(f"{page}erp-certo/", {"visto": seen_on(browser.get(page))})
    merchant.house.work()
    assert not Pending.objects.filter(subject="order", subject_id=order.pk, closed_at=None).exists()
    assert len(merchant.house.sales()) == 1


def test_the_payload_is_shown_to_who_works_and_not_to_readers(merchant: Merchant) -> None:
    url = merchant.url(f"pedidos/{merchant.orders['well'].pk}/")
    assert "Dados recebidos" in text_of(merchant.browser("operator").get(url))
    assert "Dados recebidos" not in text_of(merchant.browser("reader").get(url))


def test_neighbours_follow_the_list_the_order_was_opened_from(merchant: Merchant) -> None:
    numbers = sorted(merchant.orders[name].pk for name in ("short", "untranslated"))
    page = merchant.browser("reader").get(
        merchant.url(f"pedidos/{numbers[0]}/"), {"situacao": ["short", "status_unmapped"]}
    )
    around = page.context["around"]
    assert f"/pedidos/{numbers[1]}/?" in around.previous_url + around.next_url
    assert "" in (around.previous_url, around.next_url)


def test_what_the_marketplace_ships_says_so_and_leads_who_may_to_the_channel(merchant: Merchant) -> None:
    (channel,) = SalesChannel.objects.all()
    Order.objects.filter(pk=merchant.orders["unpaid"].pk).update(marketplace_ships=True)
    path = merchant.url(f"pedidos/{merchant.orders['unpaid'].pk}/")
    for role, leads in (("administrator", True), ("operator", False)):
        page = merchant.browser(role).get(path)
        assert "envia este pedido do estoque dele" in text_of(page)
        assert (f"canais/{channel.pk}/" in page.content.decode()) is leads
        assert "Movimentar" not in {action.label for action in page.context["actions"]}
    rows = merchant.browser("reader").get(merchant.url("pedidos/?aba=fora")).context["rows"]
    assert [order.pk for order, _, _ in rows] == [merchant.orders["unpaid"].pk]
