"""make bench NAME=goods_lists: the lists of products and of what two stores show of them, at 20,000 products.

Asked of the whole application as in `order_list`; the figure is the server's time, and how many statements it took.
"""

from __future__ import annotations

import json
import os
from statistics import median
from typing import TYPE_CHECKING, Any

import psycopg

from bench.copying import copy_rows
from bench.order_list import MOST_MS, SURROUNDINGS, ask, milliseconds
from cais.config.database import databases
from cais.ops import embedded, roles
from proofs.stage import stage

if TYPE_CHECKING:
    from django.test import Client

    from cais.connections.models import Connection

PRODUCTS, ROUNDS = 20_000, 11
_THINGS = "{Panela,Chaleira,Toalha,Colcha,Luminária,Cadeira,Espelho,Tapete}"
_PRODUCT = {
    "sku": "'P-' || lpad(n::text, 5, '0')",
    "name": f"('{_THINGS}'::text[])[1 + n % 8] || ' ' || n",
    "ncm": "CASE WHEN n % 40 = 0 THEN '' ELSE '73239300' END",
}
_OTHERS = "catalog_product p, {table} t WHERE t.product_id = %(product)s AND p.id <> %(product)s"
_LISTED = "catalog_listing l JOIN {table} t ON t.connection_id = l.connection_id WHERE l.product_id <> %(product)s"
_COPIED = (
    ("catalog_product", _PRODUCT, "generate_series(1, %(products)s) n, catalog_product t WHERE t.id = %(product)s"),
    (
        "stock_balance",
        {"product_id": "p.id", "on_hand": "p.id % 50", "reserved": "CASE WHEN p.id % 20 = 0 THEN 3 ELSE 0 END"},
        _OTHERS,
    ),
    ("catalog_listing", {"product_id": "p.id", "external_id": "p.id::text", "reference": "p.sku"}, _OTHERS),
    (
        "catalog_storeproduct",
        {
            "external_id": "l.external_id",
            "reference": "l.reference",
            "name": f"('{_THINGS}'::text[])[1 + l.id % 8] || ' ' || l.id",
            "conflict": "CASE WHEN l.id % 200 = 0 THEN 'gone' ELSE '' END",
        },
        _LISTED,
    ),
    (
        "shelves_stockpublication",
        {
            "listing_id": "l.id",
            "desired": "CASE WHEN l.id % 30 = 0 THEN NULL ELSE l.id % 50 END",
            "due_at": "CASE WHEN l.id % 7 = 0 THEN now() END",
            "hold": "CASE WHEN l.id % 100 = 0 THEN 'stock_refused' ELSE '' END",
        },
        _LISTED,
    ),
    (
        "exporting_productpublication",
        {
            "product_id": "p.id",
            "due_at": "CASE WHEN p.id % 9 = 0 THEN now() END",
            "published_digest": "CASE WHEN p.id % 11 = 0 THEN '' ELSE 'x' END",
        },
        f"{_OTHERS} AND p.id % 2 = 0",
    ),
)


def found() -> tuple[Client, str, list[Connection], int]:
    """A merchant with two stores and one product that both sell; a browser, and where its pages begin."""
    from django.test import Client

    from cais.catalog.models import Product
    from cais.companies.models import User, Warehouse
    from cais.companies.scope import group_scope
    from cais.companies.services import add_company, add_member, found_group
    from cais.connections.services import make_connection
    from cais.stock.models import Balance

    person = User.objects.create_user("ana@jurubim.example", name="Ana Duarte")
    group = found_group("Jurubim")
    with group_scope(group.pk):
        company = add_company(group, name="Jurubim", legal_name="Jurubim", cnpj="11222333000181", state="SC")
        add_member(group, person, "administrator")
        product = Product.objects.create(group=group, sku="P", name="Produto", ncm="73239300")
        Balance.objects.create(group=group, product=product, warehouse=Warehouse.objects.get(), on_hand=4)
        stores = [
            make_connection(company, connector="tray", modality="rest", name=name, values={}) for name in ("Um", "Dois")
        ]
        for store in stores:
            _shown(store, product.pk)
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    return client, f"/g/{group.slug}/", stores, product.pk


def _shown(store: Connection, product: int) -> None:
    from django.utils import timezone

    from cais.catalog.models import Listing, StoreProduct
    from cais.exporting.models import ProductPublication
    from cais.shelves.models import StockPublication

    of: dict[str, Any] = {"group": store.group, "connection": store}
    listing = Listing.objects.create(**of, product_id=product, external_id="1", reference="P")
    StoreProduct.objects.create(**of, external_id="1", reference="P", name="Produto", seen_at=timezone.now())
    StockPublication.objects.create(**of, listing=listing, desired=4, published=4)
    ProductPublication.objects.create(**of, product_id=product, asked_at=timezone.now(), published_digest="x")


def fill(database: psycopg.Connection[Any], product: int) -> None:
    database.execute("SET session_replication_role = replica")
    for table, changes, source in _COPIED:
        copy_rows(database, table, changes, source.format(table=table), {"product": product, "products": PRODUCTS})
    database.execute("SET session_replication_role = DEFAULT")
    database.execute("VACUUM ANALYZE")


def ways(store: Connection) -> dict[str, str]:
    """Name → the address of one list, below the group's."""
    shelf, links = f"conectores/{store.pk}/loja/", f"conectores/{store.pk}/vinculos/"
    after = "depois=%5B%22P-10000%22%2C10000%5D"
    return {
        "products": "produtos/",
        "products_searched": "produtos/?q=panela",
        "products_by_sku": "produtos/?q=P-1234",
        "products_incomplete": "produtos/?aba=incompletos",
        "products_deep": "produtos/?depois=%5B%22P-10000%22%5D",
        "exporting": "produtos/exportar/",
        "stock": "estoque/",
        "stock_searched": "estoque/?q=panela",
        "shelf": shelf,
        "shelf_waiting": f"{shelf}?so=esperam",
        "shelf_held": f"{shelf}?so=parados",
        "shelf_unknown": f"{shelf}?so=sem",
        "shelf_searched": f"{shelf}?q=P-1234",
        "shelf_deep": f"{shelf}?{after}",
        "links": links,
        "links_free": f"{links}?so=sem",
        "links_in_conflict": f"{links}?so=conflito",
        "links_searched": f"{links}?q=panela",
        "links_deep": f"{links}?{after}",
        "to_be_moved": "pedidos/?aba=movimentar",
    }


def statements(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        ask(client, address)
    return len(seen)


def main() -> int:
    with stage(SURROUNDINGS):
        import django

        django.setup()
        from django.db import connections

        client, url, stores, product = found()
        root = {**databases(os.environ)["owner"], "USER": embedded.SUPERUSER}
        with roles.connect(root) as database:
            fill(database, product)
        pages = {name: url + page for name, page in ways(stores[0]).items()}
        asked = {name: statements(client, page) for name, page in pages.items()}
        taken: dict[str, list[float]] = {name: [] for name in pages}
        for _ in range(ROUNDS):
            for name, page in pages.items():
                taken[name].append(milliseconds(lambda page=page: ask(client, page)))  # type: ignore[misc]
        connections.close_all()
    figures = {f"{name}_ms": round(median(ms), 2) for name, ms in taken.items()}
    print(json.dumps({"name": "goods_lists", "figures": figures, "statements": asked, "target": {"ms": MOST_MS}}))
    return 1 if any(ms > MOST_MS for ms in figures.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
