"""Pools by their sets of companies: found, or made before any balance is locked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cais.core.pooling import Pool as Companies
from cais.stock.models import Pool


def sets_of(group_id: int) -> dict[int, Companies]:
    """Pool id → the companies of it."""
    return {key: frozenset(companies) for key, companies in _rows(group_id)}


def pools_of(group_id: int, wanted: Iterable[Companies]) -> Mapping[Companies, int]:
    """Set of companies → pool id; those that were never needed before are made.

    Called before balances are locked: whoever makes the same pool at the same instant is waited for here.
    """
    needed = set(wanted)
    known = {frozenset(companies): key for key, companies in _rows(group_id)}
    if missing := needed - known.keys():
        fresh = [Pool(group_id=group_id, companies=companies) for companies in sorted(map(sorted, missing))]
        Pool.objects.bulk_create(fresh, ignore_conflicts=True)
        known = {frozenset(companies): key for key, companies in _rows(group_id)}
    return known


def _rows(group_id: int) -> Iterable[tuple[int, list[int]]]:
    return Pool.objects.filter(group=group_id).values_list("pk", "companies")
