"""What the simulated stores' ledger tells: what was written to their shelves, and when orders were listed and sold."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import parse_qs

from proofs.moments import Moments
from proofs.truth import Key, Record

ZERO = Decimal(0)
OK = 200
# An answer that did not arrive whole tells nobody anything.
WHOLE = ("", "slow")
Needs = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A figure that the interface wrote to a shelf. Real unix seconds."""

    at: float
    store: str
    sku: str
    was: int
    now: int


@dataclass(slots=True)
class Told:
    """Of all stores. `listed`: when a list of changed orders, or the end of one, was begun that was answered whole;
    `shown`: each shelf; `moved`: when an order of the store moved a shelf; `in_doubt`: when the answer of a write did
    not arrive. `ends`: by store and window of a list, the last page of it that was ever answered."""

    writes: list[Write] = field(default_factory=list)
    listed: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    needs: dict[Key, Moments[Needs]] = field(default_factory=dict)
    shown: dict[tuple[str, str], Moments[int]] = field(default_factory=dict)
    moved: list[float] = field(default_factory=list)
    in_doubt: list[float] = field(default_factory=list)
    ends: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def first_listed(self, store: str, *, since: float, until: float) -> float | None:
        times = self.listed[store]
        place = bisect_left(times, since)
        return times[place] if place < len(times) and times[place] <= until else None

    def sold_before(self, store: str, sku: str, *, before: float, until: float) -> dict[Key, int]:
        """Orders of the store sold before the one moment: the fewest units that each wanted from then to the other."""
        found: dict[Key, int] = {}
        for key, needs in self.needs.items():
            if key[0] == store and needs.times[0] < before:
                fewest = min(units.get(sku, 0) for units in needs.during(before, until))
                if fewest:
                    found[key] = fewest
        return found


def tell(entries: Mapping[str, Iterable[Record]], *, origin: float, speed: float) -> Told:
    """`entries` by store, each oldest first. The store's clock began at `origin` and runs `speed` times ours."""
    found = Told()
    for store, own in entries.items():
        for entry in own:
            _take(found, store, entry, origin + (entry["at"] - origin) / speed)
        found.listed[store].sort()
    found.writes.sort(key=lambda write: write.at)
    return found


def _take(found: Told, store: str, entry: Record, at: float) -> None:
    kind = entry["kind"]
    if kind == "stock":
        _stock(found, store, entry, at)
    elif kind == "call":
        _call(found, store, entry, at)
    elif kind in ("sold", "edited"):
        needs = found.needs.setdefault((store, str(entry["order_id"])), Moments({}))
        needs.add(at, _needs(entry["lines"]))
    elif kind == "cancelled":
        found.needs[store, str(entry["order_id"])].add(at, {})


def _stock(found: Told, store: str, entry: Record, at: float) -> None:
    sku = str(entry["reference"])
    found.shown.setdefault((store, sku), Moments(int(entry["was"]))).add(at, int(entry["is"]))
    if entry["by"] == "api":
        found.writes.append(Write(at=at, store=store, sku=sku, was=int(entry["was"]), now=int(entry["is"])))
    elif entry["by"] != "merchant":
        found.moved.append(at)


def _call(found: Told, store: str, entry: Record, at: float) -> None:
    """A call is written down when its answer leaves; it began when its work did."""
    began, path = at - entry["ms"] / 1000, str(entry["path"])
    is_whole = entry["status"] == OK and entry["fault"] in WHOLE
    if path == "/web_api/orders" and entry["method"] == "GET":
        asked = parse_qs(entry["query"])
        if is_whole and "modified" in asked and _shows_the_end(found, store, asked):
            found.listed[store].append(began)
    elif path.startswith("/web_api/products/") and entry["method"] == "PUT" and not is_whole:
        found.in_doubt.append(at)


def _shows_the_end(found: Told, store: str, asked: Mapping[str, list[str]]) -> bool:
    """The list stands oldest order first, so whoever goes on from its last page but one sees every new order."""
    window, page = (store, asked["modified"][0]), int(asked.get("page", ["1"])[0])
    end = found.ends[window]
    found.ends[window] = max(end, page)
    return page == 1 or page >= end - 1


def _needs(lines: Sequence[Record]) -> Needs:
    found: dict[str, int] = defaultdict(int)
    for line in lines:
        found[str(line["reference"])] += int(line["quantity"])
    return dict(found)
