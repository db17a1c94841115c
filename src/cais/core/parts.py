"""What the parts of one order come to together: one word for the order, from the words of its companies' parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

DONE, CANCELLED, REFUSED, WISHED = "done", "cancelled", "refused", "wished"
NOTED: Final = ("authorised", "told", "issued")
"""States of a note whose goods have left the books."""
SIGNED: Final = ("signed", "unknown", *NOTED)
"""States of a note whose words are signed: what it says of its part is not changed any more."""

# The first that one part is in counts for the order. What may still be unknown outside comes before what is known.
_ERP: Final = ("unknown", REFUSED, "creating", WISHED)
_NOTE: Final = ("unknown", "signed", "queued", "blocked", "rejected", "denied", "", *NOTED)


def erp_state_of(states: Sequence[str], *, is_cancelled: bool = False) -> str:
    """The order's `erp_state`: done when every living part is, cancelled when all parts are.

    A sale is *wished* only while no ERP has heard of any part. In a cancelled order (`is_cancelled`) a refused part is
    over, as long as another one is still to be cancelled.
    """
    living = [state for state in states if state != CANCELLED]
    if not living:
        return CANCELLED if states else ""
    if is_cancelled and any(state != REFUSED for state in living):
        living = [state for state in living if state != REFUSED]
    found = next((state for state in _ERP if state in living), living[0])
    return "creating" if found == WISHED and set(living) != {WISHED} else found


def nfe_state_of(states: Sequence[str]) -> str:
    """The order's `nfe_state`: a note that works or waits first, then a part without one, then the least told."""
    return next((state for state in _NOTE if state in states), "")


def numbers_of(numbers: Sequence[str], *, most: int) -> str:
    """The ERP's numbers of the parts as one text of `most` characters; whole numbers only."""
    shown = ""
    for number in filter(None, numbers):
        longer = f"{shown}, {number}" if shown else number
        if len(longer) > most:
            return f"{shown}…" if len(shown) < most else shown
        shown = longer
    return shown
