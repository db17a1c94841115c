"""The documents of an allocation: what an order wants, who could serve it, what was decided and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from cais.core.values import QUANTUM, ZERO, quantity


class Policy(StrEnum):
    """How the proposal chooses among the companies that a channel allows (feature C2)."""

    PRIORITY = "priority"
    FEWEST_PARCELS = "fewest_parcels"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """How much of a product is in one unit of a line. What is not `counted` (no stock control) is never short."""

    product: int
    per_unit: Decimal = Decimal(1)
    counted: bool = True

    def __post_init__(self) -> None:
        _positive(self.per_unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An item of the order. One component of which one makes a unit is a product, anything else is a kit.

    One unit of a kit is served by one company, for it is one item of one invoice; its components may come from several
    warehouses of that company. A kit line splits in whole units; one whose quantity is not whole does not split.
    """

    key: int
    quantity: Decimal
    components: tuple[Component, ...]

    def __post_init__(self) -> None:
        _positive(self.quantity)
        if not self.components:
            raise ValueError("a line of nothing")
        _once(component.product for component in self.components)

    @property
    def is_kit(self) -> bool:
        return len(self.components) > 1 or self.components[0].per_unit != 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Depot:
    """A warehouse and what of each product is free there. A product at None, or not named, is unknown: not zero, and
    not to be promised either. What is less than zero (oversold) counts as zero."""

    warehouse: int
    free: Mapping[int, Decimal | None]
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A company of the group; priority 1 is served first, and of the same priority the smaller id."""

    company: int
    priority: int
    depots: tuple[Depot, ...]

    def __post_init__(self) -> None:
        _once(depot.warehouse for depot in self.depots)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRule:
    """What a sales channel allows (features B7, C2): who may invoice (None: anyone), one company only or several, and
    whether the marketplace ships from its own stock, in which case ours is not touched."""

    companies: frozenset[int] | None = None
    may_split: bool = True
    marketplace_ships: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Everything that an allocation depends on; the order in which lines, companies and depots are given is nothing.

    Lines are served in the order of their keys. `left_out` are companies that a person wants to see left out.
    """

    lines: tuple[Line, ...]
    candidates: tuple[Candidate, ...]
    policy: Policy = Policy.PRIORITY
    rule: ChannelRule = ChannelRule()
    left_out: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        _once(line.key for line in self.lines)
        _once(candidate.company for candidate in self.candidates)


class Outcome(StrEnum):
    WHOLE = "whole"
    SPLIT = "split"
    LACKING = "lacking"
    MARKETPLACE = "marketplace"
    NOTHING = "nothing"


class Why(StrEnum):
    """Why a company or a way of serving was chosen, or was not."""

    CHOSEN = "chosen"
    MARKETPLACE = "marketplace"
    LEFT_OUT = "left_out"
    CHANNEL = "channel"
    NO_WAREHOUSE = "no_warehouse"
    UNKNOWN = "unknown"
    NOTHING = "nothing"
    LOWER_PRIORITY = "lower_priority"
    LACKS = "lacks"
    LACKS_MORE = "lacks_more"
    TAKEN_BEFORE = "taken_before"
    NO_FEWER = "no_fewer"
    MORE_PARCELS = "more_parcels"
    SPLITS_ITEM = "splits_item"
    NO_SPLIT = "no_split"
    OTHER_POLICY = "other_policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A reason with what its sentence needs: the company chosen instead, what is missing, the parcels it would make."""

    why: Why
    company: int | None = None
    line: int | None = None
    quantity: Decimal | None = None
    parcels: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one warehouse takes out of its shelf for one line."""

    company: int
    warehouse: int
    line: int
    product: int
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """How much of a line, in the line's own units, one company serves and will invoice."""

    company: int
    line: int
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """What is still wanting of a product to serve a line. `at` is the company that comes nearest, where it matters who;
    `unknown_at` are those whose count of the product is not known."""

    line: int
    product: int
    quantity: Decimal
    at: int | None = None
    unknown_at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Could:
    """What a company alone could serve of one line, were it the only one; `free` by product, None where unknown."""

    line: int
    quantity: Decimal
    free: tuple[tuple[int, Decimal | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateView:
    company: int
    priority: int
    could: tuple[Could, ...]
    verdict: Verdict

    @property
    def chosen(self) -> bool:
        return self.verdict.why is Why.CHOSEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A way of serving that was weighed: by whom, in how many parcels (one for each company), what it leaves unserved
    (line and quantity), and why it was not chosen."""

    companies: tuple[int, ...]
    served: tuple[Served, ...]
    missing: tuple[tuple[int, Decimal], ...]
    verdict: Verdict

    @property
    def parcels(self) -> int:
        return len(self.companies)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The proposal. LACKING says what could be served all the same, and the order waits; NOTHING is an order without
    lines; MARKETPLACE takes nothing from our shelves."""

    outcome: Outcome
    policy: Policy
    served: tuple[Served, ...] = ()
    parts: tuple[Part, ...] = ()
    missing: tuple[tuple[int, Decimal], ...] = ()
    lacking: tuple[Lack, ...] = ()
    candidates: tuple[CandidateView, ...] = ()
    options: tuple[Option, ...] = ()

    @property
    def companies(self) -> tuple[int, ...]:
        """Those that serve something, the first in the queue first."""
        return tuple(dict.fromkeys(item.company for item in self.served))


def _positive(value: Decimal) -> None:
    if value <= ZERO or value != quantity(value):
        raise ValueError(f"not a quantity above zero with four places at most: {value} (step {QUANTUM})")


def _once(keys: Iterable[int]) -> None:
    found = list(keys)
    if len(found) != len(set(found)):
        raise ValueError(f"named twice: {found}")
