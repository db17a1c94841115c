"""What the imaginary store sells and to whom: small fictitious lists, and check digits that are right."""

from __future__ import annotations

import random
from decimal import Decimal

# sku, name, price
GOODS = (
    ("IMG-001", "Panela de ferro 24 cm", "189.90"),
    ("IMG-002", "Chaleira esmaltada azul", "129.00"),
    ("IMG-003", "Toalha de linho cru", "74.50"),
    ("IMG-004", "Tábua de corte em teca", "98.00"),
    ("IMG-005", "Moringa de barro", "56.30"),
    ("IMG-006", "Peneira de inox 18 cm", "32.75"),
    ("IMG-007", "Pilão de pedra-sabão", "112.40"),
    ("IMG-008", "Jogo de 4 canecas", "88.00"),
    ("IMG-009", "Cesto de palha com alça", "67.20"),
    ("IMG-010", "Rolo de massa em madeira", "41.99"),
)
BUYERS = ("Alba Serrano", "Benício Prado", "Celina Moura", "Dário Quintela", "Elvira Tomé", "Fausto Lima")
PLACES = (
    ("Rua das Tintas", "Centro", "Campinas", "SP", "13010-000"),
    ("Avenida do Cais", "Porto", "Santos", "SP", "11013-000"),
    ("Travessa do Linho", "Savassi", "Belo Horizonte", "MG", "30130-000"),
    ("Rua da Moringa", "Boa Vista", "Recife", "PE", "50050-000"),
    ("Rua do Pilão", "Batel", "Curitiba", "PR", "80420-000"),
)


def cpf(number: int) -> str:
    """A CPF with right check digits and punctuation, from nine digits of choice."""
    digits = [int(character) for character in f"{number:09d}"]
    for _ in range(2):
        weighted = sum(digit * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True))
        digits.append((weighted * 10 % 11) % 10)
    text = "".join(map(str, digits))
    return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"


def random_buyer(dice: random.Random) -> dict[str, object]:
    number = dice.randrange(100_000_000, 999_999_999)
    return {
        "id": f"C{number % 10000}",
        "name": dice.choice(BUYERS),
        "document": cpf(number),
        "company": False,
        "email": f"comprador{number % 10000}@exemplo.com.br",
        "phone": "(11) 4000-0000",
        "state_registration": "",
    }


def random_address(dice: random.Random, *, recipient: str) -> dict[str, object]:
    street, district, city, state, postal_code = dice.choice(PLACES)
    return {
        "street": street,
        "number": str(dice.randrange(1, 2000)),
        "complement": "",
        "district": district,
        "city": city,
        "state": state,
        "postal_code": postal_code,
        "country": "BR",
        "recipient": recipient,
    }


def random_lines(dice: random.Random) -> list[tuple[str, str, str]]:
    """One to three (sku, quantity, price)."""
    chosen = dice.sample(GOODS, dice.randint(1, 3))
    return [(sku, str(dice.randint(1, 3)), price) for sku, _, price in chosen]


def name_of(sku: str) -> str:
    return next((name for known, name, _ in GOODS if known == sku), f"Produto {sku}")


def cents(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.01")))
