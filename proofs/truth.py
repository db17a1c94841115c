"""What should have come of each order, from the simulated store's own word alone; the arithmetic is the proof's own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from stdnum.br import cnpj, cpf

from proofs.shop import PACKING, Shop

Record = Mapping[str, Any]
# An order by the name of its store and its number there.
Key = tuple[str, str]

PAID = frozenset({"A ENVIAR", "A ENVIAR VINDI", PACKING})
UNPAID = frozenset({"AGUARDANDO PAGAMENTO", "AGUARDANDO VINDI", "EM MONITORAMENTO"})
MOVED_ON = frozenset({"ENVIADO", "PROBLEMAS NA ENTREGA", "FINALIZADO", "CANCELADO", "CANCELADO AUT"})
CANCELLED = frozenset({"CANCELADO", "CANCELADO AUT"})


@dataclass(frozen=True, slots=True)
class Writing:
    """A status written through the interface. Seconds are of the store's clock; `stood` is how long `was` had stood."""

    was: str
    now: str
    stood: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """One order of a store as it stands at the end; `totals` are all it ever had.

    `prices` by SKU, of those that the order sells at one price only; `market` is where it was bought.
    """

    store: str
    number: int
    market: str
    sold_at: float
    status: str
    total: Decimal
    quantities: Mapping[str, Decimal]
    needs: Mapping[str, Decimal]
    prices: Mapping[str, Decimal]
    totals: frozenset[Decimal]
    was_paid: bool
    was_edited: bool = False
    writings: tuple[Writing, ...] = ()

    @property
    def key(self) -> Key:
        return self.store, str(self.number)

    @property
    def is_cancelled(self) -> bool:
        return self.status in CANCELLED

    @property
    def wants_units(self) -> bool:
        """Units are promised from the sale on, paid or not, until the order leaves or is cancelled."""
        return self.status not in MOVED_ON


@dataclass(slots=True)
class _Story:
    sold_at: float = 0.0
    was_paid: bool = False
    was_edited: bool = False
    totals: set[Decimal] = field(default_factory=set)
    writings: list[Writing] = field(default_factory=list)
    since: float = 0.0


def truth_of(store: str, orders: Iterable[Record], entries: Iterable[Record]) -> dict[Key, Sold]:
    """A store's orders as they stand, with what its `sold`, `edited`, `paid` and `status` entries tell of each."""
    stories = _stories(entries)
    found = [_sold(store, order, stories[order["order_id"]]) for order in orders]
    return {order.key: order for order in found}


def truth_of_all(shops: Iterable[Shop]) -> dict[Key, Sold]:
    """The same of several stores, asked of them now."""
    found: dict[Key, Sold] = {}
    for shop in shops:
        found |= truth_of(shop.name, shop.orders(), shop.entries("sold", "edited", "paid", "status"))
    return found


def _stories(entries: Iterable[Record]) -> dict[int, _Story]:
    stories: dict[int, _Story] = defaultdict(_Story)
    words: dict[int, str] = {}
    for entry in entries:
        story = stories[entry["order_id"]]
        if entry["kind"] == "status":
            words[entry["is"]] = entry["status"]
            if entry["by"] == "api":
                stood = entry["at"] - story.since
                story.writings.append(Writing(words.get(entry["was"], ""), entry["status"], stood))
            story.since = entry["at"]
            continue
        words[entry["status_id"]] = entry["status"]
        story.totals.add(Decimal(entry["total"]))
        if entry["kind"] == "sold":
            story.sold_at, story.since, story.was_paid = entry["at"], entry["at"], entry["paid"]
        story.was_edited |= entry["kind"] == "edited"
    return stories


def _sold(store: str, order: Record, story: _Story) -> Sold:
    needs: dict[str, Decimal] = defaultdict(Decimal)
    prices: dict[str, set[Decimal]] = defaultdict(set)
    for line in order["lines"]:
        needs[line["reference"]] += line["quantity"]
        prices[line["reference"]].add(Decimal(line["price"]))
    return Sold(
        store=store,
        number=order["order_id"],
        market=order["point_sale"],
        sold_at=story.sold_at,
        status=order["status"],
        total=Decimal(order["total"]),
        quantities={str(line["line_id"]): Decimal(line["quantity"]) for line in order["lines"]},
        needs=dict(needs),
        prices={sku: next(iter(found)) for sku, found in prices.items() if len(found) == 1},
        totals=frozenset(story.totals | {Decimal(order["total"])}),
        was_paid=story.was_paid,
        was_edited=story.was_edited,
        writings=tuple(story.writings),
    )


def is_sound(complete: Record) -> bool:
    """Whether an ERP could take the order: it adds up (Tray contract §11.2) and the buyer's document exists."""
    coupon = str(complete.get("discount_coupon") or "").rpartition("/")[2] or "0"
    parts = (
        sum(Decimal(row["ProductsSold"]["price"]) * int(row["ProductsSold"]["quantity"]) for row in _lines(complete))
        - Decimal(complete["discount"])
        - Decimal(coupon)
        + Decimal(complete["shipment_value"])
        + Decimal(complete["payment_method_rate"])
        + Decimal(complete["taxes"])
    )
    customer = complete["Customer"]
    document = re.sub(r"[^0-9A-Z]", "", str(customer.get("cnpj") or customer.get("cpf") or "").upper())
    exists = cpf.is_valid(document) if len(document) == 11 else cnpj.is_valid(document)
    return parts == Decimal(complete["total"]) and bool(exists)


def _lines(complete: Record) -> list[Record]:
    return list(complete["ProductsSold"])
