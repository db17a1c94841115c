"""The proof of the shelf: two stores sell the same last units, and neither shows more than there is because of us."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from cais.config.database import databases
from cais.connectors.tray.simulator.catalogue import catalogue
from cais.ops import roles
from proofs import formula, witness
from proofs.books import read_books
from proofs.buyers import Buyers, Wares
from proofs.chaos import Crew
from proofs.counting import count_orders, held_by_nobody
from proofs.figures import calls
from proofs.founding import found
from proofs.rest import wait_for_rest
from proofs.running import SETTLED, run, surroundings
from proofs.shelf_counting import Evidence, count_shelves, count_writes, oversold_at_the_end, writing_figures
from proofs.shelf_plan import ShelfPlan
from proofs.shelves import oversold
from proofs.shop import Shop, open_shops
from proofs.showing import History, history_of
from proofs.stage import Stage, StageError, stage
from proofs.told import tell
from proofs.truth import truth_of_all
from proofs.worlds import SEVERAL, Delivery, Store

WORLD = SEVERAL
# Stock may be written for ten seconds of the store's clock after its orders began to be read, and never for less than
# one of ours; on a busy machine a call that left in time arrives so much later.
GOOD_FOR, AT_LEAST, ON_THE_WAY = 10.0, 1.0, 2.0
PATIENCE = 120.0
FEWEST_WRITES = 10
_UNSHOWN = """
SELECT (SELECT count(*) FROM shelves_mark)
     + (SELECT count(*) FROM shelves_stockpublication WHERE due_at IS NOT NULL)
     + CASE WHEN EXISTS (SELECT FROM shelves_stockpublication) THEN 0 ELSE 1 END
"""
_RECORDED = "SELECT count(*) FROM orders_order"
_DRIFTS = "SELECT count(*) FROM shelves_drift"


@dataclass(frozen=True, slots=True)
class Goods:
    """What is on sale: SKUs by how much there is of them, and where each lies at first."""

    plan: ShelfPlan
    skus: Sequence[str]
    kits: Mapping[str, Sequence[str]]
    delivery: Delivery

    @property
    def kept(self) -> list[str]:
        return self.plan.kept(self.skus)

    @property
    def contested(self) -> list[str]:
        return sorted(self.plan.scarce(self.skus) - set(self.kept))

    @property
    def plenty(self) -> list[str]:
        return sorted(set(self.skus) - self.plan.scarce(self.skus))

    def wares(self, store: Store) -> Wares:
        """What its companies have: of anything else the store has a number of its own, which nobody may touch."""
        known = {sku for (firm, _), units in self.delivery.items() if firm in store.served_by for sku in units}
        found = {"contested": self.contested, "kept": self.kept, "plenty": self.plenty}
        kits = [kit for kit, parts in sorted(self.kits.items()) if known.issuperset(parts)]
        return Wares({kind: [sku for sku in skus if sku in known] for kind, skus in found.items()} | {"kits": kits})


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """What happened from the moment when every shelf was shown; real unix seconds."""

    began: float
    ended: float
    kills: int
    told: Mapping[str, Any]


def prove(plan: ShelfPlan) -> dict[str, Any]:
    """Set the stage, show every shelf, let it happen, wait for rest, count."""
    origin = time.time()
    with stage(surroundings(plan, origin=origin)) as set_up, roles.connect(databases(os.environ)["owner"]) as base:
        witness.install(base)
        shops = open_shops(set_up, plan, WORLD)
        goods = _found(set_up, plan, shops)
        crew = Crew(set_up, plan.breakage, plan.dice("kills"))
        crew.muster()
        _wait_until_shown(base, crew)
        storm = _storm(set_up, goods, shops, crew, base)
        calm = time.monotonic()
        rested = wait_for_rest(base, seconds=plan.rest_seconds, meanwhile=crew.muster)
        facts = {
            "seed": plan.seed,
            "sabotage": plan.sabotage,
            **storm.told,
            "seconds": round(time.time() - origin, 1),
            "seconds_to_rest": round(time.monotonic() - calm, 1),
            "kills": storm.kills,
            SETTLED: rested,
        }
        return {"name": "shelf", **_count(base, goods, shops, storm, origin=origin), **facts}


def _storm(set_up: Stage, goods: Goods, shops: Sequence[Shop], crew: Crew, base: psycopg.Connection[Any]) -> Storm:
    began, plan = time.time(), goods.plan
    hand = _lend_a_hand(set_up, goods)
    wares = {store.name: goods.wares(store) for store in WORLD.stores}
    buyers = Buyers(plan, shops, wares, crew, recorded=lambda: _number(base, _RECORDED))
    fired, ended = buyers.run(), time.time()
    told = {
        "tries": plan.tries,
        "bought": buyers.bought,
        "turned_away": buyers.turned_away,
        "deeds": _deeds(set_up, hand),
        "faults_fired": fired,
    }
    return Storm(began=began, ended=ended, kills=crew.kills, told=told)


def _found(set_up: Stage, plan: ShelfPlan, shops: Sequence[Shop]) -> Goods:
    skus = shops[0].stored_skus()
    delivery = WORLD.deliveries(plan, skus)
    kits = {item.sku: [part.sku for part in item.components] for item in catalogue() if item.components}
    goods = Goods(plan, skus, kits, delivery)
    found(
        set_up,
        store=shops[0].said,
        world=WORLD.name,
        profiles={store.name: profile for store, profile in zip(WORLD.stores, plan.plans_of_calls, strict=True)},
        deliveries=[[firm, warehouse, units] for (firm, warehouse), units in delivery.items()],
        shelf={"kept": goods.kept, "buffer": plan.KEPT_BUFFER, "cap": plan.KEPT_CAP},
    )
    return goods


def _wait_until_shown(base: psycopg.Connection[Any], crew: Crew) -> None:
    """Until then the stores show what their merchant typed in, and what is sold of that is nobody's fault of ours."""
    deadline = time.monotonic() + PATIENCE
    while _number(base, _UNSHOWN):
        if time.monotonic() > deadline:
            raise StageError("the shelves were not shown in time")
        crew.muster()
        time.sleep(0.25)


def _lend_a_hand(set_up: Stage, goods: Goods) -> subprocess.Popen[bytes]:
    file = set_up.folder / "hand.json"
    two_places = next(firm.name for firm in WORLD.firms if len(firm.warehouses) > 1)
    what = {"contested": goods.contested, "plenty": goods.plenty, "move": two_places, "until": str(_over(set_up))}
    file.write_text(json.dumps({**what, "seed": goods.plan.seed}), encoding="utf-8")
    return set_up.start("proofs.hand", str(file), name="hand")


def _over(set_up: Stage) -> Path:
    """Once this file is there, the hand comes to its end."""
    return set_up.folder / "over"


def _deeds(set_up: Stage, hand: subprocess.Popen[bytes]) -> dict[str, int]:
    """What the hand did, once it has done it all."""
    _over(set_up).touch()
    said, deadline = set_up.output("hand"), time.monotonic() + PATIENCE
    while not said.read_text(encoding="utf-8").endswith("\n"):
        if hand.poll() is not None or time.monotonic() > deadline:
            raise StageError(f"the hand failed:\n{set_up.last_words('hand')}")
        time.sleep(0.1)
    return dict(json.loads(said.read_text(encoding="utf-8").splitlines()[0]))


def _count(
    base: psycopg.Connection[Any], goods: Goods, shops: Sequence[Shop], storm: Storm, *, origin: float
) -> dict[str, Any]:
    truth, books = truth_of_all(shops), read_books(base)
    seen = _evidence(base, goods.plan, shops, origin=origin)
    said = sum(storm.began <= write.at <= storm.ended for write in seen.told.writes)
    if said < FEWEST_WRITES:
        raise StageError(f"only {said} figures were written while the stores sold, so nothing was put to the proof")
    beyond = oversold_at_the_end(WORLD, truth, books)
    kept = goods.kept
    every_call = [entry for shop in shops for entry in shop.entries("call")]
    return {
        **count_writes(seen),
        **count_shelves(seen),
        "buffered_oversold": sum(units for sku, units in beyond.items() if sku in kept),
        **count_orders(truth, books),
        "promises_oversold": oversold(WORLD, truth, books),
        "ledger_mismatch": books.unequal_balances + books.unequal_reservations + held_by_nobody(truth, books),
        "drifts_mismatch": _number(base, _DRIFTS),
        "sold_in_the_window": sum(units for sku, units in beyond.items() if sku not in kept),
        "stock_writes_while_selling": said,
        **writing_figures(seen, since=storm.began, until=time.time(), kills=storm.kills),
        **calls(every_call, orders=len(truth)),
        "most_calls_in_a_day": max(int(shop.get("status")["most_calls_in_a_day"]) for shop in shops),
    }


def _evidence(base: psycopg.Connection[Any], plan: ShelfPlan, shops: Sequence[Shop], *, origin: float) -> Evidence:
    reaches = formula.reaches(base, WORLD)
    entries = {shop.name: shop.entries("stock", "call", "sold", "edited", "cancelled") for shop in shops}
    seen = Evidence(
        world=WORLD,
        told=tell(entries, origin=origin, speed=plan.speed),
        history=history_of(witness.events(base)),
        reaches=reaches,
        orders=formula.orders(base),
        things={name: formula.figures(base, reach) for name, reach in reaches.items()},
        kits=formula.kits(base),
        shelves={shop.name: shop.shelf() for shop in shops},
        window=max(AT_LEAST, GOOD_FOR / plan.speed) + ON_THE_WAY,
    )
    _hold_against_each_other(seen, seen.history)
    return seen


def _hold_against_each_other(seen: Evidence, history: History) -> None:
    """The witness's notes and the tables must tell the same end, else the one who tells it is wrong."""
    now = time.time()
    for store, reach in seen.reaches.items():
        for item in seen.things[store].values():
            if not item.is_kit and history.figure(reach, item.product, now) != item.units:
                raise StageError(f"{store}, {item.sku}: the notes say otherwise than the tables")


def _number(base: psycopg.Connection[Any], query: str) -> int:
    row = base.execute(query).fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    sys.exit(run(prove, ShelfPlan))
