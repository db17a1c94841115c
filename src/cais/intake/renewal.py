"""The daily renewal of a store's access, so that one without traffic keeps it."""

from __future__ import annotations

from typing import cast

from cais.connections import health
from cais.connections.access import account_for_work
from cais.connections.expiry import is_due
from cais.connections.models import Connection
from cais.ports.capabilities import Authoriser
from cais.ports.errors import ConfigurationError, VendorError
from cais.publishing.conversation import tell_connection


def renew_access(connection: Connection) -> int:
    """Renew an access that is a day old. One owner per store renews, and keeps the new pair before it is used."""
    account = account_for_work(connection) if is_due(connection) else None
    if account is None or account.tokens.current() is None:
        return 0
    try:
        cast(Authoriser, connection.vendor).renew(account)
    except (VendorError, ConfigurationError) as error:
        tell_connection(connection, error)
        return 0
    health.answered(connection)
    return 1
