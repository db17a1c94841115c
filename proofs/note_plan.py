"""What one run of the proof of notes shall be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from proofs.plan import Plan

FEWEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePlan(Plan):
    """60 orders of a store without oddities: each gets its note, unless its marketplace issues it."""

    SABOTAGES: ClassVar[tuple[str, ...]] = ("twin",)
    NOTES: ClassVar[int] = 60
    IS_CLEAN: ClassVar[bool] = True

    @property
    def sales(self) -> tuple[int, ...]:
        return (max(FEWEST, round(self.NOTES * self.scale)),)

    @property
    def selling_seconds(self) -> float:
        return min(max(30.0 * self.scale, 6.0), 300.0)

    @property
    def storm_seconds(self) -> float:
        """Long enough after the last sale for SEFAZ to be down twice while notes are on their way."""
        return 9.0

    @property
    def kill_seconds(self) -> float:
        return 7.0

    @property
    def breakage(self) -> str:
        """The sabotage by the name that the workers know it by."""
        return f"{self.sabotage}_note" if self.sabotage else ""

    def units(self, skus: Sequence[str]) -> dict[str, int]:
        """Enough of everything: what is contested is another proof's matter."""
        return {sku: 100 + round(300 * self.scale) for sku in skus}
