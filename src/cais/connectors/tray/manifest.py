"""What the Tray connector asks of the merchant, may do, and must respect."""

from __future__ import annotations

from cais.ports.manifest import (
    Capability,
    Ensure,
    Facts,
    Level,
    Limits,
    Manifest,
    Modality,
    Offers,
    Role,
    Setting,
)

SETTINGS = (
    Setting(
        name="store_url",
        label="Endereço da loja",
        help="O endereço em que seus clientes compram, como www.sualoja.com.br.",
        where="É o endereço que aparece no navegador quando você abre a sua loja.",
        kind="url",
        placeholder="www.sualoja.com.br",
    ),
    Setting(
        name="consumer_key",
        label="Chave do aplicativo (consumer key)",
        help="Identifica o seu aplicativo na Tray. É a mesma para todas as lojas em que ele for instalado.",
        where="A Tray envia a chave quando aprova o cadastro do aplicativo no programa de parceiros.",
    ),
    Setting(
        name="consumer_secret",
        label="Segredo do aplicativo (consumer secret)",
        help="Acompanha a chave e prova que o aplicativo é seu. Fica guardado de forma cifrada e não aparece mais.",
        where="Vem na mesma mensagem da Tray que traz a chave do aplicativo.",
        secret=True,
    ),
    Setting(
        name="code",
        label="Código de autorização",
        help="Preenchido sozinho quando você autoriza a loja. Cole aqui só se a Tray lhe deu o código por outro meio.",
        where="Na Tray, abra Meus aplicativos e instale o aplicativo; o código chega ao fim da autorização.",
        secret=True,
        required=False,
    ),
    Setting(
        name="api_address",
        label="Endereço de integração",
        help="Preenchido sozinho quando você autoriza a loja. Em geral é o endereço da loja seguido de /web_api.",
        where="A Tray o informa ao fim da autorização do aplicativo.",
        required=False,
        kind="url",
        placeholder="https://www.sualoja.com.br/web_api",
    ),
    Setting(
        name="store_code",
        label="Código da loja",
        help="O número da loja na Tray. Se preenchido, uma autorização de outra loja é recusada.",
        where="Aparece no alto do painel da Tray e ao fim da autorização do aplicativo.",
        required=False,
        placeholder="391250",
    ),
    Setting(
        name="profile",
        label="Plano da loja",
        help="Define quantas chamadas por dia a Tray aceita: 10.000 no plano comum e 50.000 no corporativo.",
        where="Está no seu contrato com a Tray. Na dúvida, deixe o plano comum.",
        required=False,
        kind="choice",
        default="standard",
        choices=(
            ("standard", "Comum (10.000 chamadas por dia)"),
            ("corporate", "Corporativo (50.000 chamadas por dia)"),
        ),
    ),
)

MANIFEST = Manifest(
    name="tray",
    label="Tray",
    roles=frozenset({Role.STORE}),
    modalities={
        Modality.REST: Offers(
            capabilities=frozenset(
                {
                    Capability.IMPORT_ORDERS,
                    Capability.LIST_STATUSES,
                    Capability.WRITE_STATUS,
                    Capability.AUTHORISE,
                    Capability.PUBLISH_INVOICE,
                    Capability.WRITE_TRACKING,
                    Capability.HEAR_NOTICES,
                    Capability.LIST_PRODUCTS,
                    Capability.WRITE_STOCK,
                    Capability.WRITE_PRICES,
                    Capability.WRITE_PRODUCTS,
                }
            ),
            # Tray contract §3; the day runs from midnight in Brasília.
            limits=Limits(per_minute=180, per_day={"standard": 10_000, "corporate": 50_000}),
            # Stock, kits and promotions: Tray contract §15, 8.6, 5.2.
            facts=Facts(
                ensures_by=Ensure.NOTHING,
                status_by_id=True,
                ids_ascend=True,
                stock_is_whole=True,
                kits_are_computed=True,
                promotion_needs_days=True,
            ),
        )
    },
    settings=SETTINGS,
    level=Level.SIMULATED,
    # Tray contract §4: by a ticket, one HTTPS address for the application and all its stores.
    asks_for_notices=(
        "A Tray liga os avisos a pedido: abra um chamado no suporte dela com o nome do seu aplicativo e este endereço. "
        "Um só endereço serve a todas as suas lojas, e basta ligar os avisos de pedido (order)."
    ),
)
