"""Every reason of a division has its sentence, with names and numbers in it and no gap."""

import re
from decimal import Decimal

import pytest

from cais.core.allocate import allocate
from cais.core.allocation import Lack, Outcome, Policy, Verdict, Why
from cais.web.orders import division_words as words
from tests.core.allocations import Company, Product, company, line, request

CASA, SUDESTE, NORDESTE = Company
NAMES = words.Names(
    companies={CASA: "Casa", SUDESTE: "Sudeste", NORDESTE: "Nordeste"},
    lines={1: "Panela", 2: "Toalha"},
    products={Product.PANELA: "Panela", Product.TOALHA: "Toalha"},
)


def split():
    return request(
        [line(1, "1", Product.PANELA), line(2, "1.5", Product.TOALHA)],
        company(CASA, {Product.PANELA: "1"}),
        company(SUDESTE, {Product.TOALHA: "2"}),
        policy=Policy.FEWEST_PARCELS,
    )


def test_every_reason_every_outcome_and_every_policy_has_words():
    assert set(words.VERDICTS) == set(Why)
    assert set(words.OUTCOMES) == set(Outcome)
    assert set(words.POLICIES) == set(Policy)


@pytest.mark.parametrize("why", Why)
def test_no_sentence_has_a_gap_once_its_reason_is_whole(why):
    verdict = Verdict(why=why, company=CASA, line=1, quantity=Decimal("1.5"), parcels=2)
    text = words.verdict_text(verdict, NAMES)
    assert re.fullmatch(r"[A-ZO][^{}–]+\.", text)


def test_a_division_in_two_says_who_how_many_and_by_which_rule():
    assert words.outcome_text(allocate(split()), NAMES) == (
        "Nenhuma empresa tem tudo. Com Casa e Sudeste o pedido vai em 2 volumes, pela regra menos volumes."
    )


def test_one_company_says_that_it_has_everything():
    alone = request([line(1, "1", Product.PANELA)], company(CASA, {Product.PANELA: "1"}))
    assert words.outcome_text(allocate(alone), NAMES) == "Casa tem tudo. O pedido vai em 1 volume."


def test_options_say_what_is_missing():
    texts = {option.companies: words.verdict_text(option.verdict, NAMES) for option in allocate(split()).options}
    assert texts == {
        (CASA, SUDESTE): "Escolhida.",
        (CASA,): "Não se sabe quanto há de Toalha.",
        (SUDESTE,): "Não se sabe quanto há de Panela.",
    }
    assert words.missing_text([(1, Decimal(1)), (2, Decimal("1.5"))], NAMES) == "Falta: 1 Panela e 1,5 Toalha."
    assert words.missing_text([], NAMES) == ""


def test_what_lacks_says_where_and_whose_count_is_unknown():
    lack = Lack(line=1, product=Product.PANELA, quantity=Decimal("1.5"), at=CASA, unknown_at=(SUDESTE, NORDESTE))
    assert words.lack_text(lack, NAMES) == "Falta: 1,5 Panela em Casa. O saldo em Sudeste e Nordeste não é conhecido."
    assert words.lack_text(Lack(line=1, product=Product.PANELA, quantity=Decimal(2)), NAMES) == "Falta: 2 Panela."
