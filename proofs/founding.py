"""Found the merchant of a proof: `python -m proofs.founding ANNOUNCEMENT UNITS PROFILE`, in a process of its own."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path


def main(announcement: Path, units: Path, profile: str) -> None:
    """A company with the store's products, so many units of each, and the Tray connection with its dictionary."""
    import django

    django.setup()
    from cais.connections.account import CLOCK
    from cais.connections.services import change_settings
    from cais.connectors.tray.simulator.catalogue import catalogue
    from cais.ops import demo_seed

    access = demo_seed.Access.from_announcement(json.loads(announcement.read_text(encoding="utf-8").splitlines()[0]))
    with demo_seed.merchant() as company:
        demo_seed.register(company.group, catalogue())
        demo_seed.receive(company, json.loads(units.read_text(encoding="utf-8")))
        store = demo_seed.open_store(company, access, start_at=CLOCK.now() - timedelta(minutes=5))
        change_settings(store, {"profile": profile})
        demo_seed.translate(store)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cais.config.settings")
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
