"""A small merchant for the engine's tests: one group, one company, the embedded back office, an imaginary store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models.functions import Now

from cais.backoffice.models import SalesOrder
from cais.backoffice.opening import open_back_office
from cais.catalog.models import Product
from cais.companies.models import Company, Group
from cais.companies.scope import group_scope
from cais.companies.services import add_company, found_group
from cais.connections.models import Connection, Health
from cais.connectors.imaginary.simulator import ImaginaryVendor
from cais.core.effects import Meaning
from cais.intake.models import Cursor, Document
from cais.intake.services import connect_store
from cais.mappings.models import FreightMethod, SalesChannel
from cais.movements.models import Movement
from cais.ops.stages import STAGES, Stage, run_stage
from cais.orders.models import Order
from cais.publishing.models import ErpOrderPublication, StatusPublication
from cais.settling.services import dictionary_changed, reconsider_held
from cais.settling.values import fill
from cais.statuses.models import StatusEntry
from cais.stock import ledger
from cais.stock.models import LedgerEntry

CNPJ = "11222333000181"


@dataclass
class House:
    """What a test holds in its hands."""

    group: Group
    company: Company
    store: Connection
    vendor: ImaginaryVendor

    def product(self, sku: str, *, units: str = "100", price: str = "10") -> Product:
        """A product in the register with so many units in the company's warehouse."""
        made = Product.objects.create(group=self.group, sku=sku, name=f"Produto {sku}", ncm="69111090", price=price)
        self.receive(made, units)
        return made

    def receive(self, product: Product, units: str) -> None:
        if Decimal(units) == 0:
            return
        with transaction.atomic():
            ledger.post(
                [
                    ledger.Change(
                        group_id=self.group.pk,
                        product_id=product.pk,
                        warehouse_id=self.company.warehouses.get().pk,
                        kind=LedgerEntry.Kind.RECEIVE,
                        on_hand=Decimal(units),
                    )
                ]
            )

    def work(self, *, rounds: int = 12) -> None:
        """Let every stage do what is due, as the tick would, until nothing moves any more."""
        for _ in range(rounds):
            self.hurry()
            last = None
            for stage in STAGES.values():
                for key in list(stage.waiting()):
                    run_stage(stage, Connection.objects.select_related("company").get(pk=key))
                    last = stage
            if not self._busy(until=last):
                return

    def read(self) -> None:
        """The store is looked at again, and everything that follows is done."""
        Cursor.objects.filter(kind="orders").update(due_at=Now())
        self.work()

    def hurry(self) -> None:
        """Time passes: what was postponed is due, and a lease of a worker that died has ended."""
        Document.objects.filter(due_at__gt=Now(), recorded_digest="").update(due_at=Now())
        for model in (Movement, ErpOrderPublication, StatusPublication):
            model.objects.filter(due_at__gt=Now()).update(due_at=Now())
        Health.objects.update(wait_until=None, limited_until=None)

    def _busy(self, *, until: Stage | None) -> bool:
        """Whether one of them has work again; of those after the last that did some it is known that they have none."""
        if until is None:
            return False
        names = list(STAGES)
        return any(list(STAGES[name].waiting()) for name in names[: names.index(until.name) + 1])

    def translate(self, **meanings: Meaning) -> None:
        """Fill the dictionary by folded label: translate(pago=Meaning.PENDING)."""
        for label, meaning in meanings.items():
            rows = StatusEntry.objects.filter(connection=self.store, key=label.replace("_", " "))
            assert rows, f"no status {label} in {list(StatusEntry.objects.values_list('key', flat=True))}"
            dictionary_changed(list(rows), meaning, actor_name="Rosana")

    def order(self, external_id: str) -> Order:
        return Order.objects.get(connection=self.store, external_id=external_id)

    def sales(self) -> list[SalesOrder]:
        return list(SalesOrder.objects.order_by("number"))

    def reconsider(self) -> None:
        reconsider_held(self.group.pk)
        self.work()


@contextmanager
def house() -> Iterator[House]:
    """Found it, with the store's catalogue read and the usual words translated."""
    group = found_group("Grupo Jurubim")
    with group_scope(group.pk), ImaginaryVendor() as vendor:
        company = add_company(group, name="Casa", legal_name="Jurubim Casa Ltda", cnpj=CNPJ, state="SC")
        open_back_office(company)
        settings = vendor.settings()
        store = connect_store(
            company,
            connector="imaginary",
            modality="rest",
            name="Imaginária",
            values=settings,
            role="store",
            start_at="2020-01-01T00:00:00Z",
        )
        store.refresh_from_db()
        made = House(group=group, company=company, store=store, vendor=vendor)
        fill_in_the_usual(store)
        made.work()
        yield made


def fill_in_the_usual(store: Connection) -> None:
    """What a merchant says of the words that the imaginary store uses in every order."""
    own = {"group_id": store.group_id, "connection": store}
    freight = FreightMethod.objects.create(key="entrega comum", label="Entrega comum", **own)
    channel = SalesChannel.objects.create(key="loja imaginaria", label="Loja Imaginária", **own)
    fill([freight], {"freight_by": "0"}, actor_name="Rosana")
    fill([channel], {"nature": "own"}, actor_name="Rosana")
