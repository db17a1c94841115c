"""The whole simulator: an authoriser over HTTPS with client certificates, and its control calls beside it."""

import re
import ssl
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from cais.connectors.sefaz.simulator import control, soap, witness
from cais.connectors.sefaz.simulator.authority import A1, CertificateAuthority, Kind
from cais.connectors.sefaz.simulator.choices import Choices
from cais.connectors.sefaz.simulator.consumption import Consumption, Limits
from cais.connectors.sefaz.simulator.faults import Faults
from cais.connectors.sefaz.simulator.front import Front
from cais.connectors.sefaz.simulator.ledger import Ledger
from cais.connectors.sefaz.simulator.note import Note
from cais.connectors.sefaz.simulator.office import Office, Setting
from cais.connectors.sefaz.simulator.registry import Protocol
from cais.connectors.sefaz.simulator.schemas import Schemas
from cais.connectors.sefaz.simulator.states import CODES, NAMES
from cais.connectors.sefaz.simulator.tls import TlsServer, server_context
from cais.simkit import Clock, Server

ORDER_PATTERN = rb"<xPed>([^<]+)</xPed>"


class SefazSimulator:
    """A context manager; inside it the authoriser answers on two loopback ports.

    ``states`` are names or IBGE codes; ``environment`` is 1 produção or 2 homologação; ``lot_seconds`` is how long a
    queued lot waits; ``authority`` may be shared between simulators; ``order_pattern`` finds the order in a note's
    bytes, for the rule of one number for one order.
    Raises ValueError for a state that does not exist.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        authority: CertificateAuthority | None = None,
        states: Sequence[str] = ("SP",),
        environment: str = "2",
        schemas: Path | None = None,
        choices: Choices | None = None,
        limits: Limits | None = None,
        ledger: Path | None = None,
        lot_seconds: float = 15.0,
        order_pattern: bytes = ORDER_PATTERN,
        port: int = 0,
        control_port: int = 0,
        seed: int = 1,
    ) -> None:
        self.clock = clock or Clock.from_environment()
        self.authority = authority or CertificateAuthority(now=self.clock.utc())
        signer = self.authority.server
        self.setting = Setting(
            environment=environment,
            states=tuple(_code(name) for name in states),
            authority=self.authority,
            signer=signer,
            schemas=Schemas(schemas),
            lot_seconds=lot_seconds,
        )
        self.faults = Faults(now=self.clock.now, seed=seed)
        self.ledger = Ledger(ledger)
        self.office = Office(
            self.setting,
            consumption=Consumption(limits or Limits()),
            choices=choices or Choices(),
            on_settled=self._on_settled,
        )
        self.front = Front(
            self.office,
            clock=self.clock,
            faults=self.faults,
            ledger=self.ledger,
            order_pattern=re.compile(order_pattern),
        )
        self._contexts = {
            choice: server_context(signer, trusted=self.ca_bundle, demanding=choice == "handshake")
            for choice in Choices.alternatives()["no_certificate"]
        }
        self._https = TlsServer(self.front, context=self._context, port=port)
        self._control = Server(lambda request: control.answer(self, request), port=control_port)

    @property
    def base_url(self) -> str:
        return self._https.base_url

    @property
    def control_url(self) -> str:
        return f"{self._control.base_url}/_sim"

    @property
    def services(self) -> dict[str, str]:
        """The address of each service by its official name."""
        return {service.official: self.base_url + path for path, service in soap.SERVICES.items()}

    @property
    def ca_bundle(self) -> bytes:
        """The root that a client must trust, as PEM."""
        return self.authority.bundle

    def issue(self, cnpj: str, *, kind: Kind = Kind.VALID) -> A1:
        """An A1 for this CNPJ. Raises ValueError when its check digits are wrong."""
        return self.authority.issue(cnpj, kind=kind)

    def choose(self, **values: object) -> None:
        """Change some of the choices. Raises ValueError."""
        with self.office.lock:
            self.office.choices = self.office.choices.with_values(values)

    def cancel(self, key: str) -> None:
        """As if the issuer had cancelled this note elsewhere. Raises KeyError or ValueError."""
        with self.office.lock:
            self.office.registry.cancel(key)
        self._elsewhere({"action": "cancel", "key": key})

    def void(self, cnpj: str, *, series: int, first: int, last: int) -> None:
        """As if the issuer had given these numbers up elsewhere. Raises ValueError when one is in use."""
        with self.office.lock:
            self.office.registry.void(cnpj, series=series, first=first, last=last)
        self._elsewhere({"action": "void", "cnpj": cnpj, "series": series, "first": first, "last": last})

    def findings(self) -> list[witness.Finding]:
        """Every rule of a careful issuer that was broken so far; empty is good."""
        return witness.findings(self.ledger.entries())

    def start(self) -> "SefazSimulator":
        self._https.start()
        self._control.start()
        return self

    def stop(self) -> None:
        self._https.stop()
        self._control.stop()
        self.ledger.close()

    def __enter__(self) -> "SefazSimulator":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _context(self) -> ssl.SSLContext:
        return self._contexts[self.office.choices.no_certificate]

    def _on_settled(self, protocol: Protocol, note: Note) -> None:
        self.front.record_settled(protocol, note)

    def _elsewhere(self, facts: dict[str, object]) -> None:
        self.ledger.write("elsewhere", at=self.clock.now(), facts=facts)


def _code(state: str) -> str:
    code = CODES.get(state.upper(), state)
    if code not in NAMES:
        raise ValueError(f"{state} is not a state of the federation")
    return code
