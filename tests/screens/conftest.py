"""A merchant with a store that can do everything wrong, the people of the group, and browsers for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from django.test import Client

from cais.companies.models import User
from cais.companies.services import add_member, found_group
from cais.core.effects import Meaning
from cais.orders.counts import fold_counts
from cais.orders.models import Order
from tests.engine.house import House, house
from tests.worlds import Worlds

ROLES = ("administrator", "operator", "fiscal", "reader")
NOBODYS_CPF = "11111111111"


@pytest.fixture(autouse=True)
def _this_machine_only(settings: object) -> None:
    settings.ALLOWED_ADDRESSES = "loopback"


@dataclass
class Merchant:
    """The house, its people, and orders by what is the matter with them."""

    house: House
    people: dict[str, User]
    orders: dict[str, Order] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.house.group.slug

    def url(self, path: str) -> str:
        return f"/g/{self.slug}/{path}"

    def browser(self, role: str) -> Client:
        client = Client(raise_request_exception=True)
        if role != "anonymous":
            client.force_login(self.people[role])
        return client

    def again(self, matter: str) -> Order:
        return Order.objects.get(pk=self.orders[matter].pk)


def populate(home: House) -> dict[str, Order]:
    """One order for each thing that can be the matter, and one with which nothing is."""
    home.translate(
        aguardando_pagamento=Meaning.AWAITING_PAYMENT,
        pago=Meaning.PENDING,
        faturado=Meaning.INVOICED,
        enviado=Meaning.SHIPPED,
        entregue=Meaning.FINISHED,
        cancelado=Meaning.CANCELLED,
    )
    home.product("XIC-200", units="50", price="12.50")
    home.product("PAN-24", units="1", price="189.90")
    sell, line = home.vendor.store.sell, ("XIC-200", "2", "12.50")
    sold = {
        "well": sell(lines=[line]),
        "short": sell(lines=[("PAN-24", "3", "189.90")]),
        "unknown": sell(lines=[("NADA-1", "1", "10.00")]),
        "unpaid": sell(lines=[line], paid=False),
        "untranslated": sell(lines=[line], status_id=_invented(home)),
        # 25.00 of goods and 15.90 of freight, charged two cents too much.
        "open": sell(lines=[line], changes={"total": "40.92"}),
    }
    home.read()
    fold_counts(home.group.pk)
    return {matter: home.order(str(external_id)) for matter, external_id in sold.items()}


def _invented(home: House) -> str:
    return str(home.vendor.store.add_status("Pago – conferir"))


def people_of(home: House) -> dict[str, User]:
    people = {
        role: User.objects.create_user(f"{role}@jurubim.example", "x", name=f"Pessoa {role.capitalize()}")
        for role in (*ROLES, "stranger")
    }
    for role in ROLES:
        add_member(home.group, people[role], role)
    return people


@contextmanager
def trading() -> Iterator[Merchant]:
    with house() as home:
        yield Merchant(home, people_of(home), populate(home))


@pytest.fixture
def merchant(worlds: Worlds) -> Iterator[Merchant]:
    with worlds.lend("merchant", trading) as made:
        yield made


@pytest.fixture
def newcomer(db: None) -> Callable[[str], Client]:
    """A person whose group has nothing yet: the client, by the group's address."""

    def arrive(slug: str) -> Client:
        from cais.companies.scope import group_scope

        group = found_group("Grupo Novo", slug=slug)
        person = User.objects.create_user(f"{slug}@novo.example", "x", name="Pessoa Nova")
        with group_scope(group.pk):
            add_member(group, person, "administrator")
        client = Client()
        client.force_login(person)
        return client

    return arrive
