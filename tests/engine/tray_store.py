"""A simulated Tray store connected to a company, for the engine's tests."""

from __future__ import annotations

from cais.companies.models import Company
from cais.connections.models import Connection
from cais.connectors.tray.simulator import TraySimulator
from cais.intake.services import connect_store


def typed(tray: TraySimulator) -> dict[str, str]:
    """What a person types and brings home from the store's panel, of the simulator's first store."""
    shop = tray.stores[0]
    return {
        "store_url": shop.base_url,
        "api_address": shop.api_address,
        "consumer_key": tray.app.consumer_key,
        "consumer_secret": tray.app.consumer_secret,
        "code": shop.install(),
    }


def connect_tray(
    company: Company, tray: TraySimulator, *, start_at: str = "2020-01-01T00:00:00Z", name: str = "Tray", **more: str
) -> Connection:
    """`more` goes into the connection's settings."""
    values = {**typed(tray), **more}
    made = connect_store(company, connector="tray", modality="rest", name=name, values=values, start_at=start_at)
    made.refresh_from_db()
    return made
