"""What one run of the proof of the shelf shall be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from proofs.plan import Plan
from proofs.worlds import SEVERAL

FEWEST = 40
PER_SECOND = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfPlan(Plan):
    """Two stores of the large world, whose buyers try to buy so many times; what a shelf does not show they do not get.

    `KEPT_BUFFER` and `KEPT_CAP` are the rule of the products that must never be sold twice, whatever the weather: see
    `docs/proofs.md`. At five times our pace a store's ten seconds are two of ours, and its minute is twelve.
    """

    SABOTAGES: ClassVar[tuple[str, ...]] = ("oversell", "blind", "stale")
    IS_CLEAN: ClassVar[bool] = True
    TRIES: ClassVar[int] = 300
    KEPT: ClassVar[int] = 3
    KEPT_CAP: ClassVar[int] = 1
    KEPT_BUFFER: ClassVar[int] = 4

    @property
    def sales(self) -> tuple[int, ...]:
        each = self.tries // len(SEVERAL.stores)
        return tuple(each for _ in SEVERAL.stores)

    @property
    def tries(self) -> int:
        return max(FEWEST, round(self.TRIES * self.scale))

    @property
    def selling_seconds(self) -> float:
        return min(self.tries / PER_SECOND, 300.0)

    @property
    def plan_of_calls(self) -> str:
        return self.profile or "standard"

    @property
    def speed(self) -> float:
        return self.given_speed or 5.0

    @property
    def breakage(self) -> str:
        """The sabotage by the name that the workers know it by."""
        return f"{self.sabotage}_shelf" if self.sabotage else ""

    def kept(self, skus: Sequence[str]) -> list[str]:
        """The contested products with a buffer as large as all that can be sold unseen."""
        return sorted(self.dice("kept").sample(sorted(self.scarce(skus)), self.KEPT))

    def units(self, skus: Sequence[str]) -> dict[str, int]:
        """A few of what is contested, above their buffer where they keep one."""
        few, kept = round(15 * self.scale), set(self.kept(skus))
        found = {sku: few + len(sku) % 2 if sku in self.scarce(skus) else 60 + self.tries for sku in skus}
        return {sku: units + self.KEPT_BUFFER if sku in kept else units for sku, units in found.items()}
