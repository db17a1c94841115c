"""Forms of a transfer: what goes from where to where, the note it travels with, and what arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.forms.formsets import BaseFormSet

from cais.catalog.models import Product
from cais.companies.models import Group, Warehouse
from cais.warehousing.models import TransferLine
from cais.warehousing.transfers import Item
from cais.web.forms.numbers import DecimalInputField
from cais.web.forms.products import PartForm
from cais.web.forms.refusals import RefusableForm
from cais.web.forms.slips import SlipForm
from cais.web.goods.warehouse_names import offer_warehouses

_LINES = 4
_MOST_LINES = 200


class TransferForm(SlipForm, RefusableForm):
    source = forms.ChoiceField(label="De")
    target = forms.ChoiceField(label="Para")
    reason = forms.CharField(
        label="Motivo",
        max_length=200,
        help_text="Quem envia e quem recebe leem isto.",
        error_messages={"required": "Escreva o motivo: quem envia e quem recebe precisam entender."},
    )

    def __init__(self, warehouses: Sequence[Warehouse], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("source", "target"):
            self._warehouses = offer_warehouses(self.fields[name], warehouses)
        if len(warehouses) > 1:
            self.fields["target"].initial = str(warehouses[1].pk)

    def warehouse(self, name: str) -> Warehouse:
        return self._warehouses[self.cleaned_data[name]]


if TYPE_CHECKING:
    _ItemFormSet = BaseFormSet[PartForm]  # generic for the type checker only
else:
    _ItemFormSet = BaseFormSet


class ItemLines(_ItemFormSet):
    """The products of a transfer. An empty line is left out."""

    def items(self, group: Group) -> list[Item]:
        """The lines as items; a line that names no product is marked with its error."""
        lines = [form for form in self.forms if not form.is_blank]
        skus = {form.cleaned_data["sku"] for form in lines}
        products = {product.sku: product for product in Product.objects.of(group).filter(sku__in=skus)}
        return [item for form in lines if (item := _item(form, products))]

    @property
    def has_errors(self) -> bool:
        return any(form.errors for form in self.forms)


def _item(form: PartForm, products: Mapping[str, Product]) -> Item | None:
    product = products.get(form.cleaned_data["sku"])
    quantity: Decimal | None = form.cleaned_data.get("quantity")
    if product is None:
        form.add_error("sku", "Não existe produto com este SKU.")
    if quantity is None:
        form.add_error("quantity", "Escreva a quantidade.")
    return Item(product, quantity) if product and quantity is not None else None


_Lines = forms.formset_factory(PartForm, formset=ItemLines, extra=_LINES, max_num=_MOST_LINES)


def item_lines(data: Any = None, *, initial: Sequence[Mapping[str, object]] = ()) -> ItemLines:
    return cast(ItemLines, _Lines(data, initial=list(initial), prefix="item"))


class SendForm(RefusableForm):
    """`waits` says which orders would wait for the arrival; where any would, a person confirms that they may."""

    note_key = forms.CharField(
        label="Chave de acesso da NF-e",
        max_length=60,
        help_text="44 caracteres, com ou sem espaços. Está no DANFE e no XML.",
        error_messages={"required": "Escreva a chave da nota que acompanha a mercadoria."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    along = forms.BooleanField(label="Os pedidos podem esperar a chegada", required=False)

    def __init__(self, *args: Any, needs_note: bool, waits: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["along"].help_text = waits
        for name, asked in (("note_key", needs_note), ("along", bool(waits))):
            if not asked:
                del self.fields[name]


class ArrivalForm(RefusableForm):
    """What arrived of each line; it is asked with what was sent already filled in."""

    def __init__(self, lines: Sequence[TransferLine], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._lines = {f"linha-{line.pk}": line for line in lines}
        for name, line in self._lines.items():
            self.fields[name] = DecimalInputField(
                label=f"{line.product.sku} · {line.product.name}", places=4, initial=line.quantity
            )

    @property
    def arrived(self) -> dict[int, Decimal]:
        return {line.pk: self.cleaned_data[name] for name, line in self._lines.items()}

    def show(self, problems: Mapping[str, str]) -> None:
        super().show({f"linha-{field}": words for field, words in problems.items()})
