"""The proof of notes: every sale gets one note, whatever is lost on the way, and the store shows exactly that note."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from cais.config.database import databases
from cais.ops import roles
from proofs.authority import SURELY_LOST, Authority, open_authority
from proofs.books import read_books
from proofs.chaos import Crew, Timeline
from proofs.figures import percentile
from proofs.founding import found
from proofs.note_counting import Evidence, count_notes, may_have_note
from proofs.note_plan import NotePlan
from proofs.notes import Sending, bought, notes, sendings, shown
from proofs.rest import wait_for_rest
from proofs.running import SETTLED, run, surroundings
from proofs.shop import Shop, open_shop
from proofs.stage import Stage, StageError, stage
from proofs.worlds import ONE

# The store is not what this proof is about: its faults are few, but an invoice's first answer is lost.
SHOP_FAULTS = dict.fromkeys(("lost_after_commit", "lost_before_commit", "error_429", "error_503", "html_ok"), 0.01)
INVOICE_FAULT = {"name": "error_500_after_commit", "next": 1, "only": "POST /web_api/orders/"}
# Real seconds: 108 for a while; when those who waited come back, no connection at all.
STOPPED, BACK, VANISHED = 4.0, 1.0, 2.5
# The longest wait for the first notes before SEFAZ goes down.
PATIENCE = 30.0
_LAST_NUMBER = "SELECT coalesce(max(last), 0) FROM nfe_numberseries"
_ASKED = """
SELECT o.external_id, extract(epoch FROM min(n.created_at))::float8
FROM nfe_nfe n JOIN orders_order o ON o.id = n.order_id GROUP BY 1
"""


@dataclass(slots=True)
class Storm:
    """Sells what is planned, has it paid, and lets SEFAZ, the store and the workers fail meanwhile."""

    plan: NotePlan
    shop: Shop
    authority: Authority
    crew: Crew

    def run(self) -> dict[str, int]:
        """Returns how often each fault happened."""
        self.shop.storm(SHOP_FAULTS)
        self.shop.post("faults", **INVOICE_FAULT)
        self.authority.storm()
        self._everything_sold()
        self._some_notes_sent()
        self._sefaz_down()
        self.crew.muster()
        store, sefaz = self.shop.calm(), self.authority.calm()
        return {**{f"store_{name}": times for name, times in store.items()}, **sefaz}

    def _everything_sold(self) -> None:
        timeline, seconds = Timeline(), self.plan.selling_seconds
        for number in range(self.plan.orders):
            timeline.at(seconds * number / self.plan.orders, self._sell)
        self.crew.plan_kills(timeline, until=seconds, every=self.plan.kill_seconds)
        timeline.run(until=seconds)

    def _some_notes_sent(self) -> None:
        """A slow machine comes to its first notes late; what is to go wrong with them must not be over by then."""
        late = time.monotonic() + PATIENCE
        while self.authority.lost() < SURELY_LOST and time.monotonic() < late:
            self.crew.muster()
            time.sleep(0.2)

    def _sefaz_down(self) -> None:
        timeline, speed = Timeline(), self.plan.speed
        timeline.at(0.0, lambda: self.authority.stop(simulated_seconds=STOPPED * speed))
        timeline.at(STOPPED + BACK, lambda: self.authority.vanish(simulated_seconds=VANISHED * speed))
        self.crew.plan_kills(timeline, until=self.plan.storm_seconds, every=self.plan.kill_seconds)
        timeline.run(until=self.plan.storm_seconds)

    def _sell(self) -> None:
        number = self.shop.sell()
        if number is None:
            raise StageError("the store's shelves are empty before all was sold")
        self.shop.act("pay", order_id=number)


def prove(plan: NotePlan) -> dict[str, Any]:
    """Set the stage, let it happen, wait for rest, count."""
    origin = time.time()
    with stage(surroundings(plan, origin=origin)) as set_up:
        authority = open_authority(set_up, seed=plan.seed)
        shop = open_shop(set_up, plan)
        received = _found(set_up, shop, authority, plan)
        crew = Crew(set_up, plan.breakage, plan.dice("kills"))
        crew.muster()
        set_up.start("proofs.clerk", name="clerk")
        fired = Storm(plan, shop, authority, crew).run()
        with roles.connect(databases(os.environ)["owner"]) as connection:
            calm = time.monotonic()
            rested = wait_for_rest(connection, seconds=plan.rest_seconds, meanwhile=crew.muster)
            resting = time.monotonic() - calm
            counted = _count(connection, shop, authority, received)
            facts = {
                **_delays(connection, sendings(authority.entries("note")), origin=origin, speed=plan.speed),
                "seed": plan.seed,
                "sabotage": plan.sabotage,
                "seconds": round(time.time() - origin, 1),
                "seconds_to_rest": round(resting, 1),
                "kills": crew.kills,
                "faults_fired": fired,
                SETTLED: rested,
            }
            return {"name": "nfe", **counted, **facts}


def _found(set_up: Stage, shop: Shop, authority: Authority, plan: NotePlan) -> dict[str, int]:
    """Returns the units that came in, by SKU."""
    received = plan.units(shop.stored_skus())
    (place,) = ONE.places()
    found(
        set_up,
        world=ONE.name,
        store=shop.said,
        sefaz=authority.said,
        profiles={shop.name: plan.plan_of_calls},
        deliveries=[[*place, received]],
    )
    return received


def _count(
    connection: psycopg.Connection[Any], shop: Shop, authority: Authority, received: dict[str, int]
) -> dict[str, Any]:
    sent = sendings(authority.entries("note"))
    seen = Evidence(
        bought=bought(shop.orders()),
        notes=notes(authority.kept(), sent),
        sent=sent,
        shown=shown(shop.entries("invoice")),
        findings=authority.findings(),
        received=received,
        store=shop.name,
    )
    if seen.notes and authority.lost() < SURELY_LOST:
        raise StageError("no answer of SEFAZ was lost, so nothing was put to the proof")
    last = connection.execute(_LAST_NUMBER).fetchone()
    return {
        **count_notes(seen, read_books(connection), last_number=last[0] if last else 0),
        "orders": len(seen.bought),
        "notes": len(seen.notes),
        "blocked": sum(not may_have_note(order) for order in seen.bought),
        "answers_cut": authority.lost(),
        "sends": len(sent),
        "sends_per_note": round(len(sent) / max(1, len(seen.notes)), 2),
    }


def _delays(
    connection: psycopg.Connection[Any], sent: Sequence[Sending], *, origin: float, speed: float
) -> dict[str, float]:
    """Real seconds from asking for a note to its authorisation at SEFAZ."""
    authorised = {sending.order: origin + (sending.at - origin) / speed for sending in sent if sending.is_authorised}
    asked = dict(connection.execute(_ASKED).fetchall())
    real = sorted(at - asked[order] for order, at in authorised.items() if order in asked)
    return {f"asked_to_authorised_p{share}_seconds": round(percentile(real, share), 2) for share in (50, 95)}


if __name__ == "__main__":
    sys.exit(run(prove, NotePlan))
