"""The floor of the bench of stock: a bare loop of PUTs that knows the limits exactly and reads and keeps nothing."""

from __future__ import annotations

import time
from collections import deque

import httpx

from cais.connectors.tray.simulator import SimulatedStore, TraySimulator
from cais.core.budget import MINUTE_SHARE
from cais.ports.session import Priority

WINDOW = 60.0


def figures_a_minute(tray: TraySimulator, shop: SimulatedStore, *, windows: int) -> float:
    """Figures the loop writes in a minute of the store's clock, over so many whole windows."""
    keys = {"consumer_key": tray.app.consumer_key, "consumer_secret": tray.app.consumer_secret}
    with httpx.Client(base_url=shop.api_address, timeout=30, trust_env=False) as client:
        pair = client.post("/auth", data={**keys, "code": shop.install()}).raise_for_status().json()
        return _race(tray, shop, client, {"access_token": str(pair["access_token"])}, windows=windows)


def _race(
    tray: TraySimulator, shop: SimulatedStore, client: httpx.Client, query: dict[str, str], *, windows: int
) -> float:
    ids = list(shop.store.shelf.products)
    share = int(180 * MINUTE_SHARE[Priority.STOCK])
    recent: deque[float] = deque(maxlen=share)
    began, written = tray.clock.now(), 0
    while (now := tray.clock.now()) < began + windows * WINDOW:
        if len(recent) == share and now < recent[0] + WINDOW:
            time.sleep(min(tray.clock.real_seconds(recent[0] + WINDOW - now), 0.5))
            continue
        sent = {"Product": {"stock": written % 90}}
        answer = client.put(f"/products/{ids[written % len(ids)]}", params=query, json=sent)
        if answer.status_code == 429:
            continue
        answer.raise_for_status()
        recent.append(tray.clock.now())
        written += 1
    return written / windows
