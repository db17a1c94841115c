"""*Aceitar o da loja* for stock: what the store had more or less than we said is added to ours, or taken off."""

from __future__ import annotations

from django.db import transaction

from cais.companies.models import Warehouse
from cais.core.values import ZERO
from cais.shelves.drift import CannotAccept, accept_theirs
from cais.shelves.models import Drift
from cais.shelves.stock import STOCK


def accept_units(drift: Drift, warehouse: Warehouse, *, actor_name: str) -> None:
    """Our stock in this warehouse becomes what the store showed, less what was sold and more what came in since.

    The store moved its own shelf by the same: what it showed when the drift was seen would promise sold units again.
    Raises CannotAccept.
    """
    with transaction.atomic():
        if not Drift.objects.select_for_update(of=("self",)).filter(pk=drift.pk, ended_at=None).exists():
            raise CannotAccept("Esta diferença já foi resolvida. Veja as que ainda esperam.")
        now = STOCK.says(drift.connection, [drift.listing])[drift.listing_id]
        if now is not None:
            drift.shown = max(ZERO, drift.shown + now - drift.ours)
        accept_theirs(drift, warehouse, actor_name=actor_name)
