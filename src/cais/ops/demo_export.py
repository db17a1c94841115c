"""Products of the demo's merchant that no store has yet: something to export, and something that lacks a word first."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from cais.catalog.drafts import ProductDraft
from cais.connectors.tray.simulator.catalogue import gtin13

_BRAND: Final = "Barro Claro"

NOT_IN_STORES: Final = (
    ProductDraft(
        sku="CER-BUL-09",
        name="Bule de cerâmica 900 ml",
        gtin=gtin13("789000000901"),
        ncm="69120000",
        brand=_BRAND,
        description="Torneado à mão, com tampa que não cai ao servir.",
        price=Decimal("129.90"),
        weight_g=1150,
        length_cm=Decimal(23),
        width_cm=Decimal(15),
        height_cm=Decimal(18),
    ),
    ProductDraft(
        sku="CER-MAN-15",
        name="Manteigueira de cerâmica com tampa",
        gtin=gtin13("789000000902"),
        ncm="69120000",
        brand=_BRAND,
        description="Cabe um tablete de 200 g.",
        price=Decimal("64.90"),
        weight_g=520,
        length_cm=Decimal(19),
        width_cm=Decimal(12),
        height_cm=Decimal("8.5"),
    ),
    ProductDraft(
        sku="CER-PET-12",
        name="Petisqueira de cerâmica 3 divisões",
        gtin=gtin13("789000000903"),
        ncm="69120000",
        brand=_BRAND,
        price=Decimal("84.90"),
        weight_g=890,
        length_cm=Decimal(32),
        width_cm=Decimal(12),
        height_cm=Decimal(4),
    ),
    ProductDraft(
        sku="MAD-BAN-35",
        name="Bandeja de teca com alças 35 cm",
        gtin=gtin13("789000000904"),
        ncm="44191900",
        brand="Tronco & Cia",
        description="Madeira de reflorestamento, acabamento com óleo mineral.",
        price=Decimal("149.90"),
        weight_g=1300,
        length_cm=Decimal(36),
        width_cm=Decimal(26),
        height_cm=Decimal(6),
    ),
    # Nobody has weighed it, and nobody has looked up its NCM.
    ProductDraft(sku="TEX-AVE-LN", name="Avental de linho cru", price=Decimal("119.00"), brand="Praia Fria"),
    ProductDraft(sku="VID-BAM-10", name="Pote de vidro com tampa de bambu 1 L", ncm="70134900", price=Decimal("39.90")),
)
FIRST_DELIVERY: Final = {"CER-BUL-09": 24, "CER-MAN-15": 40, "CER-PET-12": 18, "MAD-BAN-35": 12}
