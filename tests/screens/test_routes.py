"""Every address of the installation has a declared expectation, for everybody who may ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from cais.catalog.models import Category, Product
from cais.companies.models import Membership, SavedView, Warehouse
from cais.companies.people import invitation_of, invite
from cais.companies.roles import allows
from cais.inbox.models import Pending
from cais.journal.models import Exchange, SyncRun
from cais.nfe.models import Batch, Nfe
from cais.orders.models import Order, OrderImport
from cais.rehearsals.services import start
from cais.warehousing.models import Inventory, Transfer, TransferLine
from tests.engine.house import House
from tests.screens.conftest import ROLES, Merchant
from tests.screens.expectations import (
    ABSENT,
    FORBIDDEN,
    GROUP,
    MOVED,
    OK,
    OUTSIDE,
    UNUSED,
    WITHOUT_RECORD,
    Expect,
)


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, bool]]:
    """The name of every address, and whether it lies under a group."""
    for item in patterns:
        place = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from routes(item.url_patterns, place)
        else:
            yield item.name or place, place.startswith("g/<slug:grupo>/")


def test_no_address_is_without_an_expectation() -> None:
    found = list(routes(get_resolver().url_patterns))
    assert {name for name, in_group in found if in_group} == GROUP.keys() | WITHOUT_RECORD
    assert {name for name, in_group in found if not in_group} == OUTSIDE.keys()


def queued_note(order: Order) -> Nfe:
    """Asked for, and nothing else."""
    fulfilment = order.fulfilments.get()
    return Nfe.objects.create(
        group=order.group,
        fulfilment=fulfilment,
        order=order,
        connection=order.connection,
        company=fulfilment.company,
        batch=Batch.objects.create(group=order.group, actor_name="Rosana"),
    )


def proposed_transfer(home: House) -> Transfer:
    here = home.company.warehouses.get()
    there = Warehouse.objects.create(group=home.group, company=home.company, name="Fundos", active=False)
    made = Transfer.objects.create(group=home.group, number=1, source=here, target=there, reason="espaço")
    product = Product.objects.get(sku="XIC-200")
    TransferLine.objects.create(group=home.group, transfer=made, product=product, quantity=1)
    return made


def records(merchant: Merchant) -> dict[str, object]:
    home, order = merchant.house, merchant.orders["well"]
    home.vendor.store.sell(lines=[("XIC-200", "1", "12.50")], changes={"total": "muito"})
    home.read()
    note = queued_note(order)
    imported = OrderImport.objects.create(group=home.group, connection=home.store, actor_name="Rosana", taken=0)
    return {
        "import": imported.pk,
        "note": note.pk,
        "batch": note.batch_id,
        "order": order.pk,
        "category": Category.objects.create(group=home.group, name="Cozinha").pk,
        "product": order.lines.get().product_id,
        "customer": order.customer_id,
        "sale": home.sales()[0].pk,
        "store": home.store.pk,
        "rehearsal": start(home.store, asked_by="Rosana").pk,
        "run": SyncRun.objects.values_list("pk", flat=True).first(),
        "exchange": Exchange.objects.values_list("pk", flat=True).first(),
        "unknown": Pending.objects.get(reason="product_unknown").pk,
        "unreadable": Pending.objects.get(reason="order_unreadable").pk,
        "company": home.company.pk,
        "inventory": Inventory.objects.create(
            group=home.group, number=1, warehouse=home.company.warehouses.earliest("pk"), opened_by="Rosana"
        ).pk,
        "transfer": proposed_transfer(home).pk,
        "warehouse": home.company.warehouses.earliest("pk").pk,
        "member": Membership.objects.get(user=merchant.people["reader"]).pk,
        "invitation": invitation_of(invite(home.group, "nova@jurubim.example", "reader", invited_by="Rosana")).pk,
        "kind": "empresa",
        "connector": "tray",
        "frete": "frete",
        "view": SavedView.objects.create(group=home.group, name="Do grupo", query="aba=erp").pk,
        "freight": order.freight_method_id,
        "state": "nada",
    }


def between(url: str, expect: Expect, role: str) -> tuple[int, int]:
    """What an operator or a fiscal gets: what the administrator gets where their role allows it."""
    if expect.by_role:
        return expect.by_role[role]
    needed = resolve(url).func.expects  # type: ignore[attr-defined]
    allowed = zip(needed, expect.administrator, strict=True)
    get, post = (status if allows(role, action) else FORBIDDEN for action, status in allowed)
    return get, post


def ask(client: Client, method: str, url: str) -> HttpResponse:
    """One request that leaves nothing behind."""
    with transaction.atomic():
        response = client.get(url) if method == "GET" else client.post(url)
        transaction.set_rollback(True)
    return response


@pytest.mark.slow
def test_every_page_of_a_group_answers_each_person_as_declared(merchant: Merchant) -> None:
    known = records(merchant)
    clients = {who: merchant.browser(who) for who in (*ROLES, "stranger", "anonymous")}
    wrong = []
    for name, expect in GROUP.items():
        url = reverse(name, args=[merchant.slug, *(known[arg] for arg in expect.args)])
        declared = {
            "administrator": expect.administrator,
            "operator": between(url, expect, "operator"),
            "fiscal": between(url, expect, "fiscal"),
            "reader": expect.reader,
            "stranger": (ABSENT, ABSENT),
            "anonymous": (MOVED, MOVED),
        }
        for who, statuses in declared.items():
            for method, status in zip(("GET", "POST"), statuses, strict=True):
                got = ask(clients[who], method, url).status_code
                if got != status:
                    wrong.append(f"{who} {method} {name}: {got}, not {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_outside_a_group_nobody_sees_more_than_a_door(client: Client) -> None:
    known = {"state": "nada", "connector": "tray", "door": "d" * 43}
    wrong = []
    for name, (args, status) in OUTSIDE.items():
        url = reverse(name, args=[known[arg] for arg in args])
        got = ask(client, "GET", url).status_code
        if got != status:
            wrong.append(f"{name}: {got}, not {status}")
    assert not wrong, "\n".join(wrong)


def test_every_list_says_why_it_is_empty(newcomer: object) -> None:
    client = newcomer("novo")
    for name in (
        "orders",
        "flow",
        "notes",
        "issue",
        "errors",
        "errors_closed",
        "sync",
        "rehearsals",
        "companies",
        "connections",
        "audit",
        "home",
        "new_connection",
    ):
        response = client.get(reverse(name, args=["novo"]))
        assert response.status_code == OK, name
        assert b"c-empty" in response.content or name in ("home", "new_connection"), name


def test_a_record_of_another_group_is_absent(merchant: Merchant, newcomer: object) -> None:
    known, client = records(merchant), newcomer("vizinho")
    for name, expect in GROUP.items():
        if expect.args and expect.args != ("connector",):
            url = reverse(name, args=["vizinho", *(known[arg] for arg in expect.args)])
            assert ask(client, "POST" if expect.administrator[0] == UNUSED else "GET", url).status_code == ABSENT, name
