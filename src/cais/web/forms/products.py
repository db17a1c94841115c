"""The product's form and the lines of its kit: what was typed, as the catalog's drafts want it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.forms.formsets import BaseFormSet

from cais.catalog.categories import Tree
from cais.catalog.drafts import ProductDraft
from cais.catalog.kits import Part
from cais.catalog.models import KitComponent, Product
from cais.companies.models import Group
from cais.core.values import ZERO
from cais.web.forms.categories import category_choices
from cais.web.forms.numbers import DecimalInputField
from cais.web.forms.refusals import RefusableForm

_EMPTY_LINES = 3
_MOST_LINES = 100


class ProductForm(RefusableForm):
    name = forms.CharField(label="Nome", max_length=200, error_messages={"required": "Escreva o nome do produto."})
    sku = forms.CharField(
        label="SKU",
        max_length=60,
        help_text="O código que a loja e o ERP usam para este produto. Único no grupo.",
        error_messages={"required": "Escreva o SKU: é por ele que a loja e o ERP encontram o produto."},
    )
    gtin = forms.CharField(label="GTIN", required=False, help_text="O número do código de barras.")
    unit = forms.CharField(label="Unidade", max_length=6, initial="UN", help_text="UN, CX, KG…")
    brand = forms.CharField(label="Marca", required=False, max_length=120)
    category_id = forms.TypedChoiceField(label="Categoria", required=False, coerce=int, empty_value=None)
    description = forms.CharField(
        label="Descrição",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="O texto que o comprador lê na loja.",
    )
    price = DecimalInputField(label="Preço", places=2, is_money=True, required=False)
    tracks_stock = forms.BooleanField(label="Controla estoque", required=False, initial=True)
    ncm = forms.CharField(
        label="NCM", required=False, help_text="Com 8 dígitos. Sem ele o produto é vendido, mas a nota não sai."
    )
    origin = forms.ChoiceField(
        label="Origem", required=False, choices=[("", "Escolha a origem"), *Product.ORIGINS], initial="0"
    )
    weight_g = DecimalInputField(label="Peso", places=0, required=False, help_text="Já com a embalagem.")
    length_cm = DecimalInputField(label="Comprimento", places=2, required=False)
    width_cm = DecimalInputField(label="Largura", places=2, required=False)
    height_cm = DecimalInputField(label="Altura", places=2, required=False)

    def __init__(self, tree: Tree, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["category_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = category_choices(tree, nowhere="Sem categoria")

    @classmethod
    def values_of(cls, product: Product) -> dict[str, Any]:
        """What the form shows of a product; a measure nobody wrote is an empty field, not a zero."""
        values = {name: getattr(product, name) for name in cls.base_fields}
        values["weight_g"] = Decimal(product.weight_g)
        return {name: "" if value == 0 and isinstance(value, Decimal) else value for name, value in values.items()}

    def draft(self, product: Product | None = None) -> ProductDraft:
        """The typed values as a draft; what the form does not ask keeps what the product has."""
        values: dict[str, Any] = dict(self.cleaned_data)
        for name, field in self.fields.items():
            if isinstance(field, DecimalInputField) and values[name] is None:
                values[name] = ZERO
        values["weight_g"] = int(values["weight_g"])
        return ProductDraft(**values, active=product.active if product else True)


class PartForm(forms.Form):
    sku = forms.CharField(
        label="SKU do componente",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"class": "c-input", "autocomplete": "off"}),
    )
    quantity = DecimalInputField(
        label="Quantidade",
        places=4,
        required=False,
        widget=forms.TextInput(attrs={"class": "c-input", "inputmode": "decimal", "autocomplete": "off"}),
    )

    @property
    def is_blank(self) -> bool:
        return not self.cleaned_data.get("sku") and self.cleaned_data.get("quantity") is None


if TYPE_CHECKING:
    _PartFormSet = BaseFormSet[PartForm]  # generic for the type checker only
else:
    _PartFormSet = BaseFormSet


class PartLines(_PartFormSet):
    """The components of one kit. An emptied line takes its component out."""

    def parts(self, group: Group) -> list[Part]:
        """The lines as parts; a line that names no product is marked with its error."""
        lines = [form for form in self.forms if not form.is_blank]
        skus = {form.cleaned_data["sku"] for form in lines}
        products = {product.sku: product for product in Product.objects.of(group).filter(sku__in=skus)}
        return [part for form in lines if (part := _part(form, products))]

    @property
    def has_errors(self) -> bool:
        return any(form.errors for form in self.forms)


def _part(form: PartForm, products: Mapping[str, Product]) -> Part | None:
    product = products.get(form.cleaned_data["sku"])
    quantity = form.cleaned_data.get("quantity")
    if product is None:
        form.add_error("sku", "Não existe produto com este SKU.")
    if quantity is None:
        form.add_error("quantity", "Escreva a quantidade.")
    return Part(product.pk, quantity) if product and quantity is not None else None


_Lines = forms.formset_factory(PartForm, formset=PartLines, extra=_EMPTY_LINES, max_num=_MOST_LINES)


def part_lines(data: Any = None, *, kit: Product | None = None) -> PartLines:
    components: list[KitComponent] = list(kit.components.select_related("product")) if kit else []
    initial = [{"sku": part.product.sku, "quantity": part.quantity} for part in components]
    return cast(PartLines, _Lines(data, initial=initial, prefix="kit"))
