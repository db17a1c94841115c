"""The customer's form: what a person may correct."""

from __future__ import annotations

from typing import Any

from django import forms

from cais.customers.corrections import Correction
from cais.customers.models import Customer
from cais.web.forms.refusals import RefusableForm
from cais.web.wording import document_text


def postal_code_text(code: str) -> str:
    """13050-000; anything that is no CEP as it came."""
    return f"{code[:5]}-{code[5:]}" if len(code) == 8 and code.isdigit() else code


class CustomerForm(RefusableForm):
    name = forms.CharField(label="Nome", max_length=300)
    document = forms.CharField(label="CPF ou CNPJ", max_length=20, required=False)
    state_registration = forms.CharField(label="Inscrição estadual", max_length=20, required=False)
    email = forms.CharField(label="E-mail", max_length=254, required=False)
    phone = forms.CharField(label="Telefone", max_length=30, required=False)
    postal_code = forms.CharField(label="CEP", max_length=12, required=False)
    street = forms.CharField(label="Rua", max_length=200, required=False)
    number = forms.CharField(label="Número", max_length=20, required=False)
    complement = forms.CharField(label="Complemento", max_length=100, required=False)
    district = forms.CharField(label="Bairro", max_length=100, required=False)
    city = forms.CharField(label="Cidade", max_length=200, required=False)
    state = forms.CharField(label="UF", max_length=2, required=False)

    @classmethod
    def values_of(cls, customer: Customer) -> dict[str, Any]:
        values = {name: getattr(customer, name) for name in cls.base_fields}
        values["document"] = document_text(customer.document) if customer.document else ""
        values["postal_code"] = postal_code_text(customer.postal_code)
        return values

    def correction(self) -> Correction:
        return Correction(**self.cleaned_data)
