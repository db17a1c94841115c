"""The stage before SEFAZ: what Cais issues by itself is asked for, what nobody wants is dropped, the rest is signed."""

from __future__ import annotations

from cais.connections.models import Connection
from cais.nfe.issuing import automatic, issue_automatically
from cais.nfe.models import Nfe, State
from cais.nfe.signing import drop_given_up, given_up, sign_queued


def prepare_notes(connection: Connection) -> int:
    """Returns how many notes and orders were taken."""
    return drop_given_up(connection) + issue_automatically(connection) + sign_queued(connection)


def notes_to_prepare() -> set[int]:
    """The connections with something to prepare."""
    rows = (Nfe.objects.due().filter(state=State.QUEUED), given_up(), automatic())
    return {key for found in rows for key in found.order_by().values_list("connection_id", flat=True).distinct()}
