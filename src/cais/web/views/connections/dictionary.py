"""Dicionário de status: what each status of a store means to Cais, and what Cais writes there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.db.models import Count, Min
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.core.effects import SERVED_ELSEWHERE, Meaning, effect_of
from cais.orders.models import Order
from cais.ports.manifest import Capability
from cais.settling.services import dictionary_changed
from cais.statuses.models import MEANING_LABELS, StatusEntry, WriteBack
from cais.statuses.services import set_write_back, suggest
from cais.web.access import GroupRequest, page
from cais.web.row_keys import keys_of
from cais.web.views.connections.pages import frame, own_connection
from cais.web.wording import plural_text

_UNMAPPED = "-"
_MOMENTS: Final = {
    WriteBack.Moment.CAPTURED: ("Ao virar pedido no ERP", "O pedido entrou e foi criado no ERP."),
    WriteBack.Moment.INVOICED: ("Ao faturar a nota", "A nota foi autorizada e a loja avisada dela."),
    WriteBack.Moment.SHIPPED: ("Ao registrar o envio", "Alguém registrou o envio; o rastreio vai antes do status."),
    WriteBack.Moment.DELIVERED: ("Ao marcar como entregue", "Alguém marcou o pedido como entregue."),
    WriteBack.Moment.CANCELLED: ("Depois de um cancelamento", "O cancelamento foi processado no Cais e no ERP."),
}
# The field of a shortcut → its name, what it says, and the meaning that it gives (feature B3).
_SHORTCUTS: Final = {
    "buscar": ("Status Buscar Pedido", "O pedido neste status é pago e segue para o ERP", Meaning.PENDING),
    "buscar-cancelado": ("Status Buscar Pedido Cancelado", "O pedido neste status é cancelado", Meaning.CANCELLED),
}


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One choice that edits the dictionary; `present` are the statuses that have its meaning already."""

    field: str
    label: str
    help: str
    present: str


@dataclass(frozen=True, slots=True)
class Row:
    entry: StatusEntry
    orders: int
    since: datetime | None
    suggestion: Meaning | None

    @property
    def suggested_label(self) -> str:
        return MEANING_LABELS[self.suggestion] if self.suggestion else ""


@page(May.VIEW, post=May.CONFIGURE)
def dictionary(request: GroupRequest, pk: int) -> HttpResponse:
    found = own_connection(request, pk)
    if found.role != "store":
        raise Http404
    entries = {entry.pk: entry for entry in StatusEntry.objects.of(request.group).filter(connection=found)}
    if request.method == "POST":
        _save(request, entries)
        return redirect("dictionary", request.group.slug, found.pk)
    rows = _rows(entries.values())
    unmapped = [row for row in rows if not row.entry.meaning]
    context = {
        **frame(request, found, "dicionario"),
        "rows": rows,
        "meanings": [(meaning.value, label) for meaning, label in MEANING_LABELS.items()],
        "effects": _effects(),
        "mapped": len(rows) - len(unmapped),
        "unmapped": len(unmapped),
        "held": sum(row.orders for row in unmapped),
        "with_suggestion": [row.entry.pk for row in unmapped if row.suggestion],
        "moments": _moments(found, entries.values()),
        "shortcuts": _shortcuts(entries.values()),
        "writes": found.does(Capability.WRITE_STATUS),
        "may_edit": request.may(May.CONFIGURE),
    }
    return render(request, "dictionary/dictionary.html", context)


def _rows(entries: Collection[StatusEntry]) -> list[Row]:
    """Those without a meaning first, then by the number of orders behind each."""
    behind = {
        row["status"]: (row["orders"], row["since"])
        for row in Order.objects.filter(status__in=[entry.pk for entry in entries])
        .order_by()
        .values("status")
        .annotate(orders=Count("pk"), since=Min("placed_at"))
    }
    rows = [
        Row(entry, *behind.get(entry.pk, (0, None)), None if entry.meaning else suggest(entry.label, entry.hint))
        for entry in entries
    ]
    return sorted(rows, key=lambda row: (bool(row.entry.meaning), -row.orders, row.entry.label))


def _save(request: GroupRequest, entries: dict[int, StatusEntry]) -> None:
    """One button accepts a suggestion, another all of them; else ticks with one meaning, and each row's own choice."""
    wanted = _accepted(request, entries)
    if wanted is None:
        wanted = _chosen(request, entries)
    by_meaning: dict[str, list[StatusEntry]] = defaultdict(list)
    for pk, meaning in wanted.items():
        if entries[pk].meaning != meaning:
            by_meaning[meaning].append(entries[pk])
    if not by_meaning:
        messages.warning(request, "Nada mudou no dicionário.")
        return
    freed = 0
    for meaning, rows in by_meaning.items():
        freed += dictionary_changed(rows, Meaning(meaning) if meaning else None, actor_name=str(request.user))
    count = sum(len(rows) for rows in by_meaning.values())
    said = plural_text(count, "status foi salvo", "status foram salvos")
    messages.success(request, f"{said}. {plural_text(freed, 'pedido segue', 'pedidos seguem')} em instantes.")


def _accepted(request: GroupRequest, entries: dict[int, StatusEntry]) -> dict[int, str] | None:
    """The suggestions of the pressed button; None when it was another button."""
    value = request.POST.get("aceitar", "")
    if not value:
        return None
    chosen = entries.values() if value == "todas" else [entries[pk] for pk in keys_of([value]) if pk in entries]
    found = {entry.pk: suggest(entry.label, entry.hint) for entry in chosen if not entry.meaning}
    return {pk: meaning.value for pk, meaning in found.items() if meaning}


def _chosen(request: GroupRequest, entries: dict[int, StatusEntry]) -> dict[int, str]:
    wanted = {pk: _meaning(request.POST.get(f"m-{pk}"), entry.meaning) for pk, entry in entries.items()}
    together = request.POST.get("traduzir", "")
    if together:
        for pk in keys_of(request.POST.getlist("linha")):
            if pk in entries:
                wanted[pk] = _meaning(together, entries[pk].meaning)
    return wanted


def _meaning(value: str | None, present: str) -> str:
    """Nonsense changes nothing."""
    if value == _UNMAPPED:
        return ""
    return value if value in MEANING_LABELS else present


def _effects() -> list[tuple[str, str, str, str]]:
    """The table of `core.effects` in words: what each meaning does with the order."""
    rows = [(MEANING_LABELS[meaning], *_words(meaning)) for meaning in Meaning]
    return [*rows, ("Sem tradução", *_words(None))]


def _words(meaning: Meaning | None) -> tuple[str, str, str]:
    effect = effect_of(meaning)
    recorded = "entra na lista" if effect.recorded else "fica só registrado, fora do fluxo"
    reserved = "reserva" if effect.reserved else "não reserva"
    if meaning is Meaning.CANCELLED:
        return recorded, "devolve a reserva", "cancela a venda, se houver"
    if meaning in SERVED_ELSEWHERE:
        return recorded, reserved, "não cria: já foi atendido"
    waits = "espera a tradução" if meaning is None else "espera"
    return recorded, reserved, "cria o pedido de venda" if effect.to_erp else waits if effect.reserved else "não cria"


def _shortcuts(entries: Collection[StatusEntry]) -> list[Shortcut]:
    found = []
    for field, (label, words, meaning) in _SHORTCUTS.items():
        present = sorted(entry.label for entry in entries if entry.meaning == meaning)
        said = f"{words}: vira {MEANING_LABELS[meaning]} no dicionário."
        found.append(Shortcut(field, label, said, ", ".join(present) or "nenhum"))
    return found


def _moments(
    found: Connection, entries: Collection[StatusEntry]
) -> list[tuple[str, str, str, list[tuple[int, str, bool]]]]:
    """For each moment the statuses that may be written: mapped, and with an id where the store wants one."""
    present = dict(WriteBack.objects.filter(connection=found).values_list("moment", "status_id"))
    able = [entry for entry in entries if _is_writable(found, entry)]
    able.sort(key=lambda entry: entry.label)
    return [
        (
            moment.value,
            *words,
            [(entry.pk, entry.label, present.get(moment.value) == entry.pk) for entry in able if _suits(entry, moment)],
        )
        for moment, words in _MOMENTS.items()
    ]


def _is_writable(found: Connection, entry: StatusEntry) -> bool:
    return bool(entry.meaning) and (bool(entry.external_id) or not found.facts.status_by_id)


def _suits(entry: StatusEntry, moment: WriteBack.Moment) -> bool:
    """A status that cancels is written of cancelled orders alone."""
    return moment is WriteBack.Moment.CANCELLED or entry.meaning != Meaning.CANCELLED


@page(May.CONFIGURE)
@require_POST
def write_back(request: GroupRequest, pk: int) -> HttpResponse:
    """*O que o Cais escreve na loja*; an empty choice writes nothing."""
    found = own_connection(request, pk)
    entries = {str(entry.pk): entry for entry in StatusEntry.objects.of(request.group).filter(connection=found)}
    for moment in WriteBack.Moment:
        value = request.POST.get(f"escreve-{moment.value}", "")
        entry = entries.get(value)
        if entry is not None and not _is_writable(found, entry):
            messages.warning(request, f"“{entry.label}” precisa de tradução antes de ser escrito na loja.")
            continue
        if entry is not None and not _suits(entry, moment):
            messages.warning(request, f"“{entry.label}” quer dizer cancelado e só é escrito depois de um cancelamento.")
            continue
        if entry is not None or value == "":
            set_write_back(found, moment, entry)
    messages.success(request, "Salvo. Vale para os próximos pedidos.")
    return redirect("dictionary", request.group.slug, found.pk)


@page(May.CONFIGURE)
@require_POST
def shortcut(request: GroupRequest, pk: int) -> HttpResponse:
    """*Status Buscar Pedido* and *Status Buscar Pedido Cancelado*: another way to write in the dictionary."""
    found = own_connection(request, pk)
    entries = {str(entry.pk): entry for entry in StatusEntry.objects.of(request.group).filter(connection=found)}
    chosen = {field: entries[value] for field in _SHORTCUTS if (value := request.POST.get(field, "")) in entries}
    if not chosen:
        messages.warning(request, "Nenhum status foi escolhido.")
    if len({entry.pk for entry in chosen.values()}) < len(chosen):
        messages.warning(request, "O mesmo status não pode buscar pedidos e cancelá-los. Nada mudou.")
        chosen = {}
    for field, entry in chosen.items():
        meaning = _SHORTCUTS[field][2]
        freed = dictionary_changed([entry], meaning, actor_name=str(request.user))
        follow = plural_text(freed, "pedido segue", "pedidos seguem")
        messages.success(request, f"“{entry.label}” agora é {MEANING_LABELS[meaning]}. {follow} em instantes.")
    return redirect("dictionary", request.group.slug, found.pk)


urlpatterns = [
    path("conectores/<int:pk>/dicionario/", dictionary, name="dictionary"),
    path("conectores/<int:pk>/dicionario/escrever/", write_back, name="write_back"),
    path("conectores/<int:pk>/dicionario/atalho/", shortcut, name="dictionary_shortcut"),
]
