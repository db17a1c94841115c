"""make bench NAME=import_orders: payload to ERP order, against the same rows written by psycopg alone.

What the worker calls is called: every rule holds, as the application's role with row-level security. Floor and subject
take turns in short rounds, so that a busy machine slows both alike.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from cais.config.database import DATABASE, databases
from cais.ops import embedded, roles
from proofs.stage import stage

if TYPE_CHECKING:
    from bench.import_floor import Floor
    from bench.import_merchant import Merchant

SIZES = "0,10000,1000000"
ROUNDS, ORDERS, PATTERN = 5, 200, 1000
FLOOR_TARGET, GROWTH_TARGET = 0.20, 0.90
SURROUNDINGS = {
    "CAIS_ALLOW_ADDRESSES": "loopback",
    "DJANGO_SETTINGS_MODULE": "cais.config.settings",
}


@dataclass(slots=True)
class Race:
    """Orders a second of floor and subject, round by round, and the seconds of each stage in all."""

    floor: list[float] = field(default_factory=list)
    subject: list[float] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def ratio(self) -> float:
        return median(ours / bare for ours, bare in zip(self.subject, self.floor, strict=True))

    @property
    def orders(self) -> int:
        return ORDERS * len(self.subject)


def work(merchant: Merchant) -> dict[str, float]:
    """The way of what has arrived, as the worker goes it. Returns the seconds of each stage."""
    from cais.intake.record import record_orders
    from cais.publishing.checking import check_movements
    from cais.publishing.kinds import ERP_ORDERS
    from cais.publishing.loop import publish
    from cais.settling.services import advance

    stages: dict[str, Callable[[], int]] = {
        "record": lambda: record_orders(merchant.store),
        "check": lambda: check_movements(merchant.store),
        "erp_order": lambda: publish(ERP_ORDERS, merchant.erp),
        "advance": lambda: advance(merchant.store),
    }
    seconds: dict[str, float] = {}
    for name, run in stages.items():
        began = time.perf_counter()
        while run():
            pass
        seconds[name] = time.perf_counter() - began
    return seconds


def run_round(merchant: Merchant, floor: Floor, race: Race) -> None:
    """One turn of each."""
    race.floor.append(ORDERS / floor.run(ORDERS))
    merchant.arrive(ORDERS)
    seconds = work(merchant)
    _must_be_whole()
    race.subject.append(ORDERS / sum(seconds.values()))
    for name, taken in seconds.items():
        race.stages[name] += taken


def _must_be_whole() -> None:
    """A rate of orders that did not become sales would be no rate."""
    from cais.orders.models import Order

    left = Order.objects.exclude(erp_state="done").count()
    if left:
        raise SystemExit(f"{left} orders of the bench did not become sales orders")


def prepare(merchant: Merchant) -> list[int]:
    """Import the pattern: the first orders, from which floor and stored orders are copied."""
    from cais.orders.models import Order

    merchant.arrive(PATTERN)
    work(merchant)
    _must_be_whole()
    return list(Order.objects.order_by("pk").values_list("pk", flat=True)[:PATTERN])


def measure(sizes: list[int]) -> tuple[dict[int, Race], int]:
    """The races at each number of stored orders, which take turns as well; and how many tables are written."""
    from bench.import_merchant import merchant

    with merchant() as made, ExitStack() as open_until_the_end:
        pattern = prepare(made)
        floors = {size: open_until_the_end.enter_context(_database(size, pattern)) for size in sizes}
        races = {size: Race() for size in sizes}
        for number in range(ROUNDS + 1):
            _say(f"round {number} of {ROUNDS}")
            for size in sizes:
                with _entered(size, made):
                    run_round(made, floors[size], races[size] if number else Race())  # the first one warms up
        return races, floors[sizes[0]].tables


@contextmanager
def _database(size: int, pattern: list[int]) -> Iterator[Floor]:
    """A copy of the merchant's database with so many orders stored; yields its floor."""
    from django.db import connections

    from bench.import_floor import Floor
    from bench.import_stored import store

    connections.close_all()
    owner = databases(os.environ)["owner"]
    # Only the embedded server's own superuser may copy without looking at each reference.
    root = {**owner, "USER": embedded.SUPERUSER}
    with roles.connect(root, database="postgres") as server:
        server.execute(f"CREATE DATABASE {_name(size)} TEMPLATE {owner['NAME']}")
    if size:
        _say(f"storing {size} orders")
        with roles.connect(root, database=_name(size)) as connection:
            store(connection, pattern, copies=size // PATTERN)
    with roles.connect(owner, database=_name(size)) as connection:
        floor = Floor(connection)
        floor.learn(pattern[:ORDERS])
        yield floor


def _name(size: int) -> str:
    return f"{DATABASE}_{size}"


@contextmanager
def _entered(size: int, merchant: Merchant) -> Iterator[None]:
    """Django works in that database, as the application's role and in the merchant's group."""
    from django.db import connection

    from cais.companies.scope import group_scope

    connection.close()
    connection.settings_dict["NAME"] = _name(size)
    with group_scope(merchant.store.group_id):
        yield


def _say(words: str) -> None:
    print(words, file=sys.stderr)


def report(races: dict[int, Race], tables: int) -> dict[str, Any]:
    figures: dict[str, float] = {}
    for size, race in races.items():
        figures[f"at_{size}_orders_per_s"] = round(median(race.subject), 1)
        for name, seconds in race.stages.items():
            figures[f"at_{size}_{name}_ms_per_order"] = round(seconds / race.orders * 1000, 2)
    floor = {f"at_{size}_orders_per_s": round(median(race.floor), 1) for size, race in races.items()}
    over = {f"at_{size}_over_floor": round(race.ratio, 3) for size, race in races.items()}
    return {
        "name": "import_orders",
        "figures": figures,
        "floor": {**floor, "tables": tables},
        "ratios": {**over, **growth(races)},
        "target": {"over_floor": FLOOR_TARGET, "growth": GROWTH_TARGET},
    }


def growth(races: dict[int, Race]) -> dict[str, float]:
    """The rate with orders stored over the rate with the fewest, of rounds that stood side by side."""
    least = races[min(races)]
    return {
        f"rate_at_{size}_over_rate_at_{min(races)}": round(
            median(many / few for many, few in zip(race.subject, least.subject, strict=True)), 3
        )
        for size, race in races.items()
        if race is not least
    }


def main() -> int:
    sizes = sorted({int(size) // PATTERN * PATTERN for size in (os.environ.get("STORED") or SIZES).split(",")})
    with stage(SURROUNDINGS):
        import django

        django.setup()
        races, tables = measure(sizes)
        from django.db import connections

        connections.close_all()
    print(json.dumps(report(races, tables)))
    is_slow = any(race.ratio < FLOOR_TARGET for race in races.values())
    return 1 if is_slow or any(ratio < GROWTH_TARGET for ratio in growth(races).values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
