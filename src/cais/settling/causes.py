"""Why an order waits: every cause of it, from its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from cais.catalog.models import Product
from cais.core.digest import JSON
from cais.core.effects import Effect, Meaning
from cais.core.values import is_tax_document
from cais.core.wording import money_text, quantity_text
from cais.inbox.mapping_reasons import MAPPING_REASONS
from cais.inbox.services import Cause
from cais.orders.agreed import Difference, differences, facts_of, fingerprint_of
from cais.orders.bearers import TOLD
from cais.orders.models import Order, OrderLine
from cais.settling.goods import Goods

# The reasons this room answers for; others (the ERP's word, the store's word) belong to who speaks.
OWN = (
    "status_unmapped",
    "no_lines",
    "product_unknown",
    "product_conflict",
    "sum_mismatch",
    "document_missing",
    "document_invalid",
    "stock_short",
    "new_product_short",
    "no_warehouse",
    "no_company_allowed",
    "no_company_has_all",
    "promise_missing",
    "changed_after_erp",
    "changed_after_note",
    "unpaid_after_erp",
    "cancel_asked",
    "order_gone",
    "split_waiting",
    "cancelled_after_note",
    *sorted(MAPPING_REASONS),
)


def causes_of(
    order: Order,
    effect: Effect,
    goods: Goods,
    lacking: Mapping[int, Decimal],
    unmapped: Sequence[Cause] = (),
) -> list[Cause]:
    """All causes that hold this order now; none when it is not ours to serve."""
    if order.is_history:
        return []
    if order.has_note:
        return _after_the_note(order, goods)
    if not effect.reserved:
        return []
    found = _of_the_store(order)
    if not order.meaning:
        found.append(Cause("status_unmapped", f"status:{order.status_id}", _status(order)))
    found += _of_goods(order, goods)
    found += _shortages(order, goods, lacking)
    if order.difference != order.accepted_difference:
        found.append(_mismatch(order))
    if effect.to_erp:
        found += [*_of_buyer(order), *unmapped]
    return [*found, *_of_the_sale(order, goods, "changed_after_erp")]


def _after_the_note(order: Order, goods: Goods) -> list[Cause]:
    """Nothing of the order waits for goods any more; what the store changes now needs a person (feature E8)."""
    if order.meaning == Meaning.CANCELLED:
        return [Cause("cancelled_after_note", f"order:{order.pk}", {"number": order.number})]
    return [*_of_the_store(order), *_of_the_sale(order, goods, "changed_after_note")]


def _of_the_store(order: Order) -> list[Cause]:
    """What the store showed and must show again, or shows no more."""
    params = {"number": order.number, "store": order.connection.name}
    found = []
    if order.gone_at is not None:
        found.append(Cause("order_gone", f"order:{order.pk}", params))
    if order.cancel_state == Order.Cancel.ASKED:
        found.append(Cause("cancel_asked", f"order:{order.pk}", params))
    return found


def _of_the_sale(order: Order, goods: Goods, reason: str) -> list[Cause]:
    """The store says something else than the sale was made from, field by field."""
    if order.erp_state not in TOLD:
        return []
    found = []
    now = facts_of(order, goods.lines.get(order.pk, []))
    if fingerprint_of(now) != order.erp_digest:
        found.append(_changed(order, differences(order.erp_facts, now), reason))
    if order.meaning == Meaning.AWAITING_PAYMENT:
        params = {"number": order.number, "store": order.connection.name, "status": order.status_label}
        found.append(Cause("unpaid_after_erp", f"order:{order.pk}", params))
    return found


def _status(order: Order) -> dict[str, str]:
    return {"status": order.status_label, "store": order.connection.name}


def _of_goods(order: Order, goods: Goods) -> list[Cause]:
    lines = goods.lines.get(order.pk, [])
    if not lines and order.is_divided:
        return []  # all of it went to its parts
    if not lines:
        return [Cause("no_lines", f"order:{order.pk}", {"number": order.number})]
    return [_unnamed(order, line, goods) for line in lines if not goods.parts(line)]


def _unnamed(order: Order, line: OrderLine, goods: Goods) -> Cause:
    key = f"product:{order.connection_id}:{line.product_external_id}:{line.variant_external_id}:{line.reference}"
    params: dict[str, JSON] = {
        "name": line.name,
        "reference": line.reference or "sem referência",
        "line": line.pk,
    }
    clash = goods.clashes.get(line.pk)
    if clash is None:
        return Cause("product_unknown", key, params)
    return Cause("product_conflict", key, {**params, "sku": clash.sku, "other": clash.name})


def _shortages(order: Order, goods: Goods, lacking: Mapping[int, Decimal]) -> list[Cause]:
    """What a divided order still keeps for parts that were not read is none of its own lines': it is theirs to lack."""
    products = {product.pk: product for line in goods.lines.get(order.pk, ()) for product, _ in goods.parts(line)}
    return [_short(products[key], units) for key, units in lacking.items() if key in products]


def _short(product: Product, units: Decimal) -> Cause:
    params = {"name": product.name, "sku": product.sku, "missing": quantity_text(units)}
    reason = "new_product_short" if product.is_as_the_store_said else "stock_short"
    return Cause(reason, f"stock:{product.pk}", {**params, "product": product.pk})


def _mismatch(order: Order) -> Cause:
    return Cause(
        "sum_mismatch",
        f"order:{order.pk}",
        {
            "number": order.number,
            "difference": money_text(order.difference, symbol=False),
            "total": money_text(order.total, symbol=False),
            "parts": money_text(order.total - order.difference, symbol=False),
        },
    )


def _of_buyer(order: Order) -> list[Cause]:
    """The customer's document counts, since a person may have corrected it there; else the buyer's own."""
    document = (order.customer.document if order.customer else "") or order.buyer.document
    params = {"number": order.number, "buyer": order.buyer.name, "document": document}
    if not document:
        return [Cause("document_missing", f"order:{order.pk}", params)]
    if not is_tax_document(document):
        return [Cause("document_invalid", f"order:{order.pk}", params)]
    return []


def _changed(order: Order, found: Sequence[Difference], reason: str) -> Cause:
    params: dict[str, JSON] = {
        "number": order.number,
        "erp_number": order.erp_number or "em criação",
        "changes": "; ".join(f"{item.field}: era {item.was}, agora {item.now}" for item in found) or "a venda é antiga",
        "fields": [[item.field, item.was, item.now] for item in found],
    }
    return Cause(reason, f"order:{order.pk}", params)
