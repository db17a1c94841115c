"""What a note's fate means for its order: the fact on it, why it waits, and the line in its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models.functions import Now

from cais.core.digest import JSON, digest_of
from cais.fiscal.preflight import Problem, Where
from cais.inbox import services as inbox
from cais.inbox.nfe_reasons import NFE_REASONS
from cais.inbox.services import Cause
from cais.journal.services import note
from cais.nfe.models import Nfe, State
from cais.orders.models import Order
from cais.orders.services import waiting_subject

# What the order shows of its note (`orders.phase`).
_FACTS = {
    State.QUEUED: "queued",
    State.SIGNED: "signed",
    State.BLOCKED: "blocked",
    State.UNKNOWN: "unknown",
    State.REJECTED: "rejected",
    State.DENIED: "denied",
    State.NUMBER_TAKEN: "rejected",
    State.CANCELLED: "denied",
    State.DROPPED: "",
}


def tell(nfe: Nfe, state: State, causes: Sequence[Cause] = ()) -> None:
    """Write the order's fact and make the reasons why its note waits exactly these, in the caller's transaction."""
    Order.objects.filter(pk=nfe.order_id).update(nfe_state=_FACTS[state], due_at=Now())
    inbox.sync(nfe.group_id, {waiting_subject(nfe.order): causes}, among=NFE_REASONS)


def tell_authorised(nfe: Nfe, fact: str) -> None:
    """`fact` is `authorised` while the store is to be told, `issued` when nobody is."""
    Order.objects.filter(pk=nfe.order_id).update(nfe_state=fact, due_at=Now())
    inbox.sync(nfe.group_id, {waiting_subject(nfe.order): ()}, among=NFE_REASONS)


def cause(nfe: Nfe, reason: str, params: Mapping[str, JSON] | None = None, *, key: str = "", detail: str = "") -> Cause:
    """`key` names what several orders wait for together; without it the order waits alone."""
    told: dict[str, Any] = {"number": nfe.order.number, "nfe": nfe.number or "", "company": nfe.company.name}
    return Cause(reason, key or f"order:{nfe.order_id}", {**told, **(params or {})}, detail)


def cause_of_problems(nfe: Nfe, problems: Sequence[Problem]) -> Cause:
    """The first problem names the cause; all are shown with the note.

    What lies with the company or a product holds every order of it, and is mended once for all.
    """
    first = problems[0]
    shared = {
        Where.ORDER: "",
        Where.BUYER: "",
        # Its sentence names the product, so that equal sentences are about one product.
        Where.PRODUCT: f"nfe_product:{digest_of(first.sentence)}",
    }.get(first.where, f"nfe_{first.where}:{nfe.company_id}:{first.code}")
    sentence = " ".join(dict.fromkeys(problem.sentence for problem in problems[:3]))
    return cause(nfe, "nfe_blocked", {"words": sentence, "code": first.code}, key=shared)


def write_down(nfe: Nfe, code: str, params: Mapping[str, JSON] | None = None, *, actor_name: str = "") -> None:
    """A line in the order's history."""
    note(nfe.group_id, "order", [nfe.order_id], code, params, actor_name=actor_name)
