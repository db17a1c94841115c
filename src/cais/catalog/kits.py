"""Kits: a product made of others. A kit holds no kit and has no stock of its own (feature C6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from cais.catalog.drafts import Invalid
from cais.catalog.hints import tell
from cais.catalog.models import KitComponent, Product
from cais.core.values import QUANTUM, is_within

_MOST = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a product in one kit."""

    product_id: int
    quantity: Decimal


def compose(kit: Product, parts: Sequence[Part]) -> None:
    """Make the product a kit of exactly these components. Raises Invalid, with the sentence under no field.

    The products are locked in key order, so that two kits cannot become components of each other at once.
    """
    with transaction.atomic():
        ids = {kit.pk, *(part.product_id for part in parts)}
        rows = Product.objects.filter(group_id=kit.group_id, pk__in=ids).order_by("pk").select_for_update(no_key=True)
        products = {product.pk: product for product in rows}
        words = problem(kit, parts, products)
        if words:
            raise Invalid({"": words})
        _replace(kit, parts)
        if not kit.is_kit:
            kit.is_kit = True
            kit.save(update_fields=["is_kit"])
        tell(kit.group_id, [kit.pk])


def problem(kit: Product, parts: Sequence[Part], products: Mapping[int, Product]) -> str:
    """Why the product cannot be a kit of these, in a sentence; empty when it can."""
    if not parts:
        return "Um kit tem pelo menos um componente."
    if len({part.product_id for part in parts}) < len(parts):
        return "O mesmo componente aparece duas vezes. Some as quantidades em uma linha só."
    for part in parts:
        words = _part_problem(kit, part, products.get(part.product_id))
        if words:
            return words
    return "" if kit.is_kit else _cannot_become_kit(kit)


def _part_problem(kit: Product, part: Part, product: Product | None) -> str:
    if product is None:
        return "Um dos componentes não existe no cadastro."
    if product.pk == kit.pk:
        return "Um kit não pode conter a si mesmo."
    if product.is_kit:
        return f"{product.sku} também é um kit. Use os componentes dele."
    if not is_within(part.quantity, QUANTUM, _MOST) or part.quantity != part.quantity.quantize(QUANTUM):
        return f"A quantidade de {product.sku} precisa ser maior que zero, com até quatro casas decimais."
    return ""


def _cannot_become_kit(product: Product) -> str:
    if KitComponent.objects.filter(product=product).exists():
        return f"{product.sku} é componente de outro kit, e um kit não fica dentro de outro."
    if product.balance_rows.exclude(on_hand=0, reserved=0).exists():
        return f"{product.sku} tem estoque próprio ou reserva. Zere o estoque antes de transformar em kit."
    return ""


def _replace(kit: Product, parts: Iterable[Part]) -> None:
    """Components that stay keep their row, so that the history shows what really changed."""
    wanted = {part.product_id: part.quantity for part in parts}
    for component in kit.components.all():
        quantity = wanted.pop(component.product_id, None)
        if quantity is None:
            component.delete()
        elif quantity != component.quantity:
            component.quantity = quantity
            component.save(update_fields=["quantity"])
    KitComponent.objects.bulk_create(
        KitComponent(group_id=kit.group_id, kit=kit, product_id=product_id, quantity=quantity)
        for product_id, quantity in wanted.items()
    )
