"""*Ensaio*: a plan writes nothing, says field by field what would be, and is applied exactly or refused by name."""

from __future__ import annotations

import pytest
from django.apps import apps

from cais.connections.models import Connection
from cais.publishing.models import Publication
from cais.rehearsals.models import Rehearsal, RehearsalRow
from cais.rehearsals.services import CannotApply, NotRehearsed, apply, held_back, observe, start, stop, switch_on
from cais.rehearsals.shapes import SHAPES
from cais.statuses.models import StatusEntry, WriteBack
from cais.statuses.services import set_write_back
from tests.engine.house import House
from tests.engine.plans import applied, plan_of

State = RehearsalRow.State


@pytest.fixture
def watched(home: House) -> House:
    """The store is only observed, and would be told "Enviado" once a sale exists."""
    home.product("IMG-001", units="50")
    sent = StatusEntry.objects.get(connection=home.store, key="enviado")
    set_write_back(home.store, WriteBack.Moment.CAPTURED, sent)
    observe(home.store)
    return home


def sell(home: House, *, units: str = "2") -> str:
    return home.vendor.store.sell(lines=[("IMG-001", units, "189.90")], amounts=[("freight", "15.90")])


def states(plan: Rehearsal) -> dict[str, str]:
    return dict(plan.rows.values_list("label", "state"))


def puts(home: House) -> int:
    return len([call for call in home.vendor.ledger.calls if call.method == "PUT"])


def test_a_plan_shows_the_whole_sale_field_by_field_and_writes_nothing(watched: House) -> None:
    sold = sell(watched)
    watched.read()
    (row,) = plan_of(watched).rows.all()
    told = {name: (was, would) for name, was, would in row.fields}
    assert (row.label, row.verb, row.state) == (sold, "create", State.READY)
    assert told["Venda no ERP"] == ("não existe", "criada, R$\u00a0395,70")
    assert told["Item 1"][1].endswith("2 × R$\u00a0189,90 = R$\u00a0379,80")
    assert (told["Frete"][1], told["Total"][1]) == ("R$\u00a015,90", "R$\u00a0395,70")
    assert watched.sales() == []
    assert puts(watched) == 0


def test_exactly_the_plan_is_applied_and_what_came_later_still_waits(watched: House) -> None:
    first = sell(watched)
    watched.read()
    plan = plan_of(watched)
    later = sell(watched)
    watched.read()
    applied(watched, plan)
    assert states(plan) == {first: State.APPLIED}
    assert plan.state == Rehearsal.State.OVER
    assert [watched.order(number).phase for number in (first, later)] == ["integrated", "awaiting_sync"]
    # The status of the sale that now exists is a new wish, and nobody has seen it yet.
    assert puts(watched) == 0
    assert held_back(watched.store) == 2


def test_a_status_is_shown_as_the_store_has_it_now_and_as_it_would_be(watched: House) -> None:
    sold = sell(watched)
    watched.read()
    applied(watched, plan_of(watched))
    plan = plan_of(watched)
    (row,) = plan.rows.all()
    assert (row.kind, row.fields) == ("status", [["Status na loja", "Pago", "Enviado"]])
    applied(watched, plan)
    assert (states(plan), puts(watched)) == ({sold: State.APPLIED}, 1)


def test_an_order_that_changed_since_is_left_out_by_name_and_the_others_go(watched: House) -> None:
    kept, edited = sell(watched), sell(watched)
    watched.read()
    plan = plan_of(watched)
    line = {**watched.vendor.store.orders[edited]["lines"][0], "price": "100.00"}
    watched.vendor.store.edit(edited, lines=[line], total="215.90")
    watched.read()
    applied(watched, plan)
    assert states(plan) == {kept: State.APPLIED, edited: State.MOVED}
    assert [sale.store_number for sale in watched.sales()] == [kept]


def test_a_customer_corrected_after_the_look_and_before_the_turn_stops_that_row(watched: House) -> None:
    sold = sell(watched)
    watched.read()
    plan = plan_of(watched)
    order = watched.order(sold)
    order.buyer.name = "Outro Nome"
    order.buyer.save()
    applied(watched, plan)
    assert states(plan) == {sold: State.MOVED}
    assert watched.sales() == []


def test_a_store_that_moved_on_between_plan_and_turn_is_not_written_over(watched: House) -> None:
    sold = sell(watched)
    watched.read()
    applied(watched, plan_of(watched))
    plan = plan_of(watched)
    delivered = StatusEntry.objects.get(connection=watched.store, key="entregue")
    watched.vendor.store.set_status(sold, delivered.external_id)
    applied(watched, plan)
    assert puts(watched) == 0
    assert watched.vendor.store.status_of(sold) == delivered.external_id
    watched.read()
    applied_again = Rehearsal.objects.get(pk=plan.pk)
    assert states(applied_again) == {sold: State.MOVED}


def test_what_the_store_shows_otherwise_while_rehearsing_is_named_and_read_again(watched: House) -> None:
    sold = sell(watched)
    watched.read()
    applied(watched, plan_of(watched))
    watched.vendor.store.cancel(sold)
    plan = plan_of(watched)
    assert states(plan) == {sold: State.MOVED}
    with pytest.raises(CannotApply):
        apply(plan, actor_name="Rosana")


def test_a_store_that_is_silent_for_a_while_only_delays_the_plan(watched: House) -> None:
    sold = sell(watched)
    watched.read()
    applied(watched, plan_of(watched))
    watched.vendor.faults.next("error_500", times=2, only=f"GET /store/orders/{sold}")
    made = start(watched.store, asked_by="Rosana")
    for _ in range(4):
        Rehearsal.objects.filter(due_at__isnull=False).update(due_at="2020-01-01T00:00:00Z")
        watched.work()
    made.refresh_from_db()
    assert len([call for call in watched.vendor.ledger.calls if call.fault]) == 2
    assert (made.state, states(made)) == (Rehearsal.State.READY, {sold: State.READY})


def test_stopping_leaves_the_rest_of_the_plan_where_it_was(watched: House) -> None:
    for _ in range(3):
        sell(watched)
    watched.read()
    plan = plan_of(watched)
    apply(plan, actor_name="Rosana")
    stop(plan)
    watched.work()
    plan.refresh_from_db()
    assert (plan.state, set(states(plan).values())) == (Rehearsal.State.READY, {State.READY})
    assert watched.sales() == []


def test_asking_twice_while_it_is_read_makes_one_plan(watched: House) -> None:
    sell(watched)
    watched.read()
    assert start(watched.store, asked_by="Rosana").pk == start(watched.store, asked_by="Rosana").pk


def test_nobody_switches_on_what_nobody_has_seen(watched: House) -> None:
    sold = sell(watched)
    watched.read()
    with pytest.raises(NotRehearsed):
        switch_on(watched.store)
    plan_of(watched)
    switch_on(watched.store)
    watched.work()
    assert watched.order(sold).phase == "integrated"
    assert Connection.objects.get(pk=watched.store.pk).rehearsed_at is not None
    assert (held_back(watched.store), puts(watched)) == (0, 1)


def test_no_kind_of_wish_can_be_held_back_without_a_rehearsal_that_shows_it() -> None:
    tables = {model for model in apps.get_models() if issubclass(model, Publication)}
    assert {shape.kind.rows().model for shape in SHAPES.values()} == tables
