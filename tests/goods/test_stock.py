"""Stock by hand and by spreadsheet: nothing below zero, nothing hidden, all in the ledger."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cais.catalog.drafts import Invalid
from cais.catalog.models import Product
from cais.companies.models import Warehouse
from cais.stock import entry_import, hints, ledger, services
from cais.stock.models import Balance, LedgerEntry
from cais.stock.selectors import figures, kits_from, lacking, lacks, out_of_stock
from tests.goods.conftest import Shop, at_once, make_order, pool_of

Kind = LedgerEntry.Kind
WHO = "Rosana Feitosa"


def _there(shop: Shop, product: Product) -> Decimal:
    return figures(shop.group, [product.pk])[product.pk].on_hand or Decimal(0)


def _promise(shop: Shop, product: Product, units: str, *, pool: bool = False) -> None:
    place = {"pool_id": pool_of(shop.company)} if pool else {"warehouse_id": shop.front.pk}
    ledger.post(
        [
            ledger.Change(
                group_id=shop.group.pk, product_id=product.pk, kind=Kind.RESERVE, reserved=Decimal(units), **place
            )
        ]
    )


def test_what_was_received_adjusted_and_counted_is_there(shop: Shop) -> None:
    services.receive(shop.cup, shop.front, Decimal(10), actor_name=WHO)
    services.adjust(shop.cup, shop.front, Decimal("-2.5"), reason="quebra", actor_name=WHO)
    assert _there(shop, shop.cup) == Decimal("7.5")
    services.count(shop.cup, shop.front, Decimal(6), actor_name=WHO)
    assert _there(shop, shop.cup) == Decimal(6)
    rows = LedgerEntry.objects.order_by("id").values_list("kind", "on_hand", "reason", "actor_name")
    assert list(rows) == [
        ("receive", Decimal(10), "", WHO),
        ("adjust", Decimal("-2.5"), "quebra", WHO),
        ("count", Decimal("-1.5"), "", WHO),
    ]


def test_a_count_that_agrees_is_written_down_too(shop: Shop) -> None:
    services.count(shop.cup, shop.front, Decimal(0), actor_name=WHO)
    assert LedgerEntry.objects.get().on_hand == 0


@pytest.mark.parametrize(
    ("kind", "quantity", "reason", "field"),
    [
        (Kind.RECEIVE, "0", "", "quantity"),
        (Kind.RECEIVE, "-1", "", "quantity"),
        (Kind.RECEIVE, "0.00001", "", "quantity"),
        (Kind.RECEIVE, "1000000001", "", "quantity"),
        (Kind.ADJUST, "0", "quebra", "quantity"),
        (Kind.ADJUST, "-6", "quebra", "quantity"),
        (Kind.ADJUST, "1", " ", "reason"),
        (Kind.COUNT, "-1", "", "quantity"),
    ],
)
def test_what_cannot_be_posted_is_refused_at_its_field(
    shop: Shop, kind: LedgerEntry.Kind, quantity: str, reason: str, field: str
) -> None:
    services.receive(shop.cup, shop.front, Decimal(5), actor_name=WHO)
    entry = services.Entry(kind=kind, product=shop.cup, warehouse=shop.front, quantity=Decimal(quantity), reason=reason)
    with pytest.raises(Invalid) as caught:
        services.record(shop.group, [entry], actor_name=WHO)
    assert list(caught.value.problems) == [field]
    assert _there(shop, shop.cup) == 5


def test_taking_more_than_there_is_says_how_much_there_is(shop: Shop) -> None:
    services.receive(shop.cup, shop.front, Decimal("1.5"), actor_name=WHO)
    with pytest.raises(Invalid, match="Não há tanto em Loja: há 1,5"):
        services.adjust(shop.cup, shop.front, Decimal(-2), reason="quebra", actor_name=WHO)


def test_a_kit_and_a_closed_warehouse_take_no_stock(shop: Shop) -> None:
    with pytest.raises(Invalid, match="kit"):
        services.receive(shop.tea_set, shop.front, Decimal(1), actor_name=WHO)
    Warehouse.objects.filter(pk=shop.front.pk).update(active=False)
    shop.front.refresh_from_db()
    with pytest.raises(Invalid, match="ativo"):
        services.receive(shop.cup, shop.front, Decimal(1), actor_name=WHO)


def test_one_wrong_entry_posts_none(shop: Shop) -> None:
    good = services.Entry(kind=Kind.RECEIVE, product=shop.cup, warehouse=shop.front, quantity=Decimal(1))
    bad = services.Entry(kind=Kind.RECEIVE, product=shop.tray, warehouse=shop.front, quantity=Decimal(-1))
    with pytest.raises(Invalid):
        services.record(shop.group, [good, bad], actor_name=WHO)
    assert not LedgerEntry.objects.exists()


def test_waiting_orders_hear_of_new_units_once_they_are_committed(committed_shop: Shop) -> None:
    heard: list[int] = []

    def hear(group_id: int, **_: object) -> None:
        heard.append(group_id)

    hints.balance_raised.connect(hear)
    try:
        services.receive(committed_shop.cup, committed_shop.front, Decimal(2), actor_name=WHO)
        assert heard == [committed_shop.group.pk]
        services.adjust(committed_shop.cup, committed_shop.front, Decimal(-1), reason="quebra", actor_name=WHO)
        assert len(heard) == 1
    finally:
        hints.balance_raised.disconnect(hear)


def test_counts_at_once_of_a_product_never_counted_do_not_add_up(committed_shop: Shop) -> None:
    work = partial(services.count, committed_shop.cup, committed_shop.front, Decimal(10), actor_name=WHO)
    at_once(committed_shop, *[work] * 6)
    assert _there(committed_shop, committed_shop.cup) == 10


def test_adjustments_at_once_never_take_the_same_unit_twice(committed_shop: Shop) -> None:
    services.receive(committed_shop.cup, committed_shop.front, Decimal(3), actor_name=WHO)

    def take() -> bool:
        try:
            services.adjust(committed_shop.cup, committed_shop.front, Decimal(-1), reason="quebra", actor_name=WHO)
        except Invalid:
            return False
        return True

    assert sum(at_once(committed_shop, *[take] * 6)) == 3
    assert _there(committed_shop, committed_shop.cup) == 0


def test_available_is_what_is_there_less_every_promise_and_may_be_negative(shop: Shop) -> None:
    services.receive(shop.cup, shop.front, Decimal(10), actor_name=WHO)
    services.receive(shop.cup, shop.back, Decimal(2), actor_name=WHO)
    _promise(shop, shop.cup, "3")
    _promise(shop, shop.cup, "5", pool=True)
    found = figures(shop.group, [shop.cup.pk])[shop.cup.pk]
    assert (found.on_hand, found.reserved, found.available) == (12, 8, 4)
    assert found.by_warehouse == {shop.front.pk: Decimal(7), shop.back.pk: Decimal(2)}
    services.count(shop.cup, shop.front, Decimal(0), actor_name=WHO)
    assert figures(shop.group, [shop.cup.pk])[shop.cup.pk].available == -6


def test_a_kit_shows_how_many_can_be_assembled(shop: Shop) -> None:
    services.receive(shop.cup, shop.front, Decimal(20), actor_name=WHO)
    services.receive(shop.tray, shop.back, Decimal(2), actor_name=WHO)
    found = figures(shop.group, [shop.tea_set.pk])[shop.tea_set.pk]
    assert (found.on_hand, found.reserved, found.available) == (None, None, 2)
    assert found.by_warehouse == {shop.front.pk: 0, shop.back.pk: 0}


def test_units_in_a_closed_warehouse_are_not_for_sale(shop: Shop) -> None:
    services.receive(shop.cup, shop.front, Decimal(4), actor_name=WHO)
    Warehouse.objects.filter(pk=shop.front.pk).update(active=False)
    assert figures(shop.group, [shop.cup.pk])[shop.cup.pk].available == 0


@given(
    st.dictionaries(st.integers(1, 5), st.decimals("0.0001", 1000, places=4), min_size=1),
    st.dictionaries(st.integers(1, 5), st.decimals(0, 10_000, places=4)),
)
def test_the_kits_that_are_promised_can_be_built_and_one_more_cannot(
    needs: dict[int, Decimal], units: dict[int, Decimal]
) -> None:
    kits = kits_from(needs, units)
    assert all(need * kits <= units.get(part, 0) for part, need in needs.items())
    assert any(need * (kits + 1) > units.get(part, 0) for part, need in needs.items())


def test_the_tabs_hold_what_the_figures_say(shop: Shop) -> None:
    services.receive(shop.cup, shop.front, Decimal(1), actor_name=WHO)
    products = Product.objects.of(shop.group)
    assert list(out_of_stock(products)) == [shop.tray]
    assert not lacking(products).exists()
    _promise(shop, shop.cup, "1", pool=True)
    assert list(out_of_stock(products)) == [shop.tray, shop.cup]
    assert not lacking(products).exists()
    _promise(shop, shop.cup, "1", pool=True)
    assert list(lacking(products)) == [shop.cup]
    assert list(out_of_stock(products)) == [shop.tray, shop.cup]


def test_units_in_a_warehouse_that_is_switched_off_are_in_no_tab(shop: Shop) -> None:
    services.receive(shop.cup, shop.front, Decimal(3), actor_name=WHO)
    services.receive(shop.tray, shop.back, Decimal(2), actor_name=WHO)
    _promise(shop, shop.tray, "2", pool=True)
    products = Product.objects.of(shop.group)
    assert list(out_of_stock(products)) == [shop.tray]
    assert not lacking(products).exists()
    Warehouse.objects.filter(pk__in=[shop.front.pk, shop.back.pk]).update(active=False)
    assert list(out_of_stock(products)) == [shop.tray, shop.cup]
    assert list(lacking(products)) == [shop.tray]


def test_a_product_that_an_order_waits_for_is_lacking_even_with_none_promised_too_much(shop: Shop) -> None:
    services.receive(shop.cup, shop.front, Decimal(1), actor_name=WHO)
    make_order(shop)
    assert list(lacking(Product.objects.filter(group=shop.group))) == [shop.cup]
    assert lacks([shop.cup.pk, shop.tray.pk]) == {shop.cup.pk: 1}


def test_a_spreadsheet_adds_up_and_names_its_wrong_rows(shop: Shop) -> None:
    text = (
        "sku;deposito;quantidade;motivo\n"
        "XIC-200;loja;1,5;\n"
        "XIC-200;Casa / Loja;2;\n"
        "NADA;Loja;1;\n"
        "XIC-200;Porão;1;\n"
        "XIC-200;;1;\n"
        "KIT-CHA;Loja;1;\n"
        "BAN-30;Fundos;0;\n"
        "BAN-30;Fundos;um;\n"
    )
    made = entry_import.plan(shop.group, text.encode(), kind=Kind.RECEIVE)
    assert [(problem.row, problem.column) for problem in made.problems] == [
        (4, "sku"),
        (5, "deposito"),
        (6, "deposito"),
        (7, "sku"),
        (8, "quantidade"),
        (9, "quantidade"),
    ]
    assert entry_import.apply(shop.group, made, actor_name=WHO) == 2
    assert _there(shop, shop.cup) == Decimal("3.5")


def test_a_spreadsheet_cannot_take_more_in_two_rows_than_there_is(shop: Shop) -> None:
    services.receive(shop.cup, shop.front, Decimal(3), actor_name=WHO)
    text = "sku;deposito;quantidade;motivo\nXIC-200;Loja;-2;quebra\nXIC-200;Loja;-2;quebra\n"
    made = entry_import.plan(shop.group, text.encode(), kind=Kind.ADJUST)
    assert [problem.row for problem in made.problems] == [3]


def test_a_product_counted_twice_in_one_file_is_asked_about(shop: Shop) -> None:
    text = "sku;deposito;quantidade\nXIC-200;Loja;2\nXIC-200;Loja;3\n"
    made = entry_import.plan(shop.group, text.encode(), kind=Kind.COUNT)
    assert [(problem.row, "linha 2" in problem.words) for problem in made.problems] == [(3, True)]


def test_stock_that_moved_after_the_preview_stops_the_whole_file(shop: Shop) -> None:
    services.receive(shop.cup, shop.front, Decimal(3), actor_name=WHO)
    text = "sku;deposito;quantidade;motivo\nBAN-30;Loja;1;achado\nXIC-200;Loja;-3;quebra\n"
    made = entry_import.plan(shop.group, text.encode(), kind=Kind.ADJUST)
    services.adjust(shop.cup, shop.front, Decimal(-1), reason="quebra", actor_name=WHO)
    with pytest.raises(Invalid, match="Não há tanto"):
        entry_import.apply(shop.group, made, actor_name=WHO)
    assert not Balance.objects.filter(product=shop.tray).exists()
