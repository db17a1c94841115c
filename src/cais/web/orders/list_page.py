"""One page of the order list by the shortest way, and how many orders the whole list has.

Where a name alone is searched for, no more orders are looked at than the page shows; how many bear the name is then a
question of its own, asked once the page is there.
"""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from cais.orders.counts import phase_counts
from cais.orders.models import Order
from cais.orders.names import Names, Place
from cais.web.keyset import COUNTED, SIZE, Page, count_up_to, is_backwards, near, page_of, place_of
from cais.web.orders.filters import TABS, OrderFilter, parts_of

_KEYS: Final = ("placed_at", "id")
_LAST_ID: Final = 2**63 - 1


def listed(chosen: OrderFilter, rows: QuerySet[Order], query: QueryDict) -> tuple[Page[Order], int | None]:
    """The page of this address, and the number of orders in all, to ten thousand; None where it is not known yet."""
    page, total = _found(chosen, rows, query)
    is_whole = not (page.previous_url or page.next_url)
    return page, len(page.rows) if total is None and is_whole else total


def _found(chosen: OrderFilter, rows: QuerySet[Order], query: QueryDict) -> tuple[Page[Order], int | None]:
    if (names := _names_alone(chosen)) is None:
        return _page(chosen.apply(rows), query), known_total(chosen, rows)
    if ids := names.beside(_place(query), older=not is_backwards(query), wanted=SIZE + 1):
        return _page(rows.filter(pk__in=ids), query), None
    around = None if names.ids is None else near(rows, names.ids, query, keys=_KEYS)
    found = chosen.apply(rows) if around is None else rows.filter(pk__in=around)
    return _page(found, query), known_total(chosen, rows)


def known_total(chosen: OrderFilter, rows: QuerySet[Order]) -> int | None:
    """How many orders there are; None where counting them would take longer than looking."""
    if chosen.is_plain:
        counts = phase_counts()
        return sum(counts.get(phase, 0) for phase in TABS[chosen.tab][1] or counts)
    if chosen.searched and chosen.searched.is_common:
        return None
    if chosen.searched and chosen == OrderFilter(text=chosen.text):
        return len(chosen.searched.ids)
    if chosen.companies and chosen == OrderFilter(companies=chosen.companies):
        return count_up_to(parts_of(chosen.companies).order_by().distinct("order"))
    return count_up_to(chosen.apply(rows).select_related(None))


def named_total(chosen: OrderFilter) -> int | None:
    """How many orders bear the name that alone is searched for; None where there is none, or no index tells."""
    names = _names_alone(chosen)
    return names.count_up_to(COUNTED) if names else None


def _page(rows: QuerySet[Order], query: QueryDict) -> Page[Order]:
    return page_of(rows, query, keys=_KEYS, descending=True)


def _names_alone(chosen: OrderFilter) -> Names | None:
    """The name that alone is searched for, nothing else being chosen."""
    return chosen.searched.names_alone if chosen.searched and chosen == OrderFilter(text=chosen.text) else None


def _place(query: QueryDict) -> Place | None:
    """Where the page begins; None at the end of the list, and where the address was cut or invented."""
    try:
        told, key = place_of(query, _KEYS)
        placed, order_id = parse_datetime(str(told)), int(str(key))
    except ValueError:
        return None
    return (placed, order_id) if placed and abs(order_id) <= _LAST_ID else None
