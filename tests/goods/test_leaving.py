"""Units that orders were promised: what may leave with them, who waits, and who is told when they are gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F

from cais.catalog.drafts import Invalid
from cais.companies.models import Company, Warehouse
from cais.connections.models import Connection
from cais.movements.models import Reservation
from cais.movements.unkept import orders_without
from cais.orders.models import Order, OrderLine
from cais.statuses.models import StatusEntry
from cais.stock.models import Balance
from cais.stock.pools import pools_of
from cais.stock.services import count
from cais.stock.services import receive as arrive
from cais.warehousing import counts, transfers
from cais.warehousing.counts import InventoryDraft
from cais.warehousing.leaving import leaves, waiting_for_arrival
from cais.warehousing.models import Transfer
from cais.warehousing.transfers import Item, TransferDraft
from tests.goods.conftest import PLACED_AT, Shop

D = Decimal
CAIO = "Caio Prates"
Committed = Callable[..., object]


@dataclass(frozen=True)
class Trade:
    """Three companies with a warehouse each, and a store whose orders are promised cups."""

    shop: Shop
    a: Warehouse
    b: Warehouse
    c: Warehouse
    store: Connection

    def promise(self, number: str, units: int, *, among: str = "", at: Warehouse | None = None) -> Order:
        """An order, younger than those before it, that was promised cups of these companies, or in one warehouse."""
        order = self._order(number, units)
        pool = None
        if at is None:
            companies = frozenset(getattr(self, letter).company_id for letter in among)
            pool = pools_of(self.shop.group.pk, [companies])[companies]
        place = {"warehouse": at, "pool_id": pool}
        Reservation.objects.create(
            group=self.shop.group,
            order=order,
            line=order.lines.get(),
            product=self.shop.cup,
            wanted=units,
            held=units,
            placed_at=order.placed_at,
            **place,
        )
        Balance.objects.get_or_create(group=self.shop.group, product=self.shop.cup, **place)
        Balance.objects.filter(product=self.shop.cup, **place).update(reserved=F("reserved") + units)
        return order

    def _order(self, number: str, units: int) -> Order:
        order = Order.objects.create(
            group=self.shop.group,
            connection=self.store,
            status=StatusEntry.objects.get(connection=self.store),
            status_label="Pago",
            external_id=number,
            number=number,
            version="1",
            digest="0" * 32,
            placed_at=PLACED_AT + timedelta(minutes=Order.objects.count()),
            total=D(30) * units,
        )
        OrderLine.objects.create(
            group=self.shop.group,
            order=order,
            position=1,
            external_id="1",
            product=self.shop.cup,
            name="Xícara",
            quantity=units,
            unit_price=D(30),
        )
        return order

    def proposal(self, units: int, source: Warehouse, target: Warehouse) -> Transfer:
        items = [Item(self.shop.cup, D(units))]
        draft = TransferDraft(source=source, target=target, items=items, reason="falta lá")
        return transfers.propose(self.shop.group, draft, actor_name=CAIO)

    def leave(self, source: Warehouse, target: Warehouse) -> tuple[int, int]:
        found = leaves(self.proposal(1, source, target), [self.shop.cup.pk])[self.shop.cup.pk]
        return int(found.free), int(found.movable)


@pytest.fixture
def trade(shop: Shop) -> Trade:
    depots = [shop.front]
    for place, cnpj in enumerate(("11444777000242", "11444777000323"), start=2):
        company = Company.objects.create(
            group=shop.group, name=f"Filial {place}", legal_name="Casa Ltda", cnpj=cnpj, state="SC", priority=place
        )
        depots.append(Warehouse.objects.create(group=shop.group, company=company, name=f"Filial {place}"))
    store = Connection.objects.create(
        group=shop.group, company=shop.company, connector="imaginary", modality="rest", role="store", name="Imaginária"
    )
    StatusEntry.objects.create(group=shop.group, connection=store, label="Pago", key="pago")
    return Trade(shop, *depots, store)


def test_within_a_company_promised_units_travel_once_a_person_lets_the_order_wait(trade: Trade, shop: Shop) -> None:
    """Ten in front, one at the back, eight promised: three go unnoticed, the rest make an order wait."""
    arrive(shop.cup, shop.front, D(10), actor_name=CAIO)
    arrive(shop.cup, shop.back, D(1), actor_name=CAIO)
    order = trade.promise("501", 8, among="a")
    assert trade.leave(shop.front, shop.back) == (3, 10)
    made = trade.proposal(4, shop.front, shop.back)
    with pytest.raises(Invalid) as refused:
        transfers.send(made, actor_name=CAIO)
    assert list(refused.value.problems) == ["along"]
    assert waiting_for_arrival(made, made.lines.all()) == [order]
    transfers.send(made, actor_name=CAIO, along=True)
    assert orders_without(shop.group.pk, [shop.cup.pk]) == [order]
    transfers.receive(made, {}, actor_name=CAIO)
    assert orders_without(shop.group.pk, [shop.cup.pk]) == []


def test_units_do_not_leave_the_companies_that_may_serve_the_order(trade: Trade, shop: Shop) -> None:
    """A has 5, B has 1; an order of A or B was promised 4. To C go two; to B all five, as it is served from there."""
    arrive(shop.cup, trade.a, D(5), actor_name=CAIO)
    arrive(shop.cup, trade.b, D(1), actor_name=CAIO)
    trade.promise("501", 4, among="ab")
    assert trade.leave(trade.a, trade.c) == (2, 2)
    assert trade.leave(trade.a, trade.b) == (2, 5)


def test_pools_that_overlap_are_all_kept(trade: Trade, shop: Shop) -> None:
    """A 3, B 2, C 0. {A} was promised 1, {A, B} 2, {B, C} 1: four of five.

    Of A's one is nobody's. To B two may go: one stays for {A}, and B has four for the other three. To C two as well:
    {A} and {A, B} find three at A and B, {B, C} finds its one at C. From B to A one: one more, and {B, C} would find
    nothing.
    """
    arrive(shop.cup, trade.a, D(3), actor_name=CAIO)
    arrive(shop.cup, trade.b, D(2), actor_name=CAIO)
    for number, (units, among) in enumerate([(1, "a"), (2, "ab"), (1, "bc")], start=501):
        trade.promise(str(number), units, among=among)
    assert trade.leave(trade.a, trade.b) == (1, 2)
    assert trade.leave(trade.a, trade.c) == (1, 2)
    assert trade.leave(trade.b, trade.a) == (1, 1)


def test_what_a_movement_named_stays_even_within_the_company(trade: Trade, shop: Shop) -> None:
    arrive(shop.cup, shop.front, D(10), actor_name=CAIO)
    trade.promise("501", 7, at=shop.front)
    assert trade.leave(shop.front, shop.back) == (3, 3)


def test_a_count_that_finds_less_makes_the_youngest_orders_say_so(
    trade: Trade, shop: Shop, django_capture_on_commit_callbacks: Committed
) -> None:
    arrive(shop.cup, trade.a, D(10), actor_name=CAIO)
    old, middle, young = (trade.promise(number, 3, among="a") for number in ("501", "502", "503"))
    Order.objects.update(due_at=None)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        count(shop.cup, trade.a, D(5), actor_name=CAIO)
    assert orders_without(shop.group.pk, [shop.cup.pk]) == [middle, young]
    assert set(Order.objects.exclude(due_at=None)) == {middle, young}
    assert old not in orders_without(shop.group.pk, [shop.cup.pk])


def test_an_inventory_that_is_closed_with_less_tells_them_as_well(
    trade: Trade, shop: Shop, django_capture_on_commit_callbacks: Committed
) -> None:
    arrive(shop.cup, trade.a, D(10), actor_name=CAIO)
    order = trade.promise("501", 9, at=trade.a)
    Order.objects.update(due_at=None)
    sheet = counts.open_inventory(shop.group, InventoryDraft(warehouse=trade.a), actor_name=CAIO)
    counts.count(sheet, {shop.cup.pk: D(8)}, actor_name=CAIO)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        counts.close(sheet, actor_name=CAIO)
    assert list(Order.objects.exclude(due_at=None)) == [order]


def test_goods_from_a_warehouse_out_of_use_leave_freely(trade: Trade, shop: Shop) -> None:
    arrive(shop.cup, trade.a, D(4), actor_name=CAIO)
    trade.promise("501", 4, among="ab")
    made = trade.proposal(4, trade.a, trade.b)
    Warehouse.objects.filter(pk=trade.a.pk).update(active=False)
    found = leaves(made, [shop.cup.pk])[shop.cup.pk]
    assert (found.free, found.movable) == (4, 4)
