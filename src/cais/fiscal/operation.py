"""What kind of sale a note is, read once from its parties: where it goes and what the buyer is to the tax."""

from __future__ import annotations

from dataclasses import dataclass

from cais.fiscal.documents import Buyer, NoteDoc
from cais.fiscal.profile import TaxRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`is_interstate` follows where the goods enter; `is_contributor` a CNPJ with a state registration."""

    is_interstate: bool
    is_contributor: bool
    is_final: bool

    @property
    def destination_code(self) -> str:
        """idDest."""
        return "2" if self.is_interstate else "1"

    @property
    def registration_code(self) -> str:
        """indIEDest. "Isento" (2) is never said: most states refuse it (805) and a buyer who writes it means none."""
        return "1" if self.is_contributor else "9"

    def cfop(self, rule: TaxRule) -> str:
        if not self.is_interstate:
            return rule.cfops.same_state
        return rule.cfops.other_state_contributor if self.is_contributor else rule.cfops.other_state


def operation_of(note: NoteDoc) -> Operation:
    is_contributor = contributes(note.buyer)
    return Operation(
        is_interstate=note.destination.state != note.issuer.place.state,
        is_contributor=is_contributor,
        is_final=not (is_contributor and note.buyer.buys_to_resell),
    )


def contributes(buyer: Buyer) -> bool:
    """A CPF never does here: what stores keep beside one is an identity card's number more often than an IE."""
    return len(buyer.document) == 14 and buyer.state_registration.isdecimal()
