"""Mark ("look at this product"), what a store is told of stock and prices, what it shows, and where that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cais.catalog.models import Listing
from cais.companies.tenant import TenantModel
from cais.connections.models import Connection
from cais.ports.manifest import Capability
from cais.publishing.models import Publication
from cais.shelves.fields import PriceDocField
from cais.waiting.rows import WaitingRow


def _units() -> Any:
    """Units with four places; None is unknown and never zero."""
    return models.DecimalField(max_digits=15, decimal_places=4, null=True)


class Mark(TenantModel):
    """ "Look at this product at this connection": written with the change itself, folded away by the next look.

    It carries no value, and a thousand of one product are one look. Only inserted, so no writer waits for another;
    without foreign keys, so it costs next to nothing. `moved`: the store changed what it shows by itself, since an
    order of its own took units or gave them back; what it was believed to show it shows no more.
    """

    class Kind(models.TextChoices):
        STOCK = "stock", "estoque"
        PRICE = "price", "preço"
        PRODUCT = "product", "produto"

    connection_id = models.BigIntegerField()
    product_id = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    moved = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = (models.Index(fields=["connection_id", "kind", "id"], name="mark_of_connection"),)


class ShelfPublication(Publication):
    """One thing that a store should show of one of its products; `desired`, `published` and `shown` are such values.

    `desired` was right when last looked at and is worked out anew before it is said. `published` is what the store is
    believed to show: what we last sent, or what we last saw there. `shown` is what it showed when it was last read.
    """

    if TYPE_CHECKING:
        listing: models.OneToOneField[Listing, Listing]
        listing_id: int
        desired: Any
        published: Any
        shown: Any

    waits_since = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)

    was_lost: bool = False
    """Whether the answer to what was said before was lost; while it is said again, not kept."""

    class Meta:
        abstract = True


class StockPublication(ShelfPublication):
    """The units that a store should show for one of its products.

    `moved_at`: when we learned that the store moved them by itself, or when they were said after a lost answer, since
    what left before may still arrive; null once we have said them, or seen them, since.
    """

    FUNCTION = Capability.WRITE_STOCK

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="stock_publication")
    desired = _units()
    published = _units()
    shown = _units()
    moved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["connection", "due_at", "id"], name="stock_due", condition=Q(due_at__isnull=False)),
            # Where the store shows more than there is: told before all others.
            models.Index(
                fields=["connection", "due_at", "id"],
                name="stock_too_much",
                condition=Q(due_at__isnull=False, desired__lt=F("published")),
            ),
        )


class PricePublication(ShelfPublication):
    """The price, and the promotion, that a store should show for one of its products."""

    FUNCTION = Capability.WRITE_PRICES

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="price_publication")
    desired = PriceDocField()
    published = PriceDocField()
    shown = PriceDocField()

    class Meta:
        indexes = (models.Index(fields=["connection", "due_at"], name="price_due", condition=Q(due_at__isnull=False)),)


class PriceDay(TenantModel):
    """The day of a store up to which promotions that begin and end were followed."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="price_day")
    day = models.DateField()


class ShelfDrift(TenantModel):
    """The store showed something else than we say, with nothing of ours on its way; kept also when it is over."""

    class Way(models.TextChoices):
        """How it ended. `ITSELF`: few differed, so ours was written without asking."""

        ITSELF = "itself", "corrigida sozinha"
        OURS = "ours", "publicado o nosso"
        THEIRS = "theirs", "aceito o da loja"
        GONE = "gone", "a loja já mostra o certo"

    if TYPE_CHECKING:
        listing: models.ForeignKey[Listing, Listing]
        listing_id: int
        shown: Any
        ours: Any

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    way = models.CharField(max_length=6, choices=Way.choices, blank=True)
    ended_by = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True
        ordering = ("-pk",)


class Drift(ShelfDrift):
    """The store showed other units than we say."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="drifts")
    shown = models.DecimalField(max_digits=15, decimal_places=4)
    ours = models.DecimalField(max_digits=15, decimal_places=4)

    class Meta(ShelfDrift.Meta):
        constraints = (models.UniqueConstraint(fields=["listing"], name="one_open_drift", condition=Q(ended_at=None)),)
        indexes = (models.Index(fields=["connection", "-id"], name="drifts_of_connection"),)


class PriceDrift(ShelfDrift):
    """The store showed another price than we say."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="price_drifts")
    shown = PriceDocField()
    ours = PriceDocField()

    class Meta(ShelfDrift.Meta):
        constraints = (
            models.UniqueConstraint(fields=["listing"], name="one_open_price_drift", condition=Q(ended_at=None)),
        )
        indexes = (models.Index(fields=["connection", "-id"], name="price_drifts_of_connection"),)


class ShelfReading(WaitingRow):
    """*Conferir a loja*: one pass over what a store shows, page by page; it goes on where it was cut short.

    `is_read`: every page came. `is_asked`: what none of them showed was asked for by its id, so all can be judged.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="shelf_reading")
    asked_by = models.CharField(max_length=120, blank=True)
    begun_at = models.DateTimeField(null=True)
    next_page = models.CharField(max_length=200, blank=True)
    is_read = models.BooleanField(default=False)
    is_asked = models.BooleanField(default=False, db_default=False)
    seen = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    drifted = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["connection", "due_at"], name="shelf_reading_due", condition=Q(due_at__isnull=False)),
        )
