"""Auditoria in words: who changed what, what it was and what it is, from the events that triggers write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any, Final

import pghistory.models
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Field, Model, Q, QuerySet
from django.utils import timezone

from cais.companies.models import Group
from cais.web.wording import money_text, quantity_text

PAGE: Final = 50
SUBJECTS: Final = {
    "Group": "Grupo",
    "Company": "Empresa",
    "Warehouse": "Depósito",
    "Membership": "Acesso de pessoa",
    "Invitation": "Convite",
    "SavedView": "Visão salva",
    "Connection": "Conector",
    "ServingCompany": "Empresa que atende a loja",
    "StatusEntry": "Tradução de status",
    "WriteBack": "Status escrito na loja",
    "OrderImport": "Importação de pedidos",
    "StockPolicy": "Regra do estoque na loja",
    "StockCategoryRule": "Regra de uma categoria na loja",
    "StockException": "Regra de um produto na loja",
    "PriceList": "Regra de preço na loja",
    "PriceException": "Preço de um produto na loja",
    "Product": "Produto",
    "Category": "Categoria",
    "KitComponent": "Componente de kit",
    "Listing": "Produto na loja",
    "Customer": "Cliente",
    "FiscalSetup": "Configuração fiscal",
    "TaxProfile": "Perfil fiscal",
    "TaxRule": "Regra fiscal",
    "FreightMethod": "De-para de frete",
    "PaymentMethod": "De-para de recebimento",
    "SalesChannel": "De-para de canal",
    "ChannelIssuer": "Empresa que fatura o canal",
    "BearerRule": "Quem banca o desconto",
}
# What belongs to a record, and by which column: its trail shows theirs too.
BELONGS: Final[dict[str, dict[str, str]]] = {
    "Company": {"Warehouse": "company_id", "FiscalSetup": "company_id", "TaxProfile": "company_id"},
    "Connection": {
        "WriteBack": "connection_id",
        "ServingCompany": "connection_id",
        "StockPolicy": "connection_id",
        "StockCategoryRule": "connection_id",
        "StockException": "connection_id",
        "PriceList": "connection_id",
        "PriceException": "connection_id",
    },
    "Product": {"KitComponent": "kit_id", "Listing": "product_id"},
    "SalesChannel": {"ChannelIssuer": "channel_id", "BearerRule": "channel_id"},
    "TaxProfile": {"TaxRule": "profile_id"},
}
ITSELF: Final = "Cais"
# Where the model's own verbose_name says nothing to a person.
_FIELDS: Final = {
    "settings": "dados de acesso",
    "functions": "funções ligadas",
    "modality": "modalidade",
    "role": "papel",
    "meaning": "significado",
    "label": "status",
    "moment": "momento",
    "status": "status",
    "corrected": "campos corrigidos à mão",
    "kit": "kit",
    "product": "produto",
    "external_id": "código na loja",
    "variant_id": "variação na loja",
    "reference": "referência",
    "company": "empresa",
    "user": "pessoa",
    "name": "nome",
    "connection": "loja",
    "channel": "canal",
    "kind": "tipo",
    "is_discount": "é desconto",
}
_SILENT: Final = frozenset(
    {"id", "group", "key", "hint", "first_seen_at", "mapped_by", "mapped_at", "created_at", "last_used_at", "is_kit"}
    | {"actor_name", "left", "invited_by", "invited_at", "expires_at"}
    | {"filled_by", "filled_at", "recognised"}
)
_MONEY: Final = frozenset({"price", "fixed", "amount", "sale_price"})
_VERBS: Final = {"insert": "criou", "update": "mudou", "delete": "apagou"}
_SHOWN_VALUE: Final = 160


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    who: str
    verb: str
    subject: str
    name: str
    changes: Sequence[Change]
    kind: str
    pk: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record whose trail is asked for: a model of `SUBJECTS` and a key, which may be that of a deleted row."""

    kind: str
    pk: int


@cache
def _event_models() -> tuple[type[Model], ...]:
    found = [model for model in apps.get_models() if issubclass(model, pghistory.models.Event)]
    return tuple(model for model in found if _tracked(model).__name__ in SUBJECTS)


def _tracked(event_model: type[Model]) -> type[Model]:
    tracked: type[Model] = event_model.pgh_tracked_model  # type: ignore[attr-defined]
    return tracked


@dataclass(frozen=True, slots=True)
class AuditPage:
    """`next_before` is where the following page begins; None at the end."""

    entries: Sequence[Entry]
    next_before: datetime | None


def audit_page(group: Group, *, before: datetime | None = None, who: str = "", subject: str = "") -> AuditPage:
    """What people changed in this group, newest first. A change of nothing that is shown here is left out."""
    rows: list[Any] = []
    for model in _event_models():
        if not subject or _tracked(model).__name__ == subject:
            events = _events(model, group).filter(pgh_context__has_key="user")
            rows += _newest(events.filter(pgh_context__name=who) if who else events, before)
    return _paged(rows)


def record_page(group: Group, record: Record, *, before: datetime | None = None) -> AuditPage:
    """What became of one record and of what belongs to it, newest first; what Cais did by itself too."""
    rows: list[Any] = []
    for model in _event_models():
        which = _belonging(_tracked(model).__name__, record)
        if which is not None:
            rows += _newest(_events(model, group).filter(which), before)
    return _paged(rows)


def name_of(group: Group, record: Record) -> str | None:
    """What the record is called, or was when it was deleted; None when the group never had it."""
    for model in _event_models():
        if _tracked(model).__name__ == record.kind:
            last = _events(model, group).filter(pgh_obj_id=record.pk).order_by("-pgh_id").first()
            return None if last is None else _name(last)
    return None


def _belonging(kind: str, record: Record) -> Q | None:
    if kind == record.kind:
        return Q(pgh_obj_id=record.pk)
    path = BELONGS.get(record.kind, {}).get(kind)
    return Q(**{path: record.pk}) if path else None


def _paged(rows: list[Any]) -> AuditPage:
    rows.sort(key=attrgetter("pgh_created_at"), reverse=True)
    shown = [_entry(row) for row in rows[:PAGE]]
    last = rows[PAGE - 1].pgh_created_at if len(rows) >= PAGE else None
    return AuditPage([entry for entry in shown if entry.changes or entry.verb != _VERBS["update"]], last)


def _events(model: type[Model], group: Group) -> QuerySet[Any]:
    own = Q(pgh_obj_id=group.pk) if _tracked(model) is Group else Q(group_id=group.pk)
    return model._default_manager.filter(own)


def _newest(events: QuerySet[Any], before: datetime | None) -> Sequence[Any]:
    events = events.filter(pgh_created_at__lt=before) if before else events
    return list(events.order_by("-pgh_created_at", "-pgh_id")[:PAGE])


def people(group: Group) -> list[str]:
    """Who has a role here, for the filter."""
    return [str(member.user) for member in group.memberships.select_related("user").order_by("user__name")]


def _entry(row: Any) -> Entry:
    tracked = _tracked(type(row))
    return Entry(
        at=row.pgh_created_at,
        who=str((row.pgh_context or {}).get("name") or ITSELF),
        verb=_VERBS.get(row.pgh_label, row.pgh_label),
        subject=SUBJECTS[tracked.__name__],
        name=_name(row),
        changes=list(_changes(row)),
        kind=tracked.__name__,
        pk=row.pgh_obj_id,
    )


def _name(row: Any) -> str:
    for field in ("sku", "name", "label", "moment", "email"):
        value = getattr(row, field, None)
        if value:
            return str(value)
    for field in ("product", "category", "user", "connection"):
        if getattr(row, f"{field}_id", None):
            return _related(row, field)
    return ""


def _changes(row: Any) -> Iterator[Change]:
    """Against the event before; of a new record only what was filled in."""
    before = None
    if row.pgh_label != "insert":
        earlier = type(row)._default_manager.filter(pgh_obj_id=row.pgh_obj_id, pgh_id__lt=row.pgh_id)
        before = earlier.order_by("-pgh_id").first()
    if row.pgh_label == "delete":
        return
    for field in _tracked(type(row))._meta.concrete_fields:
        if field.name in _SILENT or not hasattr(row, field.attname):
            continue
        now = getattr(row, field.attname)
        was = getattr(before, field.attname) if before is not None else None
        if now == was or (before is None and now in (None, "", [], {}, False, Decimal(0))):
            continue
        yield from _difference(row, before, field)


def _difference(row: Any, before: Any, field: Field[Any, Any]) -> Iterator[Change]:
    if field.name == "settings":
        old, new = (before.settings if before is not None else {}), row.settings
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield Change(_setting(row, key), _text(old.get(key)), _text(new.get(key)))
        return
    yield Change(_label(field), _shown(before, field) if before is not None else "", _shown(row, field))


def _setting(row: Any, key: str) -> str:
    """The words of the form's own field."""
    from cais import connectors

    vendor = connectors.all_connectors().get(row.connector)
    names = {item.name: item.label for item in vendor.manifest.settings} if vendor else {}
    return names.get(key, key).lower()


def _label(field: Field[Any, Any]) -> str:
    return _FIELDS.get(field.name) or str(field.verbose_name)


def _shown(row: Any, field: Field[Any, Any]) -> str:
    value = getattr(row, field.attname)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.is_relation:
        return _related(row, field.name)
    if field.name in _MONEY and value is not None:
        return money_text(value)
    return _text(value)


def _related(row: Any, name: str) -> str:
    try:
        found = getattr(row, name)
    except ObjectDoesNotExist:
        found = None
    return str(found) if found is not None else "registro apagado"


def _text(value: object) -> str:
    match value:
        case None | "":
            return "vazio"
        case bool():
            return "sim" if value else "não"
        case Decimal():
            return quantity_text(value)
        case datetime():
            return f"{timezone.localtime(value):%d/%m/%Y %H:%M}"
        case date():
            return f"{value:%d/%m/%Y}"
        case list():
            return ", ".join(_text(item) for item in value) or "nenhum"
    return str(value)[:_SHOWN_VALUE]
