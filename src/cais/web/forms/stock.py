"""The form by which a person changes the stock of one product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from cais.catalog.models import Product
from cais.companies.models import Warehouse
from cais.stock.models import LedgerEntry
from cais.stock.services import Entry
from cais.web.forms.numbers import DecimalInputField
from cais.web.forms.refusals import RefusableForm
from cais.web.forms.slips import SlipForm
from cais.web.goods.warehouse_names import offer_warehouses

KINDS = (
    (LedgerEntry.Kind.RECEIVE.value, "Entrada: chegou mercadoria"),
    (LedgerEntry.Kind.ADJUST.value, "Ajuste: somar ou tirar (use − para tirar)"),
    (LedgerEntry.Kind.COUNT.value, "Contagem: há exatamente esta quantidade"),
)


class EntryForm(SlipForm, RefusableForm):
    kind = forms.ChoiceField(label="O que aconteceu", choices=KINDS, widget=forms.RadioSelect, initial="receive")
    warehouse = forms.ChoiceField(label="Depósito")
    quantity = DecimalInputField(label="Quantidade", places=4)
    reason = forms.CharField(
        label="Motivo", max_length=200, required=False, help_text="Obrigatório no ajuste. Fica no histórico."
    )

    def __init__(self, warehouses: Sequence[Warehouse], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._warehouses = offer_warehouses(self.fields["warehouse"], warehouses)

    def entry(self, product: Product) -> Entry:
        return Entry(
            kind=LedgerEntry.Kind(self.cleaned_data["kind"]),
            product=product,
            warehouse=self._warehouses[self.cleaned_data["warehouse"]],
            quantity=self.cleaned_data["quantity"],
            reason=self.cleaned_data["reason"],
            slip=self.own_slip,
        )
