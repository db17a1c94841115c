"""Finding orders by what somebody typed: a number, a document, a product's code, words of the buyer's name.

Row-level security judges each row before any test that might tell something of it, so the database cannot use an index
for "contains". `orders_searched` looks with the indexes, at the current group's rows only, and tells a bounded number
of ids.
What is too common to be told by its ids is asked of the newest orders one after the other: of those there are plenty.
A name that very many of the newest buyers bear is known to be common without a look into the index.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db import connection as database
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Lower

from cais.companies.folding import fold
from cais.core.values import document_text
from cais.orders.models import Buyer, Order, OrderLine

# More matches than these are common: the list then walks from the newest order instead of sorting them all.
COMMON = 6000
_SHORTEST_DOCUMENT = 11
_MOST_WORDS = 6
# The index knows words by their groups of three letters.
_SHORTEST_WORD = 3


@dataclass(frozen=True, slots=True)
class Search:
    """`ids` are all the matches, but for those of the arms that are `common`: these ask the rows one by one.

    `is_short`: so many numbers begin with what was typed that only the number itself was looked for.
    """

    text: str
    ids: frozenset[int]
    common: frozenset[str]
    is_short: bool = False

    def narrow(self, rows: QuerySet[Order]) -> QuerySet[Order]:
        """Those of the rows that were searched for."""
        found, document = self._told(), document_text(self.text)
        if "name" in self.common:
            rows = rows.alias(buyer_name=_buyer_of())
            found |= Q(*(Q(buyer_name__contains=word) for word in _words(self.text)))
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
        return Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [sorted(self.ids)]))


def search(text: str) -> Search:
    """Look for the text in the current group."""
    number, document, words = _number(text), document_text(text), _words(text)
    looks_for_name = not number.isdecimal()
    patterns = [_pattern(word) for word in words if len(word) >= _SHORTEST_WORD] if looks_for_name else []
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT arm, order_id FROM orders_searched(%s, %s, %s, %s, %s)",
            [number, document if len(document) >= _SHORTEST_DOCUMENT else "", text, patterns, COMMON + 1],
        )
        arms: dict[str, set[int | None]] = defaultdict(set)
        for arm, order_id in cursor:
            arms[arm].add(order_id)
    common = {arm for arm, ids in arms.items() if len(ids) > COMMON or None in ids}
    told = frozenset(order_id for arm, ids in arms.items() if arm not in common for order_id in ids if order_id)
    if looks_for_name and words and not patterns:
        common.add("name")  # too short for the index
    # Numbers that begin alike lie together, often far from the newest: walking to them would read all orders.
    return Search(text=text, ids=told, common=frozenset(common - {"prefix"}), is_short="prefix" in common)


def _number(text: str) -> str:
    return text.lstrip("#")


def _words(text: str) -> list[str]:
    return fold(text).split()[:_MOST_WORDS]


def _pattern(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _buyer_of() -> Subquery:
    """The name of the order's buyer, for who walks: joined, all buyers might be read to find the few."""
    return Subquery(Buyer.objects.filter(order=OuterRef("pk")).values("folded")[:1])


def _lines_of(text: str) -> Coalesce:
    """How many lines of the order are of this product: a number, since a set would be built of all orders."""
    said = text.lower()
    lines = OrderLine.objects.annotate(code=Lower("reference"), sku=Lower("product__sku")).filter(
        Q(code=said) | Q(sku=said), order=OuterRef("pk")
    )
    counted = lines.order_by().values("order").annotate(number=Count(F("pk"))).values("number")
    return Coalesce(Subquery(counted), Value(0))
