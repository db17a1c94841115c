"""Where the button of each cause leads, or what it does: one entry per `target` of `inbox.reasons`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.inbox.causes import OpenCause
from cais.orders.models import Order
from cais.settling.values import REASON_OF
from cais.web.access import GroupRequest
from cais.web.connections.authorising import authorise_action, needs_authorising
from cais.web.connections.mapping_tables import TABLES
from cais.web.goods.shelf_sides import SIDES
from cais.web.parts import Action

Link = Callable[[str, OpenCause], str]

# target → who may press, the verb of the request, and the address; an empty address means there is nowhere to go.
_NEEDS: Final[dict[str, tuple[May, str]]] = {
    "connection": (May.CONFIGURE, "get"),
    "authorise": (May.CONFIGURE, "get"),
    "document": (May.RESOLVE_ERRORS, "post"),
    "dictionary": (May.CONFIGURE, "get"),
    "mapping": (May.CONFIGURE, "get"),
    "link_product": (May.EDIT_CATALOG, "get"),
    "order": (May.VIEW, "get"),
    "customer": (May.EDIT_CUSTOMERS, "get"),
    "stock": (May.EDIT_STOCK, "get"),
    "movement": (May.RESOLVE_ERRORS, "post"),
    "moving": (May.WORK_ORDERS, "get"),
    "erp_order": (May.RESOLVE_ERRORS, "post"),
    "companies": (May.CONFIGURE, "get"),
    "shelf": (May.VIEW, "get"),
    "links": (May.VIEW, "get"),
    "export": (May.VIEW, "get"),
}

_TABLES: Final = {REASON_OF[table.model]: table.slug for table in TABLES.values()}


def action_of(request: GroupRequest, cause: OpenCause, *, style: str = "primary") -> Action | None:
    """The one button that mends; None for who may not press it, or when the record is gone."""
    who, verb = _NEEDS[cause.reason.target]
    if not request.may(who):
        return None
    if cause.reason.target == "authorise" and (found := _authorisable(request, cause)):
        return authorise_action(request, found, label=cause.reason.button, style=style)
    url = _ADDRESSES[cause.reason.target](request.group.slug, cause)
    if not url:
        return None
    label = cause.reason.button
    return Action(label, url, verb, style=style)  # type: ignore[arg-type]


def _authorisable(request: GroupRequest, cause: OpenCause) -> Connection | None:
    """The store to go to; None when the browser cannot authorise it, and its page is the way."""
    found = Connection.objects.of(request.group).filter(pk=cause.connection_id or 0).first()
    return found if found is not None and needs_authorising(found) else None


def _connection(slug: str, cause: OpenCause) -> str:
    return reverse("connection", args=[slug, cause.connection_id]) if cause.connection_id else ""


def _dictionary(slug: str, cause: OpenCause) -> str:
    return reverse("dictionary", args=[slug, cause.connection_id]) if cause.connection_id else ""


def _mapping(slug: str, cause: OpenCause) -> str:
    """The row to fill in."""
    row = cause.params.get("row")
    table = _TABLES.get(cause.reason.code, _TABLES["channel_unmapped"])
    return reverse("mapping", args=[slug, cause.connection_id, table, row]) if row and table else ""


def _order(slug: str, cause: OpenCause) -> str:
    return reverse("order", args=[slug, cause.subject_id]) if cause.subject == "order" else ""


def _customer(slug: str, cause: OpenCause) -> str:
    customer = Order.objects.filter(pk=cause.subject_id).values_list("customer_id", flat=True).first()
    return reverse("customer", args=[slug, customer]) if customer else _order(slug, cause)


def _stock(slug: str, cause: OpenCause) -> str:
    product = cause.params.get("product")
    return f"{reverse('stock_ledger', args=[slug, product])}#lancar" if product else ""


def _company(slug: str, cause: OpenCause) -> str:
    """What SEFAZ has against one company is mended in its fiscal set-up."""
    if cause.subject == "company":
        return reverse("fiscal", args=[slug, cause.subject_id])
    return reverse("companies", args=[slug])


def _shelf(slug: str, cause: OpenCause) -> str:
    """What differs is decided in its own list, what was refused is looked at among the others that stopped."""
    if not cause.connection_id:
        return ""
    code = cause.reason.code
    side = next(side for side in SIDES if code in (side.facet.refused, side.facet.drifted))
    if code == side.facet.drifted:
        return reverse(f"{side.page}_drifts", args=[slug, cause.connection_id])
    return f"{reverse(side.page, args=[slug, cause.connection_id])}?so=parados"


def _links(slug: str, cause: OpenCause) -> str:
    """Where the store's things that bear this code are told apart; without one, all that wait for a person."""
    if not cause.connection_id:
        return ""
    sku = cause.params.get("sku", "")
    query = urlencode({"q": sku} if sku else {"so": "conflito"})
    return f"{reverse('links', args=[slug, cause.connection_id])}?{query}"


def _export(slug: str, cause: OpenCause) -> str:
    return f"{reverse('exporting', args=[slug])}?loja={cause.connection_id}&aba=parados" if cause.connection_id else ""


def _mend(slug: str, cause: OpenCause) -> str:
    return reverse("error_mend", args=[slug, cause.id])


_ADDRESSES: Final[dict[str, Link]] = {
    "connection": _connection,
    "authorise": _connection,
    "document": _mend,
    "dictionary": _dictionary,
    "mapping": _mapping,
    "link_product": lambda slug, cause: reverse("error_product", args=[slug, cause.id]),
    "order": _order,
    "customer": _customer,
    "stock": _stock,
    "movement": _mend,
    "moving": lambda slug, cause: reverse("order_movement", args=[slug, cause.subject_id]),
    "erp_order": _mend,
    "companies": _company,
    "shelf": _shelf,
    "links": _links,
    "export": _export,
}
TARGETS: Final = frozenset(_ADDRESSES)
