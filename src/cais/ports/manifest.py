"""What a connector is and can do, said once: forms, menus, tests and documents are built from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from cais.core.shelf import whole_units
from cais.core.values import ZERO


class Role(StrEnum):
    STORE = "store"
    ERP = "erp"


class Modality(StrEnum):
    """The wire that a connection speaks."""

    REST = "rest"
    LOCAL = "local"


class Capability(StrEnum):
    IMPORT_ORDERS = "import_orders"
    LIST_STATUSES = "list_statuses"
    WRITE_STATUS = "write_status"
    CREATE_ERP_ORDERS = "create_erp_orders"
    CHECK_ERP_LINES = "check_erp_lines"
    AUTHORISE = "authorise"
    PUBLISH_INVOICE = "publish_invoice"
    WRITE_TRACKING = "write_tracking"
    HEAR_NOTICES = "hear_notices"
    LIST_PRODUCTS = "list_products"
    WRITE_STOCK = "write_stock"
    WRITE_PRICES = "write_prices"
    WRITE_PRODUCTS = "write_products"


# What changes the shelf of a store is switched on by a person, never by connecting the store.
STARTS_OFF = frozenset({Capability.WRITE_STOCK, Capability.WRITE_PRICES, Capability.WRITE_PRODUCTS})


class Level(StrEnum):
    """How far a connector has been proved."""

    DRAFT = "draft"
    SIMULATED = "simulated"
    PROVEN = "proven"


class Ensure(StrEnum):
    """By what a vendor lets us find a record of ours again after a lost answer."""

    REFERENCE = "reference"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One field of the connection form. A secret is stored encrypted and never shown again.

    `kind` is text, url, or choice; a choice offers `choices`, each with the stored value and the words shown.
    """

    name: str
    label: str
    help: str
    where: str = ""
    secret: bool = False
    required: bool = True
    kind: str = "text"
    placeholder: str = ""
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """The vendor's call limits per account. `per_day` is one figure per profile a merchant may have there."""

    per_minute: int
    per_day: Mapping[str, int]
    time_zone: str = "America/Sao_Paulo"

    def calls_per_day(self, profile: str) -> int:
        """The limit of this profile; of an unknown one the smallest, so that no guess overdraws an account."""
        return self.per_day.get(profile, min(self.per_day.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the engine must know of a vendor's manners. `time_zone` is the one its days are of.

    `ids_ascend`: a store's order ids are whole numbers given in turn, so a hole among them is worth a question.
    `stock_is_whole`: its shelf knows no fraction of a unit. `kits_are_computed`: the store makes a kit's stock from its
    parts and lets nobody write it; else it is written as that of any product. `promotion_needs_days`: a promotion must
    say its first and its last day; else either may stay open.
    """

    time_zone: str = "America/Sao_Paulo"
    ensures_by: Ensure = Ensure.NOTHING
    status_by_id: bool = True
    ids_ascend: bool = False
    stock_is_whole: bool = True
    kits_are_computed: bool = False
    promotion_needs_days: bool = True

    def shown_stock(self, quantity: Decimal) -> Decimal:
        """The quantity as this store can show it: never below zero, and rounded down where it wants whole units."""
        return whole_units(quantity) if self.stock_is_whole else max(quantity, ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    capabilities: frozenset[Capability]
    limits: Limits | None = None
    facts: Facts = field(default_factory=Facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`internal` connectors are never offered in the form: the embedded back office and our own test vendor.

    `asks_for_notices` says to the merchant how the vendor is made to send notices to the address shown above it.
    """

    name: str
    label: str
    roles: frozenset[Role]
    modalities: Mapping[Modality, Offers]
    settings: tuple[Setting, ...] = ()
    level: Level = Level.DRAFT
    internal: bool = False
    asks_for_notices: str = ""

    def offers(self, modality: str, capability: Capability) -> bool:
        offer = self.modalities.get(Modality(modality))
        return offer is not None and capability in offer.capabilities

    def limits(self, modality: str) -> Limits | None:
        return self.modalities[Modality(modality)].limits

    def facts(self, modality: str) -> Facts:
        return self.modalities[Modality(modality)].facts

    def setting(self, name: str) -> Setting:
        return next(item for item in self.settings if item.name == name)
