"""Figures that inform and decide nothing: how long it took, what was fired, what it cost in calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from proofs.books import Books
from proofs.truth import Key, Record, Sold


def waiting(books: Books) -> dict[str, int]:
    """Orders by the reasons they wait for; one order may wait for several."""
    return dict(sorted(Counter(reason for reasons in books.named_orders.values() for reason in reasons).items()))


def delays(truth: Mapping[Key, Sold], books: Books, *, origin: float, speed: float) -> dict[str, float]:
    """From the sale to the last of its sales orders, of what was paid when sold: real and simulated seconds."""
    made: dict[Key, float] = {}
    for sale in books.sales:
        made[sale.key] = max(made.get(sale.key, 0.0), sale.created_at.timestamp())
    real = sorted(
        made[key] - (origin + (sold.sold_at - origin) / speed)
        for key, sold in truth.items()
        if sold.was_paid and key in made
    )
    found: dict[str, float] = {}
    for share in (50, 95):
        seconds = percentile(real, share)
        found[f"sale_to_erp_p{share}_seconds"] = round(seconds, 2)
        found[f"sale_to_erp_p{share}_simulated_seconds"] = round(seconds * speed, 1)
    return found


def percentile(values: Sequence[float], share: int) -> float:
    """The smallest of the sorted values that `share` percent do not exceed; 0 of none."""
    if not values:
        return 0.0
    return values[max(0, -(-len(values) * share // 100) - 1)]


def calls(entries: Iterable[Record], *, orders: int) -> dict[str, float]:
    """What the engine asked of the store, lists and renewals included."""
    statuses = Counter(entry["status"] for entry in entries)
    total = sum(statuses.values())
    return {
        "calls": total,
        "calls_per_order": round(total / max(1, orders), 1),
        "calls_refused_429": statuses[429],
    }


# What is a measure of one run, and no number of things that can be added up.
_OF_ONE_RUN = ("seconds_to_rest", "calls_per_order", "most_calls", "sale_to_erp")


def summed(runs: Mapping[str, Record]) -> dict[str, Any]:
    """Several runs of a story in one: numbers of things are added up, measures stand beside the name of their run."""
    found: dict[str, Any] = {}
    for key, first in next(iter(runs.values())).items():
        values = {name: run[key] for name, run in runs.items()}
        if isinstance(first, bool):
            found[key] = all(values.values())
        elif isinstance(first, Mapping):
            found[key] = dict(sum((Counter(value) for value in values.values()), Counter[str]()))
        elif isinstance(first, str) or key == "seed":
            found[key] = first
        elif key.startswith(_OF_ONE_RUN):
            found[key] = values
        else:
            found[key] = round(sum(values.values()), 1)
    return found
