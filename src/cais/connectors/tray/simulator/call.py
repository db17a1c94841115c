"""One authorised call on its way to the function that answers it."""

from collections.abc import Callable
from dataclasses import dataclass

from cais.connectors.tray.simulator.listing import Window
from cais.connectors.tray.simulator.store import Store
from cais.connectors.tray.simulator.wire import Json
from cais.simkit import Request


@dataclass(frozen=True, slots=True)
class Call:
    store: Store
    request: Request
    places: dict[str, str]

    def window(self) -> Window:
        """The page asked for; the faults may have moved the rows since the page before."""
        shift = 0
        if self.store.faults.fires("page_skip", self.request):
            shift = 1
        elif self.store.faults.fires("page_repeat", self.request):
            shift = -1
        return Window.read(self.request.query, self.store.choices, shift=shift)


Answer = Callable[[Call], Json]
