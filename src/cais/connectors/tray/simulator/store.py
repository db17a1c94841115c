"""One simulated store: who it is, what it sells, what it remembers, under one lock."""

import random
import threading
from dataclasses import dataclass
from decimal import Decimal

from cais.connectors.tray.simulator.book import Book
from cais.connectors.tray.simulator.catalogue import catalogue
from cais.connectors.tray.simulator.choices import Choices
from cais.connectors.tray.simulator.faults import StoreFaults
from cais.connectors.tray.simulator.ledger import Ledger
from cais.connectors.tray.simulator.limits import Limits
from cais.connectors.tray.simulator.notices import Messenger
from cais.connectors.tray.simulator.people import cnpj
from cais.connectors.tray.simulator.records import Status
from cais.connectors.tray.simulator.shelf import Shelf
from cais.connectors.tray.simulator.tokens import App, Tokens
from cais.simkit import Clock

# Status | type, and the number each of the two ready-made stores gives to it (Tray contract §11.4).
_STATUSES = (
    ("AGUARDANDO PAGAMENTO", "open", "#FFF3C4", 4, 11),
    ("AGUARDANDO VINDI", "open", "#FFF3C4", 6, 12),
    ("EM MONITORAMENTO", "open", "#FDE2C8", 7, 15),
    ("A ENVIAR", "open", "#CAFAD1", 1, 21),
    ("A ENVIAR VINDI", "open", "#CAFAD1", 9, 22),
    ("ENVIADO", "open", "#BFE3F7", 13, 1),
    ("PROBLEMAS NA ENTREGA", "open", "#F7C9C9", 18, 40),
    ("FINALIZADO", "closed", "#85CC8D", 69, 55),
    ("CANCELADO", "canceled", "#DDDDDD", 24, 8),
    ("CANCELADO AUT", "canceled", "#DDDDDD", 25, 9),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreConfig:
    """What makes one store different from another. ``status_set`` is 0 or 1: two sets of status ids."""

    store_id: str = "391250"
    name: str = "Casa Beiramar"
    status_set: int = 0
    per_minute: int = 180
    per_day: int = 10_000
    first_order: int = 1001
    first_product: int = 100
    stock_factor: int = 1
    port: int = 0
    multi_cd: bool = False


MAIN_STORE = StoreConfig()
SECOND_STORE = StoreConfig(
    store_id="402177",
    name="Empório do Cais",
    status_set=1,
    per_day=50_000,
    first_order=80_001,
    first_product=7_000,
    multi_cd=True,
)


def statuses_of(status_set: int) -> list[Status]:
    return [
        Status(id=numbers[status_set], status=name, type=kind, background=colour)
        for name, kind, colour, *numbers in _STATUSES
    ]


class Store:
    """Everything a call needs. Hold ``lock`` around any use of ``book``, ``shelf``, ``tokens`` and ``limits``."""

    def __init__(
        self,
        config: StoreConfig,
        *,
        app: App,
        clock: Clock,
        ledger: Ledger,
        choices: Choices,
        messenger: Messenger,
        seed: int,
    ) -> None:
        self.config = config
        self.app = app
        self.clock = clock
        self.ledger = ledger
        self.choices = choices
        self.messenger = messenger
        self.lock = threading.RLock()
        self.base_url = ""
        self.trouble = 0
        self.cnpj = cnpj(random.Random(f"store {config.store_id}"))
        # A store that is started again on its old ledger never gives an order number twice.
        self.first_order = max(config.first_order, ledger.highest_order(config.store_id) + 1)
        self.faults = StoreFaults(seed=seed)
        self.tokens = Tokens(app=app, store_id=config.store_id, seed=seed)
        self.limits = Limits(per_minute=config.per_minute, per_day=config.per_day)
        self.shelf = Shelf(now=clock.now, witness=self._stock_moved, first_id=config.first_product)
        self.shelf.put_catalogue(catalogue(), stock_factor=config.stock_factor)
        self.book = Book(
            shelf=self.shelf,
            statuses=statuses_of(config.status_set),
            now=clock.now,
            choices=lambda: self.choices,
            witness=self.record,
            first_id=self.first_order,
        )

    @property
    def api_address(self) -> str:
        return f"{self.base_url}/web_api"

    def record(self, kind: str, facts: dict[str, object]) -> None:
        """A fact for the ledger; the application is told of those that it may hear."""
        self._log(kind, facts)
        extras = self.choices.notice_extras == "present"
        self.messenger.happened(self.config.store_id, kind, facts, extras=extras, log=self._log)

    def _log(self, kind: str, facts: dict[str, object]) -> None:
        self.ledger.write(kind, at=self.clock.now(), store=self.config.store_id, facts=facts)

    def _stock_moved(self, facts: dict[str, object]) -> None:
        self.record("stock", facts)

    def totals(self) -> dict[str, object]:
        """Counts for the control page and for proofs."""
        with self.lock:
            orders = list(self.book.orders.values())
            return {
                "store_id": self.config.store_id,
                "orders": len(orders),
                "paid": sum(1 for order in orders if order.paid_at),
                "cancelled": sum(1 for order in orders if self.book.is_cancelled(order)),
                "invoices": len(self.book.invoices),
                "total": str(sum((order.total for order in orders), Decimal("0.00"))),
                "calls_today": self.limits.used_today,
                "most_calls_in_a_day": self.limits.most_in_a_day,
                "calls_refused": self.limits.refused,
            }
