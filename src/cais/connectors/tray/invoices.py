"""Invoices as Tray keeps them: the flat body that is sent, and the several shapes in which they come back."""

from __future__ import annotations

from collections.abc import Iterator

from cais.connectors.tray.reading import Record, key_of, record_of, text_of
from cais.core.clock import BRASILIA
from cais.core.documents import InvoiceDoc, InvoiceLine
from cais.core.values import money
from cais.ports.capabilities import Done, StoreInvoice
from cais.ports.errors import OutcomeUnknown, Unreadable
from cais.wire.http import Json

PLURAL, SINGULAR = "OrderInvoices", "OrderInvoice"
NO_VARIANT = "0"
_SAVED = frozenset({"saved", "success", "created"})


def body_of(invoice: InvoiceDoc) -> dict[str, object]:
    """The flat body of POST and PUT (Tray contract §12). None of the fields is said to be required; all are sent."""
    return {
        "issue_date": f"{invoice.issued_at.astimezone(BRASILIA):%Y-%m-%d}",
        "number": f"{invoice.number:09d}",
        "serie": str(invoice.series),
        "value": f"{money(invoice.total):f}",
        "key": invoice.key,
        "link": invoice.link,
        "xml_danfe": invoice.xml,
        "ProductCfop": _cfops(invoice.lines),
    }


def read_invoices(body: Json) -> tuple[StoreInvoice, ...]:
    """The invoices of an order, each once.

    Raises Unreadable unless the answer surely shows all of them: what is overlooked here is sent a second time.
    """
    record = record_of(body)
    if PLURAL not in record and SINGULAR not in record:
        raise Unreadable(f"A resposta da loja não traz as notas do pedido (campo {PLURAL}).")
    found = [_invoice(each) for each in _records(record.get(PLURAL, record.get(SINGULAR)))]
    _refuse_part_of_a_list(record, count=len(found))
    return tuple(dict.fromkeys(found))


def acknowledged(body: Json, *, external_id: str = "") -> Done:
    """The yes to a write. `external_id` is the invoice written over, which keeps its id.

    Raises OutcomeUnknown for anything else: the invoice may stand there, and looking finds it with its id.
    """
    answer = record_of(body)
    told, message = key_of(answer, "id"), text_of(answer, "message")
    is_saved = bool(external_id) and message.lower() in _SAVED
    if not told and not is_saved:
        words = "A loja recebeu a nota e respondeu algo que não se entende."
        raise OutcomeUnknown(words, detail=f"{sorted(answer)} {message}"[:200])
    return Done(external_id=external_id or told)


def _cfops(lines: tuple[InvoiceLine, ...]) -> list[dict[str, object]]:
    """Each product once per CFOP; a line that the store has no product for cannot be named to it."""
    known = dict.fromkeys(line for line in lines if line.product_id)
    return [
        # Here, and only here, Tray calls the variant a variation.
        {"product_id": line.product_id, "variation_id": line.variant_id or NO_VARIANT, "cfop": line.cfop}
        for line in known
    ]


def _records(value: Json) -> Iterator[Record]:
    """The invoices in a list, each wrapped or bare, alone or in a list.

    PHP's forms of "nothing" bring none; a PHP list with a gap comes as an object of numbers.
    """
    match value:
        case list():
            for item in value:
                yield from _records(item)
        case {"OrderInvoice": wrapped}:
            yield from _records(wrapped)
        case dict() if value and all(key.isdecimal() for key in value):
            yield from _records(list(value.values()))
        case dict() if value:
            yield value
        case None | "" | {}:
            return
        case _:
            raise Unreadable("A lista de notas do pedido traz uma linha que não se entende.", detail=repr(value)[:200])


def _invoice(record: Record) -> StoreInvoice:
    found = StoreInvoice(external_id=key_of(record, "id"), key=plain_key(text_of(record, "key")))
    if not found.external_id and not found.key:
        raise Unreadable("A lista de notas do pedido traz uma nota sem número e sem chave (campos id e key).")
    return found


def plain_key(typed: str) -> str:
    """The access key without punctuation and without the "NFe" that the XML's Id puts before it.

    Letters stay: the CNPJ inside may hold them since July 2026.
    """
    return "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum()).removeprefix("NFE")


def _refuse_part_of_a_list(record: Record, *, count: int) -> None:
    """The reads of one order show no paging; should a store show one, its count must be reached."""
    total = text_of(record_of(record.get("paging")), "total")
    if total.isdecimal() and int(total) > count:
        raise Unreadable(f"A loja mostrou {count} das {total} notas que diz haver.", detail=f"paging.total={total}")
