"""A sound day to do one harm to: three companies, two stores with the same order numbers, one order captured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from proofs.books import Books, Recorded, Sale, Units
from proofs.counting import count
from proofs.truth import Key, Sold
from proofs.worlds import Firm, Rule, Store, World

TEN = Decimal("10.00")
NORTH, EAST, SOUTH = "Norte", "Leste", "Sul"
SHOP, OTHER = "Casa", "Empório"


def firm(name: str) -> Firm:
    return Firm(name=name, legal_name=name, cnpj="", state="SC", city="")


# All three serve the shop, two of them the other store; what the market sells, one company alone may serve.
WORLD = World(
    name="test",
    firms=(firm(NORTH), firm(EAST), firm(SOUTH)),
    stores=(
        Store(
            name=SHOP,
            number="1",
            owner=NORTH,
            served_by=(NORTH, EAST, SOUTH),
            channels={"Feira": Rule(firms=frozenset({NORTH, EAST}), may_split=False)},
        ),
        Store(name=OTHER, number="2", owner=EAST, served_by=(EAST, SOUTH)),
    ),
)


def key(number: int | str, store: str = SHOP) -> Key:
    return store, str(number)


def sold(
    number: int, *, store: str = SHOP, status: str = "EM SEPARAÇÃO", total: Decimal = TEN, **facts: object
) -> Sold:
    """Two mugs for ten reais, captured."""
    order = Sold(
        store=store,
        number=number,
        market="LOJA VIRTUAL",
        sold_at=0.0,
        status=status,
        total=total,
        quantities={"1": Decimal(2)},
        needs={"MUG": Decimal(2)},
        prices={"MUG": Decimal("5.00")},
        totals=frozenset({total}),
        was_paid=True,
    )
    return replace(order, **facts)  # type: ignore[arg-type]


def recorded(number: int | str, *, store: str = SHOP, at: float = 0.0, **facts: object) -> Recorded:
    row = Recorded(key=key(number, store), at=at, status="EM SEPARAÇÃO", total=TEN, quantities={"1": Decimal(2)})
    return replace(row, **facts)  # type: ignore[arg-type]


def sale(number: int, store_number: int, *, company: str = NORTH, units: int = 2, **facts: object) -> Sale:
    """Mugs at five reais."""
    money = Decimal("5.00") * units
    made = Sale(
        company=company,
        number=number,
        key=key(store_number),
        is_open=True,
        total=money,
        parts=money,
        goods=money,
        freight=Decimal(0),
        lines=money,
        units={"MUG": Decimal(units)},
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return replace(made, **facts)  # type: ignore[arg-type]


def mugs(**units: int) -> dict[tuple[str, str], Decimal]:
    """Mugs by company; `pool` is no company yet."""
    return {("MUG", "" if name == "pool" else name): Decimal(each) for name, each in units.items()}


def kept(units: Units) -> dict[str, Units]:
    """Promised, and no movement knows of it."""
    return {"held": units, "promised": units}


def served(units: Units) -> dict[str, Units]:
    return {**kept(units), "moved": units}


def books(**facts: object) -> Books:
    """One order, 7, captured; of ten mugs of Norte's two are promised. Nothing else is anywhere."""
    sound = Books(
        orders=[recorded(7)],
        sales=[sale(1, 7)],
        named_documents=frozenset(),
        named_orders={},
        held={key(7): mugs(Norte=2)},
        promised={key(7): mugs(Norte=2)},
        moved={key(7): mugs(Norte=2)},
        on_hand=mugs(Norte=10),
        unequal_balances=0,
        unequal_reservations=0,
    )
    return replace(sound, **facts)  # type: ignore[arg-type]


def truth_of(*orders: Sold) -> dict[Key, Sold]:
    return {order.key: order for order in orders}


def wrong(truth: Mapping[Key, Sold], found: Books, *, sound: bool = True) -> dict[str, int]:
    figures = count(WORLD, truth, found, is_sound=lambda order: sound, late_seconds=600.0)
    return {name: value for name, value in figures.items() if value}
