"""Products, variants and kits: read, create, change."""

import dataclasses
from decimal import Decimal

from cais.connectors.tray.simulator import fields, render_products
from cais.connectors.tray.simulator.call import Call
from cais.connectors.tray.simulator.errors import Refusal, invalid
from cais.connectors.tray.simulator.faults import SHELF_REFUSED
from cais.connectors.tray.simulator.listing import listed
from cais.connectors.tray.simulator.records import KitPart, Product, Variant
from cais.connectors.tray.simulator.wire import Json, envelope

_TEXTS = {
    "name": 200, "reference": 120, "ean": 120, "ncm": 8, "brand": 120, "model": 150, "description": 4800,
    "description_small": 500, "warranty": 300, "start_promotion": 10, "end_promotion": 10,
    "availability": 120, "release_date": 10,
}  # fmt: skip
_MONEY = ("price", "cost_price", "promotional_price", "ipi_value")
_WHOLE = ("weight", "length", "width", "height", "availability_days", "minimum_stock", "category_id")
_PRICES = ("price", "promotional_price", "start_promotion", "end_promotion")
_FLAGS = ("available", "virtual_product")
_IGNORED = ("related_categories", "metatag", *(f"picture_source_{slot}" for slot in range(1, 7)))
_PRODUCT_KEYS = frozenset((*_TEXTS, *_MONEY, *_WHOLE, *_FLAGS, *_IGNORED, "stock", "is_kit"))
_VARIANT_KEYS = _PRODUCT_KEYS | {"product_id", "order", "type_1", "value_1", "type_2", "value_2", "Sku"}
_HIGHEST_AXIS = 2


def list_products(call: Call) -> Json:
    listing = render_products.product_listing(call.store)
    rows = list(call.store.shelf.products.values())
    return listed(listing, rows, call.request.query, window=call.window(), choices=call.store.choices)


def get_product(call: Call) -> Json:
    return {"Product": render_products.product_record(_product(call), call.store)}


def create_product(call: Call) -> Json:
    sent = _sent(call, "Product")
    record = fields.known_only(sent, _PRODUCT_KEYS, call.store.choices)
    name = fields.required(record, "name", longest=200)
    price = fields.money_field(record, "price")
    draft = Product(id=0, name=name, price=price, is_kit=str(record.get("is_kit", "0")) == "1")
    _write(draft, record)
    draft.stock = _stock(call, record) or 0
    product = dataclasses.replace(draft, id=call.store.shelf.new_id())
    call.store.shelf.add_product(product)
    call.store.record("changed", {"product_id": product.id, "fields": record, "by": "api"})
    return envelope("Created", product.id, 201, call.store.choices)


def change_product(call: Call) -> Json:
    product = _product(call)
    sent = _sent(call, "Product")
    record = fields.known_only(sent, _PRODUCT_KEYS, call.store.choices)
    stock, before = _stock(call, record), _prices(product)
    _write(product, record)
    computed = call.store.shelf.variants_of(product.id) or product.is_kit
    if stock is not None and computed and call.store.choices.parent_stock_write == "refused":
        raise invalid("stock", "O estoque deste produto é calculado")
    if stock is not None and not computed:
        call.store.shelf.set_stock(product, stock, why="api")
    _changed(call, product, record, before=before)
    return envelope("Saved", product.id, 200, call.store.choices)


def delete_product(call: Call) -> Json:
    """With its variants, and a kit with its parts."""
    product = _product(call)
    call.store.shelf.remove_product(product)
    call.store.record("deleted", {"product_id": product.id, "by": "api"})
    return envelope("Deleted", product.id, 200, call.store.choices)


def list_variants(call: Call) -> Json:
    listing = render_products.variant_listing(call.store)
    rows = list(call.store.shelf.variants.values())
    return listed(listing, rows, call.request.query, window=call.window(), choices=call.store.choices)


def get_variant(call: Call) -> Json:
    return {"Variant": render_products.variant_record(_variant(call))}


def create_variant(call: Call) -> Json:
    shelf = call.store.shelf
    sent = _sent(call, "Variant")
    if any(name in sent for name in ("type_3", "value_3")):
        raise invalid("type_3", "Uma variação tem no máximo dois eixos")
    record = fields.known_only(sent, _VARIANT_KEYS, call.store.choices)
    parent = shelf.products.get(fields.whole(record, "product_id"))
    if parent is None:
        raise invalid("product_id", "Produto inexistente")
    skus = _axes(record)
    same = any(sorted(variant.skus) == sorted(skus) for variant in shelf.variants_of(parent.id))
    if same and call.store.choices.duplicate_variant == "refused":
        raise invalid("value_1", "Já existe uma variação com esta combinação")
    # What is not sent is inherited from the parent (Tray contract §6).
    draft = Variant(
        id=0, product_id=parent.id, reference="", ean="", price=parent.price, stock=0, skus=skus,
        weight=parent.weight, length=parent.length, width=parent.width, height=parent.height,
    )  # fmt: skip
    _write(draft, record)
    draft.stock = _stock(call, record) or 0
    variant = shelf.add_variant(dataclasses.replace(draft, id=shelf.new_id()))
    call.store.record("changed", {"variant_id": variant.id, "fields": record, "by": "api"})
    return envelope("Created", variant.id, 201, call.store.choices)


def change_variant(call: Call) -> Json:
    variant = _variant(call)
    sent = _sent(call, "Variant")
    record = fields.known_only(sent, _VARIANT_KEYS, call.store.choices)
    stock, before = _stock(call, record), _prices(variant)
    if "type_1" in record or "Sku" in record:
        variant.skus = _axes(record)
    _write(variant, record)
    if stock is not None:
        call.store.shelf.set_stock(variant, stock, why="api")
    _changed(call, variant, record, before=before)
    return envelope("Saved", variant.id, 200, call.store.choices)


def delete_variant(call: Call) -> Json:
    variant = _variant(call)
    call.store.shelf.remove_variant(variant)
    call.store.record("deleted", {"variant_id": variant.id, "by": "api"})
    return envelope("Deleted", variant.id, 200, call.store.choices)


def list_kits(call: Call) -> Json:
    listing = render_products.kit_listing(call.store)
    rows = list(call.store.shelf.parts.values())
    return listed(listing, rows, call.request.query, window=call.window(), choices=call.store.choices)


def create_kit_parts(call: Call) -> Json:
    """A bare array of at least two nodes; the answer has no id (Tray contract §8)."""
    body = fields.body_of(call.request)
    nodes = [node for node in body if isinstance(node, dict)] if isinstance(body, list) else []
    if len(nodes) < 2:
        raise invalid("ProductKit", "Um kit precisa de ao menos dois itens")
    parts = [_sent_part(call, node) for node in nodes]
    for part in parts:
        call.store.shelf.add_part(dataclasses.replace(part, id=call.store.shelf.new_id()))
    return envelope("Created", None, 201, call.store.choices)


def _sent_part(call: Call, node: Json) -> KitPart:
    products = call.store.shelf.products
    parent = products.get(fields.whole(node, "product_parent_id"))
    product = products.get(fields.whole(node, "product_id"))
    if parent is None or not parent.is_kit:
        raise invalid("product_parent_id", "O produto principal não é um kit")
    if product is None or product.is_kit:
        raise invalid("product_id", "O item do kit não existe ou é outro kit")
    quantity = fields.whole(node, "quantity", 1)
    if quantity < 1:
        raise invalid("quantity", "Informe uma quantidade maior que zero")
    return KitPart(
        id=0, product_parent_id=parent.id, product_id=product.id, quantity=quantity,
        price_rule=fields.text(node, "price_rule") or "1",
        discount_type=fields.text(node, "discount_type") or "$",
        discount_value=fields.money_field(node, "discount_value", Decimal("0.00")),
    )  # fmt: skip


def _product(call: Call) -> Product:
    return call.store.shelf.product(fields.record_id(call.places["id"]))


def _variant(call: Call) -> Variant:
    return call.store.shelf.variant(fields.record_id(call.places["id"]))


def _sent(call: Call, name: str) -> Json:
    """What was sent of a product or a variant. Raises Refusal."""
    if call.store.faults.fires(SHELF_REFUSED, call.request):
        raise invalid(name, "O catálogo desta loja está bloqueado para alterações")
    return fields.wrapped(call.request, name)


def _axes(record: Json) -> list[tuple[str, str]]:
    """Axes as ``type_n``/``value_n``, or as ``Sku`` on a change. Raises Refusal (Tray contract §6)."""
    sent = record.get("Sku")
    if isinstance(sent, list) and sent:
        axes = [(str(one.get("type", "")), str(one.get("value", ""))) for one in sent if isinstance(one, dict)]
        if len(axes) > _HIGHEST_AXIS:
            raise invalid("Sku", "Uma variação tem no máximo dois eixos")
        return axes
    axes = [(fields.required(record, "type_1"), fields.required(record, "value_1"))]
    second = (fields.text(record, "type_2"), fields.text(record, "value_2"))
    if bool(second[0]) != bool(second[1]):
        raise Refusal(400, "Invalid data provided", causes={"type_2": ["Informe type_2 e value_2 juntos"]})
    return [*axes, second] if second[0] else axes


def _stock(call: Call, record: Json) -> int | None:
    """The quantity sent, None when none was. Raises Refusal for a fraction, or a refused negative."""
    if "stock" not in record:
        return None
    stock = fields.whole(record, "stock")
    if stock < 0 and call.store.choices.negative_stock == "refused":
        raise invalid("stock", "O estoque não pode ser negativo")
    return max(stock, 0) if call.store.choices.negative_stock == "zero" else stock


def _write(target: Product | Variant, record: Json) -> None:
    """Check everything, then write; a refused body changes nothing."""
    values: dict[str, object] = {
        name: fields.text(record, name, longest=longest) for name, longest in _TEXTS.items() if name in record
    }
    values |= {name: fields.money_field(record, name) for name in _MONEY if name in record}
    values |= {name: fields.whole(record, name) for name in _WHOLE if name in record}
    values |= {name: str(record[name]) in ("1", "True") for name in _FLAGS if name in record}
    for name, value in values.items():
        if hasattr(target, name):
            setattr(target, name, value)


def _prices(target: Product | Variant) -> tuple[str, ...]:
    return tuple(str(getattr(target, name)) for name in _PRICES)


def _changed(call: Call, target: Product | Variant, record: Json, *, before: tuple[str, ...]) -> None:
    target.modified = call.store.clock.now()
    kind = "variant_id" if isinstance(target, Variant) else "product_id"
    call.store.record("changed", {kind: target.id, "fields": record, "by": "api"})
    if _prices(target) != before:
        facts: dict[str, object] = dict(zip(_PRICES, _prices(target), strict=True))
        call.store.record("price", {kind: target.id, "reference": target.reference, **facts, "by": "api"})
