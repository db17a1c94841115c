"""What a warehouse is called on a screen: with its company where there are several, as each may call one Principal."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from cais.companies.models import Group, Warehouse


def warehouse_names(group: Group) -> dict[int, str]:
    """Of all of the grupo, in use or not."""
    return _names(list(Warehouse.objects.of(group).select_related("company")))


def warehouse_choices(warehouses: Sequence[Warehouse]) -> list[tuple[str, str]]:
    """For a field; they come with their company."""
    return [(str(key), name) for key, name in _names(warehouses).items()]


def offer_warehouses(field: forms.Field, warehouses: Sequence[Warehouse]) -> dict[str, Warehouse]:
    """Give a field its choices. Returns each warehouse by the value that the form sends."""
    assert isinstance(field, forms.ChoiceField)
    field.choices = warehouse_choices(warehouses)
    return {str(warehouse.pk): warehouse for warehouse in warehouses}


def _names(warehouses: Sequence[Warehouse]) -> dict[int, str]:
    several = len({row.company_id for row in warehouses}) > 1
    return {row.pk: f"{row.company.name} / {row.name}" if several else row.name for row in warehouses}
