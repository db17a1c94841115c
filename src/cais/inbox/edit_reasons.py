"""The reasons of what a store changes afterwards: edits, cancellations in question, orders that are gone."""

from __future__ import annotations

from cais.inbox.reason import Reason

# The sale, or the note, was made from other facts than the store tells now.
CHANGED = ("changed_after_erp", "changed_after_note")

ALL = (
    Reason(
        code="split_waiting",
        tone="warn",
        icon="scissors",
        short="Pedido dividido",
        title="A loja dividiu o pedido {parent} em partes",
        cause="As partes ainda não fecham com o que foi vendido: {words}.",
        consequence="Nada novo sai do pedido nem das partes. O estoque do que foi vendido está reservado uma vez só.",
        remedy="Em geral nada: o Cais lê as partes e segue. Se a venda já existe, ajuste-a e confirme no pedido.",
        button="Abrir o pedido",
        target="order",
        rank=9,
    ),
    Reason(
        code="order_gone",
        tone="err",
        icon="question-mark-circle",
        short="Pedido sumiu da loja",
        title="O pedido {number} não existe mais na loja {store}",
        cause="O Cais tem o pedido, e a loja responde que ele não existe. Pode ter sido apagado ou juntado a outro.",
        consequence="Nada novo sai dele. A reserva e a venda, se houver, ficam como estão até você decidir.",
        remedy="Procure no painel da loja. Se o pedido acabou mesmo, dê-o por cancelado; se voltar, segue sozinho.",
        button="Abrir o pedido",
        target="order",
        rank=9,
    ),
    Reason(
        code="cancel_asked",
        tone="unk",
        icon="question-mark-circle",
        short="Conferindo o cancelamento",
        title="A loja {store} mostra o pedido {number} cancelado",
        cause="Antes de desfazer qualquer coisa, o Cais lê o pedido na loja mais uma vez.",
        consequence="Nada novo sai do pedido, e nada foi desfeito: a reserva e a venda continuam.",
        remedy="Nada agora. Se a loja confirmar, o Cais cancela; se não, o pedido segue. Sem resposta, ele espera.",
        button="Abrir o pedido",
        target="order",
        rank=18,
    ),
    Reason(
        code="changed_after_erp",
        tone="err",
        icon="pencil-square",
        short="Mudou depois do ERP",
        title="O pedido {number} mudou na loja depois de virar venda",
        cause="A venda {erp_number} já existe, e na loja mudou: {changes}.",
        consequence="A venda continua como estava. A reserva de estoque já segue o pedido novo.",
        remedy="Ajuste a venda no ERP e confirme aqui, ou desfaça a mudança na loja.",
        button="Ver o que mudou",
        target="order",
        rank=9,
    ),
    Reason(
        code="changed_after_note",
        tone="err",
        icon="pencil-square",
        short="Mudou depois da nota",
        title="O pedido {number} mudou na loja depois da nota",
        cause="A nota já está autorizada, e na loja mudou: {changes}.",
        consequence="A nota, a venda {erp_number} e a baixa do estoque ficam como estavam.",
        remedy="Combine com o comprador e com o contador o que fazer da nota; depois confirme aqui que está resolvido.",
        button="Ver o que mudou",
        target="order",
        rank=8,
    ),
    Reason(
        code="unpaid_after_erp",
        tone="err",
        icon="exclamation-circle",
        short="Voltou a aguardar pagamento",
        title="O pedido {number} voltou a aguardar pagamento depois de virar venda",
        cause="A loja {store} mostra o pedido como “{status}”, que quer dizer aguardando pagamento.",
        consequence="A venda e a reserva continuam. Nada novo sai do pedido, nem a nota.",
        remedy="Confira o pagamento na loja. Se ele voltar a pago, o pedido segue sozinho; se não, cancele-o na loja.",
        button="Abrir o pedido",
        target="order",
        rank=9,
    ),
)
