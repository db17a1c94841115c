"""Regra de preço, planilha: a store's own prices and promotions out to a file, and back from one after a preview."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone

from cais.catalog.models import Upload
from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.core.shelf import Promotion
from cais.pricing import sheet_import
from cais.pricing.models import PriceException
from cais.pricing.services import ExceptionDraft
from cais.pricing.sheet_import import COLUMNS, Line
from cais.web.access import GroupRequest, page
from cais.web.goods.price_words import promotion_text
from cais.web.sheets import sheet_answer
from cais.web.views import spreadsheets
from cais.web.views.connections.pages import own_store
from cais.web.views.spreadsheets import Mode, Preview, Reading, Screen
from cais.web.wording import money_text, plural_text

_WORDS = (
    ("sku", "obrigatório; o produto já está no cadastro"),
    ("preco", "o preço só desta loja, que vai sem arredondar; regra: volta a seguir a regra da loja"),
    ("promocao", "o preço da promoção só dele; regra: a da loja; nenhuma: fica sem promoção"),
    ("promocao_de, promocao_ate", "o primeiro e o último dia, como 20/11/2026; só junto com o preço da promoção"),
)
_DOUBT = (
    "O preço cairia à metade ou menos, dobraria, ou a promoção tiraria a metade. Pode ser isso mesmo, ou uma vírgula "
    "fora do lugar.",
    "Preço",
)
_SALES = {
    PriceException.Sale.AS_LISTED: "promoção da loja, se houver",
    PriceException.Sale.NONE: "sem promoção",
}


def _screen(store: Connection) -> Screen:
    return Screen(
        purpose=f"prices:{store.pk}",
        title="Importar preços",
        crumb=store.name,
        list_name="price_list",
        offer_name="price_import",
        preview_name="price_import_preview",
        modes=(
            Mode(
                "prices",
                f"Preços de {store.name}",
                "Uma célula vazia mantém o que o produto tem nesta loja.",
                _WORDS,
            ),
        ),
        plan=lambda request, upload: _plan(store, upload),
        args=(store.pk,),
        doubt=_DOUBT,
    )


def _plan(store: Connection, upload: Upload) -> Preview:
    made = sheet_import.plan(store, bytes(upload.content))
    words = ((made.changed, "muda", "mudam"), (made.same, "já está igual", "já estão iguais"))

    def apply() -> str:
        number = sheet_import.apply(store, made)
        return f"{plural_text(number, 'produto mudou', 'produtos mudaram')} de preço ou de promoção em {store.name}."

    return Preview(
        sheet=made.sheet,
        problems=made.problems,
        readings=[_reading(line) for line in made.lines],
        doubts=[_reading(line) for line in made.lines if line.is_large],
        counts=[plural_text(number, one, many) for number, one, many in words if number],
        changes=made.changed,
        apply=apply,
    )


def _reading(line: Line) -> Reading:
    outcome = _price(line.draft) if line.changes else "já está igual"
    return Reading(line.row, line.product.sku, outcome, " · ".join(_details(line)))


def _details(line: Line) -> Iterator[str]:
    """Abridor de garrafas · hoje pede R$ 35,90 · promoção R$ 24,90 até 30/11/2026."""
    yield line.product.name
    if line.before is not None:
        yield f"hoje pede {money_text(line.before)}"
    if line.changes:
        yield _sale(line.draft)
    if not line.draft.is_sent:
        yield "o envio deste produto está desmarcado"


def _sale(draft: ExceptionDraft) -> str:
    if draft.sale_price is None:
        return _SALES.get(PriceException.Sale(draft.sale), "promoção própria, por percentual")
    return f"promoção {promotion_text(Promotion(price=draft.sale_price, first=draft.sale_first, last=draft.sale_last))}"


def _price(draft: ExceptionDraft) -> str:
    if draft.fixed is not None:
        return money_text(draft.fixed)
    is_adjusted = draft.percent is not None or draft.amount is not None
    return "ajuste próprio" if is_adjusted else "regra da loja"


@page(May.VIEW)
def price_sheet(request: GroupRequest, pk: int) -> HttpResponse:
    """*Planilha*: what differs in this store, as *Importar preços* reads it back."""
    store = own_store(request, pk)
    name = f"precos-{store.pk}-{timezone.localdate():%Y-%m-%d}.csv"
    return sheet_answer(name, [COLUMNS, *sheet_import.rows_of(store)])


@page(May.EDIT_CATALOG)
def price_import(request: GroupRequest, pk: int) -> HttpResponse:
    return spreadsheets.offer(request, _screen(own_store(request, pk)))


@page(May.EDIT_CATALOG)
def price_import_preview(request: GroupRequest, pk: int, upload_pk: int) -> HttpResponse:
    return spreadsheets.preview(request, _screen(own_store(request, pk)), upload_pk)


_ROOT = "conectores/<int:pk>/regra-de-preco/"
urlpatterns = [
    path(f"{_ROOT}planilha/", price_sheet, name="price_sheet"),
    path(f"{_ROOT}importar/", price_import, name="price_import"),
    path(f"{_ROOT}importar/<int:upload_pk>/", price_import_preview, name="price_import_preview"),
]
