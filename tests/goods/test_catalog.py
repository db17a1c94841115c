"""Products and kits: what is kept and what is refused, by hand and by spreadsheet."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cais.catalog import kit_import, kits, product_import, services, uploads
from cais.catalog.drafts import Invalid, ProductDraft
from cais.catalog.kits import Part
from cais.catalog.models import Product, Upload
from cais.catalog.spreadsheet import Unusable
from cais.companies.scope import group_scope
from cais.stock.models import Balance
from tests.goods.conftest import Shop, make_shop

DRAFT = ProductDraft(sku="GAR-1L", name="Garrafa térmica 1 L", gtin="7891000315507", ncm="9617.00.10")


def test_a_product_is_kept_without_stray_spaces_and_punctuation(shop: Shop) -> None:
    product = services.create(shop.group, replace(DRAFT, sku="  GAR  1L ", unit="un"))
    product.refresh_from_db()
    assert (product.sku, product.ncm, product.unit, product.is_complete) == ("GAR 1L", "96170010", "UN", True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sku", " "),
        ("sku", "x" * 61),
        ("name", ""),
        ("gtin", "7891000315508"),
        ("gtin", "123"),
        ("gtin", "SEM GTIN"),
        ("ncm", "1234567"),
        ("ncm", "abc"),
        ("origin", "9"),
        ("unit", "CENTENA"),
        ("price", Decimal("-0.01")),
        ("weight_g", -1),
        ("height_cm", Decimal(-1)),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(shop: Shop, field: str, value: object) -> None:
    with pytest.raises(Invalid) as caught:
        services.create(shop.group, replace(DRAFT, **{field: value}))  # type: ignore[arg-type]
    assert list(caught.value.problems) == [field]


@pytest.mark.parametrize("gtin", ["", "78910003", "036000291452", "7891000315507", "17891000315504"])
def test_every_length_of_gtin_is_accepted(shop: Shop, gtin: str) -> None:
    assert services.create(shop.group, replace(DRAFT, gtin=gtin)).gtin == gtin


def test_a_sku_is_taken_once_per_group_only(shop: Shop) -> None:
    with pytest.raises(Invalid, match="Já existe"):
        services.create(shop.group, replace(DRAFT, sku="XIC-200"))
    services.edit(shop.cup, replace(DRAFT, sku="XIC-200"))
    with group_scope(make_shop("Outro").group.pk):
        pass  # the same SKUs were just made there


def test_a_product_leaves_use_and_comes_back(shop: Shop) -> None:
    services.deactivate(shop.cup)
    assert list(Product.objects.inactive()) == [shop.cup]
    services.activate(shop.cup)
    assert not Product.objects.inactive().exists()


def test_the_set_of_incomplete_products_is_what_each_product_says(shop: Shop) -> None:
    services.create(shop.group, DRAFT)
    services.create(shop.group, replace(DRAFT, sku="S-ORIGEM", origin=""))
    incomplete = set(Product.objects.incomplete())
    assert {product for product in Product.objects.all() if not product.is_complete} == incomplete
    assert len(incomplete) == 4


def test_search_finds_every_word_in_any_order_and_the_whole_gtin(shop: Shop) -> None:
    product = services.create(shop.group, DRAFT)
    for text in ("térmica garrafa", "gar-1l", "7891000315507"):
        assert list(Product.objects.all().matching(text)) == [product], text
    assert not Product.objects.all().matching("garrafa azul").exists()


def test_a_kit_is_changed_whole(shop: Shop) -> None:
    kits.compose(shop.tea_set, [Part(shop.cup.pk, Decimal("4.5"))])
    assert [(part.product, part.quantity) for part in shop.tea_set.components.all()] == [(shop.cup, Decimal("4.5"))]


def test_a_kit_needs_components_that_are_no_kits(shop: Shop) -> None:
    other = services.create(shop.group, DRAFT)
    cases = {
        "pelo menos um": [],
        "duas vezes": [Part(shop.cup.pk, Decimal(1)), Part(shop.cup.pk, Decimal(2))],
        "a si mesmo": [Part(other.pk, Decimal(1))],
        "também é um kit": [Part(shop.tea_set.pk, Decimal(1))],
        "maior que zero": [Part(shop.cup.pk, Decimal(0))],
        "quatro casas": [Part(shop.cup.pk, Decimal("0.00001"))],
        "não existe": [Part(10**9, Decimal(1))],
    }
    for words, parts in cases.items():
        with pytest.raises(Invalid, match=words):
            kits.compose(other, parts)
    other.refresh_from_db()
    assert not other.is_kit


def test_a_component_or_a_product_with_stock_cannot_become_a_kit(shop: Shop) -> None:
    other = services.create(shop.group, DRAFT)
    with pytest.raises(Invalid, match="outro kit"):
        kits.compose(shop.cup, [Part(other.pk, Decimal(1))])
    Balance.objects.create(group=shop.group, product=other, warehouse=shop.front, on_hand=Decimal(1))
    with pytest.raises(Invalid, match="estoque próprio"):
        kits.compose(other, [Part(shop.cup.pk, Decimal(1))])


def test_a_spreadsheet_makes_changes_and_leaves_alone(shop: Shop) -> None:
    text = "sku;nome;preco;ncm\nNOVO;Novo produto;1.234,56;69111010\nXIC-200;;35.5;\nBAN-30;Bandeja 30 cm;;\n"
    made = product_import.plan(shop.group, text.encode())
    assert (made.new, made.changed, made.same, list(made.problems)) == (1, 1, 1, [])
    assert product_import.apply(shop.group, made) == 2
    new, cup = Product.objects.get(sku="NOVO"), Product.objects.get(sku="XIC-200")
    assert (new.price, new.ncm, cup.pk) == (Decimal("1234.56"), "69111010", shop.cup.pk)
    assert (cup.name, cup.price) == ("Xícara branca 200 ml", Decimal("35.50"))


def test_each_wrong_row_says_which_and_why(shop: Shop) -> None:
    text = (
        "sku;nome;gtin;ncm;origem;preco;controla_estoque\n"
        "A;Bom;;;0;1;sim\n"
        ";Sem SKU;;;0;1;sim\n"
        "B;;;;0;1;sim\n"
        "C;GTIN;7891000315508;;0;1;sim\n"
        "D;NCM;;123;0;1;sim\n"
        "E;Origem;;;x;1;sim\n"
        "F;Preço;;;0;dez;talvez\n"
        "A;De novo;;;0;1;sim\n"
    )
    made = product_import.plan(shop.group, text.encode())
    assert [line.draft.sku for line in made.lines] == ["A"]
    assert [(problem.row, problem.column) for problem in made.problems] == [
        (3, "sku"),
        (4, "nome"),
        (5, "gtin"),
        (6, "ncm"),
        (7, "origem"),
        (8, "preco"),
        (8, "controla_estoque"),
        (9, "sku"),
    ]
    assert "linha 2" in made.problems[-1].words


def test_planning_an_import_writes_nothing(shop: Shop) -> None:
    product_import.plan(shop.group, b"sku;nome\nNOVO;Novo\n")
    assert not Product.objects.filter(sku="NOVO").exists()


def test_a_spreadsheet_of_kits_replaces_the_components_it_names(shop: Shop) -> None:
    services.create(shop.group, DRAFT)
    text = "kit_sku;componente_sku;quantidade\nKIT-CHA;XIC-200;4\nKIT-CHA;BAN-30;1\nGAR-1L;BAN-30;0,5\n"
    made = kit_import.plan(shop.group, text.encode())
    assert (made.new, made.changed, made.same, list(made.problems)) == (1, 1, 0, [])
    assert kit_import.apply(shop.group, made) == 2
    assert Product.objects.get(sku="GAR-1L").is_kit
    assert set(shop.tea_set.components.values_list("quantity", flat=True)) == {Decimal(4), Decimal(1)}


def test_a_kit_with_one_wrong_row_is_wrong_as_a_whole(shop: Shop) -> None:
    services.create(shop.group, DRAFT)
    text = (
        "kit_sku;componente_sku;quantidade\n"
        "KIT-CHA;XIC-200;4\n"
        "KIT-CHA;NADA;1\n"
        "GAR-1L;KIT-CHA;1\n"
        "SUMIU;XIC-200;1\n"
        "XIC-200;BAN-30;1\n"
    )
    made = kit_import.plan(shop.group, text.encode())
    assert list(made.lines) == []
    # Row 2 is wrong too: this file would make the cup a kit, and a kit holds no kit.
    assert [problem.row for problem in made.problems] == [2, 3, 4, 5, 6]


def test_an_upload_is_kept_for_its_group_only_and_within_bounds(shop: Shop) -> None:
    uploads.keep(shop.group, purpose="products", name="p.csv", content=b"sku")
    with pytest.raises(Unusable):
        uploads.keep(shop.group, purpose="products", name="p.csv", content=b"x" * (5 * 1024 * 1024 + 1))
    with group_scope(make_shop("Outro").group.pk):
        assert Upload.objects.count() == 0
