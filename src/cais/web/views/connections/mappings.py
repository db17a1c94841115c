"""De-para: what a store's freight, payments, channels and discounts mean, one by one or many by checkbox."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.mappings import models as tables
from cais.mappings.models import BearerRule, FreightMethod, SalesChannel
from cais.mappings.services import set_issuers
from cais.orders.models import OrderAdjustment
from cais.settling.values import add_exception, clear, fill, retry_notes
from cais.web.access import GroupRequest, page
from cais.web.connections.mapping_tables import (
    NOTHING,
    TABLES,
    Table,
    choices_of,
    chosen_of,
    coverage_of,
    name_of,
    rows_of,
    values_of,
    what_follows,
)
from cais.web.forms.mappings import ExceptionForm, form_of
from cais.web.parts import Crumb, Tab
from cais.web.row_keys import keys_of
from cais.web.views.connections.pages import crumbs_below, frame, own_connection
from cais.web.wording import plural_text

_LABELS_SHOWN = 50


def _store(request: GroupRequest, pk: int) -> Connection:
    found = own_connection(request, pk)
    if found.role != "store":
        raise Http404
    return found


def _table(slug: str) -> Table:
    if slug not in TABLES:
        raise Http404
    return TABLES[slug]


def _entries(request: GroupRequest, table: Table, store: Connection) -> Any:
    model: Any = table.model
    return model.objects.of(request.group).filter(connection=store)


@page(May.VIEW, post=May.CONFIGURE)
def mappings(request: GroupRequest, pk: int, table: str) -> HttpResponse:
    store, shown = _store(request, pk), _table(table)
    if request.method == "POST":
        _save(request, {entry.pk: entry for entry in _entries(request, shown, store)})
        return redirect("mappings", request.group.slug, pk, table)
    rows = rows_of(shown, store)
    waiting = [row for row in rows if row.entry.filled_at is None]
    context = {
        **frame(request, store, "depara"),
        "table": shown,
        "parts": _parts(request, store, table),
        "rows": rows,
        "filled": len(rows) - len(waiting),
        "waiting": len(waiting),
        "held": sum(row.orders for row in waiting),
        "together": {choice.value: choice.label for row in rows for choice in row.choices},
        "asks_carrier": shown.model is FreightMethod,
        "may_edit": request.may(May.CONFIGURE),
    }
    return render(request, "mappings/list.html", context)


def _parts(request: GroupRequest, store: Connection, current: str) -> list[tuple[Tab, str]]:
    """The four tables, each with its coverage."""
    found = []
    for table in TABLES.values():
        url = reverse("mappings", args=[request.group.slug, store.pk, table.slug])
        coverage = coverage_of(table, store)
        tab = Tab(table.title, url, tone="warn" if coverage.missing else "", current=table.slug == current)
        found.append((tab, f"{coverage.filled} de {coverage.total}"))
    return found


def _save(request: GroupRequest, entries: dict[int, Any]) -> None:
    """Each row's own choice, and one for the ticked; nonsense changes nothing."""
    wanted = {pk: request.POST.get(f"m-{pk}", "") for pk in entries}
    together = request.POST.get("todos_como", "")
    if together:
        wanted |= {pk: together for pk in keys_of(request.POST.getlist("linha")) if pk in entries}
    carrier = request.POST.get("transportadora", "").strip()[:60] if together else ""
    changes: dict[str, list[Any]] = defaultdict(list)
    for pk, choice in wanted.items():
        ticked_with_carrier = bool(carrier) and str(pk) in request.POST.getlist("linha")
        if choice and (choice != (chosen_of(entries[pk]) or NOTHING) or ticked_with_carrier):
            changes[choice].append(entries[pk])
    freed = notes = count = 0
    for choice, rows in changes.items():
        able = [row for row in rows if choice == NOTHING or values_of(row, choice) is not None]
        _name_the_others(request, [row for row in rows if row not in able])
        count += len(able)
        more = _write(request, able, choice, carrier)
        freed, notes = freed + more[0], notes + more[1]
    if not count:
        messages.warning(request, "Nada mudou no de-para.")
        return
    saved = plural_text(count, "linha foi salva", "linhas foram salvas")
    messages.success(request, f"{saved}. {what_follows(freed, notes)}")


def _name_the_others(request: GroupRequest, rows: Collection[Any]) -> None:
    if rows:
        names = ", ".join(name_of(row) for row in rows)
        messages.warning(request, f"A escolha não serve para: {names}. Abra cada linha para preencher.")


def _write(request: GroupRequest, rows: list[Any], choice: str, carrier: str) -> tuple[int, int]:
    if not rows:
        return 0, 0
    if choice == NOTHING:
        clear(rows)
        return 0, 0
    values = dict(values_of(rows[0], choice) or {})
    if carrier and isinstance(rows[0], FreightMethod):
        values["carrier_name"] = carrier
    freed = fill(rows, values, actor_name=str(request.user))
    return freed, retry_notes(rows, actor_name=str(request.user))


@page(May.CONFIGURE)
def mapping(request: GroupRequest, pk: int, table: str, row: int) -> HttpResponse:
    store, shown = _store(request, pk), _table(table)
    entry = get_object_or_404(_entries(request, shown, store), pk=row)
    is_exception = request.method == "POST" and "only" in request.POST
    form = form_of(entry, request.POST if request.method == "POST" and not is_exception else None)
    exception = _exception_form(entry, request.POST if is_exception else None)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            freed = fill([entry], form.values(), actor_name=str(request.user))
            if isinstance(entry, SalesChannel):
                set_issuers(entry, [int(key) for key in form.cleaned_data["issuers"]])
            notes = retry_notes([entry], actor_name=str(request.user))
        return _saved(request, store, shown, f"“{name_of(entry)}” foi salvo. {what_follows(freed, notes)}")
    if exception is not None and exception.is_bound and exception.is_valid():
        add_exception(entry, exception.cleaned_data["only"], exception.values(), actor_name=str(request.user))
        return _saved(request, store, shown, f"A regra só para “{exception.cleaned_data['only']}” foi salva.")
    sent = form.is_bound or (exception is not None and exception.is_bound)
    return _row_page(request, store, shown, entry, form=form, exception=exception, status=422 if sent else 200)


def _saved(request: GroupRequest, store: Connection, table: Table, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("mappings", request.group.slug, store.pk, table.slug)


def _row_page(
    request: GroupRequest, store: Connection, table: Table, entry: tables.Mapping, *, status: int, **forms: Any
) -> HttpResponse:
    here = reverse("mappings", args=[request.group.slug, store.pk, table.slug])
    head = frame(request, store, "depara")
    (row,) = [found for found in rows_of(table, store) if found.entry.pk == entry.pk]
    context = {
        **head,
        **forms,
        "table": table,
        "row": row,
        "entry": entry,
        "back": here,
        "choices": choices_of(entry),
        "crumbs": crumbs_below(request, store, "connection", Crumb(table.title, here), Crumb(row.name)),
    }
    return render(request, "mappings/row.html", context, status=status)


def _exception_form(entry: tables.Mapping, data: Any) -> ExceptionForm | None:
    """Only a rule for a whole kind has exceptions, and only for names that orders bear."""
    if not isinstance(entry, BearerRule) or entry.only:
        return None
    names = OrderAdjustment.objects.filter(rule=entry).exclude(label="").order_by("label").values_list("label")
    labels = [label for (label,) in names.distinct()[:_LABELS_SHOWN]]
    return ExceptionForm(data, instance=entry, labels=labels) if labels else None


urlpatterns = [
    path("conectores/<int:pk>/de-para/<slug:table>/", mappings, name="mappings"),
    path("conectores/<int:pk>/de-para/<slug:table>/<int:row>/", mapping, name="mapping"),
]
