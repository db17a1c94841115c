"""The count of a warehouse: at an instant, whatever moves meanwhile; closed once; not counted is not zero."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection as database
from django.utils import timezone

from cais.catalog.drafts import Invalid
from cais.catalog.models import Product
from cais.ops.doctor_stock import stock_sums
from cais.stock import services
from cais.stock.models import Balance, LedgerEntry
from cais.warehousing import counts, transfers
from cais.warehousing.counts import InventoryDraft, open_inventory
from cais.warehousing.models import Inventory, InventoryLine
from cais.warehousing.transfers import Item, TransferDraft
from tests.goods.conftest import Shop, at_once

D = Decimal
ROSANA = "Rosana Feitosa"


@pytest.fixture
def sheet(shop: Shop) -> Inventory:
    services.receive(shop.cup, shop.front, D(10), actor_name=ROSANA)
    services.receive(shop.tray, shop.front, D(5), actor_name=ROSANA)
    return open_inventory(shop.group, InventoryDraft(warehouse=shop.front), actor_name=ROSANA)


def there(shop: Shop, product: Product) -> Decimal:
    return Balance.objects.get(product=product, warehouse=shop.front).on_hand


def line(sheet: Inventory, product: Product) -> InventoryLine:
    return sheet.lines.get(product=product)


def test_the_sheet_lists_what_holds_units_of_its_own(shop: Shop, sheet: Inventory) -> None:
    Product.objects.create(group=shop.group, sku="SERV-1", name="Embrulho", tracks_stock=False)
    assert [row.sku for row in sheet.lines.all()] == ["BAN-30", "XIC-200"]
    counts.abandon(sheet, actor_name=ROSANA)
    narrow = open_inventory(shop.group, InventoryDraft(warehouse=shop.front, text="xícara"), actor_name=ROSANA)
    assert ([row.sku for row in narrow.lines.all()], narrow.number) == (["XIC-200"], 2)
    held = open_inventory(shop.group, InventoryDraft(warehouse=shop.back, text="", only_here=False), actor_name=ROSANA)
    assert held.lines.count() == 2
    counts.abandon(held, actor_name=ROSANA)
    with pytest.raises(Invalid, match="Nenhum produto"):
        open_inventory(shop.group, InventoryDraft(warehouse=shop.back, only_here=True), actor_name=ROSANA)


def test_closing_posts_each_difference_and_leaves_what_nobody_counted(shop: Shop, sheet: Inventory) -> None:
    counts.count(sheet, {shop.cup.pk: D(8)}, actor_name=ROSANA)
    assert there(shop, shop.cup) == 10  # nothing moves before a person closes
    assert counts.close(sheet, actor_name=ROSANA) == 1
    assert (there(shop, shop.cup), there(shop, shop.tray)) == (8, 5)
    entry = LedgerEntry.objects.get(kind=LedgerEntry.Kind.COUNT)
    assert (entry.on_hand, entry.reason, entry.actor_name) == (-2, "inventário 1", ROSANA)


def test_what_moves_between_counting_and_closing_is_kept(shop: Shop, sheet: Inventory) -> None:
    counts.count(sheet, {shop.cup.pk: D(8), shop.tray.pk: D(5)}, actor_name=ROSANA)
    services.receive(shop.cup, shop.front, D(20), actor_name=ROSANA)
    services.adjust(shop.tray, shop.front, D(-1), actor_name=ROSANA, reason="quebrou")
    counts.close(sheet, actor_name=ROSANA)
    # Eight were there and twenty arrived; five were there and one broke.
    assert (there(shop, shop.cup), there(shop, shop.tray)) == (28, 4)


def test_a_paper_sheet_counts_for_the_hour_that_was_written_on_it(shop: Shop, sheet: Inventory) -> None:
    Inventory.objects.filter(pk=sheet.pk).update(opened_at=timezone.now() - timedelta(hours=3))
    at = timezone.now() - timedelta(hours=1)
    # The fixture's goods arrived after that hour, so the shelf held none then and eight were found.
    counts.count(sheet, {shop.cup.pk: D(8)}, actor_name=ROSANA, at=at)
    assert line(sheet, shop.cup).expected == 0
    counts.close(sheet, actor_name=ROSANA)
    assert there(shop, shop.cup) == 18
    with pytest.raises(Invalid, match="já está fechado"):
        counts.count(sheet, {shop.cup.pk: D(1)}, actor_name=ROSANA)


def test_an_hour_outside_the_inventory_is_refused(shop: Shop, sheet: Inventory) -> None:
    for at in (timezone.now() + timedelta(hours=1), timezone.now() - timedelta(days=1)):
        with pytest.raises(Invalid, match="entre a abertura"):
            counts.count(sheet, {shop.cup.pk: D(1)}, actor_name=ROSANA, at=at)


def test_a_count_posted_elsewhere_in_between_is_not_corrected_twice(shop: Shop, sheet: Inventory) -> None:
    counts.count(sheet, {shop.cup.pk: D(8)}, actor_name=ROSANA)
    services.count(shop.cup, shop.front, D(8), actor_name="Caio Prates")
    counts.close(sheet, actor_name=ROSANA)
    assert there(shop, shop.cup) == 8
    assert line(sheet, shop.cup).superseded


def test_counted_zero_makes_a_product_known_and_a_count_can_be_taken_back(shop: Shop, sheet: Inventory) -> None:
    fresh = Product.objects.create(group=shop.group, sku="NOVO-1", name="Novo")
    counts.abandon(sheet, actor_name=ROSANA)
    again = open_inventory(shop.group, InventoryDraft(warehouse=shop.front), actor_name=ROSANA)
    counts.count(again, {fresh.pk: D(0), shop.cup.pk: D(1)}, actor_name=ROSANA)
    assert counts.count(again, {shop.cup.pk: None}, actor_name=ROSANA) == 1
    counts.close(again, actor_name=ROSANA)
    assert there(shop, shop.cup) == 10
    assert Balance.objects.get(product=fresh).on_hand == 0


def test_a_count_that_what_left_since_contradicts_must_be_done_again(shop: Shop, sheet: Inventory) -> None:
    counts.count(sheet, {shop.cup.pk: D(1)}, actor_name=ROSANA)
    services.adjust(shop.cup, shop.front, D(-4), actor_name=ROSANA, reason="venda de balcão")
    with pytest.raises(Invalid, match="saiu mais do que foi contado de XIC-200"):
        counts.close(sheet, actor_name=ROSANA)
    assert there(shop, shop.cup) == 6


def test_differences_are_valued_at_the_price_of_the_register(shop: Shop, sheet: Inventory) -> None:
    Product.objects.filter(pk=shop.cup.pk).update(price=D("12.50"))
    Product.objects.filter(pk=shop.tray.pk).update(price=D("40"))
    counts.count(sheet, {shop.cup.pk: D(8), shop.tray.pk: D(6)}, actor_name=ROSANA)
    found = counts.standing(sheet)
    assert (found.lines, found.counted, found.different) == (2, 2, 2)
    assert (found.value_missing, found.value_extra) == (D("25.00"), D("40.00"))


def test_one_inventory_is_open_in_a_warehouse_and_nothing_counted_cannot_be_closed(
    shop: Shop, sheet: Inventory
) -> None:
    with pytest.raises(Invalid, match="já tem um inventário aberto"):
        open_inventory(shop.group, InventoryDraft(warehouse=shop.front), actor_name=ROSANA)
    with pytest.raises(Invalid, match="Nada foi contado"):
        counts.close(sheet, actor_name=ROSANA)


def test_two_people_who_close_at_once_post_once(committed_shop: Shop) -> None:
    shop = committed_shop
    services.receive(shop.cup, shop.front, D(10), actor_name=ROSANA)
    sheet = open_inventory(shop.group, InventoryDraft(warehouse=shop.front), actor_name=ROSANA)
    counts.count(sheet, {shop.cup.pk: D(7)}, actor_name=ROSANA)

    def press() -> int | None:
        try:
            return counts.close(Inventory.objects.get(pk=sheet.pk), actor_name=ROSANA)
        except Invalid:
            return None

    assert {*at_once(shop, press, press)} == {1, None}
    assert there(shop, shop.cup) == 7


def examined(shop: Shop) -> list[str]:
    """The sums of the doctor that do not hold. It leaves the session in no group, so the shop's is entered again."""
    wrong = [text for well, text in stock_sums(database.connection) if not well]
    with database.cursor() as cursor:
        cursor.execute("SELECT set_config('cais.group', %s, false)", [str(shop.group.pk)])
    return wrong


def test_the_doctor_adds_everything_up_and_names_what_does_not(shop: Shop, sheet: Inventory) -> None:
    counts.count(sheet, {shop.cup.pk: D(8)}, actor_name=ROSANA)
    counts.close(sheet, actor_name=ROSANA)
    draft = TransferDraft(source=shop.front, target=shop.back, items=[Item(shop.cup, D(3))], reason="espaço")
    transfers.send(transfers.propose(shop.group, draft, actor_name=ROSANA), actor_name=ROSANA)
    assert examined(shop) == []
    Balance.objects.filter(product=shop.cup, warehouse=shop.front).update(on_hand=99, reserved=1)
    wrong = examined(shop)
    assert len(wrong) == 2
    assert "XIC-200, Loja: kept 99.0000 / 1.0000, adds up to 5.0000 / 0" in wrong[0]
    assert "XIC-200, Loja: kept 1.0000, adds up to 0" in wrong[1]
    transfers.Transfer.objects.update(state="received")
    assert "XIC-200, in transit: kept 0, adds up to 3.0000" in examined(shop)[2]
