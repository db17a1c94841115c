"""Who bought: the group's customers as stores tell them, without doubles and without undoing a person's correction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from django.db import connection as database
from django.db import transaction

from cais.companies.writing import update_each
from cais.core.documents import Address, BuyerDoc
from cais.core.values import digits, document_text, fold, is_tax_document
from cais.customers.models import Customer

ADDRESS = ("street", "number", "complement", "district", "city", "state", "postal_code")
_OWN = ("name", "email", "phone", "state_registration")
FIELDS = ("is_company", *_OWN, *ADDRESS)
_LENGTHS = {field.name: field.max_length for field in Customer._meta.concrete_fields if field.max_length}
_UNNAMED = "Cliente sem nome"
_LOCK_ROOM = 0x43757374  # "Cust": the advisory locks of this room, the second key is the group


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A buyer as it fits our columns. `document` is empty unless its check digits are right."""

    document: str
    is_company: bool
    name: str
    email: str
    phone: str
    state_registration: str
    street: str
    number: str
    complement: str
    district: str
    city: str
    state: str
    postal_code: str

    @property
    def has_address(self) -> bool:
        return bool(self.street or self.postal_code)

    @property
    def mailbox(self) -> tuple[str, str] | None:
        return _mailbox(self.email, self.name)


def _mailbox(email: str, name: str) -> tuple[str, str] | None:
    """What stands for a document when there is none: the e-mail and the name together, never one of them alone."""
    return (email.lower(), fold(name)) if email else None


def register(group_id: int, buyers: Mapping[str, tuple[BuyerDoc, Address]]) -> dict[str, int]:
    """Find or make the customer of every buyer, and take over what the store says anew. Key → customer id.

    Buyers with the same valid CPF or CNPJ are one customer of the group. Without one (none told, or check digits
    that do not match, as in a store's 000.000.000-00) a buyer is the customer without document who has the same
    e-mail and the same name; without e-mail too it is a customer of its own at every call, so call this once per
    order. A name alone never joins two people. What a person corrected stays; an empty field of the store erases
    nothing; an address is taken whole or not at all. Runs in the caller's transaction; safe beside other callers.
    """
    told = {key: _tell(buyer, address) for key, (buyer, address) in buyers.items()}
    documented = {key: item for key, item in told.items() if item.document}
    nameless = {key: item for key, item in told.items() if not item.document}
    with transaction.atomic():
        # Order of the locks: the group's mailbox lock, then rows by id, then new rows by document.
        ids = _by_mailbox(group_id, nameless) if nameless else {}
        return ids | (_by_document(group_id, documented) if documented else {})


def merge(customer: Customer, told: _Told) -> bool:
    """Take over what the store says and nobody corrected; True when anything changed."""
    before = [getattr(customer, name) for name in FIELDS]
    for name in _OWN:
        if name not in customer.corrected and getattr(told, name):
            setattr(customer, name, getattr(told, name))
    if "is_company" not in customer.corrected:
        customer.is_company = told.is_company
    # Half of one address and half of another is an address where nobody lives.
    if told.has_address and not set(ADDRESS) & set(customer.corrected):
        for name in ADDRESS:
            setattr(customer, name, getattr(told, name))
    return before != [getattr(customer, name) for name in FIELDS]


def _by_document(group_id: int, told: Mapping[str, _Told]) -> dict[str, int]:
    newest = {item.document: item for item in told.values()}
    known = Customer.objects.filter(group_id=group_id, document__in=newest).order_by("id").select_for_update()
    found = {customer.document: customer for customer in known}
    _update(customer for document, customer in found.items() if merge(customer, newest[document]))
    fresh = [_make(group_id, newest[document]) for document in sorted(newest.keys() - found.keys())]
    # Another caller may be making the same customer at this moment: wait for it, then take its row.
    Customer.objects.bulk_create(fresh, ignore_conflicts=True)
    rows = Customer.objects.filter(group_id=group_id, document__in=newest)
    ids: dict[str, int] = dict(rows.values_list("document", "id"))
    return {key: ids[item.document] for key, item in told.items()}


def _by_mailbox(group_id: int, told: Mapping[str, _Told]) -> dict[str, int]:
    """No unique key can hold these (people may share an address book entry), so callers pass one at a time."""
    newest = {item.mailbox: item for item in told.values() if item.mailbox}
    owners = _owners_of(group_id, {mailbox[0] for mailbox in newest}) if newest else {}
    _update(owner for mailbox, owner in owners.items() if mailbox in newest and merge(owner, newest[mailbox]))
    ids: dict[str, int] = {}
    fresh: dict[str, Customer] = {}
    for key, item in told.items():
        if item.mailbox is None:
            fresh[key] = _make(group_id, item)
        elif item.mailbox not in owners:
            fresh[key] = owners[item.mailbox] = _make(group_id, newest[item.mailbox])
    Customer.objects.bulk_create(fresh.values())
    for key, item in told.items():
        ids[key] = (owners[item.mailbox] if item.mailbox else fresh[key]).pk
    return ids


def _owners_of(group_id: int, emails: set[str]) -> dict[tuple[str, str], Customer]:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_ROOM, group_id % 2**31])
    rows = Customer.objects.filter(group_id=group_id, document="").with_email(emails).order_by("-id")
    owners = {_mailbox(row.email, row.name): row for row in rows.select_for_update()}  # the oldest wins
    return {mailbox: row for mailbox, row in owners.items() if mailbox}


def _update(customers: Iterable[Customer]) -> None:
    update_each(Customer, {row.pk: {name: getattr(row, name) for name in FIELDS} for row in customers})


def _make(group_id: int, told: _Told) -> Customer:
    return Customer(group_id=group_id, **{**asdict(told), "name": told.name or _UNNAMED})


def _tell(buyer: BuyerDoc, address: Address) -> _Told:
    document = document_text(buyer.document)
    document = document if is_tax_document(document) else ""
    return _Told(
        document=document,
        is_company=len(document) == 14 if document else buyer.is_company,
        name=_cut("name", buyer.name),
        email=_cut("email", buyer.email),
        phone=_cut("phone", buyer.phone),
        state_registration=_cut("state_registration", buyer.state_registration),
        street=_cut("street", address.street),
        number=_cut("number", address.number),
        complement=_cut("complement", address.complement),
        district=_cut("district", address.district),
        city=_cut("city", address.city),
        state=_exact(address.state.strip().upper(), length=2),
        postal_code=_exact(digits(address.postal_code), length=8),
    )


def _cut(field: str, text: str) -> str:
    """As much as the column holds; PostgreSQL refuses the character zero that some stores send."""
    return text.replace("\0", "").strip()[: _LENGTHS[field]].strip()


def _exact(text: str, *, length: int) -> str:
    """A state or CEP of another length is not one; half of it would be a wrong one."""
    return text if len(text) == length else ""
