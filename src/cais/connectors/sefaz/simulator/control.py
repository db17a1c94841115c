"""The simulator's own control calls under ``/_sim/``, plain HTTP on a port of their own: never subject to faults."""

import base64
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from cais.connectors.sefaz.simulator import witness
from cais.connectors.sefaz.simulator.authority import Kind
from cais.connectors.sefaz.simulator.consumption import Limits
from cais.connectors.sefaz.simulator.faults import MEANINGS
from cais.connectors.sefaz.simulator.registry import Record
from cais.simkit import BodyError, Request, Response, json_response

if TYPE_CHECKING:
    from cais.connectors.sefaz.simulator.simulator import SefazSimulator

Sent = dict[str, object]
NAMES_OF_A_RULE = ("service", "key", "cnpj")


@dataclass(frozen=True, slots=True)
class Desk:
    """One control call: which simulator, and what was sent."""

    sefaz: "SefazSimulator"
    sent: Sent

    def text(self, name: str, *, default: str = "") -> str:
        return str(self.sent.get(name, default))

    def number(self, name: str, *, default: float = 0.0) -> float:
        """Raises ValueError."""
        return float(self.text(name, default=str(default)))

    def whole(self, name: str, *, default: int = 0) -> int:
        """Raises ValueError."""
        return int(self.text(name, default=str(default)))


def answer(sefaz: "SefazSimulator", request: Request) -> Response:
    """400 with a reason for what makes no sense, 404 for what does not exist."""
    name = request.path.removeprefix("/_sim/").rstrip("/")
    call = _CALLS.get((request.method, name))
    if call is None:
        return json_response({"error": "unknown control call", "known": sorted(map(" ".join, _CALLS))}, status=404)
    try:
        sent = request.fields()
        found = call(Desk(sefaz, {**request.query, **(sent if isinstance(sent, dict) else {})}))
    except (BodyError, ValueError, KeyError) as error:
        return json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
    return found if isinstance(found, Response) else json_response(found)


def _status(desk: Desk) -> object:
    sefaz = desk.sefaz
    with sefaz.office.lock:
        counts = {
            "kept": len(sefaz.office.registry.by_key),
            "queued": sum(not lot.protocols for lot in sefaz.office.lots.values()),
            "blocks": {cnpj: asdict(block) for cnpj, block in sefaz.office.consumption.blocks.items()},
        }
    return {
        **counts,
        "base_url": sefaz.base_url,
        "services": sefaz.services,
        "environment": sefaz.setting.environment,
        "states": list(sefaz.setting.states),
        "now": sefaz.clock.now(),
        "brasilia": sefaz.front.moment().isoformat(timespec="seconds"),
        "clock": sefaz.clock.environment(),
        "ledger": sefaz.ledger.counts(),
        "faults_fired": dict(sefaz.faults.fired),
    }


def _ledger(desk: Desk) -> object:
    entries = desk.sefaz.ledger.entries(kind=desk.text("kind"), after=desk.whole("after"))
    limit = desk.whole("limit", default=1000)
    return {"entries": [entry.plain() for entry in entries[:limit]], "more": len(entries) > limit}


def _notes(desk: Desk) -> object:
    with desk.sefaz.office.lock:
        return {"notes": [_plain(record) for record in desk.sefaz.office.registry.by_key.values()]}


def _plain(record: Record) -> Sent:
    key = record.key
    return {
        "key": key.text,
        "cnpj": key.cnpj,
        "series": key.series,
        "nnf": key.number,
        "state": record.state.value,
        "code": record.protocol.code,
        "protocol": record.protocol.number,
        "received": record.protocol.received,
        "digest": record.protocol.digest,
        "receipt": record.receipt,
    }


def _xml(desk: Desk) -> object:
    with desk.sefaz.office.lock:
        record = desk.sefaz.office.registry.by_key[desk.text("key")]
    return Response(body=record.note, content_type="application/xml; charset=utf-8")


def _faults(desk: Desk) -> object:
    return {"rules": desk.sefaz.faults.rules(), "fired": dict(desk.sefaz.faults.fired), "known": MEANINGS}


def _set_faults(desk: Desk) -> object:
    """``clear`` first (all, or the one named), then a rule when ``probability``, ``times`` or ``seconds`` is given."""
    faults, name = desk.sefaz.faults, desk.text("name")
    if desk.sent.get("clear"):
        faults.clear(name)
    if any(word in desk.sent for word in ("probability", "times", "seconds")):
        faults.set(
            name,
            probability=desk.number("probability"),
            times=desk.whole("times"),
            seconds=desk.number("seconds"),
            value=desk.number("value") if "value" in desk.sent else None,
            **{word: desk.text(word) for word in NAMES_OF_A_RULE},
        )
    return _faults(desk)


def _choices(desk: Desk) -> object:
    current = desk.sefaz.office.choices
    return {
        name: {"value": getattr(current, name), "values": list(values)}
        for name, values in current.alternatives().items()
    }


def _set_choices(desk: Desk) -> object:
    desk.sefaz.choose(**desk.sent)
    return _choices(desk)


def _limits(desk: Desk) -> object:
    limits = desk.sefaz.office.consumption.limits
    with desk.sefaz.office.lock:
        for one in fields(Limits):
            if one.name in desk.sent:
                number = desk.number(one.name)
                setattr(limits, one.name, number if one.name == "seconds_blocked" else int(number))
    return asdict(limits)


def _release(desk: Desk) -> object:
    with desk.sefaz.office.lock:
        desk.sefaz.office.consumption.release(desk.text("cnpj"))
    return _status(desk)


def _advance(desk: Desk) -> object:
    desk.sefaz.clock.advance(desk.number("seconds"))
    return {"now": desk.sefaz.clock.now()}


def _cancel(desk: Desk) -> object:
    desk.sefaz.cancel(desk.text("key"))
    return {"key": desk.text("key"), "state": "cancelled"}


def _void(desk: Desk) -> object:
    first = desk.whole("first")
    desk.sefaz.void(desk.text("cnpj"), series=desk.whole("series"), first=first, last=desk.whole("last", default=first))
    return {"voided": True}


def _certificate(desk: Desk) -> object:
    a1 = desk.sefaz.issue(desk.text("cnpj"), kind=Kind(desk.text("kind", default="valid")))
    return {
        "cnpj": a1.cnpj,
        "kind": a1.kind.value,
        "pfx": base64.b64encode(a1.pfx).decode(),
        "password": a1.password,
        "serial_number": a1.serial_number,
    }


def _findings(desk: Desk) -> object:
    found = [asdict(one) for one in desk.sefaz.findings()]
    answered: Sent = {"findings": found}
    if "cnpj" in desk.sent:
        answered["gaps"] = witness.gaps(
            desk.sefaz.ledger.entries(), cnpj=desk.text("cnpj"), series=desk.whole("series")
        )
    return answered


def _bundle(desk: Desk) -> object:
    return Response(body=desk.sefaz.ca_bundle, content_type="application/x-pem-file")


_CALLS: dict[tuple[str, str], Callable[[Desk], object]] = {
    ("GET", "status"): _status,
    ("GET", "ledger"): _ledger,
    ("GET", "notes"): _notes,
    ("GET", "xml"): _xml,
    ("GET", "findings"): _findings,
    ("GET", "ca.pem"): _bundle,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _set_faults,
    ("GET", "choices"): _choices,
    ("POST", "choices"): _set_choices,
    ("GET", "limits"): _limits,
    ("POST", "limits"): _limits,
    ("POST", "release"): _release,
    ("POST", "advance"): _advance,
    ("POST", "cancel"): _cancel,
    ("POST", "void"): _void,
    ("POST", "certificates"): _certificate,
}
