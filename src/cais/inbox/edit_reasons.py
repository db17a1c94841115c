"""The reasons of what a store changes afterwards: edits, cancellations in question, orders that are gone."""

from __future__ import annotations

from cais.inbox.reason import Reason

ALL = (
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
        cause="A venda {erp_number} foi criada com R$ {was}; na loja o pedido agora tem R$ {now}.",
        consequence="A venda continua como estava. A reserva de estoque já segue o pedido novo.",
        remedy="Ajuste a venda no ERP e confirme aqui, ou desfaça a mudança na loja.",
        button="Ver o que mudou",
        target="order",
        rank=9,
    ),
)
