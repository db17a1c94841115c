"""The sentence of every note: what a timeline says happened, in Portuguese."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

NOTES: Final[dict[str, str]] = {
    "recorded": "Pedido recebido da loja.",
    "status_changed": "A loja mudou o status de “{was}” para “{now}”.",
    "cancel_asked": "A loja mostra o pedido cancelado; o Cais confere na loja antes de desfazer qualquer coisa.",
    "cancel_withdrawn": "A loja já não mostra o pedido cancelado: nada foi desfeito.",
    "cancelled_by_hand": "deu o pedido por cancelado.",
    "total_changed": "A loja mudou o total de R$ {was} para R$ {now}.",
    "imported": "importou o pedido.",
    "left_out": "deixou o pedido de fora; o estoque dele volta para os outros.",
    "product_made": "Produto {sku} criado com o que o pedido diz de “{name}”: falta completar o cadastro.",
    "moved": "Movimentação criada.",
    "movement_begun": "criou a movimentação.",
    "movement_revised": "mudou a movimentação: {words}.",
    "movement_proposed_again": "voltou a movimentação à proposta.",
    "movement_discarded": "descartou a movimentação; a próxima fica para uma pessoa, e o estoque segue reservado.",
    "movement_changed": "Movimentação desfeita: o pedido leva outros itens ou unidades agora.",
    "movement_held": "Movimentação desfeita: o pedido espera outra coisa antes; o estoque segue reservado.",
    "movement_misplaced": "Movimentação desfeita: uma empresa ou um depósito dela não atende mais este pedido.",
    "movement_unkept": "Movimentação desfeita: o depósito não tem mais tudo o que ela tomava.",
    "line_refused": "O ERP não aceitou a movimentação: {words}.",
    "movement_outdated": "A movimentação não serve o que o pedido pede agora: {items}. Nada foi enviado ao ERP.",
    "erp_created": "Pedido criado no ERP{of} com o número {number}.",
    "erp_cancelled": "Pedido {number} cancelado no ERP{of}.",
    "status_written": "Status “{status}” escrito na loja.",
    "nfe_asked": "pediu a nota.",
    "nfe_tried_again": "pediu para tentar a nota de novo.",
    "nfe_blocked": "Nota{of} barrada na conferência: {words}",
    "nfe_rejected": "A SEFAZ rejeitou a nota: {words}.",
    "nfe_denied": "A SEFAZ denegou a nota {nfe}: {words}.",
    "nfe_cancelled_elsewhere": "A nota {nfe} consta como cancelada na SEFAZ.",
    "nfe_number_taken": "O número {nfe} já é de outra nota na SEFAZ.",
    "nfe_authorised": "Nota {nfe}, série {series}{of}, autorizada pela SEFAZ.",
    "invoice_told": "Nota {nfe}{of} avisada na loja.",
    "invoice_asked_again": "pediu para reenviar a nota à loja.",
    "shipped": "registrou o envio{how}.",
    "delivered": "marcou o pedido como entregue.",
    "tracking_told": "Rastreio {code} informado à loja.",
    "difference_accepted": "aceitou a diferença de R$ {difference} como {kind}.",
    "erp_confirmed": "confirmou que o ERP já está certo.",
    "product_linked": "disse que “{name}” é o produto {sku}.",
    "asked_again": "pediu para conferir o pedido de novo.",
    "asked_to_send_again": "pediu para enviar ao ERP de novo.",
    "asked_to_create": "mandou criar o pedido no ERP.",
    "sale_undone": "mandou desfazer a venda no ERP para refazê-la.",
    "asked_to_check_again": "pediu para conferir os itens no ERP de novo.",
    "asked_to_read_again": "pediu para ler o pedido na loja de novo.",
}
_AMOUNTS: Final = frozenset({"difference", "was", "now"})


class _Gaps(dict[str, object]):
    """A sentence with a gap is better than a page that fails."""

    def __missing__(self, key: str) -> str:
        return "–"


def sentence(code: str, params: Mapping[str, object]) -> str:
    """What the note says; a code of a newer version is shown as it is rather than hidden."""
    template = NOTES.get(code)
    if template is None:
        return f"Anotação “{code}”, que esta versão do Cais não conhece."
    if "{of}" in template:
        params = {**params, "of": f" da {params['company']}" if params.get("company") else ""}
    if "R$" in template:
        params = {name: _reais(value) if name in _AMOUNTS else value for name, value in params.items()}
    return template.format_map(_Gaps(params)).replace("..", ".")


def _reais(value: object) -> str:
    """1234.5 as 1.234,50; what is no number is shown as it came."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    text = f"{abs(amount):,.2f}".translate(str.maketrans(",.", ".,"))
    return f"−{text}" if amount < 0 else text
