"""The words, tones and icons of every status the screens show: one table per subject."""

from dataclasses import replace
from typing import Final

from cais.web.note_statuses import INVOICE, NFE
from cais.web.tones import StatusWord as StatusWord
from cais.web.tones import Tone as Tone
from cais.web.tones import TrailTones as TrailTones
from cais.web.tones import table as table

# The order's situation: the first thing that is not in place yet.
ORDER: Final = table(
    StatusWord("history", "off", "eye", "Só consulta", "Pedido de antes da ligação da loja: o Cais não mexe nele."),
    StatusWord("ignored", "off", "eye-slash", "Ignorado", "O dicionário manda ignorar, ou alguém o deixou de fora."),
    StatusWord(
        "awaiting_choice",
        "off",
        "hand-raised",
        "Aguardando escolha",
        "A captura desta loja é por escolha: o pedido espera em Importar pedidos, com o estoque reservado.",
    ),
    StatusWord("cancelled", "off", "x-circle", "Cancelado", "Pedido cancelado: nada mais sai dele."),
    StatusWord(
        "cancelling",
        "run",
        "arrow-path",
        "Cancelando no ERP",
        "Cancelado na loja; a venda está sendo cancelada no ERP.",
    ),
    StatusWord("awaiting_payment", "off", "clock", "Aguardando pagamento", "A loja ainda não confirmou o pagamento."),
    StatusWord(
        "status_unmapped",
        "warn",
        "pause-circle",
        "Status sem tradução",
        "O status da loja não está no dicionário. Traduza, e o pedido segue sozinho.",
    ),
    StatusWord("held", "warn", "pause-circle", "Segurado", "O pedido espera por uma decisão sua."),
    StatusWord(
        "short", "err", "exclamation-circle", "Falta estoque", "Não há quantidade disponível para o pedido todo."
    ),
    StatusWord(
        "awaiting_movement",
        "off",
        "arrows-right-left",
        "Aguardando movimentação",
        "Falta criar a movimentação deste pedido.",
    ),
    StatusWord(
        "awaiting_sync",
        "run",
        "clock",
        "Aguardando sincronizar",
        "A movimentação está pronta e falta conferir e reservar no ERP.",
    ),
    StatusWord(
        "movement_error",
        "err",
        "exclamation-circle",
        "Movimentação com erro",
        "A conferência no ERP recusou alguma linha da movimentação.",
    ),
    StatusWord(
        "creating_erp_order", "run", "arrow-path", "Criando pedido no ERP", "O pedido está sendo criado no ERP agora."
    ),
    StatusWord(
        "erp_unknown",
        "unk",
        "question-mark-circle",
        "A conferir no ERP",
        "O pedido foi enviado e a resposta se perdeu. Consultamos o ERP antes de qualquer outro envio.",
    ),
    StatusWord(
        "erp_refused", "err", "exclamation-circle", "Recusado pelo ERP", "O ERP respondeu que não aceita o pedido."
    ),
    StatusWord("integrated", "ok", "check-circle", "Pedido no ERP", "O pedido existe no ERP, com número confirmado."),
    StatusWord("invoicing", "run", "arrow-path", "Emitindo nota", "A nota está sendo assinada e enviada à SEFAZ."),
    StatusWord(
        "nfe_blocked",
        "warn",
        "shield-exclamation",
        "Nota barrada na conferência",
        "A nota seria rejeitada e não foi enviada. Nenhum número foi gasto.",
    ),
    StatusWord(
        "nfe_rejected",
        "err",
        "exclamation-circle",
        "Nota rejeitada",
        "A SEFAZ não aceitou a nota. O número fica guardado para quando ela for corrigida.",
    ),
    StatusWord(
        "nfe_unknown",
        "unk",
        "question-mark-circle",
        "A conferir na SEFAZ",
        "A nota foi enviada e a resposta se perdeu. Consultamos a chave antes de qualquer outro envio.",
    ),
    StatusWord(
        "nfe_denied",
        "err",
        "no-symbol",
        "Sem nota válida",
        "A SEFAZ denegou a nota, ou ela foi cancelada fora do Cais. O estoque segue reservado.",
    ),
    StatusWord(
        "invoiced",
        "warn",
        "exclamation-triangle",
        "Falta avisar a loja",
        "A nota está autorizada e a loja ainda não confirmou que a recebeu.",
    ),
    StatusWord("shipped", "ok", "truck", "Enviado", "O envio foi registrado no Cais."),
    StatusWord("delivered", "ok", "check-circle", "Entregue", "Alguém confirmou a entrega."),
    StatusWord("invoice_told", "ok", "check-circle", "Nota na loja", "A nota está autorizada e a loja a mostra."),
    StatusWord("note_issued", "ok", "document-check", "Nota emitida", "A nota está autorizada e não vai para a loja."),
    StatusWord(
        "served_elsewhere",
        "off",
        "arrow-top-right-on-square",
        "Atendido fora do Cais",
        "Alguém marcou que este pedido foi atendido por outro caminho.",
    ),
    StatusWord(
        "marketplace_ships",
        "off",
        "truck",
        "Envio pelo marketplace",
        "O marketplace envia do estoque dele. Seu estoque não é usado, e não há nada a fazer no Cais.",
    ),
)

INTEGRATION: Final = table(
    StatusWord("integrated", "ok", "check", "Integrado", "Já entrou no Cais."),
    StatusWord(
        "not_integrated", "off", "minus-circle", "Não integrado", "Foi lido na loja e ainda não entrou no Cais."
    ),
)

MOVEMENT: Final = table(
    StatusWord("none", "off", "minus-circle", "Sem movimentação", "Nenhuma movimentação foi criada."),
    StatusWord(
        "pending_sync",
        "run",
        "clock",
        "Pendente de sincronização",
        "A movimentação está criada e falta conferir no ERP.",
    ),
    StatusWord(
        "validated", "ok", "lock-closed", "Validada", "O ERP conferiu todas as linhas e o estoque está reservado."
    ),
    StatusWord("error", "err", "exclamation-circle", "Com erro", "Alguma linha não passou na conferência do ERP."),
    StatusWord("done", "ok", "check-circle", "Realizado", "Sincronização realizada: o pedido está no ERP."),
    StatusWord("cancelled", "off", "x-circle", "Cancelado", "A movimentação foi desfeita e a reserva, devolvida."),
)

MOVEMENT_LINE: Final = table(
    StatusWord("unchecked", "off", "minus-circle", "Não conferida", "A linha ainda não foi conferida no ERP."),
    StatusWord("checking", "run", "arrow-path", "Conferindo", "A linha está sendo conferida no ERP."),
    StatusWord("reserved", "ok", "lock-closed", "Reservada", "A quantidade está reservada para este pedido."),
    StatusWord("product_missing", "err", "exclamation-circle", "Produto não existe", "O ERP não tem este produto."),
    StatusWord(
        "insufficient",
        "err",
        "exclamation-circle",
        "Quantidade insuficiente",
        "Há menos no estoque do que o pedido pede.",
    ),
    StatusWord(
        "inactive", "err", "exclamation-circle", "Produto inativo", "O produto está inativo no cadastro do ERP."
    ),
    StatusWord(
        "stock_unknown",
        "unk",
        "question-mark-circle",
        "Estoque desconhecido",
        "Não sabemos a quantidade agora. Desconhecido não é zero.",
    ),
    StatusWord("undone", "off", "x-circle", "Desfeita", "A reserva desta linha foi devolvida."),
)

CONNECTION: Final = table(
    StatusWord("up_to_date", "ok", "check-circle", "Em dia", "A última leitura deu certo e está no prazo."),
    StatusWord("reading", "run", "arrow-path", "Lendo", "A loja está sendo lida agora."),
    StatusWord("observing", "off", "eye", "Só observando", "O Cais lê esta conexão e ainda não escreve nada."),
    StatusWord("late", "warn", "clock", "Atrasada", "A última leitura passou do prazo."),
    StatusWord(
        "rate_limited",
        "warn",
        "queue-list",
        "No limite da loja",
        "A loja limita as consultas. A leitura continua assim que ela permitir.",
    ),
    StatusWord(
        "store_down",
        "warn",
        "signal-slash",
        "Loja fora do ar, tentando",
        "Nada se perde: o Cais tenta de novo sozinho, cada vez mais espaçado, e segue tudo quando houver resposta.",
    ),
    StatusWord("access_expiring", "warn", "key", "Acesso vence em breve", "Autorize de novo antes do fim do prazo."),
    StatusWord(
        "no_access",
        "err",
        "link-slash",
        "Sem acesso",
        "A loja recusa o acesso do Cais. Autorize de novo; os pedidos são lidos ao voltar.",
    ),
    StatusWord("paused", "off", "pause-circle", "Pausada", "Alguém pausou esta conexão."),
)

CONNECTION_LEVEL: Final = table(
    StatusWord("draft", "off", "pencil", "Rascunho", "Escrito pelo contrato, sem execução ainda."),
    StatusWord("simulated", "off", "beaker", "Simulado", "Provado contra o simulador da loja."),
    StatusWord("proven", "ok", "check-badge", "Comprovado", "Provado contra uma loja de verdade."),
)

PUBLICATION: Final = table(
    StatusWord("done", "ok", "check-circle", "Igual à loja", "A loja confirmou este valor."),
    StatusWord("due", "off", "clock", "Na fila", "Espera a vez de ser enviado."),
    StatusWord("claimed", "run", "paper-airplane", "Enviando", "Está sendo enviado à loja agora."),
    StatusWord("unavailable", "warn", "clock", "Tenta de novo", "A loja não respondeu. O envio se repete sozinho."),
    StatusWord("rate_limited", "off", "queue-list", "Espera o limite da loja", "A loja limita os envios por minuto."),
    StatusWord(
        "rejected",
        "err",
        "exclamation-circle",
        "Recusado até corrigir",
        "A loja recusou. Corrija o motivo e ele volta à fila.",
    ),
    StatusWord(
        "unreadable", "err", "exclamation-triangle", "Resposta ilegível", "A loja respondeu algo que não sabemos ler."
    ),
    StatusWord(
        "outcome_unknown",
        "unk",
        "question-mark-circle",
        "A conferir",
        "Foi enviado e a resposta se perdeu. Conferimos na loja antes de enviar de novo.",
    ),
    StatusWord("unsafe", "warn", "pause-circle", "Segurado", "Mudança grande demais para sair sem você conferir."),
)

SUBJECTS: Final[dict[str, dict[str, StatusWord]]] = {
    "order": ORDER,
    "integration": INTEGRATION,
    "movement": MOVEMENT,
    "movement_line": MOVEMENT_LINE,
    "connection": CONNECTION,
    "connection_level": CONNECTION_LEVEL,
    "publication": PUBLICATION,
    "nfe": NFE,
    "invoice": INVOICE,
}

TRAILS: Final[dict[str, TrailTones]] = {
    "status_unmapped": TrailTones(movement="warn"),
    "held": TrailTones(movement="warn"),
    "short": TrailTones(movement="err"),
    "awaiting_sync": TrailTones(movement="run"),
    "movement_error": TrailTones(movement="err"),
    "creating_erp_order": TrailTones(movement="ok", erp="run"),
    "cancelling": TrailTones(movement="ok", erp="run"),
    "erp_unknown": TrailTones(movement="ok", erp="unk"),
    "erp_refused": TrailTones(movement="ok", erp="err"),
    "integrated": TrailTones(movement="ok", erp="ok"),
    "invoicing": TrailTones(movement="ok", erp="ok", invoice="run"),
    "nfe_blocked": TrailTones(movement="ok", erp="ok", invoice="warn"),
    "nfe_rejected": TrailTones(movement="ok", erp="ok", invoice="err"),
    "nfe_unknown": TrailTones(movement="ok", erp="ok", invoice="unk"),
    "nfe_denied": TrailTones(movement="ok", erp="ok", invoice="err"),
    "invoiced": TrailTones(movement="ok", erp="ok", invoice="ok", store="warn"),
    "invoice_told": TrailTones(movement="ok", erp="ok", invoice="ok", store="ok"),
    "shipped": TrailTones(movement="ok", erp="ok", invoice="ok", store="ok"),
    "delivered": TrailTones(movement="ok", erp="ok", invoice="ok", store="ok"),
    "note_issued": TrailTones(movement="ok", erp="ok", invoice="ok", store="off"),
}


def word(subject: str, code: str, *, label: str = "") -> StatusWord:
    """The word of `code`; `label` replaces the table's own words (a hold's reason, "há 1 de 2").

    A subject that does not exist is our mistake and raises KeyError. A code that does not exist is shown
    as unknown, with the code, because one strange row must not take the whole list away from the user.
    """
    found = SUBJECTS[subject].get(code) or StatusWord(
        code,
        "unk",
        "question-mark-circle",
        f"Situação desconhecida: {code}",
        "Esta versão do Cais não conhece este código.",
    )
    return replace(found, label=label) if label else found


def trail_of(situation: str) -> TrailTones:
    """The planks of an order's situation; nothing is reached when the situation is not a step."""
    return TRAILS.get(situation, TrailTones())
