"""The merchant's own tree of categories: read once as a whole, and changed by one person at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from django.db import transaction

from cais.catalog.drafts import Invalid
from cais.catalog.hints import tell
from cais.catalog.models import Category, Product
from cais.companies.folding import fold
from cais.companies.models import Group

BETWEEN: Final = " › "
Names = tuple[str, ...]
_SIGNS: Final = "›>"
_LONGEST: Final = 60
_DEEPEST: Final = 6
_MOST: Final = 2_000
_GONE: Final = "Esta categoria não existe mais. Escolha outra."


class Tree:
    """The categories of one group as they stood when they were read."""

    def __init__(self, rows: Iterable[Category]) -> None:
        self._rows: dict[int, Category] = {}
        self._parent_of: dict[int, int | None] = {}
        self._below: dict[int | None, list[Category]] = defaultdict(list)
        for row in rows:
            self.take(row)

    @classmethod
    def of(cls, group: Group | int) -> Tree:
        return cls(Category.objects.filter(group=group))

    def take(self, row: Category) -> None:
        self._rows[row.pk] = row
        self._parent_of[row.pk] = row.parent_id
        self._below[row.parent_id].append(row)

    def __contains__(self, pk: object) -> bool:
        return pk in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def path(self, pk: int | None) -> str:
        """Cozinha › Panelas; empty where there is none."""
        return BETWEEN.join(self._rows[key].name for key in reversed(self.lineage(pk)))

    def lineage(self, pk: int | None) -> list[int]:
        """The category itself first, then what it lies in, up to the root."""
        return list(_upwards(pk, self._parent_of))

    def under(self, pk: int) -> set[int]:
        """The category and everything that lies in it."""
        return {pk}.union(*(self.under(child.pk) for child in self._below.get(pk, ())))

    def height(self, pk: int) -> int:
        """How many levels it fills, itself one of them."""
        return 1 + max((self.height(child.pk) for child in self._below.get(pk, ())), default=0)

    def walk(self, pk: int | None = None) -> list[Category]:
        """Everything below, each category before what lies in it, by name."""
        below = sorted(self._below.get(pk, ()), key=lambda row: (fold(row.name), row.pk))
        return [row for child in below for row in (child, *self.walk(child.pk))]

    def child(self, parent: int | None, name: str) -> int | None:
        """What bears this name there, whatever the accents and the case."""
        same = (row.pk for row in self._below.get(parent, ()) if fold(row.name) == fold(name))
        return next(same, None)

    def find(self, names: Sequence[str]) -> int | None:
        """The category at the end of this path; None when part of the path is missing."""
        pk: int | None = None
        for name in names:
            pk = self.child(pk, name)
            if pk is None:
                return None
        return pk

    def missing(self, paths: Iterable[Names]) -> int:
        """How many categories have to be made so that each of these paths is there."""
        levels = {names[:depth] for names in paths for depth in range(1, len(names) + 1)}
        return len({tuple(map(fold, names)) for names in levels if self.find(names) is None})


def lineages(group_id: int, pks: Collection[int]) -> dict[int, list[int]]:
    """Each category first, then what it lies in, up to the root."""
    parent_of = dict(Category.objects.filter(group=group_id).order_by().values_list("pk", "parent_id")) if pks else {}
    return {pk: list(_upwards(pk, parent_of)) for pk in pks if pk in parent_of}


def _upwards(pk: int | None, parent_of: Mapping[int, int | None]) -> Iterator[int]:
    while pk is not None and pk in parent_of:
        yield pk
        pk = parent_of[pk]


def read_path(text: str) -> Names:
    """The names of “Cozinha › Panelas”, which may be written with > too. Raises Invalid."""
    names = tuple(" ".join(part.split()) for part in text.replace(">", "›").split("›"))
    if len(names) > _DEEPEST:
        raise Invalid({"": f"A categoria “{text}” passa de {_DEEPEST} níveis."})
    for name in names:
        if words := _name_problem(name):
            raise Invalid({"": f"A categoria “{text}” tem um nível que não serve. {words}"})
    return names


def add(group: Group, name: str, *, parent: int | None = None) -> Category:
    """Raises Invalid."""
    with transaction.atomic():
        return _make(group, _locked(group), name, parent)


def ensure(group: Group, paths: Iterable[Names]) -> dict[Names, int]:
    """The category at the end of each path; what is missing on the way is made. Raises Invalid."""
    found: dict[Names, int] = {}
    with transaction.atomic():
        tree = _locked(group)
        for names in sorted(set(paths)):
            pk: int | None = None
            for name in names:
                known = tree.child(pk, name)
                if known is None:
                    known = _make(group, tree, name, pk).pk
                pk = known
            assert pk is not None  # a path has at least one name
            found[names] = pk
    return found


def edit(group: Group, pk: int, *, name: str, parent: int | None) -> Category:
    """Another name, another place; products in it go along. Raises Invalid."""
    name = " ".join(name.split())
    with transaction.atomic():
        tree = _locked(group)
        if pk not in tree:
            raise Invalid({"": _GONE})
        if problems := _problems(tree, name, parent, own=pk):
            raise Invalid(problems)
        found = Category.objects.get(pk=pk)
        moved = found.parent_id != parent
        found.name, found.parent_id = name, parent
        found.save()
        if moved:
            tell(group.pk, Product.objects.filter(category__in=tree.under(pk)).values_list("pk", flat=True))
    return found


def remove(group: Group, pk: int) -> None:
    """Raises Invalid while products or other categories lie in it."""
    with transaction.atomic():
        tree = _locked(group)
        # A product that is being put there now comes first: then it is seen below.
        if not Category.objects.filter(group=group, pk=pk).select_for_update().exists():
            return
        if len(tree.under(pk)) > 1:
            raise Invalid({"": "Esta categoria tem outras dentro. Mova ou apague aquelas antes."})
        if Product.objects.filter(category=pk).exists():
            raise Invalid({"": "Há produtos nesta categoria. Mova-os para outra antes de apagar."})
        Category.objects.filter(pk=pk).delete()


def problem_of(group_id: int, pk: int | None) -> str:
    """Why a product cannot be put there; empty when it can. Inside a transaction it stays there until the end."""
    if pk is None:
        return ""
    own = Category.objects.filter(group=group_id, pk=pk).order_by().select_for_update(no_key=True)
    return "" if own.exists() else _GONE


def _locked(group: Group) -> Tree:
    """The tree, which nobody else changes until the transaction ends."""
    Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    return Tree.of(group)


def _make(group: Group, tree: Tree, name: str, parent: int | None) -> Category:
    name = " ".join(name.split())
    if problems := _problems(tree, name, parent):
        raise Invalid(problems)
    if len(tree) >= _MOST:
        raise Invalid({"": "O grupo já tem 2.000 categorias, e é esse o máximo."})
    made = Category.objects.create(group=group, name=name, parent_id=parent)
    tree.take(made)
    return made


def _problems(tree: Tree, name: str, parent: int | None, *, own: int | None = None) -> dict[str, str]:
    found = {"name": _name_problem(name), "parent": _place_problem(tree, parent, own)}
    if not any(found.values()) and tree.child(parent, name) not in (None, own):
        found["name"] = f"Já existe {name} neste lugar."
    return {field: words for field, words in found.items() if words}


def _name_problem(name: str) -> str:
    if not name:
        return "Escreva o nome da categoria."
    if len(name) > _LONGEST:
        return f"Use até {_LONGEST} letras no nome da categoria."
    return (
        f"O nome não pode ter {_SIGNS[0]} nem {_SIGNS[1]}: eles separam os níveis." if set(_SIGNS) & set(name) else ""
    )


def _place_problem(tree: Tree, parent: int | None, own: int | None) -> str:
    if parent is None:
        return ""
    if parent not in tree:
        return _GONE
    if own is not None and parent in tree.under(own):
        return "Uma categoria não fica dentro dela mesma."
    height = tree.height(own) if own is not None else 1
    return f"São no máximo {_DEEPEST} níveis." if len(tree.lineage(parent)) + height > _DEEPEST else ""
