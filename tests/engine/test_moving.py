"""*Movimentar* by hand: drafts, edits and their limits, put back, discarded, checked and finished."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cais.backoffice.models import SalesOrder
from cais.catalog.models import KitComponent, Product
from cais.companies.models import Company, Warehouse
from cais.core.placing import Wanted, Wrong, WrongDivisionError
from cais.mappings.models import SalesChannel
from cais.movements import editing
from cais.movements.desk import seen_of
from cais.movements.models import Movement, Reservation
from cais.orders.models import Order
from cais.publishing import asking
from cais.settling.moving import create_movements
from cais.stock.models import Balance, LedgerEntry
from tests.engine.companies import more_companies, serve, stock
from tests.engine.house import House


@pytest.fixture
def sudeste(home: House) -> Company:
    (made,) = more_companies(home, "Sudeste")
    serve(home.store, home.company, made, moves="never")
    return made


def sold(home: House, *lines: tuple[str, str, str]) -> Order:
    external_id = home.vendor.store.sell(lines=list(lines))
    home.read()
    return home.order(external_id)


def drafted(home: House, *lines: tuple[str, str, str]) -> Order:
    order = sold(home, *lines)
    assert create_movements(home.group.pk, [order.pk], actor_name="Rosana") == {order.pk}
    order.refresh_from_db()
    return order


def movement_of(order: Order) -> Movement:
    return Movement.objects.exclude(state="cancelled").get(order=order)


def seen(order: Order) -> str:
    return seen_of(movement_of(order).lines.all())


def divide(order: Order, *wanted: tuple[Company, str]) -> bool:
    """The only line of the order, so many units from each company."""
    line = order.lines.get()
    asked = [Wanted(line=line.pk, company=company.pk, quantity=Decimal(units)) for company, units in wanted]
    return editing.revise(order, asked, seen=seen(order), actor_name="Rosana")


def served_by(order: Order) -> dict[str, Decimal]:
    """Company → units, as the movement says and as the reservations hold: they must agree."""
    lines: dict[str, Decimal] = {}
    for row in movement_of(order).lines.select_related("warehouse__company"):
        name = row.warehouse.company.name
        lines[name] = lines.get(name, Decimal(0)) + row.quantity
    held: dict[str, Decimal] = {}
    for promise in Reservation.objects.filter(order=order).select_related("warehouse__company"):
        assert promise.warehouse is not None
        assert promise.held == promise.wanted
        name = promise.warehouse.company.name
        held[name] = held.get(name, Decimal(0)) + promise.held
    assert lines == held
    return lines


def assert_the_ledger_is_the_balance() -> None:
    for balance in Balance.objects.all():
        own = LedgerEntry.objects.filter(
            product=balance.product_id, warehouse=balance.warehouse_id, pool=balance.pool_id
        )
        assert balance.reserved == sum(entry.reserved for entry in own)
        assert balance.reserved >= 0


def wrongs(error: WrongDivisionError) -> list[Wrong]:
    return [problem.wrong for problem in error.problems]


def test_a_draft_waits_for_the_person_and_holds_its_units(home: House, sudeste: Company) -> None:
    home.product("IMG-001", units="5")
    order = drafted(home, ("IMG-001", "2", "10.00"))
    home.work()
    movement = movement_of(order)
    assert (movement.state, movement.automatic, movement.due_at) == ("pending_sync", False, None)
    assert served_by(order) == {"Casa": 2}
    assert home.sales() == []


def test_units_move_to_another_company_with_their_promise(home: House, sudeste: Company) -> None:
    pan = home.product("IMG-001", units="5")
    stock(home, pan, at=sudeste, units="7")
    order = drafted(home, ("IMG-001", "3", "10.00"))
    assert divide(order, (home.company, "1"), (sudeste, "2"))
    assert served_by(order) == {"Casa": 1, "Sudeste": 2}
    assert divide(order, (sudeste, "3"))
    assert served_by(order) == {"Sudeste": 3}
    reserved = {row.warehouse.company.name: row.reserved for row in Balance.objects.filter(pool=None)}
    assert reserved == {"Casa": 0, "Sudeste": 3}
    assert_the_ledger_is_the_balance()


def test_a_division_is_the_order_and_nothing_else(home: House, sudeste: Company) -> None:
    pan = home.product("IMG-001", units="5")
    stock(home, pan, at=sudeste, units="7")
    order = drafted(home, ("IMG-001", "3", "10.00"))
    before = served_by(order)
    for units, wrong in (("1", Wrong.LESS), ("4", Wrong.MORE)):
        with pytest.raises(WrongDivisionError) as refused:
            divide(order, (sudeste, units))
        assert wrongs(refused.value) == [wrong]
        assert refused.value.problems[0].quantity == abs(3 - Decimal(units))
    for nothing in ("NaN", "Infinity"):
        with pytest.raises(WrongDivisionError) as refused:
            divide(order, (sudeste, nothing))
        assert wrongs(refused.value) == [Wrong.NO_NUMBER]
    assert served_by(order) == before


def test_nobody_gives_more_than_is_free_in_their_house(home: House, sudeste: Company) -> None:
    """Sudeste has 4. A first order takes 3 of them: 1 is left for the second, which wants 2."""
    pan = home.product("IMG-001", units="9")
    stock(home, pan, at=sudeste, units="4")
    first = drafted(home, ("IMG-001", "3", "10.00"))
    divide(first, (sudeste, "3"))
    second = drafted(home, ("IMG-001", "2", "10.00"))
    with pytest.raises(WrongDivisionError) as refused:
        divide(second, (sudeste, "2"))
    (problem,) = refused.value.problems
    assert (problem.wrong, problem.there, problem.quantity) == (Wrong.SHORT, 1, 2)
    assert divide(second, (home.company, "1"), (sudeste, "1"))
    assert_the_ledger_is_the_balance()


def test_what_was_promised_to_others_is_not_given_away(home: House, sudeste: Company) -> None:
    """Casa 2, Sudeste 2, and an order that waits for a person holds 3 of the 4 in the pool: 1 is left of all."""
    pan = home.product("IMG-001", units="2")
    stock(home, pan, at=sudeste, units="2")
    sold(home, ("IMG-001", "3", "10.00"))
    order = drafted(home, ("IMG-001", "1", "10.00"))
    assert served_by(order) == {"Casa": 1}
    assert divide(order, (sudeste, "1"))
    assert sold(home, ("IMG-001", "1", "10.00")).phase == "short"
    assert_the_ledger_is_the_balance()


def test_a_company_that_does_not_serve_the_store_is_refused(home: House, sudeste: Company) -> None:
    pan = home.product("IMG-001", units="5")
    (stranger,) = more_companies(home, "Nordeste")
    stock(home, pan, at=stranger, units="9")
    order = drafted(home, ("IMG-001", "1", "10.00"))
    with pytest.raises(WrongDivisionError) as refused:
        divide(order, (stranger, "1"))
    assert wrongs(refused.value) == [Wrong.STRANGER]


def test_a_channel_that_does_not_divide_is_served_by_one(home: House, sudeste: Company) -> None:
    pan = home.product("IMG-001", units="5")
    stock(home, pan, at=sudeste, units="5")
    SalesChannel.objects.update(may_split=False)
    order = drafted(home, ("IMG-001", "2", "10.00"))
    with pytest.raises(WrongDivisionError) as refused:
        divide(order, (home.company, "1"), (sudeste, "1"))
    assert wrongs(refused.value) == [Wrong.NO_SPLIT]
    assert divide(order, (sudeste, "2"))


def test_a_kit_moves_whole_with_its_components(home: House, sudeste: Company) -> None:
    """A kit of 1 pot and 6 cups; 2 are sold. Divided 1 and 1, each company gives 1 pot and 6 cups."""
    kit = Product.objects.create(group=home.group, sku="KIT-1", name="Kit", is_kit=True, ncm="69111090", price="50")
    for sku, units in (("POTE", "1"), ("XIC", "6")):
        part = home.product(sku, units="30")
        stock(home, part, at=sudeste, units="30")
        KitComponent.objects.create(group=home.group, kit=kit, product=part, quantity=units)
    order = drafted(home, ("KIT-1", "2", "50.00"))
    assert divide(order, (home.company, "1"), (sudeste, "1"))
    assert served_by(order) == {"Casa": 7, "Sudeste": 7}
    with pytest.raises(WrongDivisionError) as refused:
        divide(order, (home.company, "0.5"), (sudeste, "1.5"))
    assert wrongs(refused.value) == [Wrong.BROKEN_KIT]


def test_a_depot_that_is_named_gives_and_no_other(home: House, sudeste: Company) -> None:
    pan = home.product("IMG-001", units="5")
    back = Warehouse.objects.create(group=home.group, company=sudeste, name="Fundos")
    stock(home, pan, at=sudeste, units="5")
    stock(home, pan, at=sudeste, units="2", depot=1)
    order = drafted(home, ("IMG-001", "2", "10.00"))
    line = order.lines.get().pk
    asked = [Wanted(line=line, company=sudeste.pk, quantity=Decimal(2), warehouse=back.pk)]
    assert editing.revise(order, asked, seen=seen(order), actor_name="Rosana")
    assert [row.warehouse.name for row in movement_of(order).lines.select_related("warehouse")] == ["Fundos"]
    asked = [Wanted(line=line, company=sudeste.pk, quantity=Decimal(2), warehouse=home.company.warehouses.get().pk)]
    with pytest.raises(WrongDivisionError) as refused:
        editing.revise(order, asked, seen=seen(order), actor_name="Rosana")
    assert wrongs(refused.value) == [Wrong.STRANGER]


def test_who_looked_at_an_older_division_overwrites_nothing(home: House, sudeste: Company) -> None:
    pan = home.product("IMG-001", units="5")
    stock(home, pan, at=sudeste, units="5")
    order = drafted(home, ("IMG-001", "2", "10.00"))
    old = seen(order)
    divide(order, (sudeste, "2"))
    line = order.lines.get().pk
    asked = [Wanted(line=line, company=home.company.pk, quantity=Decimal(2))]
    for deed in (
        lambda: editing.revise(order, asked, seen=old, actor_name="Caio"),
        lambda: editing.propose_again(order, seen=old, actor_name="Caio"),
        lambda: editing.discard(order, seen=old, actor_name="Caio"),
    ):
        with pytest.raises(editing.MovedOnError):
            deed()
    assert served_by(order) == {"Sudeste": 2}


def test_the_same_division_again_changes_nothing(home: House, sudeste: Company) -> None:
    home.product("IMG-001", units="5")
    order = drafted(home, ("IMG-001", "2", "10.00"))
    entries = LedgerEntry.objects.count()
    assert divide(order, (home.company, "2")) is False
    assert LedgerEntry.objects.count() == entries


def test_put_back_it_is_what_would_be_proposed_now(home: House, sudeste: Company) -> None:
    pan = home.product("IMG-001", units="5")
    stock(home, pan, at=sudeste, units="5")
    order = drafted(home, ("IMG-001", "2", "10.00"))
    divide(order, (sudeste, "2"))
    assert editing.propose_again(order, seen=seen(order), actor_name="Rosana")
    assert served_by(order) == {"Casa": 2}
    assert movement_of(order).due_at is None
    assert_the_ledger_is_the_balance()


def test_discarded_the_order_keeps_its_units_and_waits(home: House, sudeste: Company) -> None:
    home.product("IMG-001", units="5")
    order = drafted(home, ("IMG-001", "2", "10.00"))
    editing.discard(order, seen=seen(order), actor_name="Rosana")
    home.work()
    order.refresh_from_db()
    assert (order.phase, order.movement_state) == ("awaiting_movement", "none")
    (promise,) = Reservation.objects.filter(order=order)
    assert (promise.held, promise.warehouse_id) == (2, None)
    assert_the_ledger_is_the_balance()


def test_an_edit_after_the_check_must_be_checked_again(home: House, sudeste: Company) -> None:
    pan = home.product("IMG-001", units="5")
    stock(home, pan, at=sudeste, units="5")
    order = drafted(home, ("IMG-001", "2", "10.00"))
    asking.synchronise([movement_of(order)], actor_name="Rosana")
    home.work()
    assert movement_of(order).state == "validated"
    divide(order, (home.company, "1"), (sudeste, "1"))
    assert movement_of(order).state == "pending_sync"
    assert asking.create_erp_orders([movement_of(order)], actor_name="Rosana") == set()
    asking.synchronise([movement_of(order)], actor_name="Rosana")
    home.work()
    assert asking.create_erp_orders([movement_of(order)], actor_name="Rosana") == {order.pk}
    home.work()
    assert {sale.company.name for sale in SalesOrder.objects.all()} == {"Casa", "Sudeste"}
    with pytest.raises(editing.MovedOnError):
        divide(order, (sudeste, "2"))


def test_what_cannot_be_moved_is_left_out(home: House, sudeste: Company) -> None:
    home.product("IMG-001", units="2")
    fits = sold(home, ("IMG-001", "2", "10.00"))
    lacks = sold(home, ("IMG-001", "1", "10.00"))
    unpaid = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")], paid=False)
    home.read()
    ids = [fits.pk, lacks.pk, home.order(unpaid).pk]
    assert create_movements(home.group.pk, ids, actor_name="Rosana") == {fits.pk}
    assert create_movements(home.group.pk, ids, actor_name="Rosana") == set()


def test_half_a_kit_whose_components_do_not_divide_back_is_saved_as_it_is(home: House, sudeste: Company) -> None:
    """0.5 × 0.3333 is 0.1666 of the component, cut; 0.1666 ÷ 0.3333 is not 0.5."""
    cup = home.product("CUP", units="4")
    kit = Product.objects.create(group=home.group, sku="IMG-003", name="Kit", ncm="69111090", price="10", is_kit=True)
    KitComponent.objects.create(group=home.group, kit=kit, product=cup, quantity="0.3333")
    order = drafted(home, ("IMG-003", "0.5", "10.00"))
    assert not divide(order, (home.company, "0.5"))
