"""Conectores, readings, audit, companies and the account, as plain forms."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from cais.companies.models import Company
from cais.connections.health import refused
from cais.connections.models import Connection
from cais.connections.services import change_settings
from cais.inbox.models import Pending
from cais.intake.models import Cursor
from cais.publishing.models import StatusPublication
from tests.screens.conftest import Merchant
from tests.screens.reading import said, text_of

TRAY = {
    "name": "Tray",
    "s_store_url": "www.jurubim.example",
    "s_consumer_key": "chave",
    "s_consumer_secret": "muito-secreto",
    "s_profile": "standard",
    "start_at": "2026-11-01T00:00",
    "history_days": "30",
}


def test_a_store_is_connected_and_its_secret_never_shown_again(merchant: Merchant) -> None:
    browser = merchant.browser("administrator")
    response = browser.post(
        merchant.url("conectores/novo/tray/"), {**TRAY, "company": merchant.house.company.pk}, follow=True
    )
    made = Connection.objects.get(connector="tray")
    assert response.status_code == 200
    assert "muito-secreto" not in response.content.decode()
    assert "guardado em" in response.content.decode()
    assert made.settings["store_url"] == "www.jurubim.example"
    assert "consumer_secret" not in made.settings
    readings = Cursor.objects.filter(connection=made).values_list("kind", flat=True)
    assert set(readings) == {"orders", "statuses", "review", "gaps"}


def test_a_form_with_gaps_keeps_what_was_typed_and_names_what_is_missing(merchant: Merchant) -> None:
    typed = {**TRAY, "s_consumer_key": "", "company": merchant.house.company.pk, "name": "Imaginária"}
    response = merchant.browser("administrator").post(merchant.url("conectores/novo/tray/"), typed)
    assert response.status_code == 422
    shown = text_of(response)
    assert "Falta corrigir 2 campos" in shown
    assert "Outra conexão já tem este nome" in shown
    assert "www.jurubim.example" in response.content.decode()


def test_a_connector_of_our_own_is_offered_to_nobody(merchant: Merchant) -> None:
    assert merchant.browser("administrator").get(merchant.url("conectores/novo/imaginary/")).status_code == 404


def test_pausing_stops_the_reading_and_going_on_starts_it(merchant: Merchant) -> None:
    url, browser = merchant.url(f"conectores/{merchant.house.store.pk}/pausar/"), merchant.browser("administrator")
    browser.post(url, {"pausar": "1"})
    assert Connection.objects.get(pk=merchant.house.store.pk).paused
    browser.post(url, {"pausar": "0"})
    assert not Connection.objects.get(pk=merchant.house.store.pk).paused


def test_a_function_is_switched_off_alone(merchant: Merchant) -> None:
    store = merchant.house.store
    keep = [name for name in store.functions if name != "write_status"]
    merchant.browser("administrator").post(merchant.url(f"conectores/{store.pk}/funcoes/"), {"funcao": keep})
    assert Connection.objects.get(pk=store.pk).functions == sorted(keep)


def test_the_browser_goes_to_the_store_and_comes_back_with_access(merchant: Merchant) -> None:
    home, browser = merchant.house, merchant.browser("administrator")
    away = browser.post(merchant.url(f"conectores/{home.store.pk}/autorizar/"))
    assert away.status_code == 302
    back = re.search(r"/autorizar/[^/&%]+(?:%3A[^/&%]+)*", away["Location"].replace("%2F", "/"))
    path = back.group().replace("%3A", ":") + "/"
    given = {"code": home.vendor.settings()["code"], "store": home.vendor.settings()["store"]}
    response = browser.get(path, given)
    assert "já está sendo lida" in said(response)
    assert browser.get(path, given).status_code == 400  # it works once


def _go_and_come_back(merchant: Merchant, browser: Client, back: str) -> HttpResponse:
    home = merchant.house
    away = browser.post(merchant.url(f"conectores/{home.store.pk}/autorizar/"), {"volta": back})
    path = re.search(r"/autorizar/[^/&]+", away["Location"].replace("%2F", "/").replace("%3A", ":")).group() + "/"
    given = {"code": home.vendor.settings()["code"], "store": home.vendor.settings()["store"]}
    return browser.get(path, given)


def test_a_lost_access_is_mended_by_one_button_of_its_cause_and_leads_back_there(merchant: Merchant) -> None:
    home, browser = merchant.house, merchant.browser("administrator")
    refused(home.store, "needs_authorisation", detail="")
    for place in ("erros/", "conectores/", "painel/", f"conectores/{home.store.pk}/"):
        page = browser.get(merchant.url(place))
        shown = page.content.decode()
        assert f'action="{merchant.url(f"conectores/{home.store.pk}/autorizar/")}"' in shown, place
        assert f'name="volta" value="{merchant.url(place)}"' in shown, place
        assert " http://127.0.0.1:" in page["Content-Security-Policy"], place
    back = _go_and_come_back(merchant, browser, merchant.url("erros/"))
    assert back["Location"] == merchant.url("erros/")
    assert "Caixa" in text_of(browser.get(back["Location"]))
    assert not Pending.objects.filter(reason="needs_authorisation", closed_at=None).exists()


@pytest.mark.parametrize("elsewhere", ["https://outra.example/g/x/", "//outra.example/g/", "/sair/", ""])
def test_coming_back_never_leads_out_of_the_house(merchant: Merchant, elsewhere: str) -> None:
    back = _go_and_come_back(merchant, merchant.browser("administrator"), elsewhere)
    assert back["Location"] == merchant.url(f"conectores/{merchant.house.store.pk}/")


def test_coming_back_says_what_goes_on_by_itself(merchant: Merchant) -> None:
    home = merchant.house
    entry = home.order(merchant.orders["well"].external_id).status
    StatusPublication.objects.create(
        group=home.group,
        connection=home.store,
        order=merchant.orders["well"],
        status=entry,
        moment="captured",
        due_at=timezone.now() + timedelta(minutes=10),
    )
    browser = merchant.browser("administrator")
    back = _go_and_come_back(merchant, browser, merchant.url("erros/"))
    assert "1 envio que esperava segue sem você fazer nada" in text_of(browser.get(back["Location"]))


def test_an_authorisation_begun_by_somebody_else_is_refused(merchant: Merchant) -> None:
    home = merchant.house
    forged = signing.dumps(
        {"c": home.store.pk, "g": home.group.pk, "u": merchant.people["administrator"].pk, "n": "x"},
        salt="cais.authorise",
    )
    assert merchant.browser("administrator").get(f"/autorizar/{forged}/", {"code": "x"}).status_code == 400
    assert merchant.browser("operator").get(f"/autorizar/{forged}/", {"code": "x"}).status_code == 400


def test_a_refused_authorisation_changes_nothing_that_was_kept(merchant: Merchant) -> None:
    home, browser = merchant.house, merchant.browser("administrator")
    away = browser.post(merchant.url(f"conectores/{home.store.pk}/autorizar/"))
    path = re.search(r"/autorizar/[^/&]+", away["Location"].replace("%2F", "/").replace("%3A", ":")).group() + "/"
    response = browser.get(path, {"code": "outro", "store": "outra-loja"})
    assert "de outra loja" in said(response)
    assert Connection.objects.get(pk=home.store.pk).settings["store"] == home.vendor.settings()["store"]


def test_the_page_in_the_stores_panel_is_framed_by_that_store_alone(client: object) -> None:
    response = client.get("/entrada/tray/", {"url": "https://www.jurubim.example", "store": "391250"})
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors https://www.jurubim.example http://www.jurubim.example" in policy
    assert 'target="_blank"' in response.content.decode()


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "https://a b", "https://x.example;script-src *", "//"])
def test_an_address_that_is_none_frames_nothing(client: object, address: str) -> None:
    policy = client.get("/entrada/tray/", {"url": address})["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'none'")


def test_the_new_tab_opens_the_persons_own_connection(merchant: Merchant) -> None:
    change_settings(merchant.house.store, {"base_url": "https://loja.example"})
    Connection.objects.filter(pk=merchant.house.store.pk).update(settings={"base_url": "https://www.loja.example"})
    browser = merchant.browser("administrator")
    response = browser.get("/entrada/imaginary/abrir/", {"url": "https://loja.example"})
    assert response["Location"] == merchant.url(f"conectores/{merchant.house.store.pk}/")
    assert merchant.browser("stranger").get("/entrada/imaginary/abrir/").status_code == 404


def test_asking_for_a_reading_makes_it_due_in_the_persons_name(merchant: Merchant) -> None:
    merchant.browser("operator").post(merchant.url(f"sync/lojas/{merchant.house.store.pk}/"))
    cursor = Cursor.objects.get(connection=merchant.house.store, kind="orders")
    assert cursor.asked_by == "Pessoa Operator"
    merchant.house.work()
    page = merchant.browser("reader").get(merchant.url("sync/"))
    assert "Pessoa Operator" in text_of(page)


def test_what_a_person_changes_is_told_with_before_and_after(merchant: Merchant) -> None:
    browser, place = merchant.browser("administrator"), merchant.house.company.warehouses.get()
    browser.post(merchant.url(f"empresas/depositos/{place.pk}/"), {"name": "Galpão"})
    entry, _ = browser.get(merchant.url("auditoria/")).context["entries"][0]
    assert (entry.who, entry.verb, entry.subject) == ("Pessoa Administrator", "mudou", "Depósito")
    assert [(change.field, change.was, change.now) for change in entry.changes] == [("nome", "Principal", "Galpão")]


def test_what_the_engine_changes_is_not_a_persons_doing(merchant: Merchant) -> None:
    assert merchant.browser("administrator").get(merchant.url("auditoria/")).context["entries"] == []


def test_a_new_company_has_a_warehouse_and_a_back_office(merchant: Merchant) -> None:
    typed = {
        "name": "Norte",
        "legal_name": "Jurubim Norte Ltda",
        "cnpj": "11.444.777/0001-61",
        "state": "PA",
        "city": "",
    }
    merchant.browser("administrator").post(merchant.url("empresas/nova/"), typed)
    made = Company.objects.get(name="Norte")
    assert made.cnpj == "11444777000161"
    assert made.warehouses.count() == 1
    assert Connection.objects.filter(company=made, role="erp").count() == 1


def test_companies_whose_long_names_begin_alike_each_have_a_back_office(merchant: Merchant) -> None:
    long = "Companhia Itajaiense de Utilidades Domésticas e Cerâmicas"  # 57 letters, and the field takes 60
    browser = merchant.browser("administrator")
    for name, cnpj in ((f"{long} A", "11444777000161"), (f"{long} B", "19131243000197")):
        typed = {"name": name, "legal_name": name, "cnpj": cnpj, "state": "SC", "city": ""}
        assert browser.post(merchant.url("empresas/nova/"), typed).status_code == 302
        made = Company.objects.get(name=name)
        assert Connection.objects.filter(company=made, role="erp").count() == 1


def test_a_company_is_not_called_as_another_and_its_state_is_chosen(merchant: Merchant) -> None:
    typed = {"name": "CASA", "legal_name": "Casa Ltda", "cnpj": "11444777000161", "state": "", "city": ""}
    response = merchant.browser("administrator").post(merchant.url("empresas/nova/"), typed)
    assert response.status_code == 422
    assert {"name", "state"} == set(response.context["form"].errors)
    own = merchant.house.company
    kept = {"name": own.name, "legal_name": own.legal_name, "cnpj": own.cnpj, "state": own.state, "city": ""}
    answer = merchant.browser("administrator").post(merchant.url(f"empresas/{own.pk}/"), kept)
    assert answer.status_code == 302


@pytest.mark.parametrize("cnpj", ["11.444.777/0001-62", "123", "00000000000000"])
def test_a_cnpj_that_cannot_be_is_refused_in_words(merchant: Merchant, cnpj: str) -> None:
    typed = {"name": "Norte", "legal_name": "Norte Ltda", "cnpj": cnpj, "state": "PA", "city": ""}
    response = merchant.browser("administrator").post(merchant.url("empresas/nova/"), typed)
    assert response.status_code == 422
    assert "CNPJ" in text_of(response)


def test_the_theme_is_kept_and_the_way_back_is_ours(merchant: Merchant) -> None:
    browser = merchant.browser("reader")
    response = browser.post("/minha-conta/aparencia/", {"theme": "dark", "next": "https://fora.example/"})
    assert response["Location"] == "/"
    assert 'data-theme="dark"' in browser.get(merchant.url("painel/")).content.decode()


def test_the_front_door_opens_the_group_used_last(merchant: Merchant) -> None:
    assert merchant.browser("reader").get("/")["Location"] == merchant.url("painel/")
    assert "nenhum grupo" in text_of(merchant.browser("stranger").get("/"))


def form_of(merchant: Merchant, **changes: object) -> dict[str, object]:
    store = merchant.house.store
    typed = {f"s_{name}": value for name, value in merchant.house.vendor.settings().items()}
    plain = {"name": store.name, "company": store.company_id, "start_at": "2020-01-01T00:00", "history_days": "30"}
    return {**typed, **plain, **changes}


def test_who_ends_the_choosing_is_asked_about_the_orders_that_wait(merchant: Merchant) -> None:
    store, browser = merchant.house.store, merchant.browser("administrator")
    url = merchant.url(f"conectores/{store.pk}/")
    browser.post(url, form_of(merchant, capture="by_choice", creates_products="on"))
    store.refresh_from_db()
    assert (store.capture, store.creates_products) == ("by_choice", True)
    sold = merchant.house.vendor.store.sell(lines=[("XIC-200", "1", "12.50")])
    merchant.house.read()
    asked = browser.post(url, form_of(merchant, capture="automatic"))
    assert asked.status_code == 422
    assert "1 pedido espera escolha. O que fazer?" in text_of(asked)
    store.refresh_from_db()
    assert store.capture == "by_choice"
    done = browser.post(url, form_of(merchant, capture="automatic", waiting="importar"), follow=True)
    assert "1 pedido segue agora" in text_of(done)
    merchant.house.work()
    assert merchant.house.order(sold).phase == "integrated"


def test_the_orders_that_wait_may_be_left_to_wait(merchant: Merchant) -> None:
    store, browser = merchant.house.store, merchant.browser("administrator")
    url = merchant.url(f"conectores/{store.pk}/")
    browser.post(url, form_of(merchant, capture="by_choice"))
    sold = merchant.house.vendor.store.sell(lines=[("XIC-200", "1", "12.50")])
    merchant.house.read()
    browser.post(url, form_of(merchant, capture="automatic", waiting="deixar"))
    store.refresh_from_db()
    assert store.capture == "automatic"
    merchant.house.work()
    assert merchant.house.order(sold).phase == "awaiting_choice"
