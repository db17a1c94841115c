"""SEFAZ's word on a note, and what follows from each: one consequence per outcome (NF-e contract §10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Now

from cais.connectors.sefaz.answers import (
    Authorised,
    Cancelled,
    Denied,
    Duplicate,
    NotInBase,
    NumberTaken,
    Outcome,
    Paused,
    Rejected,
    Unknown,
)
from cais.fiscal.proc import ProtocolRefused, join
from cais.fiscal.protocol import Protocol
from cais.inbox.services import Cause
from cais.nfe import sefaz
from cais.nfe.models import AT_SEFAZ, FormerCopy, Nfe, State
from cais.nfe.shipping import ship
from cais.nfe.store_invoice import wish_invoice, wish_invoiced
from cais.nfe.telling import cause, tell, tell_authorised, write_down
from cais.orders.models import Order

# Real seconds before the next consult of a key: five within the first hour, which is half of what SEFAZ bears (656).
CONSULT_AFTER: Final = (5.0, 15.0, 60.0, 600.0, 2700.0, 3600.0)
# The certificate or its signature is refused: the next note would be too.
STOPS_THE_COMPANY: Final = frozenset(
    ["213", *(str(code) for code in range(280, 287)), *(str(code) for code in range(290, 299))]
)


def heard(nfe: Nfe, outcome: Outcome, *, is_consult: bool) -> None:
    """Write what SEFAZ said of a claimed note. A row that is no longer ours is left to who has it now."""
    match outcome:
        case Authorised(protocol=protocol):
            _authorised(nfe, protocol)
        case Denied():
            _final(nfe, State.DENIED, outcome.words, outcome.protocol)
        case Cancelled():
            _final(nfe, State.CANCELLED, outcome.words, outcome.protocol)
        case Rejected():
            _rejected(nfe, outcome)
        case Paused():
            _paused(nfe, outcome, is_consult=is_consult)
        case Duplicate():
            _in_doubt(nfe, outcome.words, status="204", seconds=0.0)
        case NumberTaken():
            _number_taken(nfe, outcome)
        case NotInBase():
            _same_bytes_again(nfe, outcome, is_consult=is_consult)
        case Unknown():
            _unknown(nfe, outcome, is_consult=is_consult)


def _authorised(nfe: Nfe, protocol: Protocol) -> None:
    """Final, and exactly once: whoever changes the state also moves the stock, in one transaction."""
    try:
        document = join(nfe.signed, protocol, sefaz.schemas())
    except ProtocolRefused as refused:
        _in_doubt(nfe, str(refused), status=protocol.status)
        return
    facts = {
        "proc": document,
        "protocol": protocol.protocol_number,
        "authorised_at": protocol.received_at,
        "status": protocol.status,
        "words": " ".join([protocol.words, *(alert.words for alert in protocol.alerts)])[:2000],
    }
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=nfe.order_id)
        if not _change(nfe, State.AUTHORISED, **facts):
            return
        nfe.refresh_from_db(fields=["state", "proc", "protocol", "authorised_at"])
        ship(nfe.fulfilment)
        tell_authorised(nfe, wish_invoice(nfe))
        wish_invoiced(nfe)
        write_down(nfe, "nfe_authorised", {"nfe": nfe.number, "series": nfe.series, "key": nfe.key})
        sefaz.is_well(nfe.company)


def _change(nfe: Nfe, state: State, **facts: Any) -> bool:
    """Compare and set: only a note that waits for SEFAZ changes, and only for who holds its lease."""
    rest: dict[str, Any] = {"due_at": None, "lease": None, "lease_until": None, "in_flight": False, "error": ""}
    mine = Nfe.objects.filter(pk=nfe.pk, lease=nfe.lease, state__in=AT_SEFAZ)
    return bool(mine.update(**{"state": state, "attempts": 0, **rest, **facts}))


def _settle(nfe: Nfe, state: State, why: Cause | None, **facts: Any) -> bool:
    """Change the state and tell it, in one transaction. What ends the talk goes into the order's history."""
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=nfe.order_id)
        if not _change(nfe, state, **facts):
            return False
        tell(nfe, state, [why] if why else [])
        if why and state not in AT_SEFAZ:
            write_down(nfe, why.reason, {"words": str(facts.get("words", "")), "nfe": nfe.number})
    return True


def _final(nfe: Nfe, state: State, words: str, protocol: Protocol | None) -> None:
    reason = "nfe_denied" if state is State.DENIED else "nfe_cancelled_elsewhere"
    facts: dict[str, Any] = {"words": words[:2000], "status": protocol.status if protocol else ""}
    if protocol:
        facts["protocol"] = protocol.protocol_number
    _settle(nfe, state, cause(nfe, reason, {"words": words}), **facts)


def _rejected(nfe: Nfe, outcome: Rejected) -> None:
    """Known not to be in the base: the number and its cNF stay for when it is corrected and signed again."""
    again = nfe.same_rejections + 1 if outcome.status == nfe.status else 1
    params = {"words": outcome.words, "status": outcome.status}
    _settle(
        nfe,
        State.REJECTED,
        cause(nfe, "nfe_rejected", params),
        status=outcome.status[:4],
        words=outcome.words[:2000],
        same_rejections=again,
    )
    if outcome.status in STOPS_THE_COMPANY:
        sefaz.stop(nfe.company, status=outcome.status, words=outcome.words)


def _paused(nfe: Nfe, outcome: Paused, *, is_consult: bool) -> None:
    """Nothing was done with the note: it goes on as it was, when the company may speak again."""
    seconds = sefaz.pause(nfe.company, outcome)
    nfe.postpone(seconds, error=outcome.words, counted=False, in_flight=is_consult)


def _in_doubt(nfe: Nfe, words: str, *, status: str = "", seconds: float | None = None, detail: str = "") -> None:
    """SEFAZ may have it: from now on its key is consulted, and nothing is sent, until it is known."""
    wait = _next_consult(nfe) if seconds is None else seconds
    why = cause(nfe, "nfe_unknown", {"words": words}, detail=detail)
    _settle(
        nfe,
        State.UNKNOWN,
        why,
        due_at=_in(wait),
        in_flight=True,
        status=status[:4],
        words=words[:2000],
        error=detail[:2000],
    )


def _next_consult(nfe: Nfe) -> float:
    return CONSULT_AFTER[min(nfe.consults, len(CONSULT_AFTER) - 1)]


def _unknown(nfe: Nfe, outcome: Unknown, *, is_consult: bool) -> None:
    if outcome.was_sent:
        if is_consult:
            nfe.consults += 1
            Nfe.objects.filter(pk=nfe.pk).update(consults=nfe.consults)
        _in_doubt(nfe, outcome.words, detail=f"{outcome.doubt}: {outcome.detail}")
        return
    # Nothing left this machine: a note not in doubt is as it was before, and one in doubt stays so.
    nfe.postpone(None, error=f"{outcome.words} {outcome.detail}", in_flight=is_consult)


def _same_bytes_again(nfe: Nfe, outcome: NotInBase, *, is_consult: bool) -> None:
    if not is_consult:
        # SEFAZ speaks of a consult nobody made: that is no answer to what was sent.
        _in_doubt(nfe, outcome.words, status="217")
        return
    wait = CONSULT_AFTER[min(nfe.consults, 3)] if nfe.consults else 0.0
    _settle(
        nfe,
        State.SIGNED,
        None,
        due_at=_in(wait),
        status="217",
        words=outcome.words[:2000],
        consults=nfe.consults + 1,
    )


def _number_taken(nfe: Nfe, outcome: NumberTaken) -> None:
    """Ours from before: it is that copy's fate that counts. Somebody else's: the number is lost to us."""
    if outcome.key == nfe.key:
        _in_doubt(nfe, outcome.words, status="539", seconds=0.0)
        return
    former = FormerCopy.objects.filter(nfe=nfe, key=outcome.key).first() if outcome.key else None
    if former is not None:
        _return_to(nfe, former, outcome)
        return
    params = {"words": outcome.words, "key": outcome.key}
    why = cause(nfe, "nfe_number_taken", params)
    _settle(nfe, State.NUMBER_TAKEN, why, status="539", words=outcome.words[:2000])


def _return_to(nfe: Nfe, former: FormerCopy, outcome: NumberTaken) -> None:
    """The earlier signing of this very note reached SEFAZ after all: its bytes are the note's again."""
    with transaction.atomic():
        FormerCopy.objects.create(
            group_id=nfe.group_id, nfe=nfe, key=nfe.key, digest=nfe.digest, signed_xml=bytes(nfe.signed_xml)
        )
        Nfe.objects.filter(pk=nfe.pk, lease=nfe.lease).update(
            key=former.key, digest=former.digest, signed_xml=bytes(former.signed_xml)
        )
        _in_doubt(nfe, outcome.words, status="539", seconds=0.0)


def _in(seconds: float) -> Any:
    return Now() + timedelta(seconds=seconds)
