"""The number by which people call a transfer or an inventory: one after the other in each group."""

from __future__ import annotations

from django.db.models import Max

from cais.companies.models import Group
from cais.warehousing.models import Inventory, Transfer


def next_number(group: Group, kind: type[Transfer] | type[Inventory]) -> int:
    """Must run inside a transaction: whoever numbers next waits until it ends."""
    Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    last = kind._default_manager.filter(group=group).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
