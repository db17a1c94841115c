"""Every reason for which something waits, with its texts: cause, consequence, what to do, and the one button.

Texts are templates over a cause's `params` and over `n` (how many wait). A test fails when a reason lacks a text.
"""

from __future__ import annotations

from cais.inbox import (
    access_reasons,
    capture_reasons,
    company_reasons,
    edit_reasons,
    mapping_reasons,
    movement_reasons,
    nfe_reasons,
    product_reasons,
    shelf_reasons,
    shipping_reasons,
)
from cais.inbox.reason import Reason as Reason

_ALL = (
    Reason(
        code="order_unreadable",
        tone="err",
        icon="document-magnifying-glass",
        short="Pedido ilegível",
        title="O pedido {number} da loja {store} não pôde ser lido",
        cause="{words}",
        consequence="O pedido está guardado como veio, mas não reserva estoque nem vira venda. Os outros seguem.",
        remedy="Corrija o pedido na loja; ele é lido de novo sozinho. Se está certo lá, mande a cópia ao suporte.",
        button="Ler o pedido de novo",
        target="document",
        rank=10,
    ),
    Reason(
        code="order_not_given",
        tone="err",
        icon="document-magnifying-glass",
        short="Pedido não vem",
        title="A loja {store} não entrega o pedido {number}",
        cause="Está na lista da loja e outros pedidos chegam, mas este falha cada vez que o Cais o pede. {words}",
        consequence="Se é novo, não reserva estoque; se já entrou, fica como estava. O Cais segue tentando.",
        remedy="Abra o pedido no painel da loja. Se ele abre lá, avise o suporte da plataforma.",
        button="Ler o pedido de novo",
        target="document",
        rank=10,
    ),
    Reason(
        code="order_vanished",
        tone="warn",
        icon="question-mark-circle",
        short="Pedido sumiu da loja",
        title="A loja {store} anuncia o pedido {number}, mas não o mostra",
        cause="O pedido aparece na lista ou num aviso da loja e, ao abrir, a loja diz que ele não existe.",
        consequence="Se não entrou ainda, não entra; se já entrou, fica como estava. Os outros seguem.",
        remedy="Procure o pedido no painel da loja. Se ele foi apagado lá, não há o que fazer.",
        button="Ler o pedido de novo",
        target="document",
        rank=20,
    ),
    Reason(
        code="status_unmapped",
        tone="warn",
        icon="book-open",
        short="Status sem tradução",
        title="O status “{status}” da loja {store} não tem tradução",
        cause="A loja usa este status e ninguém disse ainda o que ele significa para o Cais.",
        consequence="{n} pedidos esperam, com o estoque reservado. Nenhum palpite foi dado.",
        remedy="Diga no dicionário o que este status significa.",
        button="Traduzir",
        target="dictionary",
        rank=15,
    ),
    Reason(
        code="product_unknown",
        tone="err",
        icon="cube",
        short="Produto sem cadastro",
        title="{name} não está no cadastro",
        cause="A loja vendeu o produto “{name}” (referência {reference}), que não existe no seu cadastro.",
        consequence="{n} pedidos esperam. Sem o produto não há estoque a reservar nem venda a criar.",
        remedy="Diga qual produto do cadastro é este, ou cadastre-o com esta referência como SKU.",
        button="Escolher o produto",
        target="link_product",
        rank=12,
    ),
    Reason(
        code="no_lines",
        tone="err",
        icon="document-minus",
        short="Pedido sem itens",
        title="O pedido {number} veio sem itens",
        cause="A loja mandou o pedido sem nenhum produto.",
        consequence="Ele está registrado e espera. Os outros seguem.",
        remedy="Confira o pedido no painel da loja. Quando os itens aparecerem lá, ele segue sozinho.",
        button="Abrir o pedido",
        target="order",
        rank=12,
    ),
    Reason(
        code="sum_mismatch",
        tone="warn",
        icon="scale",
        short="Valores não fecham: R$ {difference}",
        title="O pedido {number} não fecha: diferença de R$ {difference}",
        cause="A loja cobrou R$ {total}, mas os itens, o frete e os descontos somam R$ {parts}.",
        consequence="O pedido espera com o estoque reservado. Sem fechar ao centavo, a nota sairia errada.",
        remedy="Confira as parcelas, ou aceite a diferença como desconto ou despesa.",
        button="Ver a conta",
        target="order",
        rank=14,
    ),
    Reason(
        code="document_missing",
        tone="warn",
        icon="identification",
        short="Falta CPF/CNPJ",
        title="O pedido {number} veio sem CPF ou CNPJ",
        cause="A loja não informou o documento de {buyer}.",
        consequence="O pedido espera com o estoque reservado: sem documento não há venda a faturar.",
        remedy="Peça o CPF ou CNPJ ao cliente e preencha no cadastro do cliente.",
        button="Preencher",
        target="customer",
        rank=16,
    ),
    Reason(
        code="document_invalid",
        tone="warn",
        icon="identification",
        short="CPF/CNPJ não existe",
        title="O CPF ou CNPJ do pedido {number} não existe",
        cause="O documento {document}, de {buyer}, tem os dígitos finais errados.",
        consequence="O pedido espera com o estoque reservado: a nota seria rejeitada.",
        remedy="Confirme o documento com o cliente e corrija no cadastro do cliente.",
        button="Corrigir",
        target="customer",
        rank=16,
    ),
    Reason(
        code="stock_short",
        tone="err",
        icon="exclamation-circle",
        short="Falta estoque: {missing} un.",
        title="Faltam {missing} un. de {name}",
        cause="O estoque livre não cobre o que foi vendido.",
        consequence="{n} pedidos esperam, do mais antigo ao mais novo. O que há já está reservado para eles.",
        remedy="Dê entrada no estoque que chegou, ou avise o cliente. Ao entrar estoque, os pedidos seguem sozinhos.",
        button="Dar entrada",
        target="stock",
        rank=11,
    ),
    Reason(
        code="no_warehouse",
        tone="err",
        icon="building-storefront",
        short="Empresa sem depósito",
        title="A empresa {company} não tem depósito ativo",
        cause="Sem um depósito não há de onde servir os pedidos.",
        consequence="{n} pedidos esperam. Nada se perde.",
        remedy="Ative ou cadastre um depósito da empresa.",
        button="Ver a empresa",
        target="companies",
        rank=8,
    ),
    Reason(
        code="erp_refused",
        tone="err",
        icon="exclamation-circle",
        short="Recusado pelo ERP",
        title="O ERP recusou o pedido {number}",
        cause="{erp} respondeu: {words}",
        consequence="A venda não foi criada. O estoque segue reservado; os outros pedidos seguem.",
        remedy="Corrija o que o ERP pede. Assim que o pedido mudar, ele é enviado de novo sozinho.",
        button="Enviar de novo",
        target="erp_order",
        rank=12,
    ),
    Reason(
        code="erp_unknown",
        tone="unk",
        icon="question-mark-circle",
        short="A conferir no ERP",
        title="Não se sabe se o ERP criou o pedido {number}",
        cause="O pedido foi enviado e a resposta se perdeu. {erp} pode tê-lo criado.",
        consequence="Nada é enviado de novo antes de conferir no ERP: assim a venda não sai em dobro.",
        remedy="Nada agora. O Cais está conferindo e mostra aqui o resultado.",
        button="Conferir agora",
        target="erp_order",
        rank=13,
    ),
    Reason(
        code="status_refused",
        tone="warn",
        icon="exclamation-triangle",
        short="Status recusado pela loja",
        title="A loja {store} recusou um status do pedido {number}",
        cause="O Cais escreveu “{status}” e a loja respondeu: {words}",
        consequence="O pedido segue no Cais; só o status na loja ficou como estava.",
        remedy="Confira no dicionário qual status o Cais escreve na loja.",
        button="Ver o dicionário",
        target="dictionary",
        rank=30,
    ),
)

REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        *access_reasons.ALL,
        *_ALL,
        *capture_reasons.ALL,
        *company_reasons.ALL,
        *edit_reasons.ALL,
        *mapping_reasons.ALL,
        *movement_reasons.ALL,
        *nfe_reasons.ALL,
        *shipping_reasons.ALL,
        *shelf_reasons.ALL,
        *product_reasons.ALL,
    )
}


class _Gaps(dict[str, object]):
    """A text with a gap is better than a page that fails: an absent value reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def words(template: str, params: dict[str, object], *, n: int = 1) -> str:
    """Fill a template; one waiting order is said in the singular."""
    filled = template.format_map(_Gaps({"n": n, "the": "A loja", "erp": "O ERP", **params}))
    if n == 1:
        filled = filled.replace("1 pedidos esperam", "1 pedido espera")
    return filled
