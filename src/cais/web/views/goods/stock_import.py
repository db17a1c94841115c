"""Estoque, importar planilha: entries, adjustments or a count."""

from __future__ import annotations

from collections.abc import Mapping

from cais.catalog.models import Upload
from cais.companies.roles import Action as May
from cais.core.values import ZERO
from cais.stock import entry_import
from cais.stock.entry_import import PlannedEntry
from cais.stock.models import LedgerEntry
from cais.web.access import GroupRequest
from cais.web.goods.warehouse_names import warehouse_names
from cais.web.orders.promise_notices import tell_without
from cais.web.views import spreadsheets
from cais.web.views.spreadsheets import Mode, Preview, Reading, Screen
from cais.web.wording import plural_text, quantity_text

_COLUMNS = (
    ("sku", "obrigatório"),
    ("deposito", "o nome do depósito; pode faltar quando há um só"),
    ("quantidade", "obrigatório, até quatro casas"),
    ("motivo", "fica no histórico; obrigatório no ajuste"),
)
_OUTCOMES = {
    LedgerEntry.Kind.RECEIVE: "entram {}",
    LedgerEntry.Kind.ADJUST: "ajuste de {}",
    LedgerEntry.Kind.COUNT: "fica com {}",
}


def _plan(request: GroupRequest, upload: Upload) -> Preview:
    kind = LedgerEntry.Kind(upload.mode)
    made = entry_import.plan(request.group, bytes(upload.content), kind=kind)
    names = warehouse_names(request.group)

    def apply() -> str:
        number = entry_import.apply(request.group, made, actor_name=str(request.user))
        tell_without(request, {planned.entry.product.pk for planned in made.entries if planned.after < planned.before})
        return f"{plural_text(number, 'lançamento feito', 'lançamentos feitos')} no estoque."

    return Preview(
        sheet=made.sheet,
        problems=made.problems,
        readings=[
            Reading(
                planned.row,
                planned.entry.product.sku,
                _outcome(kind, planned),
                _subject(planned, names),
            )
            for planned in made.entries
        ],
        doubts=[_doubt(planned, names) for planned in made.large],
        counts=[plural_text(len(made.entries), "linha certa", "linhas certas")],
        changes=len(made.entries),
        apply=apply,
    )


def _outcome(kind: LedgerEntry.Kind, planned: PlannedEntry) -> str:
    words = _OUTCOMES[kind].format(quantity_text(planned.entry.quantity))
    return words if planned.before == ZERO else f"{words}, eram {quantity_text(planned.before)}"


def _subject(planned: PlannedEntry, names: Mapping[int, str]) -> str:
    return f"{planned.entry.product.name} · {names[planned.entry.warehouse.pk]}"


def _doubt(planned: PlannedEntry, names: Mapping[int, str]) -> Reading:
    change = f"de {quantity_text(planned.before)} para {quantity_text(planned.after)}"
    return Reading(planned.row, planned.entry.product.sku, change, _subject(planned, names))


SCREEN = Screen(
    purpose="stock",
    title="Importar planilha de estoque",
    crumb="Estoque",
    list_name="stock",
    offer_name="stock_import",
    preview_name="stock_import_preview",
    modes=(
        Mode("count", "Contagem", "Cada linha diz quanto há no depósito agora.", _COLUMNS),
        Mode("receive", "Entrada", "Cada linha soma o que chegou.", _COLUMNS),
        Mode("adjust", "Ajuste", "Cada linha soma, ou tira com o sinal de menos, e diz o motivo.", _COLUMNS),
    ),
    plan=_plan,
)


urlpatterns = spreadsheets.import_pages(SCREEN, may=May.EDIT_STOCK, at="estoque/importar/")
