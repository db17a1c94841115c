"""What the imaginary vendor is and can do: everything, so that the engine meets every capability over a socket."""

from __future__ import annotations

from cais.ports.manifest import (
    Capability,
    Ensure,
    Facts,
    Level,
    Manifest,
    Modality,
    Offers,
    Role,
    Setting,
)

MANIFEST = Manifest(
    name="imaginary",
    label="Fornecedor imaginário",
    roles=frozenset({Role.STORE, Role.ERP}),
    modalities={
        Modality.REST: Offers(
            capabilities=frozenset(Capability),
            facts=Facts(
                ensures_by=Ensure.REFERENCE,
                status_by_id=True,
                ids_ascend=True,
                stock_is_whole=False,
                promotion_needs_days=False,
            ),
        )
    },
    settings=(
        Setting(
            name="base_url",
            label="Endereço",
            help="O endereço em que o simulador atende.",
            where="Na primeira linha que o simulador escreve ao iniciar.",
            kind="url",
            placeholder="http://127.0.0.1:8090",
        ),
        Setting(
            name="code",
            label="Código de autorização",
            help="Trocado pelo acesso à loja e ao ERP imaginários.",
            where="Na primeira linha que o simulador escreve ao iniciar.",
            secret=True,
        ),
        Setting(
            name="store",
            label="Código da loja",
            help="Confere se a autorização é mesmo desta loja.",
            where="Na primeira linha que o simulador escreve ao iniciar.",
            required=False,
        ),
    ),
    level=Level.SIMULATED,
    internal=True,
    asks_for_notices="O simulador escreve os avisos; quem o usa os entrega neste endereço.",
)
