"""Notas fiscais: the list with its tabs and filters, and what can be done with many notes at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from cais.companies.roles import Action as May
from cais.fiscal.danfe import DrawingFailed
from cais.nfe import services as nfe_room
from cais.nfe.models import MENDABLE, FiscalSetup, Nfe, SefazState, State
from cais.orders.counts import phase_counts
from cais.web.access import GroupRequest, page
from cais.web.keyset import count_up_to, page_of, total_text, without_place
from cais.web.notes.archive import MOST, archive, with_xml
from cais.web.notes.filters import COUNTED_BY_STATE, TABS, NoteFilter, chips, kept
from cais.web.notes.rows import listed_notes, progress_of, rows_of, running_batch
from cais.web.notes.words import is_simulated
from cais.web.parts import Action, BulkAction, Tab
from cais.web.patience import TooWideError, patience
from cais.web.row_keys import keys_of
from cais.web.wording import plural_text

TICKED = 500
SHEETS = 200
_TONES = {"paradas": "err", "conferir": "unk", "loja": "warn"}
_TOO_WIDE = "O filtro alcança notas demais. Escolha um período menor e tente de novo."


@page(May.VIEW)
def notes(request: GroupRequest) -> HttpResponse:
    chosen = NoteFilter.of(request.GET)
    found = chosen.apply(listed_notes(request.group))
    context = _frame(request, chosen)
    try:
        with patience():
            listed = page_of(found, request.GET, keys=("id",), descending=True)
            total = count_up_to(found.select_related(None))
            rows = rows_of(request, listed.rows)
    except TooWideError:
        return render(request, "notes/list.html", {**context, "too_wide": True}, status=503)
    running = running_batch(request.group)
    context |= {
        "rows": rows,
        "page": listed,
        "summary": total_text(total, "nota", "notas"),
        "total": total if (listed.next_url or listed.previous_url) and total <= TICKED else None,
        "verbs": _verbs(request),
        "progress": progress_of(request, running) if running else None,
        "is_empty": not rows and chosen == NoteFilter() and not listed.previous_url,
        "has_setup": FiscalSetup.objects.of(request.group).exists(),
        "no_filter_url": reverse("notes", args=[request.group.slug]),
    }
    return render(request, "notes/list.html", context)


def _frame(request: GroupRequest, chosen: NoteFilter) -> dict[str, object]:
    """What stays when a search was too wide: tabs, filters, and what was typed."""
    return {
        "tabs": _tabs(request, chosen),
        "chips": chips(request.group, request.GET, chosen),
        "actions": _actions(request),
        "sefaz": _sefaz(request),
        "is_simulated": is_simulated(),
    }


def _sefaz(request: GroupRequest) -> list[SefazState]:
    """The companies whose queue SEFAZ, or its refusal, has stopped."""
    rows = SefazState.objects.of(request.group).select_related("company")
    return [row for row in rows if row.is_paused]


def _tabs(request: GroupRequest, chosen: NoteFilter) -> list[Tab]:
    counts = _counts(request)
    url = reverse("notes", args=[request.group.slug])
    found = [
        Tab(
            label,
            url + without_place(request.GET, aba=code, lote=""),
            count=counts[code],
            tone=_TONES.get(code, ""),  # type: ignore[arg-type]
            current=code == chosen.tab and not chosen.batch,
        )
        for code, (label, _) in TABS.items()
    ]
    ready = phase_counts().get("integrated", 0)
    if request.may(May.ISSUE_NOTES) and FiscalSetup.objects.of(request.group).exists():
        found.insert(1, Tab("Para emitir", reverse("issue", args=[request.group.slug]), count=ready))
    if chosen.batch:
        found.insert(0, Tab(f"Lote {chosen.batch}", url + without_place(request.GET), current=True))
    return found


def _counts(request: GroupRequest) -> dict[str, int]:
    by_state = dict(Nfe.objects.of(request.group).order_by().values_list("state").annotate(n=Count("pk")))
    found = {code: sum(by_state.get(state, 0) for state in states) for code, states in COUNTED_BY_STATE.items()}
    return {**found, "loja": count_up_to(Nfe.objects.of(request.group).filter(TABS["loja"][1]))}


def _actions(request: GroupRequest) -> list[Action]:
    slug, found = request.group.slug, list[Action]()
    if request.may(May.EDIT_CUSTOMERS):
        url = f"{reverse('notes_zip', args=[slug])}?{kept(request.GET)}"
        found.append(Action("XML do período", url, icon="arrow-down-tray"))
    if request.may(May.ISSUE_NOTES):
        found.append(Action("Gerar notas", reverse("issue", args=[slug]), icon="document-text"))
    return found


def _verbs(request: GroupRequest) -> list[BulkAction]:
    slug, query = request.group.slug, kept(request.GET)
    found: list[BulkAction] = []

    def verb(label: str, route: str, icon: str, *, fits: str) -> BulkAction:
        style = "bare" if found else "primary"
        url = f"{reverse(route, args=[slug])}?{query}"
        return BulkAction(label, url, icon=icon, fits=fits, style=style)  # type: ignore[arg-type]

    if request.may(May.EDIT_CUSTOMERS):
        found.append(verb("DANFE", "notes_danfe", "printer", fits="paper"))
        found.append(verb("XML", "notes_zip", "arrow-down-tray", fits="paper"))
    if request.may(May.ISSUE_NOTES):
        found.append(verb("Tentar de novo", "notes_again", "arrow-path", fits="again"))
        found.append(verb("Reenviar à loja", "notes_resend", "paper-airplane", fits="store"))
    return found


def _ticked(request: GroupRequest) -> QuerySet[Nfe]:
    """The ticked notes, or all of the filter; a bounded number of them."""
    rows = Nfe.objects.of(request.group)
    if request.POST.get("todos") == "1":
        ids = NoteFilter.of(request.GET).apply(rows).order_by("-pk").values_list("pk", flat=True)[:TICKED]
        return rows.filter(pk__in=list(ids))
    given = request.POST.getlist("nota")[:TICKED]
    return rows.filter(pk__in=keys_of(given))


def _back(request: GroupRequest) -> HttpResponse:
    return redirect(f"{reverse('notes', args=[request.group.slug])}?{kept(request.GET)}")


# The documents show the buyer's whole CPF, as the customer's page does: whoever may see that may take these.


@page(May.EDIT_CUSTOMERS)
def notes_zip(request: GroupRequest) -> HttpResponseBase:
    """The XML of the ticked notes (POST) or of the filter (GET), for the accountant."""
    is_ticked = request.method == "POST"
    rows = _ticked(request) if is_ticked else NoteFilter.of(request.GET).apply(Nfe.objects.of(request.group))
    wanted = with_xml(rows)
    try:
        with patience(20):
            count = wanted.order_by()[: MOST + 1].count()
    except TooWideError:
        count = MOST + 1
    if not count or count > MOST:
        messages.warning(request, _TOO_WIDE if count else "Nenhuma nota autorizada com estes filtros.")
        return _back(request)
    name = f"notas-{request.group.slug}-{timezone.localdate():%Y-%m-%d}.zip"
    packed = archive(wanted.iterator(chunk_size=200))
    return FileResponse(packed, as_attachment=True, filename=name, content_type="application/zip")


@page(May.EDIT_CUSTOMERS)
@require_POST
def notes_danfe(request: GroupRequest) -> HttpResponse:
    """The sheets of the ticked notes as one PDF, in the order of their numbers."""
    found = list(_ticked(request).filter(state=State.AUTHORISED).order_by("company", "series", "number")[: SHEETS + 1])
    if not found:
        messages.warning(request, "Nenhuma das notas marcadas está autorizada: o DANFE é só das autorizadas.")
        return _back(request)
    if len(found) > SHEETS:
        messages.warning(request, f"Marque até {SHEETS} notas para imprimir de uma vez.")
        return _back(request)
    return sheets_response(request, found, name=f"danfe-{len(found)}-notas.pdf") or _back(request)


def sheets_response(request: GroupRequest, found: Sequence[Nfe], *, name: str) -> HttpResponse | None:
    """The PDF to look at in the browser; None, and a message, when it could not be drawn."""
    try:
        pdf = nfe_room.danfe_of_many(found) if len(found) > 1 else nfe_room.danfe(found[0])
    except DrawingFailed as failed:
        messages.error(request, failed.sentence)
        return None
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@page(May.ISSUE_NOTES)
@require_POST
def notes_again(request: GroupRequest) -> HttpResponse:
    rows = _ticked(request).filter(state__in=MENDABLE)
    done = _each(request, rows, nfe_room.try_again)
    if done:
        messages.success(request, f"{plural_text(done, 'nota voltou', 'notas voltaram')} à fila, com o mesmo número.")
    return _back(request)


@page(May.ISSUE_NOTES)
@require_POST
def notes_resend(request: GroupRequest) -> HttpResponse:
    rows = _ticked(request).filter(state=State.AUTHORISED)
    done = _each(request, rows, nfe_room.resend_to_store)
    if done:
        messages.success(request, f"{plural_text(done, 'nota vai', 'notas vão')} de novo à loja em instantes.")
    return _back(request)


def _each(request: GroupRequest, rows: QuerySet[Nfe], do: Callable[..., object]) -> int:
    """Do it to each note; those it does not suit are told with their reasons. Returns how many it was done to."""
    done, refused = 0, dict[str, int]()
    for nfe in rows.order_by("pk"):
        try:
            do(nfe, actor_name=str(request.user))
        except nfe_room.CannotTryAgain as cannot:
            refused[str(cannot)] = refused.get(str(cannot), 0) + 1
        else:
            done += 1
    for sentence, count in refused.items():
        messages.warning(request, f"{plural_text(count, 'nota ficou', 'notas ficaram')} de fora: {sentence}")
    if not done and not refused:
        messages.warning(request, "Nenhuma das notas marcadas serve para isto.")
    return done


urlpatterns = [
    path("notas/", notes, name="notes"),
    path("notas/xml/", notes_zip, name="notes_zip"),
    path("notas/danfe/", notes_danfe, name="notes_danfe"),
    path("notas/tentar/", notes_again, name="notes_again"),
    path("notas/reenviar/", notes_resend, name="notes_resend"),
]
