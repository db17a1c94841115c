"""The counter where calls arrive: faults of the line, the right service, and an entry in the ledger for everything."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cais.connectors.sefaz.simulator import authorising, consulting, soap
from cais.connectors.sefaz.simulator.faults import REFUSALS, SPOILERS, STYLES, Faults, Odds, Subject
from cais.connectors.sefaz.simulator.holder import Holder, read_holder
from cais.connectors.sefaz.simulator.ledger import Ledger
from cais.connectors.sefaz.simulator.note import Note
from cais.connectors.sefaz.simulator.office import Call, Office, Reply
from cais.connectors.sefaz.simulator.reading import asked_key, cut_notes, written_key
from cais.connectors.sefaz.simulator.registry import Protocol
from cais.connectors.sefaz.simulator.soap import Fault, Service
from cais.connectors.sefaz.simulator.tls import Arrival
from cais.simkit import BRASILIA, Clock, Delivery, Request, Response

HTML = "text/html; charset=utf-8"
HUGE = 40 * 1024 * 1024
PAGE = (
    "<!DOCTYPE html><html><head><title>Serviço indisponível</title></head>"
    "<body><h1>Estamos em manutenção</h1></body></html>"
).encode()
# After these the caller has learnt nothing that it may believe.
UNHEARD = {*REFUSALS, *SPOILERS, "other_note", "other_digest"}
STATUSES = {"http_404": 404, "http_500": 500, "http_503": 503, "html_503": 503}

Work = Callable[[Office, Call], Reply]
WORK: dict[str, Work] = {
    "authorise": authorising.authorise,
    "receipt": authorising.receipt,
    "consult": consulting.consult,
    "status": consulting.status,
}


@dataclass(frozen=True, slots=True)
class Answered:
    """What goes out, and what was really done."""

    response: Response
    reply: Reply | None = None


class Front:
    """Called with every arrival, from as many threads as there are connections."""

    def __init__(
        self, office: Office, *, clock: Clock, faults: Faults, ledger: Ledger, order_pattern: re.Pattern[bytes]
    ) -> None:
        self.office = office
        self.clock = clock
        self.faults = faults
        self.ledger = ledger
        self.order_pattern = order_pattern

    def __call__(self, arrival: Arrival) -> Response:
        request, started = arrival.request, time.perf_counter()
        service = soap.SERVICES.get(request.path)
        if service is None:
            return Response(status=404, body=PAGE, content_type=HTML)
        if request.method != "POST":
            return Response(status=405, body=PAGE, content_type=HTML)
        if arrival.certificate is None:
            return Response(status=403, body=PAGE, content_type=HTML)
        caller = read_holder(arrival.certificate)
        odds = Odds(self.faults, _subject(service, request, caller))
        answered = self._answered(service, request, caller, odds)
        self._record(service, request, odds, answered, milliseconds=(time.perf_counter() - started) * 1000)
        return answered.response

    def moment(self) -> datetime:
        return self.clock.utc().astimezone(BRASILIA)

    def _answered(self, service: Service, request: Request, caller: Holder, odds: Odds) -> Answered:
        slow = odds.fires("slow")
        delay = slow.value if slow else 0.0
        refused = odds.first(REFUSALS)
        if refused:
            return Answered(_line_fault(refused, delay=delay))
        try:
            reply = self._worked(service, request, caller, odds)
        except Fault as fault:
            status = 400 if fault.code == "Sender" else 500
            body = soap.fault(str(fault), code=fault.code)
            return Answered(Response(status=status, body=body, content_type=soap.TYPE_12, delay=delay))
        return Answered(_dressed(reply, service, odds, delay=delay), reply)

    def _worked(self, service: Service, request: Request, caller: Holder, odds: Odds) -> Reply:
        skew = odds.fires("clock_skew")
        with self.office.lock:
            arrived = self.moment()
            call = Call(
                service=service,
                body=request.body,
                content_type=request.headers.get("content-type", ""),
                caller=caller,
                odds=odds,
                arrived=arrived,
                now=arrived + timedelta(seconds=skew.value if skew else 0),
            )
            authorising.settle(self.office, arrived)
            return WORK[service.name](self.office, call)

    def _record(
        self, service: Service, request: Request, odds: Odds, answered: Answered, *, milliseconds: float
    ) -> None:
        reply = answered.reply
        faults = ",".join(odds.fired)
        heard = reply is not None and not UNHEARD & set(odds.fired)
        if service is soap.AUTHORISE:
            outcomes = {note.digest: protocol for note, protocol in reply.outcomes} if reply else {}
            for data in cut_notes(request.body):
                note = Note(data)
                self._record_note(note, outcomes.get(note.digest), heard=heard, faults=faults)
        facts: dict[str, object] = {
            "service": service.name,
            "keys": list(odds.subject.keys),
            "cnpj": odds.subject.cnpj,
            "status": answered.response.status,
            "code": reply.code if reply else "",
            "heard": heard,
            "fault": faults,
            "ms": round(milliseconds, 2),
        }
        self.ledger.write("call", at=self.clock.now(), facts=facts)

    def _record_note(self, note: Note, protocol: Protocol | None, *, heard: bool, faults: str) -> None:
        order = self.order_pattern.search(note.data)
        facts: dict[str, object] = {
            **_identity(note),
            "digest": note.digest,
            "bytes": len(note.data),
            "order": order.group(1).decode("utf-8", "replace") if order else "",
            "outcome": protocol.code if protocol else "",
            "protocol": protocol.number if protocol else "",
            "heard": heard,
            "fault": faults,
        }
        self.ledger.write("note", at=self.clock.now(), facts=facts)

    def record_settled(self, protocol: Protocol, note: Note) -> None:
        """A note that waited in a queue has been judged."""
        facts = {**_identity(note), "outcome": protocol.code, "protocol": protocol.number}
        self.ledger.write("settled", at=self.clock.now(), facts=facts)


def _identity(note: Note) -> dict[str, object]:
    key = note.key
    return {
        "key": key.text if key else written_key(note.data),
        "cnpj": key.cnpj if key else "",
        "series": key.series if key else "",
        "nnf": key.number if key else "",
    }


def _subject(service: Service, request: Request, caller: Holder) -> Subject:
    keys = [written_key(data) for data in cut_notes(request.body)] or [asked_key(request.body)]
    return Subject(service.name, tuple(key for key in keys if key), caller.cnpj)


def _line_fault(name: str, *, delay: float) -> Response:
    if name == "cut_before":
        return Response(delivery=Delivery.DROPPED, delay=delay, fault=name)
    if name == "soap_fault":
        body = soap.fault("Erro interno do servidor")
        return Response(status=500, body=body, content_type=soap.TYPE_12, delay=delay, fault=name)
    body = PAGE if name == "html_503" else b""
    return Response(status=STATUSES[name], body=body, content_type=HTML, delay=delay, fault=name)


def _dressed(reply: Reply, service: Service, odds: Odds, *, delay: float) -> Response:
    style = odds.first(STYLES)
    body = soap.envelope(reply.content, service=service, style=_STYLE_OF.get(style, "1.2"))
    content_type = soap.TYPE_11 if style == "soap_11" else soap.TYPE_12
    name = odds.first(SPOILERS)
    if name:
        return _spoilt(name, body, delay=delay)
    return Response(body=body, content_type=content_type, delay=delay, fault=style)


_STYLE_OF: dict[str, soap.Style] = {"soap_11": "1.1", "soap_header": "header"}


def _spoilt(name: str, body: bytes, *, delay: float) -> Response:
    ways: dict[str, Callable[[], Response]] = {
        "cut_after": lambda: Response(delivery=Delivery.DROPPED, delay=delay, fault=name),
        "cut_body": lambda: Response(
            body=body, content_type=soap.TYPE_12, delivery=Delivery.CUT, delay=delay, fault=name
        ),
        "http_503_after": lambda: Response(status=503, content_type=HTML, delay=delay, fault=name),
        "soap_fault_after": lambda: Response(
            status=500, body=soap.fault("Erro interno"), content_type=soap.TYPE_12, delay=delay, fault=name
        ),
        "html_ok": lambda: Response(body=PAGE, content_type=HTML, delay=delay, fault=name),
        "empty_body": lambda: Response(content_type=soap.TYPE_12, delay=delay, fault=name),
        "truncated_xml": lambda: Response(
            body=body[: len(body) * 2 // 3], content_type=soap.TYPE_12, delay=delay, fault=name
        ),
        "huge_body": lambda: Response(body=_huge(body), content_type=soap.TYPE_12, delay=delay, fault=name),
    }
    return ways[name]()


def _huge(body: bytes) -> bytes:
    # Still well formed, so that only a reader with a limit of its own protects itself.
    end = body.rindex(b"</")
    return body[:end] + b" " * HUGE + body[end:]
