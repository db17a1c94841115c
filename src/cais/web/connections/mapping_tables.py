"""The mapping tables as the page *De-para* shows them: rows with the orders behind them, coverage, quick choices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count

from cais.connections.models import Connection
from cais.core.documents import Bearer
from cais.mappings import models as tables
from cais.mappings.models import (
    BRAND_LABELS,
    FREIGHT_LABELS,
    TENDER_LABELS,
    BearerRule,
    FreightMethod,
    PaymentMethod,
    SalesChannel,
)
from cais.mappings.words import name_of_rule
from cais.orders.models import Order, OrderAdjustment, OrderPayment
from cais.web.parts import Choice
from cais.web.wording import document_text, plural_text

Values = Mapping[str, object]
NOTHING: Final = "-"
_BORNE: Final = {
    True: {
        "merchant+": "A loja dá: abate na nota",
        "marketplace-": "O marketplace paga: não abate na nota",
        "marketplace+": "O marketplace paga, mas abate na nota",
        "gateway-": "O meio de pagamento paga: não abate na nota",
        "gateway+": "O meio de pagamento paga, mas abate na nota",
    },
    False: {
        "buyer+": "Fica com a loja: soma na nota",
        "marketplace-": "Fica com o marketplace: fora da nota",
        "gateway-": "Fica com o meio de pagamento: fora da nota",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One of the tables. `what` names the quick choice of a row, `together` that of the ticked ones."""

    slug: str
    model: type[tables.Mapping]
    title: str
    value: str
    what: str
    note: str


TABLES: Final = {
    table.slug: table
    for table in (
        Table(
            slug="frete",
            model=FreightMethod,
            title="Formas de frete",
            value="Forma na loja",
            what="Por conta de quem",
            note="a modalidade do frete e a transportadora que vão na nota",
        ),
        Table(
            slug="recebimento",
            model=PaymentMethod,
            title="Formas de recebimento",
            value="Forma na loja",
            what="Forma na nota",
            note="o código do pagamento que vai na nota",
        ),
        Table(
            slug="canais",
            model=SalesChannel,
            title="Canais de venda",
            value="Canal na loja",
            what="O que é",
            note="loja própria ou marketplace, e quem pode faturar",
        ),
        Table(
            slug="descontos",
            model=BearerRule,
            title="Descontos e acréscimos",
            value="Desconto ou acréscimo",
            what="Por conta de quem",
            note="o que outro paga não muda o valor da nota",
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    entry: Any
    name: str
    small: str
    orders: int
    choices: Sequence[Choice]
    chosen: str
    details: str


@dataclass(frozen=True, slots=True)
class Coverage:
    filled: int
    total: int

    @property
    def missing(self) -> int:
        return self.total - self.filled


def rows_of(table: Table, connection: Connection) -> list[Row]:
    """Those that wait first, then by the number of orders behind each."""
    found: Any = table.model._default_manager.filter(connection=connection)
    entries = list(found.select_related("channel") if table.model is BearerRule else found)
    behind = _behind(table.model, [entry.pk for entry in entries])
    rows = [_row(entry, behind.get(entry.pk, 0)) for entry in entries]
    return sorted(rows, key=lambda row: (row.entry.filled_at is not None, -row.orders, row.name))


def coverage_of(table: Table, connection: Connection) -> Coverage:
    rows: Any = table.model._default_manager.filter(connection=connection)
    sums = rows.aggregate(total=Count("pk"), filled=Count("filled_at"))
    return Coverage(sums["filled"], sums["total"])


def _behind(model: type[tables.Mapping], keys: Collection[int]) -> dict[int, int]:
    sources: dict[type[tables.Mapping], tuple[Any, str, str]] = {
        FreightMethod: (Order, "freight_method", "pk"),
        SalesChannel: (Order, "sales_channel", "pk"),
        PaymentMethod: (OrderPayment, "payment_method", "order"),
        BearerRule: (OrderAdjustment, "rule", "order"),
    }
    source, by, what = sources[model]
    rows = source.objects.filter(**{f"{by}__in": keys}).order_by().values_list(by)
    return dict(rows.annotate(orders=Count(what, distinct=True)))


def _row(entry: tables.Mapping, orders: int) -> Row:
    chosen = chosen_of(entry)
    return Row(
        entry=entry,
        name=name_of(entry),
        small=_small(entry),
        orders=orders,
        choices=[Choice(value, label, value == chosen) for value, label in choices_of(entry).items()],
        chosen=choices_of(entry).get(chosen, ""),
        details=_details(entry),
    )


def name_of(entry: tables.Mapping) -> str:
    return name_of_rule(entry) if isinstance(entry, BearerRule) else entry.label or "Não informado pela loja"


def _small(entry: tables.Mapping) -> str:
    match entry:
        case FreightMethod():
            parts = [f"por {entry.integrator}" if entry.integrator else ""]
        case PaymentMethod():
            parts = [f"nº {entry.external_id}" if entry.external_id else "", f"tipo {entry.kind}" if entry.kind else ""]
        case BearerRule():
            parts = ["só com este nome" if entry.only else "todos deste tipo"]
        case _:
            parts = []
    return " · ".join(filter(None, parts))


def choices_of(entry: tables.Mapping) -> dict[str, str]:
    """What the row may be said to be at once; a marketplace only once its CNPJ and our code there are written."""
    match entry:
        case FreightMethod():
            return {code.value: label for code, label in FREIGHT_LABELS.items()}
        case PaymentMethod():
            return {code.value: label for code, label in TENDER_LABELS.items()}
        case SalesChannel():
            complete = bool(entry.intermediary_cnpj and entry.seller_id)
            return {code: label for code, label in SalesChannel.Nature.choices if code == "own" or complete}
        case BearerRule():
            return _BORNE[entry.is_discount]
    raise TypeError(type(entry))


def chosen_of(entry: tables.Mapping) -> str:
    """The present choice; empty while nobody filled the row in."""
    if entry.filled_at is None:
        return ""
    match entry:
        case FreightMethod():
            return entry.freight_by
        case PaymentMethod():
            return entry.tender
        case SalesChannel():
            return entry.nature
        case BearerRule():
            return f"{entry.borne_by}{'+' if entry.enters_invoice else '-'}"
    raise TypeError(type(entry))


def values_of(entry: tables.Mapping, choice: str) -> Values | None:
    """The fields that a quick choice writes; None for nonsense."""
    if choice not in choices_of(entry):
        return None
    match entry:
        case FreightMethod():
            return {"freight_by": choice}
        case PaymentMethod():
            return {"tender": choice}
        case SalesChannel():
            return {"nature": choice}
    return {"borne_by": Bearer(choice[:-1]).value, "enters_invoice": choice.endswith("+")}


def _details(entry: tables.Mapping) -> str:
    match entry:
        case FreightMethod():
            parts = [entry.carrier_name, entry.service]
        case PaymentMethod():
            brand = BRAND_LABELS.get(entry.brand, "")
            parts = [brand, document_text(entry.institution), "a prazo" if entry.is_deferred else ""]
        case SalesChannel() if entry.is_marketplace:
            parts = [f"CNPJ {document_text(entry.intermediary_cnpj)}", f"loja {entry.seller_id}"]
            parts.append("" if entry.may_split else "não divide")
            parts.append("o marketplace emite a nota" if entry.note_by == "marketplace" else "")
            parts.append("estoque no marketplace" if entry.fulfilled_by_marketplace else "")
        case _:
            parts = []
    return " · ".join(filter(None, parts))


def what_follows(freed: int, notes: int) -> str:
    """What follows from saving, in one sentence."""
    sentences = [f"{plural_text(freed, 'pedido segue', 'pedidos seguem')} em instantes."] if freed else []
    if notes:
        sentences.append(f"{plural_text(notes, 'nota barrada volta', 'notas barradas voltam')} à fila.")
    return " ".join(sentences) or "Vale para os pedidos que o ERP ainda não recebeu e para os próximos."
