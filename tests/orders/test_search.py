"""Searching orders: what is found, what is not, and that a name borne by very many is found just the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cais.companies.folding import fold
from cais.companies.scope import group_scope
from cais.companies.services import found_group
from cais.movements.models import Fulfilment, Movement
from cais.orders import names as naming
from cais.orders import search as searching
from cais.orders.models import Buyer, Order, OrderLine, PhaseCount
from cais.orders.search import search
from cais.statuses.models import StatusEntry
from tests.engine.companies import more_companies
from tests.engine.house import House, house
from tests.worlds import Worlds

NAMES = {"1001": "João Nóbrega", "1002": "Joana Conceição", "1003": "MARIA DA CONCEIÇÃO", "2001": "Zé 100%"}


@contextmanager
def _with_buyers() -> Iterator[House]:
    with house() as made:
        status = StatusEntry.objects.create(group=made.group, connection=made.store, label="Pago", key="pago")
        for number, name in NAMES.items():
            _sold(made, status, number, name)
        yield made


@pytest.fixture
def home(worlds: Worlds) -> Iterator[House]:
    with worlds.lend("house with buyers", _with_buyers) as made:
        yield made


def _sold(home: House, status: StatusEntry, number: str, name: str) -> None:
    of = {"group": home.group}
    order = Order.objects.create(
        **of,
        connection=home.store,
        external_id=number,
        number=number,
        placed_at=timezone.now(),
        status=status,
        status_label="Pago",
        marketplace_order=f"ML-{number}",
        erp_number=f"9{number}",
    )
    document = "52998224725" if number == "1002" else ""
    Buyer.objects.create(**of, order=order, placed_at=order.placed_at, name=name, document=document)
    OrderLine.objects.create(
        **of,
        order=order,
        position=1,
        external_id="1",
        name="Caneca",
        reference=f"Ref-{number}",
        quantity=1,
        unit_price=1,
    )


def found(home: House, text: str) -> set[str]:
    return set(search(text).narrow(Order.objects.of(home.group)).values_list("number", flat=True))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("joao", {"1001"}),
        ("JOÃO", {"1001"}),
        ("nobrega joao", {"1001"}),
        ("conceicao", {"1002", "1003"}),
        ("conceição maria", {"1003"}),
        ("ana", {"1002"}),
        ("100%", {"2001"}),
        ("1_0", set()),
        ("zé", {"2001"}),
        ("da", {"1003"}),
        ("conceicao da", {"1003"}),
        ("529.982.247-25", {"1002"}),
        ("1001", {"1001"}),
        ("#1001", {"1001"}),
        ("100", {"1001", "1002", "1003"}),
        ("ML-1003", {"1003"}),
        ("91002", {"1002"}),
        ("REF-2001", {"2001"}),
        ("ninguém", set()),
        ("\\", set()),
    ],
)
def test_an_order_is_found_by_what_one_knows_of_it(home: House, text: str, numbers: set[str]) -> None:
    assert found(home, text) == numbers


@pytest.fixture
def two_parts(home: House) -> None:
    """Order 1003 is two companies' sales: 501 of the one, 77 of the other."""
    order = Order.objects.get(number="1003")
    Order.objects.filter(pk=order.pk).update(erp_number="501, 77")
    movement = Movement.objects.create(group=home.group, order=order, connection=home.store)
    for number, company in (("501", home.company), ("77", more_companies(home, "Sul")[0])):
        Fulfilment.objects.create(
            group=home.group, movement=movement, order=order, company=company, reference=number, erp_number=number
        )


@pytest.mark.usefixtures("two_parts")
def test_an_order_of_several_companies_is_found_by_the_number_of_each_sale(home: House) -> None:
    assert found(home, "501") == {"1003"}
    assert found(home, "77") == {"1003"}
    assert found(home, "7") == set()
    with group_scope(found_group("Outro").pk):
        assert not search("77").ids


@pytest.mark.parametrize("text", ["conceicao", "conceição maria", "529.982.247-25", "ref-1001"])
def test_what_is_common_is_found_by_walking(home: House, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    by_ids = found(home, text)
    monkeypatch.setattr(searching, "COMMON", 0)
    monkeypatch.setattr(naming, "COMMON", 0)
    assert search(text).is_common
    assert found(home, text) == by_ids


def test_a_name_that_most_of_the_newest_bear_is_common_without_a_look_at_all(home: House) -> None:
    assert not search("joao").is_common
    PhaseCount.objects.create(group=home.group, connection=home.store, phase="delivered", orders=40_000_000)
    with CaptureQueriesContext(connection) as seen:
        assert search("joao").is_common
    assert not [query["sql"] for query in seen if "orders_named" in query["sql"]]
    assert found(home, "joao") == {"1001"}


def test_where_too_many_numbers_begin_so_only_the_number_itself_is_found(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sold(home, StatusEntry.objects.get(), "100", "Ana")
    assert found(home, "100") == {"100", "1001", "1002", "1003"}
    monkeypatch.setattr(searching, "COMMON", 3)
    assert search("100").is_short
    assert found(home, "100") == {"100"}


def test_another_group_finds_nothing_of_ours(home: House) -> None:
    other = found_group("Outro")
    with group_scope(other.pk):
        for text in ("joao", "1001", "529.982.247-25", "ref-1001", "ML-1001"):
            assert not search(text).ids, text


def test_without_a_group_nothing_is_found(home: House) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cais.group', '', false)")
        cursor.execute("SELECT sum(cardinality(ids)) FROM orders_searched('1001', '', '1001', 10)")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT orders_named('{%joao%}', 10)")
        assert cursor.fetchone() == ([],)
        cursor.execute("SELECT set_config('cais.group', %s, false)", [str(home.group.pk)])


@pytest.mark.parametrize(
    "text", ["João", "ÀÉÎÕÜ ÇÑ", "Straße", "ŐŰ", "İstanbul", "ﬁ", "e\u0301", "日本", "", "PANELA 24", "Nº 24"]
)
def test_the_database_folds_as_we_do(db: None, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cais_folded(%s)", [text])
        assert cursor.fetchone() == (fold(text),)


def test_folding_is_written_into_the_query(db: None) -> None:
    """Called as a function for each row it would take twice as long."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN VERBOSE SELECT cais_folded(name) FROM catalog_product")
        plan = "\n".join(row[0] for row in cursor)
        assert "cais_folded" not in plan
        cursor.execute("SELECT cais_folded(NULL)")
        assert cursor.fetchone() == (None,)
