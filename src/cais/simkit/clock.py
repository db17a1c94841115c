"""A clock that can run faster than the real one, and that two processes can share without talking."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone

BRASILIA = timezone(timedelta(hours=-3))
ORIGIN_VARIABLE = "CAIS_CLOCK_ORIGIN"
SPEED_VARIABLE = "CAIS_CLOCK_SPEED"
LONGEST_WAIT = 3600.0


class Clock:
    """Simulated time: ``origin + (real - origin) * speed``, in unix seconds.

    Two processes that read the same two environment variables see the same time.
    A speed of 0 gives a clock that moves only by ``advance``.
    """

    def __init__(
        self, *, origin: float | None = None, speed: float = 1.0, real: Callable[[], float] = time.time
    ) -> None:
        if speed < 0:
            raise ValueError("A clock cannot run backwards.")
        self._real = real
        self.origin = real() if origin is None else origin
        self.speed = speed
        self._advanced = 0.0

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Clock":
        """Read CAIS_CLOCK_ORIGIN (default: now) and CAIS_CLOCK_SPEED (default: 1)."""
        variables = os.environ if environ is None else environ
        origin = variables.get(ORIGIN_VARIABLE)
        return cls(origin=float(origin) if origin else None, speed=float(variables.get(SPEED_VARIABLE) or 1.0))

    @classmethod
    def standing(cls, at: float) -> "Clock":
        """A clock for tests: it stands at ``at`` until somebody advances it."""
        return cls(origin=at, speed=0.0)

    def environment(self) -> dict[str, str]:
        """The variables to hand to another process so that it computes the same time."""
        return {ORIGIN_VARIABLE: repr(self.origin), SPEED_VARIABLE: repr(self.speed)}

    def now(self) -> float:
        return self.origin + (self._real() - self.origin) * self.speed + self._advanced

    def utc(self) -> datetime:
        return datetime.fromtimestamp(self.now(), UTC)

    def advance(self, seconds: float) -> None:
        """Move this clock (and no other process's) forward by hand."""
        self._advanced += seconds

    def real_seconds(self, simulated: float) -> float:
        """How long the real clock needs for so many simulated seconds; infinite on a standing clock."""
        return simulated / self.speed if self.speed else float("inf")

    def wait(self, simulated: float, stop: threading.Event) -> bool:
        """Wait so many simulated seconds; True when ``stop`` was set meanwhile."""
        return stop.wait(min(max(self.real_seconds(simulated), 0.0), LONGEST_WAIT))
