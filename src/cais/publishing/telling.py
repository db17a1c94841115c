"""Why an ERP order waits, told for one company's part of an order at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cais.core.digest import JSON
from cais.inbox import services as inbox
from cais.inbox.services import Cause
from cais.movements.models import Fulfilment
from cais.movements.parts import others_of
from cais.orders.services import waiting_subject

ERP_REASONS = ("erp_refused", "erp_cancel_refused", "erp_unknown", "line_refused")


def tell_parts(causes: Mapping[Fulfilment, Sequence[Cause]]) -> None:
    """Make these the reasons why these parts wait; what other parts of the same orders wait for stays as it is."""
    if not causes:
        return
    wanted: dict[inbox.Subject, list[Cause]] = {}
    for part, own in causes.items():
        wanted.setdefault(waiting_subject(part.order), []).extend(own)
    group_id = next(iter(causes)).group_id
    inbox.sync(group_id, wanted, among=ERP_REASONS, parts=[part.pk for part in causes])


def cause_of(part: Fulfilment, reason: str, *, words: str = "", detail: str = "") -> Cause:
    """Where several companies serve the order it says whose ERP it is: the others' parts may be well."""
    params: dict[str, JSON] = {"number": part.order.number, "company": part.company.name, "part": part.pk}
    if words:
        params["words"] = words
    if others_of(part):
        params["erp"] = f"O ERP da {part.company.name}"
    return Cause(reason, f"order:{part.order_id}:{part.company_id}", params, detail)


def numbered(part: Fulfilment, number: str, parts: int) -> dict[str, JSON]:
    """The ERP's number for the order's history, with the company where there are several: each counts its own."""
    words: dict[str, JSON] = {"number": number}
    return {**words, "company": part.company.name} if parts > 1 else words
