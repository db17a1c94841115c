"""Orders that several companies serve: the house with more companies, and a movement laid out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models.functions import Now

from cais.backoffice.opening import open_back_office
from cais.catalog.models import Product
from cais.companies.models import Company
from cais.companies.services import add_company
from cais.intake.models import Cursor
from cais.movements.models import Fulfilment, Movement, MovementLine, Reservation
from cais.ops.stages import STAGES, run_stage
from cais.orders.models import Order
from cais.stock import ledger
from cais.stock.models import LedgerEntry
from tests.engine.goods import put
from tests.engine.house import House

NAMES = {"Norte": "11444777000161", "Sul": "04252011000110"}
Places = Mapping[str, Mapping[Company, str]]
"""SKU → units by company."""


def with_company(home: House, name: str) -> Company:
    """Another company of the group, with its own back office, later in the stock queue."""
    company = add_company(home.group, name=name, legal_name=f"Jurubim {name} Ltda", cnpj=NAMES[name], state="SC")
    open_back_office(company)
    return company


def stock_at(company: Company, sku: str, units: str) -> None:
    put(Product.objects.get(group=company.group_id, sku=sku), company.warehouses.get(), units)


def moved(home: House, external_id: str, places: Places, *, by: str = "") -> Movement:
    """Bring the order in as far as its movement, and let these companies serve it. `by`: the person who made it."""
    Cursor.objects.filter(kind="orders").update(due_at=Now())
    for name in ("pull", "fetch", "record"):
        run_stage(STAGES[name], home.store)
    order = home.order(external_id)
    movement = Movement.objects.get(order=order, state="pending_sync")
    if by:
        Movement.objects.filter(pk=movement.pk).update(automatic=False, created_by=by)
    with transaction.atomic():
        _lay_out(order, movement, places)
    return movement


def _lay_out(order: Order, movement: Movement, places: Places) -> None:
    promised = list(Reservation.objects.filter(order=order))
    changes = [_change(row, -row.held, row.warehouse_id) for row in promised]
    lines = {line.product_id: line for line in movement.lines.all()}
    fresh: list[Reservation] = []
    for sku, companies in places.items():
        product = Product.objects.get(group=order.group_id, sku=sku)
        served = lines[product.pk]
        MovementLine.objects.filter(pk=served.pk).delete()
        for company, units in companies.items():
            warehouse, amount = company.warehouses.get(), Decimal(units)
            MovementLine.objects.create(
                group=order.group,
                movement=movement,
                line=served.line,
                product=product,
                warehouse=warehouse,
                quantity=amount,
            )
            old = next(row for row in promised if row.product_id == product.pk)
            fresh.append(
                Reservation(
                    group=order.group,
                    order=order,
                    line=served.line,
                    product=product,
                    warehouse=warehouse,
                    wanted=amount,
                    held=amount,
                    placed_at=old.placed_at,
                )
            )
    ids = {Product.objects.get(group=order.group_id, sku=sku).pk for sku in places}
    changes = [change for change in changes if change.product_id in ids]
    Reservation.objects.filter(order=order, product__in=ids).delete()
    Reservation.objects.bulk_create(fresh)
    ledger.post([*changes, *(_change(row, row.held, row.warehouse_id) for row in fresh)])


def _change(row: Reservation, units: Decimal, warehouse_id: int | None) -> ledger.Change:
    kind = LedgerEntry.Kind.RESERVE if units > 0 else LedgerEntry.Kind.RELEASE
    return ledger.Change(
        group_id=row.group_id,
        product_id=row.product_id,
        warehouse_id=warehouse_id,
        kind=kind,
        reserved=units,
        order_id=row.order_id,
        order_number=row.order.number,
    )


def parts(order: Order) -> list[Fulfilment]:
    return list(Fulfilment.objects.filter(order=order).select_related("company").order_by("pk"))


def states(order: Order) -> dict[str, str]:
    """Company → state of its part."""
    return {part.company.name: part.erp_state for part in parts(order)}
