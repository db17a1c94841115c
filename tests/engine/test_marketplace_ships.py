"""Orders that the marketplace sends from its own stock: told apart, never reserved, sold or chosen (feature C2)."""

from __future__ import annotations

import pytest

from cais.connections.models import Connection
from cais.core.effects import Meaning
from cais.mappings.models import SalesChannel
from cais.movements.models import Movement, Reservation
from cais.offering.figures import offers
from cais.orders.counts import movement_counts, phase_counts
from cais.orders.models import Order
from cais.settling import choosing
from cais.settling.foresight import foresee
from cais.settling.moving import create_movements
from cais.settling.values import fill
from tests.engine.companies import books_are_right, decide, held
from tests.engine.house import House

THEIRS = {"nature": "marketplace", "fulfilled_by_marketplace": True, "note_by": "marketplace"}
OURS = {"nature": "own", "fulfilled_by_marketplace": False, "note_by": "merchant"}


def who_ships(values: dict[str, object]) -> None:
    fill([SalesChannel.objects.get()], values, actor_name="Rosana")


def sell(home: House, units: str = "1") -> Order:
    external_id = home.vendor.store.sell(lines=[("IMG-001", units, "10.00")])
    decide(home)
    return home.order(external_id)


def test_it_has_a_situation_of_its_own_and_is_counted_nowhere_as_waiting(home: House) -> None:
    home.product("IMG-001", units="1")
    who_ships(THEIRS)
    order = sell(home)
    assert (order.phase, order.hold, held(order)) == ("marketplace_ships", "", 0)
    assert phase_counts() == {"marketplace_ships": 1}
    assert movement_counts() == {}
    assert create_movements(home.group.pk, [order.pk], actor_name="Rosana") == set()


def test_it_takes_nothing_from_what_a_store_may_show(home: House) -> None:
    pan = home.product("IMG-001", units="5")
    who_ships(THEIRS)
    sell(home, "3")
    offer = offers(home.store, [pan.pk])[pan.pk]
    assert offer.units == 5
    assert offer.behind is not None
    assert offer.behind.open_orders == 0


def test_unpaid_or_with_an_unknown_word_it_waits_for_nothing_either(home: House) -> None:
    home.product("IMG-001", units="1")
    who_ships(THEIRS)
    home.translate(pago=Meaning.AWAITING_PAYMENT)
    assert sell(home).phase == "marketplace_ships"
    assert not Reservation.objects.exists()


def test_cancelled_in_the_store_it_is_cancelled(home: House) -> None:
    home.product("IMG-001", units="1")
    who_ships(THEIRS)
    order = sell(home)
    home.vendor.store.cancel(order.external_id)
    decide(home)
    order.refresh_from_db()
    assert order.phase == "cancelled"


def test_said_otherwise_it_is_reserved_and_goes_on_like_any_other_and_back(home: House) -> None:
    home.product("IMG-001", units="1")
    who_ships(THEIRS)
    order = sell(home)
    who_ships(OURS)
    decide(home)
    order.refresh_from_db()
    assert (order.marketplace_ships, order.phase, held(order)) == (False, "awaiting_sync", 1)
    who_ships(THEIRS)
    decide(home)
    order.refresh_from_db()
    assert (order.phase, order.movement_state, held(order)) == ("marketplace_ships", "none", 0)
    assert not Movement.objects.exclude(state="cancelled").exists()
    books_are_right()


def test_what_an_erp_was_told_of_stays_ours_to_send(home: House) -> None:
    home.product("IMG-001", units="1")
    external_id = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    home.read()
    who_ships(THEIRS)
    decide(home)
    order = home.order(external_id)
    assert (order.marketplace_ships, order.phase, held(order)) == (False, "integrated", 1)


@pytest.mark.parametrize("history", [False, True])
def test_nobody_has_to_choose_it_and_nobody_can_take_it_in(home: House, *, history: bool) -> None:
    home.product("IMG-001", units="1")
    who_ships(THEIRS)
    rules = {"start_at": "2099-01-01T00:00:00Z", "history_days": 0} if history else {"capture": "by_choice"}
    Connection.objects.filter(pk=home.store.pk).update(**rules)
    home.store.refresh_from_db()
    order = sell(home)
    assert order.phase == ("history" if history else "marketplace_ships")
    assert not choosing.awaiting_choice(home.store).exists()
    assert foresee(home.store, [order])[order.pk].refusal is choosing.Refusal.MARKETPLACE
    made = choosing.import_orders(home.store, [order.pk], actor_name="Rosana")
    assert (made.taken, made.left) == (0, {"marketplace": [order.number]})
