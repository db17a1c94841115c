"""The steps of an order: *Movimentação → Sincronizar → Criar pedido no ERP*, and what the store is told."""

from __future__ import annotations

from collections.abc import Sequence

from cais.movements.models import Movement
from cais.orders.models import Order
from cais.orders.phase import OTHERWISE
from cais.publishing.models import StatusPublication
from cais.web.orders.parcel import parcel_step
from cais.web.orders.situations import Situation
from cais.web.parts import Step
from cais.web.present import now
from cais.web.wording import moment_text, plural_text

# Phases in which the order takes no steps here: it is told in a sentence instead.
WITHOUT_STEPS = {
    "history": "Este pedido é de antes da ligação da loja: o Cais só o mostra, não reserva nem envia nada.",
    "ignored": "O dicionário de status manda ignorar este pedido. Nada foi reservado nem enviado ao ERP.",
    "left_out": "Alguém deixou este pedido de fora: não reserva estoque nem vai ao ERP. Ainda dá para importá-lo.",
    "awaiting_choice": "Este pedido espera a sua escolha. O estoque está reservado; nada vai ao ERP até ser importado.",
    "served_elsewhere": "A loja já mostra este pedido como atendido: o Cais o registrou e não mexe nele.",
    "marketplace_ships": (
        "O marketplace envia este pedido do estoque dele, como diz o de-para do canal. O Cais só o registrou: seu "
        "estoque não é reservado, e não há movimentação nem pedido no ERP."
    ),
    "cancelled": "Pedido cancelado. A reserva de estoque foi devolvida e nada mais sai dele.",
}


def quiet_of(order: Order) -> str:
    """The sentence of an order that takes no steps; empty for one that does."""
    by_person = order.phase == "ignored" and order.choice == Order.Choice.LEFT_OUT
    return WITHOUT_STEPS.get("left_out" if by_person else order.phase, "")


_STATES = {"err": "stopped", "warn": "held", "unk": "unknown"}


def steps_of(
    order: Order, situation: Situation, movement: Movement | None, *, lines: int, notes: Sequence[Step] = ()
) -> list[Step]:
    """One current step at most: the first that is not done. `notes` are those of the note, after the sale's."""
    found = [
        _movement(order, situation, movement),
        _check(order, movement, situation, lines),
        _erp(order, movement, situation),
        *notes,
    ]
    after = (parcel_step(order), _store(order))
    return _one_current([*found, *(step for step in after if step)])


def moving_steps(order: Order, situation: Situation, movement: Movement | None, *, lines: int) -> list[Step]:
    """The three steps of *Movimentar* alone."""
    return _one_current(
        [
            _movement(order, situation, movement),
            _check(order, movement, situation, lines),
            _erp(order, movement, situation),
        ]
    )


def _movement(order: Order, situation: Situation, movement: Movement | None) -> Step:
    if order.movement_state not in ("none", "cancelled"):
        made = f"Criada sozinha {moment_text(movement.created_at, now=now())}" if movement else "Criada"
        if movement and not movement.automatic:
            made = f"Criada por {movement.created_by}"
        return Step("Movimentação", "done", made)
    if order.phase == "awaiting_payment":
        return Step("Movimentação", "held", "Espera o pagamento; o estoque já está reservado")
    if situation.word.tone in _STATES:
        state = _STATES[situation.word.tone]
        return Step("Movimentação", state, situation.word.label)  # type: ignore[arg-type]
    if order.due_at is None and order.phase == OTHERWISE:
        return Step("Movimentação", "held", "Falta escolher quem atende")
    return Step("Movimentação", "now", "Sai sozinha em instantes")


def _check(order: Order, movement: Movement | None, situation: Situation, lines: int) -> Step:
    name = "Sincronizar"
    if order.movement_state in ("validated", "done"):
        return Step(name, "done", plural_text(lines, "item conferido e reservado", "itens conferidos e reservados"))
    if order.movement_state == "error":
        return Step(name, "stopped", situation.word.label)
    if order.movement_state == "pending_sync" and movement and not movement.due_at:
        return Step(name, "held", "Falta conferir os itens no ERP")
    if order.movement_state == "pending_sync":
        return Step(name, "now", f"Confere {plural_text(lines, 'item', 'itens')} no ERP")
    return Step(name, "next", "Confere no ERP e confirma a reserva")


def _erp(order: Order, movement: Movement | None, situation: Situation) -> Step:
    name = "Criar pedido no ERP"
    match order.erp_state:
        case "done":
            changed = order.phase == "held"
            note = _sales(order)
            return Step(name, "held" if changed else "done", situation.word.label if changed else note)
        case "wished":
            return Step(name, "held", "Ficaria criado: a conexão está só observando")
        case "creating":
            return Step(name, "now", "Enviando ao ERP")
        case "unknown":
            return Step(name, "unknown", "Enviado, resposta perdida: conferindo no ERP")
        case "refused":
            return Step(name, "stopped", situation.word.label)
        case "cancelled":
            return Step(name, "done", f"Cancelado: {_sales(order).lower()}")
    if order.movement_state == "validated" and movement and not movement.automatic:
        return Step(name, "held", "Falta finalizar")
    return Step(name, "next", "Um pedido de venda por empresa")


_SEVERAL = ", "


def _sales(order: Order) -> str:
    """The ERP's number; each company counts its own, so of several the page's table says which is whose."""
    several = order.erp_number.count(_SEVERAL) + 1
    return f"{several} pedidos de venda, um por empresa" if several > 1 else f"Pedido de venda {order.erp_number}"


def _store(order: Order) -> Step | None:
    """Only where the dictionary says that something is written in the store."""
    told: StatusPublication | None = getattr(order, "status_publication", None)
    if told is None:
        return None
    if told.hold:
        return Step("Avisar a loja", "stopped", f"A loja recusou “{told.status.label}”")
    if told.due_at is None:
        return Step("Avisar a loja", "done", f"Status “{told.status.label}” escrito")
    return Step("Avisar a loja", "now", f"Escrevendo “{told.status.label}”")


def _one_current(found: list[Step]) -> list[Step]:
    """Whatever follows the first unfinished step waits for its turn."""
    shown: list[Step] = []
    is_open = False
    for step in found:
        if is_open and step.state not in ("done", "next"):
            step = Step(step.name, "next", step.note)
        is_open = is_open or step.state != "done"
        shown.append(step)
    return shown
