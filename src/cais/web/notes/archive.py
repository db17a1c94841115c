"""*XML do período*: the notes of a filter as one zip for the accountant, with a sheet that lists them."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable
from typing import IO, Final

from django.db.models import QuerySet
from django.utils import timezone

from cais.fiscal.documents import Environment
from cais.nfe.models import Nfe, State
from cais.web.notes.words import state_word
from cais.web.wording import document_text

MOST: Final = 5_000
_IN_MEMORY = 8 * 1024 * 1024
_TRIAL_FOLDER = "homologacao-sem-valor-fiscal"
_COLUMNS = ("chave", "serie", "numero", "emissao", "autorizacao", "protocolo", "situacao", "cnpj_emitente")
_MORE_COLUMNS = ("cliente", "documento", "pedido", "valor", "ambiente", "arquivo")
_OPENS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def with_xml(rows: QuerySet[Nfe]) -> QuerySet[Nfe]:
    """Those that have a document to give away, the oldest first."""
    valid = rows.filter(state__in=(State.AUTHORISED, State.CANCELLED)).exclude(proc=b"")
    return valid.select_related("order__buyer", "company").defer("signed_xml").order_by("issued_at", "pk")


def archive(rows: Iterable[Nfe]) -> IO[bytes]:
    """A zip ready to be read from its beginning. It grows on disk, not in memory."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # the response closes it
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow((*_COLUMNS, *_MORE_COLUMNS))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for nfe in rows:
            path = _path(nfe)
            packed.writestr(path, bytes(nfe.proc))
            writer.writerow([_safe(cell) for cell in _cells(nfe, path)])
        packed.writestr("notas.csv", sheet.getvalue().encode("utf-8-sig"))
    file.seek(0)
    return file


def _path(nfe: Nfe) -> str:
    """One folder for each issuer; what has no legal effect is never beside what has."""
    folder = nfe.company.cnpj
    if nfe.environment == Environment.TRIAL:
        folder = f"{_TRIAL_FOLDER}/{folder}"
    return f"{folder}/{nfe.key}-procNFe.xml"


def _cells(nfe: Nfe, path: str) -> tuple[str, ...]:
    return (
        f"NFe{nfe.key}",
        str(nfe.series),
        str(nfe.number),
        _hour(nfe.issued_at),
        _hour(nfe.authorised_at),
        nfe.protocol,
        state_word(nfe).label,
        document_text(nfe.company.cnpj),
        nfe.order.buyer.name,
        document_text(nfe.order.buyer.document),
        nfe.order.number,
        f"{nfe.total:.2f}".replace(".", ","),
        "homologação" if nfe.environment == Environment.TRIAL else "produção",
        path,
    )


def _hour(value: object) -> str:
    return f"{timezone.localtime(value):%d/%m/%Y %H:%M:%S}" if value else ""  # type: ignore[arg-type]


def _safe(cell: str) -> str:
    """A buyer's name must not become a formula in the accountant's spreadsheet."""
    return f"'{cell}" if cell.startswith(_OPENS_FORMULA) else cell
