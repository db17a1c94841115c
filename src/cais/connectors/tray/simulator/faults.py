"""The fault that only a store has, beside those that any simulated server has."""

from cais.simkit import Faults
from cais.simkit.faults import NAMES, Switch

# Mercado Livre issues this seller's invoices itself and takes no second one (Tray contract §12).
FATURADOR = "faturador"


class StoreFaults(Faults):
    """The switches of every server and ``faturador``, which touches nothing but new invoices of Mercado Livre."""

    def __init__(self, *, seed: int) -> None:
        super().__init__(seed=seed)
        self.switches[FATURADOR] = Switch()

    def clear(self) -> None:
        # In one step: a call that draws a switch meanwhile must find all of them.
        with self._guard:
            self.switches = {name: Switch() for name in (*NAMES, FATURADOR)}
