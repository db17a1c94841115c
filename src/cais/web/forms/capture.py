"""The fields of a connection that say what becomes of its orders: who chooses them, and what they may bring along."""

from __future__ import annotations

from django import forms

from cais.connections.models import Connection
from cais.web.wording import plural_text

Capture = Connection.Capture
IMPORT, LEAVE = "importar", "deixar"
_CAPTURES = (
    (Capture.AUTOMATIC, "Automática: os pedidos seguem sozinhos até o ERP"),
    (Capture.BY_CHOICE, "Por escolha: cada pedido espera alguém marcá-lo em Importar pedidos"),
)
_CAPTURE_HELP = (
    "Nos dois modos o pedido entra e o estoque dele fica reservado na hora. Por escolha, nada vai ao ERP antes de "
    "alguém marcar. Mudar vale para os próximos pedidos."
)
_PRODUCTS_HELP = (
    "Quando um pedido traz um produto que não está no cadastro, o Cais o cria com o nome, a referência e o GTIN do "
    "pedido. Ele fica como cadastro incompleto, sem estoque, e a nota espera o NCM e a origem."
)


def capture_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Captura", choices=_CAPTURES, widget=forms.RadioSelect, required=False, help_text=_CAPTURE_HELP
    )


def products_field() -> forms.BooleanField:
    return forms.BooleanField(label="Criar produtos que faltam", required=False, help_text=_PRODUCTS_HELP)


def waiting_field(count: int) -> forms.ChoiceField:
    """What becomes of the orders that wait for a choice when nobody has to choose any more."""
    orders = plural_text(count, "pedido espera", "pedidos esperam")
    choices = ((IMPORT, "Importar todos: seguem agora"), (LEAVE, "Deixar: continuam esperando em Importar pedidos"))
    return forms.ChoiceField(
        label=f"{orders} escolha. O que fazer?", choices=choices, widget=forms.RadioSelect, required=False
    )
