"""IBS and CBS, the taxes of the consumption reform, as far as 2026 has them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from cais.connectors.sefaz.simulator.bench import HOMOLOGATION, Bench
from cais.connectors.sefaz.simulator.note import ZERO, Node, Note
from cais.connectors.sefaz.simulator.reasons import Refusal, refusal

CENT = Decimal("0.01")
NORMAL_REGIME = "3"
REQUIRED_FROM = date(2026, 7, 1)
ADJUSTMENTS = ("gDif", "gDevTrib", "gRed")


@dataclass(frozen=True, slots=True)
class Rates:
    """Per cent from a day on; None is not judged."""

    since: date
    state: Decimal | None
    city: Decimal | None
    union: Decimal | None


@dataclass(frozen=True, slots=True)
class Part:
    """One of the three taxes of an item: where it stands, and the codes for a wrong rate and a wrong value."""

    group: str
    rate: str
    value: str
    wrong_rate: str
    wrong_value: str


# LC 214/2025, arts. 343, 344 and 346.
RATES = (
    Rates(date(2029, 1, 1), None, None, None),
    Rates(date(2027, 1, 1), Decimal("0.05"), Decimal("0.05"), None),
    Rates(date(2025, 1, 1), Decimal("0.1"), Decimal(0), Decimal("0.9")),
)
STATE = Part("gIBSUF", "pIBSUF", "vIBSUF", "1026", "1041")
CITY = Part("gIBSMun", "pIBSMun", "vIBSMun", "1036", "1052")
UNION = Part("gCBS", "pCBS", "vCBS", "1037", "1069")


def presence(note: Note, bench: Bench) -> Iterator[Refusal]:
    if note.regime != NORMAL_REGIME or note.issued.date() < REQUIRED_FROM or not _is_required(bench):
        return
    for item in note.items:
        if item.child("imposto/IBSCBS") is None:
            yield refusal("1115", item=item.position)


def _is_required(bench: Bench) -> bool:
    asked = bench.choices.reform_required
    return asked == "always" or (asked == "homologation" and bench.environment == HOMOLOGATION)


def items(note: Note, bench: Bench) -> Iterator[Refusal]:
    rates = next(one for one in RATES if one.since <= note.issued.date() or one is RATES[-1])
    for item in note.items:
        group = item.child("imposto/IBSCBS")
        if group is None:
            continue
        if group.text("cClassTrib")[:3] != group.text("CST"):
            yield refusal("1024", item=item.position)
        figures = group.child("gIBSCBS")
        if figures is not None:
            yield from _figures(figures, rates, item=item.position)


def _figures(figures: Node, rates: Rates, *, item: str) -> Iterator[Refusal]:
    wanted = ((STATE, rates.state), (CITY, rates.city), (UNION, rates.union))
    for part, rate in wanted:
        if rate is not None and figures.amount(f"{part.group}/{part.rate}") != rate:
            yield refusal(part.wrong_rate, item=item)
    for part, _ in wanted:
        if _is_off(figures, part):
            yield refusal(part.wrong_value, item=item)
    parts = figures.amount("gIBSUF/vIBSUF") + figures.amount("gIBSMun/vIBSMun")
    if figures.amount("vIBS") != parts:
        yield refusal("1150", item=item)


def _is_off(figures: Node, part: Part) -> bool:
    """More than a cent away from base times rate; a deferred or reduced tax is not calculated here."""
    group = figures.child(part.group)
    if group is None or any(group.child(name) is not None for name in ADJUSTMENTS):
        return False
    expected = (figures.amount("vBC") * group.amount(part.rate) / 100).quantize(CENT, ROUND_HALF_UP)
    return abs(expected - group.amount(part.value)) > CENT


def totals(note: Note, bench: Bench) -> Iterator[Refusal]:
    groups = [found for item in note.items if (found := item.child("imposto/IBSCBS")) is not None]
    declared = note.info.child("total/IBSCBSTot")
    if not groups and declared is not None:
        yield refusal("1118")
    if groups and declared is None:
        yield refusal("1119")
    if not groups or declared is None:
        return
    if declared.amount("gIBS/vIBS") != sum((one.amount("gIBSCBS/vIBS") for one in groups), ZERO):
        yield refusal("1085")
    if declared.amount("gCBS/vCBS") != sum((one.amount("gIBSCBS/gCBS/vCBS") for one in groups), ZERO):
        yield refusal("1091")
