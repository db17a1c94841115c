"""What the store, the ERP and the door of the imaginary vendor share: clock, habits, faults, ledger and one lock."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from cais.connectors.imaginary.simulator.ledger import Event, Ledger
from cais.connectors.imaginary.simulator.misbehaviour import Choices, VendorFaults
from cais.simkit import Clock


@dataclass(frozen=True, slots=True)
class Premises:
    clock: Clock
    choices: Choices
    faults: VendorFaults
    ledger: Ledger
    lock: threading.RLock = field(default_factory=threading.RLock)

    def note(self, kind: str, subject: str, details: Mapping[str, object]) -> None:
        """Write what happened into the ledger, with the vendor's time."""
        self.ledger.add(Event(self.clock.now(), kind, subject, dict(details)))
