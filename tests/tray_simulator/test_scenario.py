"""The generator: the same seed sells the same, documents are valid, sums hold, odd things are as rare as asked."""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from stdnum import ean
from stdnum.br import cnpj, cpf

from cais.connectors.tray.simulator import Scenario, TraySimulator, catalogue, catalogue_csv
from cais.connectors.tray.simulator import people as people_module
from cais.connectors.tray.simulator.records import Order
from cais.connectors.tray.simulator.store import Store
from cais.simkit import Clock
from tests.tray_simulator.conftest import NINE_O_CLOCK

HOUR = 3600


def _sold(scenario: Scenario, hours: int = 3) -> tuple[Store, list[dict[str, Any]]]:
    """Let a store sell for some hours, minute by minute, without any server thread at work."""
    tray = TraySimulator(clock=Clock.standing(NINE_O_CLOCK), scenario=scenario)
    try:
        for _ in range(hours * 60):
            tray.clock.advance(60)
            tray.stores[0].seller.step()
        facts = [entry.plain() for entry in tray.ledger.entries()]
        return tray.stores[0].store, facts
    finally:
        tray.stores[0].server.stop()


def test_the_same_seed_tells_the_same_story() -> None:
    first, second, other = (_sold(Scenario(seed=seed), 1)[1] for seed in (11, 11, 12))
    assert first == second
    assert first != other


def test_the_rate_is_orders_per_simulated_minute() -> None:
    store, _ = _sold(Scenario.clean(rate=6.0), 5)
    # 1800 expected, standard deviation 42.
    assert 1600 < len(store.book.orders) < 2000


def test_every_document_of_a_clean_store_is_valid() -> None:
    store, _ = _sold(dataclasses.replace(Scenario.clean(seed=2), company=0.5))
    kinds: Counter[str] = Counter()
    for customer in store.book.customers.values():
        if customer.cnpj:
            cnpj.validate(customer.cnpj)
            kinds["letters" if re.search("[A-Z]", customer.cnpj) else "digits"] += 1
        else:
            cpf.validate(customer.cpf)
            kinds["person"] += 1
    assert min(kinds[kind] for kind in ("person", "digits", "letters")) > 20
    assert cnpj.is_valid(store.cnpj)


def test_postal_codes_belong_to_their_city() -> None:
    store, _ = _sold(Scenario.clean(seed=2), 1)
    ranges = {(city, state): (int(low), int(high)) for city, state, _, low, high in people_module.CITIES}
    for address in store.book.addresses.values():
        low, high = ranges[address.city, address.state]
        assert len(address.zip_code) == 8
        assert low <= int(address.zip_code[:5]) <= high


def _sum_of(order: Order) -> Decimal:
    lines = sum((line.price * line.quantity for line in order.lines), Decimal(0))
    return lines - order.discount - order.coupon_discount + order.shipment_value + order.payment_method_rate


def test_in_a_clean_store_every_total_is_the_sum_of_its_parts() -> None:
    store, _ = _sold(dataclasses.replace(Scenario.clean(seed=9), coupon=0.4, discount=0.4, surcharge=0.4), 2)
    seen: Counter[str] = Counter()
    for order in store.book.orders.values():
        assert order.total == _sum_of(order)
        assert order.total > 0
        seen["coupon"] += bool(order.coupon)
        seen["pix"] += order.payment_method_rate < 0
        seen["surcharge"] += order.payment_method_rate > 0
        seen["discount"] += bool(order.discount)
    assert min(seen.values()) > 20


def test_stock_in_the_store_is_what_came_in_minus_what_was_sold() -> None:
    store, facts = _sold(dataclasses.replace(Scenario.clean(seed=6), edited=0.3, cancelled=0.3), 4)
    expected = {(item.sku): item.stock for item in catalogue() if not item.components}
    for fact in facts:
        if fact["kind"] == "stock" and fact["by"] == "restocked":
            expected[fact["reference"]] += fact["is"] - fact["was"]
    for order in store.book.orders.values():
        if not store.book.is_cancelled(order):
            for line in order.lines:
                expected[line.reference] -= line.quantity
    shelf = store.shelf
    have = {variant.reference: variant.stock for variant in shelf.variants.values()}
    have |= {
        product.reference: product.stock
        for product in shelf.products.values()
        if product.reference and not product.is_kit
    }
    assert have == expected
    assert {fact["kind"] for fact in facts} >= {"sold", "edited", "cancelled", "paid", "status", "stock"}


def test_without_restocking_nothing_is_sold_that_is_not_there() -> None:
    store, _ = _sold(dataclasses.replace(Scenario.clean(seed=6), restocks=False, edited=0.0), 12)
    stocks = [product.stock for product in store.shelf.products.values()]
    stocks += [variant.stock for variant in store.shelf.variants.values()]
    assert min(stocks) == 0


def _odd_counts(store: Store) -> dict[str, int]:
    orders = list(store.book.orders.values())
    people = store.book.customers
    return {
        "invented_status": sum(1 for status in store.book.statuses.values() if status.status == "Pago – conferir"),
        "unknown_product": sum(line.reference.startswith("AVULSO") for order in orders for line in order.lines),
        "no_lines": sum(not order.lines for order in orders),
        "impossible_cpf": sum(bool(one.cpf) and not cpf.is_valid(one.cpf) for one in people.values()),
        "cents_off": sum(order.total != _sum_of(order) for order in orders),
    }


def test_a_clean_store_has_nothing_odd() -> None:
    assert set(_odd_counts(_sold(Scenario.clean(), 2)[0]).values()) == {0}


@pytest.mark.parametrize("odd", ["invented_status", "unknown_product", "no_lines", "impossible_cpf", "cents_off"])
def test_each_odd_thing_has_its_own_rate(odd: str) -> None:
    store, _ = _sold(dataclasses.replace(Scenario.clean(seed=3), **{odd: 0.3}), 1)
    counts = _odd_counts(store)
    assert counts.pop(odd) > 0
    assert set(counts.values()) == {0}


@pytest.mark.parametrize(
    ("share", "seen"),
    [
        ("giveaway", lambda order: any(line.giveaway and not line.price for line in order.lines)),
        ("several_payments", lambda order: len(order.payments) == 2),
        ("marketplace", lambda order: order.marketplace is not None),
        ("kit", lambda order: any(line.kit_id for line in order.lines)),
        ("variant", lambda order: any(line.variant_id for line in order.lines)),
        ("unpaid", lambda order: not order.paid_at),
    ],
)
def test_each_ordinary_thing_can_be_left_out(share: str, seen: Callable[[Order], bool]) -> None:
    without = dataclasses.replace(Scenario.clean(seed=3), **{share: 0.0}, cancelled=0.0)
    assert not any(map(seen, _sold(without, 1)[0].book.orders.values()))
    always = dataclasses.replace(Scenario.clean(seed=3), **{share: 0.9}, cancelled=0.0, paid_later=0.0)
    assert any(map(seen, _sold(always, 1)[0].book.orders.values()))


def test_unpaid_orders_are_paid_later_and_move_on() -> None:
    scenario = dataclasses.replace(Scenario.clean(seed=3), unpaid=1.0, paid_later=1.0, marketplace=0.0, cancelled=0.0)
    store, facts = _sold(scenario, 4)
    assert {fact["paid"] for fact in facts if fact["kind"] == "sold"} == {False}
    old = [order for order in store.book.orders.values() if order.created < NINE_O_CLOCK + 2 * HOUR]
    assert len(old) > 300
    assert all(order.paid_at for order in old)
    assert {store.book.statuses[order.status_id].status for order in old} <= {"A ENVIAR", "ENVIADO"}


def test_a_paused_store_sells_nothing_and_does_not_catch_up() -> None:
    tray = TraySimulator(clock=Clock.standing(NINE_O_CLOCK), scenario=Scenario.clean(rate=6))
    seller = tray.stores[0].seller
    seller.pause(True)
    tray.clock.advance(HOUR)
    assert seller.step() == 0
    seller.pause(False)
    assert seller.step() == 0
    tray.clock.advance(HOUR)
    assert seller.step() > 200
    tray.stores[0].server.stop()


def test_the_catalogue_has_sixty_things_with_valid_codes() -> None:
    items = catalogue()
    assert len(items) == 60
    assert len({item.sku for item in items}) == len({item.gtin for item in items}) == 60
    assert sum(bool(item.components) for item in items) == 6
    for item in items:
        ean.validate(item.gtin)
        assert item.price > 0
        assert min(item.weight, item.length, item.width, item.height, item.stock) > 0
        assert item.components or re.fullmatch(r"\d{8}", item.ncm)


def test_the_catalogue_as_a_sheet_has_what_is_stored() -> None:
    lines = catalogue_csv().splitlines()
    assert lines[0] == "sku,nome,gtin,ncm,preco,peso_g,estoque"
    assert lines[1] == "FER-FRI-20,Frigideira de ferro 20 cm,7890000000017,73239100,89.90,1450,60"
    assert len(lines) == 55
    assert not any(line.startswith("KIT-") for line in lines)


@pytest.mark.parametrize("wrong", [{"kit": 1.5}, {"cents_off": -0.1}, {"rate": -1.0}])
def test_a_share_outside_zero_and_one_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Scenario(**wrong)  # type: ignore[arg-type]
