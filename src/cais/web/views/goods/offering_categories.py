"""Regra do estoque, by category: the rules of one store, and the page on which one is tried on and kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from cais.catalog.categories import Tree
from cais.catalog.models import Category
from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.offering.models import StockCategoryRule
from cais.offering.services import set_category_rule, tried_rule
from cais.web.access import GroupRequest, page
from cais.web.forms.offering import CategoryRuleForm
from cais.web.goods.offer_table import Trial, offer_table
from cais.web.parts import Crumb
from cais.web.views.connections.pages import crumbs_below, frame, own_connection


@dataclass(frozen=True, slots=True)
class CategoryRuleRow:
    path: str
    rule: StockCategoryRule


def category_rules(store: Connection, tree: Tree) -> list[CategoryRuleRow]:
    """The rules of a store's categories, in the order of the tree."""
    rules = {row.category_id: row for row in StockCategoryRule.objects.filter(connection=store)}
    return [CategoryRuleRow(tree.path(row.pk), rules[row.pk]) for row in tree.walk() if row.pk in rules]


@page(May.VIEW, post=May.CONFIGURE)
def stock_category(request: GroupRequest, pk: int, category_pk: int) -> HttpResponse:
    """One category at one store: its rule, and what the store shows of all that lies in it."""
    store = own_connection(request, pk)
    category = get_object_or_404(Category.objects.of(request.group), pk=category_pk)
    kept = StockCategoryRule.objects.filter(connection=store, category=category).first()
    posted = request.POST if request.method == "POST" else None
    form = CategoryRuleForm(posted, initial=CategoryRuleForm.values_of(kept))
    trial: Trial | None = None
    if posted is not None and form.is_valid():
        with form.refusals():
            if "ver" not in posted:
                return _keep(request, store, category, form)
            trial = Trial(rule=tried_rule(store, category, form.draft()))
    tree = Tree.of(request.group)
    context = {
        **frame(request, store, "estoque"),
        "category": category,
        "path": tree.path(category.pk),
        "above": _above(store, tree, category),
        "form": form,
        "may_edit": request.may(May.CONFIGURE),
        "crumbs": crumbs_below(request, store, "stock_policy", Crumb(category.name)),
        **offer_table(request, store, trial=trial, within=tree.under(category.pk)),
    }
    return render(request, "offering/category.html", context, status=422 if form.errors else 200)


def _keep(request: GroupRequest, store: Connection, category: Category, form: CategoryRuleForm) -> HttpResponse:
    """Raises Invalid."""
    draft = form.draft()
    set_category_rule(store, category, draft)
    words = "não tem mais regra própria" if draft.is_empty else "tem regra própria"
    messages.success(request, f"{category.name} {words} em {store.name}.")
    return redirect("stock_policy", request.group.slug, store.pk)


def _above(store: Connection, tree: Tree, category: Category) -> str:
    """What an empty field of this rule follows."""
    ruled = {row.rule.category_id for row in category_rules(store, tree)}
    nearest = next((key for key in tree.lineage(category.parent_id) if key in ruled), None)
    return f"a regra de {tree.path(nearest)}" if nearest is not None else "a regra da loja"


urlpatterns = [
    path("conectores/<int:pk>/estoque/categorias/<int:category_pk>/", stock_category, name="stock_category"),
]
