"""*Ensaio* of an export: what would be made and changed in the store, and exactly that when it is applied."""

from __future__ import annotations

from cais.catalog.models import Listing, Product
from cais.exporting.asking import export, propose
from cais.exporting.models import ProductPublication
from cais.exporting.situations import Situation
from cais.ports.manifest import Capability
from cais.rehearsals.functions import switch
from cais.rehearsals.models import Rehearsal, RehearsalRow
from cais.rehearsals.services import look_at
from tests.engine.house import House
from tests.engine.plans import applied, plan_of
from tests.engine.test_exporting import SKU, edited, exported, in_store, product, reasons, situation, switch_on, wrote

State = RehearsalRow.State


def rehearsed(home: House, *products: Product) -> Rehearsal:
    propose(home.store, [each.pk for each in products], actor_name="Rosana")
    return plan_of(home, Rehearsal.Scope.EXPORT)


def rows(plan: Rehearsal) -> dict[str, tuple[str, str]]:
    return {row.label.split()[0]: (row.verb, row.state) for row in plan.rows.all()}


def test_it_shows_each_field_of_what_would_be_made_and_writes_nothing(home: House) -> None:
    plan = rehearsed(home, product(home))
    (row,) = plan.rows.all()
    assert row.fields == [
        ["Produto na loja", "não existe", "cadastrado, sem estoque"],
        ["Código (SKU)", "–", "IMG-001"],
        ["Nome", "–", "Produto IMG-001"],
        ["NCM", "–", "69111090"],
        ["Peso", "–", "250\u00a0g"],
        ["À venda", "–", "sim"],
        ["Preço", "–", "R$\u00a010,00"],
    ]
    assert (row.calls, wrote(home), situation(home)) == (5, 0, Situation.NEW)


def test_exactly_what_was_seen_is_applied_although_the_function_is_off(home: House) -> None:
    plan = rehearsed(home, product(home))
    product(home, "IMG-002")
    applied(home, plan)
    assert (rows(plan), situation(home)) == ({SKU: ("add", State.APPLIED)}, Situation.EXPORTED)
    assert (len(in_store(home)), in_store(home, "IMG-002")) == (1, [])


def test_what_is_only_proposed_never_leaves_by_itself(home: House) -> None:
    rehearsed(home, product(home))
    switch_on(home)
    home.work()
    assert (in_store(home), situation(home)) == ([], Situation.NEW)


def test_another_rehearsal_takes_the_place_of_what_was_proposed(home: House) -> None:
    first, second = product(home), product(home, "IMG-002")
    rehearsed(home, first)
    assert list(rows(rehearsed(home, second))) == ["IMG-002"]


def test_a_product_that_changed_after_the_look_is_refused_by_name(home: House) -> None:
    found = product(home)
    plan = rehearsed(home, found)
    edited(home, found, name="Outro nome")
    applied(home, plan)
    assert (rows(plan), in_store(home)) == ({SKU: ("add", State.MOVED)}, [])


def test_a_price_that_changed_after_the_look_is_refused_by_name(home: House) -> None:
    found = product(home)
    plan = rehearsed(home, found)
    Product.objects.filter(pk=found.pk).update(price="11")
    applied(home, plan)
    assert (rows(plan), in_store(home)) == ({SKU: ("add", State.MOVED)}, [])


def test_what_the_store_has_is_written_over_just_as_it_was_seen(home: House) -> None:
    home.vendor.shelf.put(SKU, name="O nome da loja", ncm="69111090", weight=250)
    plan = rehearsed(home, product(home))
    (row,) = plan.rows.all()
    assert row.fields == [
        ["Produto na loja", "já existe", "atualizado"],
        ["Nome", "O nome da loja", "Produto IMG-001"],
    ]
    assert row.verb == "update"
    applied(home, plan)
    (item,) = in_store(home)
    assert (item.name, rows(plan)[SKU][1], situation(home)) == (
        "Produto IMG-001",
        State.APPLIED,
        Situation.EXPORTED,
    )


def test_what_the_store_changed_after_the_look_is_not_written_over(home: House) -> None:
    key = home.vendor.shelf.put(SKU, name="O nome da loja")
    plan = rehearsed(home, product(home))
    home.vendor.shelf.edit(key, name="Mudado depois")
    applied(home, plan)
    assert (in_store(home)[0].name, rows(plan)[SKU][1]) == ("Mudado depois", State.REFUSED)
    assert reasons() == ["product_theirs"]


def test_what_appeared_in_the_store_after_the_look_is_linked_and_stays(home: House) -> None:
    plan = rehearsed(home, product(home))
    home.vendor.shelf.put(SKU, name="O nome da loja")
    applied(home, plan)
    assert (in_store(home)[0].name, rows(plan)[SKU][1]) == ("O nome da loja", State.REFUSED)
    assert (Listing.objects.count(), len(in_store(home))) == (1, 1)


def test_a_rehearsal_that_was_seen_and_not_applied_gives_no_leave_to_write_over(home: House) -> None:
    home.vendor.shelf.put(SKU, name="O nome da loja")
    found = product(home)
    rehearsed(home, found)
    switch_on(home)
    export(home.store, [found.pk], actor_name="Rosana")
    home.work()
    assert (in_store(home)[0].name, situation(home)) == ("O nome da loja", Situation.STOPPED)


def test_several_with_the_code_are_said_in_the_plan(home: House) -> None:
    home.vendor.shelf.put(SKU)
    home.vendor.shelf.edit(home.vendor.shelf.put("OUTRO"), reference=SKU)
    (row,) = rehearsed(home, product(home)).rows.all()
    assert row.state == State.UNREADABLE
    assert "mais de um produto" in row.words


def test_a_later_change_is_rehearsed_where_the_function_is_off(home: House) -> None:
    found = product(home)
    applied(home, rehearsed(home, found))
    edited(home, found, name="Outro nome")
    assert situation(home) == Situation.CHANGED
    plan = rehearsed(home)
    (row,) = plan.rows.all()
    assert row.fields[1:] == [["Nome", "Produto IMG-001", "Outro nome"]]
    applied(home, plan)
    assert in_store(home)[0].name == "Outro nome"


def test_sending_is_switched_on_only_after_somebody_saw_a_plan(home: House) -> None:
    assert "Ensaie a exportação" in switch(home.store, Capability.WRITE_PRODUCTS, on=True)
    plan = rehearsed(home, product(home))
    assert "Ensaie a exportação" in switch(home.store, Capability.WRITE_PRODUCTS, on=True)
    look_at(plan)
    assert switch(home.store, Capability.WRITE_PRODUCTS, on=True) == ""


def test_what_was_asked_for_waits_for_the_switch_and_then_goes(home: House) -> None:
    found = product(home)
    exported(home, found)
    look_at(rehearsed(home))
    switch(home.store, Capability.WRITE_PRODUCTS, on=True)
    home.work()
    assert (situation(home), ProductPublication.objects.get().asked_by) == (Situation.EXPORTED, "Rosana")
