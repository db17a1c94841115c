"""A small grupo to trade in: one company, two warehouses, a few products, and the back office as its ERP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

import pytest
from django.db import connection, connections

from cais.catalog.models import KitComponent, Product
from cais.companies.models import Company, Group, Membership, User, Warehouse
from cais.companies.scope import group_scope
from cais.connections.models import Connection
from cais.customers.models import Customer
from cais.movements.models import Reservation
from cais.orders.models import Order, OrderLine
from cais.statuses.models import StatusEntry
from cais.stock.pools import pools_of

T = TypeVar("T")
CNPJ = "11444777000161"
PLACED_AT = datetime(2026, 11, 17, 13, 42, tzinfo=UTC)


@dataclass(frozen=True)
class Shop:
    """What a test trades with. Its rows are seen inside `group_scope(shop.group.pk)` only."""

    group: Group
    company: Company
    front: Warehouse
    back: Warehouse
    erp: Connection
    cup: Product
    tray: Product
    tea_set: Product


def make_group(name: str) -> Group:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('companies_group', 'id'))")
        key = cursor.fetchone()[0]
    with group_scope(key):
        return Group.objects.create(id=key, name=name, slug=name.lower())


def pool_of(company: Company) -> int:
    """The pool of orders that this company alone may serve."""
    alone = frozenset([company.pk])
    return pools_of(company.group_id, [alone])[alone]


def make_shop(name: str = "Jurubim") -> Shop:
    group = make_group(name)
    with group_scope(group.pk):
        company = Company.objects.create(group=group, name="Casa", legal_name="Casa Ltda", cnpj=CNPJ, state="SC")
        front = Warehouse.objects.create(group=group, company=company, name="Loja")
        back = Warehouse.objects.create(group=group, company=company, name="Fundos")
        erp = Connection.objects.create(
            group=group, company=company, connector="backoffice", modality="local", role="erp", name="Retaguarda"
        )
        cup = Product.objects.create(group=group, sku="XIC-200", name="Xícara branca 200 ml")
        tray = Product.objects.create(group=group, sku="BAN-30", name="Bandeja 30 cm")
        tea_set = Product.objects.create(group=group, sku="KIT-CHA", name="Jogo de chá", is_kit=True)
        KitComponent.objects.create(group=group, kit=tea_set, product=cup, quantity=6)
        KitComponent.objects.create(group=group, kit=tea_set, product=tray, quantity=1)
    return Shop(group, company, front, back, erp, cup, tray, tea_set)


def make_member(group: Group, role: str, email: str) -> User:
    user = User.objects.create_user(email, "x", name="Rosana Feitosa")
    with group_scope(group.pk):
        Membership.objects.create(group=group, user=user, role=role)
    return user


def make_order(shop: Shop, *, customer: Customer | None = None) -> Order:
    """A store's order of two cups that holds one and waits for the other."""
    store = Connection.objects.create(
        group=shop.group, company=shop.company, connector="imaginary", modality="rest", role="store", name="Tray"
    )
    status = StatusEntry.objects.create(group=shop.group, connection=store, label="Pago", key="pago")
    order = Order.objects.create(
        group=shop.group,
        connection=store,
        external_id="9",
        number="48231",
        version="1",
        digest="0" * 32,
        placed_at=PLACED_AT,
        customer=customer,
        status=status,
        status_label="Pago",
        total=Decimal("60.00"),
    )
    line = OrderLine.objects.create(
        group=shop.group,
        order=order,
        position=1,
        external_id="1",
        product=shop.cup,
        name="Xícara",
        quantity=2,
        unit_price=Decimal("30.00"),
    )
    Reservation.objects.create(
        group=shop.group,
        order=order,
        line=line,
        product=shop.cup,
        pool_id=pool_of(shop.company),
        wanted=2,
        held=1,
        placed_at=PLACED_AT,
    )
    return order


@contextmanager
def _inside(shop: Shop) -> Iterator[Shop]:
    with group_scope(shop.group.pk):
        yield shop


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    """The shop, with its scope open for the length of the test."""
    with _inside(make_shop()) as made:
        yield made


@pytest.fixture
def committed_shop(transactional_db: None) -> Iterator[Shop]:
    """The same, committed, so that other threads see it."""
    with _inside(make_shop()) as made:
        yield made


def at_once(shop: Shop, *works: Callable[[], T]) -> list[T]:
    """Run each work in a thread with its own database session, all in the shop's scope."""

    def run(work: Callable[[], T]) -> T:
        try:
            with group_scope(shop.group.pk):
                return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
