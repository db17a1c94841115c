"""What the pages of transfers and inventories share: where they stand, which warehouses, a step taken or refused."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.urls import reverse

from cais.catalog.drafts import Invalid
from cais.companies.models import Warehouse
from cais.web.access import GroupRequest
from cais.web.parts import Crumb


def crumbs(request: GroupRequest, *under: Crumb) -> list[Crumb]:
    return [Crumb("Estoque", reverse("stock", args=[request.group.slug])), *under]


def warehouses_of(request: GroupRequest) -> list[Warehouse]:
    """Those in use, of the company that serves first at the head."""
    rows = Warehouse.objects.of(request.group).filter(active=True).select_related("company")
    return list(rows.order_by("company__priority", "company_id", "pk"))


def step(request: GroupRequest, deed: Callable[[], None], *, said: str) -> None:
    """Do it and say `said`; where it cannot be done, say why instead."""
    try:
        deed()
    except Invalid as error:
        messages.warning(request, " ".join(error.problems.values()))
    else:
        messages.success(request, said)
