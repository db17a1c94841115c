"""A small vocabulary for allocation tests: companies, products, and requests written the way a page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import IntEnum

from cais.core.allocation import Allocation, Candidate, ChannelRule, Component, Depot, Line, Policy, Request


class Company(IntEnum):
    CASA = 1
    SUDESTE = 2
    NORDESTE = 3


class Product(IntEnum):
    PANELA = 11
    TOALHA = 12
    REDE = 13
    CORDA = 14
    GARRAFA = 15
    XICARA = 16
    BANDEJA = 17
    CARTAO = 18  # a gift card: no stock control


Counts = Mapping[Product, str | None]


def line(key: int, quantity: str, product: Product) -> Line:
    component = Component(product=product, counted=product is not Product.CARTAO)
    return Line(key=key, quantity=Decimal(quantity), components=(component,))


def kit(key: int, quantity: str) -> Line:
    parts = {Product.GARRAFA: 1, Product.XICARA: 4, Product.BANDEJA: 2}
    components = tuple(Component(product=product, per_unit=Decimal(count)) for product, count in parts.items())
    return Line(key=key, quantity=Decimal(quantity), components=components)


def company(name: Company, *depots: Counts, priority: int | None = None) -> Candidate:
    """Its depots are numbered 10, 11… for company 1, 20, 21… for company 2."""
    found = tuple(
        Depot(
            warehouse=name * 10 + rank,
            rank=rank,
            free={int(product): None if count is None else Decimal(count) for product, count in counts.items()},
        )
        for rank, counts in enumerate(depots)
    )
    return Candidate(company=name, priority=priority or int(name), depots=found)


def request(
    lines: list[Line],
    *candidates: Candidate,
    policy: Policy = Policy.PRIORITY,
    rule: ChannelRule | None = None,
) -> Request:
    return Request(lines=tuple(lines), candidates=candidates, policy=policy, rule=rule or ChannelRule())


def served(allocation: Allocation) -> dict[tuple[int, int], str]:
    """(company, line) → quantity in its shortest form."""
    return {(item.company, item.line): short(item.quantity) for item in allocation.served}


def short(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
