"""The two worlds of the dock: which companies there are, which stores, and who may serve what is sold in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations

from proofs.plan import Plan

Delivery = Mapping[tuple[str, str], Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """A company by its short name; the first warehouse is served from first."""

    name: str
    legal_name: str
    cnpj: str
    state: str
    city: str
    warehouses: tuple[str, ...] = ("Principal",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may serve an order, and whether several may share it."""

    firms: frozenset[str]
    may_split: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A connection by its name; `number` is what the store calls itself. A channel without a rule is anyone's.

    `policy` chooses among those that may serve.
    """

    name: str
    number: str
    owner: str
    served_by: tuple[str, ...]
    policy: str = "priority"
    channels: Mapping[str, Rule] = field(default_factory=dict)

    def rule(self, market: str) -> Rule:
        return self.channels.get(market) or Rule(firms=frozenset(self.served_by))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Firms in the order of their priority."""

    name: str
    firms: tuple[Firm, ...]
    stores: tuple[Store, ...]
    hears_notices: bool = False

    def store(self, name: str) -> Store:
        return next(store for store in self.stores if store.name == name)

    def rule(self, store: str, market: str) -> Rule:
        return self.store(store).rule(market)

    def circles(self) -> Iterator[frozenset[str]]:
        """Every set of firms but the empty one."""
        names = [firm.name for firm in self.firms]
        sets = chain.from_iterable(combinations(names, size) for size in range(1, len(names) + 1))
        return map(frozenset, sets)

    def places(self) -> list[tuple[str, str]]:
        return [(firm.name, warehouse) for firm in self.firms for warehouse in firm.warehouses]

    def deliveries(self, plan: Plan, skus: Sequence[str]) -> Delivery:
        """What lies where at first: (firm, warehouse) → units by SKU.

        With one place: plenty of most, too little of every sixth product. With several, what is plenty lies with one
        firm, with two or with all, so that orders must be shared; and the few units of a contested product lie one by
        one wherever the dice say, so that the last ones are in different firms.
        """
        places, units = self.places(), plan.units(list(skus))
        if len(places) == 1:
            return {places[0]: units}
        dice, found = plan.dice("places"), defaultdict[tuple[str, str], dict[str, int]](dict)
        scarce = plan.scarce(skus)
        for sku in sorted(skus):
            if sku in scarce:
                for _ in range(units[sku] + len(self.firms)):
                    shelf = found[dice.choice(places)]
                    shelf[sku] = shelf.get(sku, 0) + 1
                continue
            holders = dice.sample(self.firms, dice.choices((1, 2, 3), weights=(6, 3, 1))[0])
            for firm in holders:
                found[firm.name, dice.choice(firm.warehouses)][sku] = units[sku]
        return found


_JURUBIM = Firm(
    name="Jurubim Casa",
    legal_name="Jurubim Casa Comércio de Utilidades Ltda",
    cnpj="98.765.432/0001-98",
    state="SC",
    city="Florianópolis",
)
_TRAPICHE = Firm(
    name="Trapiche Utilidades",
    legal_name="Trapiche Utilidades Domésticas Ltda",
    cnpj="45.612.378/0001-84",
    state="PR",
    city="Paranaguá",
    warehouses=("Principal", "Galpão"),
)
_ENSEADA = Firm(
    name="Enseada Têxtil",
    legal_name="Enseada Têxtil e Presentes Ltda",
    cnpj="61.390.527/0001-64",
    state="SP",
    city="Santos",
)
_ALL = tuple(firm.name for firm in (_JURUBIM, _TRAPICHE, _ENSEADA))


def _only(*names: str) -> Rule:
    return Rule(firms=frozenset(names), may_split=False)


ONE = World(
    name="one",
    firms=(_JURUBIM,),
    stores=(Store(name="Casa Beiramar", number="391250", owner=_JURUBIM.name, served_by=(_JURUBIM.name,)),),
)
# Sets that overlap without one holding the other: what is free for one depends on what was promised to the others.
SEVERAL = World(
    name="several",
    firms=(_JURUBIM, _TRAPICHE, _ENSEADA),
    stores=(
        Store(
            name="Casa Beiramar",
            number="391250",
            owner=_JURUBIM.name,
            served_by=_ALL,
            channels={"Mercado Livre": _only(*_ALL[:2]), "Magalu": _only(_JURUBIM.name)},
        ),
        Store(
            name="Empório do Cais",
            number="402177",
            owner=_TRAPICHE.name,
            served_by=_ALL[1:],
            policy="fewest_parcels",
            channels={"Mercado Livre": _only(*_ALL[1:]), "Magalu": _only(_ENSEADA.name)},
        ),
    ),
    hears_notices=True,
)
WORLDS: Mapping[str, World] = {world.name: world for world in (ONE, SEVERAL)}
