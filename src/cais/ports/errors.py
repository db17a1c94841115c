"""The one tree of what can go wrong outside, each error with one consequence.

VendorError                     something about one account at one vendor
├── Unavailable(retry_after)    try the row later, with back-off
│   └── RateLimited             the account waits; no attempt is counted
│       └── BudgetSpent         by our own count: rows of this priority wait, others may go on
│           └── AccountPaused   a person paused the account: every row waits, and nobody is told
├── Rejected                    the vendor said no: hold the row for this digest
├── Unreadable                  the answer makes no sense: hold, keep it raw
├── OutcomeUnknown              sent, answer lost: look before speaking again
└── AccessRefused(state)        the account's access is broken: hold the connection
ConfigurationError              the person who set it up must correct it; outside the tree on purpose
"""

from __future__ import annotations

from enum import StrEnum


class AccessState(StrEnum):
    """Why an account refuses us; `reasons` of the error inbox bear the same names."""

    NEEDS_AUTHORISATION = "needs_authorisation"
    STORE_BLOCKED = "store_blocked"
    STORE_INACTIVE = "store_inactive"
    STORE_CANCELLED = "store_cancelled"
    WRONG_KEY = "wrong_key"
    UNEXPLAINED = "access_refused"


class VendorError(Exception):
    """`words` is the vendor's own sentence or ours for the user; `detail` is for support."""

    def __init__(self, words: str = "", *, detail: str = "") -> None:
        super().__init__(words or detail)
        self.words = words
        self.detail = detail


class Unavailable(VendorError):
    """Nothing was done and it may work later. `retry_after` in real seconds, None when the vendor gave none."""

    def __init__(self, words: str = "", *, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(words, detail=detail)
        self.retry_after = retry_after


class RateLimited(Unavailable):
    """The account's limit is reached, by the vendor's word."""


class BudgetSpent(RateLimited):
    """Our own count gives this priority no call now; nothing was sent."""


class AccountPaused(BudgetSpent):
    """A person paused the account while work for it went on; nothing was sent."""


class Rejected(VendorError):
    """The vendor refused this record; repeating the same words would be refused again."""

    def __init__(self, words: str = "", *, detail: str = "", code: str = "") -> None:
        super().__init__(words, detail=detail)
        self.code = code


class NotFound(Rejected):
    """The vendor does not know this record."""


class Unreadable(VendorError):
    """The answer is not what was promised. `kind`: html, cut, too_large, shape."""

    def __init__(self, words: str = "", *, detail: str = "", kind: str = "shape") -> None:
        super().__init__(words, detail=detail)
        self.kind = kind


class OutcomeUnknown(VendorError):
    """The request left and no answer came: it may have been done."""


class AccessRefused(VendorError):
    def __init__(self, state: AccessState, words: str = "", *, detail: str = "") -> None:
        super().__init__(words, detail=detail)
        self.state = state


class ConfigurationError(Exception):
    """What was typed cannot work. `field` names the setting, `code` the reason shown to the user."""

    def __init__(self, words: str, *, field: str = "", code: str = "wrong_address") -> None:
        super().__init__(words)
        self.words = words
        self.field = field
        self.code = code
