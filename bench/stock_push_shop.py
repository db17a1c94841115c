"""The merchant of the bench of stock: many products linked to simulated Tray stores, whose days the bench lets pass."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from bench.import_merchant import PLAIN
from bench.simulated_access import access_to
from bench.stock_push_counts import PLANS
from cais.catalog.models import Listing, Product
from cais.companies.models import Company
from cais.connections.models import Budget, Connection
from cais.connections.services import change_settings
from cais.connectors.tray.simulator import SimulatedStore, TraySimulator
from cais.connectors.tray.simulator.records import Product as SoldProduct
from cais.connectors.tray.simulator.store import StoreConfig
from cais.ops import demo_mappings, demo_seed
from cais.ports.manifest import Capability
from cais.shelves.marks import mark_all
from cais.shelves.models import Mark, StockPublication
from cais.simkit import Clock
from cais.stock import ledger
from cais.stock.models import LedgerEntry

SHOWN, COUNTED = 5, 40
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Account:
    """One store of the merchant's, by the plan of its calls."""

    plan: str
    store: Connection
    shop: SimulatedStore

    def open(self) -> None:
        Connection.objects.filter(pk=self.store.pk).update(paused=False)

    def switch(self, *, stock: bool) -> None:
        """As after a rehearsal that a person saw; switching on looks at every product."""
        functions = {*self.store.functions} - {Capability.WRITE_STOCK}
        wanted = functions | ({Capability.WRITE_STOCK} if stock else set())
        Connection.objects.filter(pk=self.store.pk).update(functions=sorted(wanted))
        self.store.refresh_from_db()
        if stock:
            mark_all(self.store)

    def use(self, calls: int, *, local_day: date) -> None:
        """So many calls of the day were made already, and both sides know it."""
        with self.shop.store.lock:
            self.shop.store.limits.used_today = calls
        own = {"group": self.store.group, "day": local_day, "day_calls": calls}
        Budget.objects.update_or_create(connection=self.store, defaults=own)

    def leave(self) -> None:
        """Nothing is said here any more, and nothing of what waits costs the others anything."""
        Connection.objects.filter(pk=self.store.pk).update(paused=True)
        StockPublication.objects.filter(connection=self.store).delete()
        Mark.objects.filter(connection_id=self.store.pk).delete()

    def waiting(self) -> int:
        marked = Mark.objects.filter(connection_id=self.store.pk).count()
        return marked + StockPublication.objects.filter(connection=self.store, due_at__isnull=False).count()

    def level(self) -> int:
        """What a bounded push left over is written by hand on both sides. Returns how many rows."""
        rows = StockPublication.objects.filter(connection=self.store, due_at__isnull=False, lease=None, in_flight=False)
        left = list(rows.select_related("listing").only("desired", "desired_digest", "listing__external_id"))
        with self.shop.store.lock:
            for row in left:
                self.shop.store.shelf.products[int(row.listing.external_id)].stock = int(row.desired or 0)
                row.published, row.published_digest, row.due_at = row.desired, row.desired_digest, None
        StockPublication.objects.bulk_update(left, ["published", "published_digest", "due_at"], batch_size=_BATCH)
        return len(left)


@dataclass(frozen=True, slots=True)
class Pier:
    """The merchant, the simulated vendor, and the products by their SKU."""

    company: Company
    tray: TraySimulator
    accounts: dict[str, Account]
    products: dict[str, int]

    def change(self, skus: Sequence[str]) -> None:
        """One unit more of each."""
        warehouse = self.company.warehouses.order_by("pk")[0].pk
        self._post(skus, warehouse, Decimal(1), LedgerEntry.Kind.ADJUST)

    def receive(self, skus: Sequence[str]) -> None:
        warehouse = self.company.warehouses.order_by("pk")[0].pk
        for first in range(0, len(skus), _BATCH):
            self._post(skus[first : first + _BATCH], warehouse, Decimal(COUNTED), LedgerEntry.Kind.RECEIVE)

    def _post(self, skus: Sequence[str], warehouse: int, units: Decimal, kind: LedgerEntry.Kind) -> None:
        with transaction.atomic():
            ledger.post(
                [
                    ledger.Change(
                        group_id=self.company.group_id,
                        product_id=self.products[sku],
                        warehouse_id=warehouse,
                        kind=kind,
                        on_hand=units,
                        reason="bench",
                    )
                    for sku in skus
                ]
            )


@contextmanager
def pier(size: int, folder: Path) -> Iterator[Pier]:
    """In the scope of its group; nothing is sent yet. The last simulated store is the floor's, and no connection's."""
    days = [*PLANS.values(), max(PLANS.values())]
    configs = [replace(StoreConfig(), store_id=f"39125{place}", per_day=day) for place, day in enumerate(days)]
    vendor = TraySimulator(
        stores=configs, clock=Clock.from_environment(os.environ), scenario=PLAIN, ledger=folder / "store.jsonl"
    )
    with vendor as tray, demo_seed.merchant() as company:
        products = _register(company, size)
        accounts = {plan: _open(company, tray, plan, place) for place, plan in enumerate(PLANS)}
        made = Pier(company, tray, accounts, products)
        made.receive(list(products))
        for account in accounts.values():
            _link(account, products)
        yield made


def _register(company: Company, size: int) -> dict[str, int]:
    rows = [
        Product(group=company.group, sku=f"BEN-{number:05}", name=f"Peça {number}", ncm="69111090", price=Decimal(10))
        for number in range(size)
    ]
    return {row.sku: row.pk for row in Product.objects.bulk_create(rows, batch_size=_BATCH)}


def _open(company: Company, tray: TraySimulator, plan: str, place: int) -> Account:
    shop = tray.stores[place]
    start = timezone.now() - timedelta(days=1)
    made = demo_seed.open_store(company, access_to(shop, tray), start_at=start, name=f"Loja {plan}")
    change_settings(made, {"profile": plan})
    demo_seed.translate(made)
    demo_mappings.fill_in(made, actor_name=demo_seed.ACTOR)
    Connection.objects.filter(pk=made.pk).update(paused=True)
    store = Connection.objects.select_related("company").get(pk=made.pk)
    return Account(plan, store, shop)


def _link(account: Account, products: dict[str, int]) -> None:
    """The links themselves are not what is measured: they are made by hand."""
    own = {"group_id": account.store.group_id, "connection": account.store}
    rows = [
        Listing(product_id=key, external_id=str(_put(account.shop, sku).id), reference=sku, **own)
        for sku, key in products.items()
    ]
    Listing.objects.bulk_create(rows, batch_size=_BATCH)


def _put(shop: SimulatedStore, sku: str) -> SoldProduct:
    with shop.store.lock:
        shelf = shop.store.shelf
        thing = SoldProduct(id=shelf.new_id(), name=sku, price=Decimal(10), stock=SHOWN, reference=sku, ncm="69111090")
        return shelf.add_product(thing)
