"""The authoriser itself: its state, its clock and its lock, and what every service does first."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from cais.connectors.sefaz.simulator.answers import Answers
from cais.connectors.sefaz.simulator.authority import CertificateAuthority, Identity
from cais.connectors.sefaz.simulator.bench import Bench
from cais.connectors.sefaz.simulator.choices import Choices
from cais.connectors.sefaz.simulator.consumption import Consumption
from cais.connectors.sefaz.simulator.faults import PAUSES, Odds
from cais.connectors.sefaz.simulator.holder import Holder
from cais.connectors.sefaz.simulator.message import MessageRefused, check_encoding, read
from cais.connectors.sefaz.simulator.note import Note
from cais.connectors.sefaz.simulator.numbers import Key
from cais.connectors.sefaz.simulator.reading import Element
from cais.connectors.sefaz.simulator.reasons import refusal
from cais.connectors.sefaz.simulator.registry import Protocol, Registry
from cais.connectors.sefaz.simulator.schemas import Schemas
from cais.connectors.sefaz.simulator.soap import Service, open_envelope

_PAUSE_CODE = -3  # a pause's name ends with its code: paused_108
_OTHER_DIGEST = "A" * 27 + "="  # twenty bytes of nothing


@dataclass(frozen=True, slots=True)
class Call:
    """One call whose connection was accepted.

    ``arrived`` is the simulated time; ``now`` is what the authoriser believes, which a fault may shift.
    """

    service: Service
    body: bytes
    content_type: str
    caller: Holder
    odds: Odds
    arrived: datetime
    now: datetime

    @property
    def moment(self) -> str:
        """``now`` as the answers write it: Brasília, whole seconds, offset."""
        return self.now.isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Reply:
    """The message of an answer, its own status code, and what became of each note in the call."""

    content: str
    code: str
    outcomes: tuple[tuple[Note, Protocol], ...] = ()


@dataclass(slots=True)
class Queued:
    """A lot that waits for its turn; ``protocols`` stays empty until then."""

    receipt: str
    notes: tuple[Note, ...]
    due: datetime
    call: Call
    protocols: list[Protocol] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What does not change while the authoriser runs. ``lot_seconds`` is how long a queued lot waits."""

    environment: str
    states: tuple[str, ...]
    authority: CertificateAuthority
    signer: Identity
    schemas: Schemas
    lot_seconds: float


class Office:
    """One lock around everything: uniqueness of a number is decided by one judge at a time."""

    def __init__(
        self,
        setting: Setting,
        *,
        consumption: Consumption,
        choices: Choices,
        on_settled: Callable[[Protocol, Note], None],
    ) -> None:
        self.setting = setting
        self.consumption = consumption
        self.choices = choices
        self.on_settled = on_settled
        self.lock = threading.RLock()
        self.registry = Registry()
        self.lots: dict[str, Queued] = {}
        self._protocols = 0
        self._receipts = 0

    @property
    def answers(self) -> Answers:
        return Answers(environment=self.setting.environment, state=self.setting.states[0], choices=self.choices)

    def bench(self, call: Call) -> Bench:
        return Bench(
            environment=self.setting.environment,
            states=frozenset(self.setting.states),
            now=call.now,
            authority=self.setting.authority.certificate,
            transmitter=call.caller,
            schemas=self.setting.schemas,
            choices=self.choices,
        )

    def admit(self, call: Call) -> None:
        """Raises MessageRefused: stopped, a certificate without a company, or a company that is shut out."""
        pause = call.odds.first(PAUSES)
        if pause:
            raise MessageRefused(refusal(pause[_PAUSE_CODE:]))
        if not call.caller.cnpj:
            raise MessageRefused(refusal("282"))
        if self.consumption.is_blocked(call.caller.cnpj, call.arrived.timestamp()):
            raise MessageRefused(refusal("656"))

    def message(self, call: Call) -> tuple[bytes, Element]:
        """The bytes of the message and its root. Raises Fault or MessageRefused."""
        check_encoding(call.body)
        content = open_envelope(call.body, call.content_type, service=call.service)
        return content, read(content, service=call.service)

    def count_rejection(self, call: Call, note: Note, *, code: str) -> None:
        """Raises MessageRefused (656) when this note was refused the same way too often."""
        name = note.key.text if note.key else note.digest
        if self.consumption.rejected(call.caller.cnpj, name, code, now=call.arrived.timestamp()):
            many = self.consumption.limits.same_rejection + 1
            raise MessageRefused(refusal("656", detail=f"[Quantidade rejeicoes: {many}, NF-e: {name[:44]}]"))

    def next_protocol(self, call: Call) -> str:
        """15 digits, or 17 when the fault says so: authoriser, state, year, running number."""
        self._protocols += 1
        width = 12 if call.odds.fires("nprot_17") else 10
        return f"1{self.setting.states[0]}{call.now:%y}{self._protocols:0{width}d}"

    def next_receipt(self) -> str:
        self._receipts += 1
        return f"{self.setting.states[0]}{self._receipts:013d}"

    def written(self, protocol: Protocol, call: Call) -> str:
        """``protNFe`` as this call gets to see it: faults may put another note's in its place."""
        told = protocol
        if call.odds.fires("other_note"):
            told = _of_another_note(protocol)
        elif call.odds.fires("other_digest"):
            told = replace(protocol, digest=_OTHER_DIGEST)
        signer = self.setting.signer if call.odds.fires("signed_protocol") else None
        return self.answers.protocol(told, signer=signer)


def _of_another_note(protocol: Protocol) -> Protocol:
    key = Key(protocol.key)
    other = key.with_number(key.number % 999_999_999 + 1)
    return replace(protocol, key=other.text, digest=_OTHER_DIGEST)
