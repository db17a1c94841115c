"""The proof of the dock: orders come in through every kind of weather, and none is lost, doubled or oversold."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from cais.config.database import databases
from cais.ops import roles
from proofs import hearing
from proofs.books import read_books
from proofs.chaos import Crew, Director
from proofs.counting import broken, count, crossings, unsettled
from proofs.door import Door, open_door
from proofs.figures import calls, delays, summed, waiting
from proofs.founding import found
from proofs.parts import in_parts
from proofs.plan import CALLS, SALES, Plan
from proofs.rest import wait_for_rest
from proofs.running import SETTLED, run, surroundings
from proofs.shop import Shop, open_shops
from proofs.stage import Stage, StageError, stage
from proofs.table import table
from proofs.truth import Key, Record, Sold, is_sound, truth_of_all
from proofs.worlds import SEVERAL, WORLDS, World

# A status is written within moments of a look at the order; the faults make the longest moment some seconds.
CROSSING_SECONDS = 10.0


def prove(plan: Plan) -> dict[str, Any]:
    """The story in each world, or in the one asked for."""
    runs: dict[str, dict[str, Any]] = {}
    for name, telling in tellings(plan):
        world = WORLDS[telling.world]
        runs[name] = prove_in(world, telling)
        if len(world.firms) > 1 and not runs[name]["in_parts"] and not broken(runs[name]):
            raise StageError("no order was served by two companies, so nothing was put to the proof")
        print(f"{name}\n\n{table(runs[name], broken(runs[name]))}", flush=True)
    return summed(runs)


def tellings(plan: Plan) -> Iterator[tuple[str, Plan]]:
    """The small world under each plan of calls, the large one once: its stores have one plan each.

    A broken engine is shown in the large world alone, which has all that the small one has.
    """
    worlds = [plan.world] if plan.world else [SEVERAL.name] if plan.sabotage else list(SALES)
    for world in worlds:
        if world == SEVERAL.name:
            yield world, replace(plan, world=world, profile="standard")
            continue
        for profile in [plan.profile] if plan.profile else CALLS:
            yield profile, replace(plan, world=world, profile=profile)


@dataclass(slots=True)
class Evidence:
    """What the stores say at the end."""

    shops: Sequence[Shop]
    truth: dict[Key, Sold] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.truth = truth_of_all(self.shops)

    def calls(self) -> dict[str, float]:
        """What the engine asked of all stores, and the most of a day at any of them."""
        entries = [entry for shop in self.shops for entry in shop.entries("call")]
        most = max(int(shop.get("status")["most_calls_in_a_day"]) for shop in self.shops)
        return {**calls(entries, orders=len(self.truth)), "most_calls_in_a_day": most}

    def answered(self) -> Counter[Key]:
        return sum((hearing.answered(shop.name, shop.entries("notice")) for shop in self.shops), Counter[Key]())

    def complete(self, keys: Sequence[Key]) -> dict[Key, Record]:
        """The whole orders as the stores tell them; these calls are ours."""
        orders: dict[Key, Record] = {}
        for shop in self.shops:
            told = shop.partner().complete(int(number) for store, number in keys if store == shop.name)
            orders |= {(shop.name, str(number)): order for number, order in told.items()}
        return orders


def prove_in(world: World, plan: Plan) -> dict[str, Any]:
    """Set the stage, let it happen, wait for rest, count."""
    origin = time.time()
    with stage(surroundings(plan, origin=origin)) as set_up:
        shops = open_shops(set_up, plan, world)
        door = open_door(set_up, plan.dice("door")) if world.hears_notices else None
        _found(set_up, world, plan, shops, door)
        crew = Crew(set_up, plan.sabotage, plan.dice("kills"), door)
        crew.muster()
        director = Director(plan, shops, crew)
        fired = director.run()
        with roles.connect(databases(os.environ)["owner"]) as connection:
            storm = time.monotonic()
            rested = wait_for_rest(connection, seconds=plan.rest_seconds, meanwhile=crew.muster)
            resting = time.monotonic() - storm
            facts = {
                "seed": plan.seed,
                "sabotage": plan.sabotage,
                "orders": director.sold,
                "seconds": round(time.time() - origin, 1),
                "seconds_to_rest": round(resting, 1),
                "kills": crew.kills,
                "faults_fired": fired,
                SETTLED: rested,
            }
            return {"name": "dock", **_count(connection, world, plan, shops, origin=origin), **facts}


def _found(set_up: Stage, world: World, plan: Plan, shops: Sequence[Shop], door: Door | None) -> None:
    deliveries = world.deliveries(plan, shops[0].stored_skus())
    said = found(
        set_up,
        store=shops[0].said,
        world=world.name,
        profiles={store.name: profile for store, profile in zip(world.stores, plan.plans_of_calls, strict=True)},
        deliveries=[[firm, warehouse, units] for (firm, warehouse), units in deliveries.items()],
    )
    if door:
        door.tell(shops[0], said["notices"])


def _count(
    connection: psycopg.Connection[Any], world: World, plan: Plan, shops: Sequence[Shop], *, origin: float
) -> dict[str, Any]:
    seen = Evidence(shops)
    answered, made = seen.answered(), seen.calls()
    books, kept = read_books(connection), hearing.stored(connection)
    told = seen.complete(unsettled(seen.truth, books))
    late = CROSSING_SECONDS * plan.speed
    return {
        **count(world, seen.truth, books, is_sound=lambda key: is_sound(told[key]), late_seconds=late),
        "notices_lost": hearing.lost(answered, kept),
        "statuses_crossed": len(crossings(seen.truth, most=late)),
        "sales_orders": len(books.sales),
        "in_parts": in_parts(books),
        "notices": answered.total(),
        "cancelled": sum(order.is_cancelled for order in seen.truth.values()),
        "waiting": waiting(books),
        **made,
        **delays(seen.truth, books, origin=origin, speed=plan.speed),
    }


if __name__ == "__main__":
    sys.exit(run(prove, Plan))
