"""Every address of the installation has a declared expectation, for everybody who may ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

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

OK, MOVED, REFUSED, FORBIDDEN, ABSENT, UNUSED, GONE, INVALID = 200, 302, 400, 403, 404, 405, 410, 422


@dataclass(frozen=True)
class Expect:
    """(GET, POST with nothing filled in) for an administrator and for a reader. A stranger never gets in.

    What the two roles between get follows from the right that the page declares; `by_role` is for pages that ask again.
    """

    administrator: tuple[int, int]
    reader: tuple[int, int]
    args: tuple[str, ...] = field(default=())
    by_role: dict[str, tuple[int, int]] = field(default_factory=dict)


def look(*args: str) -> Expect:
    """A page to be looked at; asking by POST shows the same."""
    return Expect((OK, OK), (OK, OK), args)


def press(*args: str, looked_at: int = UNUSED) -> Expect:
    """A button: nothing to look at, and not for readers."""
    return Expect((looked_at, MOVED), (FORBIDDEN, FORBIDDEN), args)


def fill(*args: str, empty: int = INVALID) -> Expect:
    """A form that only those who may change can open."""
    return Expect((OK, empty), (FORBIDDEN, FORBIDDEN), args)


def read_or_fill(*args: str, empty: int = INVALID) -> Expect:
    """Everybody looks, some change."""
    return Expect((OK, empty), (OK, FORBIDDEN), args)


GROUP: dict[str, Expect] = {
    "home": look(),
    "menu": look(),
    "help": look(),
    "orders": look(),
    "order_counts": look(),
    "orders_again": press(),
    "orders_export": look(),
    "flow": look(),
    # A view of one's own is everybody's to make; the one tried here is the group's.
    "saved_view_new": Expect((UNUSED, MOVED), (UNUSED, MOVED)),
    "saved_view": Expect(
        (UNUSED, MOVED),
        (UNUSED, FORBIDDEN),
        ("view",),
        by_role={"operator": (UNUSED, MOVED), "fiscal": (UNUSED, FORBIDDEN)},
    ),
    "orders_import": look(),
    "import_now": press(),
    "import_leave_out": press(),
    "import_read": press(),
    "order_import": look("import"),
    "order_import_progress": look("import"),
    "shipments": press(looked_at=MOVED),
    "delivered": press(),
    "shipments_import": fill(),
    "order": look("order"),
    "order_again": press("order"),
    "order_read": press("order"),
    "order_accept": press("order"),
    "order_confirm": press("order"),
    "order_undo": press("order"),
    "order_cancel": press("order"),
    "order_division": look("order"),
    "order_movement": read_or_fill("order", empty=MOVED),
    "movement_news": look("order"),
    "orders_move": press(),
    "orders_check": press(),
    "orders_create": press(),
    "notes": look(),
    "notes_zip": Expect((MOVED, MOVED), (FORBIDDEN, FORBIDDEN)),
    "notes_danfe": press(),
    "notes_again": press(),
    "notes_resend": press(),
    "issue": fill(empty=OK),
    "issue_now": press(),
    "batch": look("batch"),
    "batch_progress": look("batch"),
    "note": look("note"),
    # Nobody has authorised it: there is no document to take away.
    "note_xml": Expect((MOVED, MOVED), (FORBIDDEN, FORBIDDEN), ("note",)),
    "note_danfe": Expect((MOVED, MOVED), (FORBIDDEN, FORBIDDEN), ("note",)),
    "note_again": press("note"),
    "note_resend": press("note"),
    "products": look(),
    "new_product": fill(empty=OK),
    "new_kit": fill(empty=OK),
    "product_export": look(),
    "product_import": fill(),
    "categories": read_or_fill(),
    "category": read_or_fill("category"),
    "category_remove": press("category"),
    "product": read_or_fill("product", empty=OK),
    "product_use": press("product", looked_at=MOVED),
    "stock": look(),
    "stock_import": fill(),
    "stock_ledger": read_or_fill("product"),
    "transfers": look(),
    "new_transfer": fill(),
    "transfer": look("transfer"),
    "transfer_send": press("transfer"),
    # Nothing was sent yet, so nothing can arrive: the page says so.
    "transfer_receive": Expect((UNUSED, INVALID), (FORBIDDEN, FORBIDDEN), ("transfer",)),
    "transfer_back": press("transfer"),
    "transfer_cancel": press("transfer"),
    "inventories": look(),
    "new_inventory": fill(),
    "inventory": read_or_fill("inventory", empty=MOVED),
    "inventory_sheet": read_or_fill("inventory"),
    "inventory_close": read_or_fill("inventory", empty=MOVED),
    "inventory_abandon": press("inventory"),
    "customers": look(),
    "customer": read_or_fill("customer", empty=OK),
    "customer_trust": press("customer", looked_at=MOVED),
    "sales_orders": look(),
    "sales_order": look("sale"),
    "sync": look(),
    "sync_cards": look(),
    "sync_all": press(),
    "sync_review": press("store"),
    "sync_now": press("store"),
    "run": look("run"),
    "run_progress": look("run"),
    "pulse": look(),
    "rehearsals": look(),
    "rehearsal_start": press("store"),
    "rehearsal": look("rehearsal"),
    "rehearsal_progress": look("rehearsal"),
    "rehearsal_apply": press("rehearsal"),
    "rehearsal_stop": press("rehearsal"),
    "connection_mode": press("store"),
    "errors": look(),
    "errors_retry": press(),
    "errors_closed": look(),
    "error": look("unknown"),
    "error_mend": press("unknown"),
    "error_snooze": press("unknown"),
    "error_product": fill("unknown", empty=MOVED),
    "error_raw": fill("unreadable", empty=OK),
    "companies": look(),
    "new_company": fill(empty=OK),
    "company": read_or_fill("company", empty=OK),
    "company_move": press("company"),
    "fiscal": read_or_fill("company"),
    "fiscal_certificate": Expect((UNUSED, INVALID), (FORBIDDEN, FORBIDDEN), ("company",)),
    "fiscal_number": Expect((UNUSED, INVALID), (FORBIDDEN, FORBIDDEN), ("company",)),
    "fiscal_profile": press("company"),
    "new_warehouse": Expect((UNUSED, INVALID), (FORBIDDEN, FORBIDDEN), ("company",)),
    "warehouse": press("warehouse"),
    "connections": look(),
    "new_connection": fill(empty=OK),
    "connect": fill("connector", empty=OK),
    "connection": fill("store", empty=OK),
    "connection_try": Expect((UNUSED, OK), (FORBIDDEN, FORBIDDEN), ("store",)),
    "connection_pause": press("store"),
    "connection_functions": fill("store", empty=MOVED),
    "connection_companies": read_or_fill("store"),
    "links": read_or_fill("store", empty=MOVED),
    "links_read": press("store"),
    "shelf": look("store"),
    "shelf_rehearse": press("store"),
    "shelf_read": press("store"),
    "shelf_again": press("store"),
    "shelf_switch": press("store"),
    "shelf_drifts": read_or_fill("store", empty=MOVED),
    "connection_company_move": press("store", "company"),
    "exchanges": look("store"),
    "exchange": look("store", "exchange"),
    "stock_policy": read_or_fill("store"),
    # Nothing filled in: the product follows its store's rule.
    "stock_exception": read_or_fill("store", "product", empty=MOVED),
    "dictionary": read_or_fill("store", empty=MOVED),
    "write_back": press("store"),
    "dictionary_shortcut": press("store"),
    "mappings": read_or_fill("store", "frete", empty=MOVED),
    "mapping": fill("store", "frete", "freight"),
    "authorise": press("store"),
    "people": fill(),
    "person_role": press("member"),
    "person_out": press("member"),
    "invitation_out": press("invitation"),
    "audit": fill(empty=OK),
    "record_trail": fill("kind", "company", empty=OK),
}
# An upload lives between two pages; the spreadsheets' own tests look at it, here it is known to be walled.
WITHOUT_RECORD = {"product_import_preview", "shipments_import_preview", "stock_import_preview"}
# Outside a group: what somebody without an account gets.
OUTSIDE: dict[str, tuple[tuple[str, ...], int]] = {
    "entry": ((), MOVED),
    "my_account": ((), MOVED),
    "my_theme": ((), MOVED),
    "authorised": (("state",), MOVED),
    "danfe_public": (("state",), ABSENT),
    # Only a store's POST is heard there; the door's own tests knock.
    "notice": (("connector", "door"), UNUSED),
    "invitation": (("state",), GONE),
    "entrance": (("connector",), OK),
    "entrance_open": (("connector",), MOVED),
    "account_login": ((), OK),
    "account_logout": ((), MOVED),
    "account_inactive": ((), OK),
    "account_signup": ((), OK),
    "account_reauthenticate": ((), MOVED),
    "account_email": ((), MOVED),
    "account_email_verification_sent": ((), OK),
    "account_change_password": ((), MOVED),
    "account_set_password": ((), MOVED),
    "account_reset_password": ((), OK),
    "account_confirm_login_code": ((), MOVED),
    "account_confirm_email": (("state",), OK),
    "account_reset_password_from_key_done": ((), OK),
    "account_reset_password_from_key": (("state", "state"), OK),
    "account_reset_password_done": ((), OK),
}


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
