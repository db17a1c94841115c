"""Fluxo de venda: each order stands in its column, with what it waits for and the one button that moves it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

import cais.web.orders.flow
from cais.companies.services import add_company
from cais.orders.models import Order
from cais.orders.phase import OTHERWISE, PHASES
from cais.web.orders.flow import COLUMNS, SHOWN, WAITS_FOR
from cais.web.views.orders.flow import Card, Shown
from tests.screens.conftest import Merchant
from tests.screens.reading import said, text_of


def columns(merchant: Merchant, query: str = "", *, who: str = "operator") -> dict[str, Shown]:
    response = merchant.browser(who).get(merchant.url(f"fluxo/?{query}"))
    assert response.status_code == 200
    return {shown.standing.column.code: shown for shown in response.context["columns"]}


def numbers(shown: Shown) -> list[str]:
    return [card.order.number for card in shown.cards]


def card(merchant: Merchant, matter: str, *, who: str = "operator") -> Card:
    found = [one for shown in columns(merchant, who=who).values() for one in shown.cards]
    return next(one for one in found if one.order.pk == merchant.orders[matter].pk)


def test_every_situation_stands_in_one_column_or_is_off_the_board() -> None:
    placed = [phase for column in COLUMNS for phase in column.phases]
    assert len(placed) == len(set(placed))
    off = {"history", "ignored", "served_elsewhere", "marketplace_ships", "cancelled", "cancelling"}
    assert {code for code, _ in PHASES} | {OTHERWISE} == set(placed) | off


def test_an_order_that_does_not_stand_still_says_what_it_waits_for() -> None:
    moving = {phase for column in COLUMNS if column.code != "parado" for phase in column.phases}
    assert set(WAITS_FOR) == moving


def test_orders_stand_in_their_columns_oldest_first(merchant: Merchant) -> None:
    found = columns(merchant)
    assert {code: shown.standing.count for code, shown in found.items() if shown.standing.count} == {
        "parado": 4,
        "pagamento": 1,
        "faturar": 1,
    }
    stopped = [merchant.orders[name] for name in ("short", "unknown", "untranslated", "open")]
    assert numbers(found["parado"]) == [order.number for order in sorted(stopped, key=lambda row: row.placed_at)]


def test_a_column_shows_a_few_and_leads_to_all_of_them(merchant: Merchant) -> None:
    well = merchant.again("well")
    for number in range(SHOWN + 2):
        Order.objects.create(
            group=well.group,
            connection=well.connection,
            external_id=f"x{number}",
            number=f"X{number}",
            placed_at=timezone.now() - timedelta(days=number),
            status=well.status,
            meaning="awaiting_payment",
        )
    column = columns(merchant)["pagamento"]
    assert numbers(column) == [f"X{number}" for number in range(SHOWN + 1, 1, -1)]
    assert column.standing.count == SHOWN + 3
    rows = merchant.browser("reader").get(column.url).context["rows"]
    assert len(rows) == SHOWN + 3


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("loja=999999999", 0),
        ("data_de=2001-01-01&data_ate=2001-01-02", 0),
        ("origem=Loja+Imaginária", 6),
        ("empresa=999999999", 0),
    ],
)
def test_the_filters_narrow_cards_and_counters_alike(merchant: Merchant, query: str, count: int) -> None:
    found = columns(merchant, query)
    assert sum(shown.standing.count for shown in found.values()) == count
    assert sum(len(shown.cards) for shown in found.values()) == count


def test_under_a_filter_a_column_is_counted_so_far_and_no_further(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cais.web.orders.flow, "SHOWN", 2)
    monkeypatch.setattr(cais.web.orders.flow, "COUNTED", 3)
    column = columns(merchant, "origem=Loja+Imaginária")["parado"]
    assert (column.standing.count, column.standing.is_more) == (3, True)
    assert column.total == "mais de 3 pedidos"
    assert "+3" in merchant.browser("operator").get(merchant.url("fluxo/?origem=Loja+Imaginária")).content.decode()
    monkeypatch.setattr(cais.web.orders.flow, "COUNTED", 4)
    column = columns(merchant, "origem=Loja+Imaginária")["parado"]
    assert (column.standing.count, column.total) == (4, "4 pedidos")


def test_the_orders_of_an_empresa_are_counted_less_far_where_very_many_stand(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cais.web.orders.flow, "SHOWN", 1)
    monkeypatch.setattr(cais.web.orders.flow, "COUNTED_OF_MANY", 1)
    merchant.house.vendor.store.sell(lines=[("XIC-200", "1", "12.50")])
    merchant.house.read()
    query = f"empresa={merchant.house.company.pk}"
    assert columns(merchant, query)["faturar"].total == "2 pedidos"
    monkeypatch.setattr(cais.web.orders.flow, "MANY", 1)
    assert columns(merchant, query)["faturar"].total == "mais de 1 pedidos"
    assert columns(merchant, "origem=Loja+Imaginária")["faturar"].total == "2 pedidos"


def test_a_store_is_chosen_and_the_kept_counters_are_used(merchant: Merchant) -> None:
    found = columns(merchant, f"loja={merchant.house.store.pk}")
    assert sum(shown.standing.count for shown in found.values()) == 6


def test_the_empresa_is_named_where_there_are_two_and_can_be_chosen(merchant: Merchant) -> None:
    home = merchant.house
    assert card(merchant, "well").companies == ""
    add_company(home.group, name="Sudeste", legal_name="Sudeste", cnpj="98765432000198", state="SP")
    assert card(merchant, "well").companies == home.company.name
    found = columns(merchant, f"empresa={home.company.pk}")
    assert [number for shown in found.values() for number in numbers(shown)] == [merchant.orders["well"].number]


def test_a_stopped_order_leads_to_its_cause(merchant: Merchant) -> None:
    action = card(merchant, "short", who="reader").action
    assert action is not None
    assert "Falta estoque" in text_of(merchant.browser("reader").get(action.url))


def test_buttons_are_for_who_may_press_them(merchant: Merchant) -> None:
    assert card(merchant, "well", who="reader").action is None
    assert card(merchant, "well", who="operator").action is None  # the note is for who issues notes
    action = card(merchant, "well", who="fiscal").action
    assert action is not None
    assert action.label == "Gerar nota"


@pytest.mark.parametrize(("state", "label"), [("none", "Movimentar"), ("validated", "Continuar")])
def test_what_waits_for_a_movement_leads_to_it(merchant: Merchant, state: str, label: str) -> None:
    Order.objects.filter(pk=merchant.orders["well"].pk).update(movement_state=state, erp_state="")
    assert card(merchant, "well", who="fiscal").action is None
    action = card(merchant, "well", who="operator").action
    assert action is not None
    assert action.label == label
    assert action.url == merchant.url(f"pedidos/{merchant.orders['well'].pk}/movimentar/")


def test_delivered_by_its_button_and_back_on_the_board(merchant: Merchant) -> None:
    Order.objects.filter(pk=merchant.orders["well"].pk).update(shipped_at=timezone.now())
    action = card(merchant, "well").action
    assert action is not None
    response = merchant.browser("operator").post(action.url, action.fields)
    assert response["Location"].startswith(merchant.url("fluxo/"))
    assert "entregue" in said(response).lower()
    assert [one.order.pk for one in columns(merchant)["entregue"].cards] == [merchant.orders["well"].pk]


def test_a_narrow_screen_opens_on_the_first_column_that_has_anything(merchant: Merchant) -> None:
    assert [code for code, shown in columns(merchant).items() if shown.current] == ["parado"]
    assert [code for code, shown in columns(merchant, "coluna=faturar").items() if shown.current] == ["faturar"]
    assert [code for code, shown in columns(merchant, "coluna=nada").items() if shown.current] == ["parado"]


def test_the_board_costs_the_same_for_more_orders(merchant: Merchant, django_assert_max_num_queries: object) -> None:
    browser = merchant.browser("operator")
    browser.get(merchant.url("fluxo/"))
    with django_assert_max_num_queries(40):
        browser.get(merchant.url("fluxo/"))
