"""What happens while the proof runs: sales, changes of mind, kills; each at its time, all in one thread."""

from __future__ import annotations

import heapq
import itertools
import random
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from proofs.door import Door
from proofs.plan import KILL_SECONDS, Plan
from proofs.shop import Shop, calm
from proofs.simulated import Record
from proofs.stage import Stage, StageError

WORKERS = 2
FIRST_KILL = 5.0
START_AGAIN = 0.5
# A worker that ends by itself is started again, but one that never lives is a proof that cannot be run.
MOST_STARTS = 40


@dataclass(slots=True)
class Timeline:
    """Events by real seconds from now on. Processes are bound to the thread that started them, so there is one."""

    began: float = field(default_factory=time.monotonic)
    _events: list[tuple[float, int, Callable[[], object]]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def now(self) -> float:
        return time.monotonic() - self.began

    def at(self, seconds: float, event: Callable[[], object]) -> None:
        heapq.heappush(self._events, (seconds, next(self._numbers), event))

    def run(self, *, until: float) -> None:
        """Do what is due until then; what is planned for later is dropped."""
        self.go_on(until=until)
        self._events.clear()

    def go_on(self, *, until: float) -> None:
        """Do what is due until then, and keep what is planned for later."""
        while self._events and self._events[0][0] <= until:
            due, _, event = heapq.heappop(self._events)
            time.sleep(max(0.0, due - self.now))
            event()
        time.sleep(max(0.0, until - self.now))


@dataclass(slots=True)
class Crew:
    """Two workers, one of which is killed now and then, and the door where notices arrive, if there is one.

    Whoever is missing is started again.
    """

    stage: Stage
    sabotage: str
    dice: random.Random
    door: Door | None = None
    kills: int = 0
    _workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _starts: int = 0

    def muster(self) -> None:
        """Start who is not there."""
        for name in (f"worker{number}" for number in range(1, WORKERS + 1)):
            process = self._workers.get(name)
            if process is None or process.poll() is not None:
                self._starts += 1
                if self._starts > MOST_STARTS + self.kills:
                    raise StageError(f"{name} does not stay:\n{self.stage.last_words(name)}")
                self._workers[name] = self.stage.start("proofs.worker", name=name, SABOTAGE=self.sabotage)
        if self.door:
            self.door.muster()

    def plan_kills(self, timeline: Timeline, *, until: float, every: float) -> None:
        """Seconds of the timeline; who was killed is missed half a second later."""
        for number in range(int(until / every) + 1):
            at = FIRST_KILL + number * every
            timeline.at(at, self.kill_one)
            timeline.at(at + START_AGAIN, self.muster)
        if self.door:
            timeline.at(until / 2, self.door.kill)
            timeline.at(until / 2 + START_AGAIN, self.muster)

    def kill_one(self) -> None:
        name = self.dice.choice(sorted(self._workers))
        self.stage.kill(self._workers[name])
        self.kills += 1


@dataclass(slots=True)
class Director:
    """Sells the planned orders, in all stores by turns, and gives each the fate that the seed has for it."""

    plan: Plan
    shops: Sequence[Shop]
    crew: Crew
    timeline: Timeline = field(default_factory=Timeline)
    sold: int = 0
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = self.plan.dice("fates")

    def run(self) -> dict[str, int]:
        """The whole storm. Returns how often each fault fired."""
        end = self.plan.selling_seconds + self.plan.storm_seconds
        for shop in self.shops:
            shop.storm()
        for number in range(self.plan.orders):
            sell = partial(self._sell, self.shops[number % len(self.shops)])
            self.timeline.at(self.plan.selling_seconds * number / self.plan.orders, sell)
        self.crew.plan_kills(self.timeline, until=end, every=KILL_SECONDS)
        self.timeline.run(until=end)
        self.crew.muster()
        return calm(self.shops)

    def _sell(self, shop: Shop) -> None:
        number = shop.sell()
        if number is None:
            return
        self.sold += 1
        for seconds, name, sent in self._fate(shop, number):
            self.timeline.at(self.timeline.now + seconds, partial(shop.act, name, **sent))

    def _fate(self, shop: Shop, number: int) -> list[tuple[float, str, Record]]:
        """By turns, so that every kind of fate happens even to twenty orders; the seed says when."""
        soon, later = self._dice.uniform(0.2, 1.5), self._dice.uniform(5.0, 8.0)
        order: Record = {"order_id": number}
        more = {**order, "quantity": self._dice.randint(2, 4)}
        pay = (later / 2, "pay", order)
        fates: dict[int, list[tuple[float, str, Record]]] = {
            1: [(soon, "edit", more), pay],
            4: [(soon, "cancel", order)],
            7: [pay, (later, "cancel", order)],
            10: [(later, "edit", more)],
            13: [pay, (later, "move", {**order, "status_id": shop.status_ids["ENVIADO"]})],
        }
        return fates.get(self.sold % 20, [pay] if self.sold % 5 else [])
