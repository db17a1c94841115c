"""Form components as template tags: the labelled field and the summary of what to correct."""

from datetime import date
from typing import TypedDict

from django import forms, template

register = template.Library()


class FormIssue(TypedDict):
    id: str
    label: str
    text: str


@register.inclusion_tag("components/form_field.html")
def form_field(
    field: forms.BoundField,
    *,
    label: str = "",
    unit: str = "",
    unit_after: str = "",
    where: str = "",
    saved_on: date | None = None,
    width: str = "",
) -> dict[str, object]:
    """A labelled field. `label` replaces the form's own; `where` answers "onde acho isto".

    `saved_on` marks a secret already kept: it is never shown again, only replaced.
    """
    return {
        "field": field,
        "label": label or field.label,
        "control": field.as_widget(attrs=_field_attributes(field, where=where)),
        "kind": _field_kind(field),
        "unit": unit,
        "unit_after": unit_after,
        "where": where,
        "saved_on": saved_on,
        "width": width,
    }


def _field_attributes(field: forms.BoundField, *, where: str) -> dict[str, str | bool]:
    described = [f"{field.auto_id}_helptext"] if field.help_text or where else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    # The page opens on the first field to correct, with or without script.
    if field.errors and next(iter(field.form.errors), "") == field.name:
        attributes["autofocus"] = True
    return attributes


def _field_kind(field: forms.BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "box"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, forms.Select):
        return "select"
    return "text"


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: forms.BaseForm, *, title: str = "") -> dict[str, object]:
    issues = [
        FormIssue(id=form[name].id_for_label, label=str(form[name].label), text=str(text))
        for name, texts in form.errors.items()
        if name in form.fields
        for text in texts
    ]
    fields = sum(name in form.fields for name in form.errors)
    return {"issues": issues, "general": form.non_field_errors(), "title": title or _issues_title(fields)}


def _issues_title(number: int) -> str:
    return "Falta corrigir um campo" if number == 1 else f"Falta corrigir {number} campos"
