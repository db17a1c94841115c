"""Regra do estoque: what one store may show, tried on before it is kept, and the products that differ."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from cais.catalog.categories import Tree
from cais.catalog.models import Category, Product
from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.movements.promises import reach_of
from cais.offering.figures import offers
from cais.offering.models import StockException
from cais.offering.rules import policy_of, usable_warehouses
from cais.offering.services import problems_of_policy, set_exception, set_policy
from cais.web.access import GroupRequest, page
from cais.web.forms.categories import category_choices
from cais.web.forms.offering import ExceptionForm, PolicyForm
from cais.web.goods.offer_table import Trial, offer_table
from cais.web.goods.offer_words import told
from cais.web.parts import Crumb
from cais.web.row_keys import key_of
from cais.web.views.connections.pages import crumbs_below, frame, own_store
from cais.web.views.goods import offering_categories
from cais.web.views.goods.offering_categories import category_rules


@page(May.VIEW, post=May.CONFIGURE)
def stock_policy(request: GroupRequest, pk: int) -> HttpResponse:
    """The policy with what the store would show; *Ver como ficaria* changes nothing."""
    store = own_store(request, pk)
    if category := request.GET.get("categoria", ""):
        return _opened(request, store, category)
    kept = policy_of(store)
    posted = request.POST if request.method == "POST" else None
    form = PolicyForm(usable_warehouses(reach_of(store)), posted, initial=PolicyForm.values_of(kept))
    trial: Trial | None = None
    if posted is not None and form.is_valid():
        form.show(problems_of_policy(store, form.draft()))
        if form.is_valid() and "ver" in posted:
            trial = Trial(policy=form.draft().on(store))
        elif form.is_valid():
            set_policy(store, form.draft())
            messages.success(request, f"Regra salva: é o que {store.name} mostra a partir de agora.")
            return redirect("stock_policy", request.group.slug, store.pk)
    tree = Tree.of(request.group)
    context = {
        **frame(request, store, "estoque"),
        "form": form,
        "may_edit": request.may(May.CONFIGURE),
        "category_rules": category_rules(store, tree),
        "category_choices": category_choices(tree, nowhere="Escolha a categoria"),
        **offer_table(request, store, trial=trial),
    }
    return render(request, "offering/policy.html", context, status=422 if form.errors else 200)


def _opened(request: GroupRequest, store: Connection, category: str) -> HttpResponse:
    """*Abrir a regra* of the category that was chosen."""
    own = Category.objects.of(request.group)
    found = get_object_or_404(own, pk=key_of(category))
    return redirect("stock_category", request.group.slug, store.pk, found.pk)


@page(May.VIEW, post=May.EDIT_STOCK)
def stock_exception(request: GroupRequest, pk: int, product_pk: int) -> HttpResponse:
    """One product at one store: what it shows, why, and where it differs from the store's rule."""
    store = own_store(request, pk)
    product = get_object_or_404(Product.objects.of(request.group), pk=product_pk)
    kept = StockException.objects.filter(connection=store, product=product).first()
    posted = request.POST if request.method == "POST" else None
    form = ExceptionForm(posted, initial=ExceptionForm.values_of(kept))
    if posted is not None and form.is_valid():
        with form.refusals():
            set_exception(store, product, form.draft())
            words = "segue a regra da loja" if form.draft().is_empty else "tem regra própria"
            messages.success(request, f"{product.sku} {words} em {store.name}.")
            return redirect("stock_exception", request.group.slug, store.pk, product.pk)
    names = dict(product.components.values_list("product_id", "product__sku")) if product.is_kit else {}
    context = {
        **frame(request, store, "estoque"),
        "product": product,
        "told": told(offers(store, [product.pk])[product.pk], product, tree=Tree.of(request.group), names=names),
        "form": form,
        "may_edit": request.may(May.EDIT_STOCK),
        "crumbs": crumbs_below(request, store, "stock_policy", Crumb(product.sku)),
    }
    return render(request, "offering/exception.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("conectores/<int:pk>/estoque/", stock_policy, name="stock_policy"),
    path("conectores/<int:pk>/estoque/<int:product_pk>/", stock_exception, name="stock_exception"),
    *offering_categories.urlpatterns,
]
