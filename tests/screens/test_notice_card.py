"""*Avisos da loja* on the connection's page: the address, what came, and what to do when nothing did."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from cais.hooks.listeners import address_of, align_listeners
from cais.hooks.merging import merge_notices
from cais.hooks.models import Door, Listener
from tests.screens.conftest import Merchant
from tests.screens.reading import text_of


@pytest.fixture
def public(settings: object) -> None:
    settings.PUBLIC_URL = "https://cais.jurubim.example"


def card(merchant: Merchant) -> str:
    page = merchant.browser("administrator").get(merchant.url(f"conectores/{merchant.house.store.pk}/"))
    assert page.status_code == 200
    return re.sub(r"\s+", " ", text_of(page).split("Avisos da loja", 1)[1])


def test_without_a_public_address_the_card_says_so_and_what_to_do(merchant: Merchant, settings: object) -> None:
    settings.PUBLIC_URL = ""
    shown = card(merchant)
    assert "ainda não tem endereço na internet" in shown
    assert "CAIS_PUBLIC_URL" in shown
    assert "/avisos/" not in shown


def test_before_the_first_notice_the_card_says_how_to_ask_for_them(merchant: Merchant, public: None) -> None:
    align_listeners(merchant.house.group.pk)
    shown = card(merchant)
    address = address_of(merchant.house.store)
    assert address is not None
    assert address.url in shown
    assert "nenhum ainda" in shown
    assert merchant.house.store.manifest.asks_for_notices in shown


def test_what_came_in_is_counted(merchant: Merchant, public: None) -> None:
    house = merchant.house
    align_listeners(house.group.pk)
    house.vendor.store.sell(lines=[("XIC-200", "1", "12.50")])
    address = address_of(house.store)
    assert address is not None
    for _ in range(3):
        path = address.url.removeprefix("https://cais.jurubim.example")
        assert Client().post(path, house.vendor.notices()[-1], content_type="application/json").status_code == 200
    merge_notices(house.store)
    shown = card(merchant)
    assert "3 avisos, 1 pedido lido antes da vez" in shown.replace("\xa0", " ")
    assert house.store.manifest.asks_for_notices not in shown


def test_notices_of_strangers_alone_are_named_as_what_they_are(merchant: Merchant, public: None) -> None:
    align_listeners(merchant.house.group.pk)
    key = Listener.objects.get(connection=merchant.house.store).door_key
    address = address_of(merchant.house.store)
    assert address is not None
    path = address.url.removeprefix("https://cais.jurubim.example")
    body = b'{"store": "another", "record": "order", "id": "1", "act": "insert"}'
    assert Client().post(path, body, content_type="application/json").status_code == 200
    assert Door.objects.get(key=key).strangers == 1
    shown = card(merchant)
    assert "nenhum é desta loja" in shown
    assert "De lojas que não estão aqui" in shown


def test_an_address_that_no_store_can_call_is_not_praised(merchant: Merchant, settings: object) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    align_listeners(merchant.house.group.pk)
    assert "só vale nesta máquina" in card(merchant)


def test_yesterdays_count_is_not_todays(merchant: Merchant, public: None) -> None:
    align_listeners(merchant.house.group.pk)
    Listener.objects.update(heard=9, heard_ever=9, day=timezone.localdate() - timezone.timedelta(days=1))
    assert "Hoje nenhum" in card(merchant)


def test_who_switched_the_function_off_sees_no_card(merchant: Merchant, public: None) -> None:
    store = merchant.house.store
    store.functions = [name for name in store.functions if name != "hear_notices"]
    store.save()
    page = merchant.browser("administrator").get(merchant.url(f"conectores/{store.pk}/"))
    assert "Endereço para dar ao suporte" not in text_of(page)
