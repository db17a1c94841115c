"""The reasons of goods that only an order has told of: an unclear reference, and a new product without stock."""

from __future__ import annotations

from cais.inbox.reason import Reason

ALL = (
    Reason(
        code="product_conflict",
        tone="err",
        icon="cube",
        short="Referência repetida: {reference}",
        title="A referência {reference} já é de outro produto",
        cause="A loja vendeu “{name}” com a referência {reference}. No cadastro ela é de “{other}”, que veio de um "
        "pedido e ninguém completou. Só pela referência não dá para saber se é o mesmo.",
        consequence="{n} pedidos esperam, e nada foi reservado para este item. O Cais não escolhe por parecença.",
        remedy="Se é o mesmo, escolha-o. Se é outro, cadastre-o com outro SKU e escolha o novo. Completar o cadastro "
        "de {sku} (NCM e origem) também decide: aí a referência passa a valer para ele.",
        button="Escolher o produto",
        target="link_product",
        rank=10,
    ),
    Reason(
        code="new_product_short",
        tone="err",
        icon="exclamation-circle",
        short="Produto novo sem estoque",
        title="{name} veio de um pedido e não tem estoque que chegue",
        cause="O Cais criou o produto {sku} com o que o pedido dizia. Ninguém completou o cadastro, e o estoque dele "
        "não cobre o que foi vendido.",
        consequence="{n} pedidos esperam, do mais antigo ao mais novo. Para a nota faltam também o NCM e a origem.",
        remedy="Dê entrada no estoque que há; ou, se ele nunca falta, desmarque “controla estoque” no cadastro. "
        "Aproveite e complete NCM e origem.",
        button="Dar entrada",
        target="stock",
        rank=11,
    ),
)
