"""The call limits of the platform: a sliding minute, and a day that begins at midnight in Brasília."""

from collections import deque

from cais.connectors.tray.simulator.wire import day

MINUTE = 60.0


class SlidingMinute:
    """Counts the calls of the last sixty simulated seconds; may be shared between stores."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._calls: deque[float] = deque()

    def used(self, now: float) -> int:
        while self._calls and self._calls[0] <= now - MINUTE:
            self._calls.popleft()
        return len(self._calls)

    def free_in(self, now: float) -> float:
        """Seconds until one more call is allowed."""
        return 0.0 if self.used(now) < self.limit else self._calls[0] + MINUTE - now

    def count(self, now: float) -> None:
        self._calls.append(now)


class Limits:
    """Refused calls do not count. Not thread-safe: the store's lock is held around every call."""

    def __init__(self, *, per_minute: int, per_day: int) -> None:
        self.minute = SlidingMinute(per_minute)
        self.per_day = per_day
        self.today = ""
        self.used_today = 0
        self.most_in_a_day = 0
        self.refused = 0

    def admit(self, now: float, minute: SlidingMinute) -> float:
        """0 when the call may go on, else the seconds to wait."""
        today = day(now)
        if today != self.today:
            self.today, self.used_today = today, 0
        wait = minute.free_in(now)
        if self.used_today >= self.per_day:
            wait = max(wait, MINUTE)
        if wait:
            self.refused += 1
            return wait
        minute.count(now)
        self.used_today += 1
        self.most_in_a_day = max(self.most_in_a_day, self.used_today)
        return 0.0
