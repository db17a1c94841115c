"""Many orders in one stroke: no more statements for sixty than for ten, and one bad row spoils no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection as database
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from cais.connections.models import Connection
from cais.intake.models import Document
from cais.intake.record import record_orders
from cais.movements.models import Fulfilment, Movement
from cais.ops.stages import STAGES
from cais.orders.models import Order
from cais.publishing.checking import check_movements
from cais.publishing.kinds import ERP_ORDERS
from cais.publishing.loop import publish
from cais.publishing.models import ErpOrderPublication
from cais.settling.services import advance
from cais.waiting.many import depart_together, settle_together
from tests.engine.house import House

Stages = dict[str, Callable[[], int]]
# Each stage stays well below these, claims, savepoints and the look whether anything is left included.
MOST = {"record": 90, "check": 60, "erp_order": 60, "advance": 45}


def stages(home: House) -> Stages:
    erp = Connection.objects.select_related("company").get(role="erp")
    return {
        "record": lambda: record_orders(home.store),
        "check": lambda: check_movements(home.store),
        "erp_order": lambda: publish(ERP_ORDERS, erp),
        "advance": lambda: advance(home.store),
    }


def arrive(home: House, number: int) -> list[str]:
    """So many orders of two lines, fetched and not yet recorded."""
    lines = [("IMG-001", "1", "10.00"), ("IMG-002", "2", "8.00")]
    sold = [home.vendor.store.sell(lines=lines) for _ in range(number)]
    home.store.cursors.filter(kind="orders").update(due_at=Now())
    for name in ("pull", "fetch"):
        while STAGES[name].run(home.store):
            pass
    return sold


def counted(work: Callable[[], int]) -> tuple[int, int]:
    """Rows taken, and statements it took."""
    with CaptureQueriesContext(database) as seen:
        taken = work()
    return taken, len(seen)


@pytest.fixture
def stocked(home: House) -> Iterator[House]:
    home.product("IMG-001", units="900")
    home.product("IMG-002", units="900")
    arrive(home, 1)
    home.work()  # whatever is made once, such as the counter of the sales orders, is made
    return home


def test_sixty_orders_take_no_more_statements_than_ten(stocked: House) -> None:
    statements: dict[int, dict[str, int]] = {}
    for number in (10, 60):
        arrive(stocked, number)
        statements[number] = {}
        for name, work in stages(stocked).items():
            taken, statements[number][name] = counted(work)
            assert taken == number, name
    # Orders that changed a moment ago are settled apart from the others: there may be both kinds, or one of them.
    assert {name: more for name in MOST if (more := statements[60][name] - statements[10][name]) > 1} == {}
    assert {name: most for name, most in statements[60].items() if most > MOST[name]} == {}
    assert set(Order.objects.values_list("phase", flat=True)) == {"integrated"}


def test_a_movement_that_cannot_be_finished_keeps_its_error_and_the_others_go_on(stocked: House) -> None:
    arrive(stocked, 3)
    record_orders(stocked.store)
    first, bad, _ = Movement.objects.filter(state="pending_sync").order_by("pk")
    # Another movement's fulfilment bears the name that this one would get.
    Fulfilment.objects.filter(order__phase="integrated").update(
        reference=f"CAIS-{bad.order_id}-{bad.pk}-{stocked.company.pk}"
    )
    assert check_movements(stocked.store) == 3
    assert set(Movement.objects.filter(order__erp_state="creating").values_list("pk", flat=True)) == {
        first.pk,
        first.pk + 2,
    }
    bad.refresh_from_db()
    assert (bad.state, bad.attempts) == ("pending_sync", 1)
    assert "IntegrityError" in bad.error


def test_an_order_in_doubt_is_looked_for_and_the_others_are_placed_together(stocked: House) -> None:
    arrive(stocked, 3)
    record_orders(stocked.store)
    check_movements(stocked.store)
    doubtful = ErpOrderPublication.objects.filter(due_at__isnull=False).order_by("pk").first()
    assert doubtful is not None
    ErpOrderPublication.objects.filter(pk=doubtful.pk).update(in_flight=True)
    assert stages(stocked)["erp_order"]() == 3
    numbers = sorted(sale.number for sale in stocked.sales())
    assert numbers == [1, 2, 3, 4]
    assert set(Order.objects.values_list("erp_state", flat=True)) == {"done"}
    assert not ErpOrderPublication.objects.filter(in_flight=True).exists()


def documents(home: House, number: int) -> list[Document]:
    Document.objects.bulk_create(
        Document(group=home.group, connection=home.store, kind="orders", external_id=str(n), due_at=Now())
        for n in range(number)
    )
    return Document.objects.claim(number)


def test_a_row_whose_lease_was_lost_is_neither_sent_nor_settled_with_the_others(home: House) -> None:
    kept, lost = documents(home, 2)
    Document.objects.filter(pk=lost.pk).update(lease=uuid4())
    assert depart_together([kept, lost]) == [kept]
    assert settle_together([kept, lost], {row.pk: {"digest": "sent"} for row in (kept, lost)}) == [kept]
    told = {row.external_id: (row.digest, row.due_at, row.in_flight) for row in Document.objects.all()}
    assert told[kept.external_id] == ("sent", None, False)
    assert told[lost.external_id] == ("", lost.due_at, False)


def test_a_row_that_was_made_due_meanwhile_stays_due_when_it_is_settled_with_the_others(home: House) -> None:
    resting, again = documents(home, 2)
    assert again.due_at is not None
    later = again.due_at + timedelta(seconds=1)
    Document.objects.filter(pk=again.pk).update(due_at=later)
    settle_together([resting, again], {row.pk: {"digest": row.external_id} for row in (resting, again)})
    told = {row.pk: (row.digest, row.due_at, row.lease) for row in Document.objects.all()}
    assert told == {
        resting.pk: (resting.external_id, None, None),
        again.pk: (again.external_id, later, None),
    }
