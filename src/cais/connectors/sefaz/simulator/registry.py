"""The authoriser's memory: what was authorised, denied, cancelled or voided, by key and by number."""

from dataclasses import dataclass, field
from enum import Enum

from cais.connectors.sefaz.simulator.numbers import Key
from cais.connectors.sefaz.simulator.reasons import Refusal, refusal

Slot = tuple[str, str, int, int]  # issuer, model, series, number


class State(Enum):
    """What became of a note that took its number."""

    AUTHORISED = "authorised"
    DENIED = "denied"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Protocol:
    """What ``infProt`` says; a refusal is one too, without ``number``. ``digest`` is the note's DigestValue."""

    key: str
    received: str
    code: str
    motive: str
    number: str = ""
    digest: str = ""
    messages: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Record:
    """One note that took its number: its protocol and its bytes as they arrived."""

    key: Key
    protocol: Protocol
    note: bytes
    receipt: str = ""
    state: State = State.AUTHORISED


@dataclass(slots=True)
class Registry:
    """Not thread-safe: the office's lock is held around every question."""

    by_key: dict[str, Record] = field(default_factory=dict)
    by_slot: dict[Slot, Record] = field(default_factory=dict)
    voided: set[Slot] = field(default_factory=set)

    def keep(self, record: Record) -> None:
        """Raises ValueError when the key or the number is taken: that would be the simulator's own fault."""
        if record.key.text in self.by_key or record.key.slot in self.by_slot:
            raise ValueError(f"{record.key.text} is taken")
        self.by_key[record.key.text] = record
        self.by_slot[record.key.slot] = record

    def taken(self, key: Key, *, detail: str) -> Refusal | None:
        """204, 205 or 218 for this very key, 539 for its number under another key, 206 for a voided number.

        ``detail`` is what the state writes behind a 204.
        """
        record = self.by_key.get(key.text)
        if record is not None:
            return _again(record, detail)
        other = self.by_slot.get(key.slot)
        if other is not None:
            receipt = f"[nRec:{other.receipt}]" if other.receipt else ""
            return refusal("539", detail=f"[chNFe:{other.key.text}]{receipt}")
        return refusal("206") if key.slot in self.voided else None

    def absent(self, key: Key) -> Refusal:
        """Why a key that was asked for is not here: 562 or 613 name the key that has its number, else 217."""
        other = self.by_slot.get(key.slot)
        if other is None:
            return refusal("217")
        only_the_code_differs = other.key.text[:35] == key.text[:35]
        return refusal("562" if only_the_code_differs else "613", detail=f"[chNFe:{other.key.text}]")

    def cancel(self, key: str) -> None:
        """As if its issuer had cancelled it elsewhere. Raises KeyError, or ValueError for a note not authorised."""
        record = self.by_key[key]
        if record.state is not State.AUTHORISED:
            raise ValueError(f"{key} is {record.state.value}")
        record.state = State.CANCELLED

    def void(self, cnpj: str, *, series: int, first: int, last: int) -> None:
        """As if its issuer had given these numbers up elsewhere. Raises ValueError when one is in use."""
        slots = {(cnpj, "55", series, number) for number in range(first, last + 1)}
        if used := sorted(slot[3] for slot in slots & self.by_slot.keys()):
            raise ValueError(f"number {used[0]} is in use")
        self.voided |= slots


def _again(record: Record, detail: str) -> Refusal:
    if record.state is State.DENIED:
        return refusal("205", detail=f"[nRec:{record.receipt}]" if record.receipt else "")
    if record.state is State.CANCELLED:
        return refusal("218")
    return refusal("204", detail=detail)
