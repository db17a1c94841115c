"""Databases of several sizes beside each other: copies of the first one, filled, in which Django works by turns."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import psycopg

from cais.config.database import DATABASE, databases
from cais.ops import embedded, roles

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def copy_for(size: int) -> psycopg.Connection[Any]:
    """Copy the first database for this size. Returns a connection to the copy, of the embedded server's superuser.

    Only the superuser may fill a table without looking at each reference.
    """
    from django.db import connections

    connections.close_all()  # a database in use cannot be copied
    root: dict[str, Any] = {**databases(os.environ)["owner"], "USER": embedded.SUPERUSER}
    with roles.connect(root, database="postgres") as server:
        server.execute(f"CREATE DATABASE {name_of(size)} TEMPLATE {root['NAME']}")
    return roles.connect(root, database=name_of(size))


def name_of(size: int) -> str:
    return f"{DATABASE}_{size}"


def open_for(size: int) -> BaseDatabaseWrapper:
    """Django's own connection to the database of this size, as the application's role; it stays open between turns."""
    from django.db import connections

    made = connections.create_connection("default")
    made.settings_dict = {**made.settings_dict, "NAME": name_of(size)}  # the handler shares its own
    return made


def take_turn(opened: BaseDatabaseWrapper) -> None:
    """From here on Django works through this connection."""
    from django.db import connections

    connections["default"] = opened
