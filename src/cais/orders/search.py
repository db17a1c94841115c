"""Finding orders by what somebody typed: a number, a document, a product's code, words of the buyer's name.

Row-level security judges each row before any test that might tell something of it, so the database cannot use an index
for "contains". `orders_searched` looks with the indexes, at the current group's rows only, and tells a bounded number
of ids; those of a name in the order of the list, so that a page asks for its own orders alone.
What is too common to be told by its ids is asked of the newest orders one after the other: of those there are plenty.
A name that very many of the newest buyers bear is known to be common without a look into the index.
"""

from __future__ import annotations

from collections.abc import Sequence
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
# The index knows words by their groups of three letters; a shorter one is tried on what another has found.
_SHORTEST_WORD = 3


@dataclass(frozen=True, slots=True)
class Search:
    """`ids` are all the matches, but for those of the arms that are `common`: these ask the rows one by one.

    `in_order`: the ids are in the order of the list, the newest order first. `is_short`: so many numbers begin with
    what was typed that only the number itself was looked for.
    """

    text: str
    ids: Sequence[int]
    common: frozenset[str]
    in_order: bool = False
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
        return Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [list(self.ids)]))


def search(text: str) -> Search:
    """Look for the text in the current group."""
    number, document, words = _number(text), document_text(text), _words(text)
    looks_for_name = bool(words) and not number.isdecimal()
    has_index = looks_for_name and max(map(len, words)) >= _SHORTEST_WORD
    patterns = [_pattern(word) for word in words] if has_index else []
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT arm, ids FROM orders_searched(%s, %s, %s, %s, %s)",
            [number, document if len(document) >= _SHORTEST_DOCUMENT else "", text, patterns, COMMON + 1],
        )
        arms: list[tuple[str, list[int] | None]] = cursor.fetchall()
    common = {arm for arm, ids in arms if ids is None or len(ids) > COMMON}
    if looks_for_name and not has_index:
        common.add("name")
    told = [(arm, ids) for arm, ids in arms if ids and arm not in common]
    return Search(
        text=text,
        ids=tuple(dict.fromkeys(key for _, ids in told for key in ids)),
        # Numbers that begin alike lie together, often far from the newest: walking to them would read all orders.
        common=frozenset(common - {"prefix"}),
        in_order=not common and {arm for arm, _ in told} == {"name"},
        is_short="prefix" in common,
    )


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
