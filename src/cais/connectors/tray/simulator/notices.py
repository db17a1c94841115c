"""What the platform tells an application of its stores' changes: one form per change, to one address (contract §4)."""

import heapq
import http.client
import itertools
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode, urlsplit

from cais.simkit import Clock

ALL_SCOPES = frozenset((
    "product", "product_price", "product_stock", "variant", "variant_price", "variant_stock",
    "order", "customer", "store_config",
))  # fmt: skip
# Other scopes are switched on by request only.
USUAL_SCOPES = frozenset(("order",))
# Minutes between one try and the next: the first is published, and that the gaps grow (C).
RETRY_MINUTES = (30, 60, 120, 240)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PATIENCE_SECONDS = 10.0
LONGEST_NAP = 0.2
NO_ANSWER = 0

_UPDATES = frozenset(("paid", "status", "edited", "cancelled", "invoice"))
_CHANGED = {"order_id": "order", "variant_id": "variant", "product_id": "product", "customer_id": "customer"}
Log = Callable[[str, dict[str, object]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How badly notices travel: shares per notice, and the simulated seconds that late ones take at most."""

    duplicate: float = 0.0
    drop: float = 0.0
    delay: float = 0.0
    reorder: float = 0.0
    seconds: float = 60.0

    def with_values(self, values: dict[str, object]) -> "Post":
        """A copy with some values changed. Raises ValueError for a name or a share that makes no sense."""
        known = {one.name for one in fields(self)}
        told = {name: float(str(value)) for name, value in values.items()}
        if wrong := told.keys() - known:
            raise ValueError(f"unknown: {', '.join(sorted(wrong))}")
        if not all(0 <= told.get(name, 0.0) <= 1 for name in known - {"seconds"}):
            raise ValueError("a share lies between 0 and 1")
        return replace(self, **told)


@dataclass(frozen=True, slots=True)
class Letter:
    """One notice on its way. ``attempt`` 1 is the first try."""

    seller: str
    scope: str
    record: str
    act: str
    extras: bool
    log: Log
    attempt: int = 1


def told_by(kind: str, facts: dict[str, object]) -> tuple[str, str, str] | None:
    """Scope, record and act of the notice that a fact of the ledger gives rise to; None for facts without one."""
    if kind == "sold":
        return "order", str(facts["order_id"]), "insert"
    if kind in _UPDATES:
        return "order", str(facts["order_id"]), "update"
    if kind == "changed":
        name = next((name for name in _CHANGED if name in facts), "")
        return (_CHANGED[name], str(facts[name]), "update") if name else None
    if kind in ("stock", "price", "deleted"):
        name = "variant" if facts.get("variant_id") else "product"
        scope, act = (name, "delete") if kind == "deleted" else (f"{name}_{kind}", "update")
        return scope, str(facts[f"{name}_id"]), act
    return None


class Messenger:
    """Carries the notices of all stores of one application. Nothing is told until an address is given.

    ``step`` delivers what is due, ``start`` does so by itself. Every try is a line of kind ``notice`` in the ledger,
    with the HTTP status, 0 when there was no answer.
    """

    def __init__(self, *, clock: Clock, app_code: str, seed: int = 1) -> None:
        self._clock = clock
        self._app_code = app_code
        self._random = random.Random(f"notices {seed}")
        self._guard = threading.Lock()
        self._waiting: list[tuple[float, int, Letter]] = []
        self._numbers = itertools.count()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.url = ""
        self.scopes = USUAL_SCOPES
        self.post = Post()

    def direct_to(self, url: str, *, scopes: frozenset[str] = USUAL_SCOPES) -> None:
        """As support does after a ticket: one address for all stores; the past is not replayed. Empty: silence.

        Raises ValueError for an address beyond this machine, or an unknown scope.
        """
        if url and (urlsplit(url).hostname not in LOOPBACK or urlsplit(url).scheme != "http"):
            raise ValueError("a simulator speaks to this machine only")
        if wrong := scopes - ALL_SCOPES:
            raise ValueError(f"unknown scopes: {', '.join(sorted(wrong))}")
        with self._guard:
            self.url, self.scopes = url, scopes

    def happened(
        self,
        seller: str,
        kind: str,
        facts: dict[str, object],
        *,
        extras: bool,
        log: Log,
    ) -> None:
        """A fact of a store: write the letter, if anybody is to be told."""
        told = told_by(kind, facts) if self.url else None
        if told is None or told[0] not in self.scopes:
            return
        letter = Letter(seller, *told, extras=extras, log=log)
        with self._guard:
            if self._chance(self.post.drop):
                return
            for _ in range(2 if self._chance(self.post.duplicate) else 1):
                self._put(letter, self._clock.now() + self._way())

    def _way(self) -> float:
        """Simulated seconds on the way; a reordered one is overtaken by those of the next moment."""
        late = self._random.uniform(0, self.post.seconds) if self._chance(self.post.delay) else 0.0
        return late + (self._random.uniform(0, 5) if self._chance(self.post.reorder) else 0.0)

    def _chance(self, share: float) -> bool:
        return bool(share) and self._random.random() < share

    def _put(self, letter: Letter, due: float) -> None:
        heapq.heappush(self._waiting, (due, next(self._numbers), letter))

    # Running

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="messenger", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stop.is_set():
            self.step()
            due = self._clock.real_seconds(self._next_due() - self._clock.now())
            self._stop.wait(min(max(due, 0.01), LONGEST_NAP))

    def _next_due(self) -> float:
        with self._guard:
            return self._waiting[0][0] if self._waiting else float("inf")

    def waiting(self) -> int:
        """Notices that are on their way or wait for another try."""
        with self._guard:
            return len(self._waiting)

    def step(self) -> int:
        """Deliver everything that is due by now; returns how many tries were made."""
        tries = 0
        while (letter := self._take_due()) is not None and not self._stop.is_set():
            self._deliver(letter)
            tries += 1
        return tries

    def _take_due(self) -> Letter | None:
        with self._guard:
            if not self._waiting or self._waiting[0][0] > self._clock.now():
                return None
            return heapq.heappop(self._waiting)[2]

    # Delivering

    def _deliver(self, letter: Letter) -> None:
        status = self._send(self.url, self._form(letter)) if self.url else NO_ANSWER
        again = status != 200 and letter.attempt <= len(RETRY_MINUTES)
        facts = {"scope": letter.scope, "record": letter.record, "act": letter.act}
        letter.log("notice", {**facts, "attempt": letter.attempt, "status": status, "again": again})
        if again:
            due = self._clock.now() + RETRY_MINUTES[letter.attempt - 1] * 60.0
            with self._guard:
                self._put(replace(letter, attempt=letter.attempt + 1), due)

    def _form(self, letter: Letter) -> bytes:
        told = {"seller_id": letter.seller, "scope_id": letter.record, "scope_name": letter.scope, "act": letter.act}
        extras = {"app_code": self._app_code, "url_notification": self.url} if letter.extras else {}
        return urlencode(told | extras).encode()

    @staticmethod
    def _send(url: str, form: bytes) -> int:
        place = urlsplit(url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=PATIENCE_SECONDS)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", place.path or "/", form, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return NO_ANSWER
        finally:
            connection.close()
