"""Start-up of the room: the walls are put up again after every migration."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _after_migrate(*, using: str, **_: Any) -> None:
    from cais.companies import rls

    if using == "owner":
        rls.protect(using=using)


class CompaniesConfig(AppConfig):
    name = "cais.companies"

    def ready(self) -> None:
        import_module("cais.companies.folding")  # its lookup is known from then on
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="cais.rls")
