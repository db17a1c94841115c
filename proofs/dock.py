"""The proof of the dock: orders come in through every kind of weather, and none is lost, doubled or oversold."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from typing import Any

import psycopg

from cais.config.database import databases
from cais.ops import roles
from proofs.books import read_books
from proofs.chaos import Crew, Director
from proofs.counting import broken, count, crossings, unsettled
from proofs.figures import calls, delays, summed, waiting
from proofs.plan import CALLS, Plan
from proofs.rest import wait_for_rest
from proofs.running import SETTLED, run, surroundings
from proofs.shop import Shop, open_shop
from proofs.stage import Stage, stage
from proofs.table import table
from proofs.truth import is_sound, truth_of

# A status is written within moments of a look at the order; the faults make the longest moment some seconds.
CROSSING_SECONDS = 10.0


def prove(plan: Plan) -> dict[str, Any]:
    """The story under each plan of calls, or under the one asked for. A broken engine need not be found twice."""
    found: dict[str, dict[str, Any]] = {}
    for profile in [plan.profile] if plan.profile else CALLS:
        found[profile] = prove_under(replace(plan, profile=profile))
        print(f"calls a day: {CALLS[profile]}\n\n{table(found[profile], broken(found[profile]))}", flush=True)
        if plan.sabotage and broken(found[profile]):
            break
    return summed(found)


def prove_under(plan: Plan) -> dict[str, Any]:
    """Set the stage, let it happen, wait for rest, count."""
    origin = time.time()
    with stage(surroundings(plan, origin=origin)) as set_up:
        shop = _found(set_up, plan)
        crew = Crew(set_up, plan.sabotage, plan.dice("kills"))
        crew.muster()
        director = Director(plan, shop, crew)
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
            return {"name": "dock", **_count(connection, shop, plan, origin=origin), **facts}


def _found(set_up: Stage, plan: Plan) -> Shop:
    shop = open_shop(set_up, plan)
    units = set_up.folder / "units.json"
    units.write_text(json.dumps(plan.units(shop.stored_skus())), encoding="utf-8")
    set_up.run("proofs.founding", str(set_up.output("store")), str(units), plan.plan_of_calls, name="founding")
    return shop


def _count(connection: psycopg.Connection[Any], shop: Shop, plan: Plan, *, origin: float) -> dict[str, Any]:
    truth = truth_of(shop.orders(), shop.entries("sold", "edited", "paid", "status"))
    books = read_books(connection)
    made = calls(shop.entries("call"), orders=len(truth))
    made["most_calls_in_a_day"] = shop.get("status")["most_calls_in_a_day"]
    # From here on the calls are ours.
    told = shop.partner().complete(unsettled(truth, books))
    late = CROSSING_SECONDS * plan.speed
    return {
        **count(truth, books, is_sound=lambda number: is_sound(told[number]), late_seconds=late),
        "statuses_crossed": len(crossings(truth, most=late)),
        "sales_orders": len(books.sales),
        "cancelled": sum(order.is_cancelled for order in truth.values()),
        "waiting": waiting(books),
        **made,
        **delays(truth, books, origin=origin, speed=plan.speed),
    }


if __name__ == "__main__":
    sys.exit(run(prove, Plan))
