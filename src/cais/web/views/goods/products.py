"""Produtos: the list, the product with its kit, and its way in and out of use."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone

from cais.catalog import kits, services
from cais.catalog.categories import Tree
from cais.catalog.models import Product, ProductQuerySet
from cais.catalog.product_import import COLUMNS, cells_of
from cais.catalog.spreadsheet import MOST_ROWS
from cais.companies.roles import Action as May
from cais.companies.roles import allows
from cais.stock.selectors import Figures, figures
from cais.web.access import GroupRequest, page
from cais.web.cuts import cut_tabs
from cais.web.forms.products import PartLines, ProductForm, part_lines
from cais.web.goods.category_filter import Chosen, category_chip
from cais.web.goods.export_lines import export_lines
from cais.web.goods.offer_words import store_lines
from cais.web.goods.price_words import store_prices
from cais.web.goods.warehouse_names import warehouse_choices
from cais.web.goods.warehouse_pages import warehouses_of
from cais.web.keyset import count_up_to, page_of, searched, total_text, without_place
from cais.web.parts import Action, Crumb, Fact, Tab
from cais.web.sheets import sheet_answer
from cais.web.status_words import Tone
from cais.web.views.goods import categories, product_import
from cais.web.wording import UNKNOWN, money_text, quantity_text

_TABS = (("", "Todos"), ("kits", "Kits"), ("incompletos", "Cadastro incompleto"), ("inativos", "Inativos"))
_TONES: dict[str, Tone] = {"incompletos": "warn"}


def _cut(products: ProductQuerySet, tab: str) -> ProductQuerySet:
    match tab:
        case "kits":
            return products.kits()
        case "incompletos":
            return products.incomplete()
        case "inativos":
            return products.inactive()
    return products


@page(May.VIEW)
def products(request: GroupRequest) -> HttpResponse:
    text, tab, tree = searched(request.GET), request.GET.get("aba", ""), Tree.of(request.group)
    chosen = Chosen.of(request.GET, tree)
    every = chosen.cut(Product.objects.filter(group=request.group))
    found = _cut(every, tab).matching(text)
    listed = page_of(found, request.GET, keys=("sku",))
    stock = figures(request.group, [product.pk for product in listed.rows])
    return render(
        request,
        "products/list.html",
        {
            "rows": [(product, stock[product.pk], tree.path(product.category_id)) for product in listed.rows],
            "page": listed,
            "summary": total_text(count_up_to(found), "produto", "produtos"),
            "tabs": cut_tabs(request.GET, _TABS, lambda code: _cut(every, code).count(), current=tab, tones=_TONES),
            "category_chip": category_chip(request.GET, tree, chosen),
            "filter_actions": _filter_actions(request),
            "no_filter_url": reverse("products", args=[request.group.slug]),
            "is_empty": not (listed.rows or text or tab or chosen.value),
            "actions": _list_actions(request),
        },
    )


def _filter_actions(request: GroupRequest) -> list[Action]:
    slug = request.group.slug
    sheet = f"{reverse('product_export', args=[slug])}{without_place(request.GET)}"
    return [
        Action("Categorias", reverse("categories", args=[slug]), icon="tag"),
        Action("Exportar à loja", reverse("exporting", args=[slug]), icon="arrow-up-on-square"),
        Action("Planilha", sheet, icon="arrow-down-tray", hide_narrow=True),
    ]


@page(May.VIEW)
def product_export(request: GroupRequest) -> HttpResponse:
    """*Planilha*: the products of this list, as *Importar planilha* reads them back."""
    tree = Tree.of(request.group)
    every = Chosen.of(request.GET, tree).cut(Product.objects.filter(group=request.group))
    found = _cut(every, request.GET.get("aba", "")).matching(searched(request.GET))
    if found.count() > MOST_ROWS:
        messages.warning(request, "A planilha leva até 20.000 produtos. Filtre por categoria ou por busca.")
        return redirect(f"{reverse('products', args=[request.group.slug])}{without_place(request.GET)}")
    rows = [tuple(COLUMNS), *(cells_of(product, tree) for product in found.order_by("sku"))]
    return sheet_answer(f"produtos-{timezone.localdate():%Y-%m-%d}.csv", rows)


def _list_actions(request: GroupRequest) -> list[Action]:
    if not allows(request.membership.role, May.EDIT_CATALOG):
        return []
    slug = request.group.slug
    return [
        Action("Importar planilha", reverse("product_import", args=[slug]), icon="arrow-up-tray", hide_narrow=True),
        Action("Novo kit", reverse("new_kit", args=[slug]), icon="square-3-stack-3d"),
        Action("Novo produto", reverse("new_product", args=[slug]), icon="plus", style="primary"),
    ]


@page(May.EDIT_CATALOG)
def new_product(request: GroupRequest) -> HttpResponse:
    return _new(request, is_kit=False)


@page(May.EDIT_CATALOG)
def new_kit(request: GroupRequest) -> HttpResponse:
    return _new(request, is_kit=True)


def _new(request: GroupRequest, *, is_kit: bool) -> HttpResponse:
    form = ProductForm(Tree.of(request.group), request.POST or None)
    lines = part_lines(request.POST or None) if is_kit else None
    if request.method == "POST":
        made = _save(request, form, lines)
        if made:
            messages.success(request, f"{made.sku} está no cadastro.")
            return redirect("product", request.group.slug, made.pk)
    title = "Novo kit" if is_kit else "Novo produto"
    return render(
        request,
        "products/new.html",
        {"form": form, "lines": lines, "title": title, "crumbs": _crumbs(request, title)},
        status=422 if form.errors else 200,
    )


@page(May.VIEW, post=May.EDIT_CATALOG)
def product(request: GroupRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Product.objects.of(request.group), pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = ProductForm(Tree.of(request.group), posted, initial=ProductForm.values_of(found))
    lines = part_lines(posted, kit=found) if found.is_kit or "kit-TOTAL_FORMS" in request.POST else None
    if posted and _save(request, form, lines, product=found):
        messages.success(request, f"{found.sku} foi salvo.")
        return redirect("product", request.group.slug, found.pk)
    if posted:
        found.refresh_from_db()  # what was typed stays in the form; the rest of the page shows what is kept
    context = _product_context(request, found) | {"form": form, "lines": lines or part_lines(kit=found)}
    return render(request, "products/product.html", context, status=422 if posted else 200)


def _save(
    request: GroupRequest, form: ProductForm, lines: PartLines | None, *, product: Product | None = None
) -> Product | None:
    """The kept product; None when something is to be corrected, which the forms then say."""
    parts = lines.parts(request.group) if lines is not None and lines.is_valid() else []
    if lines is not None and lines.has_errors:
        form.add_error(None, "Corrija os componentes do kit.")
    if not form.is_valid():
        return None
    with form.refusals(), transaction.atomic():
        draft = form.draft(product)
        kept = services.edit(product, draft) if product else services.create(request.group, draft)
        # The folded lines of a plain product, left empty, ask for no kit.
        if lines is not None and (parts or product is None or product.is_kit):
            kits.compose(kept, parts)
        return kept
    return None


def _product_context(request: GroupRequest, found: Product) -> dict[str, object]:
    stock = figures(request.group, [found.pk])[found.pk]
    parts = list(found.components.select_related("product"))
    part_stock = figures(request.group, [part.product_id for part in parts])
    return {
        "product": found,
        "crumbs": _crumbs(request, found.sku),
        "sections": _sections(found),
        "may_edit": allows(request.membership.role, May.EDIT_CATALOG),
        "parts": [(part, part_stock[part.product_id]) for part in parts],
        "stock": _stock_facts(request, stock, unit=found.unit),
        "kits": _kit_facts(request, found),
        "listings": _listing_facts(found),
        "stores": store_lines(request.group, found),
        "store_prices": store_prices(request.group, found),
        "exports": export_lines(request.group, found),
        "limit_id": "limite" if allows(request.membership.role, May.EDIT_CATALOG) else "kit",
        "facts": _facts(found),
        "switch": _switch(request, found),
    }


def _sections(found: Product) -> list[Tab]:
    missing = [word for word, value in (("NCM", found.ncm), ("origem", found.origin)) if not value]
    fiscal = f"Fiscal: falta {' e '.join(missing)}" if missing else "Fiscal"
    names = [("Dados", "dados"), (fiscal, "fiscal"), ("Medidas", "medidas"), ("Kit", "kit")]
    return [Tab(label, f"#{anchor}") for label, anchor in names]


def _kit_facts(request: GroupRequest, found: Product) -> list[Fact]:
    parts = found.in_kits.select_related("kit").order_by("kit__sku")
    slug = request.group.slug
    return [
        Fact(part.kit.sku, f"leva {quantity_text(part.quantity)}", url=reverse("product", args=[slug, part.kit_id]))
        for part in parts
    ]


def _listing_facts(found: Product) -> list[Fact]:
    listings = found.listings.select_related("connection").order_by("connection__name", "id")
    return [
        Fact(item.connection.name, f"nº {item.external_id}" + (f"-{item.variant_id}" if item.variant_id else ""))
        for item in listings
    ]


def _stock_facts(request: GroupRequest, stock: Figures, *, unit: str) -> list[Fact]:
    if stock.on_hand is None:
        return [Fact("Dá para montar", quantity_text(stock.available, unit=unit))]
    names = warehouse_choices(warehouses_of(request))
    places = [Fact(f"Livre em {name}", quantity_text(stock.by_warehouse.get(int(key), 0))) for key, name in names]
    return [
        Fact("Físico", quantity_text(stock.on_hand)),
        Fact("Reservado", quantity_text(stock.reserved)),
        Fact("Disponível", quantity_text(stock.available), total=True, tone="err" if stock.available < 0 else ""),
        *(places if len(places) > 1 else []),
    ]


def _facts(found: Product) -> dict[str, Sequence[Fact]]:
    """The product for those who only look."""
    return {
        "data": [
            Fact("Nome", found.name),
            Fact("SKU", found.sku),
            Fact("GTIN", found.gtin or UNKNOWN),
            Fact("Categoria", Tree.of(found.group_id).path(found.category_id) or UNKNOWN),
            Fact("Marca", found.brand or UNKNOWN),
            Fact("Unidade", found.unit),
            Fact("Preço", money_text(found.price)),
            Fact("Controla estoque", "sim" if found.tracks_stock else "não"),
        ],
        "fiscal": [Fact("NCM", found.ncm or UNKNOWN), Fact("Origem", found.get_origin_display() or UNKNOWN)],
        "measures": [
            Fact("Peso", quantity_text(found.weight_g or None, unit="g")),
            Fact("Comprimento", quantity_text(found.length_cm or None, unit="cm")),
            Fact("Largura", quantity_text(found.width_cm or None, unit="cm")),
            Fact("Altura", quantity_text(found.height_cm or None, unit="cm")),
        ],
    }


def _switch(request: GroupRequest, found: Product) -> Action | None:
    if not allows(request.membership.role, May.EDIT_CATALOG):
        return None
    url = reverse("product_use", args=[request.group.slug, found.pk])
    if found.active:
        return Action("Desativar", url, method="post", fields={"ativo": "nao"})
    return Action("Ativar de novo", url, method="post", fields={"ativo": "sim"})


@page(May.EDIT_CATALOG)
def product_use(request: GroupRequest, pk: int) -> HttpResponse:
    """Take the product out of use, or back into it."""
    found = get_object_or_404(Product.objects.of(request.group), pk=pk)
    if request.method == "POST" and request.POST.get("ativo") == "nao":
        services.deactivate(found)
        messages.success(request, f"{found.sku} está inativo: pedidos novos com ele param e avisam você.")
    elif request.method == "POST":
        services.activate(found)
        messages.success(request, f"{found.sku} está ativo de novo.")
    return redirect("product", request.group.slug, found.pk)


def _crumbs(request: GroupRequest, last: str) -> list[Crumb]:
    return [Crumb("Produtos", reverse("products", args=[request.group.slug])), Crumb(last)]


urlpatterns = [
    path("produtos/", products, name="products"),
    path("produtos/novo/", new_product, name="new_product"),
    path("produtos/novo-kit/", new_kit, name="new_kit"),
    path("produtos/planilha/", product_export, name="product_export"),
    *product_import.urlpatterns,
    *categories.urlpatterns,
    path("produtos/<int:pk>/", product, name="product"),
    path("produtos/<int:pk>/uso/", product_use, name="product_use"),
]
