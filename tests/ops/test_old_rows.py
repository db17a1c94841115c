"""Rows of before, as the migrations that rewrite data find them: what becomes of each was worked out by hand.

Going through all migrations from the first takes minutes. So each is given what it would meet, and nothing else: the
models of its day on a copy of the suite's database, whose tables are put back into the shape that they had.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader

from cais.catalog.models import Product
from cais.companies.models import Company, Group, Warehouse
from cais.connections.models import Connection
from cais.mappings.models import FreightMethod, PaymentMethod, SalesChannel
from cais.movements.models import Fulfilment, FulfilmentLine, Movement, MovementLine
from cais.orders.models import Order, OrderLine, OrderPayment
from cais.statuses.models import StatusEntry
from tests.conftest import Suite, _suite

D = Decimal
DAY = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def copy(django_db_setup: None, django_db_blocker: Any) -> Iterator[Suite]:
    suite = _suite()
    name = f"{suite.own}_old"
    with django_db_blocker.unblock():
        with suite.alone():
            suite.create(name, template=suite.template)
        suite.use(name)
        try:
            yield suite
        finally:
            suite.use(suite.own)
            suite.drop(name)


@dataclass
class Old:
    """The copy as the owner of its tables sees it, within a transaction that leaves nothing."""

    link: Any
    group: Group
    made: dict[str, int] = field(default_factory=dict)

    def sql(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        with self.link.cursor() as cursor:
            cursor.execute(text, values)
            return list(cursor.fetchall()) if cursor.description else []

    def new(self, model: Any, **facts: object) -> Any:
        """In bulk, so that no signal of today hears of it."""
        return model.objects.using("owner").bulk_create([model(group=self.group, **facts)])[0]

    def company(self, name: str) -> Company:
        place = Company.objects.using("owner").count() + 1
        cnpj = f"1144477700{place:04d}"
        return self.new(Company, name=name, legal_name=name, cnpj=cnpj, state="SC", priority=place)

    def store(self, company: Company, name: str = "Tray") -> Connection:
        made = self.new(Connection, company=company, connector="imaginary", modality="rest", role="store", name=name)
        self.new(StatusEntry, connection=made, label="Pago", key="pago")
        return made

    def order(self, store: Connection, number: str, **facts: object) -> Order:
        return self.new(
            Order,
            connection=store,
            external_id=number,
            number=number,
            version="1",
            digest="0" * 32,
            placed_at=DAY + timedelta(minutes=int(number)),
            status=StatusEntry.objects.using("owner").get(connection=store),
            status_label="Pago",
            **facts,
        )

    def line(self, order: Order, position: int, *, product: Product, quantity: str, total: str) -> OrderLine:
        return self.new(
            OrderLine,
            order=order,
            position=position,
            external_id=str(position),
            product=product,
            name=product.name,
            quantity=D(quantity),
            unit_price=D(total) / D(quantity),
            total=D(total),
        )

    def as_of(self, *targets: tuple[str, str]) -> Any:
        """The models as they were after these migrations."""
        loader = MigrationLoader(None, replace_migrations=False)
        for key, squashed in loader.replacements.items():
            loader.graph.remove_replacement_node(key, squashed.replaces)
        return loader.project_state(list(targets)).apps

    def put_back(self, model: Any) -> None:
        """The table as it was for a model of before: what came later may stay empty, what went away is there again."""
        self.sql("SET CONSTRAINTS ALL IMMEDIATE")  # a table that is still to be checked cannot be changed
        with self.link.schema_editor(atomic=False) as editor, self.link.cursor() as cursor:
            if model._meta.db_table not in self.link.introspection.table_names(cursor):
                editor.create_model(model)
                return
            there = self.link.introspection.get_table_description(cursor, model._meta.db_table)
            was = {column.column: column for column in model._meta.local_concrete_fields}
            for column in there:
                if column.name not in was and not column.null_ok:
                    editor.execute(f'ALTER TABLE "{model._meta.db_table}" ALTER "{column.name}" DROP NOT NULL')
            for name in was.keys() - {column.name for column in there}:
                editor.add_field(model, was[name])


@pytest.fixture
def old(copy: Suite) -> Iterator[Old]:
    with transaction.atomic(using="owner"):
        yield Old(connections["owner"], Group.objects.using("owner").create(name="Jurubim", slug="jurubim"))
        transaction.set_rollback(True, using="owner")


@dataclass(frozen=True)
class Editor:
    """All that the functions of a migration ask of the schema editor."""

    connection: Any


def migration(path: str) -> ModuleType:
    room, name = path.split(".")
    return import_module(f"cais.{room}.migrations.{name}")


def run(old: Old, function: Any, apps: Any) -> None:
    function(apps, Editor(old.link))


def sold(part: Fulfilment) -> list[tuple[int, str, Decimal, Decimal]]:
    rows = FulfilmentLine.objects.using("owner").filter(fulfilment=part).order_by("line__position", "pk")
    return [(row.line.position, row.product.sku, row.quantity, row.total) for row in rows]


def test_a_part_of_before_gets_its_orders_states_and_what_its_lines_are_worth(old: Old) -> None:
    company = old.company("Casa")
    depot = old.new(Warehouse, company=company, name="Principal")
    cup, tray = (old.new(Product, sku=sku, name=sku, price=D(price)) for sku, price in (("XIC", "30"), ("BAN", "20")))
    kit = old.new(Product, sku="KIT", name="Jogo", is_kit=True)
    order = old.order(old.store(company), "1", erp_state="done", erp_number="77", nfe_state="authorised")
    lines = [
        old.line(order, 1, product=cup, quantity="2", total="55.00"),
        old.line(order, 2, product=kit, quantity="1", total="100.00"),
        old.line(order, 3, product=tray, quantity="1", total="0.00"),
    ]
    gone = old.new(Movement, order=order, connection=order.connection, state="cancelled")
    kept = old.new(Movement, order=order, connection=order.connection, state="done")
    first, part = (
        old.new(Fulfilment, movement=movement, order=order, company=company, reference=f"CAIS-{movement.pk}")
        for movement in (gone, kept)
    )
    for line, product, quantity in ((0, cup, 2), (1, cup, 4), (1, tray, 2), (2, tray, 1)):
        old.new(MovementLine, movement=kept, line=lines[line], product=product, warehouse=depot, quantity=D(quantity))
    module = migration("movements.0004_what_sales_are_made_of")
    apps = old.as_of(("movements", "0003_parts_of_a_sale"))
    run(old, module.tell_states, apps)
    run(old, module.write_lines, apps)
    part.refresh_from_db()
    first.refresh_from_db()
    assert (part.erp_state, part.erp_number, part.nfe_state) == ("done", "77", "authorised")
    assert (first.erp_state, first.erp_number, first.nfe_state, sold(first)) == ("", "", "", [])
    # Of the kit 100.00 are cut 4 × 30 to 2 × 20, that is 120 to 40: three quarters and one.
    assert sold(part) == [
        (1, "XIC", D(2), D("55.00")),
        (2, "XIC", D(4), D("75.00")),
        (2, "BAN", D(2), D("25.00")),
        (3, "BAN", D(1), D("0.00")),
    ]


def test_what_connections_promised_is_promised_by_the_pool_of_their_company(old: Old) -> None:
    """Two stores of Casa promised 3 and 2, one of Norte 4; the depot's own balance and the other product stay."""
    casa, norte = old.company("Casa"), old.company("Norte")
    stores = [old.store(casa, "A"), old.store(casa, "B"), old.store(norte, "C")]
    depot = old.new(Warehouse, company=casa, name="Principal")
    cup = old.new(Product, sku="XIC", name="Xícara")
    for table in ("stock_balance", "stock_ledgerentry", "movements_reservation"):
        names = old.sql(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND confrelid = 'stock_pool'::regclass",
            table,
        )
        for (name,) in names:
            old.sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    place = "INSERT INTO stock_balance (group_id, product_id, warehouse_id, pool_id, on_hand, reserved) VALUES "
    old.sql(place + "(%s, %s, %s, NULL, 20, 1)", old.group.pk, cup.pk, depot.pk)
    for number, (store, units) in enumerate(zip(stores, (3, 2, 4), strict=True), start=1):
        order = old.order(store, str(number))
        line = old.line(order, 1, product=cup, quantity=str(units), total="10.00")
        old.sql(place + "(%s, %s, NULL, %s, 0, %s)", old.group.pk, cup.pk, store.pk, units)
        old.sql(
            "INSERT INTO stock_ledgerentry (group_id, product_id, pool_id, at, kind, on_hand, reserved, order_number,"
            " reason, actor_name) VALUES (%s, %s, %s, now(), 'reserve', 0, %s, '', '', '')",
            *(old.group.pk, cup.pk, store.pk, units),
        )
        old.sql(
            "INSERT INTO movements_reservation (group_id, order_id, line_id, product_id, pool_id, wanted, held,"
            " placed_at) VALUES (%s, %s, %s, %s, %s, %s, %s, now())",
            *(old.group.pk, order.pk, line.pk, cup.pk, store.pk, units, units),
        )
    old.sql(migration("stock.0003_pools_of_companies").MOVE)
    old.sql(migration("movements.0005_pools_of_companies").MOVE)
    balances, entries, promises = (
        old.sql(
            f"SELECT t.{column}, p.companies FROM {table} t JOIN stock_pool p ON p.id = t.pool_id ORDER BY 1, 2",
        )
        for table, column in (
            ("stock_balance", "reserved"),
            ("stock_ledgerentry", "reserved"),
            ("movements_reservation", "held"),
        )
    )
    assert balances == [(4, [norte.pk]), (5, [casa.pk])]
    assert entries == promises == [(2, [casa.pk]), (3, [casa.pk]), (4, [norte.pk])]
    assert old.sql("SELECT on_hand, reserved FROM stock_balance WHERE warehouse_id = %s", depot.pk) == [(20, 1)]
    with pytest.raises(Exception, match="append-only"), transaction.atomic(using="owner"):
        old.sql("UPDATE stock_ledgerentry SET reserved = 9")


def test_the_words_of_orders_of_before_get_a_row_each_to_be_filled_in(old: Old) -> None:
    store = old.store(old.company("Casa"))
    other = old.store(old.company("Norte"), "Outra")
    sedex, spelled, market = (
        old.order(store, "1", shipping_method="Sedex", channel="Loja virtual"),
        old.order(store, "2", shipping_method="SEDEX", channel="Loja virtual"),
        old.order(other, "3", shipping_method="Sedex", marketplace="Mercado Livre", channel="Tray"),
    )
    for order, method, kind in ((sedex, "Pix", "pix"), (spelled, "PIX", "pix")):
        old.new(OrderPayment, order=order, method=method, kind=kind)
    apps = old.as_of(("orders", "0011_values_of_the_store"))
    for name in ("FreightMethod", "SalesChannel", "PaymentMethod"):
        old.put_back(apps.get_model("mappings", name))
    run(old, migration("orders.0012_orders_find_their_values").find_values, apps)
    for order in (sedex, spelled, market):
        order.refresh_from_db()
    assert sedex.freight_method_id == spelled.freight_method_id != market.freight_method_id
    assert sedex.sales_channel_id == spelled.sales_channel_id
    channels = SalesChannel.objects.using("owner").order_by("pk").values_list("label", "may_split", "filled_at")
    assert sorted(channels) == [("Loja virtual", True, None), ("Mercado Livre", False, None)]
    assert FreightMethod.objects.using("owner").count() == 2
    methods = PaymentMethod.objects.using("owner").order_by("connection", "key").values_list("connection", "key")
    assert list(methods) == [(store.pk, "pix|pix"), (other.pk, "")]  # who named none gets the row without a name
    assert not OrderPayment.objects.using("owner").filter(payment_method=None).exists()


def test_a_seller_of_the_fiscal_set_up_becomes_the_channel_of_its_companys_stores(old: Old) -> None:
    casa, norte = old.company("Casa"), old.company("Norte")
    store, twin, far = old.store(casa, "A"), old.store(casa, "B"), old.store(norte, "C")
    channel = old.new(SalesChannel, connection=store, key="mercado livre", label="Mercado Livre", may_split=True)
    for number, document in (("1", "03007331000141"), ("2", ""), ("3", "10573521000191")):
        old.order(store, number, sales_channel=channel, marketplace_document=document)
    apps = old.as_of(
        ("nfe", "0003_permission_of_a_rehearsal"),
        ("orders", "0012_orders_find_their_values"),
        ("mappings", "0001_tables_of_a_store"),
    )
    seller = apps.get_model("nfe", "MarketplaceSeller")
    old.put_back(seller)
    old.put_back(apps.get_model("nfe", "MarketplaceSellerEvent"))
    old.put_back(apps.get_model("mappings", "SalesChannel"))
    for name, cnpj, code in (("Mercado Livre", "", "CASA-1"), ("Shopee", "35635824000112", "")):
        seller.objects.using("owner").create(
            group_id=old.group.pk, company_id=casa.pk, marketplace=name, cnpj=cnpj, seller_id=code
        )
    run(old, migration("nfe.0004_sellers_are_channels").move_sellers, apps)
    facts = SalesChannel.objects.using("owner").order_by("connection", "key")
    told = [
        (row.connection_id, row.key, row.intermediary_cnpj, row.seller_id, row.nature, row.may_split) for row in facts
    ]
    # The newest order that told the marketplace's CNPJ stands in for the one nobody typed; no order told it at B.
    assert told == [
        (store.pk, "mercado livre", "10573521000191", "CASA-1", "marketplace", False),
        (store.pk, "shopee", "35635824000112", "", told[1][4], False),
        (twin.pk, "mercado livre", "", "CASA-1", told[2][4], False),
        (twin.pk, "shopee", "35635824000112", "", told[3][4], False),
    ]
    assert {row.filled_by for row in facts if row.filled_at} == {"Configuração fiscal"}
    assert [bool(row.filled_at) for row in facts] == [True, False, False, False]
    assert not SalesChannel.objects.using("owner").filter(connection=far).exists()


def test_orders_that_have_a_note_are_known_by_it(old: Old) -> None:
    store = old.store(old.company("Casa"))
    states = ("", "queued", "blocked", "rejected", "unknown", "authorised", "told", "issued", "denied")
    for number, state in enumerate(states, start=1):
        old.order(store, str(number), nfe_state=state)
    apps = old.as_of(("orders", "0015_note_of_a_part"))
    run(old, migration("orders.0015_note_of_a_part").find_notes, apps)
    noted = Order.objects.using("owner").filter(has_note=True).order_by("pk").values_list("nfe_state", flat=True)
    assert list(noted) == ["authorised", "told", "issued"]


def test_orders_that_the_marketplace_ships_are_marked_unless_the_erp_was_told(old: Old) -> None:
    store = old.store(old.company("Casa"))
    full, own = (
        old.new(SalesChannel, connection=store, key=key, label=key, fulfilled_by_marketplace=ships)
        for key, ships in (("full", True), ("loja", False))
    )
    for number, (channel, state) in enumerate(
        [(full, ""), (full, "done"), (full, "unknown"), (full, "refused"), (own, "")], start=1
    ):
        old.order(store, str(number), sales_channel=channel, erp_state=state)
    apps = old.as_of(("orders", "0017_orders_of_such_channels"))
    run(old, migration("orders.0017_orders_of_such_channels").mark, apps)
    marked = Order.objects.using("owner").filter(marketplace_ships=True).order_by("pk")
    assert [order.number for order in marked] == ["1", "4"]
