"""Form fields for numbers as Brazilians write them: 1.234,56 in, 1234,56 out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cais.catalog.numerals import NotANumber, read_decimal, write_decimal


class DecimalInputField(forms.CharField):
    """A Decimal with at most `places` decimals, or None when it is left empty and not required."""

    def __init__(self, *, places: int, **options: Any) -> None:
        self.places = places
        mode = "decimal" if places else "numeric"
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"}))
        super().__init__(max_length=24, **options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return read_decimal(text, places=self.places)
        except NotANumber as error:
            raise ValidationError(error.words) from None

    def prepare_value(self, value: Any) -> Any:
        return write_decimal(value) if isinstance(value, Decimal) else value
