"""The clock that Cais shares with a simulated store: real time, or real time made faster.

It rules what a store's rules rule (token life, call limits, days); leases and back-off of our own rows use the
database's clock.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

BRASILIA = ZoneInfo("America/Sao_Paulo")


@dataclass(frozen=True, slots=True)
class Clock:
    """now = origin + (real time − origin) × speed."""

    origin: float = field(default_factory=time.time)
    speed: float = 1.0

    @classmethod
    def from_environment(cls) -> Clock:
        """Read CAIS_CLOCK_ORIGIN (unix seconds) and CAIS_CLOCK_SPEED; without them real time."""
        origin = float(os.environ.get("CAIS_CLOCK_ORIGIN", "0"))
        return cls(origin=origin, speed=float(os.environ.get("CAIS_CLOCK_SPEED", "1")))

    def timestamp(self) -> float:
        """Unix seconds on this clock."""
        return self.origin + (time.time() - self.origin) * self.speed

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def real_seconds(self, seconds: float) -> float:
        """How long `seconds` of this clock take in real time."""
        return seconds / self.speed
