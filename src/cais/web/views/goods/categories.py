"""Produtos › Categorias: the merchant's tree, and one category with its name, its place and its end."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.catalog import categories as tree_of_products
from cais.catalog.categories import Tree
from cais.catalog.drafts import Invalid
from cais.catalog.models import Category, Product
from cais.companies.roles import Action as May
from cais.web.access import GroupRequest, page
from cais.web.audit.words import Record, name_of
from cais.web.forms.categories import CategoryForm
from cais.web.parts import Action, Crumb


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """`above` is the path that it lies in; `products` are those in it, `all_products` with those below."""

    category: Category
    above: str
    products: int
    all_products: int
    products_url: str


@page(May.VIEW, post=May.EDIT_CATALOG)
def categories(request: GroupRequest) -> HttpResponse:
    """The whole tree, and a form to add to it."""
    tree = Tree.of(request.group)
    form = CategoryForm(tree, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = tree_of_products.add(request.group, form.cleaned_data["name"], parent=form.cleaned_data["parent"])
            messages.success(request, f"{made.name} está entre as categorias.")
            return redirect("categories", request.group.slug)
    context = {
        "rows": _rows(request, tree),
        "form": form,
        "crumbs": [Crumb("Produtos", reverse("products", args=[request.group.slug])), Crumb("Categorias")],
        "may_edit": request.may(May.EDIT_CATALOG),
    }
    return render(request, "products/categories.html", context, status=422 if form.errors else 200)


def _rows(request: GroupRequest, tree: Tree) -> list[CategoryRow]:
    placed = Product.objects.filter(group=request.group, category__isnull=False).order_by()
    there = dict(placed.values_list("category").annotate(n=Count("pk")))
    listed = reverse("products", args=[request.group.slug])
    return [
        CategoryRow(
            category=row,
            above=tree.path(row.parent_id),
            products=there.get(row.pk, 0),
            all_products=sum(there.get(key, 0) for key in tree.under(row.pk)),
            products_url=f"{listed}?categoria={row.pk}",
        )
        for row in tree.walk()
    ]


@page(May.VIEW, post=May.EDIT_CATALOG)
def category(request: GroupRequest, pk: int) -> HttpResponse:
    """Rename or move it."""
    found = get_object_or_404(Category.objects.of(request.group), pk=pk)
    tree = Tree.of(request.group)
    values = {"name": found.name, "parent": found.parent_id}
    form = CategoryForm(tree, request.POST if request.method == "POST" else None, own=pk, initial=values)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with form.refusals():
            kept = tree_of_products.edit(request.group, pk, name=data["name"], parent=data["parent"])
            messages.success(request, f"{Tree.of(request.group).path(kept.pk)} foi salva.")
            return redirect("categories", request.group.slug)
    row = next(row for row in _rows(request, tree) if row.category.pk == pk)
    context = {
        "row": row,
        "path": tree.path(pk),
        "form": form,
        "crumbs": _crumbs(request, found),
        "may_edit": request.may(May.EDIT_CATALOG),
        "remove": _remove_action(request, row, tree),
    }
    return render(request, "products/category.html", context, status=422 if form.errors else 200)


def _remove_action(request: GroupRequest, row: CategoryRow, tree: Tree) -> Action | None:
    if not request.may(May.EDIT_CATALOG):
        return None
    url = reverse("category_remove", args=[request.group.slug, row.category.pk])
    reason = "Há produtos nesta categoria." if row.products else ""
    if len(tree.under(row.category.pk)) > 1:
        reason = "Há outras categorias dentro desta."
    return Action("Apagar", url, "post", icon="trash", reason=reason)


@page(May.EDIT_CATALOG)
@require_POST
def category_remove(request: GroupRequest, pk: int) -> HttpResponse:
    """*Apagar*: only what is empty. Pressed twice, it says so and nothing more."""
    name = name_of(request.group, Record("Category", pk))
    if name is None:
        raise Http404
    is_there = Category.objects.of(request.group).filter(pk=pk).exists()
    try:
        tree_of_products.remove(request.group, pk)
    except Invalid as error:
        messages.warning(request, str(error))
        return redirect("category", request.group.slug, pk)
    words = "não está mais entre as categorias" if is_there else "já tinha sido apagada"
    messages.success(request, f"{name} {words}.")
    return redirect("categories", request.group.slug)


def _crumbs(request: GroupRequest, found: Category) -> list[Crumb]:
    slug = request.group.slug
    return [
        Crumb("Produtos", reverse("products", args=[slug])),
        Crumb("Categorias", reverse("categories", args=[slug])),
        Crumb(found.name),
    ]


urlpatterns = [
    path("produtos/categorias/", categories, name="categories"),
    path("produtos/categorias/<int:pk>/", category, name="category"),
    path("produtos/categorias/<int:pk>/apagar/", category_remove, name="category_remove"),
]
