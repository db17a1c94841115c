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
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

import psycopg

from cais.config.database import databases
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
    orders: int = 0

    @property
    def ratio(self) -> float:
        return median(ours / bare for ours, bare in zip(self.subject, self.floor, strict=True))


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


def race(merchant: Merchant, floor: Floor, *, rounds: int) -> Race:
    found = Race()
    for _ in range(rounds):
        found.floor.append(ORDERS / floor.run(ORDERS))
        merchant.arrive(ORDERS)
        seconds = work(merchant)
        found.subject.append(ORDERS / sum(seconds.values()))
        found.orders += ORDERS
        for name, taken in seconds.items():
            found.stages[name] += taken
    _must_be_whole()
    return found


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


def measure(sizes: list[int]) -> dict[int, tuple[Race, int]]:
    """The race at each number of stored orders, smallest first."""
    from bench.import_floor import Floor
    from bench.import_merchant import merchant
    from bench.import_stored import store

    found: dict[int, tuple[Race, int]] = {}
    with merchant() as made, roles.connect(databases(os.environ)["owner"]) as owner:
        pattern = prepare(made)
        floor = Floor(owner)
        floor.learn(pattern[:ORDERS])
        race(made, floor, rounds=1)
        stored = 0
        for size in sizes:
            if size:
                _say(f"storing {size} orders")
                with _superuser() as connection:
                    store(connection, pattern, copies=range(stored + 1, size // PATTERN + 1))
                stored = size // PATTERN
            _say(f"measuring at {size}")
            found[size] = (race(made, floor, rounds=ROUNDS), floor.tables)
    return found


def _superuser() -> psycopg.Connection[Any]:
    """Only the embedded server's own superuser may copy without looking at each reference."""
    owner = databases(os.environ)["owner"]
    return roles.connect({**owner, "USER": embedded.SUPERUSER})


def _say(words: str) -> None:
    print(words, file=sys.stderr)


def report(found: dict[int, tuple[Race, int]]) -> dict[str, Any]:
    figures: dict[str, float] = {}
    for size, (run, _) in found.items():
        figures[f"at_{size}_orders_per_s"] = round(median(run.subject), 1)
        for name, seconds in run.stages.items():
            figures[f"at_{size}_{name}_ms_per_order"] = round(seconds / run.orders * 1000, 2)
    least, most = min(found), max(found)
    growth = median(found[most][0].subject) / median(found[least][0].subject)
    return {
        "name": "import_orders",
        "figures": figures,
        "floor": {
            **{f"at_{size}_orders_per_s": round(median(run.floor), 1) for size, (run, _) in found.items()},
            "tables": found[least][1],
        },
        "ratios": {
            **{f"at_{size}_over_floor": round(run.ratio, 3) for size, (run, _) in found.items()},
            f"rate_at_{most}_over_rate_at_{least}": round(growth, 3),
        },
        "target": {"over_floor": FLOOR_TARGET, "growth": GROWTH_TARGET},
    }


def main() -> int:
    sizes = sorted({int(size) // PATTERN * PATTERN for size in (os.environ.get("STORED") or SIZES).split(",")})
    with stage(SURROUNDINGS):
        import django

        django.setup()
        found = measure(sizes)
        from django.db import connections

        connections.close_all()
    said = report(found)
    print(json.dumps(said))
    ratios = said["ratios"]
    slow = any(value < FLOOR_TARGET for name, value in ratios.items() if name.endswith("_over_floor"))
    growth = next(value for name, value in ratios.items() if name.startswith("rate_at"))
    return 1 if slow or growth < GROWTH_TARGET else 0


if __name__ == "__main__":
    raise SystemExit(main())
