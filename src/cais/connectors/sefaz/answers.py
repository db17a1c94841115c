"""What SEFAZ can say to a note, each answer a type with one consequence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cais.connectors.sefaz.soap import NoResult, Result, Service, SoapFault, open_answer
from cais.fiscal.proc import AUTHORISED, ProtocolRefused, check_same_note
from cais.fiscal.protocol import Protocol, cut_protocols, read_protocol, read_time
from cais.fiscal.tags import Unparsable

DENIED = frozenset(["110", "301", "302", "303", "205"])
CANCELLED = frozenset(["101", "151", "218"])
PROCESSING = frozenset(["103", "105", "106", "999"])
LOT_DONE = "104"
DUPLICATE = "204"
NUMBER_TAKEN = frozenset(["539", "562", "613"])
NOT_IN_BASE = frozenset(["217", "494"])
OVERUSE = "656"
RUNNING = "107"
# Down for a short time, down without a time.
DOWN = {"108": timedelta(minutes=5), "109": timedelta(minutes=30)}
OVERUSE_PAUSE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(hours=24)
_KEY_IN_WORDS = re.compile(r"[0-9]{6}[0-9A-Z]{12}[0-9]{26}", re.ASCII)


class Doubt(StrEnum):
    """Why it is not known what became of a note."""

    TIMEOUT = "timeout"
    CUT = "cut"
    HTTP = "http"
    FAULT = "fault"
    GARBAGE = "garbage"
    PROCESSING = "processing"
    OTHER_NOTE = "other_note"
    REFUSED = "refused"
    UNREACHED = "unreached"


class Cause(StrEnum):
    OVERUSE = "overuse"
    SERVICE_DOWN = "service_down"


@dataclass(frozen=True, slots=True)
class Authorised:
    """Final. `protocol.xml` goes into the procNFe as it is; `protocol.alerts` are shown (cStat 120)."""

    protocol: Protocol


@dataclass(frozen=True, slots=True)
class Denied:
    """Final: the number is used up and no sale may leave under it. 205 brings no protocol of its own."""

    protocol: Protocol | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Not authorised and not in the base: correct, sign again under the same number."""

    status: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Consult the key before anything else, unless `was_sent` is False: then send the same bytes again."""

    doubt: Doubt
    words: str
    was_sent: bool = True
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Nothing may be sent before `until`; after overuse (656) each try would begin the hour anew."""

    until: datetime
    cause: Cause
    status: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """This very key is authorised already (204): consult it and adopt the answer."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberTaken:
    """The number is another key's (539). `key` is that key, empty when SEFAZ does not say it."""

    key: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInBase:
    """SEFAZ never had it (217): the same bytes may be sent again."""

    words: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Authorised once and cancelled since. The protocol is that of the authorisation, when the answer brings it."""

    protocol: Protocol | None
    words: str


Outcome = Authorised | Denied | Rejected | Unknown | Paused | Duplicate | NumberTaken | NotInBase | Cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The service is up; its clock, to compare ours with."""

    sefaz_time: datetime
    words: str


ServiceState = Running | Paused | Rejected | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The note an answer must be about. `digest` None: only its key is known (another key found under our number)."""

    key: str
    digest: str | None


def read_authorisation(answer: bytes, subject: Subject, *, now: datetime) -> Outcome:
    """What an answer of NFeAutorizacao4 says of the note sent."""
    return _read(answer, Service.AUTHORISE, subject, now=now)


def read_consult(answer: bytes, subject: Subject, *, now: datetime) -> Outcome:
    """What an answer of NFeConsultaProtocolo4 says of the key asked.

    A consult that is itself refused says nothing about the note: that is Unknown, never Rejected.
    """
    outcome = _read(answer, Service.CONSULT, subject, now=now)
    if not isinstance(outcome, Rejected):
        return outcome
    return Unknown(doubt=Doubt.REFUSED, words=outcome.words, detail=outcome.status)


def read_status(answer: bytes, *, now: datetime) -> ServiceState:
    """What an answer of NFeStatusServico4 says."""
    opened = _open(answer, Service.STATUS)
    if isinstance(opened, Unknown):
        return opened
    pause = _pause(opened, now=now)
    if pause:
        return pause
    if opened.status != RUNNING:
        return Rejected(status=opened.status, words=opened.words)
    try:
        return Running(sefaz_time=read_time(opened.received_at), words=opened.words)
    except Unparsable as error:
        return _garbage(error)


def _read(answer: bytes, service: Service, subject: Subject, *, now: datetime) -> Outcome:
    opened = _open(answer, service)
    if isinstance(opened, Unknown):
        return opened
    pause = _pause(opened, now=now)
    if pause:
        return pause
    try:
        protocols = [read_protocol(cut) for cut in cut_protocols(answer)]
    except Unparsable as error:
        return _garbage(error)
    protocol = protocols[0] if protocols else None
    if len(protocols) > 1:
        return Unknown(doubt=Doubt.OTHER_NOTE, words="A SEFAZ respondeu sobre várias notas de uma vez.")
    if protocol:
        refusal = _not_ours(protocol, subject)
        if refusal:
            return refusal
    if opened.status in CANCELLED:
        return Cancelled(protocol, opened.words)
    if protocol:
        return _judge(protocol.status, protocol.words, protocol, now=now)
    return _judge(opened.status, opened.words, None, now=now)


def _open(answer: bytes, service: Service) -> Result | Unknown:
    try:
        return open_answer(answer, service)
    except SoapFault as fault:
        return Unknown(doubt=Doubt.FAULT, words="A SEFAZ respondeu com uma falha dela.", detail=str(fault)[:500])
    except (Unparsable, NoResult) as error:
        return _garbage(error)


def _garbage(error: Exception) -> Unknown:
    return Unknown(
        doubt=Doubt.GARBAGE, words="A resposta da SEFAZ chegou cortada ou ilegível.", detail=str(error)[:500]
    )


def _not_ours(protocol: Protocol, subject: Subject) -> Unknown | None:
    """A protocol about another note is never stored with ours, nor one about other content under our key."""
    settles = protocol.status in AUTHORISED or protocol.status in CANCELLED or bool(protocol.protocol_number)
    digest = subject.digest if subject.digest is not None and settles else protocol.digest
    try:
        check_same_note(subject.key, digest, protocol)
    except ProtocolRefused as refused:
        words = "A resposta da SEFAZ fala de outra nota, ou de outro conteúdo com esta chave."
        return Unknown(doubt=Doubt.OTHER_NOTE, words=words, detail=str(refused))
    return None


def _judge(status: str, words: str, protocol: Protocol | None, *, now: datetime) -> Outcome:
    if status in AUTHORISED:
        return Authorised(protocol) if protocol and protocol.protocol_number else _without_protocol(status)
    if status in DENIED:
        return Denied(protocol, words)
    if status == DUPLICATE:
        return Duplicate(words=words)
    if status in NUMBER_TAKEN:
        found = _KEY_IN_WORDS.search(words)
        return NumberTaken(key=found.group() if found else "", words=words)
    if status in NOT_IN_BASE:
        return NotInBase(words=words)
    if status in CANCELLED:
        return Cancelled(protocol, words)
    if status == OVERUSE:
        return Paused(until=now + OVERUSE_PAUSE, cause=Cause.OVERUSE, status=status, words=words)
    if status in PROCESSING or status == LOT_DONE:
        return Unknown(doubt=Doubt.PROCESSING, words=words or "A SEFAZ ainda está processando a nota.", detail=status)
    return Rejected(status=status, words=words)


def _without_protocol(status: str) -> Unknown:
    words = "A SEFAZ disse que a nota está autorizada, mas não mandou o protocolo."
    return Unknown(doubt=Doubt.GARBAGE, words=words, detail=f"cStat {status} without nProt")


def _pause(result: Result, *, now: datetime) -> Paused | None:
    if result.status == OVERUSE:
        until = now + OVERUSE_PAUSE
        return Paused(until=until, cause=Cause.OVERUSE, status=result.status, words=result.words)
    if result.status not in DOWN:
        return None
    until = _promised(result, now=now) or now + DOWN[result.status]
    return Paused(until=until, cause=Cause.SERVICE_DOWN, status=result.status, words=result.words)


def _promised(result: Result, *, now: datetime) -> datetime | None:
    """The return SEFAZ announces (dhRetorno), when it is a time to come and not absurdly far."""
    try:
        promised = read_time(result.returns_at)
    except Unparsable:
        return None
    return promised if now < promised <= now + LONGEST_PAUSE else None
