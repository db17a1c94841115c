"""One attempt to speak for one row: every way it can end, and what each does to the row and the connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic, TypeVar

from cais.connections import health
from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.inbox.reasons import REASONS
from cais.ports.errors import (
    AccessRefused,
    AccountPaused,
    BudgetSpent,
    ConfigurationError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    Unreadable,
    VendorError,
)
from cais.waiting.rows import WaitingRow

T = TypeVar("T")
_ACCESS_PAUSE = CLOCK.real_seconds(60.0)
UNREADABLE = {"html": "answer_html", "too_large": "answer_too_large"}


class SourceMovedError(Exception):
    """The store shows something newer than what the step was planned from: read first, speak later."""


class NothingThereError(Exception):
    """The outside surely has nothing of this row, and what the row would say is no longer true."""


class SourceSilentError(Exception):
    """The store must be asked before this may be done, and it does not answer: wait, never guess."""


class End(Enum):
    """How the attempt ended: for this row, and whether the connection may go on."""

    DONE = auto()
    REFUSED = auto()
    DOUBT = auto()
    LATER = auto()
    STOP = auto()
    ABSENT = auto()


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T]):
    end: End
    answer: T | None = None
    words: str = ""
    detail: str = ""


def attempt(connection: Connection, row: WaitingRow, speak: Callable[[], T], *, doubt: bool = False) -> Attempt[T]:
    """Call `speak` with no transaction open. On DONE and REFUSED the caller settles the row; otherwise it is put back.

    `doubt`: an earlier call of this row may have been done, and stays in doubt when this attempt learns nothing.
    """
    try:
        return Attempt(End.DONE, speak())
    except OutcomeUnknown as error:
        row.postpone(None, error=_said(error), in_flight=True)
        return Attempt(End.DOUBT, words=error.words, detail=error.detail)
    except BudgetSpent as error:
        row.postpone(error.retry_after, error=_said(error), counted=False, in_flight=doubt)
        return Attempt(End.LATER)
    except Rejected as error:
        return Attempt(End.REFUSED, words=error.words or str(error), detail=error.detail)
    except SourceMovedError as error:
        row.postpone(5, error=str(error), counted=False, in_flight=doubt)
        return Attempt(End.LATER)
    except NothingThereError as error:
        row.postpone(5, error=str(error), counted=False, in_flight=False)
        return Attempt(End.ABSENT)
    except SourceSilentError as error:
        row.postpone(None, error=str(error), in_flight=doubt)
        return Attempt(End.LATER)
    except (VendorError, ConfigurationError) as error:
        tell_connection(connection, error)
        waits = isinstance(error, Unavailable)
        row.postpone(
            error.retry_after if isinstance(error, Unavailable) else _ACCESS_PAUSE,
            error=_said(error),
            counted=waits and not isinstance(error, RateLimited),
            in_flight=doubt,
        )
        return Attempt(End.STOP)


def tell_connection(connection: Connection, error: VendorError | ConfigurationError) -> None:
    """What the error means for the whole connection."""
    match error:
        case AccountPaused():
            pass  # by a person's word, and shown as that
        case ConfigurationError():
            reason = error.code if error.code in REASONS else "wrong_address"
            health.refused(connection, reason, detail=error.words)
        case RateLimited():
            health.limited(connection, seconds=error.retry_after or 20.0)
        case Unavailable():
            health.unavailable(connection, detail=_said(error), retry_after=error.retry_after)
        case AccessRefused():
            health.refused(connection, error.state.value, detail=_said(error))
        case Unreadable():
            reason = UNREADABLE.get(error.kind, "answer_unreadable")
            health.unreadable(connection, reason, detail=_said(error))


def _said(error: VendorError | ConfigurationError) -> str:
    return f"{error.words} {getattr(error, 'detail', '')}".strip()
