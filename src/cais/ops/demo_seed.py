"""The demo's merchant: an invented group with register, stock and store, made by the services people use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
from django.db import transaction

from cais.backoffice.opening import open_back_office
from cais.catalog import categories, kits
from cais.catalog import services as catalog
from cais.catalog.categories import Names
from cais.catalog.drafts import ProductDraft
from cais.catalog.kits import Part
from cais.catalog.models import Product
from cais.companies.models import Company, Group, User, Warehouse
from cais.companies.roles import ROLES
from cais.companies.scope import group_ids, group_scope
from cais.companies.services import add_company, add_member, found_group
from cais.config.refusal import RefusedError
from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.connections.services import change_settings
from cais.connectors.tray.simulator.catalogue import Item, catalogue
from cais.core.effects import Meaning
from cais.core.pricing import Direction, Rounding
from cais.core.values import document_text
from cais.hooks.listeners import address_of, align_listeners
from cais.intake.services import connect_store
from cais.intake.statuses import read_statuses
from cais.ops.demo_company import DEMO_BRANCHES, DEMO_COMPANY
from cais.ops.demo_export import FIRST_DELIVERY, NOT_IN_STORES
from cais.ops.demo_fiscal import ready_to_invoice
from cais.ops.demo_mappings import NEW_MARKET, fill_in
from cais.pricing.services import ListDraft, set_list
from cais.settling.services import dictionary_changed
from cais.settling.sourcing import set_companies
from cais.statuses import services as statuses
from cais.statuses.models import StatusEntry, WriteBack
from cais.stock import services as stock
from cais.stock.models import LedgerEntry
from cais.stock.services import Entry

GROUP = "Grupo Jurubim"
STORE = "Casa Beiramar"
_ROOT = "Cozinha"
# The stores that the simulator opens, by their place.
STORES = (STORE, "Empório do Cais")
ACTOR = "Rosana Teles"
PASSWORD = "beira-mar-47"
# role → (e-mail, name)
PEOPLE = {
    "administrator": ("rosana@jurubim.example", ACTOR),
    "operator": ("caio@jurubim.example", "Caio Brandt"),
    "fiscal": ("lidia@jurubim.example", "Lídia Moura"),
    "reader": ("otavio@jurubim.example", "Otávio Reis"),
}
# Orders to look at from the first page on: the store's own next sale may be half a minute away.
FIRST_SALES = 12
# The store sells all day while the demo runs: most shelves are deep, a few show what a shortage looks like.
DEPTH = 10
# One product in so many lies at a branch alone: orders with it and with others wait for somebody to divide them.
ELSEWHERE = 7
SCARCE = {"CES-ROU-60": 3, "INX-ESC-PR": 2, "TEX-TOA-AZ": 4}
# What a merchant would say of a status whose words alone do not tell.
_BY_HAND = {"problemas na entrega": Meaning.SHIPPED}
# The merchant's own status for what is being packed, where the store has one, else the store's word for "paid".
_CAPTURED = ("em separacao", "a enviar")


class SeedRefusedError(RefusedError):
    """The demo's merchant cannot be made here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the simulated store announces, as far as one store's connection needs it."""

    store_id: str
    base_url: str
    api_address: str
    consumer_key: str
    consumer_secret: str
    code: str

    @classmethod
    def from_announcement(cls, said: Mapping[str, Any], *, place: int = 0) -> Access:
        """Read one store from the simulator's first line. Raises SeedRefusedError when it is something else."""
        try:
            store = said["stores"][place]
            keys = {name: str(said[name]) for name in ("consumer_key", "consumer_secret")}
            own = {name: str(store[name]) for name in ("store_id", "base_url", "api_address", "code")}
        except (KeyError, IndexError, TypeError) as error:
            raise SeedRefusedError("This is not what a simulated store says of itself.") from error
        return cls(**own, **keys)

    def settings(self) -> dict[str, str]:
        """The values of the connector's form."""
        return {
            "store_url": self.base_url,
            "api_address": self.api_address,
            "store_code": self.store_id,
            "consumer_key": self.consumer_key,
            "consumer_secret": self.consumer_secret,
            "code": self.code,
        }


def seed(*stores: Access, authority: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Make what is missing and leave alone what is there. Returns how to log in."""
    with merchant() as company:
        add_people(company.group)
        register(company.group, catalogue())
        register_new(company.group)
        companies = [company, *branches(company.group)]
        receive(company, FIRST_DELIVERY)
        for place, each in enumerate(companies):
            receive(each, first_delivery(place))
            if authority is not None:
                ready_to_invoice(each, authority, actor_name=ACTOR)
        for name, access in zip(STORES, stores, strict=False):
            _connect(companies, access, name)
    return {"email": PEOPLE["administrator"][0], "password": PASSWORD}


def _connect(companies: Sequence[Company], access: Access, name: str) -> None:
    is_new = not Connection.objects.of(companies[0].group).filter(name=name).exists()
    store = open_store(companies[0], access, name=name, start_at=CLOCK.now() - timedelta(minutes=5))
    if is_new:
        set_companies(store, companies, reordered=False)
        ask_more(store)
    translate(store)
    fill_in(store, actor_name=ACTOR, leaves_out=NEW_MARKET)
    if is_new:
        _tell(access, "sell", {"count": FIRST_SALES})
    listen(store, access)


def ask_more(store: Connection) -> None:
    """The second store asks a little more than the register, and its prices end alike."""
    if store.name == STORES[1]:
        set_list(store, ListDraft(percent=Decimal(8), rounding=Rounding.NINETY.value, direction=Direction.UP.value))


def branches(group: Group) -> list[Company]:
    """The companies behind the first, each with the embedded back office as its ERP."""
    known = {company.cnpj: company for company in Company.objects.of(group)}
    found = [known.get(document_text(each["cnpj"])) or add_company(group, **each) for each in DEMO_BRANCHES]
    for company in found:
        open_back_office(company)
    return found


def first_delivery(place: int) -> dict[str, int]:
    """What lies at the first company, or at a branch: the first branch has little but what nobody else has."""
    items = list(enumerate(_stored(catalogue()), start=1))
    elsewhere = {item.sku for at, item in items if at % ELSEWHERE == 3}
    if place == 0:
        return {item.sku: SCARCE.get(item.sku, item.stock * DEPTH) for _, item in items if item.sku not in elsewhere}
    if place == 1:
        return {item.sku: item.stock * DEPTH for at, item in items if item.sku in elsewhere or at % 3 == 0}
    return {item.sku: item.stock for _, item in items if item.sku not in elsewhere}


def listen(store: Connection, access: Access) -> None:
    """What the ticket at Tray's support does: the simulated store learns where its notices go."""
    align_listeners(store.group_id)
    address = address_of(store)
    if address is not None:
        _tell(access, "notices", {"url": address.url})


def _tell(access: Access, command: str, told: Mapping[str, object]) -> None:
    with httpx.Client(trust_env=False, timeout=10) as client:
        client.post(f"{access.base_url}/_sim/{command}", json=dict(told)).raise_for_status()


@contextmanager
def merchant() -> Iterator[Company]:
    """The demo's company in the scope of its group, with the embedded back office as its ERP."""
    group = _known_group() or found_group(GROUP)
    with group_scope(group.pk):
        company = Company.objects.of(group).order_by("priority").first() or add_company(group, **DEMO_COMPANY)
        open_back_office(company)
        yield company


def _known_group() -> Group | None:
    for key in group_ids():
        with group_scope(key):
            found = Group.objects.filter(pk=key, name=GROUP).first()
        if found:
            return found
    return None


def add_people(group: Group) -> None:
    """One person for each role."""
    for role, (email, name) in PEOPLE.items():
        known = User.objects.filter(email=email).first()
        add_member(group, known or User.objects.create_user(email, PASSWORD, name=name), ROLES[role].code)


def _stored(items: Iterable[Item]) -> list[Item]:
    """What lies on a shelf: kits do not."""
    return [item for item in items if not item.components]


def register(group: Group, items: Iterable[Item]) -> None:
    """The products that are not registered yet, kits after their components."""
    items = list(items)
    known = {product.sku: product for product in Product.objects.of(group)}
    with transaction.atomic():
        place_of = categories.ensure(group, {_path(item) for item in items})
        for item in sorted(items, key=lambda item: bool(item.components)):
            if item.sku in known:
                continue
            draft = replace(_draft(item), category_id=place_of[_path(item)])
            known[item.sku] = catalog.create(group, draft)
            if item.components:
                parts = [Part(known[part.sku].pk, Decimal(part.quantity)) for part in item.components]
                kits.compose(known[item.sku], parts)


def _path(item: Item) -> Names:
    """The shop sells things of the kitchen; those that its own tree calls so lie at its root."""
    return (_ROOT,) if item.category == _ROOT else (_ROOT, item.category)


def register_new(group: Group) -> None:
    """What the merchant has bought and no store sells yet."""
    known = set(Product.objects.of(group).values_list("sku", flat=True))
    for draft in NOT_IN_STORES:
        if draft.sku not in known:
            catalog.create(group, draft)


def _draft(item: Item) -> ProductDraft:
    return ProductDraft(
        sku=item.sku,
        name=f"{item.name} {item.colour}".strip(),
        gtin=item.gtin,
        brand=item.brand,
        ncm=item.ncm,
        price=item.price,
        weight_g=item.weight,
        length_cm=Decimal(item.length),
        width_cm=Decimal(item.width),
        height_cm=Decimal(item.height),
    )


def receive(company: Company, units: Mapping[str, int]) -> None:
    """The first delivery of each product that the company's warehouse has never seen."""
    warehouse = Warehouse.objects.filter(company=company).order_by("pk")[0]
    seen = LedgerEntry.objects.filter(warehouse=warehouse).values("product_id")
    fresh = Product.objects.of(company.group).filter(sku__in=units).exclude(pk__in=seen)
    entries = [
        Entry(
            kind=LedgerEntry.Kind.RECEIVE,
            product=product,
            warehouse=warehouse,
            quantity=Decimal(units[product.sku]),
            reason="Estoque inicial",
        )
        for product in fresh
        if units[product.sku]
    ]
    stock.record(company.group, entries, actor_name=ACTOR)


def open_store(company: Company, access: Access, *, start_at: datetime, name: str = STORE) -> Connection:
    """The Tray connection. A store that was started again has a new address and code: they are taken over."""
    store = Connection.objects.of(company.group).filter(name=name).first()
    if store is not None:
        change_settings(store, access.settings())
        return store
    return connect_store(
        company,
        connector="tray",
        modality="rest",
        name=name,
        values=access.settings(),
        role="store",
        start_at=start_at,
    )


def translate(store: Connection) -> None:
    """Read the store's statuses and accept the meanings that Cais proposes, once; what a person changed stays."""
    rows = StatusEntry.objects.filter(connection=store)
    if not rows.exists():
        read_statuses(store)
    if not rows.exists():
        raise SeedRefusedError("The simulated store did not tell its statuses.")
    if rows.exclude(mapped_at=None).exists():
        return
    for row in rows:
        meaning = statuses.suggest(row.label, row.hint) or _BY_HAND.get(row.key)
        if meaning:
            dictionary_changed([row], meaning, actor_name=ACTOR)
    captured = next((row for start in _CAPTURED for row in rows if row.key.startswith(start)), None)
    statuses.set_write_back(store, WriteBack.Moment.CAPTURED, captured)
