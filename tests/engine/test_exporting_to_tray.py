"""*Exportar produtos* against a Tray store: one product whatever is lost, with all its data, stock to follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest

from cais.catalog.models import Product
from cais.connections.models import Connection
from cais.connectors.tray.simulator import Scenario, SimulatedStore, TraySimulator
from cais.connectors.tray.simulator.records import Product as SoldProduct
from cais.exporting.asking import export
from cais.exporting.models import ProductPublication
from cais.exporting.situations import Situation, standing_at
from cais.ports.manifest import Capability
from cais.rehearsals.models import RehearsalRow
from tests.engine.house import House
from tests.engine.plans import applied
from tests.engine.test_exporting import again, edited, product
from tests.engine.test_product_rehearsal import rehearsed
from tests.engine.tray_store import connect_tray

SKU = "NOVO-001"


@dataclass
class Shop:
    home: House
    site: SimulatedStore

    def sold(self, sku: str = SKU) -> list[SoldProduct]:
        with self.site.store.lock:
            return [each for each in self.site.store.shelf.products.values() if each.reference == sku]

    def situation(self, sku: str = SKU) -> str:
        return str(standing_at(self.home.store).get(sku=sku).situation)

    def export(self, *products: Product) -> None:
        export(self.home.store, [each.pk for each in products], actor_name="Rosana")
        self.home.work()


@pytest.fixture
def shop(home: House) -> Iterator[Shop]:
    """A Tray store that is told products and their stock, in the place of the imaginary one."""
    with TraySimulator(scenario=Scenario.clean(seed=3, rate=0.0)) as tray:
        (site,) = tray.stores
        store = connect_tray(home.company, tray)
        functions = [*store.functions, Capability.WRITE_STOCK, Capability.WRITE_PRODUCTS]
        Connection.objects.filter(pk=store.pk).update(functions=functions)
        store.refresh_from_db()
        home.store = store
        yield Shop(home, site)


def described(home: House) -> Product:
    return product(
        home,
        SKU,
        gtin="7890000009997",
        brand="Barro Claro",
        description="Feita à mão.\n\nVai ao forno & à mesa.",
        length_cm=Decimal("30.4"),
        width_cm=Decimal(20),
        height_cm=Decimal(6),
    )


def test_a_product_arrives_with_its_data_and_then_with_its_stock(shop: Shop) -> None:
    shop.export(described(shop.home))
    (sold,) = shop.sold()
    assert (sold.name, sold.ean, sold.ncm, sold.brand) == (
        "Produto NOVO-001",
        "7890000009997",
        "69111090",
        "Barro Claro",
    )
    assert (sold.weight, sold.length, sold.width, sold.height) == (250, 31, 20, 6)
    assert (sold.price, sold.stock, sold.available) == (10, 7, True)
    assert shop.situation() == Situation.EXPORTED


def test_a_lost_answer_makes_no_second_product(shop: Shop) -> None:
    shop.site.faults.next("lost_after_commit", only="POST /web_api/products")
    shop.export(described(shop.home))
    assert (len(shop.sold()), shop.situation()) == (1, Situation.QUEUED)
    again(shop.home)
    assert (len(shop.sold()), shop.situation()) == (1, Situation.EXPORTED)


def test_a_later_change_and_another_sku_follow_by_themselves(shop: Shop) -> None:
    found = described(shop.home)
    shop.export(found)
    (before,) = shop.sold()
    edited(shop.home, found, name="Travessa", sku="NOVO-002", weight_g=300)
    (after,) = shop.sold("NOVO-002")
    assert (after.id, after.name, after.weight, shop.sold()) == (before.id, "Travessa", 300, [])
    assert shop.situation("NOVO-002") == Situation.EXPORTED


def test_what_the_store_sells_already_is_left_as_it_is(shop: Shop) -> None:
    there = next(each for each in shop.site.store.shelf.products.values() if each.reference == "FER-FRI-20")
    shop.export(product(shop.home, "FER-FRI-20", name="Outro nome"))
    assert (there.name, len(shop.sold("FER-FRI-20"))) == ("Frigideira de ferro 20 cm", 1)
    assert (shop.situation("FER-FRI-20"), ProductPublication.objects.get().hold) == (
        Situation.STOPPED,
        "product_theirs",
    )


def test_a_plan_is_applied_as_it_was_seen(shop: Shop) -> None:
    found = product(shop.home, "FER-FRI-20", name="Frigideira nova", brand="Serra Velha", ncm="73239100")
    plan = rehearsed(shop.home, found)
    (row,) = plan.rows.all()
    assert ["Nome", "Frigideira de ferro 20 cm", "Frigideira nova"] in row.fields
    applied(shop.home, plan)
    assert set(plan.rows.values_list("state", flat=True)) == {RehearsalRow.State.APPLIED}
    assert shop.sold("FER-FRI-20")[0].name == "Frigideira nova"


def test_what_tray_does_not_take_is_told_in_its_words(shop: Shop) -> None:
    shop.export(product(shop.home, SKU, description="x" * 4801))
    row = ProductPublication.objects.get()
    assert (shop.sold(), row.hold) == ([], "product_refused")
    assert row.error
