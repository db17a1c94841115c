"""The states of a note and of its telling to the store: words, tones and icons."""

from typing import Final

from cais.web.tones import StatusWord, table

# The NF-e itself, as SEFAZ has it or not.
NFE: Final = table(
    StatusWord("queued", "off", "clock", "Na fila", "Espera a vez de ser conferida, numerada e assinada."),
    StatusWord(
        "blocked",
        "warn",
        "shield-exclamation",
        "Barrada na conferência",
        "A conferência achou o que a SEFAZ rejeitaria. Nada foi enviado e nenhum número foi gasto.",
    ),
    StatusWord("signed", "run", "arrow-path", "Enviando", "Está assinada e vai à SEFAZ agora."),
    StatusWord(
        "unknown",
        "unk",
        "question-mark-circle",
        "A conferir",
        "Foi enviada e a resposta se perdeu. Consultamos pela chave antes de enviar de novo.",
    ),
    StatusWord("authorised", "ok", "check-circle", "Autorizada", "A SEFAZ autorizou: a nota vale."),
    StatusWord("rejected", "err", "exclamation-circle", "Rejeitada", "A SEFAZ rejeitou. O número fica guardado."),
    StatusWord("denied", "err", "no-symbol", "Denegada", "A SEFAZ denegou. O número foi gasto e a nota não vale."),
    StatusWord(
        "number_taken",
        "err",
        "document-duplicate",
        "Número já usado",
        "Outro sistema usou este número e esta série. A nota sai com outro número quando for pedida de novo.",
    ),
    StatusWord("cancelled", "off", "x-circle", "Cancelada", "Consta como cancelada na SEFAZ."),
    StatusWord(
        "dropped", "off", "minus-circle", "Desistida", "O pedido foi cancelado antes de a SEFAZ receber a nota."
    ),
)

INVOICE: Final = table(
    StatusWord("telling", "run", "paper-airplane", "Avisando", "A nota está sendo enviada à loja."),
    StatusWord("told", "ok", "check-circle", "Avisada", "A loja já mostra esta nota."),
    StatusWord("retrying", "warn", "exclamation-triangle", "Falhou, tenta de novo", "A loja não respondeu bem."),
    StatusWord("refused", "err", "exclamation-circle", "Recusada pela loja", "A loja respondeu que não aceita a nota."),
    StatusWord(
        "unknown",
        "unk",
        "question-mark-circle",
        "A conferir na loja",
        "Foi enviada à loja e a resposta se perdeu. Olhamos na loja antes de enviar de novo.",
    ),
    StatusWord("not_offered", "off", "minus-circle", "A loja não recebe notas", "Esta conexão não envia notas à loja."),
    StatusWord("not_wanted", "off", "minus-circle", "Não enviada", "Quem gerou a nota escolheu não a enviar à loja."),
)
