"""Forms of a company and of its warehouses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.db.models import QuerySet

from cais.companies.models import Company, Warehouse, validate_cnpj
from cais.core.values import document_text

STATES: Final = [
    "AC",
    "AL",
    "AM",
    "AP",
    "BA",
    "CE",
    "DF",
    "ES",
    "GO",
    "MA",
    "MG",
    "MS",
    "MT",
    "PA",
    "PB",
    "PE",
    "PI",
    "PR",
    "RJ",
    "RN",
    "RO",
    "RR",
    "RS",
    "SC",
    "SE",
    "SP",
    "TO",
]


if TYPE_CHECKING:
    _CompanyForm = forms.ModelForm[Company]
else:
    _CompanyForm = forms.ModelForm


class CompanyForm(_CompanyForm):
    cnpj = forms.CharField(label="CNPJ", max_length=20, help_text="Com ou sem pontuação; pode ter letras.")
    state = forms.ChoiceField(label="UF", choices=[("", "Escolha"), *((state, state) for state in STATES)])

    class Meta:
        model = Company
        fields = ("name", "legal_name", "cnpj", "city", "state")
        help_texts = {"name": "Como a empresa aparece nas telas."}

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if "name" in self.changed_data and self._others().filter(name__iexact=name).exists():
            raise forms.ValidationError("Outra empresa do grupo já tem este nome: nas telas seriam iguais.")
        return name

    def _others(self) -> QuerySet[Company]:
        return Company.objects.filter(group_id=self.instance.group_id).exclude(pk=self.instance.pk)

    def clean_cnpj(self) -> str:
        bare = document_text(self.cleaned_data["cnpj"])
        validate_cnpj(bare)
        if self._others().filter(cnpj=bare).exists():
            raise forms.ValidationError("Outra empresa do grupo já tem este CNPJ.")
        return bare


class WarehouseForm(forms.Form):
    name = forms.CharField(label="Nome do depósito", max_length=60)

    def __init__(self, company: Company, data: Any = None, *, warehouse: Warehouse | None = None) -> None:
        super().__init__(data, initial={"name": warehouse.name} if warehouse else None)
        self.company, self.warehouse = company, warehouse

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        taken = Warehouse.objects.filter(company=self.company, name__iexact=name)
        if self.warehouse is not None:
            taken = taken.exclude(pk=self.warehouse.pk)
        if taken.exists():
            raise forms.ValidationError("Esta empresa já tem um depósito com este nome.")
        return name
