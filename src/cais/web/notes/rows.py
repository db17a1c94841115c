"""A note as the lists draw it, and the progress of a batch of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from cais.companies.models import Group
from cais.nfe.models import MENDABLE, WORKING, Batch, Nfe, Progress, State
from cais.web.access import GroupRequest
from cais.web.notes.words import Trouble, key_text, number_text, state_word, store_word, trouble_of
from cais.web.parts import Segment
from cais.web.status_words import StatusWord
from cais.web.wording import duration_text

# In the order of the bar: what is settled first, what has not begun last.
_SEGMENTS: Final = (
    ("autorizadas", (State.AUTHORISED,), "ok"),
    ("rejeitadas", (State.REJECTED, State.DENIED, State.NUMBER_TAKEN, State.CANCELLED), "err"),
    ("barradas", (State.BLOCKED,), "warn"),
    ("a conferir", (State.UNKNOWN,), "unk"),
    ("enviando", (State.SIGNED,), "run"),
    ("desistidas", (State.DROPPED,), "off"),
    ("na fila", (State.QUEUED,), "off"),
)
_MEASURED_FROM = 3


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One line of a list, and the reason opened under it when the note stopped."""

    nfe: Nfe
    url: str
    number: str
    key: str
    state: StatusWord
    store: StatusWord | None
    trouble: Trouble | None
    fits: str

    @property
    def when(self) -> object:
        return self.nfe.issued_at or self.nfe.created_at


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """What the progress component draws."""

    batch: Batch
    segments: Sequence[Segment]
    total: int
    done: int
    eta: str
    is_over: bool
    url: str
    poll_url: str

    @property
    def spoken(self) -> str:
        """For who listens: a sentence that changes at each quarter, not at each note."""
        if self.is_over:
            return f"Lote {self.batch.pk} terminado."
        quarters = self.done * 4 // self.total if self.total else 0
        return f"{quarters * 25} % das notas do lote {self.batch.pk} respondidas."


def listed_notes(group: Group) -> QuerySet[Nfe]:
    """Notes with what a line of a list shows, without the documents themselves."""
    rows = Nfe.objects.of(group).defer("signed_xml", "proc")
    return rows.select_related("order__buyer", "order__connection", "company", "connection", "batch", "publication")


def rows_of(request: GroupRequest, notes: Iterable[Nfe]) -> list[NoteRow]:
    return [
        NoteRow(
            nfe=nfe,
            url=reverse("note", args=[request.group.slug, nfe.pk]),
            number=number_text(nfe),
            key=key_text(nfe.key),
            state=state_word(nfe),
            store=store_word(nfe),
            trouble=trouble_of(request, nfe),
            fits=" ".join(_fits(nfe)),
        )
        for nfe in notes
    ]


def _fits(nfe: Nfe) -> list[str]:
    """The words of the bulk verbs that this note fits."""
    if nfe.state == State.AUTHORISED:
        return ["paper", "store"]
    return ["again"] if nfe.state in MENDABLE else []


def progress_of(request: GroupRequest, batch: Batch) -> BatchProgress:
    found, slug = batch.progress(), request.group.slug
    return BatchProgress(
        batch=batch,
        segments=_segments(found),
        total=found.total,
        done=found.done,
        eta=_eta(batch, found),
        is_over=found.is_over,
        url=reverse("batch", args=[slug, batch.pk]),
        poll_url=reverse("batch_progress", args=[slug, batch.pk]),
    )


def running_batch(group: Group) -> Batch | None:
    """The newest batch that still waits for SEFAZ or for its turn."""
    working = Nfe.objects.of(group).filter(due_at__isnull=False, state__in=WORKING)
    return Batch.objects.of(group).filter(pk__in=working.values("batch")).order_by("-pk").first()


def _segments(found: Progress) -> list[Segment]:
    counted = [(label, sum(found.of(state) for state in states), tone) for label, states, tone in _SEGMENTS]
    return [Segment(label, count, tone) for label, count, tone in counted if count]  # type: ignore[arg-type]


def _eta(batch: Batch, found: Progress) -> str:
    """From the rate so far; nothing is promised before a few notes were answered."""
    if found.is_over or found.done < _MEASURED_FROM:
        return ""
    passed = timezone.now() - batch.created_at
    left = passed * (found.total - found.done) / found.done
    return f"faltam cerca de {duration_text(max(left, timedelta(seconds=1)))}"
