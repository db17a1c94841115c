"""The simulator's own memory of what happened: the witness that a proof counts from, never edited."""

import json
import threading
from collections import Counter, deque
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

CALLS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact: a running number, simulated unix seconds, the store, what happened, and its details."""

    number: int
    at: float
    store: str
    kind: str
    facts: dict[str, object]

    def plain(self) -> dict[str, object]:
        return {"number": self.number, "at": self.at, "store": self.store, "kind": self.kind, **self.facts}


class Ledger:
    """Append-only. Facts stay in memory; of the calls only the last 20,000 do, the file keeps them all.

    Kinds: ``sold``, ``edited``, ``cancelled``, ``paid``, ``status``, ``changed``, ``deleted``, ``stock``, ``price``,
    ``invoice``, ``notice``, ``call``.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._guard = threading.Lock()
        self._facts: list[Entry] = []
        self._calls: deque[Entry] = deque(maxlen=CALLS_KEPT)
        self._counts: Counter[str] = Counter()
        self._number = 0
        self._highest_order: dict[str, int] = {}
        if path is not None and path.exists():
            self._continue(path)
        self._file: TextIO | None = path.open("a", encoding="utf-8") if path else None

    def _continue(self, path: Path) -> None:
        """Go on after an earlier run's last number; a line that a kill cut in two is closed and passed over."""
        text = path.read_text(encoding="utf-8")
        for line in text.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            self._number = max(self._number, entry["number"])
            if entry["kind"] == "sold":
                store = entry["store"]
                self._highest_order[store] = max(self._highest_order.get(store, 0), entry["order_id"])
        if text and not text.endswith("\n"):
            with path.open("a", encoding="utf-8") as file:
                file.write("\n")

    def highest_order(self, store: str) -> int:
        """The last order number that an earlier run sold in this store, 0 for none."""
        return self._highest_order.get(store, 0)

    def write(self, kind: str, *, at: float, store: str, facts: dict[str, object]) -> None:
        with self._guard:
            self._number += 1
            entry = Entry(number=self._number, at=at, store=store, kind=kind, facts=facts)
            (self._calls if kind == "call" else self._facts).append(entry)
            self._counts[kind] += 1
            if self._file is not None:
                # Flushed line by line: the file must survive a simulator that is killed.
                self._file.write(json.dumps(entry.plain(), ensure_ascii=False) + "\n")
                self._file.flush()

    def entries(self, *, kind: str = "", store: str = "", after: int = 0) -> list[Entry]:
        """Facts and remembered calls in the order of their numbers."""
        with self._guard:
            found = [*self._facts, *self._calls] if kind in ("", "call") else self._facts
            chosen = [
                entry
                for entry in found
                if entry.number > after and (not kind or entry.kind == kind) and (not store or entry.store == store)
            ]
        return sorted(chosen, key=lambda entry: entry.number)

    def calls(self, *, store: str = "", last: int = 50) -> list[Entry]:
        with self._guard:
            return [entry for entry in self._calls if not store or entry.store == store][-last:]

    def counts(self) -> dict[str, int]:
        with self._guard:
            return dict(self._counts)

    def close(self) -> None:
        with self._guard:
            if self._file is not None:
                self._file.close()
                self._file = None
