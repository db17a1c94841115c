"""The note on the page of its order: the step, the link, and *Emitir nota*."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import QuerySet
from django.urls import reverse

from cais.companies.roles import Action as May
from cais.nfe.models import OVER, FiscalSetup, InvoicePublication, Nfe
from cais.orders.models import Order
from cais.web.access import GroupRequest
from cais.web.note_words import number_text, state_word, store_word, trouble_of
from cais.web.parts import Action, Fact, Step
from cais.web.situations import is_note_ready

_STATES = {"err": "stopped", "warn": "stopped", "unk": "unknown", "run": "now", "off": "now", "ok": "done"}


def notes_of(order: Order) -> QuerySet[Nfe]:
    """The order's notes, the newest first, without the documents themselves."""
    rows = Nfe.objects.filter(order=order).defer("signed_xml", "proc").order_by("-pk")
    return rows.select_related("connection", "batch", "publication")


def note_facts(request: GroupRequest, notes: Sequence[Nfe]) -> list[Fact]:
    """One line for each note, leading to its page."""
    return [
        Fact(f"Nota {number_text(nfe)}", state_word(nfe).label, url=reverse("note", args=[request.group.slug, nfe.pk]))
        for nfe in notes
    ]


def note_steps(order: Order, notes: Sequence[Nfe]) -> list[Step]:
    """*Nota* and *Avisar a loja*; none where the company does not invoice with Cais."""
    living = next((nfe for nfe in notes if nfe.state not in OVER), notes[0] if notes else None)
    if living is None:
        return [_before_the_note(order)] if _invoices(order) else []
    word = state_word(living)
    named = f"Nota {number_text(living)}, {word.label.lower()}" if living.number else word.label
    steps = [Step("Nota", _STATES[word.tone], named)]  # type: ignore[arg-type]
    told: InvoicePublication | None = getattr(living, "publication", None)
    shown = store_word(living)
    if told is not None and shown is not None:
        state = "held" if shown.tone == "warn" else _STATES[shown.tone]
        steps.append(Step("Nota na loja", state, shown.label))  # type: ignore[arg-type]
    return steps


def mending_of_note(request: GroupRequest, order: Order) -> Action | None:
    """The button that mends what stopped the newest note, else the note itself."""
    newest = notes_of(order).select_related("order", "company", "fulfilment__company").first()
    if newest is None:
        return None
    trouble = trouble_of(request, newest)
    if trouble is not None and trouble.action is not None and trouble.action.url != request.path:
        return replace(trouble.action, style="primary")
    return Action("Ver a nota", reverse("note", args=[request.group.slug, newest.pk]))


def _before_the_note(order: Order) -> Step:
    return Step("Nota", "now", "Pronta para emitir") if is_note_ready(order) else Step("Nota", "next", "NF-e")


def _invoices(order: Order) -> bool:
    return FiscalSetup.objects.filter(company=order.connection.company_id).exists()


def issue_action(request: GroupRequest, order: Order) -> Action | None:
    """*Emitir nota*, which shows the preview of this one order first."""
    if not is_note_ready(order) or not request.may(May.ISSUE_NOTES) or not _invoices(order):
        return None
    url = f"{reverse('issue', args=[request.group.slug])}?pedido={order.pk}"
    if not order.nfe_state:
        return Action("Emitir nota", url, icon="document-text", style="primary")
    return Action("Emitir de novo", url, icon="document-text")
