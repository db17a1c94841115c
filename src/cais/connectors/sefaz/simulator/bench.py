"""What lies on the judge's bench while one note is judged."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from cais.connectors.sefaz.simulator.choices import Choices
from cais.connectors.sefaz.simulator.holder import Holder
from cais.connectors.sefaz.simulator.note import Note
from cais.connectors.sefaz.simulator.reasons import Refusal
from cais.connectors.sefaz.simulator.schemas import Schemas

HOMOLOGATION = "2"


@dataclass(frozen=True, slots=True)
class Bench:
    """``states`` are IBGE codes; ``transmitter`` is who connected, not always who signed."""

    environment: str
    states: frozenset[str]
    now: datetime
    authority: x509.Certificate
    transmitter: Holder
    schemas: Schemas
    choices: Choices


Check = Callable[[Note, Bench], Iterator[Refusal]]
