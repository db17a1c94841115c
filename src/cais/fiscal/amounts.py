"""The cents of a note: what is charged for the whole is shared out to the items, and totals are sums of items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from cais.core.values import ZERO, share
from cais.fiscal.documents import Item, NoteDoc
from cais.fiscal.text import cents

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAmounts:
    """vProd, vFrete, vDesc and vOutro of one item, in cents."""

    goods: Decimal
    freight: Decimal
    discount: Decimal
    surcharge: Decimal

    @property
    def charged(self) -> Decimal:
        """What the buyer pays for the item: the base of every tax on it (single base, LC 87/1996 art. 13 §1)."""
        return self.goods - self.discount + self.freight + self.surcharge


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """The items' amounts in the note's order, and their sums (ICMSTot)."""

    items: tuple[ItemAmounts, ...]
    goods: Decimal
    freight: Decimal
    discount: Decimal
    surcharge: Decimal
    approximate_taxes: Decimal | None = None

    @property
    def total(self) -> Decimal:
        """vNF for a seller under the Simples: no tax is charged beside the price."""
        return self.goods - self.discount + self.freight + self.surcharge


def amounts_of(note: NoteDoc) -> Amounts:
    """Share freight, discount and surcharge by gross value, the cents left over to the largest remainders.

    What the items' own discounts have taken away can bear no discount of the note.
    """
    gross = [item.total for item in note.items]
    freight = share(note.freight, gross)
    surcharge = share(note.surcharge, gross)
    discount = share(note.discount, [item.total - item.discount for item in note.items])
    items = tuple(
        ItemAmounts(
            goods=cents(item.total),
            freight=freight[index],
            discount=cents(item.discount) + discount[index],
            surcharge=surcharge[index],
        )
        for index, item in enumerate(note.items)
    )
    return Amounts(
        items=items,
        goods=_sum(item.goods for item in items),
        freight=_sum(item.freight for item in items),
        discount=_sum(item.discount for item in items),
        surcharge=_sum(item.surcharge for item in items),
        approximate_taxes=_approximate_taxes(note.items),
    )


def percentage(base: Decimal, rate: Decimal) -> Decimal:
    """`rate` per cent of a base, rounded half up to the cent, item by item."""
    return cents(base * rate / HUNDRED)


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, ZERO)


def _approximate_taxes(items: Iterable[Item]) -> Decimal | None:
    known = [item.approximate_taxes for item in items if item.approximate_taxes is not None]
    return _sum(known) if known else None
