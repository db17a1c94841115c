"""Makes a store sell on the simulated clock, the same sales for the same seed."""

import heapq
import itertools
import random
import threading
from collections.abc import Callable

from cais.connectors.tray.simulator.buyer import Buyer
from cais.connectors.tray.simulator.records import Line, Order
from cais.connectors.tray.simulator.scenario import Scenario
from cais.connectors.tray.simulator.store import Store

MINUTE = 60.0
LONGEST_NAP = 0.2
MOST_AT_ONCE = 1000
Event = Callable[[], None]


class Seller:
    """Events wait in a heap by simulated time; ``step`` runs those that are due, ``start`` does so by itself."""

    def __init__(self, store: Store, scenario: Scenario) -> None:
        self.store = store
        self.scenario = scenario
        self.paused = False
        self._random = random.Random(f"seller {store.config.store_id} {scenario.seed} {store.first_order}")
        self._buyer = Buyer(store, scenario, self._random)
        self._events: list[tuple[float, int, Event]] = []
        self._numbers = itertools.count()
        self._next_sale = self._after(store.clock.now())
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    # Running

    def start(self) -> None:
        self._stop.clear()
        self._next_sale = self._after(self.store.clock.now())
        self._thread = threading.Thread(target=self._run, name="seller", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def pause(self, paused: bool) -> None:
        """A paused store neither sells nor moves; on resuming it does not catch up on sales."""
        with self.store.lock:
            self.paused = paused
            self._next_sale = self._after(self.store.clock.now())

    def _run(self) -> None:
        while not self._stop.is_set():
            self.step()
            due = self.store.clock.real_seconds(self._due() - self.store.clock.now())
            self._stop.wait(min(max(due, 0.001), LONGEST_NAP))

    def step(self) -> int:
        """Do everything that is due by now; returns how many events ran. A sale is an event."""
        done = 0
        while done < MOST_AT_ONCE:
            with self.store.lock:
                if self.paused or self._due() > self.store.clock.now():
                    return done
                self._run_next()
            done += 1
        return done

    def _due(self) -> float:
        return min(self._next_sale, self._events[0][0] if self._events else self._next_sale)

    def _run_next(self) -> None:
        if self._events and self._events[0][0] <= self._next_sale:
            heapq.heappop(self._events)[2]()
            return
        due = self._next_sale
        self._sale(due)
        self._next_sale = self._after(due)

    def _after(self, at: float) -> float:
        if not self.scenario.rate:
            return float("inf")
        return at + self._random.expovariate(self.scenario.rate / MINUTE)

    # Selling

    def sell(self, number: int = 1) -> list[Order]:
        """Sell at once, as the scenario would; fewer when there is nothing left and nothing is restocked."""
        orders = []
        for _ in range(number):
            with self.store.lock:
                orders.append(self._sale(self.store.clock.now()))
        return [order for order in orders if order is not None]

    def buy(self, reference: str, quantity: int = 1) -> Order | None:
        """What a buyer who wants this one thing can do: nothing unless the shelf shows so many."""
        with self.store.lock:
            return self._buyer.buy_of(reference, quantity)

    def _sale(self, due: float) -> Order | None:
        order = self._buyer.buy()
        if order is not None:
            self._plan(order, due)
        return order

    def _plan(self, order: Order, due: float) -> None:
        """Decide now what will happen to the order later, so that the seed alone decides it."""
        chance, scenario = self._random.random, self.scenario
        waits = [self._random.uniform(5, 90) * MINUTE for _ in range(4)]
        if not order.paid_at and chance() < scenario.paid_later:
            self._later(due + waits[0], lambda: self._pay(order))
        if chance() < scenario.edited and order.lines:
            self._later(due + waits[1], lambda: self._edit(order))
        if chance() < scenario.cancelled:
            self._later(due + waits[2] * 2, lambda: self.store.book.cancel(order, by="scenario"))
        if chance() < scenario.moved:
            self._later(due + waits[3] * 2, lambda: self._move(order))

    def _later(self, at: float, event: Event) -> None:
        heapq.heappush(self._events, (at, next(self._numbers), event))

    def _open(self, order: Order) -> bool:
        return not self.store.book.is_cancelled(order)

    def _pay(self, order: Order) -> None:
        if self._open(order):
            self.store.book.pay(order, by="scenario")

    def _edit(self, order: Order) -> None:
        line = order.lines[0]
        if self._open(order) and self._has_one_more(line):
            self.store.book.set_quantity(order, line.id, quantity=line.quantity + 1, by="scenario")

    def _has_one_more(self, line: Line) -> bool:
        shelf = self.store.shelf
        source = shelf.variants.get(line.variant_id) or shelf.products[line.product_id]
        return self.scenario.restocks or source.stock > 0

    def _move(self, order: Order) -> None:
        book = self.store.book
        if self._open(order) and order.paid_at and book.status(order.status_id).status.startswith("A ENVIAR"):
            book.set_status(order, book.status_named("ENVIADO"), by="scenario")
