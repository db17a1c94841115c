"""The form of a connection, built from what its connector's manifest asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from cais.companies.models import Company, Group
from cais.connections.models import Connection, Secret
from cais.ports.manifest import Manifest, Modality, Setting
from cais.settling.choosing import awaiting_choice
from cais.web.connections.words import MODALITIES
from cais.web.forms.capture import Capture, capture_field, products_field, waiting_field

_PREFIX = "s_"
_LONGEST = 400
_MOST_HISTORY = 365


class ConnectionForm(forms.Form):
    """Settings become fields `s_<name>`. A secret is never shown, and left empty it keeps what is stored."""

    name = forms.CharField(label="Nome", max_length=60, help_text="Como a loja aparece nas telas e nos pedidos.")
    company = forms.ModelChoiceField(Company.objects.none(), label="Empresa", help_text="O CNPJ desta conta.")

    def __init__(
        self,
        manifest: Manifest,
        group: Group,
        data: Any = None,
        *,
        connection: Connection | None = None,
        modality: str = "",
    ) -> None:
        super().__init__(data, initial=_initial(manifest, connection))
        self.manifest, self.group, self.connection = manifest, group, connection
        companies = Company.objects.of(group)
        self.fields["company"].queryset = companies  # type: ignore[attr-defined]
        self.fields["company"].empty_label = None  # type: ignore[attr-defined]
        if len(manifest.modalities) > 1 and connection is None:
            self.fields["modality"] = _modalities(manifest)
        self._saved = _saved(connection)
        for setting in manifest.settings:
            self.fields[_PREFIX + setting.name] = _field(setting, is_kept=setting.name in self._saved)
        self.fields["capture"] = capture_field()
        self.awaiting = awaiting_choice(connection).count() if connection is not None else 0
        if self.awaiting and connection is not None and connection.capture == Capture.BY_CHOICE:
            self.fields["waiting"] = waiting_field(self.awaiting)
        self.fields["creates_products"] = products_field()
        self.fields["start_at"] = _start(is_new=connection is None)
        self.fields["history_days"] = _history()

    def rows(self) -> list[tuple[forms.BoundField, str, datetime | None]]:
        """Each setting's field with *onde acho isto* and the moment its secret was kept."""
        return [
            (self[_PREFIX + item.name], item.where, self._saved.get(item.name) if item.secret else None)
            for item in self.manifest.settings
        ]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        taken = Connection.objects.of(self.group).filter(name__iexact=name)
        if self.connection is not None:
            taken = taken.exclude(pk=self.connection.pk)
        if taken.exists():
            raise forms.ValidationError("Outra conexão já tem este nome. Escolha um que diferencie as duas.")
        return name

    def clean_capture(self) -> str:
        """A form that does not say keeps what is."""
        return str(self.cleaned_data["capture"] or (self.connection or Connection()).capture)

    def clean(self) -> dict[str, Any]:
        """Whoever ends the choosing says what becomes of the orders that wait for it."""
        data = super().clean() or {}
        if "waiting" in self.fields and data.get("capture") == Capture.AUTOMATIC and not data.get("waiting"):
            self.add_error("waiting", "Diga o que fazer com os pedidos que esperam escolha.")
        return data

    @property
    def asks_about_waiting(self) -> bool:
        return "waiting" in self.errors

    def values(self) -> dict[str, str]:
        """Settings as typed; an empty secret is left out, so that it keeps its old value."""
        typed = {item.name: str(self.cleaned_data.get(_PREFIX + item.name) or "") for item in self.manifest.settings}
        secrets = {item.name for item in self.manifest.settings if item.secret}
        return {name: value for name, value in typed.items() if value or name not in secrets}

    @property
    def chosen_modality(self) -> str:
        if self.connection is not None:
            return self.connection.modality
        return str(self.cleaned_data.get("modality") or next(iter(self.manifest.modalities)).value)

    def blame(self, setting: str, words: str) -> None:
        """Put what the vendor said beside the field it is about."""
        name = _PREFIX + setting
        self.add_error(name if name in self.fields else None, words)


def _initial(manifest: Manifest, connection: Connection | None) -> dict[str, Any]:
    if connection is None:
        defaults = {_PREFIX + item.name: item.default for item in manifest.settings if item.default}
        fresh = {"name": manifest.label, "start_at": timezone.now(), "history_days": 30, "capture": Capture.AUTOMATIC}
        return {**defaults, **fresh}
    kept = {_PREFIX + name: value for name, value in connection.settings.items()}
    return {
        **kept,
        "name": connection.name,
        "company": connection.company_id,
        "start_at": connection.start_at,
        "history_days": connection.history_days,
        "capture": connection.capture,
        "creates_products": connection.creates_products,
    }


def _saved(connection: Connection | None) -> dict[str, datetime]:
    if connection is None:
        return {}
    return dict(Secret.objects.filter(connection=connection).values_list("name", "set_at"))


def _field(setting: Setting, *, is_kept: bool) -> forms.Field:
    required = setting.required and not is_kept
    common = {"label": setting.label, "help_text": setting.help, "required": required}
    if setting.kind == "choice":
        return forms.ChoiceField(choices=setting.choices, **common)  # type: ignore[arg-type]
    widget: forms.Widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    if setting.secret:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    if setting.placeholder:
        widget.attrs["placeholder"] = setting.placeholder
    return forms.CharField(max_length=_LONGEST, widget=widget, **common)  # type: ignore[arg-type]


def _modalities(manifest: Manifest) -> forms.ChoiceField:
    choices = [(item.value, MODALITIES.get(Modality(item), item.value)) for item in manifest.modalities]
    return forms.ChoiceField(label="Modalidade", choices=choices, help_text="O jeito de falar com a loja.")


def _start(*, is_new: bool) -> forms.DateTimeField:
    help_text = "Pedidos feitos antes deste momento entram só para consulta: não reservam estoque nem vão ao ERP."
    if not is_new:
        help_text += " Mudar vale para pedidos que ainda não entraram."
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label="Receber pedidos desde", help_text=help_text, widget=widget, input_formats=["%Y-%m-%dT%H:%M"]
    )


def _history() -> forms.IntegerField:
    help_text = "Quantos dias antes desse momento ler, só para consulta."
    return forms.IntegerField(label="Histórico", min_value=0, max_value=_MOST_HISTORY, help_text=help_text)
