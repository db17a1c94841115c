"""The merchant's tree of categories: by hand, by spreadsheet, and by two people at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from cais.catalog import categories, product_import, services
from cais.catalog.categories import Tree
from cais.catalog.drafts import Invalid, ProductDraft
from cais.catalog.hints import products_changed
from cais.catalog.models import Category, Product
from cais.companies.scope import group_scope
from tests.goods.conftest import Shop, at_once, make_member, make_shop

DRAFT = ProductDraft(sku="PAN-1", name="Panela")


def kitchen(shop: Shop) -> tuple[Category, Category]:
    above = categories.add(shop.group, "Cozinha")
    return above, categories.add(shop.group, " Panelas  de ferro ", parent=above.pk)


def test_a_category_is_known_by_its_path(shop: Shop) -> None:
    above, pans = kitchen(shop)
    garden = categories.add(shop.group, "Área externa")
    tree = Tree.of(shop.group)
    assert tree.path(pans.pk) == "Cozinha › Panelas de ferro"
    assert [row.pk for row in tree.walk()] == [garden.pk, above.pk, pans.pk]
    assert tree.lineage(pans.pk) == [pans.pk, above.pk]
    assert tree.find(("cozinha", "PANELAS DE FERRO")) == pans.pk


@pytest.mark.parametrize("name", ["", "  ", "Cama › Mesa", "Cama > Mesa", "x" * 61, "COZÍNHA"])
def test_a_name_that_cannot_be_told_apart_is_refused(shop: Shop, name: str) -> None:
    categories.add(shop.group, "Cozinha")
    with pytest.raises(Invalid) as caught:
        categories.add(shop.group, name)
    assert list(caught.value.problems) == ["name"]


def test_the_same_name_may_stand_in_two_places(shop: Shop) -> None:
    above, _ = kitchen(shop)
    categories.add(shop.group, "Panelas de ferro")
    with pytest.raises(Invalid, match="Já existe"):
        categories.add(shop.group, "panelas de ferro", parent=above.pk)


def test_a_category_moves_with_what_lies_in_it_and_never_into_itself(shop: Shop) -> None:
    above, pans = kitchen(shop)
    house = categories.add(shop.group, "Casa")
    categories.edit(shop.group, above.pk, name="Cozinha", parent=house.pk)
    assert Tree.of(shop.group).path(pans.pk) == "Casa › Cozinha › Panelas de ferro"
    for inside in (house, above, pans):
        with pytest.raises(Invalid, match="dentro dela mesma"):
            categories.edit(shop.group, house.pk, name="Casa", parent=inside.pk)


def test_no_more_than_six_levels_also_when_a_whole_branch_is_moved(shop: Shop) -> None:
    deep = categories.ensure(shop.group, [tuple("abcde")])[tuple("abcde")]
    _, pans = kitchen(shop)
    categories.edit(shop.group, pans.pk, name="Panelas", parent=deep)
    with pytest.raises(Invalid, match="6 níveis"):
        categories.add(shop.group, "Woks", parent=pans.pk)
    root, top = categories.add(shop.group, "z"), Tree.of(shop.group).find(("a",))
    assert top is not None
    with pytest.raises(Invalid, match="6 níveis"):
        categories.edit(shop.group, top, name="a", parent=root.pk)


def test_a_category_of_another_group_is_none_of_ours(shop: Shop) -> None:
    with group_scope((other := make_shop("Outro")).group.pk):
        theirs = categories.add(other.group, "Cozinha")
    with group_scope(shop.group.pk):
        with pytest.raises(Invalid):
            categories.add(shop.group, "Panelas", parent=theirs.pk)
        with pytest.raises(Invalid) as caught:
            services.create(shop.group, replace(DRAFT, category_id=theirs.pk))
    assert list(caught.value.problems) == ["category_id"]


def test_only_what_is_empty_is_taken_away(shop: Shop) -> None:
    above, pans = kitchen(shop)
    product = services.create(shop.group, replace(DRAFT, category_id=pans.pk))
    with pytest.raises(Invalid, match="outras dentro"):
        categories.remove(shop.group, above.pk)
    with pytest.raises(Invalid, match="Há produtos"):
        categories.remove(shop.group, pans.pk)
    services.edit(product, replace(DRAFT, category_id=above.pk))
    categories.remove(shop.group, pans.pk)
    categories.remove(shop.group, pans.pk)  # pressed twice
    assert list(Category.objects.all()) == [above]


def test_moving_a_branch_says_that_its_products_are_others_now(shop: Shop) -> None:
    above, pans = kitchen(shop)
    house = categories.add(shop.group, "Casa")
    product = services.create(shop.group, replace(DRAFT, category_id=pans.pk))
    heard: list[frozenset[int]] = []

    def listen(sender: object, *, product_ids: frozenset[int], **_: object) -> None:
        heard.append(product_ids)

    products_changed.connect(listen)
    try:
        categories.edit(shop.group, above.pk, name="Cozinhas", parent=None)
        assert heard == []  # another name changes nothing of what is in it
        categories.edit(shop.group, above.pk, name="Cozinhas", parent=house.pk)
    finally:
        products_changed.disconnect(listen)
    assert heard == [frozenset([product.pk])]


def test_of_two_who_make_the_same_category_at_once_one_is_told(committed_shop: Shop) -> None:
    def make() -> str:
        try:
            return categories.add(committed_shop.group, "Cozinha").name
        except Invalid as refused:
            return str(refused)

    assert sorted(at_once(committed_shop, make, make)) == ["Cozinha", "Já existe Cozinha neste lugar."]


def test_a_category_is_not_taken_away_from_under_a_product_that_is_put_there(committed_shop: Shop) -> None:
    shop = committed_shop
    category = categories.add(shop.group, "Cozinha")

    def put() -> bool:
        try:
            return bool(services.edit(shop.cup, ProductDraft(sku="XIC-200", name="Xícara", category_id=category.pk)))
        except Invalid:
            return False

    def take() -> bool:
        try:
            categories.remove(shop.group, category.pk)
        except Invalid:
            return False
        return True

    assert sorted(at_once(shop, put, take)) == [False, True]
    shop.cup.refresh_from_db()
    assert Category.objects.exists() == (shop.cup.category_id is not None)


SHEET = """sku;categoria;marca;descricao
XIC-200;Cozinha > Xícaras;Jurubim;"Branca.
Vai ao forno."
BAN-30;cozinha › Bandejas;;
"""


def test_a_spreadsheet_makes_the_levels_that_are_missing_after_saying_how_many(shop: Shop) -> None:
    categories.add(shop.group, "Cozinha")
    made = product_import.plan(shop.group, SHEET.encode())
    assert (made.new_categories, made.changed, made.problems) == (2, 2, [])
    assert Category.objects.count() == 1  # a plan writes nothing
    assert product_import.apply(shop.group, made) == 2
    shop.cup.refresh_from_db()
    shop.tray.refresh_from_db()
    tree = Tree.of(shop.group)
    assert (tree.path(shop.cup.category_id), shop.cup.brand) == ("Cozinha › Xícaras", "Jurubim")
    assert tree.path(shop.tray.category_id) == "Cozinha › Bandejas"
    assert shop.cup.description == "Branca.\nVai ao forno."
    again = product_import.plan(shop.group, SHEET.encode())
    assert (again.new_categories, again.same) == (0, 2)


def test_a_product_moves_to_a_category_that_the_file_makes(shop: Shop) -> None:
    old = categories.add(shop.group, "Velha")
    services.edit(shop.cup, ProductDraft(sku="XIC-200", name="Xícara", category_id=old.pk))
    services.edit(shop.tray, ProductDraft(sku="BAN-30", name="Bandeja"))
    made = product_import.plan(shop.group, b"sku;categoria\nXIC-200;Nova\nBAN-30;Nova\n")
    assert (made.changed, made.new_categories) == (2, 1)
    product_import.apply(shop.group, made)
    assert set(Product.objects.filter(category__name="Nova").values_list("sku", flat=True)) == {"XIC-200", "BAN-30"}


@pytest.mark.parametrize("path", ["Cozinha > ", "> Panelas", "a>b>c>d>e>f>g", "x" * 61])
def test_a_path_that_cannot_be_read_is_a_problem_of_its_row(shop: Shop, path: str) -> None:
    made = product_import.plan(shop.group, f"sku;categoria\nXIC-200;{path}\n".encode())
    assert [(problem.row, problem.column) for problem in made.problems] == [(2, "categoria")]


def test_what_leaves_as_a_spreadsheet_comes_in_again_unchanged(shop: Shop, client: Client) -> None:
    product_import.apply(shop.group, product_import.plan(shop.group, SHEET.encode()))
    services.create(shop.group, replace(DRAFT, sku="-50", name="=Desconto", brand="@marca"))
    client.force_login(make_member(shop.group, "reader", "r@jurubim.example"))
    sent = client.get(f"/g/{shop.group.slug}/produtos/planilha/").content
    with group_scope(shop.group.pk):
        again = product_import.plan(shop.group, sent)
    assert (again.same, again.new, again.changed, again.problems) == (4, 0, 0, [])


def test_the_list_shows_a_category_with_all_that_lies_in_it(shop: Shop, client: Client) -> None:
    above, pans = kitchen(shop)
    services.create(shop.group, replace(DRAFT, category_id=pans.pk))
    client.force_login(make_member(shop.group, "operator", "o@jurubim.example"))
    url = f"/g/{shop.group.slug}/produtos/"
    assert "PAN-1" in client.get(url, {"categoria": above.pk}).content.decode()
    inside = client.get(url, {"categoria": pans.pk, "q": "panela"}).content.decode()
    assert "PAN-1" in inside
    assert "XIC-200" not in inside
    nowhere = client.get(url, {"categoria": "nenhuma"}).content.decode()
    assert "XIC-200" in nowhere
    assert "PAN-1" not in nowhere
    assert "XIC-200" in client.get(url, {"categoria": "999"}).content.decode()  # of another list: nothing is filtered


def test_a_category_is_made_renamed_and_taken_away_on_screen(shop: Shop, client: Client) -> None:
    client.force_login(make_member(shop.group, "operator", "o@jurubim.example"))
    listed = f"/g/{shop.group.slug}/produtos/categorias/"
    assert "Nenhuma categoria ainda" in client.get(listed).content.decode()
    client.post(listed, {"name": "Cozinha", "parent": ""})
    twice = client.post(listed, {"name": "Cozinha", "parent": ""})
    assert twice.status_code == 422
    assert "Já existe Cozinha neste lugar." in twice.content.decode()
    with group_scope(shop.group.pk):
        pk = Category.objects.get().pk
    client.post(f"{listed}{pk}/", {"name": "Cozinha e mesa", "parent": ""})
    client.post(f"{listed}{pk}/apagar/")
    assert client.post(f"{listed}{pk}/apagar/").status_code == 302
    with group_scope(shop.group.pk):
        assert not Category.objects.exists()
