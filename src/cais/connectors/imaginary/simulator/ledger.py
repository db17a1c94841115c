"""What really happened at the imaginary vendor: append-only, and the only witness a proof may call."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    `kind`: sold, edited, cancelled, status_written, invoice, shipment, stock, price, product, erp_created, erp_found,
    erp_cancelled, rejected, token.
    """

    at: float
    kind: str
    subject: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was answered; `seconds` without the delay of a fault, `fault` empty when it went well."""

    at: float
    method: str
    path: str
    query: str
    status: int
    fault: str
    seconds: float


class Ledger:
    """Kept in memory and, when a file is given, written line by line as it happens."""

    def __init__(self, *, file: Path | None = None) -> None:
        self.events: list[Event] = []
        self.calls: list[Call] = []
        self._guard = threading.Lock()
        self._file = file.open("a", encoding="utf-8", buffering=1) if file else None

    def add(self, event: Event) -> None:
        with self._guard:
            self.events.append(event)
            self._write({"event": asdict(event)})

    def called(self, call: Call) -> None:
        with self._guard:
            self.calls.append(call)
            self._write({"call": asdict(call)})

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def of(self, kind: str) -> list[Event]:
        with self._guard:
            return [event for event in self.events if event.kind == kind]

    def sold(self) -> list[str]:
        """Ids of every order ever sold, in the order of selling."""
        return [event.subject for event in self.of("sold")]

    def erp_references(self) -> Counter[str]:
        """How many ERP orders were made for each of our references; more than one is a doubled order."""
        return Counter(str(event.details["reference"]) for event in self.of("erp_created"))

    def doubled_references(self) -> list[str]:
        return sorted(reference for reference, made in self.erp_references().items() if made > 1)

    def statuses_written(self, order_id: str) -> list[str]:
        """The status ids written to one order over the API, in order, repeats included."""
        return [str(event.details["status_id"]) for event in self.of("status_written") if event.subject == order_id]

    def invoice_keys(self, order_id: str) -> Counter[str]:
        """How many invoices were added to one order with each access key; more than one is a doubled invoice."""
        added = (event for event in self.of("invoice") if event.details["act"] == "added")
        return Counter(str(event.details["key"]) for event in added if event.subject == order_id)

    def stock_told(self, reference: str) -> list[str]:
        """Every quantity that the API changed the shelf to, for one reference, in order."""
        told = (event.details for event in self.of("stock") if event.details["by"] == "api")
        return [str(each["is"]) for each in told if each["reference"] == reference]

    def count_calls(self, prefix: str = "") -> int:
        """Calls whose "METHOD /path" begins with the prefix."""
        with self._guard:
            return sum(f"{call.method} {call.path}".startswith(prefix) for call in self.calls)

    def _write(self, line: Mapping[str, object]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
