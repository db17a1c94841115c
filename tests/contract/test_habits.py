"""The whole walk of a connection, once for every way in which the vendor may turn out to behave."""

from __future__ import annotations

from decimal import Decimal

from cais.core.shelf import ShelfRef
from cais.ports.capabilities import Done
from cais.ports.manifest import Capability
from tests.contract.face import ErpVendor, InvoiceVendor, ShelfVendor, Vendor
from tests.contract.lending import account_for
from tests.contract.reading import read_window
from tests.contract.test_authorise import CALLBACK
from tests.contract.test_erp_orders import ORDER
from tests.contract.test_invoices import INVOICE, publish
from tests.contract.test_products import PRODUCT
from tests.contract.test_shelf import read_shelf
from tests.contract.test_shelf_writing import PRICE
from tests.contract.vendors import varied

# After a full page nobody can know that it was the last: some vendors answer the next one with nothing, some with 404.
ONE_FULL_PAGE = 50


@varied(Capability.AUTHORISE, Capability.IMPORT_ORDERS)
def test_orders_come_whole_whatever_the_vendor_turns_out_to_do(vendor: Vendor) -> None:
    connector, account = vendor.connector, vendor.unauthorised_account()
    query = vendor.approve(connector.authorise_url(account, CALLBACK))
    account = account_for({**account.settings, **connector.settings_from_callback(account, query)})
    connector.redeem(account)
    assert [check.text for check in connector.check(account) if not check.ok] == []

    sold = vendor.sell(ONE_FULL_PAGE)
    assert set(read_window(connector, account, vendor.lately())) == set(sold)
    sold += vendor.sell(3)
    assert set(read_window(connector, account, vendor.lately())) == set(sold)
    for order_id in sold[:8]:
        order = connector.read_order(connector.fetch_order(account, order_id))
        assert order.external_id == order_id
        assert order.difference == Decimal("0.00")
        assert order.status.external_id == vendor.status_of(order_id)

    vendor.expire_access()
    assert set(read_window(connector, account, vendor.lately())) == set(sold)
    assert vendor.renewals() == 2


@varied(Capability.LIST_STATUSES, Capability.WRITE_STATUS)
def test_a_status_is_written_whatever_the_vendor_turns_out_to_do(vendor: Vendor) -> None:
    order_id = vendor.sell_with_status("Conferir com a Ana")
    account, connector = vendor.account(), vendor.connector
    known = {each.external_id: each for each in connector.list_statuses(account)}
    assert connector.current_status(account, order_id).label == "Conferir com a Ana"
    wanted = vendor.another_status(order_id)
    connector.write_status(account, order_id, known[wanted])
    connector.write_status(account, order_id, known[wanted])
    assert vendor.status_of(order_id) == wanted
    assert connector.current_status(account, order_id) == known[wanted]


@varied(Capability.PUBLISH_INVOICE)
def test_an_invoice_is_told_once_whatever_the_vendor_turns_out_to_do(vendor: InvoiceVendor) -> None:
    (order_id,) = vendor.sell()
    account, connector = vendor.account(), vendor.connector
    assert publish(connector, account, order_id) == publish(connector, account, order_id)
    vendor.expire_access()
    made = publish(connector, account, order_id)
    assert vendor.invoices_added(order_id) == [INVOICE.key]
    assert connector.write_invoice(account, order_id, INVOICE, external_id=made) == Done(external_id=made)


@varied(Capability.LIST_PRODUCTS, Capability.WRITE_STOCK, Capability.WRITE_PRICES, Capability.WRITE_PRODUCTS)
def test_a_shelf_is_read_and_told_whatever_the_vendor_turns_out_to_do(vendor: ShelfVendor) -> None:
    account, connector = vendor.account(), vendor.connector
    before = {row.ref for row in read_shelf(connector, account)}
    refs = [vendor.put_on_shelf(f"LOTE-{number}") for number in range(ONE_FULL_PAGE - len(before) % ONE_FULL_PAGE)]
    parent, red, blue = vendor.put_variants("TOA-VM", "TOA-AZ")
    assert {row.ref for row in read_shelf(connector, account)} - before == {*refs, parent, red, blue}
    assert [row.ref for row in connector.find_products(account, ["TOA-AZ"])] == [blue]
    for ref in (refs[0], red):
        connector.write_stock(account, ref, Decimal(3))
        connector.write_price(account, ref, PRICE)
        assert (connector.current_stock(account, ref), connector.current_price(account, ref)) == (3, PRICE)
        assert (vendor.stock_writes(ref), vendor.price_writes(ref)) == (1, 1)
    made = connector.ensure_product(account, PRODUCT)
    assert made.is_new
    assert connector.ensure_product(account, PRODUCT) == Done(external_id=made.external_id)
    assert connector.read_product(account, ShelfRef(external_id=made.external_id)) == PRODUCT


@varied(Capability.CREATE_ERP_ORDERS)
def test_one_erp_order_is_made_whatever_the_vendor_turns_out_to_do(vendor: ErpVendor) -> None:
    account, connector = vendor.account(), vendor.connector
    made = connector.ensure_order(account, ORDER)
    assert connector.ensure_order(account, ORDER) == made
    vendor.expire_access()
    assert connector.ensure_order(account, ORDER) == made
    assert vendor.erp_orders(ORDER.reference) == 1
    assert connector.cancel_order(account, made.external_id).external_id == made.external_id
    assert vendor.erp_cancelled(ORDER.reference) == 1
