"""What the proof makes of the store's own word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from proofs.figures import percentile, summed
from proofs.plan import BadPlanError, Plan
from proofs.truth import Writing, is_sound, truth_of


def order(**facts: object) -> dict[str, Any]:
    line = {"line_id": 5, "reference": "MUG", "quantity": 2, "price": "5.00"}
    base = {"order_id": 1, "status": "A ENVIAR", "status_id": 1, "paid": True, "total": "10.00", "lines": [line]}
    base["point_sale"] = "LOJA VIRTUAL"
    return {**base, **facts}


def entry(kind: str, at: float, **facts: object) -> dict[str, Any]:
    return {"kind": kind, "at": at, "by": "scenario", "order_id": 1, **facts}


def test_every_total_an_order_ever_had_is_remembered() -> None:
    story = [entry("sold", 1.0, **order()), entry("edited", 2.0, **order(total="15.00"))]
    (found,) = truth_of("Casa", [order(total="15.00")], story).values()
    assert found.totals == {Decimal("10.00"), Decimal("15.00")}
    assert found.total == Decimal("15.00")
    assert found.needs == {"MUG": Decimal(2)}
    assert found.was_edited


def test_a_product_sold_at_two_prices_in_one_order_has_no_price() -> None:
    mug = {"line_id": 5, "reference": "MUG", "quantity": 2, "price": "5.00"}
    spoons = [
        {"line_id": at, "reference": "SPOON", "quantity": 1, "price": price} for at, price in ((6, "3.00"), (7, "0"))
    ]
    (found,) = truth_of("Casa", [order(lines=[mug, *spoons])], [entry("sold", 1.0, **order())]).values()
    assert found.key == ("Casa", "1")
    assert found.prices == {"MUG": Decimal("5.00")}


def test_a_status_written_by_the_interface_tells_what_it_replaced_and_since_when() -> None:
    story = [
        entry("sold", 0.0, **order()),
        entry("status", 10.0, was=1, **{"is": 13}, status="ENVIADO", by="merchant"),
        entry("status", 25.0, was=13, **{"is": 28}, status="EM SEPARAÇÃO", by="api"),
    ]
    (found,) = truth_of("Casa", [order(status="EM SEPARAÇÃO")], story).values()
    assert found.writings == (Writing("ENVIADO", "EM SEPARAÇÃO", 15.0),)


COMPLETE = {
    "ProductsSold": [{"ProductsSold": {"price": "5.00", "quantity": "2"}}],
    "discount": "1.00",
    "discount_coupon": "CHEGADA5/5.00",
    "shipment_value": "24.90",
    "payment_method_rate": "-0.50",
    "taxes": "0.00",
    "total": "28.40",
    "Customer": {"cpf": "529.982.247-25", "cnpj": ""},
}


def test_an_order_that_adds_up_to_the_cent_is_sound() -> None:
    # 10.00 - 1.00 - 5.00 + 24.90 - 0.50
    assert is_sound(COMPLETE)
    assert not is_sound({**COMPLETE, "total": "28.41"})


def test_a_document_with_a_wrong_check_digit_is_not_sound() -> None:
    assert not is_sound({**COMPLETE, "Customer": {"cpf": "529.982.247-26", "cnpj": ""}})


def test_the_percentile_is_the_smallest_value_that_covers_the_share() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 50) == 2.0
    assert percentile([1.0, 2.0, 3.0, 4.0], 95) == 4.0
    assert percentile([], 50) == 0.0


def test_a_tenth_of_the_scale_is_twenty_orders_and_some_products_are_scarce() -> None:
    plan = Plan.from_environment({"SCALE": "0.1", "SEED": "3"})
    units = plan.units([f"SKU-{number:02d}" for number in range(54)])
    assert plan.orders == 20
    assert sorted(units.values())[8] <= 2
    assert sorted(units.values())[9] == 90


def test_a_store_that_sells_more_than_a_days_calls_can_serve_sees_the_next_day() -> None:
    small, corporate, standard = (
        Plan.from_environment({"SCALE": scale, "PROFILE": profile, "WORLD": "one"})
        for scale, profile in (("1", "standard"), ("15", "corporate"), ("15", "standard"))
    )
    assert (small.per_day, small.speed) == (10_000, 60.0)
    assert (corporate.per_day, corporate.speed) == (50_000, 60.0)
    assert (standard.orders, standard.per_day, standard.speed) == (3000, 10_000, 240.0)
    assert Plan.from_environment({"SCALE": "15", "PROFILE": "standard", "SPEED": "30"}).speed == 30.0


def test_two_runs_are_one_report_in_which_a_harm_of_either_counts() -> None:
    run = {
        "orders_lost": 0,
        "calls": 10,
        "calls_per_order": 2.0,
        "waiting": {"no_lines": 1},
        "at_rest": True,
        "seed": 7,
    }
    other = {**run, "orders_lost": 1, "waiting": {"no_lines": 2, "stock_short": 1}, "at_rest": False}
    assert summed({"standard": run, "corporate": other}) == {
        "orders_lost": 1,
        "calls": 20,
        "calls_per_order": {"standard": 2.0, "corporate": 2.0},
        "waiting": {"no_lines": 3, "stock_short": 1},
        "at_rest": False,
        "seed": 7,
    }


@pytest.mark.parametrize(
    "variables",
    [
        {"SCALE": "much"},
        {"SCALE": "99"},
        {"SABOTAGE": "sleep"},
        {"PROFILE": "free"},
        {"WORLD": "new"},
        {"SPEED": "900"},
    ],
)
def test_a_plan_that_cannot_be_run_is_refused(variables: dict[str, str]) -> None:
    with pytest.raises(BadPlanError):
        Plan.from_environment(variables)
