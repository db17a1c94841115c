"""How every proof is run: its plan read, its surroundings, its figures shown, its exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from cais.ops.child import leave_in_order_on_sigterm
from proofs.counting import broken
from proofs.plan import BadPlanError, Plan
from proofs.stage import StageError
from proofs.table import table

SETTLED = "at_rest"
P = TypeVar("P", bound=Plan)


def run(prove: Callable[[P], dict[str, Any]], plan: type[P]) -> int:
    """0 when everything that must be zero is, 1 when something is not, 2 when the proof could not be run."""
    leave_in_order_on_sigterm()
    try:
        figures = prove(plan.from_environment())
    except (BadPlanError, StageError) as error:
        print(f"the proof could not be run: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    wrong = broken(figures)
    print(table(figures, wrong))
    print(json.dumps(figures, ensure_ascii=False))
    return 1 if wrong or not figures[SETTLED] else 0


def surroundings(plan: Plan, *, origin: float) -> dict[str, str]:
    """The variables of every process of the proof: one clock for all, this machine only."""
    return {
        "CAIS_CLOCK_ORIGIN": repr(origin),
        "CAIS_CLOCK_SPEED": repr(plan.speed),
        "CAIS_ALLOW_ADDRESSES": "loopback",
        "CAIS_LEASE_SECONDS": "4",  # a killed worker's work is taken over soon enough for a proof of minutes
        "DJANGO_SETTINGS_MODULE": "cais.config.settings",
    }
