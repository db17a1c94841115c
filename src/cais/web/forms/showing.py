"""A form that shows what a service found wrong, each sentence at its field."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms


class ShowingForm(forms.Form):
    def show(self, problems: Mapping[str, str]) -> None:
        for field, words in problems.items():
            self.add_error(field or None, words)
