"""make bench NAME=stock_push: a first push of 20,000 products to a Tray store, then 150 of them changed a minute.

A real worker, the store's limits of minute and day in force, on a clock that it shares with the simulated store and
that runs faster than ours. Orders are sold meanwhile. Everything is counted from the store's own ledger.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.stock_push_counts import PLANS, Stretch, ages, calls, percentile, share_of_day, told
from cais.core.clock import BRASILIA
from cais.ops.child import leave_in_order_on_sigterm
from proofs.stage import Stage, stage

if TYPE_CHECKING:
    from bench.stock_push_shop import Account, Pier

SIZE, SPEED = 20_000, 6.0
# Minutes of the store's clock.
QUIET, PUSH, CHANGES, RESERVE = 4, 6, 4, 2
DAY_BEGINS, CHANGED_A_MINUTE, AT_ONCE = 8, 150, 10
ORDERS_A_MINUTE = 1.0
# Of the standard plan's day: an afternoon of work lies behind it, and 600 calls before its share for stock ends.
USED_TODAY = 7_400
TARGET_CALLS, TARGET_WRITES = 0.95, 1.0
LONGEST_WAIT = 600.0


def surroundings(speed: float) -> dict[str, str]:
    """One clock for all, which begins this morning at eight in Brasília."""
    now = time.time()
    morning = datetime.now(BRASILIA).replace(hour=DAY_BEGINS, minute=0, second=0, microsecond=0).timestamp()
    return {
        "CAIS_CLOCK_SPEED": repr(speed),
        "CAIS_CLOCK_ORIGIN": repr((now * speed - morning) / (speed - 1)),
        "CAIS_ALLOW_ADDRESSES": "loopback",
        "DJANGO_SETTINGS_MODULE": "cais.config.settings",
    }


@dataclass(slots=True)
class Bench:
    """The worker, the merchant, and when each order was sold (unix seconds of ours)."""

    set_up: Stage
    pier: Pier
    speed: float
    origin: float
    sold: dict[str, float] = field(default_factory=dict)
    _worker: subprocess.Popen[bytes] | None = None
    _next_sale: float = 0.0

    @property
    def ledger(self) -> Path:
        return self.set_up.folder / "store.jsonl"

    def now(self) -> float:
        """Seconds of the store's clock."""
        return self.pier.tray.clock.now()

    def work(self) -> None:
        self._worker = self.set_up.start("cais.ops.serve", "worker", name="worker", CAIS_CLOCK_ORIGIN=repr(self.origin))

    def kill_worker(self) -> None:
        """-9, in the middle of whatever it does."""
        if self._worker is not None:
            self.set_up.kill(self._worker)

    def jump(self, seconds: float) -> None:
        """Time passes in which nothing would happen: the worker dies, and another one finds it later."""
        self.kill_worker()
        self.pier.tray.clock.advance(seconds)
        self.origin -= seconds / (self.speed - 1)
        self.work()

    def pass_time(
        self, account: Account, *, minutes: float, until: Callable[[], bool] = lambda: False, tick: Any = None
    ) -> Stretch:
        """So many minutes at the store, with its sales, or fewer when `until` says so."""
        began = self.now()
        deadline = time.monotonic() + LONGEST_WAIT
        looked = 0.0
        while self.now() < began + minutes * 60:
            if time.monotonic() > looked + 0.5:
                looked = time.monotonic()
                if until():
                    break
            if time.monotonic() > deadline:
                raise SystemExit(f"nothing came of waiting:\n{self.set_up.last_words('worker')}")
            self._sell(account)
            if tick is not None:
                tick()
            time.sleep(0.02)
        return Stretch(began, self.now())

    def _sell(self, account: Account) -> None:
        """Of the products that are told last, so that none of them is lacking yet."""
        if self.now() < self._next_sale:
            return
        self._next_sale = max(self._next_sale + 60 / ORDERS_A_MINUTE, self.now())
        skus = list(self.pier.products)
        order = account.shop.seller.buy(skus[-1 - len(self.sold) % (len(skus) // 2)])
        if order is not None:
            self.sold[f"{account.store.pk}:{order.id}"] = time.time()

    def waits_of_orders(self, account: Account, stretch: Stretch) -> list[float]:
        """Store seconds from the sale to its record, of the orders sold in the stretch; sorted."""
        from cais.orders.models import Order

        recorded = dict(
            Order.objects.filter(connection=account.store).values_list("external_id", "recorded_at").order_by()
        )
        real = self._real(stretch)
        return sorted(
            (recorded[number].timestamp() - at) * self.speed
            for key, at in self.sold.items()
            if key.startswith(f"{account.store.pk}:")
            and real[0] <= at < real[1]
            and (number := key.partition(":")[2]) in recorded
        )

    def _real(self, stretch: Stretch) -> tuple[float, float]:
        now, here = time.time(), self.now()
        return now - (here - stretch.first) / self.speed, now - (here - stretch.last) / self.speed


def first_push(bench: Bench, account: Account, *, minutes: float) -> dict[str, Any]:
    """All rows wait; so many minutes of telling, or until the day's share of stock is spent."""
    most = share_of_day(PLANS[account.plan])
    if account.plan == "standard":
        account.use(USED_TODAY, local_day=datetime.fromtimestamp(bench.now(), BRASILIA).date())
    account.switch(stock=True)
    bench.pass_time(account, minutes=30, until=lambda: _is_telling(account))
    stretch = bench.pass_time(
        account,
        minutes=minutes,
        until=lambda: account.shop.store.limits.used_today >= most or not account.waiting(),
    )
    made = calls(bench.ledger, account.shop.store.config.store_id, stretch)
    waits = bench.waits_of_orders(account, stretch)
    return {
        "push_minutes": round(stretch.minutes, 1),
        "push_figures": made.figures,
        "push_figures_a_minute": round(made.figures / stretch.minutes, 1),
        "push_readings_of_orders": made.lists,
        "push_calls_of_orders": made.others,
        "push_calls_refused": made.refused,
        "push_share_of_allowed_calls": round(made.used(stretch) / made.allowed(stretch), 3),
        "push_figures_of_allowed_calls": round(made.figures / made.allowed(stretch), 3),
        **_waits("push_order", waits),
    }


def _is_telling(account: Account) -> bool:
    """The first figure left: the marks of all products are folded, or will be before their turn."""
    facts = account.shop.store.ledger.entries(kind="stock", store=account.shop.store.config.store_id)
    return any(entry.facts["by"] == "api" for entry in facts)


def days_end(bench: Bench, account: Account) -> dict[str, Any]:
    """The share of the day is spent: stock waits, orders do not, and after midnight another worker goes on."""
    number, used = account.shop.store.config.store_id, account.shop.store.limits.used_today
    rest = bench.pass_time(account, minutes=RESERVE)
    quiet, waits = calls(bench.ledger, number, rest), bench.waits_of_orders(account, rest)
    local = datetime.fromtimestamp(bench.now(), BRASILIA)
    midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), BRASILIA).timestamp()
    bench.jump(midnight - bench.now() + 1)
    morning = calls(bench.ledger, number, bench.pass_time(account, minutes=RESERVE))
    return {
        "day_calls_when_stock_rested": used,
        "day_calls_when_stock_must_rest": share_of_day(PLANS[account.plan]),
        "day_figures_in_the_reserve": quiet.figures,
        **_waits("day_order_in_the_reserve", waits),
        "day_figures_after_midnight": morning.figures,
    }


def changes(bench: Bench, account: Account, *, minutes: float) -> dict[str, Any]:
    """Nothing waits; then 150 distinct products change in each minute, ten at a time, a unit each."""
    bench.pass_time(account, minutes=30, until=lambda: not account.level() and not account.waiting())
    bench.pass_time(account, minutes=1.1)
    turn, changed, state = cycle(bench.pier.products), defaultdict(list), {"next": bench.now()}

    def change() -> None:
        if bench.now() >= state["next"]:
            state["next"] += 60 * AT_ONCE / CHANGED_A_MINUTE
            skus, at = list(islice(turn, AT_ONCE)), bench.now()
            bench.pier.change(skus)
            for sku in skus:
                changed[sku].append(at)

    during = bench.pass_time(account, minutes=minutes, tick=change)
    after = bench.pass_time(account, minutes=10, until=lambda: not account.waiting())
    whole = Stretch(during.first, after.last)
    number = account.shop.store.config.store_id
    made, waits = calls(bench.ledger, number, whole), bench.waits_of_orders(account, whole)
    written = told(bench.ledger, number, whole)
    reached = ages(written, changed)
    count = sum(len(each) for each in changed.values())
    return {
        "changes": count,
        "changes_never_told": count - len(reached),
        "changes_writes_per_changed_sku": round(sum(len(written.get(sku, ())) for sku in changed) / count, 3),
        "changes_age_p50_store_s": round(percentile(reached, 0.5), 1),
        "changes_age_p99_store_s": round(percentile(reached, 0.99), 1),
        "changes_age_p50_real_ms": round(percentile(reached, 0.5) / bench.speed * 1000),
        "changes_drained_in_store_s": round(after.last - after.first),
        "changes_calls_refused": made.refused,
        **_waits("changes_order", waits),
    }


def one_at_a_time(bench: Bench, account: Account, *, times: int = 10) -> dict[str, int]:
    """Nothing else is to be said and calls are plenty: real milliseconds from a commit to the store's ledger."""
    bench.pass_time(account, minutes=1.1)
    found, ledger = [], account.shop.store.ledger
    for sku in islice(bench.pier.products, times):
        before, began = ledger.counts()["changed"], time.perf_counter()
        bench.pier.change([sku])
        while ledger.counts()["changed"] == before and time.perf_counter() - began < 20:
            time.sleep(0.005)
        found.append((time.perf_counter() - began) * 1000)
        time.sleep(6 / bench.speed)
    return {"alone_p50_ms": round(percentile(sorted(found), 0.5)), "alone_p99_ms": round(max(found))}


@contextmanager
def bench_of(size: int, speed: float) -> Iterator[Bench]:
    with stage(surroundings(speed)) as set_up:
        import django

        django.setup()
        from django.db import connections

        from bench.stock_push_shop import pier

        with pier(size, set_up.folder) as made:
            yield Bench(set_up, made, speed, float(os.environ["CAIS_CLOCK_ORIGIN"]))
        connections.close_all()


def measure(size: int, speed: float) -> dict[str, Any]:
    from bench.stock_push_floor import figures_a_minute

    figures: dict[str, Any] = {"size": size, "clock_speed": speed}
    with bench_of(size, speed) as bench:
        bare = figures_a_minute(bench.pier.tray, bench.pier.tray.stores[-1], windows=2)
        bench.work()
        floor = {"bare_figures_a_minute": round(bare, 1)}
        for plan, account in bench.pier.accounts.items():
            account.open()
            if plan == "corporate":
                floor |= without_stock(bench, account)
            found = of_plan(bench, account)
            figures |= {f"{plan}_{name}": value for name, value in found.items()}
            account.leave()
        figures["machine_load_per_core"] = round(os.getloadavg()[2] / (os.cpu_count() or 1), 2)
    return {"figures": figures, "floor": floor}


def without_stock(bench: Bench, account: Account) -> dict[str, float]:
    """How long orders take while nothing is told."""
    waits = bench.waits_of_orders(account, bench.pass_time(account, minutes=QUIET))
    return _waits("quiet_order", waits)


def of_plan(bench: Bench, account: Account) -> dict[str, Any]:
    """The push, the end of the day where it has one, then changes."""
    found = first_push(bench, account, minutes=PUSH if account.plan == "corporate" else 24 * 60)
    if account.plan == "standard" and account.waiting():
        found |= days_end(bench, account)
    found |= changes(bench, account, minutes=CHANGES)
    if account.plan == "corporate":
        found |= one_at_a_time(bench, account)
    print(json.dumps({account.plan: found}), file=sys.stderr, flush=True)
    return found


def _waits(name: str, seconds: list[float]) -> dict[str, float]:
    return {f"{name}_p50_s": round(percentile(seconds, 0.5), 1), f"{name}_p99_s": round(percentile(seconds, 0.99), 1)}


def main() -> int:
    leave_in_order_on_sigterm()
    size, speed = int(os.environ.get("SIZE") or SIZE), float(os.environ.get("SPEED") or SPEED)
    found = measure(size, speed)
    figures, floor = found["figures"], found["floor"]
    ratios = {
        f"{plan}_push_over_floor": round(figures[f"{plan}_push_figures_a_minute"] / floor["bare_figures_a_minute"], 3)
        for plan in PLANS
    }
    target = {"push_share_of_allowed_calls": TARGET_CALLS, "changes_writes_per_changed_sku": TARGET_WRITES}
    print(json.dumps({"name": "stock_push", "figures": figures, "floor": floor, "ratios": ratios, "target": target}))
    return 0 if all(_is_met(figures, plan) for plan in PLANS) else 1


def _is_met(figures: dict[str, Any], plan: str) -> bool:
    told = not figures[f"{plan}_changes_never_told"] and not figures.get(f"{plan}_day_figures_in_the_reserve")
    used = figures[f"{plan}_push_share_of_allowed_calls"] >= TARGET_CALLS
    return told and used and figures[f"{plan}_changes_writes_per_changed_sku"] <= TARGET_WRITES


if __name__ == "__main__":
    raise SystemExit(main())
