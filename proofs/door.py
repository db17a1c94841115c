"""The ordinary web process, where the stores' notices arrive: killed and started again as workers are."""

from __future__ import annotations

import random
import subprocess
import time
from dataclasses import dataclass, field

from cais.ops.address import Listen, next_free
from proofs.shop import Shop
from proofs.stage import OPEN_SECONDS, Stage, StageError

FIRST_PORT, PORTS = 20_000, 20_000
# How badly notices travel (shares of them), and the simulated seconds that late ones take at most.
POST = {"duplicate": 0.2, "drop": 0.15, "delay": 0.3, "reorder": 0.3, "seconds": 600}


@dataclass(slots=True)
class Door:
    """Processes started after it was opened know its address."""

    stage: Stage
    listen: Listen
    _web: subprocess.Popen[bytes] | None = field(default=None)

    def muster(self) -> None:
        """Start it, unless it runs."""
        if self._web is None or self._web.poll() is not None:
            listen = {"CAIS_LISTEN": self.listen.text, "CAIS_WEB_PROCESSES": "1"}
            self._web = self.stage.start("cais.ops.serve", "web", name="web", **listen)

    def open(self) -> None:
        """Raises StageError when nobody answers."""
        self.muster()
        deadline = time.monotonic() + OPEN_SECONDS
        while not self.listen.answers():
            if time.monotonic() > deadline:
                raise StageError(f"the web process did not open:\n{self.stage.last_words('web')}")
            time.sleep(0.1)

    def kill(self) -> None:
        if self._web is not None:
            self.stage.kill(self._web)

    def tell(self, shop: Shop, address: str) -> None:
        """As support does after a ticket: from now on the application hears of its stores, all of them."""
        shop.post("notices", url=address, **POST)


def open_door(stage: Stage, dice: random.Random) -> Door:
    """At a free port of this machine."""
    door = Door(stage, next_free(Listen("127.0.0.1", FIRST_PORT + dice.randrange(PORTS))))
    stage.environment["CAIS_PUBLIC_URL"] = door.listen.url
    door.open()
    return door
