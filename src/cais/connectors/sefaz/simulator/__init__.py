"""A stranger's copy of a state's tax authority on the loopback address: it shares no code with the client."""

from cais.connectors.sefaz.simulator.authority import A1, CertificateAuthority, Kind
from cais.connectors.sefaz.simulator.choices import Choices
from cais.connectors.sefaz.simulator.consumption import Limits
from cais.connectors.sefaz.simulator.faults import Faults
from cais.connectors.sefaz.simulator.ledger import Entry, Ledger, read_entries
from cais.connectors.sefaz.simulator.simulator import SefazSimulator
from cais.connectors.sefaz.simulator.witness import Finding, authorised, findings, gaps

__all__ = [
    "A1",
    "CertificateAuthority",
    "Choices",
    "Entry",
    "Faults",
    "Finding",
    "Kind",
    "Ledger",
    "Limits",
    "SefazSimulator",
    "authorised",
    "findings",
    "gaps",
    "read_entries",
]
