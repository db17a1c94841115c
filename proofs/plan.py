"""What one run of the proof shall be: its size, its seed, its pace, all from the environment."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

LARGEST_SCALE = 15.0
SPEED = 60.0
KILL_SECONDS = 10.0
# The calls of a day in the two plans of a store (Tray contract §3).
CALLS = {"standard": 10_000, "corporate": 50_000}
# What each store of a world sells at SCALE 1.
SALES: Mapping[str, tuple[int, ...]] = {"one": (200,), "several": (150, 150)}
SMALL_SHOP = 5.0
# Each order costs some calls. Where those of a day cannot serve all that is sold, the proof sees the next day begin:
# then the clock runs faster, so that it takes minutes.
CALLS_PER_ORDER, LONG_SPEED = 5, 240.0


class BadPlanError(ValueError):
    """A variable of the environment says something that cannot be run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Seconds are real; the store's clock runs `speed` times as fast. `IS_CLEAN`: the store sells nothing odd.

    `world` is empty for all of them, or for the only one there is. `profile` is the store's plan of calls, empty for
    the one that fits its size; `given_speed` is 0 for the same.
    """

    SABOTAGES: ClassVar[tuple[str, ...]] = ("lose", "double", "oversell", "twin", "freight")
    IS_CLEAN: ClassVar[bool] = False

    scale: float = 1.0
    seed: int = 1
    sabotage: str = ""
    world: str = ""
    profile: str = ""
    given_speed: float = 0.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read SCALE, SEED, SABOTAGE, WORLD, PROFILE and SPEED. Raises BadPlanError."""
        try:
            plan = cls(
                scale=float(environment.get("SCALE") or 1),
                seed=int(environment.get("SEED") or 1),
                sabotage=environment.get("SABOTAGE") or "",
                world=environment.get("WORLD") or "",
                profile=environment.get("PROFILE") or "",
                given_speed=float(environment.get("SPEED") or 0),
            )
        except ValueError as error:
            raise BadPlanError(f"SCALE, SEED and SPEED are numbers: {error}") from error
        if plan.sabotage and plan.sabotage not in cls.SABOTAGES:
            raise BadPlanError(f"SABOTAGE is one of {', '.join(cls.SABOTAGES)}.")
        if plan.world and plan.world not in SALES:
            raise BadPlanError(f"WORLD is one of {', '.join(SALES)}.")
        if plan.profile and plan.profile not in CALLS:
            raise BadPlanError(f"PROFILE is one of {', '.join(CALLS)}.")
        if not 0 < plan.scale <= LARGEST_SCALE or not 1 <= plan.speed <= 600:
            raise BadPlanError(f"SCALE lies between 0 and {LARGEST_SCALE:g}, SPEED between 1 and 600.")
        return plan

    @property
    def sales(self) -> tuple[int, ...]:
        """Orders of each store."""
        return tuple(max(1, round(orders * self.scale)) for orders in SALES[self.world or "one"])

    @property
    def orders(self) -> int:
        return sum(self.sales)

    @property
    def selling_seconds(self) -> float:
        """Two orders a second, not shorter than one kill needs, not longer than five minutes."""
        return min(max(80.0 * self.scale, 10.0), 300.0)

    @property
    def storm_seconds(self) -> float:
        """How long faults and kills go on after the last sale."""
        return 8.0

    @property
    def rest_seconds(self) -> float:
        """The longest wait for the engine to come to rest; with a whole day of the fast clock in it.

        A broken one may never: what it did wrong shows all the same.
        """
        if self.sabotage:
            return 60.0 * max(self.scale, 1.0)
        return min(120.0 + 120.0 * max(self.scale, 0.5), 600.0)

    @property
    def plan_of_calls(self) -> str:
        return self.profile or ("standard" if self.scale <= SMALL_SHOP else "corporate")

    @property
    def plans_of_calls(self) -> tuple[str, ...]:
        """Of each store: all but the first are large ones."""
        return (self.plan_of_calls, *("corporate" for _ in self.sales[1:]))

    @property
    def per_day(self) -> int:
        return CALLS[self.plan_of_calls]

    @property
    def speed(self) -> float:
        is_long = max(self.sales) * CALLS_PER_ORDER > self.per_day
        return self.given_speed or (LONG_SPEED if is_long else SPEED)

    @property
    def stock_factor(self) -> int:
        """The store itself never runs out: what is scarce is our stock."""
        return 1 + math.ceil(self.scale)

    def dice(self, purpose: str) -> random.Random:
        """A generator of its own for each purpose, so that one does not disturb another."""
        return random.Random(f"{purpose} {self.seed}")

    def scarce(self, skus: Sequence[str]) -> set[str]:
        """Every sixth product: more of it will be asked for than there is."""
        return set(self.dice("scarce").sample(sorted(skus), len(skus) // 6))

    def units(self, skus: Sequence[str]) -> dict[str, int]:
        """What there is at first: plenty of most, too little of what is scarce."""
        plenty, few = 60 + round(300 * self.scale), round(6 * self.scale)
        scarce = self.scarce(skus)
        return {sku: few + len(sku) % 2 if sku in scarce else plenty for sku in skus}
