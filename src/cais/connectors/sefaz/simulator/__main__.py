"""Run the simulator by itself: one line of JSON about where it answers, then it serves until it is told to stop."""

import argparse
import json
import os
import signal
import threading
from pathlib import Path

from cais.connectors.sefaz.simulator.authority import A1, Kind
from cais.connectors.sefaz.simulator.simulator import ORDER_PATTERN, SefazSimulator
from cais.simkit import Clock
from cais.simkit.clock import ORIGIN_VARIABLE, SPEED_VARIABLE

DEMO_CNPJ = "12ABC34501DE35"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m cais.connectors.sefaz.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port of the authoriser; 0 takes a free one")
    parser.add_argument("--control-port", type=int, default=0, help="port of the control calls; 0 takes a free one")
    parser.add_argument("--folder", type=Path, required=True, help="where the CA bundle and the PFX files are written")
    parser.add_argument("--ledger", type=Path, help="file that takes every note and call, one JSON a line")
    parser.add_argument("--cnpj", action="append", help=f"issue an A1 for it; may be repeated (default: {DEMO_CNPJ})")
    parser.add_argument(
        "--kind",
        action="append",
        choices=[kind.value for kind in Kind],
        help="which A1 files each CNPJ gets; may be repeated (default: valid)",
    )
    parser.add_argument("--uf", action="append", help="a state that it answers for; may be repeated (default: SP)")
    parser.add_argument("--environment", choices=("1", "2"), default="2", help="1 produção, 2 homologação")
    parser.add_argument("--schemas", type=Path, help="folder of the XSD files (default: those of nfelib)")
    parser.add_argument("--lot-seconds", type=float, default=15.0, help="simulated seconds that a queued lot waits")
    parser.add_argument(
        "--order-pattern", default=ORDER_PATTERN.decode(), help="expression whose group is the order in a note"
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of the faults that fire by chance")
    parser.add_argument("--speed", type=float, help=f"simulated seconds per second (default: {SPEED_VARIABLE} or 1)")
    parser.add_argument("--origin", type=float, help=f"unix seconds (default: {ORIGIN_VARIABLE} or now)")
    return parser.parse_args()


def _simulator(arguments: argparse.Namespace) -> SefazSimulator:
    variables = dict(os.environ)
    if arguments.speed is not None:
        variables[SPEED_VARIABLE] = str(arguments.speed)
    if arguments.origin is not None:
        variables[ORIGIN_VARIABLE] = repr(arguments.origin)
    return SefazSimulator(
        clock=Clock.from_environment(variables),
        states=arguments.uf or ("SP",),
        environment=arguments.environment,
        schemas=arguments.schemas,
        ledger=arguments.ledger,
        lot_seconds=arguments.lot_seconds,
        order_pattern=arguments.order_pattern.encode(),
        port=arguments.port,
        control_port=arguments.control_port,
        seed=arguments.seed,
    )


def announcement(sefaz: SefazSimulator, certificates: list[dict[str, str]], *, bundle: Path) -> dict[str, object]:
    """Everything that a client needs to connect."""
    return {
        "base_url": sefaz.base_url,
        "control_url": sefaz.control_url,
        "ca_bundle": str(bundle),
        "services": sefaz.services,
        "environment": sefaz.setting.environment,
        "states": list(sefaz.setting.states),
        "clock": sefaz.clock.environment(),
        "certificates": certificates,
    }


def _written(folder: Path, a1: A1, *, asked_for: str) -> dict[str, str]:
    path = folder / f"{asked_for}-{a1.kind.value}.pfx"
    path.touch(mode=0o600)
    path.write_bytes(a1.pfx)
    return {"cnpj": asked_for, "kind": a1.kind.value, "pfx": str(path), "password": a1.password}


def main() -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    arguments = _arguments()
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _simulator(arguments) as sefaz:
        bundle = folder / "ca.pem"
        bundle.write_bytes(sefaz.ca_bundle)
        kinds = [Kind(name) for name in arguments.kind or ["valid"]]
        certificates = [
            _written(folder, sefaz.issue(cnpj, kind=kind), asked_for=cnpj)
            for cnpj in arguments.cnpj or [DEMO_CNPJ]
            for kind in kinds
        ]
        print(json.dumps(announcement(sefaz, certificates, bundle=bundle)), flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
