"""Forms of the stock that a store may show: the policy of a connection, and what differs for one product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from cais.companies.models import Warehouse
from cais.core.values import ZERO
from cais.offering.models import StockDifference, StockPolicy
from cais.offering.services import ExceptionDraft, PolicyDraft
from cais.web.forms.numbers import DecimalInputField
from cais.web.forms.refusals import RefusableForm
from cais.web.goods.warehouse_names import offer_warehouses


class PolicyForm(RefusableForm):
    which = forms.ChoiceField(
        label="De onde a loja vende",
        choices=[
            ("todos", "De todos os depósitos das empresas que atendem esta loja"),
            ("estes", "Só destes depósitos"),
        ],
        widget=forms.RadioSelect,
    )
    warehouses = forms.MultipleChoiceField(label="Depósitos", required=False, widget=forms.CheckboxSelectMultiple)
    buffer = DecimalInputField(
        label="Reserva de segurança",
        places=4,
        required=False,
        help_text="Unidades que a loja não mostra, para erros de contagem e vendas no mesmo instante.",
    )
    cap = DecimalInputField(
        label="Máximo mostrado", places=4, required=False, help_text="Vazio: mostra tudo o que pode vender."
    )
    stopped = forms.BooleanField(
        label="Parar a venda nesta loja",
        required=False,
        help_text="Mostra zero de tudo, de propósito. O que não controla estoque continua à venda.",
    )

    def __init__(self, warehouses: Sequence[Warehouse], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer_warehouses(self.fields["warehouses"], warehouses)

    @staticmethod
    def values_of(policy: StockPolicy) -> dict[str, Any]:
        chosen = policy.warehouses
        return {
            "which": "todos" if chosen is None else "estes",
            "warehouses": [str(key) for key in chosen or ()],
            "buffer": policy.buffer or None,
            "cap": policy.cap,
            "stopped": policy.stopped,
        }

    def draft(self) -> PolicyDraft:
        data = self.cleaned_data
        return PolicyDraft(
            warehouses=None if data["which"] == "todos" else [int(key) for key in data["warehouses"]],
            buffer=data["buffer"] or ZERO,
            cap=data["cap"],
            stopped=data["stopped"],
        )


class DifferenceForm(RefusableForm):
    """What differs from the rule that stands above; an empty field follows that one."""

    buffer = DecimalInputField(label="Reserva de segurança", places=4, required=False)
    cap = DecimalInputField(label="Máximo mostrado", places=4, required=False)
    stopped = forms.BooleanField(label="Parar a venda", required=False)

    @staticmethod
    def values_of(kept: StockDifference | None) -> dict[str, Any]:
        return {} if kept is None else {"buffer": kept.buffer, "cap": kept.cap, "stopped": kept.stopped}

    def draft(self) -> ExceptionDraft:
        return ExceptionDraft(**self.cleaned_data)


class ExceptionForm(DifferenceForm):
    stopped = forms.BooleanField(
        label="Parar a venda deste produto", required=False, help_text="A loja mostra zero dele, de propósito."
    )


class CategoryRuleForm(DifferenceForm):
    stopped = forms.BooleanField(
        label="Parar a venda desta categoria",
        required=False,
        help_text="A loja mostra zero de tudo o que está nela, de propósito, mesmo que o produto tenha regra própria.",
    )
