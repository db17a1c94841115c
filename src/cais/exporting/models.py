"""ProductPublication: a product that one store was given, or that somebody wants to see there."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from cais.catalog.models import Product
from cais.ports.manifest import Capability
from cais.publishing.models import Publication, PublicationQuerySet


class ProductPublicationQuerySet(PublicationQuerySet["ProductPublication"]):
    def _live(self) -> Q:
        """What is only proposed, for a rehearsal, is never said by itself."""
        return super()._live() & Q(asked_at__isnull=False)

    def held_back(self) -> Self:
        """A proposal waits for its plan, not for the connection."""
        return super().held_back().filter(asked_at__isnull=False)

    def proposals(self) -> Self:
        """Rows made for a rehearsal that nobody has applied."""
        return self.filter(asked_at=None, published_digest="", in_flight=False, allowed_digest="", hold="")


class ProductPublication(Publication):
    """A product at one store: what it should say there, and what it said when it was last read back equal.

    `asked_at` is empty while it is only proposed. `is_ours`: we made it there, or it was equal once, or ours was
    written over it by a person's word; until then nothing in the store is changed. `was_made`: made there by us, not
    found. `seen_digest` is of what the store showed when a person was last shown it, in a rehearsal or as a difference;
    `over_digest` of what they then said ours may be written over; `sent_digest` of what we sent to make it, under
    `sent_reference`: who finds just that may write over it. `differs` lists [field, the store's, ours] of the last.
    """

    FUNCTION = Capability.WRITE_PRODUCTS

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="publications")
    asked_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=120, blank=True)
    is_ours = models.BooleanField(default=False)
    was_made = models.BooleanField(default=False)
    seen_digest = models.CharField(max_length=32, blank=True)
    over_digest = models.CharField(max_length=32, blank=True, default="", db_default="")
    sent_digest = models.CharField(max_length=32, blank=True)
    sent_reference = models.CharField(max_length=120, blank=True)
    differs = models.JSONField(default=list)

    objects = ProductPublicationQuerySet.as_manager()  # type: ignore[misc]  # narrower than every publication's

    refusal: str = ""
    """The vendor's code for the refusal that is being told; not kept."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connection", "product"], name="product_once_per_store"),)
        indexes = (
            models.Index(fields=["connection", "due_at"], name="product_due", condition=Q(due_at__isnull=False)),
        )
