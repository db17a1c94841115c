"""The demo's company as data: the seed registers it, and the simulated SEFAZ issues its certificate."""

from __future__ import annotations

DEMO_COMPANY = {
    "name": "Jurubim Casa",
    "legal_name": "Jurubim Casa Comércio de Utilidades Ltda",
    "cnpj": "98.765.432/0001-98",
    "state": "SC",
    "city": "Florianópolis",
}
# Check digits of a Santa Catarina registration: 251.040.852 (weights 9 to 2, modulo 11).
DEMO_FISCAL = {
    "regime": "1",
    "state_registration": "251040852",
    "street": "Rua dos Remadores",
    "number": "480",
    "district": "Centro",
    "city": "Florianópolis",
    "postal_code": "88010100",
    "phone": "4830000000",
    "environment": "2",
    "series": 1,
    "contact_cnpj": "98765432000198",
    "contact_name": "Suporte Jurubim",
    "contact_email": "suporte@jurubim.example",
    "contact_phone": "4830000000",
}
