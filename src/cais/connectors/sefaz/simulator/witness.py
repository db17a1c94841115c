"""What the ledger proves about the sender: the rules that a careful issuer never breaks, each as readable findings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cais.connectors.sefaz.simulator.ledger import Entry
from cais.connectors.sefaz.simulator.numbers import Key, read_key
from cais.connectors.sefaz.simulator.reasons import AUTHORISED, DENIED

# After these the fate of the key is open or settled otherwise: the same bytes, or none at all, may follow.
SAME_BYTES_AFTER = frozenset(
    ("", "103", "105", "108", "109", "113", "114", "204", "205", "218", "656", "999", *AUTHORISED, *DENIED)
)
# After these the number is lost to its sender, and the order may take another one.
NUMBER_IS_BURNT = DENIED | {"205", "206", "218", "539"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: its name, the key or order that it is about, and what was seen."""

    rule: str
    about: str
    seen: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.about}: {self.seen}"


def findings(entries: Sequence[Entry]) -> list[Finding]:
    """Everything that is wrong; an empty list is the proof."""
    notes = [entry for entry in entries if entry.kind == "note"]
    burnt = [entry.text("key") for entry in entries if entry.text("action") == "cancel"]
    return [
        *changed_bytes(notes),
        *second_numbers(notes, cancelled=frozenset(burnt)),
        *twice_authorised(entries),
    ]


def changed_bytes(notes: Iterable[Entry]) -> Iterator[Finding]:
    """A key may come with other bytes only after a refusal of its content that its sender has heard."""
    last: dict[str, Entry] = {}
    for note in notes:
        before = last.get(note.text("key"))
        last[note.text("key")] = note
        if before is None or before.text("digest") == note.text("digest"):
            continue
        if not before.facts.get("heard") or before.text("outcome") in SAME_BYTES_AFTER:
            fate = before.text("outcome") or "no outcome"
            yield Finding("other bytes for one key", note.text("key"), f"entry {note.number} after {fate}")


def second_numbers(notes: Iterable[Entry], *, cancelled: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """An order keeps its number until that number is burnt. Notes that name no order are passed over."""
    last: dict[str, Entry] = {}
    for note in notes:
        order, key = note.text("order"), read_key(note.text("key"))
        if not order or key is None:
            continue
        before = last.get(order)
        last[order] = note
        earlier = read_key(before.text("key")) if before is not None else None
        if before is None or earlier is None or earlier.slot == key.slot or earlier.text in cancelled:
            continue
        if before.text("outcome") not in NUMBER_IS_BURNT:
            yield Finding("second number for one order", order, f"{earlier.number} and then {key.number}")


def twice_authorised(entries: Iterable[Entry]) -> Iterator[Finding]:
    """Never two authorised keys for one issuer, model, series and number."""
    keys: dict[tuple[str, str, int, int], set[str]] = defaultdict(set)
    for key in authorised(entries):
        keys[key.slot].add(key.text)
    for slot, found in keys.items():
        if len(found) > 1:
            yield Finding(
                "two authorised keys for one number", f"series {slot[2]} number {slot[3]}", str(sorted(found))
            )


def authorised(entries: Iterable[Entry]) -> list[Key]:
    """The keys that were authorised, in order, each once."""
    found = (
        read_key(entry.text("key"))
        for entry in entries
        if entry.kind in ("note", "settled") and entry.text("outcome") in AUTHORISED
    )
    return list(dict.fromkeys(key for key in found if key is not None))


def gaps(entries: Sequence[Entry], *, cnpj: str, series: int) -> list[int]:
    """Numbers of a series between the first and the last that were neither used, denied nor voided."""
    used = {
        key.number
        for entry in entries
        if entry.text("outcome") in AUTHORISED | DENIED
        and (key := read_key(entry.text("key"))) is not None
        and (key.cnpj, key.series) == (cnpj, series)
    }
    if not used:
        return []
    return sorted(set(range(min(used), max(used) + 1)) - used - _voided(entries, cnpj=cnpj, series=series))


def _voided(entries: Iterable[Entry], *, cnpj: str, series: int) -> set[int]:
    return {
        number
        for entry in entries
        if entry.text("action") == "void" and (entry.text("cnpj"), entry.text("series")) == (cnpj, str(series))
        for number in range(int(entry.text("first")), int(entry.text("last")) + 1)
    }
