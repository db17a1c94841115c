"""Start-up of the room: what a figure is made of is watched where it is kept."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save

from cais.catalog.hints import products_changed
from cais.connections.hints import serving_changed
from cais.offering.hints import rule_changed


class OfferingConfig(AppConfig):
    name = "cais.offering"

    def ready(self) -> None:
        from cais.companies.models import Warehouse

        products_changed.connect(_register_changed, dispatch_uid="cais.offering.register")
        post_save.connect(_warehouse_changed, sender=Warehouse, dispatch_uid="cais.offering.warehouse")
        serving_changed.connect(_serving_changed, dispatch_uid="cais.offering.serving")


def _register_changed(sender: object, *, group_id: int, product_ids: Any, **_: Any) -> None:
    rule_changed.send(sender=OfferingConfig, group_id=group_id, connection_id=None, product_ids=product_ids)


def _warehouse_changed(sender: object, *, instance: Any, **_: Any) -> None:
    """Switched on or off, a warehouse counts or not for every product that lies in it."""
    rule_changed.send(sender=OfferingConfig, group_id=instance.group_id, connection_id=None, product_ids=None)


def _serving_changed(sender: object, *, group_id: int, connection_id: int, **_: Any) -> None:
    """Whose units the store may show has changed."""
    rule_changed.send(sender=OfferingConfig, group_id=group_id, connection_id=connection_id, product_ids=None)
