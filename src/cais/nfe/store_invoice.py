"""The store's invoice: what it is told of an authorised note, looked for before it is written, then its status."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from cais.connections.models import Connection
from cais.core.digest import digest_of
from cais.core.documents import InvoiceDoc, InvoiceLine
from cais.core.parts import NOTED
from cais.fiscal import text
from cais.fiscal.protocol import read_time
from cais.fiscal.tags import NS, parse, read
from cais.movements.models import Fulfilment
from cais.movements.parts import lock, set_nfe_state
from cais.nfe.models import InvoicePublication, Nfe
from cais.nfe.telling import cause, tell_store_word, write_down
from cais.orders.models import Order
from cais.ports.capabilities import Done, InvoicePublisher
from cais.ports.manifest import Capability
from cais.ports.session import Account
from cais.publishing.kinds import Kind, Step
from cais.publishing.wishes import wish_progress, wish_status
from cais.statuses.models import WriteBack

TO_BE_TOLD, TOLD, ISSUED = NOTED
_N = f"{{{NS}}}"


def wish_invoice(nfe: Nfe) -> str:
    """The store should show this note, where the batch wants it and the store takes notes. Returns the part's fact."""
    if not nfe.batch.send_to_store or not nfe.connection.does(Capability.PUBLISH_INVOICE):
        return ISSUED
    publish_invoice(nfe)
    return TO_BE_TOLD


def wish_invoiced(nfe: Nfe) -> None:
    """A store that is not told of this note still shows that the order was invoiced, once every part of it is, unless
    nobody wants that; and that its parcel left, where that only waited for this note."""
    if nfe.connection.does(Capability.PUBLISH_INVOICE) and nfe.batch.send_to_store:
        return
    order = Order.objects.select_related("connection").get(pk=nfe.order_id)
    if order.shipped_at is not None:
        wish_progress([order.pk])
    elif nfe.batch.send_to_store:
        wish_status([order] if order.is_invoiced else [], WriteBack.Moment.INVOICED)


def publish_invoice(nfe: Nfe, *, overwrite: bool = False) -> None:
    """Make the invoice due. `overwrite`: write it even where the store shows this key already."""
    facts = {
        "connection": nfe.connection,
        "desired_digest": digest_of([nfe.key, nfe.protocol]),
        "due_at": Now(),
        "hold": "",
        "held_digest": "",
        "attempts": 0,
        "overwrite": overwrite,
    }
    InvoicePublication.objects.update_or_create(nfe=nfe, defaults={"group_id": nfe.group_id, **facts})


def link_of(nfe: Nfe) -> str:
    """Where the buyer opens the DANFE."""
    return f"{settings.PUBLIC_URL}/danfe/{nfe.link_token}/"


def invoice_document(nfe: Nfe) -> InvoiceDoc:
    """What the store is told, read from the stored nfeProc itself: it cannot say anything else."""
    document = bytes(nfe.proc)
    root = parse(document)
    return InvoiceDoc(
        key=read(root, "chNFe"),
        number=int(read(root, "nNF")),
        series=int(read(root, "serie")),
        issued_at=read_time(read(root, "dhEmi")),
        total=Decimal(read(root, "vNF")),
        xml=document.decode(),
        link=link_of(nfe),
        lines=_lines(nfe, _cfops(root)),
    )


def _cfops(root: Any) -> dict[str, str]:
    """CFOP by product code, as the note says them."""
    products = root.iterfind(f".//{_N}det/{_N}prod")
    return {product.findtext(f"{_N}cProd"): product.findtext(f"{_N}CFOP") for product in products}


def _lines(nfe: Nfe, cfops: dict[str, str]) -> tuple[InvoiceLine, ...]:
    """The store's own products of this company's part; a kit went out under the CFOP of its components."""
    skus: dict[int, list[str]] = defaultdict(list)
    for line_id, sku in nfe.fulfilment.lines.values_list("line_id", "product__sku"):
        skus[line_id].append(text.fit(sku, text.CODE))
    told: dict[tuple[str, str], str] = {}
    for line in nfe.order.lines.filter(pk__in=list(skus)).order_by("position"):
        product = (line.product_external_id, line.variant_external_id)
        told.setdefault(product, cfops[skus[line.pk][0]])
    return tuple(
        InvoiceLine(product_id=product, variant_id=variant, cfop=cfop) for (product, variant), cfop in told.items()
    )


class InvoiceKind(Kind[InvoicePublication]):
    name = "invoice"
    capability = Capability.PUBLISH_INVOICE

    def rows(self) -> QuerySet[InvoicePublication, InvoicePublication]:
        return InvoicePublication.objects.select_related(
            "connection", "nfe__order__status", "nfe__order__connection", "nfe__company", "nfe__fulfilment"
        )

    def plan(self, row: InvoicePublication) -> Step | None:
        label = row.nfe.order.number
        return Step("write", label, "sem nota", f"nota {row.nfe.number}", lambda *a: self._write(row, *a))

    def _write(self, row: InvoicePublication, connection: Connection, account: Account, look: bool) -> Done:
        """Look first, always: a store takes a second invoice with the same key without a word."""
        vendor = cast(InvoicePublisher, connection.vendor)
        order_id = row.nfe.order.external_id
        there = vendor.list_invoices(account, order_id)
        ours = next((found for found in there if found.key == row.nfe.key), None)
        if ours and not row.overwrite:
            return Done(external_id=ours.external_id)
        external_id = ours.external_id if ours else ""
        return vendor.write_invoice(account, order_id, invoice_document(row.nfe), external_id=external_id)

    def done(self, row: InvoicePublication, step: Step, answer: Done) -> dict[str, Any]:
        order, part = row.nfe.order, row.nfe.fulfilment
        lock(part)
        if Fulfilment.objects.filter(pk=part.pk, nfe_state=TO_BE_TOLD).exists():
            set_nfe_state(part.pk, order.pk, TOLD)
        tell_store_word(row.nfe)
        write_down(row.nfe, "invoice_told", {"nfe": row.nfe.number})
        wish_progress([order.pk])
        return {"external_id": answer.external_id or row.external_id, "overwrite": False}

    def refused(self, row: InvoicePublication, words: str, detail: str) -> str:
        self._tell(row, "invoice_refused", words, detail)
        if row.nfe.order.shipped_at is not None:
            wish_progress([row.nfe.order_id])  # the parcel left all the same
        return "invoice_refused"

    def in_doubt(self, row: InvoicePublication, detail: str) -> None:
        self._tell(row, "invoice_unknown", "", detail)

    def _tell(self, row: InvoicePublication, reason: str, words: str, detail: str) -> None:
        params = {"store": row.connection.name, "words": words}
        tell_store_word(row.nfe, [cause(row.nfe, reason, params, detail=detail)])


INVOICES = InvoiceKind()
