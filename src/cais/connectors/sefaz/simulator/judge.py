"""The order in which a note is judged: the first complaint is the answer."""

from cais.connectors.sefaz.simulator import identity, reform, sums, taxes
from cais.connectors.sefaz.simulator.bench import Bench, Check
from cais.connectors.sefaz.simulator.note import Note
from cais.connectors.sefaz.simulator.reasons import Refusal

ORDER: tuple[Check, ...] = (
    identity.schema,
    identity.signed,
    identity.key,
    identity.place,
    identity.code,
    identity.time,
    identity.buyer,
    identity.intermediary,
    taxes.codes,
    taxes.difference,
    sums.totals,
    sums.lines,
    sums.payments,
    reform.presence,
    reform.items,
    reform.totals,
)


def complaint(note: Note, bench: Bench) -> Refusal | None:
    """Why the document itself is refused; None when only its number remains to be looked up."""
    for check in ORDER:
        for found in check(note, bench):
            return found
    return None
