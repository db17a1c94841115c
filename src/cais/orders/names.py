"""Finding orders by words of their buyer's name: all of them by an index, or a page of them by a walk along the list.

Which is quicker depends on how many bear the name. One that many bear is met soon on a walk from wherever the page
begins; one that few bear is told whole by the index. What a walk has not told is not counted with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from django.db import connection as database
from django.db.models import OuterRef, Q, QuerySet, Subquery

from cais.companies.folding import fold
from cais.orders.counts import phase_counts
from cais.orders.models import Buyer, Order

# A name with more orders than these is common: no list of them is made.
COMMON: Final = 6000
# How far a walk goes at first; how far its end may seem to be for it to go on; and at most. 10,000 rows take 2 ms.
NEAR, LIKELY, FAR = 5000, 30_000, 40_000
_MOST_WORDS = 6
# The index knows words by their groups of three letters; a shorter one is tried on what another has found.
_SHORTEST_WORD = 3
# The place of an order in the list: when it was placed, and its id.
Place = tuple[datetime, int]


@dataclass(frozen=True)
class Names:
    """Orders whose buyer bears all of these words, each folded; at least one."""

    words: Sequence[str]

    @classmethod
    def of(cls, text: str) -> Names | None:
        """None when the text has no word."""
        words = fold(text).split()[:_MOST_WORDS]
        return cls(words) if words else None

    @cached_property
    def ids(self) -> list[int] | None:
        """Their ids in the order of the list, the newest first; None where the name is common."""
        if not self._has_index or self._are_many():
            return None
        found = self._told(COMMON + 1)
        return None if len(found) > COMMON else found

    def beside(self, place: Place | None, *, older: bool, wanted: int) -> list[int] | None:
        """The next so many orders from this place on, or from the end of the list; None where a walk is too long."""
        found = self._newest if older and place is None else self._walk(place, older=older, looked_at=NEAR)
        if len(found) < wanted and wanted * NEAR <= len(found) * LIKELY:
            found = self._walk(place, older=older, looked_at=FAR, wanted=wanted)
        return found[:wanted] if len(found) >= wanted else None

    def count_up_to(self, most: int) -> int | None:
        """How many there are, counted no further than one past `most`; None where no index tells."""
        return len(self._told(most + 1)) if self._has_index else None

    def narrow(self, rows: QuerySet[Order]) -> tuple[QuerySet[Order], Q]:
        """The rows with what is asked of each of them, for who cannot be told the ids of a common name.

        The name is looked up for every row: joined, all buyers might be read to find the few.
        """
        name = Subquery(Buyer.objects.filter(order=OuterRef("pk")).values("folded")[:1])
        return rows.alias(buyer_name=name), Q(*(Q(buyer_name__contains=word) for word in self.words))

    @property
    def _has_index(self) -> bool:
        return max(map(len, self.words)) >= _SHORTEST_WORD

    @property
    def _patterns(self) -> list[str]:
        return [_pattern(word) for word in self.words]

    def _are_many(self) -> bool:
        """As many of all orders as of the newest."""
        return len(self._newest) * sum(phase_counts().values()) > COMMON * NEAR

    @cached_property
    def _newest(self) -> list[int]:
        """Those of the name among the newest orders of all."""
        return self._walk(None, older=True, looked_at=NEAR)

    def _told(self, most: int) -> list[int]:
        with database.cursor() as cursor:
            cursor.execute("SELECT orders_named(%s, %s)", [self._patterns, most])
            found: list[int] = cursor.fetchone()[0]
        return found

    def _walk(self, place: Place | None, *, older: bool, looked_at: int, wanted: int | None = None) -> list[int]:
        """Those among the next buyers of the list who bear the name. Row-level security judges them before the name."""
        beyond, way = ("<", "DESC") if older else (">", "ASC")
        begin, begin_id = place or ("infinity" if older else "-infinity", 0)
        statement = (  # LIMIT NULL is no limit
            "SELECT order_id FROM (SELECT order_id, folded FROM orders_buyer"
            f" WHERE (placed_at, order_id) {beyond} (%s::timestamptz, %s::bigint)"
            f" ORDER BY placed_at {way}, order_id {way} LIMIT %s) beside WHERE folded LIKE ALL (%s) LIMIT %s"
        )
        with database.cursor() as cursor:
            cursor.execute(statement, [begin, begin_id, looked_at, self._patterns, wanted])
            return [key for (key,) in cursor]


def _pattern(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
