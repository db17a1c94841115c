"""What comes after the first note of a divided order: edits, parcels, sales made anew. The notes remain the order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection as database
from django.db.models import Sum
from django.utils import timezone

from cais.movements.models import Fulfilment
from cais.nfe import services
from cais.nfe.issuing import CannotTryAgain, try_again
from cais.nfe.models import Nfe, NumberSeries
from cais.nfe.waking import wake_mended
from cais.ops.doctor_sales import sales_agree
from cais.orders.models import Buyer
from cais.publishing.asking import undo_sales
from cais.settling.decisions import erp_is_right, shown_of
from cais.settling.delivery import Shipment, mark_delivered, register_shipments
from cais.statuses.models import StatusEntry, WriteBack
from cais.statuses.services import set_write_back
from tests.engine.several import parts
from tests.nfe.house import texts
from tests.nfe.test_parts import FiscalSetup, Two, bar, open_reasons, two

__all__ = ["two"]


def mend(two: Two) -> None:
    FiscalSetup.objects.update(street="Rua do Cais")
    wake_mended(two.home.group.pk)
    two.home.work()


def half_invoiced(two: Two) -> str:
    """15.30 of 45.90 is invoiced by Casa; the note of Norte is barred."""
    sold = two.sell()
    bar(two.norte)
    two.home.invoice(sold)
    return sold


def edit(two: Two, sold: str, *, price: str, total: str) -> None:
    line = two.home.vendor.store.orders[sold]["lines"][0]
    two.home.vendor.store.edit(sold, lines=[{**line, "price": price}], total=total)
    two.home.read()


def confirm(two: Two, sold: str) -> None:
    erp_is_right(two.order(sold), shown=shown_of(two.order(sold)), actor_name="Rosana")
    two.home.work()


def written(two: Two, moment: WriteBack.Moment, status: str) -> None:
    set_write_back(two.home.store, moment, StatusEntry.objects.get(connection=two.home.store, key=status))


def noted() -> Decimal:
    return Nfe.objects.filter(state="authorised").aggregate(n=Sum("total"))["n"] or Decimal(0)


def test_a_price_changed_after_the_first_note_leaves_the_rest_to_the_others(two: Two) -> None:
    """3 × 8.00 + 15.90 = 39.90; the note of Casa says 15.30 (10.00 + 5.30), so Norte has 14.00 + 10.60 = 24.60."""
    sold = half_invoiced(two)
    edit(two, sold, price="8.00", total="39.90")
    confirm(two, sold)
    mend(two)
    casa, norte = two.note(sold, two.home.company), two.note(sold, two.norte)
    assert [casa.total, norte.total] == [Decimal("15.30"), Decimal("24.60")]
    assert texts(bytes(norte.proc), "ICMSTot/vProd") == ["14.00"]
    assert texts(bytes(norte.proc), "ICMSTot/vFrete") == ["10.60"]
    assert [part.total for part in parts(two.order(sold))] == [casa.total, norte.total]
    assert noted() == two.order(sold).total == Decimal("39.90")


def test_a_freight_changed_after_the_first_note_is_no_reason_for_a_wrong_second(two: Two) -> None:
    """The freight falls to 4.00, and the first note says 5.30 already: what is left is less than nothing."""
    sold = half_invoiced(two)
    two.home.vendor.store.edit(sold, amounts=[{"kind": "freight", "value": "4.00", "label": ""}], total="34.00")
    two.home.read()
    confirm(two, sold)
    mend(two)
    assert noted() == Decimal("15.30")
    assert open_reasons(two.order(sold)) == ["nfe_blocked"]
    (refused,) = services.preview([two.order(sold)]).refused
    assert refused.company == two.norte
    assert "não bateria com o pedido" in refused.sentences[0]


def test_a_price_below_what_the_first_note_says_gives_nothing_away(two: Two) -> None:
    """3 × 3.00 = 9.00, and the first note says 10.00 of it."""
    sold = half_invoiced(two)
    edit(two, sold, price="3.00", total="24.90")
    confirm(two, sold)
    mend(two)
    assert noted() == Decimal("15.30")
    assert [part.total for part in parts(two.order(sold))] == [Decimal("15.30"), Decimal("30.60")]


def test_the_store_hears_that_an_order_left_only_when_every_part_has_its_note(two: Two) -> None:
    written(two, WriteBack.Moment.INVOICED, "faturado")
    written(two, WriteBack.Moment.SHIPPED, "enviado")
    sold = half_invoiced(two)
    order = two.order(sold)
    parcel = Shipment(shipped_at=timezone.now(), code="AB123456789BR")
    assert register_shipments(order.group_id, {order.pk: parcel}, actor_name="Rosana") == [order.pk]
    mark_delivered(order.group_id, [order.pk], actor_name="Rosana")
    two.home.work()
    assert two.home.vendor.ledger.statuses_written(sold) == []
    mend(two)
    assert two.home.vendor.ledger.statuses_written(sold) == ["4"]


def test_where_the_store_takes_no_notes_the_parcel_waits_for_the_last_one_too(two: Two) -> None:
    written(two, WriteBack.Moment.SHIPPED, "enviado")
    sold = two.sell()
    bar(two.norte)
    two.home.issue(sold, send_to_store=False)
    two.home.work()
    order = two.order(sold)
    register_shipments(order.group_id, {order.pk: Shipment(shipped_at=timezone.now())}, actor_name="Rosana")
    two.home.work()
    assert two.home.vendor.ledger.statuses_written(sold) == []
    mend(two)
    assert two.home.vendor.ledger.statuses_written(sold) == ["4"]


def test_a_number_that_waited_for_a_correction_goes_back_when_its_sale_is_made_anew(two: Two) -> None:
    """No gap: the first note of the new sale has the number that the rejected one was to have."""
    sold = two.sell()
    two.home.sefaz.faults.set("reject", times=2, service="authorise", value=778)
    two.home.invoice(sold)
    assert two.order(sold).phase == "nfe_rejected"
    assert undo_sales([two.order(sold)], actor_name="Rosana")
    two.home.work()
    assert [(note.state, note.number) for note in Nfe.objects.all()] == [("dropped", None)] * 2
    two.home.invoice(sold)
    new = Nfe.objects.filter(state="authorised")
    assert {note.number for note in new} == {1}
    assert noted() == two.order(sold).total


def test_of_a_sale_made_anew_only_the_new_notes_are_asked_for(two: Two) -> None:
    sold = two.sell()
    bar(two.norte)
    bar(two.home.company)
    two.home.invoice(sold)
    former = list(Nfe.objects.all())
    assert undo_sales([two.order(sold)], actor_name="Rosana")
    two.home.work()
    order = two.order(sold)
    assert (order.phase, order.nfe_state, open_reasons(order)) == ("integrated", "", [])
    assert {note.state for note in Nfe.objects.all()} == {"dropped"}
    mend(two)
    with pytest.raises(CannotTryAgain, match="refeita"):
        try_again(former[0])
    two.home.invoice(sold)
    assert two.order(sold).phase == "invoice_told"
    assert noted() == order.total
    assert [(row.last, row.freed) for row in NumberSeries.objects.all()] == [(1, [])]


def test_while_a_sale_is_undone_no_note_is_asked_for(two: Two) -> None:
    sold = two.sell()
    assert undo_sales([two.order(sold)], actor_name="Rosana")
    (refused,) = services.preview([two.order(sold)]).refused
    assert refused.sentences == ("A venda está sendo desfeita no ERP.",)
    assert two.home.issue(sold).notes.count() == 0


def examined(two: Two) -> list[str]:
    """What the doctor finds wrong. It leaves the session in no group, so the house's is entered again."""
    wrong = [text for well, text in sales_agree(database.connection) if not well]
    with database.cursor() as cursor:
        cursor.execute("SELECT set_config('cais.group', %s, false)", [str(two.home.group.pk)])
    return wrong


def test_the_doctor_holds_each_copy_against_its_source_and_names_the_order(two: Two) -> None:
    sold = half_invoiced(two)
    edit(two, sold, price="8.00", total="39.90")
    confirm(two, sold)
    mend(two)
    assert examined(two) == []
    order = two.order(sold)
    first = parts(order)[0]
    Fulfilment.objects.filter(pk=first.pk).update(stands=False, total="15.31")
    Buyer.objects.filter(order=order).update(placed_at="2020-01-01T12:00:00Z")
    stands, bought, worth, said = examined(two)
    assert f"order {order.number}: kept {first.reference} is over, its source says movement done" in stands
    assert f"order {order.number}: kept 2020-01-01" in bought
    assert "kept " + first.reference + ": 10.00 in all 15.31, its source says 10.00 in all 15.30" in worth
    assert "note 1/1: 15.30, its source says 15.31" in said
