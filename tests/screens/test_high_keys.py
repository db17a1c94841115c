"""An installation that has lived: from a thousand on, too, a key that a page writes into a form names its row."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.template import Context, Template

from tests.engine.house import house
from tests.screens.conftest import Merchant, people_of, populate
from tests.screens.reading import said

_GROUPED = re.compile(r'\b(?:value|name|id|for|list|form|aria-[a-z]+|data-[a-z-]+)="[^"]*\d\.\d{3}[^"]*"')
_TABLES = ("orders_order", "orders_orderline", "catalog_product", "connections_connection", "companies_company")


@pytest.fixture
def grown(db: None) -> Iterator[Merchant]:
    """Whose keys have passed a thousand."""
    burnt = "SELECT max(nextval(pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, 1000)"
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(burnt, [table])
    with house() as home:
        yield Merchant(home, people_of(home), populate(home))


def test_a_key_is_written_without_a_separator() -> None:
    assert Template('<input value="{{ key }}">').render(Context({"key": 1234567})) == '<input value="1234567">'


def test_what_was_ticked_is_what_is_done(grown: Merchant) -> None:
    client = grown.browser("operator")
    page = client.get(grown.url("pedidos/?aba=parados")).content.decode()
    ticked = re.findall(r'name="pedido" value="([^"]*)"', page)
    assert ticked
    assert {int(key) for key in ticked} <= {order.pk for order in grown.orders.values()}
    assert min(int(key) for key in ticked) > 1000
    assert "de novo em instantes" in said(client.post(grown.url("pedidos/reconsiderar/"), {"pedido": ticked}))


def test_no_form_names_a_row_by_a_number_cut_into_thousands(grown: Merchant) -> None:
    store, order = grown.house.store.pk, grown.orders["well"].pk
    client = grown.browser("administrator")
    for path in (
        "pedidos/",
        "pedidos/importar/?aba=todos",
        f"pedidos/envios/?pedido={order}",
        f"pedidos/{order}/",
        f"pedidos/{grown.orders['short'].pk}/e-se/",
        f"pedidos/{grown.orders['short'].pk}/movimentar/",
        "produtos/exportar/?aba=todos",
        f"conectores/{store}/empresas/",
        f"conectores/{store}/dicionario/",
        f"conectores/{store}/estoque/",
        "empresas/",
    ):
        answer = client.get(grown.url(path))
        assert answer.status_code == 200, path
        assert _GROUPED.findall(answer.content.decode()) == [], path
