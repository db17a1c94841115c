"""What opens the door of a simulated Tray store, for the benches that connect one."""

from __future__ import annotations

from cais.connectors.tray.simulator import SimulatedStore, TraySimulator
from cais.ops import demo_seed


def access_to(shop: SimulatedStore, tray: TraySimulator) -> demo_seed.Access:
    """Installed in its panel at this moment: the code is used once."""
    return demo_seed.Access(
        store_id=shop.store.config.store_id,
        base_url=shop.base_url,
        api_address=shop.api_address,
        consumer_key=tray.app.consumer_key,
        consumer_secret=tray.app.consumer_secret,
        code=shop.install(),
    )
