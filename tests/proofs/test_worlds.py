"""The worlds of the dock: who may serve what, what lies where, and which of them a run tells."""

from __future__ import annotations

import pytest
from stdnum.br import cnpj

from proofs.dock import tellings
from proofs.plan import Plan
from proofs.rest import Readings
from proofs.worlds import ONE, SEVERAL, Rule

SKUS = [f"SKU-{number:02d}" for number in range(54)]


def test_every_company_has_a_document_that_exists_and_a_name_of_its_own() -> None:
    assert all(cnpj.is_valid(firm.cnpj) for firm in SEVERAL.firms)
    assert len({firm.name for firm in SEVERAL.firms}) == 3


def test_the_circles_that_serve_overlap_without_one_holding_the_other() -> None:
    first, second = (SEVERAL.rule(store, "Mercado Livre") for store in ("Casa Beiramar", "Empório do Cais"))
    assert first.firms & second.firms == {"Trapiche Utilidades"}
    assert not first.may_split
    assert SEVERAL.rule("Casa Beiramar", "LOJA VIRTUAL") == Rule(firms=frozenset(firm.name for firm in SEVERAL.firms))
    assert len(list(SEVERAL.circles())) == 7


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_contested_lies_unit_by_unit_and_what_is_plenty_with_one_to_three_companies(seed: int) -> None:
    plan = Plan.from_environment({"SCALE": "0.1", "WORLD": "several", "SEED": str(seed)})
    there = SEVERAL.deliveries(plan, SKUS)
    scarce = plan.scarce(SKUS)
    assert {sku for units in there.values() for sku in units} == set(SKUS)
    assert all(sum(units.get(sku, 0) for units in there.values()) == plan.units(SKUS)[sku] + 3 for sku in scarce)
    assert any(len({firm for (firm, _), units in there.items() if sku in units}) > 1 for sku in scarce)
    alone = [sku for sku in SKUS if sum(sku in units for units in there.values()) == 1]
    assert len(alone) > len(SKUS) / 3


def test_the_small_world_has_everything_in_its_one_warehouse() -> None:
    plan = Plan.from_environment({"SCALE": "0.1"})
    assert ONE.deliveries(plan, SKUS) == {("Jurubim Casa", "Principal"): plan.units(SKUS)}


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, ["standard", "corporate", "several"]),
        ({"WORLD": "several"}, ["several"]),
        ({"WORLD": "one", "PROFILE": "corporate"}, ["corporate"]),
        ({"SABOTAGE": "lose"}, ["several"]),
        ({"SABOTAGE": "lose", "WORLD": "one", "PROFILE": "standard"}, ["standard"]),
    ],
)
def test_a_run_tells_both_worlds_unless_one_is_asked_for_or_the_engine_is_broken(
    variables: dict[str, str], told: list[str]
) -> None:
    assert [name for name, _ in tellings(Plan.from_environment(variables))] == told


def test_stores_were_read_when_each_of_them_was_read_twice_since_we_looked() -> None:
    readings = Readings()
    for ends in ([1.0, 1.0], [2.0, 1.0], [3.0, 1.0], [3.0, 2.0]):
        readings.note(ends)
    assert not readings.are_enough
    readings.note([3.0, 3.0])
    assert readings.are_enough
