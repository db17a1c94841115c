"""Nota: one NF-e with its key, what SEFAZ said, what the store shows, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.companies.roles import Action as May
from cais.fiscal.danfe import NotPrintable
from cais.fiscal.documents import Environment
from cais.journal.models import Note
from cais.journal.words import sentence
from cais.nfe import services as nfe_room
from cais.nfe.models import MENDABLE, OVER, Nfe, State
from cais.ports.manifest import Capability
from cais.web.access import GroupRequest, page
from cais.web.notes.words import (
    again_action,
    consult_action,
    is_simulated,
    key_text,
    number_text,
    state_word,
    store_word,
    trouble_of,
)
from cais.web.parts import Action, Crumb, Event, Fact
from cais.web.views.notes.listing import sheets_response
from cais.web.wording import UNKNOWN, exact_text, money_text

_HISTORY = 50


def _note(request: GroupRequest, pk: int) -> Nfe:
    rows = Nfe.objects.of(request.group).defer("signed_xml")
    rows = rows.select_related(
        "order__buyer",
        "order__customer",
        "order__connection",
        "company",
        "connection",
        "batch",
        "publication",
        "fulfilment__company",
        "fulfilment__order__buyer",
        "fulfilment__order__customer",
    )
    return get_object_or_404(rows, pk=pk)


@page(May.VIEW)
def note(request: GroupRequest, pk: int) -> HttpResponse:
    found, slug = _note(request, pk), request.group.slug
    context = {
        "nfe": found,
        "title": f"Nota {number_text(found)}" if found.number else f"Nota do pedido {found.order.number}",
        "state": state_word(found),
        "store": store_word(found),
        "key": key_text(found.key),
        "trouble": trouble_of(request, found),
        "facts": _facts(found),
        "told": _told(found),
        "events": _events(found),
        "actions": _actions(request, found),
        "has_papers": bool(found.proc) and request.may(May.EDIT_CUSTOMERS),
        "link": nfe_room.link_of(found) if found.state == State.AUTHORISED else "",
        "is_trial": found.environment == Environment.TRIAL,
        "is_simulated": is_simulated(),
        "mask": not request.may(May.EDIT_CUSTOMERS),
        "crumbs": [Crumb("Notas fiscais", reverse("notes", args=[slug])), Crumb(number_text(found))],
    }
    return render(request, "notes/note.html", context)


def _facts(nfe: Nfe) -> list[Fact]:
    facts = [
        Fact("Número", number_text(nfe)),
        Fact("Série", UNKNOWN if nfe.series is None else nfe.series),
        Fact("Valor", money_text(nfe.total) if nfe.number else UNKNOWN),
        Fact("Emissão", exact_text(nfe.issued_at) if nfe.issued_at else UNKNOWN),
    ]
    if nfe.protocol:
        facts.append(Fact("Protocolo", nfe.protocol))
    if nfe.authorised_at:
        facts.append(Fact("Autorização", exact_text(nfe.authorised_at)))
    return facts


def _told(nfe: Nfe) -> str:
    """What the talk with the store last came to, in its own words."""
    told = getattr(nfe, "publication", None)
    return told.error if told is not None and (told.hold or told.due_at) else ""


def _events(nfe: Nfe) -> Sequence[Event]:
    """What happened to the order that concerns its note."""
    rows = Note.objects.filter(subject="order", subject_id=nfe.order_id).order_by("-at", "-id")
    about = [row for row in rows[:_HISTORY] if row.code.startswith(("nfe_", "invoice_", "status_written"))]
    return [Event(row.at, sentence(row.code, row.params), who=row.actor_name) for row in about]


def _actions(request: GroupRequest, nfe: Nfe) -> list[Action]:
    slug, found = request.group.slug, list[Action]()
    if nfe.proc and request.may(May.EDIT_CUSTOMERS):
        xml = reverse("note_xml", args=[slug, nfe.pk])
        found.append(Action("XML", xml, icon="arrow-down-tray", hide_narrow=True))
        if nfe.state == State.AUTHORISED:
            found.append(Action("DANFE", reverse("note_danfe", args=[slug, nfe.pk]), icon="printer"))
    if request.may(May.ISSUE_NOTES):
        found += _deeds(request, nfe)
    return found


def _deeds(request: GroupRequest, nfe: Nfe) -> list[Action]:
    if nfe.state == State.AUTHORISED and nfe.connection.does(Capability.PUBLISH_INVOICE):
        url = reverse("note_resend", args=[request.group.slug, nfe.pk])
        return [Action("Reenviar à loja", url, "post", icon="paper-airplane")]
    if nfe.state == State.UNKNOWN:
        action = consult_action(request, nfe)
        return [action] if action else []
    if nfe.state in (*MENDABLE, *OVER):
        action = again_action(request, nfe)
        return [action] if action else []
    return []


@page(May.EDIT_CUSTOMERS)
def note_xml(request: GroupRequest, pk: int) -> HttpResponse:
    """The nfeProc exactly as it is kept."""
    found = _note(request, pk)
    try:
        document = nfe_room.xml(found)
    except NotPrintable:
        return _no_paper(request, found)
    response = HttpResponse(document, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{found.key}-procNFe.xml"'
    return response


@page(May.EDIT_CUSTOMERS)
def note_danfe(request: GroupRequest, pk: int) -> HttpResponse:
    found = _note(request, pk)
    if found.state != State.AUTHORISED:
        return _no_paper(request, found)
    shown = sheets_response(request, [found], name=f"{found.key}.pdf")
    return shown or redirect("note", request.group.slug, found.pk)


def _no_paper(request: GroupRequest, nfe: Nfe) -> HttpResponse:
    messages.warning(request, "Só uma nota autorizada tem XML e DANFE.")
    return redirect("note", request.group.slug, nfe.pk)


@page(May.ISSUE_NOTES)
@require_POST
def note_again(request: GroupRequest, pk: int) -> HttpResponse:
    """*Tentar de novo*, or *Consultar agora* for a note in doubt, which is never sent again by this."""
    found = _note(request, pk)
    said = "A SEFAZ será consultada em instantes." if found.state == State.UNKNOWN else "A nota voltou à fila."
    return _do(request, found, nfe_room.try_again, said)


@page(May.ISSUE_NOTES)
@require_POST
def note_resend(request: GroupRequest, pk: int) -> HttpResponse:
    found = _note(request, pk)
    return _do(request, found, nfe_room.resend_to_store, f"A nota vai de novo à {found.connection.name} em instantes.")


def _do(request: GroupRequest, nfe: Nfe, deed: Callable[..., Nfe | None], said: str) -> HttpResponse:
    shown: Nfe | None = nfe
    try:
        shown = deed(nfe, actor_name=str(request.user)) or nfe
    except nfe_room.CannotTryAgain as cannot:
        messages.warning(request, str(cannot))
    else:
        messages.success(request, said)
    return redirect("note", request.group.slug, (shown or nfe).pk)


urlpatterns = [
    path("notas/<int:pk>/", note, name="note"),
    path("notas/<int:pk>/xml/", note_xml, name="note_xml"),
    path("notas/<int:pk>/danfe/", note_danfe, name="note_danfe"),
    path("notas/<int:pk>/tentar/", note_again, name="note_again"),
    path("notas/<int:pk>/reenviar/", note_resend, name="note_resend"),
]
