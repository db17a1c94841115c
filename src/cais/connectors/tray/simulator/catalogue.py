"""The invented house-ware shop: what its products are, as data that a demonstration can register elsewhere too."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal

CSV_HEADERS = ("sku", "nome", "gtin", "ncm", "preco", "peso_g", "estoque")
_COMPANY_PREFIX = "7890000"


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a kit."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing on sale: grams, centimetres, reais. ``family`` and ``colour`` are set on variants only."""

    sku: str
    name: str
    gtin: str
    ncm: str
    price: Decimal
    weight: int
    length: int
    width: int
    height: int
    stock: int
    brand: str
    category: str
    family: str = ""
    colour: str = ""
    components: tuple[Component, ...] = ()


def gtin13(body: str) -> str:
    """Twelve digits and their check digit (GS1: weights 1 and 3 from the left)."""
    total = sum(int(digit) * (3 if position % 2 else 1) for position, digit in enumerate(body))
    return f"{body}{-total % 10}"


# sku | name | ncm | price | weight g | length x width x height cm | stock | brand | category
_SIMPLE = """
FER-FRI-20|Frigideira de ferro 20 cm|73239100|89.90|1450|36x21x5|60|Serra Velha|Panelas
FER-FRI-26|Frigideira de ferro 26 cm|73239100|129.90|2300|45x27x6|48|Serra Velha|Panelas
FER-CAC-24|Caçarola de ferro com tampa 24 cm|73239100|219.90|4600|33x26x16|30|Serra Velha|Panelas
FER-CHA-30|Chapa de ferro para fogão 30 cm|73239100|149.90|3400|44x30x3|25|Serra Velha|Panelas
FER-PAO-22|Forma de ferro para pão 22 cm|73239100|119.00|2100|24x12x9|22|Serra Velha|Panelas
ESM-CHA-18|Chaleira esmaltada 1,8 L|73239400|139.90|980|24x20x21|40|Ágata Azul|Chá e café
ESM-BUL-08|Bule esmaltado 800 ml|73239400|94.50|620|20x13x17|44|Ágata Azul|Chá e café
ESM-CAN-35|Caneca esmaltada 350 ml|73239400|34.90|160|12x9x8|180|Ágata Azul|Chá e café
ESM-LEI-12|Leiteira esmaltada 1,2 L|73239400|79.90|540|22x14x12|50|Ágata Azul|Chá e café
ESM-ASS-32|Assadeira esmaltada 32 cm|73239400|88.00|900|34x24x6|36|Ágata Azul|Forno
ESM-BAC-28|Bacia esmaltada 28 cm|73239400|69.90|610|29x29x9|28|Ágata Azul|Cozinha
INX-ESP-30|Espátula de inox 30 cm|82159910|27.90|110|31x8x2|150|Lume Sul|Utensílios
INX-CON-28|Concha de inox 28 cm|82159910|31.90|140|29x9x6|140|Lume Sul|Utensílios
INX-ESC-32|Escumadeira de inox 32 cm|82159910|31.90|130|33x11x4|120|Lume Sul|Utensílios
INX-PEN-18|Peneira de inox 18 cm|73239300|38.50|150|34x18x8|70|Lume Sul|Utensílios
INX-RAL-25|Ralador de inox 4 faces|82055100|45.90|260|25x11x9|65|Lume Sul|Utensílios
INX-BOW-20|Tigela de inox 20 cm|73239300|42.90|240|20x20x9|90|Lume Sul|Cozinha
INX-ESC-PR|Escorredor de pratos de inox|73239300|189.90|2100|45x30x25|18|Lume Sul|Cozinha
MAD-TAB-40|Tábua de corte em teca 40 cm|44191100|129.90|1800|40x26x3|40|Tronco & Cia|Madeira
MAD-TAB-28|Tábua de servir em teca 28 cm|44191100|84.90|850|28x18x2|55|Tronco & Cia|Madeira
MAD-COL-30|Colher de pau em jatobá 30 cm|44199000|22.90|70|30x6x2|200|Tronco & Cia|Madeira
MAD-ROL-45|Rolo de massa em marfim 45 cm|44199000|59.90|640|45x6x6|45|Tronco & Cia|Madeira
MAD-PIL-12|Pilão de madeira com socador|44199000|49.90|480|13x13x20|50|Tronco & Cia|Madeira
MAD-DES-06|Descanso de panela em teca|44199000|29.90|210|18x18x2|95|Tronco & Cia|Madeira
CER-PRA-27|Prato raso de cerâmica 27 cm|69120000|46.90|780|27x27x3|160|Barro Claro|Mesa
CER-PRA-21|Prato de sobremesa de cerâmica 21 cm|69120000|36.90|480|21x21x3|160|Barro Claro|Mesa
CER-TIG-16|Tigela de cerâmica 16 cm|69120000|39.90|420|16x16x7|130|Barro Claro|Mesa
CER-XIC-20|Xícara de cerâmica com pires 200 ml|69120000|44.90|390|16x16x8|110|Barro Claro|Chá e café
CER-MOR-10|Moringa de cerâmica com copo 1 L|69120000|99.90|1250|15x15x24|26|Barro Claro|Mesa
CER-TRA-30|Travessa oval de cerâmica 30 cm|69120000|92.90|1300|31x21x6|42|Barro Claro|Forno
CER-VAS-18|Vaso de cerâmica 18 cm|69139000|79.00|1100|18x18x20|24|Barro Claro|Casa
VID-JAR-12|Jarra de vidro 1,2 L|70134900|58.90|720|14x12x24|60|Praia Fria|Mesa
VID-COP-30|Copo de vidro canelado 300 ml|70133700|16.90|260|9x9x12|300|Praia Fria|Mesa
VID-TAC-45|Taça de vidro 450 ml|70132800|27.90|210|9x9x22|190|Praia Fria|Mesa
VID-POT-10|Pote hermético de vidro 1 L|70134900|39.90|650|11x11x16|120|Praia Fria|Organização
VID-POT-05|Pote hermético de vidro 500 ml|70134900|29.90|420|10x10x11|150|Praia Fria|Organização
VID-MOL-20|Molheira de vidro 200 ml|70134900|24.90|190|15x8x8|80|Praia Fria|Mesa
TEX-AVE-01|Avental de sarja com bolso|62114200|74.90|310|30x24x3|58|Tear Manso|Têxtil
TEX-LUV-02|Par de luvas térmicas|63049200|49.90|240|32x18x4|72|Tear Manso|Têxtil
TEX-CAM-04|Caminho de mesa em linho 180 cm|63025900|119.90|260|30x22x3|34|Tear Manso|Têxtil
TEX-GUA-06|Guardanapo de linho 40 cm|63025900|24.90|60|20x20x1|240|Tear Manso|Têxtil
CES-PAO-30|Cesto de palha para pão 30 cm|46021900|54.90|220|30x20x10|66|Trança Boa|Casa
CES-ROU-60|Cesto de vime para roupa 60 cm|46021900|239.90|2600|42x42x60|12|Trança Boa|Casa
CAF-COA-01|Coador de pano com cabo|63079090|18.90|40|25x12x2|170|Grão Raro|Chá e café
CAF-MOE-01|Moedor manual de café|82100010|179.90|780|18x10x22|28|Grão Raro|Chá e café
CAF-SUP-02|Suporte de madeira para coador|44199000|64.90|520|18x14x28|40|Grão Raro|Chá e café
BAR-SAC-01|Saca-rolhas de dois estágios|82055100|39.90|110|12x3x2|100|Lume Sul|Utensílios
BAR-ABR-01|Abridor de garrafas de parede|82055100|32.90|150|8x7x4|75|Lume Sul|Utensílios
"""

# Variants: family | colour | sku | then as above
_VARIANTS = """
TOALHA|Cru|TEX-TOA-CR|Toalha de mesa em linho 2 m|63025900|229.90|620|34x26x5|20|Tear Manso|Têxtil
TOALHA|Azul|TEX-TOA-AZ|Toalha de mesa em linho 2 m|63025900|229.90|620|34x26x5|20|Tear Manso|Têxtil
PANO|Listrado|TEX-PAN-LI|Pano de prato em algodão|63026000|19.90|90|24x18x1|220|Tear Manso|Têxtil
PANO|Xadrez|TEX-PAN-XA|Pano de prato em algodão|63026000|19.90|90|24x18x1|220|Tear Manso|Têxtil
GARRAFA|Preta|INX-GAR-PR|Garrafa térmica 1 L|96170010|159.90|720|12x12x30|32|Lume Sul|Chá e café
GARRAFA|Verde|INX-GAR-VE|Garrafa térmica 1 L|96170010|159.90|720|12x12x30|32|Lume Sul|Chá e café
"""

# Kits: sku | name | category | parts
_KITS = """
KIT-CAFE|Kit café da manhã|Chá e café|ESM-BUL-08*1 ESM-CAN-35*2 CAF-COA-01*1
KIT-FERRO|Kit primeira panela de ferro|Panelas|FER-FRI-20*1 FER-FRI-26*1 MAD-COL-30*1
KIT-MESA4|Kit mesa posta para quatro|Mesa|CER-PRA-27*4 CER-PRA-21*4 CER-TIG-16*4
KIT-POTES|Kit despensa em ordem|Organização|VID-POT-10*3 VID-POT-05*3
KIT-INOX|Kit utensílios de inox|Utensílios|INX-ESP-30*1 INX-CON-28*1 INX-ESC-32*1
KIT-LINHO|Kit mesa de linho|Têxtil|TEX-CAM-04*1 TEX-GUA-06*6
"""


def catalogue() -> list[Item]:
    """Every product, variant and kit, always the same, kits last."""
    rows = [("", "", *line.split("|")) for line in _SIMPLE.strip().splitlines()]
    rows += [tuple(line.split("|")) for line in _VARIANTS.strip().splitlines()]
    items = [_item(row, number) for number, row in enumerate(rows, start=1)]
    prices = {item.sku: item for item in items}
    kits = [line.split("|") for line in _KITS.strip().splitlines()]
    return items + [_kit(row, prices, number) for number, row in enumerate(kits, start=len(items) + 1)]


def catalogue_csv() -> str:
    """What a back office would import: the things that are stored, so variants but no kits."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(CSV_HEADERS)
    for item in catalogue():
        if not item.components:
            name = f"{item.name} {item.colour}".strip()
            writer.writerow((item.sku, name, item.gtin, item.ncm, item.price, item.weight, item.stock))
    return sheet.getvalue()


def _item(row: tuple[str, ...], number: int) -> Item:
    family, colour, sku, name, ncm, price, weight, size, stock, brand, category = row
    length, width, height = (int(side) for side in size.split("x"))
    return Item(
        sku=sku, name=name, gtin=_gtin(number), ncm=ncm, price=Decimal(price), weight=int(weight),
        length=length, width=width, height=height, stock=int(stock), brand=brand, category=category,
        family=family, colour=colour,
    )  # fmt: skip


def _kit(row: list[str], items: dict[str, Item], number: int) -> Item:
    sku, name, category, parts = row
    components = tuple(
        Component(sku=part, quantity=int(quantity)) for part, quantity in (piece.split("*") for piece in parts.split())
    )
    contents = [(items[component.sku], component.quantity) for component in components]
    return Item(
        sku=sku, name=name, gtin=_gtin(number), ncm="", category=category, brand=contents[0][0].brand,
        price=sum((item.price * quantity for item, quantity in contents), Decimal(0)),
        weight=sum(item.weight * quantity for item, quantity in contents),
        length=max(item.length for item, _ in contents), width=max(item.width for item, _ in contents),
        height=sum(item.height for item, _ in contents),
        stock=min(item.stock // quantity for item, quantity in contents), components=components,
    )  # fmt: skip


def _gtin(number: int) -> str:
    return gtin13(f"{_COMPANY_PREFIX}{number:05d}")
