"""Start-up of the room: the embedded ERP takes its place beside the other vendors."""

from __future__ import annotations

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "cais.backoffice"

    def ready(self) -> None:
        from cais import connectors
        from cais.backoffice.connector import CONNECTOR

        connectors.register_local(CONNECTOR)
