"""What a product must be to be kept: the values of a form or of a spreadsheet row, made even and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

from stdnum import ean

from cais.catalog.models import Product
from cais.core.values import CENT, ZERO, digits, is_within

_LENGTHS = {"sku": 60, "name": 200, "unit": 6, "brand": 120, "description": 20_000}
_ORIGINS = {code for code, _ in Product.ORIGINS}
_MOST_MONEY = Decimal(10) ** 12 - CENT
_MOST_CM = Decimal(10) ** 6 - CENT
_MOST_GRAMS = 2_000_000_000


class Invalid(Exception):
    """`problems`: field → sentence for the user; the empty field is for what concerns the whole."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """A product to be. Lengths in centimetres, weight in grams, price in reais."""

    sku: str
    name: str
    gtin: str = ""
    ncm: str = ""
    origin: str = "0"
    unit: str = "UN"
    brand: str = ""
    category_id: int | None = None
    description: str = ""
    price: Decimal = ZERO
    weight_g: int = 0
    length_cm: Decimal = ZERO
    width_cm: Decimal = ZERO
    height_cm: Decimal = ZERO
    tracks_stock: bool = True
    active: bool = True

    def even(self) -> ProductDraft:
        """Without stray spaces and punctuation: NCM 6911.10.10 is 69111010."""
        return ProductDraft(
            **{
                **asdict(self),
                "sku": " ".join(self.sku.split()),
                "name": " ".join(self.name.split()),
                "gtin": digits(self.gtin) or self.gtin.strip(),
                "ncm": digits(self.ncm) or self.ncm.strip(),
                "origin": self.origin.strip(),
                "unit": self.unit.strip().upper() or "UN",
                "brand": " ".join(self.brand.split()),
                "description": self.description.replace("\r\n", "\n").strip(),
            }
        )

    def problems(self) -> dict[str, str]:
        """Field → what is wrong with it. Ask an even draft."""
        found = {
            "sku": "" if self.sku else "Escreva o SKU: é por ele que a loja e o ERP encontram o produto.",
            "name": "" if self.name else "Escreva o nome do produto.",
            "gtin": gtin_problem(self.gtin),
            "ncm": "" if not self.ncm or _is_ncm(self.ncm) else "O NCM tem 8 dígitos, como 6911.10.10.",
            "origin": "" if not self.origin or self.origin in _ORIGINS else "A origem é um dígito de 0 a 8.",
            "price": "" if is_within(self.price, ZERO, _MOST_MONEY) else "O preço é zero ou mais.",
            "weight_g": "" if 0 <= self.weight_g <= _MOST_GRAMS else "O peso é zero ou mais, em gramas.",
        }
        for field in ("length_cm", "width_cm", "height_cm"):
            if not is_within(getattr(self, field), ZERO, _MOST_CM):
                found[field] = "A medida é zero ou mais, em centímetros."
        for field, length in _LENGTHS.items():
            if len(getattr(self, field)) > length:
                found[field] = f"Use até {length:,} letras.".replace(",", ".")
        return {field: words for field, words in found.items() if words}


def gtin_problem(gtin: str) -> str:
    """Empty when there is none or when its check digit is right (8, 12, 13 or 14 digits)."""
    if not gtin or (gtin.isascii() and gtin.isdigit() and ean.is_valid(gtin)):
        return ""
    if gtin.isdigit() and len(gtin) in (8, 12, 13, 14):
        return "O último dígito do GTIN não confere. Compare com o código de barras."
    return "O GTIN tem 8, 12, 13 ou 14 dígitos. Sem código de barras, deixe em branco."


def _is_ncm(text: str) -> bool:
    return len(text) == 8 and text.isascii() and text.isdigit()
