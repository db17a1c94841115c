"""What a note's fate means for its part of the order: the facts, why it waits, and the line in the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cais.core.digest import JSON, digest_of
from cais.fiscal.preflight import Problem, Where
from cais.inbox import services as inbox
from cais.inbox.nfe_reasons import INVOICE_REASONS, NFE_REASONS
from cais.inbox.services import Cause
from cais.journal.services import note
from cais.movements.parts import others_of, set_nfe_state
from cais.nfe.models import Nfe, State
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
    """Write the part's fact and make the reasons why its note waits exactly these, in the caller's transaction."""
    set_nfe_state(nfe.fulfilment_id, nfe.order_id, _FACTS[state])
    _wait_for(nfe, causes, among=NFE_REASONS)


def tell_store_word(nfe: Nfe, causes: Sequence[Cause] = ()) -> None:
    """The reasons why the store does not show this note yet; none when it does."""
    _wait_for(nfe, causes, among=INVOICE_REASONS)


def _wait_for(nfe: Nfe, causes: Sequence[Cause], *, among: Sequence[str]) -> None:
    """What the notes of other companies wait for stays as it is."""
    inbox.sync(nfe.group_id, {waiting_subject(nfe.order): causes}, among=among, parts=[nfe.fulfilment_id])


def tell_authorised(nfe: Nfe, fact: str) -> None:
    """`fact` is `authorised` while the store is to be told, `issued` when nobody is."""
    set_nfe_state(nfe.fulfilment_id, nfe.order_id, fact)
    _wait_for(nfe, (), among=NFE_REASONS)


def cause(nfe: Nfe, reason: str, params: Mapping[str, JSON] | None = None, *, key: str = "", detail: str = "") -> Cause:
    """`key` names what several orders wait for together; without it this company's part of the order waits alone."""
    told: dict[str, Any] = {
        "number": nfe.order.number,
        "nfe": nfe.number or "",
        "company": nfe.company.name,
        "part": nfe.fulfilment_id,
    }
    return Cause(reason, key or f"order:{nfe.order_id}:{nfe.company_id}", {**told, **(params or {})}, detail)


def cause_of_problems(nfe: Nfe, problems: Sequence[Problem]) -> Cause:
    """The first problem names the cause; all are shown with the note.

    What lies with the company or a product holds every order of it, and is mended once for all.
    """
    first = problems[0]
    shared = {
        Where.ORDER: "",
        Where.BUYER: "",
        # Its sentence names the product, so that equal sentences are about one product of one company's notes.
        Where.PRODUCT: f"nfe_product:{nfe.company_id}:{digest_of(first.sentence)}",
    }.get(first.where, f"nfe_{first.where}:{nfe.company_id}:{first.code}")
    sentence = " ".join(dict.fromkeys(problem.sentence for problem in problems[:3]))
    return cause(nfe, "nfe_blocked", {"words": sentence, "code": first.code}, key=shared)


def write_down(nfe: Nfe, code: str, params: Mapping[str, JSON] | None = None, *, actor_name: str = "") -> None:
    """A line in the order's history, with the company where several have notes of it."""
    several = bool(others_of(nfe.fulfilment))
    told = {**(params or {}), **({"company": nfe.company.name} if several else {})}
    note(nfe.group_id, "order", [nfe.order_id], code, told, actor_name=actor_name)
