"""Learning the values of a store, for many orders at once; a value that nobody filled in is never guessed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models.functions import Now

from cais.connections.models import Connection
from cais.core.documents import AdjustmentDoc, AdjustmentKind, OrderDoc, PaymentDoc
from cais.core.values import fold
from cais.mappings import models as tables
from cais.mappings.models import BearerRule, ChannelIssuer, FreightMethod, PaymentMethod, SalesChannel
from cais.mappings.recognition import bearer_of, channel_of, tender_of

Row = TypeVar("Row", FreightMethod, PaymentMethod, SalesChannel, BearerRule)
_NO_PAYMENT = PaymentDoc(method="")


@dataclass(frozen=True, slots=True)
class Learnt:
    """The rows behind the values of a batch of orders."""

    freights: Mapping[str, FreightMethod]
    payments: Mapping[str, PaymentMethod]
    channels: Mapping[str, SalesChannel]
    rules: Mapping[str, BearerRule]

    def freight_of(self, order: OrderDoc) -> FreightMethod:
        return self.freights[freight_key(order)]

    def payment_of(self, payment: PaymentDoc) -> PaymentMethod:
        return self.payments[payment_key(payment)]

    def channel_of(self, order: OrderDoc) -> SalesChannel:
        return self.channels[channel_key(order)]

    def rule_of(self, order: OrderDoc, item: AdjustmentDoc) -> BearerRule | None:
        """The rule for this very label, else the one for its kind; freight has none."""
        if item.kind is AdjustmentKind.FREIGHT:
            return None
        channel = self.channel_of(order)
        return self.rules.get(rule_key(channel.pk, item, only=item.label)) or self.rules[rule_key(channel.pk, item)]


def payments_of(order: OrderDoc) -> Sequence[PaymentDoc]:
    """The payments that the store told; one without a name where it told none, for a person to name."""
    return order.payments or (_NO_PAYMENT,)


def freight_key(order: OrderDoc) -> str:
    return _key(order.shipping_method, order.shipping_integrator)


def payment_key(payment: PaymentDoc) -> str:
    return _key(payment.method, payment.kind)


def channel_key(order: OrderDoc) -> str:
    return _key(order.marketplace.name if order.marketplace else order.channel)


def rule_key(channel_id: int, item: AdjustmentDoc, *, only: str = "") -> str:
    return key_of_rule(channel_id, item.kind, is_discount=item.amount < 0, only=only)


def key_of_rule(channel_id: int, kind: str, *, is_discount: bool, only: str = "") -> str:
    return _key(f"{channel_id}:{kind}:{'-' if is_discount else '+'}", only)


def _key(*parts: str) -> str:
    """Two stores' spellings of one word are one word; the bar keeps the parts apart."""
    return "|".join(fold(part)[:120] for part in parts).rstrip("|")


def learn(connection: Connection, orders: Sequence[OrderDoc]) -> Learnt:
    """Make sure that every value of these orders has its row, filled in where the store leaves no doubt."""
    freights = {freight_key(order): _freight(order) for order in orders}
    payments = {payment_key(item): _payment(item) for order in orders for item in payments_of(order)}
    channels = _learn(SalesChannel, connection, _channels(orders))
    items = [(channels[channel_key(order)], item) for order in orders for item in order.adjustments if _is_ruled(item)]
    wanted = {rule_key(channel.pk, item): _rule(channel, item) for channel, item in items}
    special = {rule_key(channel.pk, item, only=item.label) for channel, item in items if item.label}
    return Learnt(
        freights=_learn(FreightMethod, connection, freights),
        payments=_learn(PaymentMethod, connection, payments),
        channels=channels,
        rules={**_known(BearerRule, connection, special), **_learn(BearerRule, connection, wanted)},
    )


def recognise_rules(channel: SalesChannel) -> None:
    """Once it is known whose shop a channel is, its unfilled rules may leave no doubt any more."""
    for rule in BearerRule.objects.filter(channel=channel, filled_at=None):
        bearer = bearer_of(is_discount=rule.is_discount, in_marketplace=channel.nature != SalesChannel.Nature.OWN)
        if bearer is not None:
            _fill_in(BearerRule, rule, {"borne_by": bearer.value, "enters_invoice": True})


def set_issuers(channel: SalesChannel, companies: Collection[int]) -> None:
    """The companies that may invoice what this channel sells; none: any that serves the store (feature C2)."""
    channel.issuers.exclude(company__in=companies).delete()
    ChannelIssuer.objects.bulk_create(
        [ChannelIssuer(group_id=channel.group_id, channel=channel, company_id=key) for key in companies],
        ignore_conflicts=True,
    )


def _freight(order: OrderDoc) -> dict[str, object]:
    return {"label": order.shipping_method[:120], "integrator": order.shipping_integrator[:60]}


def _payment(item: PaymentDoc) -> dict[str, object]:
    tender = tender_of(item.method, item.kind)
    facts: dict[str, object] = {
        "label": item.method[:120],
        "kind": item.kind[:40],
        "external_id": item.method_id[:40],
    }
    return {**facts, "tender": tender.value} if tender else facts


def _channels(orders: Iterable[OrderDoc]) -> dict[str, dict[str, object]]:
    """One order that tells all about a marketplace is enough for those that do not."""
    found: dict[str, dict[str, object]] = {}
    for order in orders:
        key = channel_key(order)
        if "nature" not in found.get(key, {}):
            label = order.marketplace.name if order.marketplace else order.channel
            split = {} if order.marketplace is None else {"may_split": False}
            found[key] = {"label": label[:120], **split, **(channel_of(order) or {})}
    return found


def _is_ruled(item: AdjustmentDoc) -> bool:
    return bool(item.amount) and item.kind is not AdjustmentKind.FREIGHT


def _rule(channel: SalesChannel, item: AdjustmentDoc) -> dict[str, object]:
    facts: dict[str, object] = {"channel": channel, "kind": item.kind.value, "is_discount": item.amount < 0}
    in_marketplace = channel.nature != SalesChannel.Nature.OWN
    bearer = bearer_of(is_discount=item.amount < 0, in_marketplace=in_marketplace)
    return {**facts, "borne_by": bearer.value} if bearer else facts


# What a row must hold to be filled in.
_DECISIVE: dict[type[tables.Mapping], str] = {
    FreightMethod: "freight_by",
    PaymentMethod: "tender",
    SalesChannel: "nature",
    BearerRule: "borne_by",
}


def _learn(model: type[Row], connection: Connection, values: Mapping[str, Mapping[str, object]]) -> dict[str, Row]:
    """The rows by key: the missing are made, and those that wait are filled in as soon as a value is beyond doubt."""
    known = _known(model, connection, values)
    fresh = {key: value for key, value in values.items() if key not in known}
    if fresh:
        model._default_manager.bulk_create(
            [_row(model, connection, key, value) for key, value in fresh.items()], ignore_conflicts=True
        )
        known |= _known(model, connection, fresh)
    decisive = _DECISIVE[model]
    for key, row in known.items():
        if row.filled_at is None and values[key].get(decisive):
            _fill_in(model, row, values[key])
    return known


def _known(model: type[Row], connection: Connection, keys: Iterable[str]) -> dict[str, Row]:
    wanted = list(keys)
    if not wanted:
        return {}
    return {row.key: row for row in model._default_manager.filter(connection=connection, key__in=wanted)}


def _row(model: type[Row], connection: Connection, key: str, value: Mapping[str, object]) -> Row:
    facts: dict[str, Any] = {name: found for name, found in value.items() if name != _DECISIVE[model]}
    return model(group_id=connection.group_id, connection=connection, key=key, **facts)


def _fill_in(model: type[Row], row: Row, value: Mapping[str, object]) -> None:
    """*Reconhecido*: by Cais itself, and only where nobody did it before."""
    waiting = model._default_manager.filter(pk=row.pk, filled_at=None)
    waiting.update(**value, recognised=True, filled_at=Now())
    row.refresh_from_db()
