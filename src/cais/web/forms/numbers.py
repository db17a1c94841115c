"""Form fields for numbers as Brazilians write them: 1.234,56 in, 1234,56 out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cais.catalog.numerals import NotANumber, read_decimal, write_decimal


class DecimalInputField(forms.Field):
    """A Decimal with at most `places` decimals, or None when it is left empty and not required.

    Money is shown with its cents, 399,90; other numbers without zeros at the end.
    """

    def __init__(self, *, places: int, is_money: bool = False, **options: Any) -> None:
        self.places = places
        self.is_money = is_money
        mode = "decimal" if places else "numeric"
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"}))
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return read_decimal(text, places=self.places)
        except NotANumber as error:
            raise ValidationError(error.words) from None

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        return f"{value:.2f}".replace(".", ",") if self.is_money else write_decimal(value)
