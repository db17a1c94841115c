"""Tray's adapter to the contract: drives its simulator, knows nothing of its client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from cais.connectors.tray.connector import CONNECTOR
from cais.connectors.tray.simulator import Choices, TraySimulator
from cais.connectors.tray.simulator.records import Product, Variant
from cais.core.clock import BRASILIA
from cais.core.shelf import ShelfRef
from cais.ports.capabilities import Window
from cais.ports.session import Account
from cais.simkit import Request, Response, Server
from tests.contract.face import Paths
from tests.contract.lending import account_for

BLOCKED = 1001
DAY = timedelta(days=1)


class Tray:
    name = "tray"
    connector = CONNECTOR
    paths = Paths(
        listing="GET /web_api/orders",
        fetch="GET /web_api/orders/",
        statuses="GET /web_api/orders/statuses",
        write_status="PUT /web_api/orders/",
        renew="GET /web_api/auth",
        list_invoices="GET /web_api/orders/",
        add_invoice="POST /web_api/orders/",
        replace_invoice="PUT /web_api/orders/",
        write_tracking="PUT /web_api/orders/",
        read_tracking="GET /web_api/orders/",
        list_shelf="GET /web_api/products",
        read_shelf="GET /web_api/products/",
        write_shelf="PUT /web_api/products/",
        make_product="POST /web_api/products",
    )

    def __init__(self, simulator: TraySimulator, heard: list[Request]) -> None:
        self.simulator = simulator
        self.heard = heard
        (self.site,) = simulator.stores
        self.book = self.site.store.book

    def account(self) -> Account:
        return account_for({**self._typed(), "api_address": self.site.api_address, "code": self.site.install()})

    def unauthorised_account(self) -> Account:
        return account_for(self._typed())

    def lately(self) -> Window:
        now = datetime.fromtimestamp(self.simulator.clock.now(), BRASILIA)
        return Window(first=(now - DAY).date(), last=(now + DAY).date())

    def sell(self, count: int = 1) -> list[str]:
        return [str(order.id) for order in self.site.sell(count)]

    def sell_unreadable(self) -> str:
        (order,) = self.site.sell()
        order.lines[0].quantity = -1
        return str(order.id)

    def sell_with_status(self, words: str) -> str:
        (order,) = self.site.sell()
        with self.site.store.lock:
            self.book.set_status(order, self.book.invent_status(words), by="merchant")
        return str(order.id)

    def change(self, order_id: str) -> None:
        with self.site.store.lock:
            order = self.book.orders[int(order_id)]
            self.book.set_quantity(order, order.lines[0].id, quantity=order.lines[0].quantity + 1, by="merchant")

    def fault(self, name: str, *, times: int = 1, only: str = "", seconds: float = 5.0) -> None:
        self.site.faults.next(name, times=times, only=only, seconds=seconds)

    def limit_with_retry_after(self, only: str) -> float:
        self.site.choose(retry_after="present")
        self.fault("error_429", only=only)
        return 60.0

    def another_status(self, order_id: str) -> str:
        sent, done = self.book.status_named("ENVIADO").id, self.book.status_named("FINALIZADO").id
        return str(done if self.status_of(order_id) == str(sent) else sent)

    def status_of(self, order_id: str) -> str:
        return str(self.book.orders[int(order_id)].status_id)

    def status_writes(self, order_id: str) -> int:
        moves = (entry.facts for entry in self.simulator.ledger.entries(kind="status"))
        return sum(each["by"] == "api" and each["order_id"] == int(order_id) for each in moves)

    def tracking_of(self, order_id: str) -> tuple[str, str, str]:
        order = self.book.orders[int(order_id)]
        return order.sending_code, order.tracking_url, order.sending_date

    def tracking_writes(self, order_id: str) -> int:
        told = (entry.facts for entry in self.simulator.ledger.entries(kind="changed"))
        return sum("sending_code" in each["fields"] for each in told if each["order_id"] == int(order_id))

    def notices(self) -> list[tuple[str, bytes]]:
        self.simulator.messenger.step()
        return [(request.headers["content-type"], request.body) for request in self.heard]

    def account_number(self) -> str:
        return self.site.store.config.store_id

    def invoices_added(self, order_id: str) -> list[str]:
        told = self._invoices_told(order_id)
        return [str(each["sent"]["key"]) for each in told if each["act"] == "created"]

    def last_invoice(self, order_id: str) -> dict[str, Any]:
        last = self._invoices_told(order_id)[-1]
        sent = last["sent"]
        return {
            "id": str(last["invoice_id"]),
            "number": int(sent["number"]),
            "series": int(sent["serie"]),
            "total": Decimal(sent["value"]),
            "xml": sent["xml_danfe"],
            "cfops": [(each["product_id"], _variant(each), each["cfop"]) for each in sent["ProductCfop"]],
            **{name: sent[name] for name in ("key", "link")},
        }

    def issue_invoice(self, order_id: str, key: str) -> None:
        httpx.post(f"{self.site.base_url}/_sim/invoice", json={"order_id": order_id, "key": key}).raise_for_status()

    def put_on_shelf(self, reference: str, *, stock: str = "5", price: str = "10.00", gtin: str = "") -> ShelfRef:
        with self.site.store.lock:
            product = self._product(reference, stock=int(stock), price=price, gtin=gtin)
        return ShelfRef(external_id=str(product.id))

    def put_variants(self, *references: str) -> list[ShelfRef]:
        with self.site.store.lock:
            parent = self._product("", stock=0, price="10.00", gtin="")
            own = [self._variant(parent, reference) for reference in references]
        product = ShelfRef(external_id=str(parent.id))
        return [product, *(ShelfRef(external_id=str(parent.id), variant_id=str(one.id)) for one in own)]

    def give_reference(self, ref: ShelfRef, reference: str) -> None:
        self._thing(ref).reference = reference

    def shelf_stock(self, ref: ShelfRef) -> Decimal:
        return Decimal(self._thing(ref).stock)

    def stock_writes(self, ref: ShelfRef) -> int:
        moves = (entry.facts for entry in self.simulator.ledger.entries(kind="stock"))
        own = (each for each in moves if str(each["variant_id" if ref.variant_id else "product_id"]) == _key(ref))
        return sum(each["by"] == "api" and each["was"] != each["is"] for each in own)

    def shelf_price(self, ref: ShelfRef) -> tuple[Decimal, Decimal, str, str]:
        thing = self._thing(ref)
        first, last = ("" if day == "0000-00-00" else day for day in (thing.start_promotion, thing.end_promotion))
        return thing.price, thing.promotional_price, first, last

    def price_writes(self, ref: ShelfRef) -> int:
        told = (entry.facts for entry in self.simulator.ledger.entries(kind="price"))
        return sum(str(each.get("variant_id" if ref.variant_id else "product_id")) == _key(ref) for each in told)

    def sell_from_shelf(self, ref: ShelfRef, units: int) -> str:
        order = self.site.seller.buy(self._thing(ref).reference, units)
        assert order is not None
        return str(order.id)

    def products_bearing(self, reference: str) -> int:
        return sum(one.reference == reference for one in self.site.store.shelf.products.values())

    def refuse_shelf(self) -> None:
        self.site.faults.set("shelf_refused", probability=1)

    def _thing(self, ref: ShelfRef) -> Product | Variant:
        shelf = self.site.store.shelf
        return shelf.variants[int(ref.variant_id)] if ref.variant_id else shelf.products[int(ref.external_id)]

    def _product(self, reference: str, *, stock: int, price: str, gtin: str) -> Product:
        shelf = self.site.store.shelf
        number = shelf.new_id()
        return shelf.add_product(
            Product(
                id=number,
                name=f"Produto {number}",
                price=Decimal(price),
                stock=stock,
                reference=reference,
                ean=gtin,
            )
        )

    def _variant(self, parent: Product, reference: str) -> Variant:
        shelf = self.site.store.shelf
        return shelf.add_variant(
            Variant(
                id=shelf.new_id(),
                product_id=parent.id,
                reference=reference,
                ean="",
                price=Decimal("10.00"),
                stock=5,
                skus=[("Cor", reference)],
            )
        )

    def expire_access(self) -> None:
        with self.site.store.lock:
            self.site.store.tokens.revoke_access()

    def withdraw_access(self) -> None:
        with self.site.store.lock:
            self.site.store.tokens.uninstall(self.site.store.choices)

    def block(self) -> None:
        self.site.store.trouble = BLOCKED

    def forgives_lost_renewals(self, on: bool) -> None:
        self.site.choose(code="reusable" if on else "single_use")

    def renewals(self) -> int:
        calls = (entry.facts for entry in self.simulator.ledger.entries(kind="call"))
        return sum(str(each["path"]).rstrip("/").endswith("/auth") and each["status"] in (200, 201) for each in calls)

    def calls(self) -> int:
        return len(self.simulator.ledger.entries(kind="call"))

    def as_another_store(self, query: dict[str, str]) -> dict[str, str]:
        return {**query, "api_address": "https://outra-loja.exemplo.com.br/web_api", "store": "999999"}

    def approve(self, url: str) -> dict[str, str]:
        with httpx.Client() as browser:
            asked = browser.get(url)
            if asked.status_code == 200:
                assert "Autorizar" in asked.text
                asked = browser.post(url, data={"approve": "1"})
        return dict(parse_qsl(urlsplit(asked.headers["location"]).query))

    def _invoices_told(self, order_id: str) -> list[Any]:
        told = (entry.facts for entry in self.simulator.ledger.entries(kind="invoice"))
        return [each for each in told if str(each["order_id"]) == order_id and each["by"] == "api"]

    def _typed(self) -> dict[str, str]:
        app = self.simulator.app
        keys = {"consumer_key": app.consumer_key, "consumer_secret": app.consumer_secret}
        return {"store_url": self.site.base_url, "profile": "standard", **keys}


def _key(ref: ShelfRef) -> str:
    return ref.variant_id or ref.external_id


def _variant(named: dict[str, str]) -> str:
    return "" if named["variation_id"] == "0" else named["variation_id"]


@contextmanager
def start_tray(**choices: object) -> Iterator[Tray]:
    """`choices` are those of the simulator's README; the first value of each is the default."""
    heard: list[Request] = []

    def listen(request: Request) -> Response:
        heard.append(request)
        return Response(status=200)

    with Server(listen) as listener, TraySimulator(choices=Choices().with_values(choices)) as simulator:
        simulator.messenger.direct_to(listener.base_url)
        yield Tray(simulator, heard)


def tray_variations() -> list[dict[str, object]]:
    """Every point that no public source decides, each with every value that is not the default, one at a time."""
    return [{name: value} for name, values in Choices.alternatives().items() for value in values[1:]]
