"""Forms that show, at their fields, what a service refused."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms


class RefusableForm(forms.Form):
    def show(self, problems: Mapping[str, str]) -> None:
        """Field → sentence, as `Invalid` carries them; what is about no field stands above them all."""
        for field, words in problems.items():
            self.add_error(field if field in self.fields else None, words)
