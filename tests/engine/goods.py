"""Goods put on the shelves of a warehouse, without what a person's entry sets off."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from cais.catalog.models import Product
from cais.companies.models import Warehouse
from cais.stock import ledger
from cais.stock.models import LedgerEntry


def put(product: Product, warehouse: Warehouse, units: str, *, reserved: str = "0") -> None:
    """So many more of it, or fewer, and so many more promised."""
    change = ledger.Change(
        group_id=product.group_id,
        product_id=product.pk,
        warehouse_id=warehouse.pk,
        kind=LedgerEntry.Kind.RECEIVE if Decimal(units) >= 0 else LedgerEntry.Kind.ADJUST,
        on_hand=Decimal(units),
        reserved=Decimal(reserved),
    )
    with transaction.atomic():
        ledger.post([change])
