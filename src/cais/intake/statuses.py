"""Reading a store's catalogue of statuses."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.db.models.functions import Now

from cais.connections import health
from cais.connections.access import account_for_work
from cais.connections.account import CLOCK
from cais.connections.models import Connection, Health
from cais.intake.models import Cursor
from cais.ports.capabilities import StatusCatalogue
from cais.ports.errors import ConfigurationError, RateLimited, Unavailable, VendorError
from cais.ports.manifest import Capability
from cais.publishing.conversation import tell_connection
from cais.statuses import services as statuses

STATUSES = "statuses"
_EVERY = timedelta(hours=6)
_PAUSE = CLOCK.real_seconds(60.0)


def read_statuses(connection: Connection) -> bool:
    """Read the catalogue when its time has come. New statuses appear in the dictionary, without a meaning."""
    account = account_for_work(connection) if connection.does(Capability.LIST_STATUSES) else None
    if account is None:
        return False
    taken = Cursor.objects.filter(connection=connection, kind=STATUSES).claim(1)
    if not taken:
        return False
    cursor = taken[0]
    try:
        listed = cast(StatusCatalogue, connection.vendor).list_statuses(account)
    except (VendorError, ConfigurationError) as error:
        tell_connection(connection, error)
        pause = error.retry_after if isinstance(error, Unavailable) else _PAUSE
        cursor.postpone(pause, error=str(error), counted=not isinstance(error, RateLimited))
    else:
        statuses.learn(connection, listed, from_catalogue=True)
        cursor.settle(again_in=_EVERY)
        health.answered(connection)
        Health.objects.filter(connection=connection).update(statuses_read_at=Now())
    return True
