"""Visões salvas: filters kept by name, for oneself or for the group, and the one with which the list opens."""

from __future__ import annotations

import pytest

from cais.companies.models import SavedView
from cais.companies.saved_views import MOST
from tests.screens.conftest import Merchant
from tests.screens.reading import said, text_of

FILTERS = "situacao=short&situacao=held"


def save(merchant: Merchant, who: str, name: str, *, filters: str = FILTERS, whose: str = "eu") -> object:
    said_of_it = {"nome": name, "filtros": filters, "para": whose}
    return merchant.browser(who).post(merchant.url("pedidos/visoes/"), said_of_it)


def shown(merchant: Merchant, who: str, query: str = "aba=todos") -> dict[str, bool]:
    bar = merchant.browser(who).get(merchant.url(f"pedidos/?{query}")).context["views"]
    return {link.view.name: link.current for link in bar.links}


def test_filters_are_kept_for_oneself(merchant: Merchant) -> None:
    save(merchant, "operator", "Presos")
    assert shown(merchant, "operator") == {"Presos": False}
    assert shown(merchant, "operator", "situacao=held&situacao=short") == {"Presos": True}
    assert shown(merchant, "administrator") == {}


def test_filters_are_kept_for_the_whole_group_by_who_works_with_orders(merchant: Merchant) -> None:
    assert save(merchant, "reader", "Presos", whose="grupo").status_code == 403
    assert save(merchant, "operator", "Presos", whose="grupo").status_code == 302
    assert shown(merchant, "reader") == {"Presos": False}


def test_a_reader_keeps_views_of_their_own(merchant: Merchant) -> None:
    save(merchant, "reader", "Minha")
    assert shown(merchant, "reader") == {"Minha": False}


def test_the_same_name_again_gets_the_new_filters(merchant: Merchant) -> None:
    save(merchant, "operator", "Presos")
    save(merchant, "operator", "Presos", filters="aba=erp")
    assert SavedView.objects.get().query == "aba=erp"


@pytest.mark.parametrize(
    ("name", "filters", "told"),
    [
        ("", FILTERS, "Dê um nome"),
        ("x" * 41, FILTERS, "Dê um nome"),
        ("Tudo", "", "algum filtro"),
        ("Tudo", "aba=todos", "algum filtro"),
        ("Nada", "next=//fora.example&depois=[1]", "algum filtro"),
    ],
)
def test_a_view_needs_a_name_and_filters_of_the_list(merchant: Merchant, name: str, filters: str, told: str) -> None:
    assert told in said(save(merchant, "operator", name, filters=filters))
    assert not SavedView.objects.exists()


def test_there_is_an_end_to_how_many(merchant: Merchant) -> None:
    for number in range(MOST):
        save(merchant, "operator", f"Visão {number}")
    assert "Apague uma" in said(save(merchant, "operator", "A mais"))
    assert SavedView.objects.count() == MOST


def test_the_list_opens_with_the_chosen_view_and_all_is_one_click_away(merchant: Merchant) -> None:
    save(merchant, "operator", "No ERP", filters="aba=erp")
    browser, view = merchant.browser("operator"), SavedView.objects.get()
    browser.post(merchant.url(f"pedidos/visoes/{view.pk}/"), {"abrir": "1"})
    opened = browser.get(merchant.url("pedidos/"))
    assert opened["Location"] == merchant.url("pedidos/?aba=erp")
    everything = next(tab.url for tab in browser.get(opened["Location"]).context["tabs"] if tab.label == "Todos")
    assert len(browser.get(everything).context["rows"]) == 6
    assert merchant.browser("reader").get(merchant.url("pedidos/")).status_code == 200
    browser.post(merchant.url(f"pedidos/visoes/{view.pk}/"), {"abrir": "0"})
    assert browser.get(merchant.url("pedidos/")).status_code == 200


def test_a_view_is_renamed_and_deleted(merchant: Merchant) -> None:
    for name in ("Presos", "Outra"):
        save(merchant, "operator", name)
    browser = merchant.browser("operator")
    address = merchant.url(f"pedidos/visoes/{SavedView.objects.get(name='Presos').pk}/")
    assert "Escolha outro nome" in said(browser.post(address, {"nome": "Outra"}))
    assert "agora se chama Parados" in said(browser.post(address, {"nome": "  Parados "}))
    browser.post(address, {"apagar": "1"})
    assert [view.name for view in SavedView.objects.all()] == ["Outra"]
    assert "já foi apagada" in said(browser.post(address, {"apagar": "1"}))


def test_a_view_is_shown_to_the_group_and_taken_back(merchant: Merchant) -> None:
    save(merchant, "operator", "No ERP", filters="aba=erp")
    address = merchant.url(f"pedidos/visoes/{SavedView.objects.get().pk}/")
    operator, reader = merchant.browser("operator"), merchant.browser("reader")
    assert "Todo o grupo vê agora a visão No ERP." in said(operator.post(address, {"para": "grupo"}))
    assert shown(merchant, "reader") == {"No ERP": False}
    assert reader.post(address, {"para": "eu"}).status_code == 403
    reader.post(address, {"abrir": "1"})
    assert reader.get(merchant.url("pedidos/")).status_code == 302
    assert "Só você vê agora a visão No ERP." in said(operator.post(address, {"para": "eu"}))
    assert shown(merchant, "reader") == {}
    assert reader.get(merchant.url("pedidos/")).status_code == 200
    assert shown(merchant, "operator") == {"No ERP": False}


def test_a_view_is_not_given_over_another_of_its_name_nor_beyond_the_end(merchant: Merchant) -> None:
    save(merchant, "operator", "No ERP", filters="aba=erp")
    address = merchant.url(f"pedidos/visoes/{SavedView.objects.get().pk}/")
    save(merchant, "administrator", "No ERP", whose="grupo")
    told = said(merchant.browser("operator").post(address, {"para": "grupo"}))
    assert "O grupo já tem uma visão chamada No ERP." in told
    for number in range(MOST - 1):
        save(merchant, "operator", f"Visão {number}", whose="grupo")
    assert "Apague uma" in said(merchant.browser("operator").post(address, {"para": "grupo"}))
    assert SavedView.objects.filter(user=None).count() == MOST


def test_a_reader_keeps_their_own_view_to_themselves(merchant: Merchant) -> None:
    save(merchant, "reader", "Minha")
    address = merchant.url(f"pedidos/visoes/{SavedView.objects.get().pk}/")
    assert merchant.browser("reader").post(address, {"para": "grupo"}).status_code == 403


def test_deleting_the_view_of_the_opening_opens_all_again(merchant: Merchant) -> None:
    save(merchant, "operator", "No ERP", filters="aba=erp")
    browser, address = merchant.browser("operator"), merchant.url(f"pedidos/visoes/{SavedView.objects.get().pk}/")
    browser.post(address, {"abrir": "1"})
    browser.post(address, {"apagar": "1"})
    assert browser.get(merchant.url("pedidos/")).status_code == 200


def test_what_is_somebodys_own_is_absent_for_others_and_the_groups_is_not_a_readers_to_change(
    merchant: Merchant,
) -> None:
    save(merchant, "operator", "Minha")
    save(merchant, "operator", "Nossa", whose="grupo")
    mine, ours = (SavedView.objects.get(name=name).pk for name in ("Minha", "Nossa"))
    reader = merchant.browser("reader")
    assert reader.post(merchant.url(f"pedidos/visoes/{mine}/"), {"apagar": "1"}).status_code == 404
    assert reader.post(merchant.url(f"pedidos/visoes/{ours}/"), {"apagar": "1"}).status_code == 403
    assert reader.post(merchant.url(f"pedidos/visoes/{ours}/"), {"abrir": "1"}).status_code == 302
    assert SavedView.objects.count() == 2


def test_the_bar_offers_to_keep_only_what_is_chosen(merchant: Merchant) -> None:
    browser = merchant.browser("operator")
    assert "Salvar visão" not in text_of(browser.get(merchant.url("pedidos/")))
    assert "Salvar visão" in text_of(browser.get(merchant.url("pedidos/?situacao=short")))
