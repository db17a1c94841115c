"""A store's prices by spreadsheet: seen before they are kept, and read back unchanged they change nothing."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from cais.catalog.models import Product
from cais.catalog.spreadsheet import Unusable
from cais.connections.models import Connection
from cais.pricing.models import PriceException
from cais.pricing.services import ExceptionDraft, draft_of, set_exception
from cais.pricing.sheet_import import COLUMNS, PricePlan, apply, plan, rows_of
from tests.goods.conftest import Shop
from tests.goods.test_pricing import priced_at, store_of

D = Decimal
HEAD = ";".join(COLUMNS)


@pytest.fixture
def store(shop: Shop) -> Connection:
    priced_at(shop.cup, "35.90")
    priced_at(shop.tray, "80")
    return store_of(shop)


def planned(store: Connection, *lines: str) -> PricePlan:
    return plan(store, "\n".join([HEAD, *lines]).encode())


def kept(store: Connection, product: Product) -> ExceptionDraft:
    return draft_of(PriceException.objects.filter(connection=store, product=product).first())


def problems(made: PricePlan) -> list[tuple[int, str]]:
    return [(found.row, found.column) for found in made.problems]


def test_own_prices_and_promotions_are_kept_for_that_store_alone(shop: Shop, store: Connection) -> None:
    other = store_of(shop, "Outra")
    made = planned(store, "XIC-200;29,90;24,90;20/11/2099;2099-11-30", "BAN-30;75;;;")
    assert (made.problems, made.changed, PriceException.objects.count()) == ([], 2, 0)
    assert apply(store, made) == 2
    sale = {"sale": "own", "sale_price": D("24.90"), "sale_first": date(2099, 11, 20), "sale_last": date(2099, 11, 30)}
    assert kept(store, shop.cup) == ExceptionDraft(fixed=D("29.90"), **sale)
    assert kept(store, shop.tray) == ExceptionDraft(fixed=D(75))
    assert not PriceException.objects.filter(connection=other)


def test_an_empty_cell_leaves_what_the_product_has_there(shop: Shop, store: Connection) -> None:
    before = ExceptionDraft(is_sent=False, percent=D(5), sale="own", sale_percent=D(10))
    set_exception(store, shop.cup, before)
    assert planned(store, "XIC-200;;;;").changed == 0
    apply(store, planned(store, "XIC-200;;24,90;;"))
    assert kept(store, shop.cup) == ExceptionDraft(is_sent=False, percent=D(5), sale="own", sale_price=D("24.90"))


def test_an_own_price_takes_the_place_of_an_own_adjustment(shop: Shop, store: Connection) -> None:
    set_exception(store, shop.cup, ExceptionDraft(percent=D(5), amount=D(1)))
    apply(store, planned(store, "XIC-200;30;;;"))
    assert kept(store, shop.cup) == ExceptionDraft(fixed=D(30))


def test_words_give_a_product_back_to_the_stores_rule(shop: Shop, store: Connection) -> None:
    set_exception(store, shop.cup, ExceptionDraft(fixed=D(30), sale="own", sale_price=D(20)))
    set_exception(store, shop.tray, ExceptionDraft(sale="none"))
    apply(store, planned(store, "XIC-200;Regra;nenhuma;;", "BAN-30;;REGRA;;"))
    assert kept(store, shop.cup) == ExceptionDraft(sale="none")
    assert not PriceException.objects.filter(product=shop.tray)


def test_what_cannot_be_is_named_by_row_and_column(shop: Shop, store: Connection) -> None:
    rows = [
        "NADA-1;10;;;",
        ";10;;;",
        "XIC-200;0;;;",
        "XIC-200;10;;;",
        "BAN-30;1.234;;;",
        "KIT-CHA;90;95;;",
    ]
    made = planned(store, *rows)
    assert problems(made) == [(2, "sku"), (3, "sku"), (4, "preco"), (5, "sku"), (6, "preco"), (7, "promocao")]
    assert made.lines == []


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("XIC-200;;;20/11/2099;", "promocao"),
        ("XIC-200;30;20;31/02/2099;", "promocao_de"),
        ("XIC-200;30;20;21/11/2099;20/11/2099", "promocao_ate"),
        ("XIC-200;NaN;;;", "preco"),
        ("XIC-200;-5;;;", "preco"),
        ("XIC-200;10000000;;;", "preco"),
        ("XIC-200;30,999;;;", "preco"),
        ("XIC-200;30;barato;;", "promocao"),
    ],
)
def test_days_and_numbers_that_are_none(store: Connection, row: str, column: str) -> None:
    assert problems(planned(store, row)) == [(2, column)]


def test_a_file_without_skus_is_not_read(store: Connection) -> None:
    with pytest.raises(Unusable, match="coluna sku"):
        plan(store, b"preco\n10\n")


def test_half_double_and_a_promotion_of_half_are_large(shop: Shop, store: Connection) -> None:
    # 35.90 here: half of it is 17.95, double 71.80.
    for price, is_large in (("17,96", False), ("17,95", True), ("71,79", False), ("71,80", True)):
        (line,) = planned(store, f"XIC-200;{price};;;").lines
        assert (price, line.is_large) == (price, is_large)
    (line,) = planned(store, "XIC-200;30;15;;").lines
    assert line.is_large
    (line,) = planned(store, "XIC-200;30;15,01;;").lines
    assert not line.is_large


def test_the_list_read_back_changes_nothing(shop: Shop, store: Connection) -> None:
    days = {"sale_first": date(2099, 1, 1), "sale_last": date(2099, 1, 31)}
    set_exception(store, shop.cup, ExceptionDraft(fixed=D("1978.50"), sale="own", sale_price=D("1500"), **days))
    set_exception(store, shop.tray, ExceptionDraft(percent=D(5), sale="none"))
    set_exception(store, shop.tea_set, ExceptionDraft(is_sent=False))
    rows = list(rows_of(store))
    assert rows == [["BAN-30", "", "nenhuma", "", ""], ["XIC-200", "1978,5", "1500", "01/01/2099", "31/01/2099"]]
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([COLUMNS, *rows])
    made = plan(store, out.getvalue().encode())
    assert (made.problems, made.changed, made.same) == ([], 0, 2)


def test_a_long_file_takes_no_more_queries(shop: Shop, store: Connection) -> None:
    def queries(lines: list[str]) -> int:
        with CaptureQueriesContext(database) as seen:
            planned(store, *lines)
        return len(seen)

    few = queries(["XIC-200;30;;;"])
    Product.objects.bulk_create([Product(group=shop.group, sku=f"P-{at}", name="P") for at in range(50)])
    assert queries([f"P-{at};30;;;" for at in range(50)]) <= few
