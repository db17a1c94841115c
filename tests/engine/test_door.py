"""The door: what arrives is stored and answered, for whom it is and for nobody else."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection as database
from django.db import transaction
from django.test import Client
from django.utils import timezone

from cais.companies.models import Group
from cais.companies.scope import group_scope
from cais.companies.services import add_company, found_group
from cais.connections.account import DatabaseTokens
from cais.connections.models import Connection
from cais.connections.services import change_settings, pause
from cais.hooks.listeners import address_of, align_listeners, door_key
from cais.hooks.models import Door, Listener, Notice
from cais.hooks.views import LARGEST_BODY
from cais.intake.services import connect_store
from cais.ports.session import Tokens
from tests.engine.house import House

TRAY = {"store_url": "loja.example", "consumer_key": "chave", "consumer_secret": "s", "store_code": "391250"}


def tray_of(group: Group, *, seller: str, cnpj: str = "98765432000198") -> Connection:
    company = add_company(group, name="Outra", legal_name="Outra Ltda", cnpj=cnpj, state="SC")
    values = {**TRAY, "store_code": seller}
    made = connect_store(company, connector="tray", modality="rest", name=f"Tray {seller}", values=values)
    let_in(made, seller)
    return made


def let_in(connection: Connection, seller: str) -> None:
    """The store gave its access, and its number with it."""
    later = timezone.now() + timedelta(days=1)
    access = Tokens(
        access="a", refresh="r", access_expires_at=later, refresh_expires_at=later, account_id=seller, base_url=""
    )
    DatabaseTokens(connection).save(access)


@pytest.fixture
def shop(home: House) -> Connection:
    made = tray_of(home.group, seller="391250")
    align_listeners(home.group.pk)
    return made


def url(app: str = "chave") -> str:
    return f"/avisos/tray/{door_key('tray', app)}"


def form(**changed: str) -> dict[str, str]:
    return {"seller_id": "391250", "scope_id": "4375797", "scope_name": "order", "act": "update", **changed}


def send(body: object = None, *, to: str = "", content_type: str = "application/x-www-form-urlencoded") -> int:
    """As the store would: no cookie, no session, no group."""
    raw = body if isinstance(body, bytes) else "&".join(f"{k}={v}" for k, v in (body or form()).items())
    with database.cursor() as cursor:
        cursor.execute("SELECT set_config('cais.group', '', false)")
    return Client(enforce_csrf_checks=True).post(to or url(), raw, content_type=content_type).status_code


def kept(home: House) -> list[tuple[str, str]]:
    with group_scope(home.group.pk):
        return list(Notice.objects.order_by("pk").values_list("external_id", "act"))


def door(home: House) -> Door:
    with group_scope(home.group.pk):
        return Door.objects.get(connector="tray")


def test_the_documented_sample_is_stored_and_answered_200(home: House, shop: Connection) -> None:
    # Tray contract §4, with the fields that its table does not name.
    sample = (
        b"seller_id=391250&scope_id=4375797&scope_name=order&act=insert&app_code=718&url_notification=https%3A%2F%2Fx"
    )
    assert send(sample) == 200
    with group_scope(home.group.pk):
        row = Notice.objects.get()
    assert (row.connection_id, row.kind, row.external_id, row.act) == (shop.pk, "orders", "4375797", "insert")
    assert row.merged_at is None


def test_json_and_a_slash_at_the_end_are_accepted_too(home: House, shop: Connection) -> None:
    body = json.dumps({**form(), "seller_id": 391250, "scope_id": 12}).encode()
    assert send(body, to=url() + "/", content_type="application/json; charset=utf-8") == 200
    assert kept(home) == [("12", "update")]


def test_an_unknown_seller_gets_200_is_counted_and_not_stored(home: House, shop: Connection) -> None:
    assert send(form(seller_id="999")) == 200
    assert kept(home) == []
    assert (door(home).strangers, door(home).others) == (1, 0)
    assert door(home).last_stranger_at is not None


@pytest.mark.parametrize("scope", ["product_stock", "customer", "order_invoice", "store_config", ""])
def test_a_scope_that_is_not_followed_gets_200_is_counted_and_not_stored(
    home: House, shop: Connection, scope: str
) -> None:
    assert send(form(scope_name=scope)) == 200
    assert kept(home) == []
    assert (door(home).strangers, door(home).others) == (0, 1)


def test_an_act_that_nobody_documented_still_says_look(home: House, shop: Connection) -> None:
    assert send(form(act="restored")) == 200
    assert kept(home) == [("4375797", "update")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"\xff\xfe\x00",
        b"seller_id=391250&scope_name=order&act=insert",
        b"seller_id=391250&scope_id=%00&scope_name=order",
        b"seller_id=391250&scope_id=1%27%3B+DROP&scope_name=order",
        b"&".join(b"a%d=1" % n for n in range(500)),
    ],
)
def test_what_is_no_notice_is_refused_without_a_trace(home: House, shop: Connection, body: bytes) -> None:
    assert send(body) == 400
    assert kept(home) == []


def test_a_body_too_large_is_refused_unread(home: House, shop: Connection) -> None:
    assert send(b"scope_id=" + b"1" * LARGEST_BODY) == 413
    assert kept(home) == []


def test_another_method_and_another_address_find_nothing(home: House, shop: Connection) -> None:
    assert Client().get(url()).status_code == 405
    assert Client().put(url(), b"").status_code == 405
    assert send(to=url(app="another")) == 404
    assert send(to=url()[:-1]) == 404
    assert send(to=f"/avisos/backoffice/{door_key('tray', 'chave')}") == 404
    assert send(to=f"/avisos/none/{door_key('tray', 'chave')}") == 404
    assert kept(home) == []


def test_two_stores_of_one_application_share_the_address_and_hear_only_their_own(home: House, shop: Connection) -> None:
    other = found_group("Grupo Vizinho")
    with group_scope(other.pk):
        theirs = tray_of(other, seller="402177")
        align_listeners(other.pk)
    for seller in ("391250", "402177", "402177"):
        assert send(form(seller_id=seller)) == 200
    with group_scope(home.group.pk):
        assert list(Notice.objects.values_list("connection_id", flat=True)) == [shop.pk]
    with group_scope(other.pk):
        assert list(Notice.objects.values_list("connection_id", flat=True)) == [theirs.pk] * 2
        assert Door.objects.get().key == door_key("tray", "chave")


def test_one_store_in_two_groups_is_heard_by_both(home: House, shop: Connection) -> None:
    other = found_group("Grupo Vizinho")
    with group_scope(other.pk):
        tray_of(other, seller="391250")
        align_listeners(other.pk)
    assert send() == 200
    for group in (home.group, other):
        with group_scope(group.pk):
            assert Notice.objects.count() == 1


def test_a_listener_follows_its_connection(home: House, shop: Connection) -> None:
    change_settings(shop, {"consumer_key": "nova"})
    let_in(shop, "402177")
    align_listeners(home.group.pk)
    listener = Listener.objects.get(connection=shop)
    assert (listener.door_key, listener.seller) == (door_key("tray", "nova"), "402177")
    assert send(form(seller_id="402177"), to=url("nova")) == 200
    assert kept(home) == [("4375797", "update")]


def test_leftovers_for_an_address_of_before_are_answered_200_and_not_stored(home: House, shop: Connection) -> None:
    change_settings(shop, {"consumer_key": "nova"})
    align_listeners(home.group.pk)
    assert send(to=url()) == 200
    assert kept(home) == []


@pytest.mark.parametrize("gone", ["hear_notices", "import_orders"])
def test_a_function_switched_off_hears_nothing(home: House, shop: Connection, gone: str) -> None:
    shop.functions = [name for name in shop.functions if name != gone]
    shop.save()
    align_listeners(home.group.pk)
    assert send() == 200
    assert kept(home) == []


def test_a_connection_without_its_number_listens_to_nobody(home: House) -> None:
    made = tray_of(home.group, seller="")
    align_listeners(home.group.pk)
    assert not Listener.objects.filter(connection=made).exists()


def test_who_was_not_let_in_by_the_store_hears_nothing_of_it(home: House) -> None:
    made = tray_of(home.group, seller="391250")
    made.stored_tokens.delete()
    align_listeners(home.group.pk)
    assert not Listener.objects.filter(connection=made).exists()


def test_a_paused_connection_keeps_its_notices_for_later(home: House, shop: Connection) -> None:
    pause(shop, paused=True)
    assert send() == 200
    with group_scope(home.group.pk):
        assert Notice.objects.count() == 1
        assert not Notice.objects.unmerged().exists()


def test_the_address_is_the_same_each_time_and_another_for_each_application(
    home: House, shop: Connection, settings: object
) -> None:
    settings.PUBLIC_URL = "https://cais.example"  # type: ignore[attr-defined]
    first = address_of(shop)
    assert first == address_of(Connection.objects.get(pk=shop.pk))
    assert first is not None
    assert first.reachable
    assert first.url == f"https://cais.example{url()}"
    assert door_key("tray", "chave") != door_key("tray", "outra")
    assert "chave" not in first.url


@pytest.mark.parametrize(
    ("public", "reachable"),
    [("http://cais.example", False), ("https://localhost", False), ("http://127.0.0.1:8000", False)],
)
def test_an_address_that_no_store_can_call_is_called_so(
    home: House, shop: Connection, settings: object, public: str, reachable: bool
) -> None:
    settings.PUBLIC_URL = public  # type: ignore[attr-defined]
    address = address_of(shop)
    assert address is not None
    assert address.reachable is reachable


def test_without_a_public_address_there_is_none_to_give(home: House, shop: Connection, settings: object) -> None:
    settings.PUBLIC_URL = ""  # type: ignore[attr-defined]
    assert address_of(shop) is None


def test_a_database_that_refuses_makes_the_store_send_again(home: House, shop: Connection) -> None:
    with transaction.atomic():
        with database.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        assert send() == 503
        transaction.set_rollback(True)


def test_locked_secrets_do_not_make_a_listener_deaf(home: House, shop: Connection) -> None:
    shop.secrets.update(ciphertext=b"sealed with a key that is gone")
    align_listeners(home.group.pk)
    assert send() == 200
    assert kept(home) == [("4375797", "update")]
    with group_scope(home.group.pk):
        assert address_of(shop) is None
