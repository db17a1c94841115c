"""The merchant of the import's bench: company, products with plenty of stock, and a Tray store that sells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from django.db.models.functions import Now
from django.utils import timezone

from bench.simulated_access import access_to
from cais.companies.models import Company
from cais.connections.models import Connection
from cais.connectors.tray.simulator import TraySimulator
from cais.connectors.tray.simulator.catalogue import catalogue
from cais.connectors.tray.simulator.records import Order as SoldOrder
from cais.connectors.tray.simulator.render_orders import OrderRenderer
from cais.connectors.tray.simulator.scenario import Scenario
from cais.connectors.tray.simulator.simulator import SimulatedStore
from cais.connectors.tray.simulator.store import StoreConfig
from cais.core.digest import digest_of_bytes
from cais.intake.models import ORDERS, Document
from cais.ops import demo_mappings, demo_seed

PACKING = "EM SEPARAÇÃO"
PLENTY = 5_000_000
# Everything is paid at once and nothing changes later: what is measured is the way in.
PLAIN = replace(Scenario.clean(), unpaid=0.0, cancelled=0.0, edited=0.0, moved=0.0, paid_later=0.0)


@dataclass(frozen=True, slots=True)
class Merchant:
    """`company` sells what `shop` sells; `store` is the connection between them."""

    company: Company
    store: Connection
    erp: Connection
    shop: SimulatedStore

    def arrive(self, number: int) -> None:
        """So many orders, as they lie there once they were fetched: bytes, and a row that is due."""
        Document.objects.bulk_create(
            [
                Document(
                    group_id=self.store.group_id,
                    connection=self.store,
                    kind=ORDERS,
                    external_id=external_id,
                    needs_fetch=False,
                    raw=raw,
                    digest=digest_of_bytes(raw),
                    fetched_at=timezone.now(),
                    due_at=Now(),
                )
                for external_id, raw in self._payloads(number)
            ]
        )

    def _payloads(self, number: int) -> list[tuple[str, bytes]]:
        return [(str(order.id), self._bytes(order)) for order in islice(self._paid(), number)]

    def _paid(self) -> Iterator[SoldOrder]:
        while True:
            yield from (order for order in self.shop.sell(50) if order.paid_at)

    def _bytes(self, order: SoldOrder) -> bytes:
        store = self.shop.store
        renderer = OrderRenderer(
            book=store.book, base_url=store.base_url, choices=store.choices, store_id=store.config.store_id
        )
        return json.dumps(renderer.complete(order), ensure_ascii=False).encode()


@contextmanager
def merchant() -> Iterator[Merchant]:
    """In the scope of its group, with the dictionary filled and a status to be written after capture."""
    config = StoreConfig(stock_factor=PLENTY)
    with TraySimulator(stores=(config,), scenario=PLAIN) as simulated, demo_seed.merchant() as company:
        shop = simulated.stores[0]
        shop.store.book.invent_status(PACKING)
        demo_seed.register(company.group, catalogue())
        demo_seed.receive(company, {item.sku: PLENTY for item in catalogue() if not item.components})
        start = timezone.now() - timedelta(minutes=5)
        store = demo_seed.open_store(company, access_to(shop, simulated), start_at=start)
        demo_seed.translate(store)
        demo_mappings.fill_in(store, actor_name=demo_seed.ACTOR)
        yield Merchant(
            company=company,
            store=Connection.objects.select_related("company").get(pk=store.pk),
            erp=Connection.objects.select_related("company").get(company=company, role="erp"),
            shop=shop,
        )
