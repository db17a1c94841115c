"""*E se…*: the same request with one thing changed, to be allocated beside the first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from cais.core.allocation import Allocation, Policy, Request


def leaving_out(request: Request, company: int) -> Request:
    return replace(request, left_out=request.left_out | {company})


def under(request: Request, policy: Policy) -> Request:
    return replace(request, policy=policy)


def without(request: Request, line: int, amount: Decimal) -> Request:
    """The customer will not get `amount` of a line; a line of which nothing is left is gone."""
    kept = [
        one if one.key != line else replace(one, quantity=one.quantity - amount)
        for one in request.lines
        if one.key != line or one.quantity > amount
    ]
    return replace(request, lines=tuple(kept))


def accepting_what_is_missing(request: Request, allocation: Allocation) -> Request:
    """The order without all that its proposal could not serve."""
    for line, amount in allocation.missing:
        request = without(request, line, amount)
    return request
