"""What a connection may show of each product, with the sum explained: feature D6 for many products at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from django.db.models import Count, Q, Sum

from cais.catalog.models import KitComponent, Product
from cais.connections.models import Connection
from cais.core.values import ZERO
from cais.movements.promises import lacking_in, reach_of
from cais.offering.models import StockCategoryRule, StockPolicy
from cais.offering.rules import Rule, Rules, policy_of, rules_under, usable_warehouses
from cais.ports.manifest import Facts
from cais.stock.models import Balance


class Standing(StrEnum):
    """Whether there is a figure, and if not, why. Only `KNOWN` may ever be sent to a store.

    Out of use in the register is no reason: as long as a store shows the product, it must not show units that are gone.
    """

    KNOWN = "known"
    UNKNOWN = "unknown"  # nobody ever counted it in a warehouse that this connection draws on
    UNTRACKED = "untracked"  # *não controla estoque*: always for sale, never published (feature D1)
    LEFT_TO_STORE = "left_to_store"  # a kit that the store makes from its parts


@dataclass(frozen=True, slots=True)
class Units:
    """The units behind a figure, in the warehouses that count. `open_orders`: wanted by orders without a movement."""

    on_hand: Decimal = ZERO
    reserved: Decimal = ZERO
    open_orders: Decimal = ZERO

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.reserved - self.open_orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one connection may show of one product. `units` is None unless it is `KNOWN`: unknown is never zero.

    A kit has no `behind`; `limited_by` is the component of which the fewest kits can be made. Units are as the store
    can show them: whole where it wants whole ones.
    """

    product_id: int
    standing: Standing
    rule: Rule
    units: Decimal | None = None
    behind: Units | None = None
    limited_by: int | None = None


def offers(
    connection: Connection,
    product_ids: Collection[int],
    *,
    policy: StockPolicy | None = None,
    trying: StockCategoryRule | None = None,
) -> dict[int, Offer]:
    """The offer of each product, in a number of queries that does not grow with them.

    `policy` tries another one on, and `trying` another rule of a category.

    units = Σ over the chosen warehouses (on hand − reserved) − units of open orders without a movement − buffer, then
    the cap. Promises of every store that draws on the same companies are taken off. A kit: the fewest that its
    components make, each component after its own buffer; of the kit itself only a buffer that its category or an
    exception names is kept back once more.
    A product that is not of this group is absent.
    """
    products = _read_products(product_ids)
    needs = _needs([key for key, item in products.items() if item.is_kit])
    parts = _read_products({part for need in needs.values() for part in need} - products.keys())
    every = products | parts
    rules = rules_under(policy or policy_of(connection), every.keys(), trying=trying)
    reading = _Reading(connection, rules, every, needs)
    return {key: reading.offer(item) for key, item in products.items()}


@dataclass(frozen=True, slots=True)
class _Item:
    pk: int
    is_kit: bool
    tracks_stock: bool


class _Reading:
    """Everything that the offers of one connection are made of, read once."""

    def __init__(
        self,
        connection: Connection,
        rules: Rules,
        items: Mapping[int, _Item],
        needs: Mapping[int, Mapping[int, Decimal]],
    ) -> None:
        self.facts: Facts = connection.facts
        self.items = items
        self.needs = needs
        self.rules = rules
        counted = [item.pk for item in items.values() if item.tracks_stock and not item.is_kit]
        self.units = _units(connection, counted, self.rules)

    def offer(self, item: _Item) -> Offer:
        standing = self._standing(item)
        rule = self.rules.of(item.pk)
        if standing != Standing.KNOWN:
            return Offer(product_id=item.pk, standing=standing, rule=rule, behind=self.units.get(item.pk))
        if item.is_kit:
            return self._kit(item)
        behind = self.units.get(item.pk, Units())
        return Offer(
            product_id=item.pk,
            standing=standing,
            rule=rule,
            units=self.facts.shown_stock(rule.shown(behind.free)),
            behind=behind,
        )

    def _standing(self, item: _Item) -> Standing:
        if not item.tracks_stock:
            return Standing.UNTRACKED
        if not item.is_kit:
            known = item.pk in self.units or self.rules.of(item.pk).stopped
            return Standing.KNOWN if known else Standing.UNKNOWN
        if self.facts.kits_are_computed:
            return Standing.LEFT_TO_STORE
        return self._kit_standing(item)

    def _kit_standing(self, kit: _Item) -> Standing:
        counted = self._counted_parts(kit)
        if self.rules.of(kit.pk).stopped:
            return Standing.KNOWN
        if not self.needs.get(kit.pk):
            return Standing.UNKNOWN
        if not counted:
            return Standing.UNTRACKED
        return Standing.KNOWN if all(part in self.units for part in counted) else Standing.UNKNOWN

    def _kit(self, kit: _Item) -> Offer:
        need = self.needs.get(kit.pk, {})
        makes = {part: _kits_of(self._free_part(part), need[part]) for part in self._counted_parts(kit)}
        limited_by = min(makes, key=lambda part: (makes[part], part), default=None)
        rule = self._rule_of_kit(kit)
        fewest = ZERO if limited_by is None else makes[limited_by]
        units = self.facts.shown_stock(rule.shown(fewest))
        return Offer(product_id=kit.pk, standing=Standing.KNOWN, rule=rule, units=units, limited_by=limited_by)

    def _counted_parts(self, kit: _Item) -> list[int]:
        return [part for part in self.needs.get(kit.pk, ()) if self.items[part].tracks_stock]

    def _free_part(self, part: int) -> Decimal:
        """What a component leaves to its kits: its buffer is kept back for them too, its cap and its stop are not."""
        return self.units.get(part, Units()).free - self.rules.of(part).buffer

    def _rule_of_kit(self, kit: _Item) -> Rule:
        """The store's buffer was kept back from the components already."""
        own = self.rules.of(kit.pk)
        return replace(own, buffer=ZERO) if own.buffer_by.is_store else own


def _read_products(product_ids: Iterable[int]) -> dict[int, _Item]:
    rows = Product.objects.filter(pk__in=list(product_ids)).order_by()
    return {row[0]: _Item(*row) for row in rows.values_list("pk", "is_kit", "tracks_stock")}


def _needs(kits: Collection[int]) -> dict[int, dict[int, Decimal]]:
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = KitComponent.objects.filter(kit__in=kits).values_list("kit_id", "product_id", "quantity")
    for kit, part, quantity in rows:
        found[kit][part] = quantity
    return found


def _kits_of(units: Decimal, need: Decimal) -> Decimal:
    return (units / need).to_integral_value(ROUND_FLOOR)


def _units(connection: Connection, product_ids: Collection[int], rules: Rules) -> dict[int, Units]:
    """The sums of each product that was ever counted in one of the warehouses; the others are absent.

    What is lacking is read before the balances, and those in one statement: a promise that moves meanwhile is seen in
    one place or in both, never in none.
    """
    reach = reach_of(connection)
    usable = {warehouse.pk for warehouse in usable_warehouses(reach)}
    chosen = usable if rules.warehouses is None else usable & set(rules.warehouses)
    lacking = lacking_in(reach.pools, product_ids)
    rows = Balance.objects.filter(product__in=product_ids).filter(Q(warehouse__in=chosen) | Q(pool__in=reach.pools))
    sums = (
        rows.order_by()
        .values_list("product_id")
        .annotate(
            places=Count("warehouse"),
            there=Sum("on_hand"),
            kept=Sum("reserved", filter=Q(warehouse__isnull=False), default=ZERO),
            promised=Sum("reserved", filter=Q(pool__isnull=False), default=ZERO),
        )
    )
    return {
        product: Units(there, kept, promised + lacking.get(product, ZERO))
        for product, places, there, kept, promised in sums
        if places
    }
