"""Estoque: how much of each product, and every change of one product with who made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from cais.catalog.drafts import Invalid
from cais.catalog.models import Product, ProductQuerySet
from cais.companies.models import Company, Warehouse
from cais.companies.roles import Action as May
from cais.companies.roles import allows
from cais.stock import services
from cais.stock.models import LedgerEntry
from cais.stock.selectors import Figures, figures, lacking, lacks, out_of_stock
from cais.web.access import GroupRequest, page
from cais.web.cuts import cut_tabs
from cais.web.forms.stock import EntryForm
from cais.web.goods.warehouse_names import warehouse_choices, warehouse_names
from cais.web.goods.warehouse_pages import warehouses_of
from cais.web.keyset import count_up_to, page_of, searched, total_text
from cais.web.orders.division_words import listed as listed_text
from cais.web.orders.promise_notices import tell_without
from cais.web.parts import Action, Crumb, Fact
from cais.web.status_words import Tone
from cais.web.views.goods import stock_import
from cais.web.wording import quantity_text

_TABS = (("", "Todos"), ("faltando", "Faltando"), ("sem", "Sem estoque"))
_TONES: dict[str, Tone] = {"faltando": "err"}
_ICONS = {
    LedgerEntry.Kind.RECEIVE: "arrow-down-tray",
    LedgerEntry.Kind.ADJUST: "pencil-square",
    LedgerEntry.Kind.COUNT: "clipboard-document-check",
    LedgerEntry.Kind.OBSERVE: "eye",
    LedgerEntry.Kind.RESERVE: "lock-closed",
    LedgerEntry.Kind.RELEASE: "lock-open",
    LedgerEntry.Kind.SHIP: "truck",
    LedgerEntry.Kind.TRANSFER: "arrows-right-left",
}


@dataclass(frozen=True, slots=True)
class StockRow:
    """One product of the list. `places` follows the order of the warehouses in the head."""

    product: Product
    figures: Figures
    places: list[Decimal | None]
    lacks: Decimal | None


def _cut(products: ProductQuerySet, tab: str) -> ProductQuerySet:
    match tab:
        case "faltando":
            return lacking(products)
        case "sem":
            return out_of_stock(products)
    return products.filter(active=True, tracks_stock=True)


@page(May.VIEW)
def stock(request: GroupRequest) -> HttpResponse:
    text, tab = searched(request.GET), request.GET.get("aba", "")
    every = Product.objects.filter(group=request.group)
    found = _cut(every, tab).matching(text)
    listed = page_of(found, request.GET, keys=("sku",))
    warehouses = warehouses_of(request)
    return render(
        request,
        "stock/list.html",
        {
            "rows": _rows(request, listed.rows, warehouses),
            "warehouses": warehouses if len(warehouses) > 1 else [],
            "several": len({warehouse.company_id for warehouse in warehouses}) > 1,
            "page": listed,
            "summary": total_text(count_up_to(found), "produto", "produtos"),
            "tabs": cut_tabs(request.GET, _TABS, lambda code: _cut(every, code).count(), current=tab, tones=_TONES),
            "text": text,
            "tab": tab,
            "no_filter_url": reverse("stock", args=[request.group.slug]),
            "products_url": reverse("products", args=[request.group.slug]),
            "is_empty": not listed.rows and not text and not tab,
            "actions": _list_actions(request),
        },
    )


def _rows(request: GroupRequest, products: Sequence[Product], warehouses: Sequence[Warehouse]) -> list[StockRow]:
    ids = [product.pk for product in products]
    found, missing = figures(request.group, ids), lacks(ids)
    return [
        StockRow(
            product,
            found[product.pk],
            [found[product.pk].by_warehouse.get(warehouse.pk, Decimal(0)) for warehouse in warehouses],
            missing.get(product.pk),
        )
        for product in products
    ]


def _list_actions(request: GroupRequest) -> list[Action]:
    slug = request.group.slug
    actions = [
        Action("Transferências", reverse("transfers", args=[slug]), icon="arrows-right-left"),
        Action("Inventários", reverse("inventories", args=[slug]), icon="clipboard-document-check"),
    ]
    if request.may(May.EDIT_STOCK):
        url = reverse("stock_import", args=[slug])
        actions.append(Action("Importar planilha", url, icon="arrow-up-tray", hide_narrow=True))
    return actions


@page(May.VIEW, post=May.EDIT_STOCK)
def stock_ledger(request: GroupRequest, pk: int) -> HttpResponse:
    """The changes of one product, newest first, and the form that adds one."""
    product = get_object_or_404(Product.objects.of(request.group), pk=pk)
    if product.is_kit:
        return redirect("product", request.group.slug, product.pk)
    warehouses = warehouses_of(request)
    form = EntryForm(warehouses, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _record(request, form, product):
        return redirect("stock_ledger", request.group.slug, product.pk)
    entries = LedgerEntry.objects.of(request.group).filter(product=product)
    listed = page_of(entries.select_related("pool"), request.GET, keys=("id",), descending=True)
    numbers = figures(request.group, [product.pk])[product.pk]
    places = _places(request, listed.rows)
    context = {
        "product": product,
        "crumbs": [Crumb("Estoque", reverse("stock", args=[request.group.slug])), Crumb(product.sku)],
        "rows": [(entry, _ICONS[LedgerEntry.Kind(entry.kind)], places[entry.pk]) for entry in listed.rows],
        "page": listed,
        "summary": total_text(count_up_to(entries), "movimento", "movimentos"),
        "facts": _facts(numbers, warehouses),
        "lacks": lacks([product.pk]).get(product.pk),
        "form": form if allows(request.membership.role, May.EDIT_STOCK) and warehouses else None,
        "has_warehouse": bool(warehouses),
    }
    return render(request, "stock/ledger.html", context, status=422 if form.errors else 200)


def _places(request: GroupRequest, entries: Sequence[LedgerEntry]) -> dict[int, str]:
    """The depot of each entry; of a promise for which nobody chose one yet, the companies that may serve it."""
    names = dict(Company.objects.of(request.group).values_list("pk", "name"))
    depots = warehouse_names(request.group)
    found: dict[int, str] = {}
    for entry in entries:
        if entry.warehouse_id is not None:
            found[entry.pk] = depots[entry.warehouse_id]
        elif entry.pool is not None:
            found[entry.pk] = "A movimentar: " + listed_text([names.get(key, "?") for key in entry.pool.companies])
    return found


def _record(request: GroupRequest, form: EntryForm, product: Product) -> bool:
    entry = form.entry(product)
    try:
        services.record(request.group, [entry], actor_name=str(request.user))
    except services.AlreadyPosted:
        messages.info(request, "Este lançamento já está no estoque: foi enviado duas vezes e conta uma.")
        return True
    except Invalid as error:
        form.show(error.problems)
        return False
    words = LedgerEntry.Kind(entry.kind).label
    place = warehouse_names(request.group)[entry.warehouse.pk]
    messages.success(request, f"{words} de {product.sku} em {place}: {quantity_text(entry.quantity)}.")
    if entry.kind != LedgerEntry.Kind.RECEIVE:
        tell_without(request, [product.pk])
    return True


def _facts(numbers: Figures, warehouses: list[Warehouse]) -> list[Fact]:
    places = [
        Fact(f"Livre em {name}", quantity_text(numbers.by_warehouse.get(int(key), Decimal(0))))
        for key, name in warehouse_choices(warehouses)
    ]
    return [
        Fact("Físico", quantity_text(numbers.on_hand)),
        Fact("Reservado", quantity_text(numbers.reserved)),
        Fact("Disponível", quantity_text(numbers.available), total=True, tone="err" if numbers.available < 0 else ""),
        *(places if len(places) > 1 else []),
    ]


urlpatterns = [
    path("estoque/", stock, name="stock"),
    *stock_import.urlpatterns,
    path("estoque/<int:pk>/", stock_ledger, name="stock_ledger"),
]
