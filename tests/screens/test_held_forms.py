"""A form sent after the session ended: nothing is done, and nothing that was typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from cais.catalog.models import Product
from tests.screens.conftest import Merchant
from tests.screens.reading import text_of

OURS = {"Origin": "http://testserver"}
PASSWORD = "porto-de-itajai-88"


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', page))


@pytest.fixture
def browser(merchant: Merchant) -> Client:
    """A person's, with the tokens that a real one needs."""
    person = merchant.people["administrator"]
    person.set_password(PASSWORD)
    person.save()
    client = Client(enforce_csrf_checks=True)
    sign_in(client, person.email)
    return client


def sign_in(client: Client, email: str) -> None:
    token = hidden(client.get("/conta/login/").content.decode())["csrfmiddlewaretoken"]
    client.post("/conta/login/", {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token}, headers=OURS)


def end(client: Client) -> None:
    del client.cookies["sessionid"]


def form(client: Client, url: str, **typed: str) -> dict[str, str]:
    token = hidden(client.get(url).content.decode())["csrfmiddlewaretoken"]
    return {"csrfmiddlewaretoken": token, **typed}


def test_what_was_typed_waits_while_one_signs_in_elsewhere_and_is_sent_then(
    merchant: Merchant, browser: Client
) -> None:
    url, typed = (
        merchant.url("produtos/novo/"),
        {"name": 'Bule "azul" 1 L', "sku": "BUL-1", "price": "10,00", "unit": "UN"},
    )
    sent = form(browser, url, **typed)
    end(browser)
    answer = browser.post(url, sent, headers=OURS)
    assert answer.status_code == 403
    assert "Sua entrada venceu" in text_of(answer)
    assert "no-store" in answer["Cache-Control"]
    kept = hidden(answer.content.decode())
    assert kept["name"] == "Bule &quot;azul&quot; 1 L"
    assert not Product.objects.filter(sku="BUL-1").exists()

    sign_in(browser, "administrator@jurubim.example")
    old = browser.post(url, sent, headers=OURS)  # without script: this page's token is from before
    assert "Envie de novo" in text_of(old)
    fresh = hidden(old.content.decode())["csrfmiddlewaretoken"]
    assert browser.post(url, {**typed, "csrfmiddlewaretoken": fresh}, headers=OURS).status_code == 302
    assert Product.objects.get(sku="BUL-1").name == typed["name"]


def test_a_form_that_htmx_sends_is_held_too_and_shown_in_place_of_the_page(merchant: Merchant, browser: Client) -> None:
    url = merchant.url(f"pedidos/{merchant.orders['short'].pk}/movimentar/")
    sent = form(browser, merchant.url("usuarios/"), acao="gravar", **{"q-1-1-1": "1,5"})
    by_htmx = {**OURS, "HX-Request": "true"}
    end(browser)
    answer = browser.post(url, sent, headers=by_htmx)
    assert answer.status_code == 200  # htmx shows no other
    assert (answer["HX-Retarget"], answer["HX-Reselect"]) == ("body", "#conteudo")
    kept = hidden(answer.content.decode())
    assert (kept["acao"], kept["q-1-1-1"]) == ("gravar", "1,5")

    sign_in(browser, "administrator@jurubim.example")
    old = browser.post(url, sent, headers=by_htmx)
    assert old.status_code == 200
    assert hidden(old.content.decode())["q-1-1-1"] == "1,5"


def test_a_secret_is_not_written_into_the_page(merchant: Merchant, browser: Client) -> None:
    sent = form(browser, merchant.url("usuarios/"), consumer_secret="abc123", password="xyz987", name="Loja")
    end(browser)
    page = browser.post(merchant.url("conectores/novo/tray/"), sent, headers=OURS)
    assert "Arquivo e senha não ficam guardados" in text_of(page)
    assert not {"abc123", "xyz987"} & set(hidden(page.content.decode()).values())


def test_what_another_site_sends_is_refused_and_not_offered(merchant: Merchant, browser: Client) -> None:
    url = merchant.url("produtos/novo/")
    answer = browser.post(url, {"name": "Bule"}, headers={"Origin": "https://outro.example"})
    assert answer.status_code == 403
    assert "Bule" not in answer.content.decode()


def test_a_press_with_nothing_typed_leads_to_the_sign_in(merchant: Merchant, browser: Client) -> None:
    url = merchant.url("sync/tudo/")
    sent = form(browser, merchant.url("usuarios/"))
    end(browser)
    assert browser.post(url, sent, headers=OURS)["Location"].startswith("/conta/login/")


def test_who_works_is_not_signed_out_and_a_page_that_only_polls_is(merchant: Merchant) -> None:
    client = merchant.browser("operator")
    soon = timezone.now() + timedelta(hours=1)
    for headers, stays in (({"HX-Request": "true"}, False), ({}, True)):
        Session.objects.update(expire_date=soon)
        client.get(merchant.url("pedidos/"), headers=headers)
        assert (Session.objects.get().expire_date > soon) == stays


def test_signing_out_is_no_form_that_was_lost(merchant: Merchant, browser: Client) -> None:
    sent = form(browser, merchant.url("usuarios/"), next="/conta/login/")
    assert browser.post("/conta/logout/", sent, headers=OURS)["Location"] == "/conta/login/"
