"""The note on the page of its order: the step, the link, and *Emitir nota*."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import QuerySet
from django.urls import reverse

from cais.companies.roles import Action as May
from cais.movements.parts import parts_of
from cais.nfe.models import OVER, FiscalSetup, Nfe
from cais.orders.models import Order
from cais.web.access import GroupRequest
from cais.web.notes.words import number_text, state_word, store_word, trouble_of
from cais.web.orders.situations import is_note_ready
from cais.web.parts import Action, Fact, Step
from cais.web.wording import plural_text

_FURTHEST = ("err", "unk", "warn", "run", "off", "ok")
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
    """*Nota* and *Nota na loja*; none where the company does not invoice with Cais.

    Of several companies' notes the one that is furthest from done is shown, with how many are.
    """
    newest: dict[int, Nfe] = {}
    for nfe in sorted(notes, key=lambda nfe: (nfe.state not in OVER, nfe.pk)):
        newest[nfe.fulfilment_id] = nfe
    if not newest:
        return [_before_the_note(order)] if _invoices(order) else []
    living = min(newest.values(), key=lambda nfe: (_FURTHEST.index(state_word(nfe).tone), nfe.pk))
    word = state_word(living)
    named = f"Nota {number_text(living)}, {word.label.lower()}" if living.number else word.label
    done = sum(state_word(nfe).tone == "ok" for nfe in newest.values())
    several = order.has_note and not order.is_invoiced
    if several and word.tone == "ok":
        return [
            Step("Nota", "now", f"{plural_text(done, 'empresa emitiu', 'empresas emitiram')}; falta a nota de outra")
        ]
    if len(newest) > 1:
        named = f"{done} de {len(newest)} autorizadas" if done < len(newest) else f"{done} notas autorizadas"
    steps = [Step("Nota", _STATES[word.tone], named)]  # type: ignore[arg-type]
    return [*steps, *_told([nfe for nfe in newest.values() if store_word(nfe) is not None])]


def _told(notes: Sequence[Nfe]) -> list[Step]:
    """What the store shows of the notes: of several, the one that is furthest from told."""
    told = [nfe for nfe in notes if getattr(nfe, "publication", None) is not None]
    shown = sorted((word for nfe in told if (word := store_word(nfe))), key=lambda word: _FURTHEST.index(word.tone))
    if not shown:
        return []
    state = "held" if shown[0].tone == "warn" else _STATES[shown[0].tone]
    return [Step("Nota na loja", state, shown[0].label)]  # type: ignore[arg-type]


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
    """A company that serves it is set up; before that is decided, the one whose store it is."""
    serving = [part.company_id for part in parts_of([order.pk]).get(order.pk, ())]
    return FiscalSetup.objects.filter(company__in=serving or [order.connection.company_id]).exists()


def issue_action(request: GroupRequest, order: Order) -> Action | None:
    """*Emitir nota*, which shows the preview of this one order first."""
    if not is_note_ready(order) or not request.may(May.ISSUE_NOTES) or not _invoices(order):
        return None
    url = f"{reverse('issue', args=[request.group.slug])}?pedido={order.pk}"
    if not order.nfe_state:
        return Action("Emitir nota", url, icon="document-text", style="primary")
    return Action("Emitir de novo", url, icon="document-text")
