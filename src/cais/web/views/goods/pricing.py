"""Regra de preço: what one store asks, tried on before it is kept, and the products that differ."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from cais.catalog.models import Product
from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.core.pricing import Priced
from cais.pricing.figures import prices
from cais.pricing.models import PriceException, PriceList
from cais.pricing.rules import list_of
from cais.pricing.services import problems_of_list, set_exception, set_list
from cais.web.access import GroupRequest, page
from cais.web.forms.pricing import PriceExceptionForm, PriceListForm
from cais.web.goods.price_words import price_change_text, told_price
from cais.web.goods.tried_on import products_listed, products_sold
from cais.web.parts import Action, Crumb
from cais.web.views.connections.pages import crumbs_below, frame, own_store
from cais.web.views.goods import price_import


@page(May.VIEW, post=May.CONFIGURE)
def price_list(request: GroupRequest, pk: int) -> HttpResponse:
    """The list with what the store would ask; *Ver como ficaria* changes nothing."""
    store = own_store(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = PriceListForm(posted, initial=PriceListForm.values_of(list_of(store)))
    tried: PriceList | None = None
    if posted is not None and form.is_valid():
        form.show(problems_of_list(store, form.draft()))
        if form.is_valid() and "ver" in posted:
            tried = form.draft().on(store)
        elif form.is_valid():
            set_list(store, form.draft())
            messages.success(request, f"Regra salva: é o que {store.name} pede a partir de agora.")
            return redirect("price_list", request.group.slug, store.pk)
    context = {
        **frame(request, store, "preco"),
        "form": form,
        "may_edit": request.may(May.CONFIGURE),
        "sheet_actions": _sheet_actions(request, store),
        **_table(request, store, tried),
    }
    return render(request, "pricing/list.html", context, status=422 if form.errors else 200)


def _sheet_actions(request: GroupRequest, store: Connection) -> list[Action]:
    own = [request.group.slug, store.pk]
    out = Action("Planilha", reverse("price_sheet", args=own), icon="arrow-down-tray", hide_narrow=True)
    back = Action("Importar planilha", reverse("price_import", args=own), icon="arrow-up-tray", hide_narrow=True)
    return [out, back] if request.may(May.EDIT_CATALOG) else [out]


def _table(request: GroupRequest, store: Connection, tried: PriceList | None) -> dict[str, object]:
    """A page of products with what the store asks for each, now and under the list tried on."""
    context, products = products_listed(request)
    ids = [product.pk for product in products]
    now = prices(store, ids)
    then = prices(store, ids, listed=tried) if tried is not None else {}
    differs = set(PriceException.objects.filter(connection=store, product__in=ids).values_list("product", flat=True))
    rows = [_row(product, now, then) | {"differs": product.pk in differs} for product in products]
    return {**context, "rows": rows, "tried": _tried_text(store, tried) if tried is not None else ""}


def _row(product: Product, now: Mapping[int, Priced], then: Mapping[int, Priced]) -> dict[str, object]:
    after = then.get(product.pk)
    return {
        "product": product,
        "told": told_price(now[product.pk], product),
        "then": told_price(after, product) if after else None,
        "changes": after is not None and after.price != now[product.pk].price,
    }


def _tried_text(store: Connection, tried: PriceList) -> str:
    ids = products_sold(store)
    now, then = prices(store, ids), prices(store, ids, listed=tried)
    return price_change_text([now[key] for key in ids], [then[key] for key in ids])


@page(May.VIEW, post=May.EDIT_CATALOG)
def price_exception(request: GroupRequest, pk: int, product_pk: int) -> HttpResponse:
    """One product at one store: what it asks, why, and where it differs from the store's list."""
    store = own_store(request, pk)
    product = get_object_or_404(Product.objects.of(request.group), pk=product_pk)
    kept = PriceException.objects.filter(connection=store, product=product).first()
    posted = request.POST if request.method == "POST" else None
    form = PriceExceptionForm(posted, initial=PriceExceptionForm.values_of(kept))
    if posted is not None and form.is_valid():
        with form.refusals():
            set_exception(store, product, form.draft())
            words = "segue a regra da loja" if form.draft().is_empty else "tem preço próprio"
            messages.success(request, f"{product.sku} {words} em {store.name}.")
            return redirect("price_exception", request.group.slug, store.pk, product.pk)
    context = {
        **frame(request, store, "preco"),
        "product": product,
        "told": told_price(prices(store, [product.pk])[product.pk], product),
        "form": form,
        "may_edit": request.may(May.EDIT_CATALOG),
        "crumbs": crumbs_below(request, store, "price_list", Crumb(product.sku)),
    }
    return render(request, "pricing/exception.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("conectores/<int:pk>/regra-de-preco/", price_list, name="price_list"),
    path("conectores/<int:pk>/regra-de-preco/<int:product_pk>/", price_exception, name="price_exception"),
    *price_import.urlpatterns,
]
