"""Everything SEFAZ would refuse, or let pass wrong, found before a number is taken or anything is signed."""

from __future__ import annotations

from datetime import datetime, timedelta

from cais.fiscal import text
from cais.fiscal.documents import NoteDoc, Numbering
from cais.fiscal.identifiers import is_cnf
from cais.fiscal.operation import operation_of
from cais.fiscal.places import zone_of
from cais.fiscal.preflight.goods import goods_problems
from cais.fiscal.preflight.money import money_problems
from cais.fiscal.preflight.parties import party_problems
from cais.fiscal.preflight.problem import SCHEMA, Problem, Where
from cais.fiscal.preflight.taxes import tax_problems

__all__ = ["Problem", "Where", "clock_problem", "numbering_problems", "preflight"]

# Above 889 series belong to the tax office's own notes, to producers by CPF and to the old contingency (266).
LAST_SERIES = 889
LAST_NUMBER = 999_999_999
# SEFAZ takes a time of issue up to five minutes ahead of its own clock, and not older than thirty days.
AHEAD = timedelta(minutes=5)
BEHIND = timedelta(days=30)


def preflight(note: NoteDoc, *, now: datetime) -> tuple[Problem, ...]:
    """What to correct before this note may be numbered; empty when `build` will do. `now` is aware."""
    day = now.astimezone(zone_of(note.issuer.place.state, note.issuer.place.city_code)).date()
    found = [*party_problems(note), *goods_problems(note), *tax_problems(note, operation_of(note), day=day)]
    if not text.fit(note.operation, text.NAME):
        sentence = "Falta a natureza da operação (por exemplo, Venda de mercadoria). Preencha-a na configuração fiscal."
        found.append(Problem(code="operation", prevents=SCHEMA, where=Where.COMPANY, sentence=sentence))
    return (*found, *money_problems(note))


def numbering_problems(numbering: Numbering, *, now: datetime) -> tuple[Problem, ...]:
    """What is wrong with a number taken; the counter should make this always empty."""
    found: list[Problem] = []
    if not 0 <= numbering.series <= LAST_SERIES:
        sentence = f"A série {numbering.series} não pode ser usada por empresas. Use uma série de 0 a {LAST_SERIES}."
        found.append(_numbering("series", "266", sentence))
    if not 1 <= numbering.number <= LAST_NUMBER:
        found.append(_numbering("number", SCHEMA, f"O número {numbering.number} não cabe numa nota. Use outra série."))
    elif not is_cnf(numbering.cnf, number=numbering.number):
        found.append(_numbering("cnf", "897", "O código da nota não serve. Gere a nota de novo."))
    if numbering.issued_at > now + AHEAD:
        found.append(_numbering("issued_ahead", "703", "A hora de emissão está no futuro. Confira o relógio."))
    elif numbering.issued_at < now - BEHIND:
        found.append(_numbering("issued_long_ago", "228", "A hora de emissão é de mais de trinta dias atrás."))
    return tuple(found)


def clock_problem(*, ours: datetime, sefaz: datetime) -> Problem | None:
    """What SEFAZ's own time, told by its status service, says of this machine's clock."""
    ahead = ours - sefaz
    if abs(ahead) <= AHEAD:
        return None
    minutes = round(abs(ahead).total_seconds() / 60)
    said = "adiantado" if ahead > timedelta(0) else "atrasado"
    sentence = (
        f"O relógio deste computador está {said} cerca de {minutes} minutos em relação ao da SEFAZ. "
        "Acerte a hora antes de emitir."
    )
    prevents = "703" if ahead > timedelta(0) else ""
    return Problem(code="clock", prevents=prevents, where=Where.MACHINE, sentence=sentence)


def _numbering(code: str, prevents: str, sentence: str) -> Problem:
    return Problem(code=code, prevents=prevents, where=Where.COMPANY, sentence=sentence)
