"""Why a movement rests with an error (features C1, C3)."""

from __future__ import annotations

from typing import Final

from cais.inbox.reason import Reason

ALL: Final = (
    Reason(
        code="line_refused",
        tone="err",
        icon="exclamation-circle",
        short="Item recusado no ERP",
        title="O ERP não aceita um item do pedido {number}",
        cause="{words}",
        consequence="A venda não foi criada. O estoque segue reservado.",
        remedy="Corrija o cadastro do produto no ERP; o pedido é conferido de novo.",
        button="Conferir de novo",
        target="movement",
        rank=12,
    ),
    Reason(
        code="movement_outdated",
        tone="err",
        icon="arrows-right-left",
        short="Movimentação não serve o pedido",
        title="A movimentação do pedido {number} não serve o que ele pede agora",
        cause="Ela foi feita para outros itens ou outras quantidades: {items}.",
        consequence="A venda não foi criada, para que nada saia a mais nem a menos. O estoque segue reservado.",
        remedy="Em Movimentar, volte à proposta ou grave a divisão de novo. Feito isso, o pedido segue.",
        button="Movimentar",
        target="moving",
        rank=11,
    ),
)
MOVEMENT_REASONS: Final = frozenset(reason.code for reason in ALL)
