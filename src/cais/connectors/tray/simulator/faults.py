"""The faults that only a store has, beside those that any simulated server has."""

from cais.simkit import Faults
from cais.simkit.faults import NAMES, Switch

# Mercado Livre issues this seller's invoices itself and takes no second one (Tray contract §12).
FATURADOR = "faturador"
# The platform lets nobody change a product: a plan's limit, a lock of the catalogue. No source names one (C).
SHELF_REFUSED = "shelf_refused"
_OWN = (FATURADOR, SHELF_REFUSED)


class StoreFaults(Faults):
    """The switches of every server and two of its own.

    ``faturador`` touches nothing but new invoices of Mercado Livre, ``shelf_refused`` nothing but writes to products
    and variants.
    """

    def __init__(self, *, seed: int) -> None:
        super().__init__(seed=seed)
        self.switches.update({name: Switch() for name in _OWN})

    def clear(self) -> None:
        # In one step: a call that draws a switch meanwhile must find all of them.
        with self._guard:
            self.switches = {name: Switch() for name in (*NAMES, *_OWN)}
