"""Invoices on the wire: in the list of all, in the reads of one order, and inside the order itself."""

from cais.connectors.tray.simulator.choices import Choices
from cais.connectors.tray.simulator.listing import Listing
from cais.connectors.tray.simulator.records import Invoice
from cais.connectors.tray.simulator.wire import NO_DATE, Json, moment, money


def invoice_listing(choices: Choices) -> Listing[Invoice]:
    """The list over all orders; the documented sample offers no filter and begins with the newest."""
    return Listing(
        plural="OrderInvoices",
        singular="OrderInvoice",
        render=lambda invoice: _in_general_list(invoice, choices),
        beside=lambda invoice: _beside(invoice) if choices.product_cfop == "beside" else {},
        filters={},
        sorts={"id": lambda invoice: invoice.id},
        default_direction="desc",
    )


def of_order(invoice: Invoice, choices: Choices) -> Json:
    """One element of the reads under an order, which have no paging around them (Tray contract §12)."""
    record = _record(invoice)
    if choices.invoice_times == "everywhere":
        record |= _times(invoice)
    if choices.product_cfop == "inside":
        return {"OrderInvoice": record | _inside(invoice)}
    return {"OrderInvoice": record} | _beside(invoice)


def in_short_order(invoice: Invoice) -> Json:
    return {"id": str(invoice.id), "link": invoice.link}


def in_complete_order(invoice: Invoice, choices: Choices) -> Json:
    record = _record(invoice) | _times(invoice)
    return {"OrderInvoice": record} if choices.invoice_in_order == "wrapped" else record


def _in_general_list(invoice: Invoice, choices: Choices) -> Json:
    record = _record(invoice) | _times(invoice)
    return record if choices.product_cfop == "beside" else record | _inside(invoice)


def _record(invoice: Invoice) -> Json:
    return {
        "id": str(invoice.id),
        "order_id": str(invoice.order_id),
        "issue_date": invoice.issue_date or NO_DATE,
        "number": invoice.number,
        "serie": invoice.serie,
        "value": money(invoice.value),
        "key": invoice.key,
        "link": invoice.link,
        "xml_danfe": invoice.xml_danfe,
    }


def _times(invoice: Invoice) -> Json:
    return {"created": moment(invoice.created), "updated": moment(invoice.updated)}


def _inside(invoice: Invoice) -> Json:
    rows = [{"product_id": one.product_id, "variation_id": one.variation_id, "cfop": one.cfop} for one in invoice.cfops]
    return {"ProductCfop": rows}


def _beside(invoice: Invoice) -> Json:
    rows = [
        {
            "product_id": one.product_id,
            "variation_id": one.variation_id,
            "cfop": one.cfop,
            "order_invoice_id": str(invoice.id),
        }
        for one in invoice.cfops
    ]
    return {"ProductCfop": rows}
