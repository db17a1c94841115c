"""Bringing the database to this version: the application's role, the tables, and what the role may do."""

import os
from collections.abc import Mapping

from cais.config.database import databases
from cais.ops.occupancy import database_in_use
from cais.ops.roles import ensure_application_role, grant


def initialise(env: Mapping[str, str]) -> None:
    """Make the application's role where it is missing. Raises RoleRefusedError."""
    pair = databases(env)
    ensure_application_role(pair["owner"], pair["default"])


def migrate(*, verbosity: int = 1) -> None:
    """Apply every migration as the owner, then grant the application its rows. Safe to repeat."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cais.config.settings")
    with database_in_use(os.environ):
        initialise(os.environ)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
        pair = databases(os.environ)
        grant(pair["owner"], pair["default"]["USER"])


if __name__ == "__main__":
    migrate(verbosity=0)
