"""Undue consumption (656): what is counted, for how long a company is shut out, and that trying prolongs it."""

from collections import defaultdict, deque
from dataclasses import dataclass, field

HOUR = 3600.0


@dataclass(slots=True, kw_only=True)
class Limits:
    """Technical Note 2018.002; every state may set its own."""

    same_rejection: int = 30
    same_key_asked: int = 10
    same_receipt_asked: int = 40
    seconds_blocked: float = HOUR
    blocks_for_ever: int = 50


@dataclass(slots=True)
class Block:
    """How long a company is shut out, and how often it has been."""

    until: float = 0.0
    times: int = 0


@dataclass(slots=True)
class Consumption:
    """Counts by the certificate's CNPJ; the address is always the same one here. Not thread-safe."""

    limits: Limits = field(default_factory=Limits)
    blocks: dict[str, Block] = field(default_factory=dict)
    _seen: dict[tuple[str, ...], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def is_blocked(self, cnpj: str, now: float) -> bool:
        """A question from a company that is shut out starts the hour again."""
        block = self.blocks.get(cnpj)
        if block is None or now >= block.until:
            return False
        block.until = max(block.until, now + self.limits.seconds_blocked)
        return True

    def rejected(self, cnpj: str, note: str, code: str, *, now: float) -> bool:
        """Count one rejection of a note; True when it was one too many, and the company is shut out."""
        return self._count((cnpj, "rejected", note, code), self.limits.same_rejection, now)

    def asked_key(self, cnpj: str, key: str, *, now: float) -> bool:
        return self._count((cnpj, "key", key), self.limits.same_key_asked, now)

    def asked_receipt(self, cnpj: str, receipt: str, *, now: float) -> bool:
        return self._count((cnpj, "receipt", receipt), self.limits.same_receipt_asked, now)

    def release(self, cnpj: str = "") -> None:
        """Forget the blocks and counts of one company, or of all."""
        for one in [cnpj] if cnpj else list(self.blocks):
            self.blocks.pop(one, None)
        for subject in [subject for subject in self._seen if not cnpj or subject[0] == cnpj]:
            del self._seen[subject]

    def _count(self, subject: tuple[str, ...], limit: int, now: float) -> bool:
        seen = self._seen[subject]
        while seen and seen[0] <= now - HOUR:
            seen.popleft()
        seen.append(now)
        if len(seen) <= limit:
            return False
        seen.clear()
        self._block(subject[0], now)
        return True

    def _block(self, cnpj: str, now: float) -> None:
        block = self.blocks.setdefault(cnpj, Block())
        block.times += 1
        for_ever = block.times >= self.limits.blocks_for_ever
        block.until = float("inf") if for_ever else now + self.limits.seconds_blocked
