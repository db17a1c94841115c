"""Forms of an inventory: opening one, counting a page of its sheet, and a filled-in sheet as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from cais.catalog.spreadsheet import LARGEST_BYTES
from cais.companies.models import Warehouse
from cais.warehousing.counts import InventoryDraft
from cais.warehousing.models import InventoryLine
from cais.web.forms.numbers import DecimalInputField
from cais.web.forms.refusals import RefusableForm
from cais.web.goods.warehouse_names import offer_warehouses


class OpeningForm(RefusableForm):
    warehouse = forms.ChoiceField(label="Depósito")
    text = forms.CharField(
        label="Só os produtos com",
        max_length=100,
        required=False,
        help_text="Palavras do nome ou do SKU. Vazio: todos os que controlam estoque.",
    )
    only_here = forms.BooleanField(label="Só os que este depósito já teve", required=False)
    blind = forms.BooleanField(
        label="Contagem às cegas", required=False, help_text="Quem conta não vê quanto deveria haver."
    )

    def __init__(self, warehouses: Sequence[Warehouse], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._warehouses = offer_warehouses(self.fields["warehouse"], warehouses)

    def draft(self) -> InventoryDraft:
        data = self.cleaned_data
        return InventoryDraft(
            warehouse=self._warehouses[data["warehouse"]],
            text=data["text"],
            only_here=data["only_here"],
            blind=data["blind"],
        )


class InstantForm(RefusableForm):
    at = forms.DateTimeField(
        label="Contado em",
        required=False,
        help_text="Vazio: agora. Se contou no papel, a hora em que contou.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"],
        error_messages={"invalid": "Escreva o dia e a hora, como 21/11/2026 14:30."},
    )

    @property
    def instant(self) -> datetime | None:
        at: datetime | None = self.cleaned_data.get("at")
        return at


class CountForm(InstantForm):
    """One page of the sheet; an emptied line takes its count back."""

    def __init__(self, lines: Sequence[InventoryLine], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lines = lines
        for line in lines:
            widget = forms.TextInput(
                attrs={
                    "class": "c-input c-quantity",
                    "inputmode": "decimal",
                    "autocomplete": "off",
                    "aria-label": f"Contado de {line.sku}",
                }
            )
            self.fields[_name(line)] = DecimalInputField(
                label=line.sku, places=4, required=False, initial=line.counted, widget=widget
            )

    @property
    def counted(self) -> dict[int, Decimal | None]:
        """By product id, only what this page says otherwise than it was shown."""
        return {
            line.product_id: self.cleaned_data[_name(line)] for line in self.lines if _name(line) in self.changed_data
        }

    def rows(self) -> list[tuple[InventoryLine, forms.BoundField]]:
        return [(line, self[_name(line)]) for line in self.lines]

    def show(self, problems: Mapping[str, str]) -> None:
        names = {str(line.product_id): _name(line) for line in self.lines}
        super().show({names.get(field, field): words for field, words in problems.items()})


class SheetForm(InstantForm):
    file = forms.FileField(
        label="Planilha preenchida",
        help_text="CSV ou XLSX com sku e quantidade. Linha sem quantidade fica sem contar.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        error_messages={"required": "Escolha o arquivo da planilha."},
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_BYTES:
            raise forms.ValidationError("O arquivo passa de 5 MB. Divida em partes menores e envie uma de cada vez.")
        return file


def _name(line: InventoryLine) -> str:
    return f"linha-{line.pk}"
