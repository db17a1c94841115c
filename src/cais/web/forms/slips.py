"""A form that is posted once: a second press, or the same page sent from another tab, finds it done."""

from __future__ import annotations

from uuid import UUID, uuid4

from django import forms


class SlipForm(forms.Form):
    """`slip` names this filling-in of the form. A page without it (a browser tool) is taken as it comes."""

    slip = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)

    @property
    def own_slip(self) -> UUID | None:
        found: UUID | None = self.cleaned_data.get("slip")
        return found
