"""A rehearsal in words: what each row would do, how it stands, and how long applying it would take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Avg, Count, Sum
from django.utils import timezone

from cais.journal.models import Exchange
from cais.orders.models import Order
from cais.rehearsals.models import Rehearsal, RehearsalRow
from cais.web.parts import Segment
from cais.web.status_words import StatusWord, table
from cais.web.wording import count_text, duration_text, plural_text

State = RehearsalRow.State
ROWS: Final = table(
    StatusWord("to_read", "off", "clock", "A conferir", "Espera a vez de ser conferido na loja ou no ERP."),
    StatusWord("ready", "run", "arrow-right", "Mudaria", "Ficaria como mostrado, se você aplicar."),
    StatusWord("same", "off", "check", "Já está assim", "Não há o que escrever."),
    StatusWord("moved", "warn", "exclamation-triangle", "Mudou depois", "O que deu origem a isto já é outro."),
    StatusWord("unreadable", "warn", "question-mark-circle", "Não deu para ler", "Não foi possível conferir fora."),
    StatusWord("released", "run", "paper-airplane", "Aplicando", "Está na fila de envio."),
    StatusWord("applied", "ok", "check-circle", "Aplicado", "Foi escrito como mostrado."),
    StatusWord("refused", "err", "exclamation-circle", "Recusado", "O outro lado não aceitou."),
)
PLANS: Final = table(
    StatusWord("reading", "run", "arrow-path", "Conferindo", "Lê como está hoje. Nada é escrito."),
    StatusWord("ready", "run", "eye", "Pronto para ver", "Nada foi escrito."),
    StatusWord("applying", "run", "paper-airplane", "Aplicando", "Escreve exatamente o que foi mostrado."),
    StatusWord("over", "ok", "check-circle", "Aplicado", "Terminado."),
    StatusWord("expired", "off", "clock", "Velho", "Tem mais de um dia: ensaie de novo."),
)
VERBS: Final = {
    ("erp_order", "create"): ("Criar a venda", "venda criada", "vendas criadas"),
    ("erp_order", "cancel"): ("Cancelar a venda", "venda cancelada", "vendas canceladas"),
    ("tracking", "write"): ("Informar o rastreio", "rastreio informado", "rastreios informados"),
    ("status", "write"): ("Escrever o status", "status escrito", "status escritos"),
    ("product", "add"): ("Cadastrar o produto", "produto cadastrado na loja", "produtos cadastrados na loja"),
    ("product", "link"): ("Vincular o produto", "produto vinculado", "produtos vinculados"),
    ("product", "update"): ("Atualizar o produto", "produto atualizado na loja", "produtos atualizados na loja"),
    ("stock", "write"): ("Enviar o estoque", "estoque enviado à loja", "estoques enviados à loja"),
    ("price", "write"): ("Enviar o preço", "preço enviado à loja", "preços enviados à loja"),
    ("invoice", "write"): ("Enviar a nota", "nota enviada à loja", "notas enviadas à loja"),
}
_UNNAMED: Final = ("Escrever", "envio", "envios")
_MEASURED_FROM, _SAMPLE = 5, 50
_SECONDS_OF_A_CALL = 0.5


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """How far the reading or the applying of a plan is."""

    segments: Sequence[Segment]
    total: int
    done: int
    eta: str
    label: str
    note: str
    is_over: bool
    spoken: str


def plan_word(plan: Rehearsal) -> StatusWord:
    return PLANS["expired" if plan.is_expired else plan.state]


def verb_of(row: RehearsalRow) -> str:
    return VERBS.get((row.kind, row.verb), _UNNAMED)[0]


def counts_of(plan: Rehearsal) -> dict[str, int]:
    return dict(plan.rows.order_by().values_list("state").annotate(n=Count("pk")))


def would_do(plan: Rehearsal) -> str:
    """2 vendas criadas e 1 status escrito, 6 chamadas, cerca de 3 s: what the rows not applied yet would do."""
    ready = plan.rows.filter(state=State.READY).order_by()
    by_verb = {(kind, verb): n for kind, verb, n in ready.values_list("kind", "verb").annotate(n=Count("pk"))}
    if not by_verb:
        return ""
    parts = [plural_text(n, *VERBS.get(which, _UNNAMED)[1:]) for which, n in sorted(by_verb.items())]
    calls = ready.aggregate(n=Sum("calls"))["n"] or 0
    listed = f"{', '.join(parts[:-1])} e {parts[-1]}" if len(parts) > 1 else parts[0]
    span = duration_text(max(_expected(plan, calls), timedelta(seconds=1)))
    return f"{listed}, com até {plural_text(calls, 'chamada', 'chamadas')}, cerca de {span}"


def _expected(plan: Rehearsal, calls: int) -> timedelta:
    """By how long the last calls took, and never faster than the account's limit allows."""
    last = Exchange.objects.filter(group=plan.group_id, connection_id=plan.connection_id).order_by("-at")[:_SAMPLE]
    each = Exchange.objects.filter(pk__in=list(last.values_list("pk", flat=True))).aggregate(s=Avg("seconds"))["s"]
    seconds = calls * float(each or _SECONDS_OF_A_CALL)
    limits = plan.connection.manifest.limits(plan.connection.modality)
    if limits is not None:
        seconds = max(seconds, calls / limits.per_minute * 60 if calls > limits.per_minute else 0)
    return timedelta(seconds=seconds)


def changed_since(plan: Rehearsal) -> int:
    """How many orders of the plan were changed in the store after it was made: it is stale for them."""
    if plan.state != Rehearsal.State.READY:
        return 0
    ids = plan.rows.filter(state=State.READY).values("order_id")
    return Order.objects.filter(group=plan.group_id, pk__in=ids, changed_at__gt=plan.asked_at).count()


def progress_of(plan: Rehearsal) -> PlanProgress:
    counts = counts_of(plan)
    is_reading = plan.state == Rehearsal.State.READING
    waits = State.TO_READ if is_reading else State.READY
    total = sum(counts.values())
    if not is_reading:
        total -= sum(counts.get(state, 0) for state in (State.SAME, State.UNREADABLE))
    left = counts.get(waits, 0) + (0 if is_reading else counts.get(State.RELEASED, 0))
    done, is_over = total - left, plan.state in (Rehearsal.State.READY, Rehearsal.State.OVER)
    tones = [(code, ROWS[code]) for code in ROWS if counts.get(code)]
    segments = [Segment(word.label, counts[code], word.tone) for code, word in tones if code != waits]
    verb = "conferidos" if is_reading else "aplicados"
    note = "Nada é escrito enquanto confere." if is_reading else "Escreve só o que foi mostrado."
    return PlanProgress(
        segments=segments,
        total=total,
        done=done,
        eta="" if is_over else _eta(plan.asked_at if is_reading else plan.applied_at, done, total),
        label=verb,
        note=f"{note} Pode fechar esta página.",
        is_over=is_over,
        spoken=_spoken(done, total, verb, is_over=is_over),
    )


def _eta(since: object, done: int, total: int) -> str:
    if done < _MEASURED_FROM or since is None:
        return ""
    left = (timezone.now() - since) * (total - done) / done  # type: ignore[operator]
    return f"faltam cerca de {duration_text(max(left, timedelta(seconds=1)))}"


def _spoken(done: int, total: int, verb: str, *, is_over: bool) -> str:
    """For who listens: it changes at each quarter, not at each row."""
    if is_over:
        return "Terminado."
    return f"{(done * 4 // total if total else 0) * 25} % {verb}."


def tab_counts(plan: Rehearsal) -> list[tuple[str, str, int]]:
    """Code, label and count of each state that occurs."""
    counts = counts_of(plan)
    return [(code, word.label, counts[code]) for code, word in ROWS.items() if counts.get(code)]


def headline(plan: Rehearsal) -> str:
    """The one sentence on top of a plan."""
    counts = counts_of(plan)
    if plan.state == Rehearsal.State.READING:
        return "O Cais confere como cada coisa está hoje. Nada é escrito."
    if plan.state == Rehearsal.State.READY:
        would = would_do(plan)
        return f"Mudaria: {would}." if would else "Nada mudaria: não há o que escrever."
    applied, others = counts.get(State.APPLIED, 0), sum(counts.get(s, 0) for s in (State.MOVED, State.REFUSED))
    said = f"{count_text(applied)} de {count_text(applied + others)} aplicados como mostrado."
    return said if plan.state == Rehearsal.State.OVER else "Escrevendo exatamente o que foi mostrado."
