"""The demo's companies as data: the seed registers them, and the simulated SEFAZ issues their certificates."""

from __future__ import annotations

from typing import Final

from cais.core.values import document_text

DEMO_COMPANY: Final = {
    "name": "Jurubim Casa",
    "legal_name": "Jurubim Casa Comércio de Utilidades Ltda",
    "cnpj": "98.765.432/0001-98",
    "state": "SC",
    "city": "Florianópolis",
}
# Two branches, later in the stock queue: each sells for the same stores from a stock of its own.
DEMO_BRANCHES: Final = (
    {
        "name": "Jurubim Norte",
        "legal_name": "Jurubim Casa Comércio de Utilidades Ltda",
        "cnpj": "98.765.432/0002-79",
        "state": "SC",
        "city": "Joinville",
    },
    {
        "name": "Jurubim Vale",
        "legal_name": "Jurubim Casa Comércio de Utilidades Ltda",
        "cnpj": "98.765.432/0003-50",
        "state": "SC",
        "city": "Blumenau",
    },
)
DEMO_COMPANIES: Final = (DEMO_COMPANY, *DEMO_BRANCHES)

_SHARED: Final = {
    "regime": "1",
    "environment": "2",
    "series": 1,
    "contact_cnpj": "98765432000198",
    "contact_name": "Suporte Jurubim",
    "contact_email": "suporte@jurubim.example",
    "contact_phone": "4830000000",
}


def _own(registration: str, street: str, number: str, city: str, postal_code: str, phone: str) -> dict[str, object]:
    return {
        **_SHARED,
        "state_registration": registration,
        "street": street,
        "number": number,
        "district": "Centro",
        "city": city,
        "postal_code": postal_code,
        "phone": phone,
    }


# By CNPJ. Check digits of a Santa Catarina registration: weights 9 to 2, modulo 11.
DEMO_FISCAL: Final = {
    document_text(company["cnpj"]): fiscal
    for company, fiscal in zip(
        DEMO_COMPANIES,
        (
            _own("251040852", "Rua dos Remadores", "480", "Florianópolis", "88010100", "4830000000"),
            _own("255106408", "Rua das Palmeiras", "112", "Joinville", "89201100", "4730000000"),
            _own("258304774", "Rua do Tear", "35", "Blumenau", "89010100", "4730000001"),
        ),
        strict=True,
    )
}
