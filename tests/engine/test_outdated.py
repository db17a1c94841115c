"""A movement that does not serve what its order says now: undone where Cais can, else told; no sale is made of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cais.catalog.models import Product
from cais.companies.models import Company
from cais.inbox.models import Pending
from cais.movements import editing
from cais.movements.models import Movement, MovementLine
from cais.orders.models import Order
from cais.publishing import asking
from cais.settling.moving import create_movements
from tests.engine.companies import decide, more_companies, serve
from tests.engine.house import House
from tests.engine.test_moving import drafted, movement_of, seen

REASON = "movement_outdated"


@pytest.fixture
def sudeste(home: House) -> Company:
    (made,) = more_companies(home, "Sudeste")
    serve(home.store, home.company, made, moves="never")
    return made


def causes(order: Order) -> list[str]:
    return list(Pending.objects.filter(subject_id=order.pk, closed_at=None).values_list("reason", flat=True))


def checked(home: House, *lines: tuple[str, str, str]) -> Order:
    """A person's movement, checked and waiting for *Criar pedido no ERP*."""
    order = drafted(home, *lines)
    asking.synchronise([movement_of(order)], actor_name="Rosana")
    home.work()
    order.refresh_from_db()
    assert order.movement_state == "validated"
    return order


def serve_less(order: Order) -> None:
    """As if the order had grown behind the movement's back."""
    MovementLine.objects.filter(movement=movement_of(order)).update(quantity=Decimal(1))


def test_what_needs_no_promise_is_moved_anew_when_the_store_changes_it(home: House, sudeste: Company) -> None:
    home.product("IMG-001", units="0")
    Product.objects.update(tracks_stock=False)
    order = checked(home, ("IMG-001", "2", "10.00"))
    line = home.vendor.store.orders[order.external_id]["lines"][0]
    home.vendor.store.edit(order.external_id, lines=[{**line, "quantity": "3"}], total="45.90")
    home.read()
    order.refresh_from_db()
    assert (order.movement_state, causes(order)) == ("none", [])
    assert create_movements(home.group.pk, [order.pk], actor_name="Rosana") == {order.pk}
    assert movement_of(order).lines.get().quantity == 3


def test_no_sale_is_made_of_it_and_the_others_go_on(home: House, sudeste: Company) -> None:
    home.product("IMG-001")
    good, bad = checked(home, ("IMG-001", "1", "10.00")), checked(home, ("IMG-001", "2", "10.00"))
    serve_less(bad)
    both = [movement_of(good), movement_of(bad)]
    assert asking.create_erp_orders(both, actor_name="Rosana") == {good.pk}
    bad.refresh_from_db()
    assert (bad.phase, bad.erp_state, causes(bad)) == ("movement_error", "", [REASON])
    assert Pending.objects.get(reason=REASON).params["items"] == bad.lines.get().name
    good.refresh_from_db()
    assert good.erp_state == "creating"


def test_put_back_to_the_proposal_the_cause_is_over_and_the_sale_is_made(home: House, sudeste: Company) -> None:
    home.product("IMG-001")
    order = checked(home, ("IMG-001", "2", "10.00"))
    serve_less(order)
    asking.create_erp_orders([movement_of(order)], actor_name="Rosana")
    assert editing.propose_again(order, seen=seen(order), actor_name="Rosana")
    assert causes(order) == []
    home.work()
    asking.synchronise([movement_of(order)], actor_name="Rosana")
    home.work()
    assert asking.create_erp_orders([movement_of(order)], actor_name="Rosana") == {order.pk}
    home.work()
    order.refresh_from_db()
    assert order.phase == "integrated"
    assert [line.quantity for line in home.sales()[0].lines.all()] == [2]


def test_settling_undoes_it_by_itself_and_its_cause_with_it(home: House, sudeste: Company) -> None:
    home.product("IMG-001")
    order = checked(home, ("IMG-001", "2", "10.00"))
    serve_less(order)
    asking.create_erp_orders([movement_of(order)], actor_name="Rosana")
    decide(home)
    order.refresh_from_db()
    assert (order.movement_state, order.hold, causes(order)) == ("none", "", [])


def test_what_cais_moved_by_itself_is_not_sold_either_and_mends_itself(home: House) -> None:
    home.product("IMG-001")
    external_id = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    decide(home)
    order = home.order(external_id)
    serve_less(order)
    home.work()
    order.refresh_from_db()
    assert order.phase == "integrated"
    assert Movement.objects.filter(order=order, state="cancelled").count() == 1
    assert [line.quantity for line in home.sales()[0].lines.all()] == [2]
