"""What the simulated store's own ledger says of a stretch of time: calls by their purpose, and when figures arrived."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cais.core.budget import DAY_SHARE, MINUTE_SHARE
from cais.ports.session import Priority

PLANS = {"corporate": 50_000, "standard": 10_000}
"""Calls a day, by the name that the connection's form has for the plan."""
PER_MINUTE = 180
_FIGURE = re.compile(r"PUT /web_api/products/\d+$")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds of the store's clock."""

    first: float
    last: float

    @property
    def minutes(self) -> float:
        return (self.last - self.first) / 60


def entries(path: Path, store_id: str, kind: str, stretch: Stretch) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            if entry["kind"] == kind and entry["store"] == store_id and stretch.first <= entry["at"] < stretch.last:
                yield entry


@dataclass(frozen=True, slots=True)
class Calls:
    """Of one stretch: figures written, readings of the orders' list, what the orders themselves need, and refusals."""

    figures: int
    lists: int
    others: int
    refused: int

    @property
    def all(self) -> int:
        return self.figures + self.lists + self.others

    def allowed(self, stretch: Stretch) -> float:
        """What stock may use of the minutes: its share, less the orders' own calls, of which one list a minute."""
        share = int(PER_MINUTE * MINUTE_SHARE[Priority.STOCK])
        return share * stretch.minutes - self.others - stretch.minutes

    def used(self, stretch: Stretch) -> float:
        """Figures, and the readings that only they needed."""
        return self.figures + max(0.0, self.lists - stretch.minutes)


def calls(path: Path, store_id: str, stretch: Stretch) -> Calls:
    found: Counter[str] = Counter()
    for entry in entries(path, store_id, "call", stretch):
        found[_purpose(entry)] += 1
    return Calls(found["figure"], found["list"], found["other"], found["refused"])


def _purpose(entry: Mapping[str, Any]) -> str:
    if entry["status"] == 429:
        return "refused"
    call = f"{entry['method']} {entry['path']}"
    if _FIGURE.match(call):
        return "figure"
    return "list" if call == "GET /web_api/orders" else "other"


def share_of_day(per_day: int) -> int:
    """Calls of a day above which stock makes none."""
    return int(per_day * DAY_SHARE[Priority.STOCK])


def told(path: Path, store_id: str, stretch: Stretch) -> dict[str, list[float]]:
    """By reference, when we wrote a figure of it."""
    found: dict[str, list[float]] = {}
    for entry in entries(path, store_id, "stock", stretch):
        if entry["by"] == "api":
            found.setdefault(entry["reference"], []).append(entry["at"])
    return found


def ages(written: Mapping[str, Sequence[float]], changed: Mapping[str, Sequence[float]]) -> list[float]:
    """Store seconds from each change to the first figure written after it, sorted; what never came is not here."""
    waits = (
        next((at - since for at in written.get(sku, ()) if at >= since), None)
        for sku, instants in changed.items()
        for since in instants
    )
    return sorted(wait for wait in waits if wait is not None)


def percentile(ordered: Sequence[float], share: float) -> float:
    """0 of nothing."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
