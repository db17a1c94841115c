"""An order's money among companies: examples worked by hand, and sums that hold for all orders."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cais.core.allocation import Served
from cais.core.sharing import MoneyShare, Sold, SoldLine, share_money
from cais.core.values import money

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
D = Decimal
CENTS = st.integers(0, 500_000).map(lambda cents: D(cents) / 100)


def sold_line(key: int, quantity: str, total: str) -> SoldLine:
    return SoldLine(key=key, quantity=D(quantity), total=D(total))


def by(company: int, line: int, quantity: str) -> Served:
    return Served(company=company, line=line, quantity=D(quantity))


@st.composite
def orders(draw: st.DrawFn) -> tuple[Sold, list[Served]]:
    """Orders of some lines, each cut among some of four companies; payments that are the total, in pieces."""
    lines, served = [], []
    for key in range(draw(st.integers(1, 4))):
        cuts = draw(st.dictionaries(st.integers(1, 4), st.integers(1, 90_000), min_size=1, max_size=4))
        served += [Served(company=who, line=key, quantity=D(n) / 10_000) for who, n in sorted(cuts.items())]
        lines.append(SoldLine(key=key, quantity=D(sum(cuts.values())) / 10_000, total=draw(CENTS)))
    freight, surcharge, discount = draw(CENTS), draw(CENTS), draw(CENTS)
    charged = sum((line.total for line in lines), D(0)) + freight + surcharge
    assume(discount <= charged)
    first = money((charged - discount) * draw(st.integers(0, 100)) / 100)
    return (
        Sold(
            lines=tuple(lines),
            freight=freight,
            discount=discount,
            surcharge=surcharge,
            payments=(first, charged - discount - first),
        ),
        served,
    )


def total_of(shares: tuple[MoneyShare, ...], name: str) -> Decimal:
    return sum((getattr(one, name) for one in shares), D(0))


def test_two_companies_share_freight_and_coupon_by_their_goods() -> None:
    """Goods 787.80 and 479.80 of 1267.60. Freight 3800 × 78780 ÷ 126760 = 2361.66, 1438.34: 23.62 and 14.38.
    Discount 5800 × 78780 ÷ 126760 = 3604.65, 2195.35: 36.05 and 21.95. So 775.37 and 472.23, together 1247.60."""
    sold = Sold(
        lines=(sold_line(1, "2", "787.80"), sold_line(2, "2", "479.80")),
        freight=D("38.00"),
        discount=D("58.00"),
        payments=(D("1247.60"),),
    )
    casa, sudeste = share_money(sold, [by(1, 1, "2"), by(2, 2, "2")])
    assert (casa.goods, casa.freight, casa.discount, casa.total) == (D("787.80"), D("23.62"), D("36.05"), D("775.37"))
    assert (sudeste.freight, sudeste.discount, sudeste.total) == (D("14.38"), D("21.95"), D("472.23"))
    assert (casa.payments, sudeste.payments) == ((D("775.37"),), (D("472.23"),))


def test_a_line_that_is_cut_shares_its_total_by_quantity() -> None:
    """10.00 for 3: two are 6.67 (6.666…), one is 3.33."""
    casa, sudeste = share_money(Sold(lines=(sold_line(1, "3", "10.00"),)), [by(1, 1, "2"), by(2, 1, "1")])
    assert [(line.quantity, line.total) for line in (*casa.lines, *sudeste.lines)] == [(2, D("6.67")), (1, D("3.33"))]


def test_payments_come_out_even_both_ways() -> None:
    """Three of 33.33, 33.33, 33.34. Pix 5000 cents: 1666.5, 1666.5, 1667; the cent left goes to the first of the tie.
    The card takes what each is still to be paid: 16.66, 16.67, 16.67."""
    sold = Sold(
        lines=(sold_line(1, "1", "33.33"), sold_line(2, "1", "33.33"), sold_line(3, "1", "33.34")),
        payments=(D("50.00"), D("50.00")),
    )
    shares = share_money(sold, [by(1, 1, "1"), by(2, 2, "1"), by(3, 3, "1")])
    assert [one.payments for one in shares] == [
        (D("16.67"), D("16.66")),
        (D("16.66"), D("16.67")),
        (D("16.67"), D("16.67")),
    ]


def test_a_discount_above_the_goods_takes_all_goods_and_then_of_the_freight() -> None:
    """Goods 10.00 and 20.00, freight 3.00 (1.00, 2.00), coupon 31.50: 10.00 + 0.50 and 20.00 + 1.00."""
    sold = Sold(lines=(sold_line(1, "1", "10.00"), sold_line(2, "1", "20.00")), freight=D("3.00"), discount=D("31.50"))
    casa, sudeste = share_money(sold, [by(1, 1, "1"), by(2, 2, "1")])
    assert (casa.discount, casa.total) == (D("10.50"), D("0.50"))
    assert (sudeste.discount, sudeste.total) == (D("21.00"), D("1.00"))


def test_a_gift_of_the_last_cents_leaves_nobody_below_zero() -> None:
    """Three of 0.01, freight 0.01 and surcharge 0.01, which both fall to the first; 0.05 off. The goods go first, one
    cent each, and the two cents beside are the first one's: 3, 1, 1, and nobody pays anything."""
    lines = tuple(sold_line(key, "1", "0.01") for key in (1, 2, 3))
    sold = Sold(lines=lines, freight=D("0.01"), surcharge=D("0.01"), discount=D("0.05"))
    shares = share_money(sold, [by(key, key, "1") for key in (1, 2, 3)])
    assert [one.discount for one in shares] == [D("0.03"), D("0.01"), D("0.01")]
    assert [one.total for one in shares] == [0, 0, 0]


def test_one_company_has_the_whole_order() -> None:
    sold = Sold(lines=(sold_line(1, "2", "20.00"),), freight=D(5), discount=D(1), surcharge=D(2), payments=(D(30),))
    (casa,) = share_money(sold, [by(1, 1, "2")])
    assert (casa.goods, casa.freight, casa.discount, casa.surcharge, casa.total) == (20, 5, 1, 2, 26)
    assert casa.payments == (30,)


def test_paid_beyond_the_total_is_shared_by_the_totals() -> None:
    sold = Sold(lines=(sold_line(1, "1", "10.00"), sold_line(2, "1", "30.00")), payments=(D("40.00"), D("4.00")))
    shares = share_money(sold, [by(1, 1, "1"), by(2, 2, "1")])
    assert [one.payments for one in shares] == [(10, 1), (30, 3)]


@patiently
@given(orders())
def test_the_parts_are_the_order(order: tuple[Sold, list[Served]]) -> None:
    sold, served = order
    shares = share_money(sold, served)
    for name in ("freight", "discount", "surcharge"):
        assert total_of(shares, name) == getattr(sold, name)
    for line in sold.lines:
        own = [part for one in shares for part in one.lines if part.line == line.key]
        assert sum((part.total for part in own), D(0)) == line.total
        assert sum((part.quantity for part in own), D(0)) == line.quantity
    assert total_of(shares, "total") == sum(sold.payments)


@patiently
@given(orders())
def test_no_part_is_negative_and_none_has_more_discount_than_goods_while_the_goods_bear_it(
    order: tuple[Sold, list[Served]],
) -> None:
    sold, served = order
    goods = sum((line.total for line in sold.lines), D(0))
    for one in share_money(sold, served):
        amounts = (one.freight, one.discount, one.surcharge, one.total, *one.payments, *(p.total for p in one.lines))
        assert min(amounts) >= 0
        assert one.discount <= one.goods or sold.discount > goods


@patiently
@given(orders())
def test_each_company_is_paid_what_its_part_is_worth(order: tuple[Sold, list[Served]]) -> None:
    sold, served = order
    for one in share_money(sold, served):
        assert sum(one.payments) == one.total


@patiently
@given(orders())
def test_every_amount_is_in_cents(order: tuple[Sold, list[Served]]) -> None:
    sold, served = order
    for one in share_money(sold, served):
        for amount in (one.goods, one.freight, one.discount, one.surcharge, one.total, *one.payments):
            assert amount == money(amount)


@pytest.mark.parametrize("served", [[], [by(1, 1, "1")], [by(1, 1, "3")], [by(1, 1, "2"), by(1, 9, "1")]])
def test_money_is_not_shared_before_the_goods_are(served: list[Served]) -> None:
    with pytest.raises(ValueError, match="served"):
        share_money(Sold(lines=(sold_line(1, "2", "20.00"),)), served)
