"""The filter of a list of products by category: one with all that lies in it, or those that are in none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import QueryDict

from cais.catalog.categories import Tree
from cais.catalog.models import ProductQuerySet
from cais.web.filters import choice_chip
from cais.web.parts import FilterChip
from cais.web.row_keys import key_of

NAME: Final = "categoria"
_NONE: Final = "nenhuma"
_NOWHERE: Final = "Sem categoria"


@dataclass(frozen=True, slots=True)
class Chosen:
    """`value` as it stands in the address, empty where nothing or nothing known was chosen."""

    value: str
    label: str
    within: frozenset[int]

    @classmethod
    def of(cls, query: QueryDict, tree: Tree) -> Chosen:
        value = query.get(NAME, "")
        if value == _NONE:
            return cls(value, _NOWHERE, frozenset())
        pk = key_of(value)
        return cls(value, tree.path(pk), frozenset(tree.under(pk))) if pk in tree else cls("", "", frozenset())

    def cut(self, products: ProductQuerySet) -> ProductQuerySet:
        if not self.value:
            return products
        return products.filter(category__in=self.within) if self.within else products.filter(category=None)


def category_chip(query: QueryDict, tree: Tree, chosen: Chosen) -> FilterChip | None:
    """None where there is nothing to choose from."""
    if not len(tree):
        return None
    values = [*((str(row.pk), tree.path(row.pk)) for row in tree.walk()), (_NONE, _NOWHERE)]
    return choice_chip(query, NAME, "Categoria", values, [chosen.value])
