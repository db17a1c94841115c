"""Empresas: the companies of the group with their warehouses."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.backoffice.opening import open_back_office
from cais.companies.models import Company, Warehouse
from cais.companies.roles import Action as May
from cais.companies.services import add_company, place_company
from cais.core.values import ZERO
from cais.settling.sourcing import depots_changed
from cais.stock.models import Balance
from cais.web.access import GroupRequest, page
from cais.web.forms.companies import CompanyForm, WarehouseForm
from cais.web.parts import Action, Crumb
from cais.web.queues import neighbours, place_asked
from cais.web.views.fiscal_setup import company_tabs


@page(May.VIEW)
def companies(request: GroupRequest) -> HttpResponse:
    rows = list(Company.objects.of(request.group).prefetch_related("warehouses", "connections"))
    actions = []
    if request.may(May.CONFIGURE):
        actions.append(Action("Nova empresa", reverse("new_company", args=[request.group.slug]), icon="plus"))
    places = [(row, *neighbours(at, of=len(rows))) for at, row in enumerate(rows, 1)]
    may_move = request.may(May.CONFIGURE) and len(rows) > 1
    return render(request, "companies/list.html", {"places": places, "actions": actions, "may_move": may_move})


@page(May.CONFIGURE)
@require_POST
def company_move(request: GroupRequest, pk: int) -> HttpResponse:
    """To a place of the stock queue, by *Subir*, *Descer* or where its row was dropped."""
    found = get_object_or_404(Company.objects.of(request.group), pk=pk)
    if (place := place_asked(request)) and place_company(found, at=place - 1):
        messages.success(request, f"{found.name} está agora no lugar {place} da fila do estoque.")
    return redirect("companies", request.group.slug)


@page(May.CONFIGURE)
def new_company(request: GroupRequest) -> HttpResponse:
    """A CNPJ with its first warehouse; its sales are kept in the embedded back office until it has another ERP."""
    form = CompanyForm(request.POST or None, instance=Company(group=request.group))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = add_company(request.group, **form.cleaned_data)
            open_back_office(made)
        messages.success(request, f"{made.name} está no cadastro, com o depósito Principal.")
        return redirect("company", request.group.slug, made.pk)
    crumbs = [Crumb("Empresas", reverse("companies", args=[request.group.slug])), Crumb("Nova empresa")]
    return render(request, "companies/new.html", {"form": form, "crumbs": crumbs}, status=422 if form.errors else 200)


@page(May.VIEW, post=May.CONFIGURE)
def company(request: GroupRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Company.objects.of(request.group), pk=pk)
    form = CompanyForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        kept = form.save()
        messages.success(request, f"{kept.name} foi salva.")
        return redirect("company", request.group.slug, kept.pk)
    return _page(request, found, form, WarehouseForm(found))


def _page(request: GroupRequest, found: Company, form: CompanyForm, new: WarehouseForm) -> HttpResponse:
    places = list(found.warehouses.order_by("pk"))
    units = dict(
        Balance.objects.filter(warehouse__in=places).order_by().values_list("warehouse").annotate(n=Sum("on_hand"))
    )
    slug = request.group.slug
    context = {
        "company": Company.objects.get(pk=found.pk),
        "form": form,
        "new": new,
        "places": [(place, units.get(place.pk, ZERO), _use(request, place)) for place in places],
        "may_edit": request.may(May.CONFIGURE),
        "tabs": company_tabs(request, found, "dados"),
        "crumbs": [Crumb("Empresas", reverse("companies", args=[slug])), Crumb(found.name)],
    }
    wrong = bool(form.errors or new.errors)
    return render(request, "companies/company.html", context, status=422 if wrong else 200)


def _use(request: GroupRequest, place: Warehouse) -> Action | None:
    if not request.may(May.CONFIGURE):
        return None
    url = reverse("warehouse", args=[request.group.slug, place.pk])
    label, value = ("Desativar", "0") if place.active else ("Ativar", "1")
    return Action(label, url, "post", style="bare", fields={"ativo": value})


@page(May.CONFIGURE)
@require_POST
def new_warehouse(request: GroupRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Company.objects.of(request.group), pk=pk)
    form = WarehouseForm(found, request.POST)
    if not form.is_valid():
        return _page(request, found, CompanyForm(instance=found), form)
    with transaction.atomic():
        made = Warehouse.objects.create(group=request.group, company=found, name=form.cleaned_data["name"])
        depots_changed(request.group)
    messages.success(request, f"O depósito {made.name} está pronto.")
    return redirect("company", request.group.slug, found.pk)


@page(May.CONFIGURE)
@require_POST
def warehouse(request: GroupRequest, pk: int) -> HttpResponse:
    """Rename, or take out of use and back. Units in a warehouse out of use are not sold."""
    found = get_object_or_404(Warehouse.objects.of(request.group).select_related("company"), pk=pk)
    if "ativo" in request.POST:
        found.active = request.POST["ativo"] == "1"
        with transaction.atomic():
            found.save(update_fields=["active"])
            depots_changed(request.group)
        state = "ativo" if found.active else "fora de uso: o que há nele não é vendido"
        messages.success(request, f"O depósito {found.name} está {state}.")
        return redirect("company", request.group.slug, found.company_id)
    form = WarehouseForm(found.company, request.POST, warehouse=found)
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return redirect("company", request.group.slug, found.company_id)
    found.name = form.cleaned_data["name"]
    found.save(update_fields=["name"])
    messages.success(request, f"O depósito agora se chama {found.name}.")
    return redirect("company", request.group.slug, found.company_id)


urlpatterns = [
    path("empresas/", companies, name="companies"),
    path("empresas/nova/", new_company, name="new_company"),
    path("empresas/<int:pk>/", company, name="company"),
    path("empresas/<int:pk>/ordem/", company_move, name="company_move"),
    path("empresas/<int:pk>/depositos/", new_warehouse, name="new_warehouse"),
    path("empresas/depositos/<int:pk>/", warehouse, name="warehouse"),
]
