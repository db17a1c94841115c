"""Forms of what a store asks: the price list of a connection, and what differs for one product."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms

from cais.core.values import ZERO
from cais.pricing.models import DIRECTIONS, ROUNDINGS, PriceException, PriceList
from cais.pricing.services import ExceptionDraft, ListDraft, draft_of
from cais.web.forms.numbers import DecimalInputField
from cais.web.forms.refusals import RefusableForm


class DayField(forms.DateField):
    def __init__(self, label: str) -> None:
        day = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(label=label, widget=day, localize=False, required=False)


class PriceListForm(RefusableForm):
    percent = DecimalInputField(
        label="Ajuste em %", places=2, required=False, help_text="Sobre o preço do cadastro. Com sinal de menos, tira."
    )
    amount = DecimalInputField(
        label="Ajuste em R$", places=2, is_money=True, required=False, help_text="Somado depois do percentual."
    )
    rounding = forms.ChoiceField(label="Arredondamento", choices=ROUNDINGS)
    direction = forms.ChoiceField(label="Arredonda", choices=DIRECTIONS)
    sale_percent = DecimalInputField(
        label="Promoção: % a menos", places=2, required=False, help_text="Vazio: a loja inteira não tem promoção."
    )
    sale_first = DayField("Primeiro dia da promoção")
    sale_last = DayField("Último dia da promoção")

    @staticmethod
    def values_of(listed: PriceList) -> dict[str, Any]:
        names = ("rounding", "direction", "sale_percent", "sale_first", "sale_last")
        values = {name: getattr(listed, name) for name in names}
        return values | {"percent": listed.percent or None, "amount": listed.amount or None}

    def draft(self) -> ListDraft:
        data = self.cleaned_data
        return ListDraft(**{**data, "percent": data["percent"] or ZERO, "amount": data["amount"] or ZERO})


class PriceExceptionForm(RefusableForm):
    is_sent = forms.BooleanField(
        label="Enviar o preço deste produto",
        required=False,
        help_text="Desmarcado, a loja fica com o preço que tem.",
    )
    fixed = DecimalInputField(
        label="Preço próprio", places=2, is_money=True, required=False, help_text="Vai como está, sem arredondar."
    )
    percent = DecimalInputField(
        label="Ajuste próprio em %", places=2, required=False, help_text="No lugar do ajuste da loja."
    )
    amount = DecimalInputField(label="Ajuste próprio em R$", places=2, is_money=True, required=False)
    sale = forms.ChoiceField(
        label="Promoção",
        choices=[("listed", "A da loja, se houver"), ("own", "Uma só dele"), ("none", "Nenhuma")],
        widget=forms.RadioSelect,
    )
    sale_price = DecimalInputField(label="Preço da promoção", places=2, is_money=True, required=False)
    sale_percent = DecimalInputField(
        label="ou % a menos", places=2, required=False, help_text="Sobre o preço que a loja pede."
    )
    sale_first = DayField("Primeiro dia")
    sale_last = DayField("Último dia")

    @staticmethod
    def values_of(kept: PriceException | None) -> dict[str, Any]:
        return asdict(draft_of(kept))

    def draft(self) -> ExceptionDraft:
        return ExceptionDraft(**self.cleaned_data)
