"""The simulator's own memory of what reached it: the witness that a proof counts from, never edited."""

import json
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact: a running number, simulated unix seconds, what happened, and its details."""

    number: int
    at: float
    kind: str
    facts: dict[str, object]

    def plain(self) -> dict[str, object]:
        return {"number": self.number, "at": self.at, "kind": self.kind, **self.facts}

    def text(self, name: str) -> str:
        return str(self.facts.get(name, ""))


class Ledger:
    """Append-only, in memory and, when a path is given, in a file of one JSON object a line.

    Kinds: ``note`` for every note received, ``settled`` for a queued note judged later, ``call`` for every call,
    ``elsewhere`` for what a control call did in the issuer's name.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._guard = threading.Lock()
        self._entries: list[Entry] = []
        self._counts: Counter[str] = Counter()
        self._number = 0
        if path is not None and path.exists():
            self._number = max((entry.number for entry in read_entries(path)), default=0)
            _close_last_line(path)
        self._file: TextIO | None = path.open("a", encoding="utf-8") if path else None

    def write(self, kind: str, *, at: float, facts: dict[str, object]) -> None:
        with self._guard:
            self._number += 1
            entry = Entry(self._number, at, kind, facts)
            self._entries.append(entry)
            self._counts[kind] += 1
            if self._file is not None:
                # Flushed line by line: the file must survive a simulator that is killed.
                self._file.write(json.dumps(entry.plain(), ensure_ascii=False) + "\n")
                self._file.flush()

    def entries(self, *, kind: str = "", after: int = 0) -> list[Entry]:
        with self._guard:
            return [entry for entry in self._entries if entry.number > after and kind in ("", entry.kind)]

    def counts(self) -> dict[str, int]:
        with self._guard:
            return dict(self._counts)

    def close(self) -> None:
        with self._guard:
            if self._file is not None:
                self._file.close()
                self._file = None


def read_entries(path: Path) -> list[Entry]:
    """A ledger file, without the line that a kill may have cut in two."""
    entries: list[Entry] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            facts = json.loads(line)
        except ValueError:
            continue
        entries.append(Entry(facts.pop("number"), facts.pop("at"), facts.pop("kind"), facts))
    return entries


def _close_last_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        with path.open("a", encoding="utf-8") as file:
            file.write("\n")
