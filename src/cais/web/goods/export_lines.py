"""How one product stands at each store that may be given it, for the product's own page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from cais.catalog.models import Product
from cais.companies.models import Group
from cais.connections.models import Connection
from cais.exporting.situations import standing_at
from cais.ports.manifest import Capability
from cais.web.goods.export_words import ExportRow, export_rows


@dataclass(frozen=True, slots=True)
class ExportLine:
    """`url` is the product's row in *Exportar produtos*."""

    store: Connection
    row: ExportRow
    url: str


def stores_given_products(group: Group) -> list[Connection]:
    """The stores whose connector can be given products at all."""
    rows = Connection.objects.of(group).filter(role="store").select_related("company", "group")
    return [each for each in rows if each.manifest.offers(each.modality, Capability.WRITE_PRODUCTS)]


def export_lines(group: Group, product: Product) -> Sequence[ExportLine]:
    return [_line(group, store, product) for store in stores_given_products(group)]


def _line(group: Group, store: Connection, product: Product) -> ExportLine:
    (row,) = export_rows(group.slug, store, list(standing_at(store).filter(pk=product.pk)))
    query = urlencode({"loja": store.pk, "aba": "todos", "q": product.sku})
    return ExportLine(store, row, f"{reverse('exporting', args=[group.slug])}?{query}")
