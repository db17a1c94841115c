"""*Aceitar o da loja* for a price: what the store asks becomes the product's own price there."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from django.db import transaction

from cais.catalog.drafts import Invalid
from cais.connections.models import Connection
from cais.core.shelf import PriceDoc
from cais.pricing.models import PriceException
from cais.pricing.rules import list_of, rules_under, store_day
from cais.pricing.services import ExceptionDraft, draft_of, set_exception
from cais.shelves.drift import CannotAccept, Way, end, tell
from cais.shelves.models import PriceDrift
from cais.shelves.prices import PRICES

Sale = PriceException.Sale
_RULES: Final = (
    "Com o que vale para {sku}, o Cais ainda não pediria o mesmo que a loja. Publique o nosso, ou corrija a regra."
)


def accept_price(drift: PriceDrift, *, actor_name: str) -> None:
    """From now on this product asks there what the store shows. Raises CannotAccept."""
    product, connection = drift.listing.product, drift.connection
    kept = PriceException.objects.filter(connection=connection, product=product).first()
    assert drift.shown is not None  # what a store does not show is no drift
    try:
        with transaction.atomic():
            set_exception(connection, product, _as_shown(connection, draft_of(kept), drift.shown))
            if PRICES.says(connection, [drift.listing])[drift.listing_id] != drift.shown:
                raise CannotAccept(_RULES.format(sku=product.sku))
            end(PRICES, [drift.listing_id], way=Way.THEIRS, actor_name=actor_name)
            tell(connection, PRICES)
    except Invalid as refused:
        raise CannotAccept(str(refused)) from refused


def _as_shown(connection: Connection, kept: ExceptionDraft, shown: PriceDoc) -> ExceptionDraft:
    own = replace(kept, is_sent=True, fixed=shown.price, percent=None, amount=None)
    offer = shown.promotion
    if offer is not None:
        own = replace(own, sale=Sale.OWN.value, sale_price=offer.price, sale_percent=None)
        return replace(own, sale_first=offer.first, sale_last=offer.last)
    today, listed = store_day(connection), rules_under(list_of(connection), ()).general
    holds = all(sale.is_over(today) for sale in listed.sales)
    return replace(own, sale=Sale.AS_LISTED.value if holds else Sale.NONE.value)
