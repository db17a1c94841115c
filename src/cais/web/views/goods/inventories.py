"""Inventários: the list, opening one, the sheet on screen and as a file, and closing it with the differences seen."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.catalog.drafts import Invalid
from cais.catalog.numerals import write_decimal
from cais.catalog.spreadsheet import Problem, Unusable
from cais.companies.roles import Action as May
from cais.stock.selectors import on_hand_in
from cais.warehousing import counts, sheet_import
from cais.warehousing.models import Inventory, InventoryLine
from cais.web.access import GroupRequest, page
from cais.web.cuts import cut_tabs
from cais.web.forms.inventories import CountForm, OpeningForm, SheetForm
from cais.web.goods.warehouse_names import warehouse_names
from cais.web.goods.warehouse_pages import crumbs, step, warehouses_of
from cais.web.goods.warehouse_words import INVENTORY
from cais.web.keyset import count_up_to, page_of, searched, total_text
from cais.web.orders.promise_notices import tell_without
from cais.web.parts import Action, Crumb, Fact
from cais.web.row_keys import keys_of
from cais.web.sheets import sheet_answer
from cais.web.wording import count_text, money_text, plural_text

State = Inventory.State
_TABS = (("", "A contar"), ("contados", "Contados"), ("todos", "Todos"))
_CUTS = {"": Q(counted=None), "contados": Q(counted__isnull=False)}


def _every(request: GroupRequest) -> QuerySet[Inventory]:
    return Inventory.objects.of(request.group).select_related("warehouse__company")


def _own(request: GroupRequest, pk: int) -> Inventory:
    return get_object_or_404(_every(request), pk=pk)


@page(May.VIEW)
def inventories(request: GroupRequest) -> HttpResponse:
    found = _every(request)
    counted = found.annotate(every=Count("lines"), counted=Count("lines", filter=Q(lines__counted__isnull=False)))
    listed = page_of(counted, request.GET, keys=("number",), descending=True)
    slug, names = request.group.slug, warehouse_names(request.group)
    new = Action("Abrir inventário", reverse("new_inventory", args=[slug]), icon="plus", style="primary")
    context = {
        "rows": [(row, INVENTORY[row.state], names[row.warehouse_id]) for row in listed.rows],
        "page": listed,
        "summary": total_text(count_up_to(found), "inventário", "inventários"),
        "crumbs": crumbs(request, Crumb("Inventários")),
        "actions": [new] if request.may(May.EDIT_STOCK) else [],
    }
    return render(request, "inventories/list.html", context)


@page(May.EDIT_STOCK)
def new_inventory(request: GroupRequest) -> HttpResponse:
    warehouses = warehouses_of(request)
    form = OpeningForm(warehouses, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = counts.open_inventory(request.group, form.draft(), actor_name=str(request.user))
            messages.success(request, f"Inventário {made.number} aberto. O estoque só muda quando alguém o fechar.")
            return redirect("inventory", request.group.slug, made.pk)
    context = {"form": form, "has_warehouse": bool(warehouses), "crumbs": _crumbs(request, "Abrir inventário")}
    return render(request, "inventories/new.html", context, status=422 if form.errors else 200)


@page(May.VIEW, post=May.EDIT_STOCK)
def inventory(request: GroupRequest, pk: int) -> HttpResponse:
    """The sheet, page by page; a POST writes down what this page counted."""
    found = _own(request, pk)
    text, tab = searched(request.GET), request.GET.get("aba", "" if found.state == State.OPEN else "todos")
    lines = _lines(found, text)
    chosen = _CUTS.get(tab, Q())
    # A page that is being written down shows what it listed, also what is no longer to be counted since.
    listed = page_of(lines.filter(Q() if request.method == "POST" else chosen), request.GET, keys=("sku",))
    shown = list(listed.rows)
    if request.method == "POST":
        names = keys_of(name.removeprefix("linha-") for name in request.POST if name.startswith("linha-"))
        shown = list(lines.filter(pk__in=names[:200]))
    form = CountForm(shown, request.POST if request.method == "POST" else None)
    if request.method == "POST" and _count(request, found, form):
        return redirect(f"{reverse('inventory', args=[request.group.slug, pk])}?{request.GET.urlencode()}")
    standing = counts.standing(found)
    context = {
        "inventory": found,
        "word": INVENTORY[found.state],
        "form": form,
        "rows": _rows(found, form),
        "may_count": found.state == State.OPEN and request.may(May.EDIT_STOCK),
        "shows_expected": not found.blind or found.state != State.OPEN,
        "page": listed,
        "summary": total_text(count_up_to(lines.filter(chosen)), "produto", "produtos"),
        "tabs": cut_tabs(request.GET, _TABS, _numbers(standing).__getitem__, current=tab),
        "standing": standing,
        "text": text,
        "tab": tab,
        "crumbs": _crumbs(request, f"Inventário {found.number}"),
        "actions": _actions(request, found),
        "sheet_url": reverse("inventory_sheet", args=[request.group.slug, pk]),
    }
    return render(request, "inventories/sheet.html", context, status=422 if form.errors else 200)


def _lines(found: Inventory, text: str) -> QuerySet[InventoryLine]:
    lines = found.lines.select_related("product")
    for word in text.split():
        lines = lines.filter(Q(sku__icontains=word) | Q(product__name__folded_contains=word))
    return lines


def _count(request: GroupRequest, found: Inventory, form: CountForm) -> bool:
    if not form.is_valid():
        return False
    with form.refusals():
        number = counts.count(found, form.counted, actor_name=str(request.user), at=form.instant)
        messages.success(request, f"{plural_text(number, 'contagem guardada', 'contagens guardadas')}.")
        return True
    return False


def _rows(found: Inventory, form: CountForm) -> list[dict[str, object]]:
    """Each line with its field and what the ledger holds: at the count where there was one, else now."""
    now = on_hand_in(found.warehouse, [line.product_id for line in form.lines])
    return [
        {
            "line": line,
            "field": field,
            "expected": line.expected if line.counted is not None else now.get(line.product_id),
        }
        for line, field in form.rows()
    ]


def _numbers(standing: counts.Standing) -> dict[str, int]:
    return {"": standing.lines - standing.counted, "contados": standing.counted, "todos": standing.lines}


def _actions(request: GroupRequest, found: Inventory) -> list[Action]:
    slug = request.group.slug
    sheet = Action("Baixar a folha", reverse("inventory_sheet", args=[slug, found.pk]), icon="arrow-down-tray")
    label = "Conferir e fechar" if found.state == State.OPEN else "Ver as diferenças"
    check = Action(label, reverse("inventory_close", args=[slug, found.pk]), icon="clipboard-document-check")
    return [sheet, check]


@page(May.VIEW, post=May.EDIT_STOCK)
def inventory_sheet(request: GroupRequest, pk: int) -> HttpResponse:
    """The sheet as a file; a POST reads it filled in. All its rows are written down, or none."""
    found = _own(request, pk)
    if request.method != "POST":
        return sheet_answer(f"inventario-{found.number}.csv", _sheet_rows(found))
    form = SheetForm(request.POST, request.FILES)
    problems: list[Problem] = []
    if form.is_valid():
        try:
            made = sheet_import.plan(found, form.cleaned_data["file"].read())
            problems = list(made.problems)
            if not problems:
                number = counts.count(found, made.counted, actor_name=str(request.user), at=form.instant)
                messages.success(request, f"{plural_text(number, 'contagem guardada', 'contagens guardadas')}.")
                return redirect(f"{reverse('inventory', args=[request.group.slug, pk])}?aba=contados")
        except Unusable as error:
            form.add_error("file", error.words)
        except Invalid as error:
            form.show(error.problems)
    context = {
        "inventory": found,
        "form": form,
        "problems": problems[:100],
        "wrong_text": plural_text(len(problems), "linha precisa de correção", "linhas precisam de correção"),
        "crumbs": _crumbs(request, f"Inventário {found.number}"),
    }
    return render(request, "inventories/sheet_import.html", context, status=422)


def _sheet_rows(found: Inventory) -> Iterator[list[str]]:
    shows = not found.blind or found.state != State.OPEN
    yield ["sku", "nome", "unidade", "deposito", *(["saldo"] if shows else []), "quantidade"]
    lines = list(found.lines.select_related("product"))
    there = on_hand_in(found.warehouse, [line.product_id for line in lines])
    place = warehouse_names(found.group)[found.warehouse_id]
    for line in lines:
        held = line.expected if line.counted is not None else there.get(line.product_id)
        yield [
            line.sku,
            line.product.name,
            line.product.unit,
            place,
            *([_cell(held)] if shows else []),
            _cell(line.counted),
        ]


def _cell(units: Decimal | None) -> str:
    return "" if units is None else write_decimal(units)


@page(May.VIEW, post=May.EDIT_STOCK)
def inventory_close(request: GroupRequest, pk: int) -> HttpResponse:
    """The differences with their value; a POST closes: they enter the stock, once."""
    found = _own(request, pk)
    if request.method == "POST":
        try:
            number = counts.close(found, actor_name=str(request.user))
        except Invalid as error:
            messages.warning(request, " ".join(error.problems.values()))
            return redirect("inventory_close", request.group.slug, pk)
        words = plural_text(number, "diferença entrou no estoque", "diferenças entraram no estoque")
        messages.success(request, f"Inventário {found.number} fechado: {words}.")
        tell_without(request, counts.found_missing(found))
        return redirect("inventories", request.group.slug)
    standing = counts.standing(found)
    left = standing.lines - standing.counted
    listed = page_of(counts.differing(found.lines.select_related("product")), request.GET, keys=("sku",))
    context = {
        "inventory": found,
        "word": INVENTORY[found.state],
        "rows": [(line, (line.difference or 0) * line.product.price) for line in listed.rows],
        "page": listed,
        "summary": plural_text(standing.different, "diferença", "diferenças"),
        "standing": standing,
        "left": left,
        "left_title": plural_text(left, "produto não foi contado.", "produtos não foram contados."),
        "facts": _standing_facts(standing),
        "may_close": found.state == State.OPEN and request.may(May.EDIT_STOCK),
        "crumbs": [
            *_crumbs(request, "")[:-1],
            Crumb(f"Inventário {found.number}", reverse("inventory", args=[request.group.slug, pk])),
            Crumb("Diferenças"),
        ],
    }
    return render(request, "inventories/close.html", context)


def _standing_facts(standing: counts.Standing) -> list[Fact]:
    return [
        Fact("Contados", f"{count_text(standing.counted)} de {count_text(standing.lines)}"),
        Fact("Com diferença", count_text(standing.different)),
        Fact("Falta", money_text(standing.value_missing), tone="err" if standing.value_missing else ""),
        Fact("Sobra", money_text(standing.value_extra)),
    ]


@page(May.EDIT_STOCK)
@require_POST
def inventory_abandon(request: GroupRequest, pk: int) -> HttpResponse:
    found = _own(request, pk)
    drop = partial(counts.abandon, found, actor_name=str(request.user))
    step(request, drop, said=f"Inventário {found.number} abandonado. O estoque ficou como estava.")
    return redirect("inventories", request.group.slug)


def _crumbs(request: GroupRequest, last: str) -> list[Crumb]:
    here = Crumb("Inventários", reverse("inventories", args=[request.group.slug]))
    return crumbs(request, here, Crumb(last))


urlpatterns = [
    path("estoque/inventarios/", inventories, name="inventories"),
    path("estoque/inventarios/novo/", new_inventory, name="new_inventory"),
    path("estoque/inventarios/<int:pk>/", inventory, name="inventory"),
    path("estoque/inventarios/<int:pk>/planilha/", inventory_sheet, name="inventory_sheet"),
    path("estoque/inventarios/<int:pk>/diferencas/", inventory_close, name="inventory_close"),
    path("estoque/inventarios/<int:pk>/abandonar/", inventory_abandon, name="inventory_abandon"),
]
