"""What stops a note before it can be judged at all."""

from __future__ import annotations

from cais.fiscal.preflight import Problem, Where
from cais.fiscal.preflight.problem import NONE


class NotReady(Exception):
    """The company cannot invoice yet, or the store's mapping tables have a gap; `problem` says what is missing."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


def unmapped(what: str, name: str) -> NotReady:
    """A value of the store that the note needs and that nobody filled in."""
    sentence = f"{what} “{name or 'não informado'}” não está no de-para da loja. Preencha em Conectores."
    return at_channel("unmapped_value", sentence)


def at_channel(code: str, sentence: str) -> NotReady:
    return NotReady(Problem(code=code, prevents=NONE, where=Where.CHANNEL, sentence=sentence))


def at_order(code: str, sentence: str) -> NotReady:
    return NotReady(Problem(code=code, prevents=NONE, where=Where.ORDER, sentence=sentence))
