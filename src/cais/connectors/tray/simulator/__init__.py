"""A stranger's copy of the Tray platform on the loopback address: it shares no code with the connector."""

from cais.connectors.tray.simulator.catalogue import Component, Item, catalogue, catalogue_csv
from cais.connectors.tray.simulator.choices import Choices
from cais.connectors.tray.simulator.ledger import Entry, Ledger
from cais.connectors.tray.simulator.scenario import Scenario
from cais.connectors.tray.simulator.simulator import SimulatedStore, TraySimulator
from cais.connectors.tray.simulator.store import MAIN_STORE, SECOND_STORE, StoreConfig

__all__ = [
    "MAIN_STORE",
    "SECOND_STORE",
    "Choices",
    "Component",
    "Entry",
    "Item",
    "Ledger",
    "Scenario",
    "SimulatedStore",
    "StoreConfig",
    "TraySimulator",
    "catalogue",
    "catalogue_csv",
]
