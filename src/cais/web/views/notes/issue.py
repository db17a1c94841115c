"""*Gerar notas*: what may be issued and why the rest may not, then the batch with its progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.companies.models import Company
from cais.companies.roles import Action as May
from cais.core.values import ZERO
from cais.fiscal.documents import Environment
from cais.nfe import services as nfe_room
from cais.nfe.models import MENDABLE, OVER, Batch, FiscalSetup, State
from cais.nfe.services import Preview
from cais.orders.models import Order
from cais.orders.phase import WITHOUT_NOTE
from cais.ports.manifest import Capability
from cais.web.access import GroupRequest, page
from cais.web.notes.rows import BatchProgress, listed_notes, progress_of, rows_of
from cais.web.notes.words import is_simulated
from cais.web.orders.filters import OrderFilter, kept
from cais.web.parts import Action, Crumb
from cais.web.row_keys import keys_of
from cais.web.wording import plural_text

# As many as a page can judge while a person waits; the rest is the next batch.
MOST: Final = 300
SHOWN: Final = 100
_STOPPED = (*MENDABLE, State.DENIED, State.NUMBER_TAKEN)


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbers that the notes of one company would take."""

    company: Company
    environment: str
    series: int
    number: int

    @property
    def is_trial(self) -> bool:
        return self.environment == Environment.TRIAL


@page(May.ISSUE_NOTES)
def issue(request: GroupRequest) -> HttpResponse:
    """The preview. The ticked orders come by POST, one order by its link, and without either all that are ready."""
    found, left = _asked(request)
    judged = nfe_room.preview(found)
    context = {
        **_words(request, judged),
        "left": left,
        "preview": judged,
        "refused": [(item, reverse("order", args=[request.group.slug, item.order.pk])) for item in judged.refused],
        "ids": ",".join(str(order.pk) for order in judged.ready),
        "back": f"{reverse('orders', args=[request.group.slug])}?{kept(request.GET)}",
    }
    return render(request, "notes/issue.html", context)


def _asked(request: GroupRequest) -> tuple[list[Order], int]:
    """The orders to be judged, the oldest first, and how many more there are for another batch."""
    rows: QuerySet[Order] = Order.objects.of(request.group)
    if request.method == "POST" and request.POST.get("todos") == "1":
        rows = OrderFilter.of(request.GET).apply(rows)
    elif request.method == "POST":
        rows = rows.filter(pk__in=_named(request.POST.getlist("pedido")))
    elif "pedido" in request.GET:
        rows = rows.filter(pk__in=_named(request.GET.getlist("pedido")))
    else:
        rows = rows.filter(WITHOUT_NOTE)
    rows = rows.order_by("placed_at", "pk")
    found = list(rows[:MOST])
    left = rows.count() - MOST if len(found) == MOST else 0
    return found, max(left, 0)


def _named(values: Sequence[str]) -> list[int]:
    return keys_of(values[: 10 * MOST])


def _words(request: GroupRequest, judged: Preview) -> dict[str, object]:
    slug = request.group.slug
    stores = {order.connection.name: order.connection for order in judged.ready}
    return {
        "can": plural_text(len(judged.parts), "nota pode sair", "notas podem sair"),
        "cannot": plural_text(len(judged.refused), "seria rejeitada", "seriam rejeitadas"),
        "total": sum((part.total for part in judged.parts), ZERO),
        "numbers": [Numbering(n.company, n.environment, n.series, n.number) for n in judged.next_numbers],
        "listens": any(store.does(Capability.PUBLISH_INVOICE) for store in stores.values()),
        "deaf": sorted(name for name, store in stores.items() if not store.does(Capability.PUBLISH_INVOICE)),
        "setups": _setups(request),
        "is_simulated": is_simulated(),
        "crumbs": [Crumb("Notas fiscais", reverse("notes", args=[slug])), Crumb("Gerar notas")],
    }


def _setups(request: GroupRequest) -> list[Action]:
    """Where a company is made ready for its first note."""
    ready = FiscalSetup.objects.of(request.group).values("company")
    rows = Company.objects.of(request.group).exclude(pk__in=ready)
    slug = request.group.slug
    return [Action(f"Configurar a {row.name}", reverse("fiscal", args=[slug, row.pk])) for row in rows]


@page(May.ISSUE_NOTES)
@require_POST
def issue_now(request: GroupRequest) -> HttpResponse:
    """[[Emitir 46]]: asked once or twice, each order gets one note."""
    rows = Order.objects.of(request.group).filter(pk__in=_named(request.POST.get("pedidos", "").split(",")))
    found = list(rows[:MOST])
    if not found:
        messages.warning(request, "Nenhum pedido estava pronto para a nota.")
        return redirect("notes", request.group.slug)
    to_store = request.POST.get("loja") == "sim"
    batch = nfe_room.issue(found, send_to_store=to_store, actor_name=str(request.user))
    if not batch.notes.exists():
        messages.warning(request, "Estes pedidos já têm nota, ou ela já está sendo emitida: nada foi pedido de novo.")
        return redirect("notes", request.group.slug)
    return redirect("batch", request.group.slug, batch.pk)


@page(May.VIEW)
def batch(request: GroupRequest, pk: int) -> HttpResponse:
    return render(request, "notes/batch.html", _batch_context(request, pk))


@page(May.VIEW)
def batch_progress(request: GroupRequest, pk: int) -> HttpResponse:
    """The bar and the rows alone, for the page that asks every two seconds; the bar alone for the list of notes."""
    if "barra" in request.GET:
        found = get_object_or_404(Batch.objects.of(request.group), pk=pk)
        return render(request, "notes/bar.html", {"progress": progress_of(request, found)})
    return render(request, "notes/progress.html", _batch_context(request, pk))


def _batch_context(request: GroupRequest, pk: int) -> dict[str, object]:
    found, slug = get_object_or_404(Batch.objects.of(request.group), pk=pk), request.group.slug
    progress = progress_of(request, found)
    # What failed comes first; of the rest, the newest answers.
    rank = Case(
        When(state__in=_STOPPED, then=Value(0)),
        When(state=State.UNKNOWN, then=Value(1)),
        When(state=State.SIGNED, then=Value(2)),
        When(state__in=(State.AUTHORISED, *OVER), then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    rows = listed_notes(request.group).filter(batch=found).annotate(rank=rank).order_by("rank", "-number", "-pk")
    return {
        "batch": found,
        "progress": progress,
        "rows": rows_of(request, rows[:SHOWN]),
        "more": max(progress.total - SHOWN, 0),
        "list_url": f"{reverse('notes', args=[slug])}?lote={found.pk}",
        "actions": _actions(request, found, progress),
        "is_simulated": is_simulated(),
        "crumbs": [Crumb("Notas fiscais", reverse("notes", args=[slug])), Crumb(f"Lote {found.pk}")],
    }


def _actions(request: GroupRequest, found: Batch, progress: BatchProgress) -> list[Action]:
    """*DANFE das 31*, *Tentar de novo*: the same verbs as the list has, over this batch."""
    slug = request.group.slug
    counts = {segment.label: segment.count for segment in progress.segments}
    actions: list[Action] = []
    ready, stopped = counts.get("autorizadas", 0), counts.get("rejeitadas", 0) + counts.get("barradas", 0)
    everything = {"todos": "1"}
    if ready and request.may(May.EDIT_CUSTOMERS):
        url = f"{reverse('notes_danfe', args=[slug])}?lote={found.pk}&aba=autorizadas"
        actions.append(Action(f"DANFE das {ready}", url, "post", icon="printer", fields=everything))
    if stopped and progress.is_over and request.may(May.ISSUE_NOTES):
        url = f"{reverse('notes_again', args=[slug])}?lote={found.pk}&aba=paradas"
        actions.append(Action("Tentar de novo", url, "post", icon="arrow-path", fields=everything))
    return actions


urlpatterns = [
    path("notas/gerar/", issue, name="issue"),
    path("notas/gerar/emitir/", issue_now, name="issue_now"),
    path("notas/lotes/<int:pk>/", batch, name="batch"),
    path("notas/lotes/<int:pk>/andamento/", batch_progress, name="batch_progress"),
]
