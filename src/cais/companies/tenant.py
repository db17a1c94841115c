"""What every row that belongs to a group is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from cais.companies.models import Group

Row = TypeVar("Row", bound=models.Model)


class TenantQuerySet(models.QuerySet[Row]):
    def of(self, group: Group) -> Self:
        """The rows of one group. Row-level security asks the same again below."""
        return self.filter(group=group)


class TenantModel(models.Model):
    """A row of one group; the table gets row-level security with the migrations (`companies.rls`)."""

    group = models.ForeignKey("companies.Group", on_delete=models.CASCADE, related_name="+", editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True
