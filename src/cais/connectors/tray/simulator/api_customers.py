"""Customers, their addresses, and who the store is."""

from collections.abc import Sequence

from cais.connectors.tray.simulator import fields
from cais.connectors.tray.simulator.call import Call
from cais.connectors.tray.simulator.errors import not_found
from cais.connectors.tray.simulator.listing import Listing, listed
from cais.connectors.tray.simulator.records import Address, Customer
from cais.connectors.tray.simulator.render_customers import address_record, full_record, short_record
from cais.connectors.tray.simulator.wire import Json, envelope, masked_cnpj, moment

_CUSTOMER_TEXTS = (
    "name", "cpf", "cnpj", "company_name", "state_inscription", "rg", "email", "phone", "cellphone",
    "birth_date", "gender", "nickname", "observation", "type",
)  # fmt: skip
_ADDRESS_TEXTS = (
    "recipient", "address", "number", "complement", "neighborhood", "city", "state", "zip_code", "country",
    "type", "active", "description",
)  # fmt: skip
_LOOSE_ADDRESS_TEXTS = tuple(name for name in _ADDRESS_TEXTS if name != "type")


def list_customers(call: Call) -> Json:
    listing: Listing[Customer] = Listing(
        plural="Customers",
        singular="Customer",
        render=short_record,
        filters={
            "id": lambda customer: str(customer.id),
            "name": lambda customer: customer.name,
            "email": lambda customer: customer.email,
            "cpf": lambda customer: customer.cpf,
            "cnpj": lambda customer: customer.cnpj,
            "created": lambda customer: moment(customer.created),
            "modified": lambda customer: moment(customer.modified),
        },
        days=frozenset(("created", "modified")),
        sorts={"id": lambda customer: customer.id, "name": lambda customer: customer.name},
    )
    rows = list(call.store.book.customers.values())
    return listed(listing, rows, call.request.query, window=call.window(), choices=call.store.choices)


def get_customer(call: Call) -> Json:
    customer = _customer(call)
    record = full_record(customer, call.store.choices)
    record["CustomerAddress"] = [{"id": str(address.id)} for address in customer.addresses]
    return {"Customer": record}


def create_customer(call: Call) -> Json:
    record = fields.wrapped(call.request, "Customer")
    name = fields.required(record, "name")
    fields.required(record, "birth_date")
    book = call.store.book
    customer = Customer(id=book.new_id("customer"), name=name)
    _write(customer, record, _CUSTOMER_TEXTS)
    book.add_customer(customer)
    for sent in _sent_addresses(record):
        _new_address(call, customer, sent)
    return envelope("Created", customer.id, 201, call.store.choices)


def change_customer(call: Call) -> Json:
    record = fields.wrapped(call.request, "Customer")
    customer = _customer(call)
    _write(customer, record, _CUSTOMER_TEXTS)
    customer.modified = call.store.clock.now()
    return envelope("Saved", customer.id, 200, call.store.choices)


def list_addresses(call: Call) -> Json:
    choices = call.store.choices
    listing: Listing[Address] = Listing(
        plural="CustomerAddresses",
        singular="CustomerAddress",
        render=lambda address: address_record(address, choices),
        filters={
            "customer_id": lambda address: str(address.customer_id),
            "type": lambda address: address.type,
            "not_list": lambda address: "0",
        },
        sorts={"id": lambda address: address.id},
    )
    rows = list(call.store.book.addresses.values())
    return listed(listing, rows, call.request.query, window=call.window(), choices=choices)


def get_address(call: Call) -> Json:
    address = call.store.book.addresses.get(fields.record_id(call.places["id"]))
    if address is None:
        raise not_found("CustomerAddress")
    return {"CustomerAddress": address_record(address, call.store.choices)}


def create_address(call: Call) -> Json:
    record = fields.wrapped(call.request, "CustomerAddress")
    customer = call.store.book.customers.get(fields.whole(record, "customer_id"))
    if customer is None:
        raise not_found("Customer")
    address = _new_address(call, customer, record)
    return envelope("Created", address.id, 201, call.store.choices)


def get_info(call: Call) -> Json:
    """Flat, no wrapper (Tray contract §9)."""
    store = call.store
    return {
        "id": store.config.store_id,
        "name": store.config.name,
        "company_name": f"{store.config.name} Comércio Ltda.",
        "cnpj": masked_cnpj(store.cnpj),
        "address": "Rua do Porto, 120",
        "postal_code": "11010-100",
        "city": "Santos",
        "state": "SP",
        "country": "Brasil",
        "phone_number_1": "(13)3200-0000",
        "phone_number_2": "",
        "phone_number_3": "",
        "email_1": "loja@exemplo.com.br",
        "email_2": "",
        "office_hour": "",
        "uri": store.base_url,
        "secure_uri": store.base_url,
        "logo": [],
        "user": "",
        "internal_status": "ativa",
        "messages": {"footer": ""},
    }


def _customer(call: Call) -> Customer:
    customer = call.store.book.customers.get(fields.record_id(call.places["id"]))
    if customer is None:
        raise not_found("Customer")
    return customer


def _sent_addresses(record: Json) -> list[Json]:
    sent = record.get("CustomerAddress")
    if isinstance(sent, list):
        return [address for address in sent if isinstance(address, dict)]
    return [record] if record.get("address") else []


def _new_address(call: Call, customer: Customer, record: Json) -> Address:
    book = call.store.book
    address = Address(id=book.new_id("address"), customer_id=customer.id)
    # A customer's own `type` says person or company; only an address says billing or delivery.
    names = _ADDRESS_TEXTS if "customer_id" in record else _LOOSE_ADDRESS_TEXTS
    _write(address, record, names)
    address.zip_code = address.zip_code.replace("-", "")
    return book.add_address(customer, address)


def _write(target: Customer | Address, record: Json, names: Sequence[str]) -> None:
    for name in names:
        if name in record:
            setattr(target, name, fields.text(record, name))
