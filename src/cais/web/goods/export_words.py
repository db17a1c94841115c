"""*Exportar produtos* in words: how each product stands at the store, why it waits, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from cais.catalog.models import Listing, Product
from cais.connections.models import Connection
from cais.core.pricing import Priced
from cais.exporting.documents import missing_of
from cais.exporting.models import ProductPublication
from cais.exporting.products import MOVED
from cais.exporting.situations import Situation
from cais.exporting.telling import ALTERED, AMBIGUOUS, REFUSED, THEIRS
from cais.offering.figures import offers
from cais.ports.manifest import Capability
from cais.pricing.figures import prices
from cais.web.goods.shelf_words import SwitchNotice
from cais.web.status_words import StatusWord, table
from cais.web.wording import moment_text

WORDS: Final = table(
    StatusWord("new", "off", "minus", "Não exportado", "A loja não recebeu este produto do Cais."),
    StatusWord("linked", "off", "link", "Já na loja", "Vinculado; o Cais não envia os dados dele."),
    StatusWord("queued", "run", "paper-airplane", "Na fila", "Será enviado quando chegar a vez."),
    StatusWord("changed", "run", "arrow-path", "Mudou, vai sozinho", "O cadastro mudou depois do envio."),
    StatusWord("exported", "ok", "check-circle", "Exportado", "Lido de volta da loja, igual ao cadastro."),
    StatusWord("incomplete", "warn", "pencil-square", "Falta completar", "Sem isto a loja não pode receber."),
    StatusWord("kit", "off", "square-3-stack-3d", "Kit", "Kits ainda não são exportados."),
    StatusWord("variant", "off", "squares-2x2", "Variação na loja", "Variações ainda não são enviadas."),
    StatusWord("inactive", "off", "x-circle", "Inativo", "Fora de uso no cadastro."),
)
STOPPED: Final = table(
    StatusWord(REFUSED, "err", "exclamation-circle", "Recusado", "A loja não aceitou."),
    StatusWord(AMBIGUOUS, "err", "link", "Código em dúvida", "Diga em Vínculos qual item da loja é este."),
    StatusWord(THEIRS, "warn", "square-2-stack", "Já existe, diferente", "Ficou como estava na loja."),
    StatusWord(ALTERED, "warn", "square-2-stack", "A loja guardou diferente", "Não está igual ao cadastro."),
)
_DOUBT: Final = StatusWord("doubt", "unk", "question-mark-circle", "Sem resposta", "O Cais procura antes de repetir.")
_WHY: Final = {
    Situation.KIT: "Kits ainda não são exportados: cadastre na loja e vincule.",
    Situation.VARIANT: "Na loja é uma variação, e variações ainda não são enviadas.",
    Situation.INACTIVE: "Ative o produto para exportar.",
}
_OPENINGS: Final = {
    THEIRS: "Foi vinculado e ficou como está na loja:",
    ALTERED: "A loja recebeu, e mostra diferente:",
}
_EXPORT, _REHEARSE, _DECIDE, _LEAVE = "export", "rehearse", "decide", "leave"
_FITS: Final = {
    Situation.NEW: f"{_EXPORT} {_REHEARSE}",
    Situation.LINKED: f"{_EXPORT} {_REHEARSE}",
    Situation.QUEUED: _LEAVE,
    Situation.CHANGED: _LEAVE,
    Situation.EXPORTED: _LEAVE,
}


@dataclass(frozen=True, slots=True)
class ExportRow:
    """`why` is one sentence, `fix` where it is mended, with its words; `fits` are the verbs that apply.

    `seen` names what the store showed, for who decides on it.
    """

    product: Product
    word: StatusWord
    why: str
    fix: tuple[str, str] | None
    differs: Sequence[Sequence[str]]
    there: str
    price: Decimal | None
    units: Decimal | None
    fits: str
    seen: str


def export_rows(slug: str, connection: Connection, products: Sequence[Product]) -> list[ExportRow]:
    """`products` bear the `situation` of `exporting.situations`. Price and units are what this store asks and shows."""
    ids = [each.pk for each in products]
    asked, units = prices(connection, ids), offers(connection, ids)
    given = {row.product_id: row for row in ProductPublication.objects.filter(connection=connection, product__in=ids)}
    links = {each.product_id: each for each in Listing.objects.filter(connection=connection, product__in=ids)}
    return [
        ExportRow(
            product=product,
            word=_word(product, row := given.get(product.pk)),
            why=_why(product, row, is_linked=product.pk in links),
            fix=_fix(slug, connection, product, row),
            differs=row.differs if row is not None and row.hold else (),
            there=_there(row, links.get(product.pk)),
            price=_price(product, asked[product.pk]),
            units=units[product.pk].units,
            fits=_fits(product, row),
            seen=row.seen_digest if row is not None and row.hold else "",
        )
        for product in products
    ]


def _price(product: Product, asked: Priced) -> Decimal | None:
    return asked.price.price if asked.price is not None else product.price or None


def _situation(product: Product) -> Situation:
    return Situation(product.situation)  # type: ignore[attr-defined]


def _word(product: Product, row: ProductPublication | None) -> StatusWord:
    if row is not None and row.hold:
        return STOPPED.get(row.hold, STOPPED[REFUSED])
    found = _situation(product)
    if row is not None and row.in_flight and found in (Situation.QUEUED, Situation.CHANGED):
        return _DOUBT
    return WORDS[found.value]


def _why(product: Product, row: ProductPublication | None, *, is_linked: bool) -> str:
    if row is not None and row.hold:
        return _OPENINGS.get(row.hold, "") if row.differs and not row.error.startswith(MOVED) else row.error
    found = _situation(product)
    if found is Situation.KIT and is_linked:
        return ""
    if found is not Situation.INCOMPLETE:
        return _WHY.get(found, "")
    missing = missing_of(product)
    listed = f"{', '.join(missing[:-1])} e {missing[-1]}" if len(missing) > 1 else missing[0]
    late = " A loja fica com o que mostra." if row is not None and row.published_digest else ""
    return f"Falta {listed}.{late}"


def _fix(slug: str, connection: Connection, product: Product, row: ProductPublication | None) -> tuple[str, str] | None:
    if row is not None and row.hold == AMBIGUOUS:
        query = urlencode({"q": product.sku})
        return f"{reverse('links', args=[slug, connection.pk])}?{query}", "Abrir Vínculos"
    if _situation(product) is Situation.INCOMPLETE:
        return reverse("product", args=[slug, product.pk]), "Completar"
    return None


def _there(row: ProductPublication | None, listing: Listing | None) -> str:
    """nº 3391, criado pelo Cais, enviado há 8 s."""
    if listing is None:
        return ""
    number = f"nº {listing.external_id}" + (f"-{listing.variant_id}" if listing.variant_id else "")
    if row is None or row.published_at is None or row.asked_at is None:
        return number
    way = "criado pelo Cais" if row.was_made else "ligado pelo código"
    return f"{number}, {way}, enviado {moment_text(row.published_at, now=timezone.now(), style='age')}"


def _fits(product: Product, row: ProductPublication | None) -> str:
    if row is not None and row.hold:
        export = () if row.hold == THEIRS else (_EXPORT,)
        decide = (_DECIDE,) if row.hold in (THEIRS, ALTERED) else ()
        return " ".join((*export, _REHEARSE, *decide, _LEAVE))
    if row is not None and row.asked_at is not None and _situation(product) is Situation.INCOMPLETE:
        return _LEAVE
    return _FITS.get(_situation(product), "")


def export_notice(connection: Connection) -> SwitchNotice | None:
    """Whether what is exported leaves by itself, in one sentence; None when it does."""
    if not connection.does(Capability.WRITE_PRODUCTS):
        text = (
            "Marque e ensaie: o Cais mostra campo por campo o que criaria ou mudaria, e você aplica só aquilo. "
            "Depois de ver um ensaio, ligue o envio, e o que você exportar segue sozinho."
        )
        return SwitchNotice("O envio de produtos a esta loja está desligado.", text)
    if connection.observes:
        return SwitchNotice("A conexão só observa.", "O que você exportar espera aqui, e nada é escrito na loja.")
    return None
