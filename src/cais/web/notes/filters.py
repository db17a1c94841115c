"""The filters of the list of notes: read from the URL, applied to the rows, drawn as chips."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from cais.companies.models import Group
from cais.core.values import document_text
from cais.nfe.models import MENDABLE, OVER, Nfe, State
from cais.nfe.setup_models import ENVIRONMENTS
from cais.orders.models import Buyer
from cais.web.filters import Period, choice_chip, only, period_chip
from cais.web.keyset import searched
from cais.web.note_statuses import NFE
from cais.web.parts import FilterChip
from cais.web.row_keys import key_of

_NOT_TOLD = Q(publication__isnull=False) & ~Q(publication__published_digest=F("publication__desired_digest"))
# Tab → its words and the notes it gathers.
TABS: Final[dict[str, tuple[str, Q]]] = {
    "": ("Todas", Q()),
    "andamento": ("Em andamento", Q(state__in=(State.QUEUED, State.SIGNED))),
    "paradas": ("Rejeitadas", Q(state__in=MENDABLE)),
    "conferir": ("A conferir", Q(state=State.UNKNOWN)),
    "autorizadas": ("Autorizadas", Q(state=State.AUTHORISED)),
    "loja": ("Falta avisar a loja", Q(state=State.AUTHORISED) & _NOT_TOLD),
    "encerradas": ("Sem efeito", Q(state__in=OVER)),
}
COUNTED_BY_STATE: Final[dict[str, tuple[str, ...]]] = {
    "": tuple(State.values),
    "andamento": (State.QUEUED, State.SIGNED),
    "paradas": MENDABLE,
    "conferir": (State.UNKNOWN,),
    "autorizadas": (State.AUTHORISED,),
    "encerradas": OVER,
}
_NAMES: Final = ("aba", "situacao", "ambiente", "lote", "data_de", "data_ate", "q")
_KEY_LENGTH = 44
_LONGEST_NUMBER = 9
_SHORTEST_DOCUMENT = 11


@dataclass(frozen=True, slots=True)
class NoteFilter:
    """What the list is narrowed to. Nonsense in the URL narrows nothing."""

    tab: str = ""
    states: tuple[str, ...] = ()
    environment: str = ""
    batch: int = 0
    period: Period = field(default_factory=Period)
    text: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> NoteFilter:
        tab, batch, environment = query.get("aba", ""), query.get("lote", ""), query.get("ambiente", "")
        return cls(
            tab=tab if tab in TABS else "",
            states=tuple(code for code in query.getlist("situacao") if code in NFE),
            environment=environment if environment in dict(ENVIRONMENTS) else "",
            batch=key_of(batch),
            period=Period.of(query),
            text=searched(query),
        )

    def apply(self, rows: QuerySet[Nfe]) -> QuerySet[Nfe]:
        narrowed = rows.filter(TABS[self.tab][1])
        if self.states:
            narrowed = narrowed.filter(state__in=self.states)
        if self.environment:
            narrowed = narrowed.filter(environment=self.environment)
        if self.batch:
            narrowed = narrowed.filter(batch=self.batch)
        narrowed = narrowed.filter(self.period.within("issued_at"))
        return narrowed.filter(_spoken(self.text)) if self.text else narrowed


def kept(query: QueryDict, *without: str) -> str:
    """The filters as a query string, for the way back and for what is done with the whole filter."""
    return only(query, [name for name in _NAMES if name not in without])


def _spoken(text: str) -> Q:
    """Key, number of the note or of the order, and document as they are written; names by what they contain."""
    bare, document = re.sub(r"[\s.]", "", text), document_text(text)
    found = Q(order__number=text.lstrip("#"))
    if len(bare) == _KEY_LENGTH:
        found |= Q(key=bare.upper())
    if bare.isdecimal() and len(bare) <= _LONGEST_NUMBER:
        found |= Q(number=int(bare))
    if len(document) >= _SHORTEST_DOCUMENT:
        found |= Q(order__in=Buyer.objects.filter(document=document).values("order_id"))
        found |= Q(order__customer__document=document)
    if not bare.isdecimal():
        found |= Q(order__in=Buyer.objects.filter(name__icontains=text).values("order_id"))
    return found


def chips(group: Group, query: QueryDict, chosen: NoteFilter) -> list[FilterChip]:
    environments = [(code, label.partition(" (")[0]) for code, label in ENVIRONMENTS]
    states = [(item.code, item.label) for item in NFE.values()]
    found = [
        period_chip(query, "Emissão", chosen.period),
        choice_chip(query, "situacao", "Situação", states, chosen.states, many=True),
    ]
    if Nfe.objects.of(group).exclude(environment="").order_by().values("environment").distinct().count() > 1:
        found.append(choice_chip(query, "ambiente", "Ambiente", environments, [chosen.environment]))
    return found
