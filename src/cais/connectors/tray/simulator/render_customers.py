"""Customers and their addresses on the wire."""

import hashlib

from cais.connectors.tray.simulator.choices import Choices
from cais.connectors.tray.simulator.records import Address, Customer, Order
from cais.connectors.tray.simulator.wire import NO_DATE, NO_MOMENT, Json, day, masked_cnpj, moment, postal_code


def address_record(address: Address, choices: Choices) -> Json:
    return {
        "id": str(address.id),
        "customer_id": str(address.customer_id),
        "address": address.address,
        "number": address.number,
        "complement": address.complement,
        "neighborhood": address.neighborhood,
        "city": address.city,
        "state": address.state,
        "zip_code": postal_code(address.zip_code, choices),
        "country": address.country,
        "type": address.type,
        "active": address.active,
        "description": address.description,
        "recipient": address.recipient,
        "type_delivery": "1",
        "not_list": "0",
    }


def short_record(customer: Customer) -> Json:
    """The record of the list."""
    city, state = (customer.addresses[-1].city, customer.addresses[-1].state) if customer.addresses else ("", "")
    return {
        "id": str(customer.id),
        "name": customer.name,
        "cpf": customer.cpf,
        "birth_date": customer.birth_date or NO_DATE,
        "gender": customer.gender,
        "email": customer.email,
        "cnpj": masked_cnpj(customer.cnpj),
        "last_visit": day(customer.last_purchase),
        "city": city,
        "state": state,
        "newsletter": "0",
        "created": moment(customer.created),
        "registration_date": day(customer.created),
        "modified": moment(customer.modified),
        "CustomerAddress": [{"id": str(address.id)} for address in customer.addresses],
    }


def full_record(customer: Customer, choices: Choices) -> Json:
    """The single record, as ``/customers/:id`` and as the inside of an order give it."""
    last = customer.addresses[-1] if customer.addresses else Address(id=0, customer_id=customer.id)
    return {
        "cnpj": masked_cnpj(customer.cnpj),
        "newsletter": "0",
        "created": moment(customer.created),
        "terms": NO_MOMENT,
        "id": str(customer.id),
        "name": customer.name,
        "registration_date": day(customer.created),
        "rg": customer.rg,
        "cpf": customer.cpf,
        "phone": customer.phone,
        "cellphone": customer.cellphone,
        "birth_date": customer.birth_date or NO_DATE,
        "gender": customer.gender,
        "email": customer.email,
        "nickname": customer.nickname,
        "token": hashlib.sha256(str(customer.id).encode()).hexdigest()[:15].upper(),
        "total_orders": "0",
        "observation": customer.observation,
        "type": customer.type,
        "company_name": customer.company_name,
        "state_inscription": customer.state_inscription,
        "reseller": "0",
        "discount": "0.000",
        "blocked": "",
        "credit_limit": "0.00",
        "indicator_id": "0",
        "profile_customer_id": "1",
        "last_sending_newsletter": NO_DATE,
        "last_purchase": day(customer.last_purchase),
        "last_visit": day(customer.last_purchase),
        "last_modification": NO_MOMENT,
        "address": last.address,
        "zip_code": postal_code(last.zip_code, choices),
        "number": last.number,
        "complement": last.complement,
        "neighborhood": last.neighborhood,
        "city": last.city,
        "state": last.state,
        "country": last.country,
        "modified": moment(customer.modified),
    }


def customer_in_order(customer: Customer, order: Order, *, choices: Choices) -> Json:
    """The buyer inside the complete order, with all addresses (double wrapper, Tray contract §11.2)."""
    profile = {
        "id": "1",
        "price_list_id": "0",
        "name": "Padrão",
        "approves_registration": "0",
        "show_price": "",
        "theme_id": "0",
        "selected": "1",
    }
    record = full_record(customer, choices) | {
        "Extensions": {"Profile": {"id": "1", "name": "Padrão"}, "Profiles": [profile]},
        "CustomerAddresses": [{"CustomerAddress": address_record(address, choices)} for address in customer.addresses],
    }
    if order.marketplace is not None:
        masked = f"comprador-{customer.id}@marketplace.exemplo.com.br"
        record["email"] = masked if choices.marketplace_email == "masked" else ""
    return record
