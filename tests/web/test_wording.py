"""Money, quantities, moments and documents are written as people write them in Brazil."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cais.web import wording

NOW = datetime(2026, 11, 17, 14, 4, tzinfo=UTC)  # 11:04 in São Paulo


@pytest.fixture(autouse=True)
def _sao_paulo():
    with timezone.override("America/Sao_Paulo"):
        yield


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1247.6"), "R$\u00a01.247,60"),
        (Decimal("-58"), "−R$\u00a058,00"),
        (Decimal("-0.001"), "R$\u00a00,00"),
        (Decimal("1234567.89"), "R$\u00a01.234.567,89"),
        (Decimal(0), "R$\u00a00,00"),
        (None, "–"),
    ],
)
def test_money_is_written_as_in_brazil(value, text):
    assert wording.money_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("2.000"), "2"),
        (Decimal("1.50"), "1,5"),
        (1284, "1.284"),
        (0, "0"),
        (None, "–"),
        (Decimal("1E+3"), "1.000"),
    ],
)
def test_quantities_lose_idle_zeros_and_unknown_is_not_zero(value, text):
    assert wording.quantity_text(value) == text


@pytest.mark.parametrize(
    ("ago", "style", "text"),
    [
        (timedelta(seconds=40), "auto", "há 40\u00a0s"),
        (timedelta(minutes=14), "auto", "há 14\u00a0min"),
        (timedelta(minutes=22), "clock", "hoje 10:42"),
        (timedelta(hours=2), "auto", "hoje 09:04"),
        (timedelta(hours=11, minutes=5), "auto", "ontem 23:59"),
        (timedelta(days=3), "auto", "14/11/2026"),
        (timedelta(days=3), "age", "há 3\u00a0dias"),
        (timedelta(days=1), "age", "há 1\u00a0dia"),
        (timedelta(minutes=-16), "auto", "em 16\u00a0min"),
        (timedelta(minutes=-16), "clock", "hoje 11:20"),
        (timedelta(days=-1), "auto", "amanhã 11:04"),
        (timedelta(0), "full", "17/11/2026 11:04"),
    ],
)
def test_moments_are_said_as_people_say_them(ago, style, text):
    assert wording.moment_text(NOW - ago, now=NOW, style=style) == text


@pytest.mark.parametrize(
    ("value", "masked", "text"),
    [
        ("52998224725", False, "529.982.247-25"),
        ("529.982.247-25", True, "***.982.247-**"),
        ("12abc34501de35", False, "12.ABC.345/01DE-35"),
        ("12ABC34501DE35", True, "12.ABC.345/01DE-35"),
        ("EX-991", False, "EX-991"),
        ("", True, "–"),
    ],
)
def test_documents_take_their_punctuation_and_only_the_cpf_hides(value, masked, text):
    assert wording.document_text(value, masked=masked) == text
