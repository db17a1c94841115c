"""The fifteen orders of docs/fifteen-allocations.md, compared with what was worked out there by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cais.core.allocate import allocate
from cais.core.allocation import Allocation, ChannelRule, Lack, Outcome, Policy, Request, Verdict, Why
from tests.core.allocations import Company, Product, company, kit, line, request, served, short
from tests.core.what_if import accepting_what_is_missing, leaving_out, under

CASA, SUDESTE, NORDESTE = Company
PANELA, TOALHA, REDE, CORDA, GARRAFA, XICARA, BANDEJA, _ = Product
BOTH = pytest.mark.parametrize("policy", Policy)
FEWEST = Policy.FEWEST_PARCELS


def verdicts(allocation: Allocation) -> dict[int, Verdict]:
    return {view.company: view.verdict for view in allocation.candidates}


def whys(allocation: Allocation) -> dict[int, Why]:
    return {who: verdict.why for who, verdict in verdicts(allocation).items()}


def options(allocation: Allocation) -> dict[tuple[int, ...], Why]:
    return {option.companies: option.verdict.why for option in allocation.options}


def parts(allocation: Allocation) -> dict[tuple[int, int, int], str]:
    """(warehouse, line, product) → quantity."""
    return {(part.warehouse, part.line, part.product): short(part.quantity) for part in allocation.parts}


def four(policy: Policy) -> Request:
    return request(
        [line(1, "1", PANELA), line(2, "1", TOALHA), line(3, "1", REDE)],
        company(CASA, {PANELA: "1", TOALHA: "0", REDE: "0"}),
        company(SUDESTE, {PANELA: "4", TOALHA: "2", REDE: "0"}),
        company(NORDESTE, {PANELA: "0", TOALHA: "0", REDE: "1"}),
        policy=policy,
    )


def six() -> Request:
    return request(
        [kit(1, "2")],
        company(CASA, {GARRAFA: "1", XICARA: "40", BANDEJA: "5"}),
        company(SUDESTE, {GARRAFA: "9", XICARA: "3", BANDEJA: "8"}),
    )


def nine() -> Request:
    return request(
        [line(1, "2", PANELA), line(2, "1", TOALHA)],
        company(CASA, {PANELA: "2", TOALHA: "0"}),
        company(SUDESTE, {PANELA: "1", TOALHA: "3"}),
        rule=ChannelRule(may_split=False),
    )


@BOTH
def test_1_one_company_serves_what_it_has(policy: Policy) -> None:
    answer = allocate(request([line(1, "2", PANELA)], company(CASA, {PANELA: "3"}), policy=policy))
    assert answer.outcome is Outcome.WHOLE
    assert served(answer) == {(CASA, 1): "2"}
    assert parts(answer) == {(10, 1, PANELA): "2"}
    assert whys(answer) == {CASA: Why.CHOSEN}


@BOTH
def test_2_of_two_that_both_can_the_first_in_the_queue_does(policy: Policy) -> None:
    both = company(CASA, {PANELA: "5"}), company(SUDESTE, {PANELA: "9"})
    answer = allocate(request([line(1, "2", PANELA)], *both, policy=policy))
    assert served(answer) == {(CASA, 1): "2"}
    assert verdicts(answer)[SUDESTE] == Verdict(why=Why.LOWER_PRIORITY, company=CASA)
    assert options(answer) == {(CASA,): Why.CHOSEN, (SUDESTE,): Why.LOWER_PRIORITY}


@BOTH
def test_3_nobody_has_everything_so_two_serve(policy: Policy) -> None:
    answer = allocate(
        request(
            [line(1, "2", PANELA), line(2, "1", TOALHA), line(3, "1", REDE)],
            company(CASA, {PANELA: "2", TOALHA: "0", REDE: "1"}),
            company(SUDESTE, {PANELA: "5", TOALHA: "3", REDE: "0"}),
            policy=policy,
        )
    )
    assert answer.outcome is Outcome.SPLIT
    assert served(answer) == {(CASA, 1): "2", (CASA, 3): "1", (SUDESTE, 2): "1"}
    alone = {option.companies: option.verdict for option in answer.options if option.parcels == 1}
    assert alone == {
        (CASA,): Verdict(why=Why.LACKS, line=2, quantity=Decimal(1)),
        (SUDESTE,): Verdict(why=Why.LACKS, line=3, quantity=Decimal(1)),
    }


def test_4_by_priority_three_parcels() -> None:
    answer = allocate(four(Policy.PRIORITY))
    assert served(answer) == {(CASA, 1): "1", (SUDESTE, 2): "1", (NORDESTE, 3): "1"}
    assert set(whys(answer).values()) == {Why.CHOSEN}
    assert options(answer)[SUDESTE, NORDESTE] is Why.OTHER_POLICY


def test_4_by_fewest_parcels_two() -> None:
    answer = allocate(four(FEWEST))
    assert served(answer) == {(SUDESTE, 1): "1", (SUDESTE, 2): "1", (NORDESTE, 3): "1"}
    assert verdicts(answer)[CASA] == Verdict(why=Why.NO_FEWER, parcels=2)
    by_priority = next(option for option in answer.options if option.companies == (CASA, SUDESTE, NORDESTE))
    assert by_priority.verdict == Verdict(why=Why.MORE_PARCELS, parcels=3)


@BOTH
def test_5_the_components_of_a_kit_come_from_two_warehouses_of_one_company(policy: Policy) -> None:
    depots = {GARRAFA: "2", XICARA: "5", BANDEJA: "4"}, {GARRAFA: "0", XICARA: "6", BANDEJA: "0"}
    answer = allocate(request([kit(1, "2")], company(CASA, *depots), policy=policy))
    assert answer.outcome is Outcome.WHOLE
    assert served(answer) == {(CASA, 1): "2"}
    assert parts(answer) == {
        (10, 1, GARRAFA): "2",
        (10, 1, XICARA): "5",
        (11, 1, XICARA): "3",
        (10, 1, BANDEJA): "4",
    }


@BOTH
def test_6_a_kit_short_of_one_component_says_of_which_and_where(policy: Policy) -> None:
    answer = allocate(under(six(), policy))
    assert answer.outcome is Outcome.LACKING
    assert served(answer) == {(CASA, 1): "1"}
    assert answer.missing == ((1, Decimal(1)),)
    assert answer.lacking == (Lack(line=1, product=GARRAFA, quantity=Decimal(1), at=CASA),)
    assert [view.could[0].quantity for view in answer.candidates] == [1, 0]
    assert whys(answer)[SUDESTE] is Why.NOTHING


def test_6_without_the_second_kit_the_order_is_whole() -> None:
    answer = allocate(accepting_what_is_missing(six(), allocate(six())))
    assert answer.outcome is Outcome.WHOLE
    assert served(answer) == {(CASA, 1): "1"}


@BOTH
def test_7_decimal_quantities_are_split_to_the_last_place(policy: Policy) -> None:
    rope = company(CASA, {CORDA: "7.25"}), company(SUDESTE, {CORDA: "8.0001"})
    answer = allocate(request([line(1, "12.5", CORDA)], *rope, policy=policy))
    assert answer.outcome is Outcome.SPLIT
    assert served(answer) == {(CASA, 1): "7.25", (SUDESTE, 1): "5.25"}


@BOTH
def test_8_only_who_the_channel_lets_invoice_serves(policy: Policy) -> None:
    rule = ChannelRule(companies=frozenset({SUDESTE}))
    both = company(CASA, {PANELA: "5"}), company(SUDESTE, {PANELA: "3"})
    answer = allocate(request([line(1, "2", PANELA)], *both, policy=policy, rule=rule))
    assert served(answer) == {(SUDESTE, 1): "2"}
    assert whys(answer) == {CASA: Why.CHANNEL, SUDESTE: Why.CHOSEN}


@BOTH
def test_9_undivided_and_nobody_has_everything_so_it_waits_where_least_is_missing(policy: Policy) -> None:
    answer = allocate(under(nine(), policy))
    assert answer.outcome is Outcome.LACKING
    assert served(answer) == {(CASA, 1): "2"}
    assert answer.lacking == (Lack(line=2, product=TOALHA, quantity=Decimal(1), at=CASA),)
    assert verdicts(answer)[SUDESTE] == Verdict(why=Why.LACKS_MORE, company=CASA, line=1, quantity=Decimal(1))
    divided = next(option for option in answer.options if option.companies == (CASA, SUDESTE))
    assert divided.verdict == Verdict(why=Why.NO_SPLIT, parcels=2)


def test_9_without_the_towel_one_company_serves() -> None:
    answer = allocate(accepting_what_is_missing(nine(), allocate(nine())))
    assert answer.outcome is Outcome.WHOLE
    assert served(answer) == {(CASA, 1): "2"}


@BOTH
def test_10_when_the_marketplace_ships_our_shelves_are_not_touched(policy: Policy) -> None:
    rule = ChannelRule(marketplace_ships=True)
    answer = allocate(request([line(1, "2", PANELA)], company(CASA, {PANELA: "5"}), policy=policy, rule=rule))
    assert answer.outcome is Outcome.MARKETPLACE
    assert (answer.served, answer.parts, answer.lacking) == ((), (), ())
    assert whys(answer) == {CASA: Why.MARKETPLACE}


@BOTH
def test_11_what_is_unknown_is_not_promised(policy: Policy) -> None:
    both = company(CASA, {PANELA: None}), company(SUDESTE, {PANELA: "2"})
    answer = allocate(request([line(1, "1", PANELA)], *both, policy=policy))
    assert served(answer) == {(SUDESTE, 1): "1"}
    assert whys(answer) == {CASA: Why.UNKNOWN, SUDESTE: Why.CHOSEN}
    assert answer.candidates[0].could[0].free == ((PANELA, None),)


@BOTH
def test_12_a_tie_goes_to_the_older_company(policy: Policy) -> None:
    answer = allocate(
        request(
            [line(1, "1", PANELA), line(2, "1", TOALHA)],
            company(NORDESTE, {PANELA: "0", TOALHA: "4"}, priority=2),
            company(SUDESTE, {PANELA: "0", TOALHA: "4"}, priority=2),
            company(CASA, {PANELA: "1", TOALHA: "0"}),
            policy=policy,
        )
    )
    assert served(answer) == {(CASA, 1): "1", (SUDESTE, 2): "1"}
    other = next(option for option in answer.options if option.companies == (CASA, NORDESTE))
    assert other.verdict == Verdict(why=Why.LOWER_PRIORITY, company=SUDESTE, parcels=2)


@pytest.mark.parametrize(("policy", "why"), [(Policy.PRIORITY, Why.TAKEN_BEFORE), (FEWEST, Why.NO_FEWER)])
def test_13_no_cup_is_wasted_when_three_compete(policy: Policy, why: Why) -> None:
    answer = allocate(
        request(
            [line(1, "4", XICARA), kit(2, "1"), line(3, "2", PANELA)],
            company(CASA, {GARRAFA: "1", XICARA: "4", BANDEJA: "2", PANELA: "0"}),
            company(SUDESTE, {GARRAFA: "0", XICARA: "4", BANDEJA: "0", PANELA: "2"}),
            company(NORDESTE, {GARRAFA: "3", XICARA: "3", BANDEJA: "9", PANELA: "1"}),
            policy=policy,
        )
    )
    assert answer.outcome is Outcome.SPLIT
    assert served(answer) == {(CASA, 2): "1", (SUDESTE, 1): "4", (SUDESTE, 3): "2"}
    assert verdicts(answer)[NORDESTE] == Verdict(why=why, parcels=2)


@pytest.mark.parametrize(
    ("policy", "towels"),
    [(Policy.PRIORITY, {(CASA, 2): "1", (SUDESTE, 2): "1"}), (FEWEST, {(SUDESTE, 2): "2"})],
)
def test_14_the_quantity_of_an_item_is_split_in_whole_kits(policy: Policy, towels: dict[tuple[int, int], str]) -> None:
    answer = allocate(
        request(
            [kit(1, "3"), line(2, "2", TOALHA)],
            company(CASA, {GARRAFA: "2", XICARA: "11", BANDEJA: "9", TOALHA: "1"}),
            company(SUDESTE, {GARRAFA: "1", XICARA: "4", BANDEJA: "2", TOALHA: "2"}),
            policy=policy,
        )
    )
    assert answer.outcome is Outcome.SPLIT
    assert served(answer) == {(CASA, 1): "2", (SUDESTE, 1): "1"} | towels
    if policy is FEWEST:
        assert Verdict(why=Why.SPLITS_ITEM, parcels=2) in [option.verdict for option in answer.options]


@BOTH
def test_15_nothing_anywhere(policy: Policy) -> None:
    answer = allocate(
        request(
            [line(1, "1", PANELA), line(2, "2", REDE)],
            company(CASA, {PANELA: "0", REDE: "0"}),
            company(SUDESTE, {PANELA: "0", REDE: "0"}),
            company(NORDESTE, {PANELA: "0", REDE: None}),
            policy=policy,
        )
    )
    assert answer.outcome is Outcome.LACKING
    assert (answer.served, answer.parts, answer.options) == ((), (), ())
    assert answer.lacking == (
        Lack(line=1, product=PANELA, quantity=Decimal(1)),
        Lack(line=2, product=REDE, quantity=Decimal(2), unknown_at=(NORDESTE,)),
    )
    assert whys(answer) == {CASA: Why.NOTHING, SUDESTE: Why.NOTHING, NORDESTE: Why.UNKNOWN}


def test_what_if_sudeste_stayed_out_of_order_4() -> None:
    answer = allocate(leaving_out(four(FEWEST), SUDESTE))
    assert answer.outcome is Outcome.LACKING
    assert served(answer) == {(CASA, 1): "1", (NORDESTE, 3): "1"}
    assert answer.missing == ((2, Decimal(1)),)
    assert whys(answer)[SUDESTE] is Why.LEFT_OUT


def test_what_if_order_4_went_by_priority() -> None:
    asked = four(FEWEST)
    assert allocate(under(asked, Policy.PRIORITY)) == allocate(four(Policy.PRIORITY))
    assert asked == four(FEWEST)
