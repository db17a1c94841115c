"""Reason: what a kind of waiting is called, and the texts that tell people of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """`target` is where the button leads: a name known to `web.inbox.links`. `short` is the order's *situação*."""

    code: str
    tone: str
    icon: str
    short: str
    title: str
    cause: str
    consequence: str
    remedy: str
    button: str
    target: str
    rank: int = 50
