"""How products stand at a store is asked in one reading of each table, also before PostgreSQL has counted anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from cais.catalog.models import Product
from cais.exporting.models import ProductPublication
from cais.exporting.situations import Situation, counts_at, standing_at
from tests.engine.house import House

MANY = 2000


@pytest.fixture
def filled(home: House) -> House:
    """A mass of products given to the store just now; the suite's server counts nothing by itself."""
    facts = {"ncm": "69111090", "origin": "0", "price": 10, "weight_g": 200}
    made = [Product(group=home.group, sku=f"P-{at:05}", name=f"Produto {at}", **facts) for at in range(MANY)]
    rows = Product.objects.bulk_create(made)
    asked = {"group": home.group, "connection": home.store, "asked_at": timezone.now()}
    ProductPublication.objects.bulk_create([ProductPublication(product=row, **asked) for row in rows])
    return home


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def rows_read(plan: dict[str, Any]) -> float:
    """By the plan's busiest node, those that it threw away counted too."""
    thrown = ("Rows Removed by Join Filter", "Rows Removed by Filter")
    return max(
        node["Actual Loops"] * sum(node.get(name, 0) for name in ("Actual Rows", *thrown)) for node in nodes(plan)
    )


def test_a_table_filled_just_now_is_not_read_anew_for_each_product(filled: House) -> None:
    sql, values = standing_at(filled.store).order_by().values_list("situation").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stats WHERE tablename = 'exporting_productpublication'")
        assert cursor.fetchone() == (0,)
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
        (found,) = cursor.fetchone()
    (top,) = json.loads(found) if isinstance(found, str) else found
    assert MANY <= rows_read(top["Plan"]) <= 2 * MANY
    assert counts_at(filled.store) == {Situation.QUEUED: MANY}
