"""The plans of the order list's queries are kept, and none of them reads all the orders."""

from __future__ import annotations

import re
from pathlib import Path

from bench.order_list import ways

PLANS = Path(__file__).parents[1] / "docs" / "order-list-plans.md"


def test_every_way_to_look_at_the_list_has_its_plans() -> None:
    kept = set(re.findall(r"^## (\w+): ", PLANS.read_text(encoding="utf-8"), re.MULTILINE))
    assert kept == {*ways(1), "deep_page"}


def test_no_kept_plan_reads_the_orders_from_first_to_last() -> None:
    """Of a table that is read through, a count that stops at 10.000+ may read the beginning; nothing else may."""
    plans = re.findall(r"^```\n(.*?)\n```", PLANS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    through = [
        plan
        for plan in plans
        if re.search(r"Seq Scan on (orders_(order|buyer|orderline)|movements_fulfilment)\b", plan)
    ]
    assert [plan for plan in through if not plan.startswith("SELECT COUNT(*) FROM (")] == []
