"""The reasons of *Exportar produtos*: what a store does not take, has already, or keeps in another way."""

from __future__ import annotations

from typing import Final

from cais.inbox.reason import Reason

ALL: Final = (
    Reason(
        code="product_refused",
        tone="err",
        icon="cube",
        short="Produto recusado pela loja",
        title="A loja {store} recusou o produto {sku}",
        cause="A loja respondeu: {words}",
        consequence="O produto não foi cadastrado, ou continua na loja como estava. Nada se perdeu.",
        remedy="Corrija o produto, e ele segue de novo sozinho; se o problema é na loja, resolva lá e tente de novo.",
        button="Abrir em Exportar produtos",
        target="export",
        rank=26,
    ),
    Reason(
        code="product_ambiguous",
        tone="err",
        icon="link",
        short="Código do produto em dúvida na loja",
        title="{sku} não tem um só produto na loja {store}",
        cause="{words}",
        consequence="O Cais não cadastrou nem mudou nada: seria um produto em dobro, ou o produto errado.",
        remedy="Em Vínculos, diga qual item da loja é este produto, ou corrija o código na loja. Depois segue sozinho.",
        button="Abrir Vínculos",
        target="links",
        rank=25,
    ),
    Reason(
        code="product_theirs",
        tone="warn",
        icon="square-2-stack",
        short="Produto já existe na loja, com outros dados",
        title="A loja {store} já tem {sku}, com outros dados",
        cause="{words}",
        consequence="O produto foi vinculado e ficou como estava na loja: o Cais não escreve por cima sem você mandar.",
        remedy="Ensaie para ver campo por campo. Depois escreva o nosso por cima, ou deixe como está na loja.",
        button="Decidir em Exportar produtos",
        target="export",
        rank=27,
    ),
    Reason(
        code="product_altered",
        tone="warn",
        icon="square-2-stack",
        short="Loja guardou o produto diferente",
        title="A loja {store} guardou {sku} diferente do que recebeu",
        cause="{words}",
        consequence="O produto está na loja, mas não igual ao seu cadastro.",
        remedy="Veja os campos. Ajuste o cadastro ao que a loja aceita, ou tente de novo.",
        button="Abrir em Exportar produtos",
        target="export",
        rank=28,
    ),
)
CODES: Final = tuple(reason.code for reason in ALL)
