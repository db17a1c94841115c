"""The whole simulator: one application, one or more stores, each on its own port."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from cais.connectors.tray.simulator import consent
from cais.connectors.tray.simulator.app import StoreApp
from cais.connectors.tray.simulator.choices import Choices
from cais.connectors.tray.simulator.ledger import Ledger
from cais.connectors.tray.simulator.limits import SlidingMinute
from cais.connectors.tray.simulator.notices import Messenger
from cais.connectors.tray.simulator.records import Order
from cais.connectors.tray.simulator.scenario import Scenario
from cais.connectors.tray.simulator.seller import Seller
from cais.connectors.tray.simulator.store import MAIN_STORE, Store, StoreConfig
from cais.connectors.tray.simulator.tokens import App
from cais.simkit import Clock, Faults, Server

APP = App(app_id="718", consumer_key="chave-do-aplicativo", consumer_secret="segredo-do-aplicativo")


@dataclass(frozen=True, slots=True)
class SimulatedStore:
    """One running store: its state, the generator that sells in it, and its server."""

    store: Store
    seller: Seller
    server: Server

    @property
    def base_url(self) -> str:
        return self.server.base_url

    @property
    def api_address(self) -> str:
        return self.store.api_address

    @property
    def faults(self) -> Faults:
        return self.store.faults

    def install(self) -> str:
        """Approve the application as the merchant would, and return the installation code."""
        return consent.approval(self.store)["code"]

    def sell(self, number: int = 1) -> list[Order]:
        return self.seller.sell(number)

    def choose(self, **values: object) -> None:
        """Change some of the store's choices. Raises ValueError."""
        with self.store.lock:
            self.store.choices = self.store.choices.with_values(values)


class TraySimulator:
    """A context manager; inside it the stores answer on loopback ports.

    With ``selling`` the stores sell and tell of it on the clock, by themselves; else only ``sell`` and ``step`` do.
    """

    def __init__(
        self,
        *,
        stores: Sequence[StoreConfig] = (MAIN_STORE,),
        clock: Clock | None = None,
        scenario: Scenario | None = None,
        choices: Choices | None = None,
        ledger: Path | None = None,
        selling: bool = False,
    ) -> None:
        self.app = APP
        self.clock = clock or Clock.from_environment()
        self.scenario = scenario or Scenario.clean()
        self.ledger = Ledger(ledger)
        self.messenger = Messenger(clock=self.clock, app_code=APP.app_id, seed=self.scenario.seed)
        self._selling = selling
        self._app_minute = SlidingMinute(max(config.per_minute for config in stores))
        self.stores = [self._build(config, choices or Choices()) for config in stores]

    def _build(self, config: StoreConfig, choices: Choices) -> SimulatedStore:
        store = Store(
            config,
            app=self.app,
            clock=self.clock,
            ledger=self.ledger,
            choices=choices,
            messenger=self.messenger,
            seed=self.scenario.seed,
        )
        seller = Seller(store, self.scenario)
        server = Server(StoreApp(store, seller=seller, app_minute=self._app_minute), port=config.port)
        store.base_url = server.base_url
        return SimulatedStore(store, seller, server)

    def start(self) -> "TraySimulator":
        for one in self.stores:
            one.server.start()
            if self._selling:
                one.seller.start()
        if self._selling:
            self.messenger.start()
        return self

    def stop(self) -> None:
        for one in self.stores:
            one.seller.stop()
            one.server.stop()
        self.messenger.stop()
        self.ledger.close()

    def __enter__(self) -> "TraySimulator":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
