"""Why a product waits at a store, as the error inbox tells it."""

from __future__ import annotations

from typing import Final

from cais.core.digest import JSON
from cais.exporting.models import ProductPublication
from cais.inbox import services as inbox
from cais.inbox.product_reasons import CODES
from cais.inbox.services import Cause, Subject

REFUSED: Final = "product_refused"
AMBIGUOUS: Final = "product_ambiguous"
THEIRS: Final = "product_theirs"
ALTERED: Final = "product_altered"


def subject_of(row: ProductPublication) -> Subject:
    """A product at one store, as a row of the error inbox."""
    return Subject(kind="exported_product", id=row.pk, label=row.product.sku, connection_id=row.connection_id)


def tell_well(row: ProductPublication) -> None:
    """Nothing of it waits for a person."""
    inbox.sync(row.group_id, {subject_of(row): ()}, among=CODES)


def tell_waiting(row: ProductPublication, reason: str, *, words: str, detail: str = "") -> None:
    params: dict[str, JSON] = {"sku": row.product.sku, "store": row.connection.name, "words": words}
    cause = Cause(reason, f"product:{row.pk}", params, detail)
    inbox.sync(row.group_id, {subject_of(row): (cause,)}, among=CODES)
