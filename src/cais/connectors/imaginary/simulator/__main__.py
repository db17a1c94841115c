"""Serve the imaginary vendor until told to stop; the first line of output says where it listens."""

from __future__ import annotations

import argparse
import json
import signal
import threading
from pathlib import Path

from cais.connectors.imaginary.simulator.vendor import ImaginaryVendor
from cais.simkit import Clock


def main() -> None:
    options = _options()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    vendor = ImaginaryVendor(
        clock=Clock.from_environment(), seed=options.seed, port=options.port, ledger_file=options.ledger
    )
    with vendor:
        for _ in range(options.sell):
            vendor.store.sell()
        print(json.dumps(vendor.settings()), flush=True)
        _keep_selling(vendor, per_minute=options.rate, stop=stop)


def _keep_selling(vendor: ImaginaryVendor, *, per_minute: float, stop: threading.Event) -> None:
    if not per_minute:
        stop.wait()
        return
    while not vendor.clock.wait(60.0 / per_minute, stop):
        vendor.store.sell()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m cais.connectors.imaginary.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sell", type=int, default=0, help="orders sold before the start")
    parser.add_argument("--rate", type=float, default=0.0, help="orders a simulated minute while it serves")
    parser.add_argument("--ledger", type=Path, help="file that gets one JSON line per event and call")
    return parser.parse_args()


if __name__ == "__main__":
    main()
