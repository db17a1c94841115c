"""A house with a second and a third company, for the tests of who serves."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Now

from cais.backoffice.opening import open_back_office
from cais.catalog.models import Product
from cais.companies.models import Company
from cais.companies.services import add_company
from cais.connections.models import Connection
from cais.core.effects import Meaning
from cais.intake.services import connect_store
from cais.movements.models import MovementLine, Reservation
from cais.ops.stages import STAGES, run_stage
from cais.orders.models import Order
from cais.settling import sourcing
from cais.settling.services import dictionary_changed
from cais.stock import ledger
from cais.stock.models import Balance, LedgerEntry
from tests.engine.house import House, fill_in_the_usual

_CNPJS = ("11222333000262", "11222333000343")
# Up to the movement; what follows it is of other tests.
_DECIDING = ("statuses", "pull", "fetch", "record", "advance")


def more_companies(home: House, *names: str) -> list[Company]:
    made = []
    for name in names:
        cnpj = _CNPJS[Company.objects.of(home.group).count() - 1]
        legal_name = f"Jurubim {name} Ltda"
        company = add_company(home.group, name=name, legal_name=legal_name, cnpj=cnpj, state="SC")
        open_back_office(company)
        made.append(company)
    return made


def stock(home: House, product: Product, *, at: Company, units: str, depot: int = 0) -> None:
    with transaction.atomic():
        ledger.post(
            [
                ledger.Change(
                    group_id=home.group.pk,
                    product_id=product.pk,
                    warehouse_id=at.warehouses.order_by("pk")[depot].pk,
                    kind=LedgerEntry.Kind.ADJUST,
                    on_hand=Decimal(units),
                )
            ]
        )


def serve(store: Connection, *companies: Company, policy: str = "priority", moves: str = "always") -> None:
    sourcing.set_companies(store, companies, reordered=True)
    sourcing.set_rules(store, policy=policy, moves=moves)


def second_store(home: House, company: Company, *, name: str = "Segunda loja") -> Connection:
    store = connect_store(
        company,
        connector="imaginary",
        modality="rest",
        name=name,
        values=home.vendor.settings(),
        role="store",
        start_at="2020-01-01T00:00:00Z",
    )
    store.refresh_from_db()
    fill_in_the_usual(store)
    decide(home)
    dictionary_changed(list(store.statuses.filter(key="pago")), Meaning.PENDING, actor_name="Rosana")
    return store


def decide(home: House, *, look_again: bool = False) -> None:
    """Read the stores and settle what was read, until nothing moves any more."""
    home.store.cursors.model.objects.filter(kind="orders").update(due_at=Now())
    for _ in range(6):
        for name in _DECIDING:
            for key in list(STAGES[name].waiting()):
                run_stage(STAGES[name], Connection.objects.select_related("company").get(pk=key))
        if look_again:
            Order.objects.filter(movement_state="none").update(due_at=Now())
            look_again = False


def served(order: Order) -> dict[str, Decimal]:
    """Company → units of the order's living movement."""
    rows = MovementLine.objects.filter(movement__order=order).exclude(movement__state="cancelled")
    return dict(rows.values_list("warehouse__company__name").annotate(units=Sum("quantity")).order_by())


def held(order: Order) -> Decimal:
    return Reservation.objects.filter(order=order).aggregate(units=Sum("held"))["units"] or Decimal(0)


def books_are_right() -> None:
    """Each balance is what the reservations say, and no depot promises more than it has."""
    for balance in Balance.objects.all():
        rows = Reservation.objects.filter(
            product=balance.product_id, warehouse=balance.warehouse_id, pool=balance.pool_id
        )
        assert (rows.aggregate(units=Sum("held"))["units"] or 0) == balance.reserved
        assert balance.pool_id is not None or balance.reserved <= balance.on_hand
