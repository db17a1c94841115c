"""A run as its page and the pulse tell it: how far it is, what it did, and a sentence for who listens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils import timezone

from cais.companies.models import Group
from cais.connections.models import Connection
from cais.intake.progress import Outcome, RunProgress, is_over, progress_of
from cais.journal.models import SyncRun
from cais.web.parts import Fact, Pulse, Segment
from cais.web.wording import count_text, duration_text, plural_text

_MEASURED_FROM = 5
_SHOWN_FOR = timedelta(hours=2)
_SEGMENTS: Final = (
    ("trazidos", (Outcome.BROUGHT,), "ok"),
    ("atualizados", (Outcome.CHANGED,), "ok"),
    ("cancelados", (Outcome.CANCELLED,), "off"),
    ("sem mudança", (Outcome.SAME,), "off"),
    ("com erro", (Outcome.UNREADABLE, Outcome.GONE), "err"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunShown:
    run: SyncRun
    found: RunProgress
    is_over: bool
    segments: Sequence[Segment]
    eta: str
    state: str
    facts: Sequence[Fact]

    @property
    def spoken(self) -> str:
        """For who listens: it changes with each quarter and at the end, not with each order."""
        if self.is_over:
            return f"Rodada terminada. {self.result}"
        quarters = self.found.done * 4 // self.found.total if self.found.total else 0
        return f"{quarters * 25} % dos pedidos desta rodada prontos."

    @property
    def result(self) -> str:
        return result_of(self.run, self.found)


def shown(run: SyncRun) -> RunShown:
    found = progress_of(run)
    over = is_over(run, found)
    return RunShown(
        run=run,
        found=found,
        is_over=over,
        segments=[Segment(label, n, tone) for label, which, tone in _SEGMENTS if (n := found.of(*which))],  # type: ignore[arg-type]
        eta="" if over else _eta(run, found),
        state=_state(run, found, over=over),
        facts=_facts(found),
    )


def result_of(run: SyncRun, found: RunProgress) -> str:
    """3 pedidos trazidos, 1 atualizado, 2 vendas criadas; or why it stopped."""
    if run.error:
        return f"A leitura parou: {run.error}"
    told = [
        (found.of(Outcome.BROUGHT), "pedido trazido", "pedidos trazidos"),
        (found.of(Outcome.CHANGED), "atualizado", "atualizados"),
        (found.of(Outcome.CANCELLED), "cancelado", "cancelados"),
        (found.sales, "venda criada", "vendas criadas"),
        (found.statuses, "status escrito", "status escritos"),
        (found.of(Outcome.UNREADABLE, Outcome.GONE), "erro", "erros"),
    ]
    parts = [plural_text(count, one, many) for count, one, many in told if count]
    return f"{', '.join(parts)}." if parts else "Nada novo na loja."


def _facts(found: RunProgress) -> list[Fact]:
    errors = found.of(Outcome.UNREADABLE, Outcome.GONE)
    return [
        Fact("Pedidos trazidos", count_text(found.of(Outcome.BROUGHT))),
        Fact("Atualizados", count_text(found.of(Outcome.CHANGED))),
        Fact("Cancelados", count_text(found.of(Outcome.CANCELLED))),
        Fact("Vendas criadas", count_text(found.sales)),
        Fact("Status escritos", count_text(found.statuses)),
        Fact("Esperam por você", count_text(found.held), tone="warn" if found.held else ""),
        Fact("Erros", count_text(errors), tone="err" if errors else ""),
    ]


def _state(run: SyncRun, found: RunProgress, *, over: bool) -> str:
    """What it does at this moment."""
    if over:
        return "Terminada."
    if run.finished_at is None:
        return "Lendo a lista da loja." if run.seen else "Na fila: a leitura começa em instantes."
    if found.waiting:
        return f"Buscando {plural_text(found.waiting, 'pedido', 'pedidos')} na loja."
    return f"{plural_text(found.moving, 'pedido anda', 'pedidos andam')} até o ERP e a loja."


def _eta(run: SyncRun, found: RunProgress) -> str:
    """From the rate so far, once the whole list is known and a few orders are through."""
    if run.finished_at is None or found.done < _MEASURED_FROM:
        return ""
    left = (timezone.now() - run.at) * (found.total - found.done) / found.done
    return f"faltam cerca de {duration_text(max(left, timedelta(seconds=1)))}"


def my_run(group: Group, user_id: int) -> SyncRun | None:
    """The newest run that this person asked for and that still goes on, or whose end they were not told of."""
    recent = SyncRun.objects.filter(group=group, at__gt=timezone.now() - _SHOWN_FOR)
    return recent.filter(asked_by_id=user_id, told_at=None).order_by("-at").first()


def pulse_of_run(group: Group, user_id: int) -> Pulse | None:
    """A run of mine in the pulse, wherever I am; None when none is under way."""
    run = my_run(group, user_id)
    if run is None:
        return None
    mine = shown(run)
    if mine.is_over:
        return None
    name = Connection.objects.filter(pk=run.connection_id).values_list("name", flat=True).first() or "Loja"
    found = mine.found
    how_far = (
        f"{count_text(found.done)} de {plural_text(found.total, 'pedido', 'pedidos')}" if found.total else mine.state
    )
    return Pulse("run", [f"Sincronizando {name}", how_far], reverse("run", args=[group.slug, run.pk]), is_mine=True)


def news_of(group: Group, user_id: int) -> tuple[str, str, SyncRun] | None:
    """The result of a run of mine that ended, and its address; told once."""
    run = my_run(group, user_id)
    if run is None:
        return None
    mine = shown(run)
    if not mine.is_over:
        return None
    SyncRun.objects.filter(group=group, asked_by_id=user_id, told_at=None, at__lte=run.at).update(
        told_at=timezone.now()
    )
    return mine.result, reverse("run", args=[group.slug, run.pk]), run
