"""Products: made, edited, taken out of use and back; each rule in one place, whoever asks."""

from __future__ import annotations

from dataclasses import asdict

from django.db import IntegrityError, transaction

from cais.catalog.categories import problem_of
from cais.catalog.drafts import Invalid, ProductDraft
from cais.catalog.hints import tell
from cais.catalog.models import Product
from cais.companies.models import Group

_TAKEN = "Já existe um produto com este SKU."


def create(group: Group, draft: ProductDraft) -> Product:
    """Raises Invalid. A kit is made by giving the new product components (`kits.compose`)."""
    return _save(Product(group=group), draft)


def create_as_sold(group: Group, draft: ProductDraft) -> Product:
    """A product of which only an order has told so far: *cadastro incompleto*. Raises Invalid, also for a taken SKU."""
    return _save(Product(group=group, made_from_order=True), draft)


def edit(product: Product, draft: ProductDraft) -> Product:
    """Raises Invalid. Links with stores and past orders follow the product, also under another SKU."""
    return _save(product, draft)


def deactivate(product: Product) -> None:
    """The product stays where it was sold and counted; it can no longer be sold."""
    _use(product, active=False)


def activate(product: Product) -> None:
    _use(product, active=True)


def _use(product: Product, *, active: bool) -> None:
    product.active = active
    with transaction.atomic():
        product.save(update_fields=["active"])
        tell(product.group_id, [product.pk])


def _save(product: Product, draft: ProductDraft) -> Product:
    even = draft.even()
    problems = even.problems()
    if Product.objects.filter(group_id=product.group_id, sku=even.sku).exclude(pk=product.pk).exists():
        problems["sku"] = _TAKEN
    if problems:
        raise Invalid(problems)
    for field, value in asdict(even).items():
        setattr(product, field, value)
    try:
        with transaction.atomic():
            if words := problem_of(product.group_id, even.category_id):
                raise Invalid({"category_id": words})
            product.save()
            tell(product.group_id, [product.pk])
    except IntegrityError as error:
        if "sku_once_per_group" not in str(error):
            raise
        raise Invalid({"sku": _TAKEN}) from None  # somebody took it between the look and the write
    return product
