"""Why no company serves an order whose units are promised (features C2, C7)."""

from __future__ import annotations

from cais.inbox.reason import Reason

ALL = (
    Reason(
        code="no_company_allowed",
        tone="err",
        icon="building-storefront",
        short="Nenhuma empresa pode faturar",
        title="Nenhuma empresa da loja {store} pode faturar o canal “{channel}”",
        cause="O canal só deixa faturar empresas que não atendem esta loja.",
        consequence="{n} pedidos esperam com o estoque reservado. Nenhuma nota sai pelo CNPJ errado.",
        remedy="No de-para do canal, marque uma empresa que atende a loja, ou inclua a empresa nos dados da loja.",
        button="Abrir o canal",
        target="mapping",
        rank=9,
    ),
    Reason(
        code="no_company_has_all",
        tone="warn",
        icon="building-storefront",
        short="Nenhuma empresa sozinha tem tudo",
        title="Nenhuma empresa sozinha tem tudo do pedido {number}",
        cause="O estoque existe, mas em empresas diferentes, e este pedido não pode ser dividido assim: {items}.",
        consequence="O pedido espera com as unidades reservadas. Nada foi vendido em dobro.",
        remedy="Transfira o que falta para uma empresa, ou permita dividir no canal de venda. Ele segue sozinho.",
        button="Abrir o pedido",
        target="order",
        rank=12,
    ),
    Reason(
        code="promise_missing",
        tone="err",
        icon="exclamation-triangle",
        short="Reservado, mas não está no depósito",
        title="O que o pedido {number} reservou não está mais no estoque",
        cause="Depois que o pedido reservou as unidades, uma contagem achou menos, um depósito saiu de uso ou a "
        "mercadoria saiu em uma transferência que ainda não chegou.",
        consequence="Os pedidos mais antigos ficam com o que há. Este espera; a venda não foi criada.",
        remedy="Confira a contagem, receba a transferência ou dê entrada no que chegou. Com o estoque de volta, ele "
        "segue sozinho.",
        button="Abrir o pedido",
        target="order",
        rank=11,
    ),
)
