"""The reasons of what a store shows: stock and prices that it refuses, and a shelf that is another than ours."""

from __future__ import annotations

from typing import Final

from cais.inbox.reason import Reason

ALL: Final = (
    Reason(
        code="stock_refused",
        tone="err",
        icon="cube",
        short="Estoque recusado pela loja",
        title="A loja {store} recusou o estoque de {sku}",
        cause="A loja respondeu: {words}",
        consequence="A loja continua mostrando o estoque de antes, e pode vender o que não há mais.",
        remedy="Confira se o produto ainda existe na loja e se o vínculo é o certo; depois tente de novo.",
        button="Abrir o estoque na loja",
        target="shelf",
        rank=25,
    ),
    Reason(
        code="price_refused",
        tone="err",
        icon="tag",
        short="Preço recusado pela loja",
        title="A loja {store} recusou o preço de {sku}",
        cause="A loja respondeu: {words}",
        consequence="A loja continua pedindo o preço de antes.",
        remedy="Confira se o produto ainda existe na loja, se o vínculo é o certo e se a regra de preço faz sentido; "
        "depois tente de novo.",
        button="Abrir os preços na loja",
        target="shelf",
        rank=28,
    ),
    Reason(
        code="price_drift",
        tone="warn",
        icon="scale",
        short="Preço diferente na loja",
        title="{store} mostra outro preço",
        cause="Ao conferir a loja, o preço ou a promoção era outro, sem nada nosso a caminho. Produtos assim: {count}.",
        consequence="O Cais não escreveu por cima: quem muda um preço na loja costuma ter um motivo. "
        "Uma mudança nova da regra ou do cadastro segue normalmente.",
        remedy="Veja um por um: publique o nosso, ou aceite o da loja, que vira o preço próprio do produto ali.",
        button="Ver as diferenças",
        target="shelf",
        rank=29,
    ),
    Reason(
        code="shelf_drift",
        tone="warn",
        icon="scale",
        short="Estoque muito diferente na loja",
        title="{store} mostra outro estoque em muitos produtos",
        cause="Ao conferir a loja, {count} produtos mostravam outra quantidade, sem nada nosso a caminho.",
        consequence="O Cais não escreveu por cima: tantas diferenças de uma vez podem ser um engano, daqui ou de lá. "
        "O que os pedidos tiram continua a ser enviado.",
        remedy="Veja alguns produtos. Depois publique o nosso em todos, ou aceite o da loja onde ela estiver certa.",
        button="Ver as diferenças",
        target="shelf",
        rank=24,
    ),
    Reason(
        code="link_conflict",
        tone="warn",
        icon="link",
        short="Vínculos em dúvida",
        title="Vínculos de {store} esperam por você",
        cause="Na última leitura da lista da loja: {what}.",
        consequence="O que já tem vínculo segue pelo número da loja. O que sumiu não recebe estoque, e o de código "
        "repetido fica sem vínculo: a loja pode vender o que não há.",
        remedy="Em Vínculos, confirme o que é o mesmo produto, desfaça o que virou outro e escolha o item certo. Ou "
        "corrija o código na loja: a próxima leitura fecha esta linha.",
        button="Abrir os vínculos",
        target="links",
        rank=26,
    ),
    Reason(
        code="link_varied",
        tone="err",
        icon="squares-2x2",
        short="Produto vinculado ganhou variações",
        title="Em {store}, produtos vinculados ganharam variações",
        cause="Foram vinculados como produtos simples e agora têm na loja variações que não têm vínculo: {skus}.",
        consequence="O Cais parou de enviar estoque e preço deles: quem tem estoque na loja são as variações. "
        "Enquanto elas não têm vínculo, a loja vende pelo número que ela mesma mostra.",
        remedy="Em Vínculos, diga qual produto seu é cada variação; com o mesmo código o Cais vincula sozinho. Se as "
        "variações saírem da loja, ou você desfizer o vínculo, esta linha fecha.",
        button="Abrir os vínculos",
        target="links",
        rank=24,
    ),
)
