"""Finding orders by what somebody typed: a number, a document, a product's code, words of the buyer's name.

Row-level security judges each row before any test that might tell something of it, so the database cannot use an index
for "contains". `orders_searched` and `orders_named` look with the indexes, at the current group's rows only, and tell a
bounded number of ids. What is too common to be told by its ids is asked of the newest orders one after the other: of
those there are plenty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import connection as database
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Lower

from cais.core.values import document_text
from cais.orders.models import Order, OrderLine
from cais.orders.names import Names

# More matches than these are common: the list then walks from the newest order instead of sorting them all.
COMMON = 6000
_SHORTEST_DOCUMENT = 11


@dataclass(frozen=True)
class Search:
    """`told` are all the matches but those by a buyer's name, `names`, and those of the arms that are `common`: these
    ask the rows one by one.

    `is_short`: so many numbers begin with what was typed that only the number itself was looked for.
    """

    text: str
    told: Sequence[int]
    common: frozenset[str]
    names: Names | None
    is_short: bool = False

    @cached_property
    def ids(self) -> Sequence[int]:
        """All the matches that are told by their ids, those of a name in the order of the list."""
        named = self.names.ids if self.names else None
        return tuple(dict.fromkeys((*self.told, *named))) if named else self.told

    @property
    def is_common(self) -> bool:
        """There are matches that `ids` does not hold."""
        return bool(self.common) or (self.names is not None and self.names.ids is None)

    @property
    def names_alone(self) -> Names | None:
        """The name, where nothing else matches."""
        return None if self.told or self.common else self.names

    def narrow(self, rows: QuerySet[Order]) -> QuerySet[Order]:
        """Those of the rows that were searched for."""
        found, document = self._told(), document_text(self.text)
        if self.names and self.names.ids is None:
            rows, bears = self.names.narrow(rows)
            found |= bears
        if "document" in self.common:
            found |= Q(buyer__document=document) | Q(customer__document=document)
        if "product" in self.common:
            rows = rows.alias(of_product=_lines_of(self.text))
            found |= Q(of_product__gt=0)
        return rows.filter(found)

    def _told(self) -> Q:
        """The matches by their ids, as one array: thousands of parameters would take longer than the query."""
        if not self.ids:
            return Q(pk__in=())
        return Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [list(self.ids)]))


def search(text: str) -> Search:
    """Look for the text in the current group."""
    number, document = text.lstrip("#"), document_text(text)
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT arm, ids FROM orders_searched(%s, %s, %s, %s)",
            [number, document if len(document) >= _SHORTEST_DOCUMENT else "", text, COMMON + 1],
        )
        arms: list[tuple[str, list[int]]] = cursor.fetchall()
    common = {arm for arm, ids in arms if len(ids) > COMMON}
    return Search(
        text=text,
        told=tuple(dict.fromkeys(key for arm, ids in arms if arm not in common for key in ids)),
        # Numbers that begin alike lie together, often far from the newest: walking to them would read all orders.
        common=frozenset(common - {"prefix"}),
        names=None if number.isdecimal() else Names.of(text),
        is_short="prefix" in common,
    )


def _lines_of(text: str) -> Coalesce:
    """How many lines of the order are of this product: a number, since a set would be built of all orders."""
    said = text.lower()
    lines = OrderLine.objects.annotate(code=Lower("reference"), sku=Lower("product__sku")).filter(
        Q(code=said) | Q(sku=said), order=OuterRef("pk")
    )
    counted = lines.order_by().values("order").annotate(number=Count(F("pk"))).values("number")
    return Coalesce(Subquery(counted), Value(0))
