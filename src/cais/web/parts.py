"""The plain values the component templates draw: actions, tabs, filters, steps, causes, cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cais.web.status_words import StatusWord, Tone


@dataclass(frozen=True, slots=True)
class Action:
    """A link (`get`) or a button in its own form (`post`). `reason` greys it out and says why beside it."""

    label: str
    url: str = ""
    method: Literal["get", "post"] = "get"
    icon: str = ""
    style: Literal["primary", "plain", "bare", "danger"] = "plain"
    fields: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    key: str = ""
    hide_narrow: bool = False


@dataclass(frozen=True, slots=True)
class NavItem:
    """A line of the navigation. `on_bar` puts it on the bottom bar too; `key` is the letter after `g`."""

    label: str
    url: str
    icon: str
    current: bool = False
    count: int | None = None
    tone: Tone | Literal[""] = ""
    count_label: str = ""
    key: str = ""
    on_bar: bool = False
    short_label: str = ""


@dataclass(frozen=True, slots=True)
class NavSection:
    label: str
    items: Sequence[NavItem]


@dataclass(frozen=True, slots=True)
class Pulse:
    """The worst connection, or a run of mine, in one or two short lines, and where it leads."""

    tone: Tone
    lines: Sequence[str]
    url: str
    is_mine: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in and how the screens look for them."""

    name: str
    initials: str
    email: str
    role_label: str
    theme: Literal["light", "dark", "auto"] = "auto"
    density: Literal["comfortable", "compact"] = "comfortable"
    keys: bool = True


@dataclass(frozen=True, slots=True)
class GroupLink:
    name: str
    url: str
    note: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Crumb:
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    count: int | None = None
    tone: Tone | Literal[""] = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class FilterChip:
    """A filter as a chip. `value_label` empty means it is not on; `hidden` keeps the other filters.

    kind: one (radio), many (boxes), text, period (two dates named `<name>_de` and `<name>_ate`).
    """

    name: str
    label: str
    kind: Literal["one", "many", "text", "period"] = "one"
    value_label: str = ""
    clear_url: str = ""
    choices: Sequence[Choice] = ()
    value: str = ""
    start: str = ""
    end: str = ""
    hidden: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class BulkAction:
    """A verb for ticked rows. `fits` is the word a row carries in data-fits when the verb applies to it."""

    label: str
    url: str
    icon: str = ""
    fits: str = ""
    style: Literal["primary", "bare"] = "bare"


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a definition list. `url` makes the value a link; `total` rules it off as a sum."""

    label: str
    value: object
    tone: Tone | Literal[""] = ""
    url: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an order: done, now, next, stopped (err), held (warn) or unknown (unk)."""

    name: str
    state: Literal["done", "now", "next", "stopped", "held", "unknown"]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a history."""

    at: datetime
    text: str
    who: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause in the Caixa de erros, as a line of the list and as the top of its article."""

    title: str
    url: str
    tone: Tone
    icon: str
    short_title: str = ""
    detail: str = ""
    count_label: str = ""
    since: datetime | None = None
    current: bool = False
    state_label: str = "Parado"
    value_label: str = ""
    deadline_label: str = ""
    cause: str = ""
    consequence: str = ""
    what_to_do: str = ""
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """A line of "Precisa de você"."""

    title: str
    text: str
    tone: Tone
    icon: str
    action: Action


@dataclass(frozen=True, slots=True)
class Segment:
    label: str
    count: int
    tone: Tone


@dataclass(frozen=True, slots=True)
class Kpi:
    label: str
    value: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionCard:
    """A connection on the Painel and in Conectores. `used` of `allowed` calls draws the thin bar."""

    name: str
    system: str
    url: str
    status: StatusWord
    level: StatusWord | None = None
    facts: Sequence[Fact] = ()
    used: int | None = None
    allowed: int | None = None
    usage_label: str = ""
    action: Action | None = None
