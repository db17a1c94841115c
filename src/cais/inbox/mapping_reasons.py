"""Why an order waits for a value of its store that nobody filled in: freight, payment, channel, bearer (feature B7)."""

from __future__ import annotations

from cais.inbox.reason import Reason

ALL = (
    Reason(
        code="freight_unmapped",
        tone="warn",
        icon="truck",
        short="Falta de-para: frete",
        title="“{name}” da loja {store} não tem forma de frete",
        cause="A loja {store} usa esta forma de frete e ninguém disse o que ela é.",
        consequence="{n} pedidos esperam com o estoque reservado. Sem isso a nota sairia com o frete errado.",
        remedy="Diga por conta de quem é o frete e quem transporta. Vale para os próximos também.",
        button="Preencher",
        target="mapping",
        rank=15,
    ),
    Reason(
        code="payment_unmapped",
        tone="warn",
        icon="credit-card",
        short="Falta de-para: recebimento",
        title="“{name}” da loja {store} não tem forma de recebimento",
        cause="A loja {store} recebe assim e ninguém disse que código isso tem na nota.",
        consequence="{n} pedidos esperam com o estoque reservado. Sem isso a nota sairia com o pagamento errado.",
        remedy="Escolha a forma de pagamento da nota. Vale para os próximos também.",
        button="Preencher",
        target="mapping",
        rank=15,
    ),
    Reason(
        code="channel_unmapped",
        tone="warn",
        icon="building-storefront",
        short="Falta de-para: canal",
        title="O canal “{name}” da loja {store} não está no de-para",
        cause="A loja {store} vendeu por este canal e ninguém disse se ele é a loja própria ou um marketplace.",
        consequence="{n} pedidos esperam com o estoque reservado. A nota de um marketplace traz o CNPJ dele.",
        remedy="Diga o que é o canal; de um marketplace, o CNPJ e o código da loja nele.",
        button="Preencher",
        target="mapping",
        rank=14,
    ),
    Reason(
        code="bearer_unmapped",
        tone="warn",
        icon="receipt-percent",
        short="Falta de-para: desconto",
        title="Não se sabe por conta de quem é: {name}, na loja {store}",
        cause="Veio num pedido da loja {store}. Se outro paga a diferença, ela não muda o valor da nota.",
        consequence="{n} pedidos esperam com o estoque reservado. Com o valor errado, a nota sairia errada.",
        remedy="Veja no extrato do canal quem paga e escolha. Vale para os próximos também.",
        button="Preencher",
        target="mapping",
        rank=15,
    ),
)
MAPPING_REASONS = frozenset(reason.code for reason in ALL)
