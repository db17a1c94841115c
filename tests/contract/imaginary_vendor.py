"""The imaginary vendor's adapter to the contract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from cais.connectors.imaginary.connector import CONNECTOR
from cais.connectors.imaginary.simulator import ImaginaryVendor
from cais.connectors.imaginary.simulator.shelf import Item
from cais.core.clock import BRASILIA
from cais.core.shelf import ShelfRef
from cais.ports.capabilities import Window
from cais.ports.session import Account
from tests.contract.face import Paths
from tests.contract.lending import account_for

DAY = timedelta(days=1)


class Imaginary:
    name = "imaginary"
    connector = CONNECTOR
    paths = Paths(
        listing="GET /store/orders",
        fetch="GET /store/orders/",
        statuses="GET /store/statuses",
        write_status="PUT /store/orders/",
        renew="POST /access",
        list_invoices="GET /store/orders/",
        add_invoice="POST /store/orders/",
        replace_invoice="PUT /store/orders/",
        write_tracking="PUT /store/orders/",
        read_tracking="GET /store/orders/",
        list_shelf="GET /store/products",
        read_shelf="GET /store/products/",
        write_shelf="PUT /store/products/",
        make_product="POST /store/products",
        erp_find="GET /erp/orders",
        erp_create="POST /erp/orders",
        erp_checks="POST /erp/checks",
    )

    def __init__(self, simulator: ImaginaryVendor) -> None:
        self.simulator = simulator

    def account(self) -> Account:
        return account_for(self.simulator.settings())

    def unauthorised_account(self) -> Account:
        return account_for({**self.simulator.settings(), "code": ""})

    def lately(self) -> Window:
        now = datetime.fromtimestamp(self.simulator.clock.now(), BRASILIA)
        return Window(first=(now - DAY).date(), last=(now + DAY).date())

    def sell(self, count: int = 1) -> list[str]:
        return [self.simulator.store.sell() for _ in range(count)]

    def sell_unreadable(self) -> str:
        return self.simulator.store.sell(changes={"placed_at": "ontem"})

    def sell_with_status(self, words: str) -> str:
        return self.simulator.store.sell(status_id=self.simulator.store.add_status(words))

    def change(self, order_id: str) -> None:
        self.simulator.store.edit(order_id, buyer_note="Entregar na portaria.")

    def fault(self, name: str, *, times: int = 1, only: str = "", seconds: float = 5.0) -> None:
        self.simulator.faults.next(name, times=times, only=only, seconds=seconds)

    def limit_with_retry_after(self, only: str) -> float:
        self.fault("error_429_wait", only=only, seconds=7)
        return 7.0

    def another_status(self, order_id: str) -> str:
        return "4" if self.status_of(order_id) != "4" else "5"

    def status_of(self, order_id: str) -> str:
        return self.simulator.store.status_of(order_id)

    def status_writes(self, order_id: str) -> int:
        return len(self.simulator.ledger.statuses_written(order_id))

    def expire_access(self) -> None:
        self.simulator.access.expire()

    def withdraw_access(self) -> None:
        self.simulator.access.expire(refresh_too=True)
        self.simulator.access.new_code()

    def block(self) -> None:
        self.simulator.choices.store_state = "blocked"

    def forgives_lost_renewals(self, on: bool) -> None:
        self.simulator.choices.code_once = not on

    def renewals(self) -> int:
        return len(self.simulator.ledger.of("token"))

    def calls(self) -> int:
        return self.simulator.ledger.count_calls()

    def as_another_store(self, query: dict[str, str]) -> dict[str, str]:
        return {**query, "store": "78"}

    def approve(self, url: str) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(httpx.get(url).headers["location"]).query))

    def tracking_of(self, order_id: str) -> tuple[str, str, str]:
        held = self.simulator.shipments.of(order_id)
        return held.get("code", ""), held.get("url", ""), held.get("day", "")

    def tracking_writes(self, order_id: str) -> int:
        told = [event for event in self.simulator.ledger.of("shipment") if event.subject == order_id]
        return sum(bool(event.details["changed"]) for event in told)

    def notices(self) -> list[tuple[str, bytes]]:
        return [("application/json", body) for body in self.simulator.notices()]

    def account_number(self) -> str:
        return self.simulator.access.store_id

    def invoices_added(self, order_id: str) -> list[str]:
        return list(self.simulator.ledger.invoice_keys(order_id).elements())

    def last_invoice(self, order_id: str) -> dict[str, Any]:
        told = [event for event in self.simulator.ledger.of("invoice") if event.subject == order_id]
        invoice_id = str(told[-1].details["invoice_id"])
        held: Any = self.simulator.invoices.held[order_id][invoice_id]
        return {
            "id": invoice_id,
            "number": int(held["number"]),
            "series": int(held["series"]),
            "total": Decimal(held["total"]),
            "cfops": [(each["product_id"], each["variant_id"], each["cfop"]) for each in held["lines"]],
            **{name: held[name] for name in ("key", "xml", "link")},
        }

    def issue_invoice(self, order_id: str, key: str) -> None:
        self.simulator.invoices.issue(order_id, key)

    def put_on_shelf(self, reference: str, *, stock: str = "5", price: str = "10.00", gtin: str = "") -> ShelfRef:
        return _ref(self.simulator.shelf.put(reference, stock=stock, price=price, gtin=gtin))

    def put_variants(self, *references: str) -> list[ShelfRef]:
        parent = self.simulator.shelf.put(f"familia-{references[0]}", stock=None)
        own = [self.simulator.shelf.put(each, stock="5", product=parent[0]) for each in references]
        return [_ref(key) for key in (parent, *own)]

    def give_reference(self, ref: ShelfRef, reference: str) -> None:
        self.simulator.shelf.edit((ref.external_id, ref.variant_id), reference=reference)

    def shelf_stock(self, ref: ShelfRef) -> Decimal:
        return self._item(ref).stock or Decimal(0)

    def stock_writes(self, ref: ShelfRef) -> int:
        return self._told("stock", ref)

    def shelf_price(self, ref: ShelfRef) -> tuple[Decimal, Decimal, str, str]:
        item = self._item(ref)
        return item.price or Decimal(0), item.offer or Decimal(0), item.first, item.last

    def price_writes(self, ref: ShelfRef) -> int:
        return self._told("price", ref)

    def sell_from_shelf(self, ref: ShelfRef, units: int) -> str:
        return self.simulator.store.buy([(self._item(ref).reference, str(units), "10.00")])

    def products_bearing(self, reference: str) -> int:
        return len(self.simulator.shelf.bearing(reference))

    def refuse_shelf(self) -> None:
        self.simulator.choices.shelf_refused = True

    def _item(self, ref: ShelfRef) -> Item:
        return self.simulator.shelf.items[ref.external_id, ref.variant_id]

    def _told(self, kind: str, ref: ShelfRef) -> int:
        subject = f"{ref.external_id}/{ref.variant_id}"
        told = [event for event in self.simulator.ledger.of(kind) if event.subject == subject]
        return sum(event.details["by"] == "api" for event in told)

    def erp_orders(self, reference: str) -> int:
        return len(self.simulator.erp.by_reference(reference))

    def erp_cancelled(self, reference: str) -> int:
        cancelled = self.simulator.ledger.of("erp_cancelled")
        return sum(event.details["reference"] == reference for event in cancelled)

    def erp_document(self, reference: str) -> dict[str, Any]:
        received: Any = self.simulator.erp.by_reference(reference)[0].document
        lines = [(each["sku"], Decimal(each["quantity"]), Decimal(each["total"])) for each in received["lines"]]
        amounts = {name: Decimal(received[name]) for name in ("freight", "discount", "surcharge", "total")}
        lines_total = sum(total for _, _, total in lines)
        buyer = {"cnpj": received["cnpj"], "document": received["buyer"]["document"]}
        return {**buyer, **amounts, "lines": lines, "lines_total": lines_total}

    def erp_refuses(self, only: str) -> None:
        self.fault("rejected", only=only)

    def dedupes(self, on: bool) -> None:
        self.simulator.choices.ensure_by_reference = on

    def stock(self, cnpj: str, sku: str, *, quantity: str, active: bool = True) -> None:
        self.simulator.choices.strict_products = True
        self.simulator.erp.put_product(cnpj, sku, quantity=quantity, active=active)


def _ref(key: tuple[str, str]) -> ShelfRef:
    return ShelfRef(external_id=key[0], variant_id=key[1])


@contextmanager
def start_imaginary(**choices: object) -> Iterator[Imaginary]:
    """`choices` are fields of the simulator's `Choices`."""
    with ImaginaryVendor() as simulator:
        for name, value in choices.items():
            setattr(simulator.choices, name, value)
        yield Imaginary(simulator)


def imaginary_variations() -> list[dict[str, object]]:
    """The vendor's habits that an ordinary day may meet, one at a time."""
    return [
        {"ensure_by_reference": False},
        {"gives_total": False},
        {"page_size": 7},
        {"rotates_refresh": False},
        {"code_once": True},
        {"find_stale_seconds": 3600.0},
    ]
