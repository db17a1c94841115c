"""*Histórico* of one record: its address, what it is called there, and the way back to its page."""

from __future__ import annotations

from typing import Final

from django.urls import reverse

# The word in the address → the model whose trail is shown.
KINDS: Final[dict[str, str]] = {
    "grupo": "Group",
    "empresa": "Company",
    "deposito": "Warehouse",
    "pessoa": "Membership",
    "convite": "Invitation",
    "visao": "SavedView",
    "conector": "Connection",
    "atendimento": "ServingCompany",
    "status": "StatusEntry",
    "status-escrito": "WriteBack",
    "importacao": "OrderImport",
    "produto": "Product",
    "categoria": "Category",
    "componente": "KitComponent",
    "produto-na-loja": "Listing",
    "politica-de-estoque": "StockPolicy",
    "regra-de-categoria": "StockCategoryRule",
    "excecao-de-estoque": "StockException",
    "regra-de-preco": "PriceList",
    "excecao-de-preco": "PriceException",
    "cliente": "Customer",
    "fiscal": "FiscalSetup",
    "perfil-fiscal": "TaxProfile",
    "regra-fiscal": "TaxRule",
    "frete": "FreightMethod",
    "recebimento": "PaymentMethod",
    "canal": "SalesChannel",
    "emissor": "ChannelIssuer",
    "desconto": "BearerRule",
}
_WORDS: Final = {model: word for word, model in KINDS.items()}
# Records with a page of their own.
_PAGES: Final = {
    "empresa": "company",
    "conector": "connection",
    "produto": "product",
    "cliente": "customer",
    "importacao": "order_import",
}


def trail_url(slug: str, model: str, pk: int) -> str:
    """Where the trail of this record is. `model` is a name such as *Product*."""
    return reverse("record_trail", args=[slug, _WORDS[model], pk])


def page_url(slug: str, kind: str, pk: int) -> str:
    """The record's own page; empty where it has none."""
    return reverse(_PAGES[kind], args=[slug, pk]) if kind in _PAGES else ""
