"""The form of a category, and the choice among them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms

from cais.catalog.categories import Tree
from cais.web.forms.refusals import RefusableForm


def category_choices(tree: Tree, *, nowhere: str, without: Collection[int] = ()) -> list[tuple[str, str]]:
    """Every category with its path, in the order of the tree; the empty choice is called `nowhere`."""
    return [("", nowhere), *((str(row.pk), tree.path(row.pk)) for row in tree.walk() if row.pk not in without)]


class CategoryForm(RefusableForm):
    name = forms.CharField(label="Nome", max_length=60, error_messages={"required": "Escreva o nome da categoria."})
    parent = forms.TypedChoiceField(label="Dentro de", required=False, coerce=int, empty_value=None)

    def __init__(self, tree: Tree, *args: Any, own: int | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["parent"]
        assert isinstance(field, forms.ChoiceField)
        inside = tree.under(own) if own is not None else ()
        field.choices = category_choices(tree, nowhere="Nenhuma: fica no primeiro nível", without=inside)
