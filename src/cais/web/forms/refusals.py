"""A form whose words may be refused after it was read: by the rules of a room, each sentence at its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django import forms

from cais.catalog.drafts import Invalid


class RefusableForm(forms.Form):
    def show(self, problems: Mapping[str, str]) -> None:
        """Field → sentence, as `Invalid` carries them; what is about no field stands above them all."""
        for field, words in problems.items():
            self.add_error(field if field in self.fields else None, words)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """What is done within may be refused: then the form says why, and the lines after it are gone on with."""
        try:
            yield
        except Invalid as error:
            self.show(error.problems)
