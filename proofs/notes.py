"""What the simulators say: notes as SEFAZ has them, invoices as the store shows them, orders as it sold them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree

Record = Mapping[str, Any]
# Goods of the store: (product id, variant id).
Product = tuple[int, int]
_NS = {"n": "http://www.portalfiscal.inf.br/nfe"}
AUTHORISED = frozenset({"100", "120", "150"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """An authorised note, read from the bytes that SEFAZ received. CFOPs and units by SKU."""

    key: str
    order: str
    series: int
    number: int
    total: Decimal
    protocol: str
    xml: str
    cfops: Mapping[str, str]
    units: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An invoice as it stands in the store."""

    key: str
    number: int
    series: int
    total: Decimal
    xml: str
    cfops: Mapping[Product, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """An order of the store. `products` by what the store calls them, with their SKU."""

    order: str
    total: Decimal
    market: str
    products: Mapping[Product, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One note that reached SEFAZ, authorised or not. `at` is on the common clock."""

    key: str
    order: str
    digest: str
    at: float
    is_authorised: bool
    was_heard: bool


def bought(orders: Iterable[Record]) -> list[Bought]:
    return [
        Bought(
            order=str(order["order_id"]),
            total=Decimal(order["total"]),
            market=order["point_sale"],
            products={
                (int(line["product_id"]), int(line["variant_id"] or 0)): line["reference"] for line in order["lines"]
            },
        )
        for order in orders
    ]


def sendings(entries: Iterable[Record]) -> list[Sending]:
    """From the ledger's `note` entries."""
    return [
        Sending(
            key=entry["key"],
            order=entry["order"],
            digest=entry["digest"],
            at=entry["at"],
            is_authorised=entry["outcome"] in AUTHORISED,
            was_heard=bool(entry["heard"]),
        )
        for entry in entries
    ]


def notes(kept: Iterable[Record], sent: Iterable[Sending]) -> list[Note]:
    """The authorised ones of what SEFAZ keeps. The order is the one that SEFAZ read in the bytes."""
    orders = {sending.key: sending.order for sending in sent}
    return [_note(row, orders[row["key"]]) for row in kept if row["code"] in AUTHORISED]


def _note(row: Record, order: str) -> Note:
    root = etree.fromstring(row["xml"])
    cfops: dict[str, str] = {}
    units: dict[str, Decimal] = defaultdict(Decimal)
    for product in root.iterfind(".//n:det/n:prod", _NS):
        sku = product.findtext("n:cProd", namespaces=_NS)
        cfops[sku] = product.findtext("n:CFOP", namespaces=_NS)
        units[sku] += Decimal(product.findtext("n:qCom", namespaces=_NS))
    return Note(
        key=row["key"],
        order=order,
        series=int(root.findtext(".//n:ide/n:serie", namespaces=_NS)),
        number=int(root.findtext(".//n:ide/n:nNF", namespaces=_NS)),
        total=Decimal(root.findtext(".//n:ICMSTot/n:vNF", namespaces=_NS)),
        protocol=row["protocol"],
        xml=row["xml"].decode(),
        cfops=cfops,
        units=dict(units),
    )


def shown(entries: Iterable[Record]) -> dict[str, list[Shown]]:
    """By order, from the ledger's `invoice` entries: of each invoice what was written last."""
    last: dict[tuple[str, int], Record] = {}
    for entry in entries:
        last[str(entry["order_id"]), int(entry["invoice_id"])] = entry["sent"]
    found: dict[str, list[Shown]] = defaultdict(list)
    for (order, _), sent in last.items():
        found[order].append(_shown(sent))
    return dict(found)


def _shown(sent: Record) -> Shown:
    return Shown(
        key=str(sent["key"]),
        number=int(sent["number"]),
        series=int(sent["serie"]),
        total=Decimal(sent["value"]),
        xml=str(sent["xml_danfe"]),
        cfops={(int(row["product_id"]), int(row["variation_id"])): row["cfop"] for row in sent["ProductCfop"]},
    )
