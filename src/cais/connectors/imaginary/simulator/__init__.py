"""The imaginary vendor: a store and an ERP on a loopback socket that can do everything wrong."""

from cais.connectors.imaginary.simulator.erp import ErpOrder, Product
from cais.connectors.imaginary.simulator.ledger import Call, Event, Ledger
from cais.connectors.imaginary.simulator.misbehaviour import Choices, VendorFaults
from cais.connectors.imaginary.simulator.vendor import ImaginaryVendor

__all__ = ["Call", "Choices", "ErpOrder", "Event", "ImaginaryVendor", "Ledger", "Product", "VendorFaults"]
