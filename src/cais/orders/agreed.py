"""What a sale was made from, kept field by field, so that a later change in the store can be named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cais.core.digest import JSON, digest_of, plain
from cais.core.documents import AdjustmentKind
from cais.core.values import ZERO
from cais.orders.models import Order, OrderLine

Facts = Mapping[str, Any]
"""As stored: amounts in their shortest form as text, lines by the store's id of them."""

_AMOUNTS = (("freight", "Frete"), ("discount", "Desconto"), ("surcharge", "Acréscimo"), ("total", "Total"))
_ABSENT = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: what it was when the sale was made, and what the store says now; in words for a person."""

    field: str
    was: str
    now: str


def amounts_of(order: Order) -> dict[str, Decimal]:
    """What the order is worth, in the parts an ERP order and an invoice have.

    `total` is the store's total with `subsidy` (discounts that somebody else pays to the merchant) and without
    `withheld` (what the buyer paid to somebody else): neither changes what was sold, nor its price (feature B6).
    """
    freight = discount = surcharge = subsidy = withheld = ZERO
    for item in order.adjustments.all():
        if item.kind == AdjustmentKind.FREIGHT:
            freight += item.amount
        elif item.amount < ZERO and item.enters_invoice:
            discount -= item.amount
        elif item.amount < ZERO:
            subsidy -= item.amount
        elif item.enters_invoice:
            surcharge += item.amount
        else:
            withheld += item.amount
    if order.accepted_difference > ZERO:
        surcharge += order.accepted_difference
    else:
        discount -= order.accepted_difference
    total = order.lines_total + freight - discount + surcharge
    return {
        "goods": order.lines_total,
        "freight": freight,
        "discount": discount,
        "surcharge": surcharge,
        "total": total,
        "subsidy": subsidy,
        "withheld": withheld,
    }


def facts_of(order: Order, lines: Iterable[OrderLine]) -> dict[str, JSON]:
    """Lines, amounts, the buyer's document and the delivery address: whatever else changes changes no sale."""
    amounts = amounts_of(order)
    sold = {
        line.external_id: {
            "product": line.product_id,
            "name": line.name,
            "quantity": plain(line.quantity),
            "total": plain(line.total),
        }
        for line in lines
    }
    return {
        "lines": plain(sold),
        **{name: plain(amounts[name]) for name, _ in _AMOUNTS},
        "document": order.buyer.document,
        "delivery": plain(order.buyer.delivery),
    }


def fingerprint(order: Order, lines: Iterable[OrderLine]) -> str:
    """What an ERP order is made from: when it changes, the one made before no longer fits."""
    return fingerprint_of(facts_of(order, lines))


def is_other_than_agreed(order: Order) -> bool:
    """Changed since its sale was decided. Reads the order's lines."""
    return fingerprint(order, order.lines.filter(removed=False)) != order.erp_digest


def fingerprint_of(facts: Facts) -> str:
    """The store may call a product by another name and nothing has changed."""
    nameless = {key: {**line, "name": ""} for key, line in facts["lines"].items()}
    return digest_of({**facts, "lines": nameless})


def differences(was: Facts, now: Facts) -> list[Difference]:
    """Every field that changed: lines first, then money, buyer and address. Empty `was`: nothing to compare with."""
    if not was:
        return []
    return [
        *_of_lines(was["lines"], now["lines"]),
        *(Difference(words, _reais(was[key]), _reais(now[key])) for key, words in _AMOUNTS if was[key] != now[key]),
        *_of_text("CPF/CNPJ", was["document"], now["document"]),
        *_of_text("Entrega", _address(was["delivery"]), _address(now["delivery"])),
    ]


def _of_lines(was: Facts, now: Facts) -> Iterator[Difference]:
    for key, line in was.items():
        if key not in now:
            yield Difference(line["name"], _sold(line), "saiu do pedido")
        elif line["product"] != now[key]["product"]:
            yield Difference(line["name"], _sold(line), f"{now[key]['name']}: {_sold(now[key])}")
        else:
            yield from _of_text(f"{line['name']}, quantidade", _comma(line["quantity"]), _comma(now[key]["quantity"]))
            yield from _of_text(f"{line['name']}, valor", _reais(line["total"]), _reais(now[key]["total"]))
    for key, line in now.items():
        if key not in was:
            yield Difference(line["name"], "não havia", _sold(line))


def _of_text(field: str, was: str, now: str) -> Iterator[Difference]:
    if was != now:
        yield Difference(field, was or _ABSENT, now or _ABSENT)


def _sold(line: Facts) -> str:
    return f"{_comma(line['quantity'])} un., {_reais(line['total'])}"


def _address(place: Mapping[str, str]) -> str:
    parts = ("street", "number", "complement", "district", "city", "state", "postal_code", "recipient")
    return ", ".join(place[part] for part in parts if place.get(part))


def _comma(number: str) -> str:
    return number.replace(".", ",")


def _reais(amount: str) -> str:
    text = f"{Decimal(amount):,.2f}".translate(str.maketrans(",.", ".,"))
    return f"R$ {text}".replace("-", "−")
