"""The parts of an order together: what each company's part is becomes what the order is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db.models.functions import Now

from cais.companies.writing import update_each
from cais.core.effects import Meaning
from cais.core.parts import DONE, NOTED, erp_state_of, nfe_state_of, numbers_of
from cais.movements.models import Fulfilment, Movement
from cais.orders.models import Order

_NUMBERS = Order._meta.get_field("erp_number").max_length or 0


def parts_of(order_ids: Collection[int]) -> dict[int, list[Fulfilment]]:
    """The parts of each order by its newest movement that has any, the first in the stock queue first."""
    rows = Fulfilment.objects.filter(order__in=order_ids).select_related("company", "movement")
    return _newest(rows.order_by("-movement_id", "pk"))


def _newest(rows: Iterable[Fulfilment]) -> dict[int, list[Fulfilment]]:
    """Of each order the parts of one movement, the first that comes."""
    found: dict[int, list[Fulfilment]] = defaultdict(list)
    for row in rows:
        known = found[row.order_id]
        if not known or known[0].movement_id == row.movement_id:
            known.append(row)
    return found


def end_movements(order_ids: Collection[int]) -> None:
    """The living movement of each of these orders is cancelled, and its parts are no sale any more."""
    living = Movement.objects.filter(order__in=order_ids).exclude(state=Movement.State.CANCELLED)
    living.update(state=Movement.State.CANCELLED, finished_at=Now(), due_at=None, lease=None, lease_until=None)
    Fulfilment.objects.filter(order__in=order_ids, stands=True).update(stands=False)


def lock(part: Fulfilment) -> None:
    """Lock the part's order, so that two parts that end at once see each other's end. `part.order` is fresh then."""
    rows = Order.objects.select_related("connection").select_for_update(of=("self",))
    part.order = rows.get(pk=part.order_id)


def others_of(part: Fulfilment) -> list[Fulfilment]:
    """The parts of the same sale that other companies serve."""
    return list(Fulfilment.objects.filter(movement=part.movement_id).exclude(pk=part.pk).order_by("pk"))


class Together(NamedTuple):
    """What an order's parts come to, and how many they are."""

    state: str
    parts: int


def set_erp_state(parts: Mapping[int, str], *, due: bool = True) -> dict[int, Together]:
    """Write these parts' ERP state (fulfilment id → state) and what their orders come to. Returns it by order id.

    The orders are locked by the caller. `due`: the orders are to be looked at again.
    """
    return set_erp_facts({key: {"erp_state": state} for key, state in parts.items()}, due=due)


def set_erp_facts(facts: Mapping[int, Mapping[str, str]], *, due: bool = True) -> dict[int, Together]:
    """As `set_erp_state`, with `erp_number` among the facts of each part."""
    written = update_each(Fulfilment, facts)
    # The parts first, by their ids: the database reads a join of the table with itself from one end to the other.
    orders = Fulfilment.objects.filter(pk__in=written).values("order")
    parts = _newest(Fulfilment.objects.filter(order__in=orders).order_by("-movement_id", "pk").select_related("order"))
    states = {key: _erp_state(own) for key, own in parts.items()}
    told = {
        key: {"erp_state": states[key], "erp_number": numbers_of([part.erp_number for part in own], most=_NUMBERS)}
        for key, own in parts.items()
    }
    done = f"CASE WHEN v.erp_state = '{DONE}' THEN '{DONE}' ELSE t.movement_state END"
    update_each(Order, told, how={"movement_state": done, **({"due_at": "statement_timestamp()"} if due else {})})
    return {key: Together(states[key], len(own)) for key, own in parts.items()}


def _erp_state(parts: Sequence[Fulfilment]) -> str:
    is_cancelled = parts[0].order.meaning == Meaning.CANCELLED
    return erp_state_of([part.erp_state for part in parts], is_cancelled=is_cancelled)


def set_nfe_state(fulfilment_id: int, order_id: int, state: str, *, due: bool = True) -> None:
    """Write what this part's note is, and what the parts of its order, which is locked, come to together.

    Of a sale that was undone the notes count no more. `due`: the order is to be looked at again.
    """
    Fulfilment.objects.filter(pk=fulfilment_id).update(nfe_state=state)
    states = [part.nfe_state for part in parts_of([order_id]).get(order_id, ()) if part.stands]
    facts = {"nfe_state": nfe_state_of(states), "has_note": any(each in NOTED for each in states)}
    update_each(Order, {order_id: facts}, how={"due_at": "statement_timestamp()"} if due else {})
