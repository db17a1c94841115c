"""Advice on what SEFAZ refuses."""

from __future__ import annotations

import pytest

from cais.fiscal.rejections import GENERAL, Family, _listed, advice_on
from tests.fiscal.test_preflight import CASES


@pytest.mark.parametrize(
    ("status", "family"),
    [
        ("703", Family.CLOCK),
        ("281", Family.CERTIFICATE),
        ("225", Family.PROGRAM),
        ("778", Family.DATA),
        ("590", Family.TAX),
        ("203", Family.COMPANY),
    ],
)
def test_a_rejection_says_what_must_change(status: str, family: Family) -> None:
    assert advice_on(status).family is family


def test_a_code_nobody_listed_leaves_the_words_to_sefaz() -> None:
    assert advice_on("1115").sentence == GENERAL


def test_every_advice_is_a_whole_sentence() -> None:
    assert all(advice.sentence.endswith(".") for advice in _listed().values())


def test_nearly_all_that_the_preflight_prevents_has_its_advice_too() -> None:
    prevented = {case[3] for case in CASES} - {""}
    assert prevented - set(_listed()) <= {"272", "273", "323", "325", "720", "732", "733", "904"}
