"""Start-up of the room: a product that changes leaves a mark where a store was given it."""

from __future__ import annotations

from django.apps import AppConfig

from cais.catalog.hints import products_changed


class ExportingConfig(AppConfig):
    name = "cais.exporting"

    def ready(self) -> None:
        from cais.exporting.marks import hear_products

        products_changed.connect(hear_products, dispatch_uid="cais.exporting.products")
