"""*Exportar produtos*: each product once in the store, equal when read back, never over what nobody looked at."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models.functions import Now

from cais.catalog import services as catalog
from cais.catalog.drafts import ProductDraft
from cais.catalog.models import Listing, Product, StoreProduct
from cais.connections.models import Connection
from cais.exporting.asking import export, leave, retry_refused_products, write_over
from cais.exporting.documents import missing_of
from cais.exporting.models import ProductPublication
from cais.exporting.sending import send_products
from cais.exporting.situations import Situation, standing_at
from cais.inbox.models import Pending
from cais.ports.manifest import Capability
from cais.pricing.services import ListDraft, set_list
from cais.shelves.links import link_by_hand
from cais.shelves.marks import mark_all
from cais.shelves.reading import read_back_now
from tests.engine import functions
from tests.engine.house import House

SKU = "IMG-001"


def product(home: House, sku: str = SKU, *, units: str = "7", **facts: object) -> Product:
    known: dict[str, object] = {"name": f"Produto {sku}", "ncm": "69111090", "price": "10", "weight_g": 250, **facts}
    known["price"] = Decimal(str(known["price"]))
    made = Product.objects.create(group=home.group, sku=sku, **known)
    home.receive(made, units)
    return made


def switch_on(home: House, *more: Capability) -> None:
    functions.switch_on(home, Capability.WRITE_PRODUCTS, *more)


def exported(home: House, *products: Product) -> None:
    assert export(home.store, [each.pk for each in products], actor_name="Rosana") == len(products)
    home.work()


def again(home: House) -> None:
    """Time passes: what waits is due, and a lease of a worker that died has ended."""
    rows = ProductPublication.objects.filter(due_at__isnull=False)
    rows.update(due_at=Now(), lease=None, lease_until=None)
    home.work()


def draft(found: Product, **changes: object) -> ProductDraft:
    kept = {name: getattr(found, name) for name in ProductDraft.__dataclass_fields__}
    return ProductDraft(**{**kept, **changes})


def edited(home: House, found: Product, **changes: object) -> None:
    catalog.edit(found, draft(found, **changes))
    home.work()


def in_store(home: House, sku: str = SKU) -> list[object]:
    return list(home.vendor.shelf.bearing(sku))


def wrote(home: House) -> int:
    """Calls that make or change a product, its stock and its price apart."""
    calls = home.vendor.ledger.calls
    made = [each for each in calls if each.method == "POST" and each.path == "/store/products"]
    changed = [
        each
        for each in calls
        if each.method == "PUT" and each.path.startswith("/store/products/") and each.path.count("/") == 3
    ]
    return len(made) + len(changed)


def situation(home: House, sku: str = SKU) -> str:
    return standing_at(home.store).get(sku=sku).situation


def reasons() -> list[str]:
    return list(Pending.objects.filter(closed_at=None).values_list("reason", flat=True))


@pytest.fixture
def shop(home: House) -> House:
    switch_on(home)
    return home


def test_a_product_is_made_once_with_its_data_and_nothing_to_sell(shop: House) -> None:
    exported(shop, product(shop, gtin="7891000315507", length_cm=Decimal("10.2")))
    (item,) = in_store(shop)
    assert (item.name, item.gtin, item.ncm, item.weight, item.length) == (
        "Produto IMG-001",
        "7891000315507",
        "69111090",
        250,
        11,
    )
    assert (item.price, item.stock, item.active) == (10, 0, True)
    assert (situation(shop), Listing.objects.get().external_id) == (Situation.EXPORTED, item.id)
    again(shop)
    assert wrote(shop) == 1


def test_its_stock_follows_where_the_store_is_told_stock(shop: House) -> None:
    switch_on(shop, Capability.WRITE_STOCK)
    mark_all(shop.store)
    exported(shop, product(shop, units="7"))
    assert shop.vendor.shelf.stock_of(SKU) == 7


def test_nothing_is_exported_where_the_function_is_off(home: House) -> None:
    exported(home, product(home))
    assert (in_store(home), situation(home)) == ([], Situation.QUEUED)


def test_a_lost_answer_makes_no_second_product(shop: House) -> None:
    shop.vendor.choices.ensure_by_reference = False
    shop.vendor.faults.next("lost_after_commit", only="POST /store/products")
    exported(shop, product(shop))
    assert ProductPublication.objects.get().in_flight
    assert situation(shop) == Situation.QUEUED
    again(shop)
    assert (len(in_store(shop)), situation(shop)) == (1, Situation.EXPORTED)


def test_after_a_lost_answer_the_store_gets_time_to_list_what_it_made(shop: House) -> None:
    shop.vendor.faults.next("lost_after_commit", only="POST /store/products")
    exported(shop, product(shop))
    row = ProductPublication.objects.get()
    assert row.due_at is not None
    assert not ProductPublication.objects.due().exists()


def test_a_product_that_changed_after_a_lost_answer_is_found_and_brought_up_to_date(shop: House) -> None:
    shop.vendor.faults.next("lost_after_commit", only="POST /store/products")
    found = product(shop)
    exported(shop, found)
    edited(shop, found, name="Outro nome")
    again(shop)
    (item,) = in_store(shop)
    assert (item.name, situation(shop)) == ("Outro nome", Situation.EXPORTED)


def test_a_worker_that_dies_between_making_and_reading_back_leaves_one_product(shop: House) -> None:
    shop.vendor.choices.ensure_by_reference = False
    shop.vendor.faults.next("error_500", times=1, only="GET /store/products/")
    exported(shop, product(shop))
    assert situation(shop) != Situation.EXPORTED
    ProductPublication.objects.update(in_flight=True)
    again(shop)
    assert (len(in_store(shop)), wrote(shop), situation(shop)) == (1, 1, Situation.EXPORTED)


def test_it_is_exported_only_when_the_store_shows_it_equal(shop: House) -> None:
    shop.vendor.choices.name_length = 8
    found = product(shop)
    exported(shop, found)
    row = ProductPublication.objects.get()
    assert (row.differs, situation(shop)) == ([["Nome", "Produto", "Produto IMG-001"]], Situation.STOPPED)
    assert reasons() == ["product_altered"]
    edited(shop, found, name="Curto")
    assert (situation(shop), reasons(), len(in_store(shop))) == (Situation.EXPORTED, [], 1)


def test_what_the_store_has_under_the_code_is_linked_and_not_doubled(shop: House) -> None:
    shop.vendor.shelf.put(SKU, name=f"Produto {SKU}", ncm="69111090", weight=250)
    exported(shop, product(shop))
    assert (len(in_store(shop)), wrote(shop), situation(shop)) == (1, 0, Situation.EXPORTED)


def test_what_the_store_has_with_other_data_is_linked_and_left_as_it_is(shop: House) -> None:
    shop.vendor.shelf.put(SKU, name="O nome da loja")
    exported(shop, product(shop))
    assert (wrote(shop), Listing.objects.count(), situation(shop)) == (0, 1, Situation.STOPPED)
    row = ProductPublication.objects.get()
    assert ["Nome", "O nome da loja", "Produto IMG-001"] in row.differs
    assert reasons() == ["product_theirs"]
    edited(shop, row.product, gtin="7891000315507")
    assert (wrote(shop), situation(shop)) == (0, Situation.STOPPED)


def test_ours_is_written_over_theirs_when_a_person_says_so(shop: House) -> None:
    shop.vendor.shelf.put(SKU, name="O nome da loja")
    found = product(shop)
    exported(shop, found)
    assert write_over(shop.store, [found.pk], actor_name="Rosana") == 1
    shop.work()
    (item,) = in_store(shop)
    assert (item.name, situation(shop), reasons()) == ("Produto IMG-001", Situation.EXPORTED, [])


def test_ours_is_not_written_over_what_nobody_saw(shop: House) -> None:
    """A person decides on what the page showed; the merchant changes the product there before it is its turn."""
    key = shop.vendor.shelf.put(SKU, name="O nome da loja")
    found = product(shop)
    exported(shop, found)
    write_over(shop.store, [found.pk], actor_name="Rosana")
    shop.vendor.shelf.edit(key, name="Outro nome da loja", brand="Barro Claro")
    shop.work()
    row = ProductPublication.objects.get()
    assert (wrote(shop), situation(shop), reasons()) == (0, Situation.STOPPED, ["product_theirs"])
    assert ["Nome", "Outro nome da loja", "Produto IMG-001"] in row.differs
    assert row.error.startswith("A loja mudou o produto depois que você o viu, e nada foi escrito por cima.")
    write_over(shop.store, [found.pk], actor_name="Rosana")
    shop.work()
    assert (in_store(shop)[0].name, situation(shop)) == ("Produto IMG-001", Situation.EXPORTED)


def test_the_word_on_an_older_look_is_not_taken_for_one_on_the_newest(shop: House) -> None:
    shop.vendor.shelf.put(SKU, name="O nome da loja")
    found = product(shop)
    exported(shop, found)
    digest = ProductPublication.objects.get().seen_digest
    assert write_over(shop.store, [found.pk], actor_name="Rosana", seen={found.pk: "f" * 32}) == 0
    assert situation(shop) == Situation.STOPPED
    assert write_over(shop.store, [found.pk], actor_name="Rosana", seen={found.pk: digest}) == 1


def test_what_a_store_keeps_otherwise_is_written_again_only_while_it_shows_that(shop: House) -> None:
    shop.vendor.choices.name_length = 8
    found = product(shop)
    exported(shop, found)
    assert reasons() == ["product_altered"]
    before = wrote(shop)
    write_over(shop.store, [found.pk], actor_name="Rosana")
    shop.vendor.shelf.edit(("p-img-001", ""), name="Caneca")
    shop.work()
    row = ProductPublication.objects.get()
    assert (wrote(shop), reasons()) == (before, ["product_altered"])
    assert ["Nome", "Caneca", "Produto IMG-001"] in row.differs


def test_a_word_given_while_nothing_is_sent_is_kept_for_what_was_seen(shop: House) -> None:
    shop.vendor.shelf.put(SKU, name="O nome da loja")
    found = product(shop)
    exported(shop, found)
    functions = shop.store.functions
    Connection.objects.filter(pk=shop.store.pk).update(functions=[])
    write_over(shop.store, [found.pk], actor_name="Rosana")
    shop.work()
    assert wrote(shop) == 0
    Connection.objects.filter(pk=shop.store.pk).update(functions=functions)
    shop.work()
    assert (in_store(shop)[0].name, situation(shop)) == ("Produto IMG-001", Situation.EXPORTED)


def test_leaving_it_as_it_is_closes_the_cause_and_keeps_the_link(shop: House) -> None:
    shop.vendor.shelf.put(SKU, name="O nome da loja")
    found = product(shop)
    exported(shop, found)
    assert leave(shop.store, [found.pk]) == 1
    assert (situation(shop), reasons(), wrote(shop)) == (Situation.LINKED, [], 0)


def test_several_with_the_code_are_for_a_person_who_links_one(shop: House) -> None:
    key = shop.vendor.shelf.put(SKU, name=f"Produto {SKU}", ncm="69111090", weight=250)
    shop.vendor.shelf.put("OUTRO")
    shop.vendor.shelf.edit(("p-outro", ""), reference=SKU)
    exported(shop, product(shop))
    assert (wrote(shop), situation(shop), reasons()) == (0, Situation.STOPPED, ["product_ambiguous"])
    read_back_now(shop.store, asked_by="Rosana")
    shop.work()
    link_by_hand(StoreProduct.objects.get(external_id=key[0]), SKU)
    again(shop)
    assert (situation(shop), reasons(), wrote(shop)) == (Situation.EXPORTED, [], 0)


def test_a_code_of_a_product_with_variants_is_refused(shop: House) -> None:
    shop.vendor.shelf.put(SKU)
    shop.vendor.shelf.put("IMG-001-AZ", product="p-img-001")
    exported(shop, product(shop))
    assert (wrote(shop), reasons(), Listing.objects.count()) == (0, ["product_ambiguous"], 0)


def test_what_another_product_of_ours_is_linked_to_is_never_taken_from_it(shop: House) -> None:
    other = product(shop, "OUTRO")
    key = shop.vendor.shelf.put(SKU)
    Listing.objects.create(group=shop.group, connection=shop.store, product=other, external_id=key[0])
    exported(shop, product(shop))
    assert (Listing.objects.get().product, reasons()) == (other, ["product_ambiguous"])


def test_a_refusal_is_told_and_repeated_when_a_person_asks(shop: House) -> None:
    shop.vendor.choices.shelf_refused = True
    exported(shop, product(shop))
    assert (reasons(), situation(shop)) == (["product_refused"], Situation.STOPPED)
    shop.vendor.choices.shelf_refused = False
    assert retry_refused_products(shop.group) == 1
    shop.work()
    assert (reasons(), situation(shop), len(in_store(shop))) == ([], Situation.EXPORTED, 1)


def test_a_refused_product_goes_by_itself_once_it_is_corrected(shop: House) -> None:
    shop.vendor.choices.shelf_refused = True
    found = product(shop)
    exported(shop, found)
    shop.vendor.choices.shelf_refused = False
    edited(shop, found, name="Nome corrigido")
    assert (reasons(), situation(shop)) == ([], Situation.EXPORTED)


def test_what_cannot_go_is_not_asked_for(shop: House) -> None:
    kit = product(shop, "KIT", units="0", is_kit=True)
    incomplete = product(shop, "SEM-PESO", weight_g=0)
    idle = product(shop, "PARADO", active=False)
    assert export(shop.store, [kit.pk, incomplete.pk, idle.pk], actor_name="Rosana") == 0
    assert {situation(shop, each.sku) for each in (kit, incomplete, idle)} == {
        Situation.KIT,
        Situation.INCOMPLETE,
        Situation.INACTIVE,
    }


def test_a_thing_that_the_store_knows_no_more_is_told(shop: House) -> None:
    found = product(shop)
    exported(shop, found)
    shop.vendor.shelf.remove(("p-img-001", ""))
    edited(shop, found, name="Outro nome")
    assert (reasons(), in_store(shop)) == (["product_refused"], [])


def test_a_stage_without_work_asks_nothing_of_the_store(shop: House) -> None:
    before = len(shop.vendor.ledger.calls)
    assert send_products(shop.store) == 0
    assert len(shop.vendor.ledger.calls) == before


def test_what_is_empty_in_the_register_does_not_clear_what_the_store_says(shop: House) -> None:
    shop.vendor.shelf.put(SKU, name="O nome da loja", brand="Barro Claro", description="Feito à mão", height=9)
    found = product(shop)
    exported(shop, found)
    write_over(shop.store, [found.pk], actor_name="Rosana")
    shop.work()
    (item,) = in_store(shop)
    assert (item.name, item.brand, item.description, item.height) == (
        "Produto IMG-001",
        "Barro Claro",
        "Feito à mão",
        9,
    )
    assert situation(shop) == Situation.EXPORTED


def test_a_new_product_begins_with_the_price_that_its_store_asks(shop: House) -> None:
    set_list(shop.store, ListDraft(percent=Decimal(10)))
    exported(shop, product(shop))
    assert in_store(shop)[0].price == 11


def test_a_product_that_the_stores_rule_leaves_no_price_is_not_made(shop: House) -> None:
    set_list(shop.store, ListDraft(amount=Decimal(-10)))
    exported(shop, product(shop))
    assert (in_store(shop), reasons()) == ([], ["product_refused"])


def test_what_is_told_missing_is_what_the_list_calls_incomplete(shop: House) -> None:
    for number, lacks in enumerate(({}, {"ncm": ""}, {"origin": ""}, {"price": "0"}, {"weight_g": 0})):
        made = product(shop, f"FALTA-{number}", **lacks)
        assert (situation(shop, made.sku) == Situation.INCOMPLETE) is bool(missing_of(made)) is bool(lacks)


def test_what_was_found_keeps_the_stores_name_among_the_links(shop: House) -> None:
    shop.vendor.shelf.put(SKU, name="O nome da loja")
    exported(shop, product(shop))
    assert StoreProduct.objects.get().name == "O nome da loja"


def test_exporting_once_more_decides_nothing(shop: House) -> None:
    shop.vendor.shelf.put(SKU, name="O nome da loja")
    found = product(shop)
    exported(shop, found)
    assert export(shop.store, [found.pk], actor_name="Rosana") == 0
    assert (wrote(shop), situation(shop)) == (0, Situation.STOPPED)


def test_a_store_without_the_product_is_asked_and_told_as_often_as_is_planned(shop: House) -> None:
    before = len(shop.vendor.ledger.calls)
    exported(shop, product(shop))
    assert [each.method for each in shop.vendor.ledger.calls[before:]] == ["GET", "POST", "GET"]
