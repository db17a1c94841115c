"""A cancellation read in a store: acted upon only when a second, fresh reading says it again (feature B1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from cais.connections.account import CLOCK
from cais.core.effects import EFFECTS, Meaning, effect_of
from cais.orders.models import Order

# Real time. A payload may wait in a queue for minutes; what it says is then no longer what the store says.
FRESH = timedelta(seconds=60)
_TOLD = ("creating", "unknown", "done", "refused")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an order means after a reading, and since when the store is asked again (its clock), if it is."""

    meaning: str
    state: str = ""
    reread_since: datetime | None = None


def judge(known: Order | None, meaning: str, *, read_at: datetime) -> Verdict:
    """A reading of `read_at` (the store's clock) says `meaning`: is that what the order means from now on?

    A cancellation that would give something back leaves the former meaning until the store repeats it.
    """
    if meaning != Meaning.CANCELLED or known is None or not holds_something(known):
        return Verdict(meaning)
    asked, now = known.reread_since, CLOCK.now()
    if asked is None or known.cancel_state != Order.Cancel.ASKED:
        return Verdict(known.meaning, Order.Cancel.ASKED, now)
    if read_at <= asked:
        return Verdict(known.meaning, Order.Cancel.ASKED, asked)
    if now - read_at > FRESH * CLOCK.speed:
        return Verdict(known.meaning, Order.Cancel.ASKED, now)
    return Verdict(meaning)


def holds_something(order: Order) -> bool:
    """Units are promised to it, or a sale was made of it: cancelling it gives something back.

    After its note nothing is given back by itself, so there is nothing to ask for.
    """
    if order.is_history or order.choice == Order.Choice.LEFT_OUT or order.has_note or order.marketplace_ships:
        return False
    reserved = effect_of(Meaning(order.meaning) if order.meaning else None).reserved
    return reserved or order.erp_state in _TOLD


def holding() -> Q:
    """`holds_something` as a condition of rows."""
    reserved = [meaning.value for meaning, effect in EFFECTS.items() if effect.reserved]
    own = Q(meaning__in=["", *reserved]) | Q(erp_state__in=_TOLD)
    ours = Q(is_history=False, marketplace_ships=False) & ~Q(choice=Order.Choice.LEFT_OUT)
    return own & ours & Q(has_note=False)
