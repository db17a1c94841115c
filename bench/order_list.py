"""make bench NAME=order_list: each way to look at the list of orders, at ten thousand orders and at a million.

What the browser asks for is asked of the whole application, sign-in and row-level security included, in this process:
the figure is the server's time. The floor is the bare page of the same rows by its key, asked between our pages.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING, Any

import psycopg

from cais.config.database import databases
from cais.ops import embedded, roles
from proofs.stage import stage

if TYPE_CHECKING:
    from django.test import Client

    from bench.order_list_rows import Shelf
    from cais.connections.models import Connection

SIZES = "10000,1000000"
ROUNDS = 15
MOST_MS, MOST_GROWTH = 60.0, 1.3
SURROUNDINGS = {"DJANGO_SETTINGS_MODULE": "cais.config.settings"}
FLOOR = (
    "SELECT o.*, b.name, c.name, s.label FROM orders_order o JOIN orders_buyer b ON b.order_id = o.id"
    " JOIN connections_connection c ON c.id = o.connection_id JOIN statuses_statusentry s ON s.id = o.status_id"
    " WHERE o.group_id = %s ORDER BY o.placed_at DESC, o.id DESC LIMIT 51"
)
_CNPJ = "11222333000181"
# Status in the store, its meaning, and the facts that make the situation.
_KINDS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("A ENVIAR", "pending", {"movement_state": "done", "erp_state": "done", "nfe_state": "told"}),
    ("FINALIZADO", "finished", {}),
    ("CANCELADO", "cancelled", {}),
    ("NOVO", "", {}),
)


def ways(newest: int) -> dict[str, str]:
    """Name → the query string of one way to look at the list."""
    from bench.order_list_rows import RARE

    return {
        "first_page": "",
        "tab": "aba=erp",
        "rare_tab": "aba=cancelados",
        "store_status": "status=1",
        "origin": "origem=Mercado+Livre",
        "period": "data_de=2026-01-10&data_ate=2026-01-20",
        "not_integrated": "integracao=nao",
        "movement": "movimentacao=done",
        "number": f"q={newest // 2}",
        "document": "q=777.777.777-77",
        "reference": "q=REF-77",
        "common_name": "q=maria",
        "two_names": "q=joao+nobrega",
        "rare_name": f"q={RARE.replace(' ', '+').replace('ê', 'e')}",
        "no_such_name": "q=zzyzx",
    }


def found() -> tuple[Client, str, Shelf]:
    """A group with one company, its store, a dictionary, and a browser of its administrator."""
    from django.test import Client

    from bench.order_list_rows import Shelf
    from cais.companies.models import User
    from cais.companies.scope import group_scope
    from cais.companies.services import add_company, add_member, found_group
    from cais.connections.services import make_connection

    person = User.objects.create_user("ana@jurubim.example", name="Ana Duarte")
    group = found_group("Jurubim")
    with group_scope(group.pk):
        company = add_company(group, name="Jurubim", legal_name="Jurubim", cnpj=_CNPJ, state="SC")
        add_member(group, person, "administrator")
        store = make_connection(company, connector="tray", modality="rest", name="Tray", values={})
        kinds = [_sold(store, number, *kind) for number, kind in enumerate(_KINDS)]
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    return client, f"/g/{group.slug}/pedidos/", Shelf(group=group.pk, kinds=kinds)


def _sold(store: Connection, number: int, label: str, meaning: str, facts: dict[str, str]) -> int:
    """One order of a kind, with its buyer and line. Returns its id."""
    from django.utils import timezone

    from cais.orders.models import Buyer, Order, OrderLine
    from cais.statuses.models import StatusEntry

    of = {"group": store.group}
    status = StatusEntry.objects.create(**of, connection=store, label=label, key=label.lower(), meaning=meaning)
    told = {"status": status, "status_label": label, "meaning": meaning, "channel": "LOJA VIRTUAL"}
    name = str(-1 - number)
    order = Order.objects.create(
        **of, connection=store, external_id=name, number=name, placed_at=timezone.now(), is_paid=True, **told, **facts
    )
    Buyer.objects.create(**of, order=order, name="Ana", city="Itajaí", state="SC")
    OrderLine.objects.create(
        **of, order=order, position=1, external_id="1", name="Produto", quantity=1, unit_price=100, total=100
    )
    return order.pk


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def measure(client: Client, url: str, bare: Callable[[], object], queries: dict[str, str]) -> dict[str, list[float]]:
    """Milliseconds of each way, round by round, and of the floor between them."""
    taken: dict[str, list[float]] = {name: [] for name in ("floor", *queries)}

    def ask(query: str) -> None:
        response = client.get(f"{url}?{query}")
        if response.status_code != 200:
            raise SystemExit(f"the list answered {response.status_code} to {query!r}")

    for number in range(ROUNDS + 1):
        for name, query in queries.items():
            page, floor = milliseconds(lambda query=query: ask(query)), milliseconds(bare)  # type: ignore[misc]
            if number:  # the first round warms up
                taken[name].append(page)
                taken["floor"].append(floor)
    return taken


def deep(client: Client, url: str) -> str:
    """The query string of a page far from the first: the place a bookmark of last year leads to."""
    from django.utils import timezone

    from cais.companies.scope import group_ids, group_scope
    from cais.orders.models import Order

    with group_scope(group_ids()[0]):
        middle = Order.objects.order_by("pk")[Order.objects.count() // 2]
    place = json.dumps([timezone.localtime(middle.placed_at).isoformat(), middle.pk])
    from urllib.parse import urlencode

    return urlencode({"depois": place})


def report(sizes: dict[int, dict[str, list[float]]]) -> dict[str, Any]:
    least, most = min(sizes), max(sizes)
    figures = {
        f"at_{size}_{name}_ms": round(median(ms), 2) for size, all_ in sizes.items() for name, ms in all_.items()
    }
    growth = {
        f"{name}_at_{most}_over_{least}": round(median(sizes[most][name]) / median(sizes[least][name]), 2)
        for name in sizes[most]
        if name != "floor"
    }
    floor = {f"at_{size}_ms": figures.pop(f"at_{size}_floor_ms") for size in sizes}
    return {"name": "order_list", "figures": figures, "floor": floor, "ratios": growth, "target_ms": MOST_MS}


def main() -> int:
    wanted = sorted({int(size) for size in (os.environ.get("STORED") or SIZES).split(",")})
    with stage(SURROUNDINGS):
        import django

        django.setup()
        from django.db import connections

        client, url, shelf = found()
        owner = databases(os.environ)["owner"]
        sizes: dict[int, dict[str, list[float]]] = {}
        stored = 0
        with roles.connect({**owner, "USER": embedded.SUPERUSER}) as database:
            for size in wanted:
                print(f"storing {size} orders", file=sys.stderr)
                shelf.fill(database, first=stored + 1, last=size)
                stored = size
                queries = {**ways(size), "deep_page": deep(client, url)}
                bare = _bare(database, shelf)
                sizes[size] = measure(client, url, bare, queries)
        connections.close_all()
    said = report(sizes)
    print(json.dumps(said))
    slow = any(value > MOST_MS for name, value in said["figures"].items() if name.startswith(f"at_{max(sizes)}_"))
    return 1 if slow or any(value > MOST_GROWTH for value in said["ratios"].values()) else 0


def _bare(database: psycopg.Connection[Any], shelf: Shelf) -> Callable[[], object]:
    return lambda: database.execute(FLOOR, [shelf.group]).fetchall()


if __name__ == "__main__":
    raise SystemExit(main())
