"""The words, tones and icons of transfers and inventories."""

from __future__ import annotations

from typing import Final

from cais.warehousing.models import Inventory, Transfer
from cais.web.status_words import StatusWord, table

TRANSFER: Final = table(
    StatusWord("proposed", "warn", "clock", "Proposta", "Espera quem envia. Nada saiu do lugar."),
    StatusWord("sent", "run", "truck", "Em trânsito", "Saiu de um depósito e não chegou ao outro: fora da venda."),
    StatusWord("received", "ok", "check-circle", "Recebida", "Chegou e já conta no estoque do destino."),
    StatusWord("returned", "off", "arrow-uturn-left", "Devolvida", "Voltou ao depósito de onde saiu."),
    StatusWord("cancelled", "off", "x-circle", "Cancelada", "Não aconteceu. Nada saiu do lugar."),
)
INVENTORY: Final = table(
    StatusWord("open", "run", "clipboard-document-list", "Aberto", "Está sendo contado. O estoque não mudou."),
    StatusWord("closed", "ok", "check-circle", "Fechado", "As diferenças já estão no estoque."),
    StatusWord("abandoned", "off", "x-circle", "Abandonado", "Foi deixado de lado. O estoque não mudou."),
)
assert set(TRANSFER) == set(Transfer.State.values)
assert set(INVENTORY) == set(Inventory.State.values)
