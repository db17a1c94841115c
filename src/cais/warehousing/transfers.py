"""Goods carried from one warehouse to another: proposed, sent, received; in between they are in neither."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cais.catalog.drafts import Invalid
from cais.catalog.models import Product
from cais.catalog.numerals import write_decimal
from cais.companies.models import Group, Warehouse
from cais.core.values import QUANTUM, ZERO, document_text, is_within
from cais.fiscal.identifiers import is_key, parse_key
from cais.orders.models import Order
from cais.stock import ledger
from cais.stock.models import LedgerEntry
from cais.stock.services import tell
from cais.warehousing.leaving import Leave, leaves
from cais.warehousing.models import Transfer, TransferLine
from cais.warehousing.numbers import next_number

_MOST = Decimal(10) ** 9
_NFE_MODEL = "55"
State = Transfer.State


@dataclass(frozen=True, slots=True)
class Item:
    product: Product
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferDraft:
    source: Warehouse
    target: Warehouse
    items: Sequence[Item]
    reason: str
    order: Order | None = None
    slip: UUID | None = None


def propose(group: Group, draft: TransferDraft, *, actor_name: str) -> Transfer:
    """A proposal: nothing moves yet. The same slip again is the same proposal. Raises Invalid: field → sentence."""
    if problems := _problems(group, draft):
        raise Invalid(problems)
    with transaction.atomic():
        number = next_number(group, Transfer)
        if draft.slip and (known := Transfer.objects.of(group).filter(slip=draft.slip).first()):
            return known
        made = Transfer.objects.create(
            group=group,
            number=number,
            source=draft.source,
            target=draft.target,
            reason=draft.reason.strip()[:200],
            order=draft.order,
            slip=draft.slip,
            proposed_by=actor_name[:120],
        )
        TransferLine.objects.bulk_create(
            TransferLine(group=group, transfer=made, product=item.product, quantity=item.quantity)
            for item in draft.items
        )
    return made


def send(transfer: Transfer, *, actor_name: str, note_key: str = "", along: bool = False) -> None:
    """The goods left `source`: they are in no warehouse until they arrive. Raises Invalid.

    Units that orders were promised travel only where those orders can be served from `target` too, and where a person
    said so with `along`: until the arrival they wait. Between two CNPJs the goods must travel with an NF-e (Ajuste
    SINIEF 7/2005); its access key is asked for, since Cais issues notes of sales only.
    """
    key = document_text(note_key)
    with _in_state(transfer, State.PROPOSED) as kept:
        if words := note_problem(kept, key):
            raise Invalid({"note_key": words})
        lines = _lines(kept)
        _refuse_promised(kept, lines, along=along)
        _post(kept, [_entry(kept, line, -line.quantity, place=kept.source, actor_name=actor_name) for line in lines])
        kept.state, kept.note_key = State.SENT, key if kept.needs_note else ""
        kept.sent_by, kept.sent_at = actor_name[:120], timezone.now()
        kept.save(update_fields=["state", "note_key", "sent_by", "sent_at"])
    transfer.refresh_from_db()


def receive(transfer: Transfer, arrived: Mapping[int, Decimal], *, actor_name: str) -> None:
    """The goods arrived at `target`, by line id. Raises Invalid.

    What was sent is added there, so that the transfer sums to zero; what is missing or too much is an adjustment with
    the transfer's number as its reason.
    """
    with _in_state(transfer, State.SENT) as kept:
        lines = _lines(kept)
        changes: list[ledger.Change] = []
        for line in lines:
            line.received = arrived.get(line.pk, line.quantity)
            if not is_within(line.received, ZERO, _MOST) or line.received != line.received.quantize(QUANTUM):
                raise Invalid({str(line.pk): "O que chegou é zero ou mais, com até quatro casas decimais."})
            changes += _arrival(kept, line, actor_name=actor_name)
        ledger.lock([line.product_id for line in lines])
        _post(kept, changes)
        TransferLine.objects.bulk_update(lines, ["received"])
        _end(kept, State.RECEIVED, actor_name=actor_name)
    transfer.refresh_from_db()


def give_back(transfer: Transfer, *, actor_name: str) -> None:
    """The goods came back to where they left from. Raises Invalid."""
    with _in_state(transfer, State.SENT) as kept:
        lines = _lines(kept)
        ledger.lock([line.product_id for line in lines])
        _post(kept, [_entry(kept, line, line.quantity, place=kept.source, actor_name=actor_name) for line in lines])
        _end(kept, State.RETURNED, actor_name=actor_name)
    transfer.refresh_from_db()


def cancel(transfer: Transfer, *, actor_name: str) -> None:
    """The proposal is dropped; nothing had moved. Raises Invalid."""
    with _in_state(transfer, State.PROPOSED) as kept:
        _end(kept, State.CANCELLED, actor_name=actor_name)
    transfer.refresh_from_db()


def note_problem(transfer: Transfer, key: str) -> str:
    """Why the goods cannot leave with this key, in a sentence; empty when they can, or when they need none."""
    if not transfer.needs_note:
        return ""
    seller = transfer.source.company
    if not key:
        return (
            f"{transfer.source.company.name} e {transfer.target.company.name} são CNPJs diferentes: a mercadoria viaja "
            "com uma NF-e própria. Emita a nota e escreva aqui a chave de acesso."
        )
    if not is_key(key):
        return "Esta chave não confere: são 44 caracteres, e o último é de conferência. Copie de novo do DANFE."
    parsed = parse_key(key)
    if parsed.model != _NFE_MODEL:
        return "Esta chave não é de uma NF-e (modelo 55)."
    if parsed.cnpj != seller.cnpj:
        return f"Esta nota não é de {seller.name}. Quem envia é quem emite a nota."
    if Transfer.objects.filter(group=transfer.group_id, note_key=key).exclude(pk=transfer.pk).exists():
        return "Outra transferência já usou esta nota."
    return ""


def _problems(group: Group, draft: TransferDraft) -> dict[str, str]:
    found: dict[str, str] = {}
    for field, warehouse in (("source", draft.source), ("target", draft.target)):
        if warehouse.group_id != group.pk or not warehouse.active:
            found[field] = "Este depósito não está ativo."
    if draft.source.pk == draft.target.pk:
        found["target"] = "Escolha outro depósito: a mercadoria já está neste."
    if not draft.reason.strip():
        found["reason"] = "Escreva o motivo: quem envia e quem recebe precisam entender."
    if not draft.items:
        found[""] = "Escreva pelo menos um produto e a quantidade."
    return found | _item_problems(group, draft.items)


def _item_problems(group: Group, items: Sequence[Item]) -> dict[str, str]:
    seen: set[int] = set()
    for item in items:
        sku = item.product.sku
        if item.product.group_id != group.pk:
            return {"": "Um dos produtos não existe neste grupo."}
        if item.product.is_kit:
            return {"": f"{sku} é um kit: transfira os componentes dele."}
        if item.product.pk in seen:
            return {"": f"{sku} aparece duas vezes. Some as quantidades em uma linha só."}
        if not is_within(item.quantity, -_MOST, _MOST):
            return {"": f"A quantidade de {sku} não é um número, ou é grande demais. Confira."}
        if item.quantity <= ZERO or item.quantity != item.quantity.quantize(QUANTUM):
            return {"": f"A quantidade de {sku} precisa ser maior que zero, com até quatro casas decimais."}
        seen.add(item.product.pk)
    return {}


@contextmanager
def _in_state(transfer: Transfer, wanted: Transfer.State) -> Iterator[Transfer]:
    """The transfer, locked for one change. Raises Invalid when somebody else changed it first."""
    rows = Transfer.objects.select_related("source__company", "target__company")
    with transaction.atomic():
        kept = rows.select_for_update(of=("self",)).get(pk=transfer.pk)
        if kept.state != wanted:
            raise Invalid({"": f"Esta transferência já está {kept.get_state_display().lower()}. Nada mudou agora."})
        yield kept


def _lines(transfer: Transfer) -> list[TransferLine]:
    return list(transfer.lines.select_related("product").order_by("product_id"))


def _refuse_promised(transfer: Transfer, lines: Sequence[TransferLine], *, along: bool) -> None:
    """Raises Invalid where more would leave than may, or where orders would wait and nobody said that they may."""
    found = leaves(transfer, [line.product_id for line in lines], locked=True)
    for line in lines:
        if line.quantity > found[line.product_id].movable:
            raise Invalid({"": _too_much(transfer, line, found[line.product_id])})
    if not along and any(found[line.product_id].takes_along(line.quantity) for line in lines):
        raise Invalid({"along": "Marque que os pedidos podem esperar, ou faça outra proposta só com o que está livre."})


def _too_much(transfer: Transfer, line: TransferLine, leave: Leave) -> str:
    here, may_go = write_decimal(leave.on_hand), write_decimal(leave.movable)
    words = f"{line.product.sku}: há {here} em {transfer.source.name}"
    if not leave.promised:
        return f"{words}. Faça outra proposta com a quantidade que há."
    return f"{words}, e {may_go} pode sair. O resto está prometido a pedidos que só podem ser atendidos dali."


def _arrival(transfer: Transfer, line: TransferLine, *, actor_name: str) -> list[ledger.Change]:
    arrived = line.quantity if line.received is None else line.received
    moved = _entry(transfer, line, line.quantity, place=transfer.target, actor_name=actor_name)
    if arrived == line.quantity:
        return [moved]
    words = "faltou" if arrived < line.quantity else "veio a mais"
    return [
        moved,
        ledger.Change(
            group_id=transfer.group_id,
            product_id=line.product_id,
            warehouse_id=transfer.target_id,
            kind=LedgerEntry.Kind.ADJUST,
            on_hand=arrived - line.quantity,
            reason=f"{words} na transferência {transfer.number}",
            actor_name=actor_name[:120],
        ),
    ]


def _entry(
    transfer: Transfer, line: TransferLine, units: Decimal, *, place: Warehouse, actor_name: str
) -> ledger.Change:
    return ledger.Change(
        group_id=transfer.group_id,
        product_id=line.product_id,
        warehouse_id=place.pk,
        kind=LedgerEntry.Kind.TRANSFER,
        on_hand=units,
        reason=f"transferência {transfer.number}, de {transfer.source.name} para {transfer.target.name}"[:200],
        actor_name=actor_name[:120],
    )


def _end(transfer: Transfer, state: Transfer.State, *, actor_name: str) -> None:
    transfer.state, transfer.ended_by, transfer.ended_at = state, actor_name[:120], timezone.now()
    transfer.save(update_fields=["state", "ended_by", "ended_at"])


def _post(transfer: Transfer, changes: Sequence[ledger.Change]) -> None:
    """Orders that lack units need not wait for the sweep, and those whose units went away find out."""
    ledger.post(changes)
    tell(transfer.group_id, changes)
