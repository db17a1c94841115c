"""Run the simulator by itself: one line of JSON about where it answers, then it serves until it is told to stop."""

import argparse
import dataclasses
import json
import os
import signal
import threading
from pathlib import Path

from cais.connectors.tray.simulator.scenario import Scenario
from cais.connectors.tray.simulator.simulator import TraySimulator
from cais.connectors.tray.simulator.store import MAIN_STORE, SECOND_STORE
from cais.simkit import Clock
from cais.simkit.clock import ORIGIN_VARIABLE, SPEED_VARIABLE


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m cais.connectors.tray.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port of the first store; 0 takes a free one")
    parser.add_argument("--stores", type=int, choices=(1, 2), default=1, help="how many stores")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=6.0, help="orders per simulated minute; 0 sells nothing")
    parser.add_argument("--speed", type=float, help=f"simulated seconds per second (default: {SPEED_VARIABLE} or 1)")
    parser.add_argument("--origin", type=float, help=f"unix seconds (default: {ORIGIN_VARIABLE} or now)")
    parser.add_argument("--clean", action="store_true", help="nothing odd happens")
    parser.add_argument("--no-restock", action="store_true", help="an empty shelf stays empty")
    parser.add_argument("--stock-factor", type=int, default=1, help="multiplies the first stock")
    parser.add_argument("--first-order", type=int, help="first order number of every store: several can have the same")
    parser.add_argument("--per-minute", type=int, default=MAIN_STORE.per_minute)
    parser.add_argument("--per-day", type=int, default=MAIN_STORE.per_day)
    parser.add_argument("--ledger", type=Path, help="file that takes every fact and call, one JSON a line")
    return parser.parse_args()


def _simulator(arguments: argparse.Namespace) -> TraySimulator:
    variables = dict(os.environ)
    if arguments.speed is not None:
        variables[SPEED_VARIABLE] = str(arguments.speed)
    if arguments.origin is not None:
        variables[ORIGIN_VARIABLE] = repr(arguments.origin)
    scenario = Scenario.clean() if arguments.clean else Scenario()
    first = dataclasses.replace(
        MAIN_STORE, port=arguments.port, per_minute=arguments.per_minute, per_day=arguments.per_day
    )
    stores = (first, SECOND_STORE)[: arguments.stores]
    return TraySimulator(
        stores=[
            dataclasses.replace(
                store,
                stock_factor=arguments.stock_factor,
                first_order=arguments.first_order or store.first_order,
            )
            for store in stores
        ],
        clock=Clock.from_environment(variables),
        scenario=dataclasses.replace(
            scenario, seed=arguments.seed, rate=arguments.rate, restocks=not arguments.no_restock
        ),
        ledger=arguments.ledger,
        selling=True,
    )


def main() -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with _simulator(_arguments()) as tray:
        print(json.dumps(announcement(tray)), flush=True)
        stop.wait()


def announcement(tray: TraySimulator) -> dict[str, object]:
    """Everything that a client needs to connect."""
    return {
        "consumer_key": tray.app.consumer_key,
        "consumer_secret": tray.app.consumer_secret,
        "clock": tray.clock.environment(),
        "stores": [
            {
                "store_id": one.store.config.store_id,
                "base_url": one.base_url,
                "api_address": one.api_address,
                "code": one.install(),
            }
            for one in tray.stores
        ],
    }


if __name__ == "__main__":
    main()
