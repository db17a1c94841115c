"""Products, variants and kit parts on the wire."""

from decimal import Decimal

from cais.connectors.tray.simulator.listing import Listing
from cais.connectors.tray.simulator.records import KitPart, Product, Variant
from cais.connectors.tray.simulator.store import Store
from cais.connectors.tray.simulator.wire import NO_DATE, Json, cubic_weight, day, flag, moment, money


def product_listing(store: Store) -> Listing[Product]:
    shelf = store.shelf
    return Listing(
        plural="Products",
        singular="Product",
        render=lambda product: short_product(product, store),
        filters={
            "id": lambda product: str(product.id),
            "name": lambda product: product.name,
            "category_id": lambda product: str(product.category_id),
            "ean": lambda product: product.ean,
            "available": lambda product: flag(product.available),
            "price": lambda product: money(product.price),
            "brand": lambda product: product.brand,
            "model": lambda product: product.model,
            "reference": lambda product: product.reference,
            "stock": lambda product: str(shelf.stock(product)),
            "is_kit": lambda product: flag(product.is_kit),
            "has_variations": lambda product: flag(bool(shelf.variants_of(product.id))),
            "modified": lambda product: moment(product.modified),
            "created": lambda product: moment(product.created),
        },
        days=frozenset(("modified", "created")),
        parts=_parts(store),
        sorts={
            "id": lambda product: product.id,
            "name": lambda product: product.name,
            "modified": lambda product: product.modified,
        },
    )


def variant_listing(store: Store) -> Listing[Variant]:
    return Listing(
        plural="Variants",
        singular="Variant",
        render=variant_record,
        filters={
            "id": lambda variant: str(variant.id),
            "product_id": lambda variant: str(variant.product_id),
            "ean": lambda variant: variant.ean,
            "price": lambda variant: money(variant.price),
            "stock": lambda variant: str(variant.stock),
            "reference": lambda variant: variant.reference,
            "type_1": lambda variant: variant.skus[0][0],
            "value_1": lambda variant: variant.skus[0][1],
            "modified": lambda variant: moment(variant.modified),
        },
        days=frozenset(("modified",)),
        parts=_parts(store),
        sorts={"id": lambda variant: variant.id, "modified": lambda variant: variant.modified},
    )


def _parts(store: Store) -> frozenset[str]:
    return frozenset(("reference",)) if store.choices.reference_filter == "part" else frozenset()


def kit_listing(store: Store) -> Listing[KitPart]:
    return Listing(
        plural="ProductKits",
        singular="ProductKit",
        render=lambda part: kit_record(part, store),
        filters={
            "product_parent_id": lambda part: str(part.product_parent_id),
            "product_id": lambda part: str(part.product_id),
        },
        sorts={"id": lambda part: part.id},
    )


def short_product(product: Product, store: Store) -> Json:
    """The record of the list: no description, no current price (Tray contract §5.3)."""
    price = store.shelf.price(product)
    return {
        "modified": moment(product.modified),
        "ean": product.ean,
        "is_kit": flag(product.is_kit),
        "slug": f"produto-{product.id}",
        "ncm": product.ncm,
        "activation_date": NO_DATE,
        "deactivation_date": NO_DATE,
        "id": str(product.id),
        "name": product.name,
        "price": money(price),
        "cost_price": money(product.cost_price),
        "dollar_cost_price": "0.00",
        "promotional_price": money(product.promotional_price),
        "start_promotion": product.start_promotion or NO_DATE,
        "end_promotion": product.end_promotion or NO_DATE,
        "brand": product.brand,
        "brand_id": "",
        "model": product.model,
        "weight": str(product.weight),
        "length": str(product.length),
        "width": str(product.width),
        "height": str(product.height),
        "stock": str(store.shelf.stock(product)),
        "category_id": str(product.category_id),
        "available": flag(product.available),
        "availability": product.availability,
        "reference": product.reference,
        "hot": "0",
        "release": "0",
        "additional_button": "0",
        "has_variation": flag(bool(store.shelf.variants_of(product.id))),
        "rating": "0",
        "count_rating": "0",
        "quantity_sold": str(product.quantity_sold),
        "url": _url(product, store),
        "created": moment(product.created),
        "Properties": [],
        "related_categories": [],
        "release_date": product.release_date,
        "shortcut": f"produto-{product.id}",
        "virtual_product": "1" if product.virtual_product else "",
        "minimum_stock": str(product.minimum_stock),
        "minimum_stock_alert": "0",
        "free_shipping": "0",
        "video": "",
        "metatag": [],
        "payment_option_html": " ",
        "upon_request": flag(not price),
        "available_for_purchase": flag(product.available and store.shelf.stock(product) > 0),
        "all_categories": [str(product.category_id)] if product.category_id else "0",
        "ProductImage": [],
        "Variant": [{"id": str(variant.id)} for variant in store.shelf.variants_of(product.id)],
        "AdditionalInfos": [],
    }


def product_record(product: Product, store: Store) -> Json:
    on_sale = _on_sale(product, store)
    return short_product(product, store) | {
        "title": product.name,
        "description": product.description,
        "description_small": product.description_small,
        "category_name": product.category_name,
        "warranty": product.warranty,
        "current_price": money(product.promotional_price if on_sale else store.shelf.price(product)),
        "ipi": f"{product.ipi_value:.6f}",
        "availability_days": str(product.availability_days),
        "cubic_weight": cubic_weight(product.length, product.width, product.height),
        "percentage_discount": "0",
        "has_acceptance_terms": "0",
        "has_buy_together": "0",
        "additional_message": "",
        "included_items": "",
        "related_products": [],
        "promotion_id": "0",
        "warranty_days": "0",
        "acceptance_term": "",
        "acceptance_term_option": "0",
        "image": "0",
    }


def variant_record(variant: Variant) -> Json:
    return {
        "id": str(variant.id),
        "ean": variant.ean,
        "order": "1",
        "product_id": str(variant.product_id),
        "price": money(variant.price),
        "cost_price": money(variant.cost_price),
        "stock": str(variant.stock),
        "minimum_stock": str(variant.minimum_stock),
        "reference": variant.reference,
        "weight": str(variant.weight),
        "cubic_weight": cubic_weight(variant.length, variant.width, variant.height),
        "length": str(variant.length),
        "width": str(variant.width),
        "height": str(variant.height),
        "start_promotion": variant.start_promotion or NO_DATE,
        "end_promotion": variant.end_promotion or NO_DATE,
        "promotional_price": money(variant.promotional_price),
        "available": "1",
        "illustrative_image": "",
        "Sku": [{"type": kind, "value": value} for kind, value in variant.skus],
        "quantity_sold": str(variant.quantity_sold),
        "color_id_1": "0",
        "color_id_2": "0",
        "modified": moment(variant.modified),
        "VariantImage": [],
    }


def kit_record(part: KitPart, store: Store) -> Json:
    product = store.shelf.products[part.product_id]
    return {
        "id": str(part.id),
        "product_parent_id": str(part.product_parent_id),
        "product_id": str(part.product_id),
        "quantity": str(part.quantity),
        "price": money(store.shelf.part_price(part)),
        "price_rule": part.price_rule,
        "discount_type": part.discount_type,
        "discount_value": money(part.discount_value),
        "brand": product.brand,
        "warranty": product.warranty,
        "availability_days": str(product.availability_days),
        "ProductVariantKit": [],
    }


def _on_sale(product: Product, store: Store) -> bool:
    """The promotion counts only inside its dates (Tray contract §5.2)."""
    today = day(store.clock.now())
    return (
        product.promotional_price > Decimal(0)
        and (product.start_promotion or NO_DATE) <= today
        and today <= (product.end_promotion or NO_DATE)
    )


def _url(product: Product, store: Store) -> Json:
    path = f"loja-{store.config.store_id}.exemplo.com.br/produto-{product.id}"
    return {"http": f"http://{path}", "https": f"https://{path}"}
