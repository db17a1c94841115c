"""make bench NAME=order_list: each way to look at the orders, at ten thousand orders and at a million.

What the browser asks for is asked of the whole application, sign-in and row-level security included, in this process:
the figure is the server's time. The floor is the bare page of the same rows by its key. Every round asks each size for
the same page in turn, so a busy machine slows both, and their ratio stands; it is judged where both pages show as many
orders, for most of a page's time is their drawing.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import psycopg

from bench.beside import copy_for, open_for, take_turn
from bench.order_list_rows import RARE
from proofs.stage import stage

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.test import Client

    from bench.order_list_rows import Shelf

SIZES = "10000,1000000"
ROUNDS = 15
MOST_MS, MOST_GROWTH = 60.0, 1.3
SURROUNDINGS = {"DJANGO_SETTINGS_MODULE": "cais.config.settings"}
# The link of a row or a card to its order.
_ORDER = b'class="c-name'
# A page of a name asks for its total once it is there.
_TOTAL = "pedidos/total/"
FLOOR = (
    "SELECT o.*, b.name, c.name, s.label FROM orders_order o JOIN orders_buyer b ON b.order_id = o.id"
    " JOIN connections_connection c ON c.id = o.connection_id JOIN statuses_statusentry s ON s.id = o.status_id"
    " WHERE o.group_id = %s ORDER BY o.placed_at DESC, o.id DESC LIMIT 51"
)


@dataclass(slots=True)
class Size:
    """A merchant with so many orders: the addresses of the ways to look at them, and the milliseconds each took."""

    opened: BaseDatabaseWrapper
    bare: Callable[[], object]
    pages: dict[str, str]
    shown: dict[str, int | str] = field(default_factory=dict)
    taken: dict[str, list[float]] = field(default_factory=dict)


def ways(newest: int) -> dict[str, str]:
    """Name → the address of one way to look at the orders, below the group's."""
    from django.utils import timezone

    today = timezone.localdate()
    days = urlencode({"data_de": today - timedelta(days=310), "data_ate": today - timedelta(days=300)})
    listed = {
        "first_page": "",
        "tab": "aba=erp",
        "rare_tab": "aba=cancelados",
        "store_status": "status=1",
        "origin": "origem=Mercado+Livre",
        "company": "empresa=2",
        "period": days,
        "not_integrated": "integracao=nao",
        "movement": "movimentacao=done",
        "number": f"q={newest // 2}",
        "first_digits": f"q={'1234'[: len(str(newest)) - 3]}",
        "few_digits": "q=1",
        "document": "q=000.000.012-34",
        "reference": "q=REF-7",
        "common_name": "q=maria",
        "two_names": "q=joao+nobrega",
        "rather_common_names": "q=joao+ara",
        "names_of_a_full_page": "q=joao+ira",
        "rare_name": f"q={RARE.replace(' ', '+').replace('ê', 'e')}",
        "no_such_name": "q=zzyzx",
    }
    others = {
        "total_of_a_full_page": f"{_TOTAL}?q=joao+ira",
        "total_of_a_common_name": f"{_TOTAL}?q=maria",
        "board": "fluxo/?",
        "board_of_origin": "fluxo/?origem=Mercado+Livre",
        "board_of_period": f"fluxo/?{days}",
        "board_of_company": "fluxo/?empresa=2",
        "dashboard": "painel/?",
        "dashboard_of_quarter": "painel/?periodo=90&grafico=receita",
    }
    return {**{name: f"pedidos/?{query}" for name, query in listed.items()}, **others}


def deep() -> str:
    """The address of a page far from the first: the place a bookmark of long ago leads to."""
    from django.utils import timezone

    from cais.companies.scope import group_ids, group_scope
    from cais.orders.models import Order

    with group_scope(group_ids()[0]):
        middle = Order.objects.order_by("pk")[Order.objects.count() // 2]
    place = json.dumps([timezone.localtime(middle.placed_at).isoformat(), middle.pk])
    return f"pedidos/?{urlencode({'depois': place})}"


def filled(shelf: Shelf, size: int) -> tuple[Size, psycopg.Connection[Any]]:
    """The merchant with so many orders, and the superuser's connection to the database; Django works there now."""
    print(f"storing {size} orders", file=sys.stderr)
    database = copy_for(size)
    shelf.fill(database, size)
    opened = open_for(size)
    take_turn(opened)
    return Size(
        opened, lambda: database.execute(FLOOR, [shelf.group]).fetchall(), {**ways(size), "deep_page": deep()}
    ), database


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def measure(client: Client, url: str, sizes: list[Size]) -> None:
    """Note what each way takes and how many orders it shows at each size, and the floor between them."""
    for size in sizes:
        take_turn(size.opened)
        size.shown = {name: shown(page, ask(client, url + page)) for name, page in size.pages.items()}
    for number in range(ROUNDS + 1):
        for name in sizes[0].pages:
            for size in sizes:
                take_turn(size.opened)
                page = milliseconds(lambda address=url + size.pages[name]: ask(client, address))  # type: ignore[misc]
                floor = milliseconds(size.bare)
                if number:  # the first round warms up
                    size.taken.setdefault(name, []).append(page)
                    size.taken.setdefault("floor", []).append(floor)


def ask(client: Client, address: str) -> bytes:
    response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} was answered with {response.status_code}")
    return response.content


def shown(address: str, content: bytes) -> int | str:
    """How many orders a page shows, or what a total says."""
    from django.utils.html import strip_tags

    return strip_tags(content.decode()).split("\n")[0] if address.startswith(_TOTAL) else content.count(_ORDER)


def report(sizes: dict[int, Size]) -> dict[str, Any]:
    few, many = sizes[min(sizes)], sizes[max(sizes)]
    figures = {
        f"at_{size}_{name}_ms": round(median(ms), 2) for size, of in sizes.items() for name, ms in of.taken.items()
    }
    growth = {
        name: round(median(last / first for last, first in zip(many.taken[name], few.taken[name], strict=True)), 2)
        for name in many.pages
    }
    alike = {name for name in growth if few.shown[name] == many.shown[name]}
    floor = {f"at_{size}_ms": figures.pop(f"at_{size}_floor_ms") for size in sizes}
    beyond = f"at_{max(sizes)}_over_{min(sizes)}"
    return {
        "name": "order_list",
        "figures": figures,
        "floor": floor,
        "ratios": {f"{name}_{beyond}": growth[name] for name in growth if name in alike},
        "unlike": {
            f"{name}_{beyond}": {"ratio": growth[name], "shown": [few.shown[name], many.shown[name]]}
            for name in growth
            if name not in alike
        },
        "target": {"ms": MOST_MS, "growth": MOST_GROWTH},
    }


def main() -> int:
    from bench.order_list_shop import found

    wanted = sorted({int(size) for size in (os.environ.get("STORED") or SIZES).split(",")})
    with stage(SURROUNDINGS), ExitStack() as open_until_the_end:
        import django

        django.setup()
        from django.db import connections

        client, url, shelf = found()
        sizes: dict[int, Size] = {}
        for stored in wanted:
            sizes[stored], database = filled(shelf, stored)
            open_until_the_end.enter_context(database)
        measure(client, url, list(sizes.values()))
        for size in sizes.values():
            size.opened.close()
        connections.close_all()
    said = report(sizes)
    print(json.dumps(said))
    slow = any(value > MOST_MS for name, value in said["figures"].items() if name.startswith(f"at_{max(sizes)}_"))
    return 1 if slow or any(value > MOST_GROWTH for value in said["ratios"].values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
