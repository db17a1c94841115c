"""What one company's part of an order is in the ERP, in words."""

from __future__ import annotations

from typing import Final

from cais.web.status_words import StatusWord, table

_WORDS: Final = table(
    StatusWord("", "off", "minus-circle", "Sem venda", "Nada foi criado no ERP desta empresa."),
    StatusWord("wished", "off", "eye", "Ficaria criada", "Uma conexão está só observando: nada foi enviado."),
    StatusWord("creating", "run", "arrow-path", "Sendo criada", "A venda está sendo criada no ERP desta empresa."),
    StatusWord(
        "unknown",
        "unk",
        "question-mark-circle",
        "A conferir no ERP",
        "Foi enviada e a resposta se perdeu. Olhamos no ERP antes de enviar de novo.",
    ),
    StatusWord("refused", "err", "exclamation-circle", "Recusada", "O ERP desta empresa recusou a venda."),
    StatusWord("done", "ok", "check-circle", "Criada", "A venda existe no ERP desta empresa."),
    StatusWord("cancelled", "off", "x-circle", "Cancelada", "A venda foi cancelada no ERP desta empresa."),
)


def part_word(state: str) -> StatusWord:
    """A state of a newer version is shown as it is rather than hidden."""
    return _WORDS.get(state) or StatusWord(state, "off", "question-mark-circle", state, "")
