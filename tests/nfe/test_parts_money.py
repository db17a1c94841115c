"""What two companies' notes say of one order, worked out by hand: each sum to the cent, and the notes are the order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cais.mappings.models import BearerRule, SalesChannel
from cais.nfe.models import Nfe
from cais.ops.stages import STAGES, run_stage
from cais.settling.decisions import accept_difference
from cais.settling.values import fill
from tests.engine.several import moved, parts, stock_at
from tests.nfe.house import BUYERS_PLACE, texts
from tests.nfe.test_parts import Two, two

__all__ = ["two"]

TOTALS = ("vProd", "vFrete", "vDesc", "vOutro", "vNF")
ONE_AND_TWO = {"IMG-001": ("1", "2")}
ONE_EACH = {"IMG-001": ("1", ""), "IMG-002": ("", "1")}
Amounts = tuple[tuple[str, str], ...]


def sell(two: Two, lines: list[tuple[str, str, str]], amounts: Amounts, **changes: object) -> str:
    two.home.product("IMG-002", units="10", price="10.00")
    stock_at(two.norte, "IMG-002", "10")
    return two.home.vendor.store.sell(lines=lines, amounts=amounts, changes={"delivery": BUYERS_PLACE, **changes})


def invoice(two: Two, sold: str, places: dict[str, tuple[str, str]]) -> list[bytes]:
    """The notes of Casa and of Norte, which serve these units of each product."""
    companies = (two.home.company, two.norte)
    served = {
        sku: {company: units for company, units in zip(companies, each, strict=True) if units}
        for sku, each in places.items()
    }
    moved(two.home, sold, served)
    two.home.work()
    two.home.invoice(sold)
    assert set(Nfe.objects.values_list("state", flat=True)) == {"authorised"}
    return [bytes(two.note(sold, company).proc) for company in companies]


def says(note: bytes) -> list[str]:
    return [text for tag in TOTALS for text in texts(note, f"ICMSTot/{tag}")]


def borne(two: Two, kind: str, bearer: str, sign: str) -> None:
    """Somebody else's in the channel: it does not enter the invoice."""
    channel = SalesChannel.objects.get(label="Loja Imaginária")
    own = {"group": two.home.group, "connection": two.home.store, "channel": channel}
    key = f"{channel.pk}:{kind}:{sign}"
    rule = BearerRule.objects.create(key=key, kind=kind, is_discount=sign == "-", **own)
    fill([rule], {"borne_by": bearer, "enters_invoice": False}, actor_name="Rosana")


@pytest.mark.parametrize(
    ("lines", "amounts", "places", "casa", "norte"),
    [
        pytest.param(
            # 99.99 of goods, 1 : 2. 10.00 → 3.33 and 6.67; 7.77 → 2.59 and 5.18; 5.55 → 1.85 and 3.70.
            [("IMG-001", "3", "33.33")],
            (("freight", "10.00"), ("interest", "7.77"), ("discount", "-5.55")),
            ONE_AND_TWO,
            ["33.33", "3.33", "1.85", "2.59", "37.40"],
            ["66.66", "6.67", "3.70", "5.18", "74.81"],
            id="freight, interest and discount",
        ),
        pytest.param(
            # Of 99.99 a tenth is 9.999: the cent left over goes there. Of 0.05 both are owed half a cent: the first
            # has it.
            [("IMG-001", "1", "10.00"), ("IMG-002", "1", "90.00")],
            (("freight", "0.05"), ("coupon", "-99.99")),
            ONE_EACH,
            ["10.00", "0.01", "10.00", "0.00", "0.01"],
            ["90.00", "0.04", "89.99", "0.00", "0.05"],
            id="a coupon that leaves six cents",
        ),
        pytest.param(
            # One cent of freight, 1 : 2: it goes to the larger.
            [("IMG-001", "3", "0.01")],
            (("freight", "0.01"),),
            ONE_AND_TWO,
            ["0.01", "0.00", "0.00", "0.00", "0.01"],
            ["0.02", "0.01", "0.00", "0.00", "0.03"],
            id="one cent",
        ),
    ],
)
def test_the_notes_together_are_the_order(
    two: Two,
    lines: list[tuple[str, str, str]],
    amounts: Amounts,
    places: dict[str, tuple[str, str]],
    casa: list[str],
    norte: list[str],
) -> None:
    sold = sell(two, lines, amounts)
    assert [says(note) for note in invoice(two, sold, places)] == [casa, norte]
    assert Decimal(casa[-1]) + Decimal(norte[-1]) == two.order(sold).total


@pytest.mark.parametrize(
    ("total", "casa", "norte"),
    [
        # 7 cents less or more than the parts of 45.90, 1 : 2: 2 and 5.
        ("45.83", ["10.00", "5.30", "0.02", "0.00", "15.28"], ["20.00", "10.60", "0.05", "0.00", "30.55"]),
        ("45.97", ["10.00", "5.30", "0.00", "0.02", "15.32"], ["20.00", "10.60", "0.00", "0.05", "30.65"]),
    ],
)
def test_a_difference_that_a_person_accepted_is_in_the_notes(
    two: Two, total: str, casa: list[str], norte: list[str]
) -> None:
    sold = sell(two, [("IMG-001", "3", "10.00")], (("freight", "15.90"),), total=total)
    two.home.read()
    order = two.order(sold)
    accept_difference(order, order.difference, actor_name="Rosana")
    run_stage(STAGES["advance"], two.home.store)
    assert [says(note) for note in invoice(two, sold, ONE_AND_TWO)] == [casa, norte]
    assert Decimal(casa[-1]) + Decimal(norte[-1]) == Decimal(total)


def test_what_others_bear_is_in_the_payments_of_both_notes_and_in_no_price(two: Two) -> None:
    """45.90, of which the marketplace pays 10.01: by 15.30 : 30.60 that is 3.34 and 6.67. The buyer pays 35.89, and
    3.33 of interest that the gateway keeps, which comes off the card: pix 20.00 and card 15.89. Of that Casa is owed
    11.96 and Norte 23.93: of the pix 6.66 (6.665) and 13.34, and of the card what is left, 5.30 and 10.59."""
    borne(two, "coupon", "marketplace", "-")
    borne(two, "interest", "gateway", "+")
    paid = {"method_id": "", "paid_at": None}
    pix = {**paid, "method": "Pix", "value": "20.00", "instalments": 1}
    card = {**paid, "method": "Cartão de crédito", "value": "19.22", "instalments": 3}
    amounts = (("freight", "15.90"), ("coupon", "-10.01"), ("interest", "3.33"))
    sold = sell(two, [("IMG-001", "3", "10.00")], amounts, payments=[pix, card])
    casa, norte = invoice(two, sold, ONE_AND_TWO)
    assert [says(casa)[-1], says(norte)[-1]] == ["15.30", "30.60"]
    assert texts(casa, "detPag/tPag") == texts(norte, "detPag/tPag") == ["17", "03", "99"]
    assert texts(casa, "detPag/vPag") == ["6.66", "5.30", "3.34"]
    assert texts(norte, "detPag/vPag") == ["13.34", "10.59", "6.67"]
    assert sum(part.withheld for part in parts(two.order(sold))) == Decimal("3.33")
