"""Facet, one thing that a store is told of its linked products, and the kind of publication that tells it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from cais.catalog.models import Listing
from cais.connections.models import Connection
from cais.core.digest import digest_of
from cais.core.shelf import ShelfRef, ShelfRow
from cais.inbox import services as inbox
from cais.inbox.services import Cause
from cais.ports.capabilities import Done
from cais.ports.manifest import Capability
from cais.ports.session import Account, Priority
from cais.publishing.kinds import Kind, Step
from cais.shelves.models import Mark, ShelfDrift, ShelfPublication
from cais.shelves.parents import parents_among
from cais.shelves.subjects import listing_subject

Value = TypeVar("Value")


class Facet(ABC, Generic[Value]):
    """A value of each linked product that the store shows and Cais keeps true: absolute, so that twice equals once.

    `follows_sales`: the store changes it by itself when it sells, so its orders are read before it is said or judged.
    `corrects_few`: a few differences are corrected without asking; else each waits for a person.
    """

    kind: ClassVar[Mark.Kind]
    capability: ClassVar[Capability]
    priority: ClassVar[Priority]
    table: ClassVar[type[Any]]  # a ShelfPublication: its columns differ from facet to facet
    drifts: ClassVar[type[Any]]  # a ShelfDrift
    refused: ClassVar[str]
    drifted: ClassVar[str]
    follows_sales: ClassVar[bool] = False
    corrects_few: ClassVar[bool] = False

    @abstractmethod
    def wanted(self, connection: Connection, product_ids: Collection[int]) -> Mapping[int, Value | None]:
        """What the store should show of each product now; None is unknown and never said."""

    @abstractmethod
    def shown(self, connection: Connection, row: ShelfRow) -> Value | None:
        """What a row of the store's list shows; None where it does not say."""

    @abstractmethod
    def write(self, connection: Connection, account: Account, ref: ShelfRef, value: Value) -> Done:
        """Say it. Raises the errors of `ports.errors`."""

    @abstractmethod
    def read(self, connection: Connection, account: Account, ref: ShelfRef) -> Value | None:
        """Ask for it. Raises the errors of `ports.errors`."""

    @abstractmethod
    def text(self, value: Value | None) -> str:
        """In one line for people."""

    def says(self, connection: Connection, listings: Collection[Listing]) -> dict[int, Value | None]:
        """What the store should show under each of these links now; None is unknown, or not to be said there."""
        found = self.wanted(connection, {listing.product_id for listing in listings})
        silent = parents_among(connection, listings)
        return {each.pk: None if each.pk in silent else found.get(each.product_id) for each in listings}

    def aged(self, connection: Connection, value: Value) -> Value:
        """What a value that was said means by now, where time alone changes it."""
        return value

    def wake(self, connection: Connection) -> None:  # most values do not change with the day
        """Leave marks for what time alone has changed."""

    def digest(self, value: Value | None) -> str:
        return "" if value is None else digest_of(value)

    def in_doubt(self, row: ShelfPublication) -> bool:
        """Whether the store may show something else than what it is believed to."""
        return row.in_flight

    def said(self, row: ShelfPublication) -> dict[str, Any]:
        """Facts of a row whose value was said just now, as it was planned."""
        return {}

    def rows(self) -> QuerySet[Any]:
        """What stores are told of it."""
        rows: QuerySet[Any] = self.table.objects.all()
        return rows

    def open_drifts(self) -> QuerySet[Any]:
        """Where stores show something else, and nobody and nothing has ended it."""
        rows: QuerySet[Any] = self.drifts.objects.filter(ended_at=None)
        return rows

    def offered(self, connection: Connection) -> bool:
        """Whether this connector can be told it at all."""
        return connection.manifest.offers(connection.modality, self.capability)


class TellingKind(Kind[ShelfPublication]):
    """`until`: the instant after which what is left waits for another turn. The value is worked out when it is said."""

    facet: ClassVar[Facet[Any]]

    def __init__(self, *, until: datetime | None = None) -> None:
        self._until = until

    def rows(self) -> QuerySet[ShelfPublication, ShelfPublication]:
        found: QuerySet[ShelfPublication, ShelfPublication] = self.facet.table.objects.select_related(
            "connection__company", "listing__product"
        )
        return found

    def may_speak(self, connection: Connection) -> bool:
        """Each row says for itself whether the function is on or a rehearsal released it."""
        return self.facet.offered(connection)

    def goes_on(self) -> bool:
        return self._until is None or timezone.now() < self._until

    def plan(self, row: ShelfPublication) -> Step | None:
        """Nothing is said of what is unknown, nor what the store is believed to show already.

        In doubt the newest value is said again: it is absolute, and twice equals once.
        """
        row.desired = self._says(row)
        row.desired_digest = self.facet.digest(row.desired)
        if row.desired is None or (row.desired_digest == row.published_digest and not self.facet.in_doubt(row)):
            return None
        was, wish = self.facet.text(row.published), self.facet.text(row.desired)
        return Step("write", row.listing.product.sku, was, wish, lambda *a: self._write(row, *a))

    def at_rest(self, row: ShelfPublication) -> dict[str, Any]:
        return {"desired": row.desired, "desired_digest": row.desired_digest, "waits_since": None}

    def source(self, row: ShelfPublication) -> str:
        """The value as it is now."""
        return self.facet.digest(self._says(row))

    def _says(self, row: ShelfPublication) -> Any:
        return self.facet.says(row.connection, [row.listing])[row.listing_id]

    def _write(self, row: ShelfPublication, connection: Connection, account: Account, look: bool) -> Done:
        row.was_lost = look
        return self.facet.write(connection, account, ref_of(row.listing), row.desired)

    def done(self, row: ShelfPublication, step: Step, answer: Done) -> dict[str, Any]:
        """Ours stands there now: a difference that was seen before, and that a change of ours woke, is over."""
        inbox.sync(row.group_id, {listing_subject(row.listing): ()}, among=(self.facet.refused,))
        over = self.facet.open_drifts().filter(listing=row.listing_id)
        over.update(ended_at=Now(), way=ShelfDrift.Way.OURS)
        return {**self.at_rest(row), "published": row.desired, **self.facet.said(row)}

    def refused(self, row: ShelfPublication, words: str, detail: str) -> str:
        reason = self.facet.refused
        params = {"sku": row.listing.product.sku, "store": row.connection.name, "words": words}
        cause = Cause(reason, f"listing:{row.listing_id}", params, detail)
        inbox.sync(row.group_id, {listing_subject(row.listing): (cause,)}, among=(reason,))
        return reason


def ref_of(listing: Listing) -> ShelfRef:
    return ShelfRef(external_id=listing.external_id, variant_id=listing.variant_id)
