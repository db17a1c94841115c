"""The ordinary worker; with SABOTAGE set, on an engine broken on purpose first."""

from __future__ import annotations

import os

from cais.ops.serve import worker
from proofs.sabotage import break_engine


def main() -> None:
    """Returns when the worker ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cais.config.settings")
    if mode := os.environ.get("SABOTAGE"):
        import django

        django.setup()
        break_engine(mode)
    worker()


if __name__ == "__main__":
    main()
