"""A change in the store is applied while nothing was said outside; afterwards it is named field by field."""

from __future__ import annotations

import pytest
from django.db.models.functions import Now

from cais.connections.models import Connection
from cais.inbox.models import Pending
from cais.intake.models import Cursor
from cais.ops.stages import STAGES, run_stage
from cais.orders.models import Order
from cais.settling.decisions import erp_is_right, shown_of
from tests.engine.house import House
from tests.engine.test_way_of_an_order import open_reasons


def _sold(home: House) -> str:
    home.product("IMG-001", units="9")
    home.product("IMG-002", units="9")
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")], amounts=[("freight", "5.00")])
    home.read()
    return sold


def _fields(order: Order) -> list[list[str]]:
    (row,) = Pending.objects.filter(subject="order", subject_id=order.pk, closed_at=None)
    fields: list[list[str]] = row.params["fields"]
    return fields


def _line(home: House, sold: str) -> dict[str, object]:
    lines = home.vendor.store.orders[sold]["lines"]
    assert isinstance(lines, list)
    return dict(lines[0])


def test_a_line_that_leaves_and_one_that_comes_are_named(home: House) -> None:
    sold = _sold(home)
    was = _line(home, sold)
    new = {**was, "id": "7", "sku": "IMG-002", "name": "Jarra", "quantity": "1", "price": "8.00"}
    home.vendor.store.edit(sold, lines=[new], total="13.00")
    home.read()
    assert open_reasons(home.order(sold)) == {"changed_after_erp"}
    assert _fields(home.order(sold)) == [
        [was["name"], "2 un., R$ 20,00", "saiu do pedido"],
        ["Jarra", "não havia", "1 un., R$ 8,00"],
        ["Total", "R$ 25,00", "R$ 13,00"],
    ]


def test_money_that_only_changes_its_place_is_a_change(home: House) -> None:
    sold = _sold(home)
    amounts = [{"kind": "freight", "value": "8.00", "label": ""}, {"kind": "discount", "value": "-3.00", "label": ""}]
    home.vendor.store.edit(sold, amounts=amounts)
    home.read()
    assert _fields(home.order(sold)) == [["Frete", "R$ 5,00", "R$ 8,00"], ["Desconto", "R$ 0,00", "R$ 3,00"]]


def test_another_buyer_document_and_another_address_are_changes(home: House) -> None:
    sold = _sold(home)
    order = home.order(sold)
    buyer = {**home.vendor.store.orders[sold]["buyer"], "document": "52998224725"}
    place = {**home.vendor.store.orders[sold]["delivery"], "street": "Rua das Conchas", "number": "7"}
    was = order.buyer.document
    home.vendor.store.edit(sold, buyer=buyer, delivery=place)
    home.read()
    document, delivery = _fields(home.order(sold))
    assert document == ["CPF/CNPJ", was, "52998224725"]
    assert delivery[0] == "Entrega"
    assert delivery[2].startswith("Rua das Conchas, 7")


@pytest.mark.parametrize("change", [{"buyer_note": "Deixe na portaria"}, {"shipping": "Expressa"}, {"channel": "App"}])
def test_a_change_that_changes_no_sale_is_only_recorded(home: House, change: dict[str, str]) -> None:
    sold = _sold(home)
    home.vendor.store.edit(sold, **change)
    home.read()
    assert home.order(sold).phase == "integrated"
    assert open_reasons(home.order(sold)) == set()


def test_a_change_that_the_store_takes_back_needs_nobody(home: House) -> None:
    sold = _sold(home)
    was = _line(home, sold)
    home.vendor.store.edit(sold, lines=[{**was, "quantity": "3"}], total="35.00")
    home.read()
    assert open_reasons(home.order(sold)) == {"changed_after_erp"}
    home.vendor.store.edit(sold, lines=[was], total="25.00")
    home.read()
    assert (home.order(sold).phase, open_reasons(home.order(sold))) == ("integrated", set())


def test_what_a_person_confirmed_is_what_the_next_change_is_measured_by(home: House) -> None:
    sold = _sold(home)
    was = _line(home, sold)
    home.vendor.store.edit(sold, lines=[{**was, "quantity": "3"}], total="35.00")
    home.read()
    erp_is_right(home.order(sold), shown=shown_of(home.order(sold)), actor_name="Rosana")
    home.work()
    assert home.order(sold).phase == "integrated"
    home.vendor.store.edit(sold, lines=[{**was, "quantity": "4"}], total="45.00")
    home.read()
    assert _fields(home.order(sold))[0] == [f"{was['name']}, quantidade", "3", "4"]


def test_a_sale_that_was_wished_and_not_said_is_made_from_the_new_order(home: House) -> None:
    """The ERP is away: nothing has left, so the change is applied and nobody is asked."""
    home.product("IMG-001", units="9")
    home.vendor.store.sell(lines=[("IMG-001", "1", "1.00")])
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")], amounts=[])
    Cursor.objects.filter(kind="orders").update(due_at=Now())
    for name in ("pull", "fetch", "record", "check"):
        run_stage(STAGES[name], home.store)
    assert home.order(sold).erp_state == "creating"
    Connection.objects.filter(role="erp").update(paused=True)
    home.vendor.store.edit(sold, lines=[{**_line(home, sold), "quantity": "3"}], total="30.00")
    home.read()
    assert open_reasons(home.order(sold)) == set()
    Connection.objects.filter(role="erp").update(paused=False)
    home.work()
    order = home.order(sold)
    assert order.phase == "integrated"
    (sale,) = [sale for sale in home.sales() if sale.store_number == order.number]
    assert (sale.total, sale.lines.get().quantity) == (30, 3)


def test_a_payment_taken_back_after_the_sale_waits_for_a_person(home: House) -> None:
    sold = _sold(home)
    home.vendor.store.set_status(sold, "1")
    home.read()
    order = home.order(sold)
    assert (order.phase, open_reasons(order)) == ("held", {"unpaid_after_erp"})
    assert [sale.state for sale in home.sales()] == ["open"]
    home.vendor.store.set_status(sold, "2")
    home.read()
    assert home.order(sold).phase == "integrated"
