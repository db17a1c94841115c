"""The rows of *Importar pedidos*: what importing each would bring, what stops it, and how far an import has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from django.urls import reverse

from cais.connections.models import Connection
from cais.core.parts import WISHED
from cais.inbox.reasons import REASONS, words
from cais.inbox.services import Cause
from cais.intake.models import Document
from cais.orders.models import Order, OrderImport
from cais.orders.phase import STOPPED
from cais.settling.choosing import Refusal
from cais.settling.foresight import Foresight, foresee
from cais.web.access import GroupRequest
from cais.web.orders.situations import Situation, situations
from cais.web.parts import Segment
from cais.web.status_words import Tone
from cais.web.wording import plural_text

# How a row says why it has no box, and how the page after an import says why an order was left.
REFUSED: Final[Mapping[str, tuple[str, str, str]]] = {
    Refusal.TAKEN: ("já entrou", "já tinha entrado", "já tinham entrado"),
    Refusal.CANCELLED: (
        "cancelado na loja: não há o que servir",
        "está cancelado na loja: não há o que servir",
        "estão cancelados na loja: não há o que servir",
    ),
    Refusal.SERVED: (
        "a loja já o mostra como atendido",
        "a loja já mostra como atendido: servir de novo seria vender em dobro",
        "a loja já mostra como atendidos: servir de novo seria vender em dobro",
    ),
    Refusal.IGNORED: (
        "o dicionário manda ignorar este status",
        "tem um status que o dicionário manda ignorar",
        "têm um status que o dicionário manda ignorar",
    ),
    Refusal.MARKETPLACE: (
        "o marketplace envia do estoque dele",
        "é enviado pelo marketplace, do estoque dele",
        "são enviados pelo marketplace, do estoque dele",
    ),
}
_MOVING: Final = ("awaiting_movement", "awaiting_sync", "creating_erp_order")
_NAMED: Final = 12
_MOVES: Final = 2
_RANKS: Final[Mapping[int, tuple[str, Tone]]] = {
    1: ("integrados", "ok"),
    4: ("esperam você", "warn"),
    3: ("esperam pagamento", "off"),
    0: ("prontos: a loja só observa", "off"),
    -1: ("fora do fluxo", "off"),
    _MOVES: ("a caminho", "run"),
}
_RANK: Final = Case(
    When(erp_state="done", then=Value(1)),
    When(erp_state=WISHED, then=Value(0)),
    When(phase__in=_MOVING, then=Value(_MOVES)),
    When(phase__in=STOPPED, then=Value(4)),
    When(phase="awaiting_payment", then=Value(3)),
    default=Value(-1),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class Hint:
    """A few words of a row; `url` leads to where it is mended."""

    text: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ImportRow:
    order: Order
    situation: Situation
    url: str
    fits: str
    hints: Sequence[Hint]


def import_rows(request: GroupRequest, store: Connection, orders: Sequence[Order]) -> list[ImportRow]:
    shown, seen = situations(request.group, orders), foresee(store, orders)
    return [
        ImportRow(
            order,
            shown[order.pk],
            reverse("order", args=[request.group.slug, order.pk]),
            _fits(order, seen[order.pk]),
            _hints(request, order, seen[order.pk]),
        )
        for order in orders
    ]


def _fits(order: Order, seen: Foresight) -> str:
    """The verbs that this row may be ticked for."""
    waits = order.choice == Order.Choice.AWAITING
    return " ".join([*(["import"] if seen.refusal is None else []), *(["leave"] if waits else [])])


def _hints(request: GroupRequest, order: Order, seen: Foresight) -> list[Hint]:
    slug = request.group.slug
    if seen.refusal is not None:
        url = reverse("dictionary", args=[slug, order.connection_id]) if seen.refusal == Refusal.IGNORED else ""
        return [Hint(_words_of_refusal(order, seen.refusal), url)]
    brought = [Hint(f"cria: {plural_text(seen.products, 'produto', 'produtos')}, sem estoque")] if seen.products else []
    stopped = [_stops(slug, order, cause) for cause in seen.causes]
    return [*brought, *stopped] or [Hint("segue até o ERP" if order.meaning == "pending" else "reserva e espera")]


def _words_of_refusal(order: Order, refusal: Refusal) -> str:
    if refusal == Refusal.TAKEN and order.is_integrated:
        return f"venda {order.erp_number}" if order.erp_number else "já é venda"
    return REFUSED[refusal][0]


def _stops(slug: str, order: Order, cause: Cause) -> Hint:
    reason = REASONS[cause.reason]
    told = words(reason.short, dict(cause.params))
    if cause.reason == "status_unmapped":
        return Hint("traduza o status", reverse("dictionary", args=[slug, order.connection_id]), "warn")
    if reason.target == "customer" and order.customer_id:
        return Hint(told, reverse("customer", args=[slug, order.customer_id]), reason.tone)
    if reason.target == "stock":
        return Hint(told, f"{reverse('stock_ledger', args=[slug, cause.params['product']])}#lancar", reason.tone)
    return Hint(told, "", reason.tone)


@dataclass(frozen=True, slots=True)
class UnreadRow:
    document: Document
    state: str
    tone: str


def unread_row(document: Document) -> UnreadRow:
    """What the store listed and Cais does not know yet."""
    if document.hold:
        reason = REASONS.get(document.hold)
        return UnreadRow(document, reason.short if reason else "Segurado", reason.tone if reason else "warn")
    return UnreadRow(document, "Na fila para buscar" if document.needs_fetch else "Na fila para registrar", "off")


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """What the progress component draws. Over when nothing moves by itself any more."""

    made: OrderImport
    segments: Sequence[Segment]
    done: int
    is_over: bool

    @property
    def spoken(self) -> str:
        """For who listens: a sentence that changes at each quarter, not at each order."""
        if self.is_over:
            return "Importação terminada."
        return f"{self.done * 4 // self.made.taken * 25} % dos pedidos importados."


def import_progress(made: OrderImport) -> ImportProgress:
    rows = Order.objects.filter(imported_in=made).order_by()
    ranks = dict(rows.annotate(rank=_RANK).values_list("rank").annotate(n=Count("pk")))
    segments = [Segment(label, ranks[rank], tone) for rank, (label, tone) in _RANKS.items() if rank in ranks]
    moving = ranks.get(_MOVES, 0)
    is_over = not moving and not rows.filter(due_at__isnull=False).exists()
    return ImportProgress(made, segments, made.taken - moving, is_over)


def ranked(made: OrderImport) -> QuerySet[Order]:
    """The orders of an import; in falling order of `rank` those that wait for a person come first."""
    return Order.objects.filter(imported_in=made).annotate(rank=_RANK)


def left_sentences(made: OrderImport) -> list[str]:
    """Why some were left, with their numbers as far as they fit a line."""
    told = []
    for code, numbers in made.left.items():
        _, one, many = REFUSED.get(code, ("", "ficou de fora", "ficaram de fora"))
        shown = ", ".join(numbers[:_NAMED])
        rest = f" e mais {len(numbers) - _NAMED}" if len(numbers) > _NAMED else ""
        told.append(f"{plural_text(len(numbers), f'pedido {one}', f'pedidos {many}')} ({shown}{rest}).")
    return told
