"""The screens of goods, asked as a browser asks: who may, what is shown, what is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cais.backoffice.models import SalesOrder
from cais.catalog.models import Product, Upload
from cais.companies.scope import group_scope
from cais.core.documents import Address, BuyerDoc
from cais.customers.models import Customer
from cais.customers.services import register
from cais.movements.models import Fulfilment, Movement
from cais.stock import services
from cais.stock.models import LedgerEntry
from cais.stock.selectors import figures
from tests.goods.conftest import Shop, make_member, make_order, make_shop
from tests.goods.test_backoffice import CONNECTOR, _account, _order

CPF = "52998224725"
Browser = Callable[[str], Client]


@pytest.fixture
def browser(shop: Shop) -> Browser:
    """A client signed in as a member with this role; `stranger` is a member of another group."""

    def signed_in(role: str) -> Client:
        group = make_shop("Outro").group if role == "stranger" else shop.group
        client = Client()
        client.force_login(make_member(group, "reader" if role == "stranger" else role, f"{role}@example.com"))
        return client

    return signed_in


@pytest.fixture
def sold(shop: Shop) -> SalesOrder:
    register(shop.group.pk, {"1": (BuyerDoc(name="Ana Prado", document=CPF), Address(city="Lages", state="SC"))})
    done = CONNECTOR.ensure_order(_account(shop), _order("r1"))
    return SalesOrder.objects.get(pk=done.external_id)


def _text(html: bytes) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.decode())))


def _at(path: str) -> str:
    return f"/g/jurubim/{path}"


def _send(client: Client, path: str, content: str, *, mode: str) -> str:
    """Send a spreadsheet; the address of its preview."""
    file = SimpleUploadedFile("planilha.csv", content.encode())
    answer = client.post(_at(path), {"mode": mode, "file": file})
    assert answer.status_code == 302, _text(answer.content)
    return str(answer["Location"])


PAGES = ("produtos/", "estoque/", "clientes/", "pedidos-de-venda/")
EDITORS = ("produtos/novo/", "produtos/novo-kit/", "produtos/importar/", "estoque/importar/")


@pytest.mark.parametrize(
    ("role", "look", "edit"),
    [
        ("administrator", 200, 200),
        ("operator", 200, 200),
        ("fiscal", 200, 403),
        ("reader", 200, 403),
        ("stranger", 404, 404),
    ],
)
def test_who_sees_and_who_edits(browser: Browser, role: str, look: int, edit: int) -> None:
    client = browser(role)
    assert {path: client.get(_at(path)).status_code for path in PAGES} == dict.fromkeys(PAGES, look)
    assert {path: client.get(_at(path)).status_code for path in EDITORS} == dict.fromkeys(EDITORS, edit)


def test_nobody_enters_without_signing_in(shop: Shop) -> None:
    for path in (*PAGES, *EDITORS):
        answer = Client().get(_at(path))
        assert (answer.status_code, "/conta/" in answer.headers["Location"]) == (302, True)


def test_a_reader_changes_nothing(shop: Shop, browser: Browser, sold: SalesOrder) -> None:
    client = browser("reader")
    customer = Customer.objects.get()
    paths = (
        f"produtos/{shop.cup.pk}/",
        f"produtos/{shop.cup.pk}/uso/",
        f"estoque/{shop.cup.pk}/",
        f"clientes/{customer.pk}/",
        f"clientes/{customer.pk}/aceitar-loja/",
    )
    assert {path: client.post(_at(path), {"ativo": "nao"}).status_code for path in paths} == dict.fromkeys(paths, 403)
    page = client.get(_at(f"produtos/{shop.cup.pk}/")).content.decode()
    assert 'id="produto"' not in page
    assert "Desativar" not in page


def test_the_rows_of_another_group_do_not_exist(shop: Shop, browser: Browser) -> None:
    other = make_shop("Outro")
    client = browser("administrator")
    with group_scope(other.group.pk):
        customer = Customer.objects.create(group=other.group, name="Intruso")
    for path in (f"produtos/{other.cup.pk}/", f"estoque/{other.cup.pk}/", f"clientes/{customer.pk}/"):
        assert client.get(_at(path)).status_code == 404


def test_no_page_carries_inline_style_or_script(shop: Shop, browser: Browser, sold: SalesOrder) -> None:
    client = browser("administrator")
    customer = Customer.objects.get()
    details = (f"produtos/{shop.tea_set.pk}/", f"estoque/{shop.cup.pk}/", f"clientes/{customer.pk}/")
    for path in (*PAGES, *EDITORS, *details, f"pedidos-de-venda/{sold.pk}/"):
        page = client.get(_at(path)).content.decode()
        assert not re.search(r"\sstyle=|<script>|\son[a-z]+=", page), path
        assert page.count("<h1") == 1, path
        assert page.count("btn-primary") <= 1, path


@pytest.mark.parametrize(
    "path", [f"{page}?q=%00x&depois=[" for page in PAGES] + ['produtos/?depois=["a","b"]', "estoque/?depois=[1]"]
)
def test_an_invented_address_is_only_the_first_page(browser: Browser, path: str) -> None:
    assert browser("reader").get(_at(path)).status_code == 200


def test_following_the_pages_shows_every_product_once_and_leads_back(shop: Shop, browser: Browser) -> None:
    Product.objects.bulk_create(Product(group=shop.group, sku=f"P-{i:03d}", name="Prato") for i in range(120))
    client = browser("reader")
    seen: list[str] = []
    url = "?q=prato"
    pages = []
    while url:
        answer = client.get(_at("produtos/") + url)
        pages.append([product.sku for product, *_ in answer.context["rows"]])
        seen += pages[-1]
        url = answer.context["page"].next_url
    assert seen == [f"P-{i:03d}" for i in range(120)]
    assert [len(page) for page in pages] == [50, 50, 20]
    back = client.get(_at("produtos/") + answer.context["page"].previous_url)
    assert [product.sku for product, *_ in back.context["rows"]] == pages[1]
    first = client.get(_at("produtos/") + back.context["page"].previous_url)
    assert [product.sku for product, *_ in first.context["rows"]] == pages[0]
    assert first.context["page"].previous_url == ""


def test_empty_lists_say_what_will_be_there(browser: Browser) -> None:
    client = browser("operator")
    assert "chegam sozinhos" in _text(client.get(_at("clientes/")).content)
    assert "Nenhum produto com este filtro" in _text(client.get(_at("produtos/?q=zzz")).content)
    assert "Nada falta" in _text(client.get(_at("estoque/?aba=faltando")).content)


def test_a_product_is_made_and_edited_with_brazilian_numbers(shop: Shop, browser: Browser) -> None:
    client = browser("operator")
    typed = {"sku": "NOVO", "name": "Bule", "unit": "UN", "price": "1.234,50", "origin": "0", "tracks_stock": "on"}
    assert client.post(_at("produtos/novo/"), typed).status_code == 302
    product = Product.objects.get(sku="NOVO")
    assert product.price == Decimal("1234.50")
    assert 'value="1234,50"' in client.get(_at(f"produtos/{product.pk}/")).content.decode()
    assert client.post(_at(f"produtos/{product.pk}/"), {**typed, "ncm": "6911.10.10"}).status_code == 302
    product.refresh_from_db()
    assert (product.ncm, product.price, product.is_kit) == ("69111010", Decimal("1234.50"), False)


def test_what_was_typed_stays_beside_its_error(shop: Shop, browser: Browser) -> None:
    answer = browser("operator").post(
        _at("produtos/novo/"), {"sku": "XIC-200", "name": "Bule", "unit": "UN", "ncm": "12"}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Já existe um produto com este SKU." in page
    assert "O NCM tem 8 dígitos" in page
    assert 'value="Bule"' in page


def _lines(*lines: tuple[str, str]) -> dict[str, str]:
    typed = {"kit-TOTAL_FORMS": str(len(lines)), "kit-INITIAL_FORMS": "0"}
    for index, (sku, quantity) in enumerate(lines):
        typed |= {f"kit-{index}-sku": sku, f"kit-{index}-quantity": quantity}
    return typed


def test_a_kit_is_made_whole_or_not_at_all(shop: Shop, browser: Browser) -> None:
    client = browser("operator")
    typed = {"sku": "KIT-2", "name": "Par de xícaras", "unit": "UN"}
    wrong = client.post(_at("produtos/novo-kit/"), {**typed, **_lines(("XIC-200", "2"), ("NADA", "1"))})
    assert (wrong.status_code, "Não existe produto com este SKU" in wrong.content.decode()) == (422, True)
    both = client.post(_at("produtos/novo-kit/"), {"unit": "UN", **_lines(("NADA", ""))})
    assert {"Escreva o nome do produto.", "Não existe produto com este SKU.", "Escreva a quantidade."} <= {
        text.strip() for text in re.findall(r"<span>([^<]+)</span>", both.content.decode())
    }
    empty = client.post(_at("produtos/novo-kit/"), {**typed, **_lines(("", ""))})
    assert (empty.status_code, "pelo menos um componente" in _text(empty.content)) == (422, True)
    assert not Product.objects.filter(sku="KIT-2").exists()
    assert client.post(_at("produtos/novo-kit/"), {**typed, **_lines(("XIC-200", "2"), ("", ""))}).status_code == 302
    assert Product.objects.get(sku="KIT-2").components.get().quantity == 2


def test_a_product_goes_out_of_use_by_a_button(shop: Shop, browser: Browser) -> None:
    client = browser("operator")
    client.post(_at(f"produtos/{shop.cup.pk}/uso/"), {"ativo": "nao"})
    assert [product.sku for product, *_ in client.get(_at("produtos/?aba=inativos")).context["rows"]] == ["XIC-200"]


def test_a_spreadsheet_changes_nothing_before_a_person_says_so(shop: Shop, browser: Browser) -> None:
    client = browser("operator")
    preview = _send(client, "produtos/importar/", "sku;nome\nNOVO;Bule\n", mode="products")
    assert "1 produto novo" in _text(client.get(preview).content)
    assert not Product.objects.filter(sku="NOVO").exists()
    assert client.post(preview).status_code == 302
    assert Product.objects.filter(sku="NOVO").exists()
    assert not Upload.objects.exists()


def test_a_wrong_row_stops_the_file_unless_only_the_right_ones_are_wanted(shop: Shop, browser: Browser) -> None:
    client = browser("operator")
    preview = _send(client, "produtos/importar/", "sku;nome;ncm\nNOVO;Bule;\nRUIM;Bule;12\n", mode="products")
    assert client.post(preview).status_code == 422
    assert not Product.objects.filter(sku="NOVO").exists()
    assert client.post(preview, {"decisao": "so_certas"}).status_code == 302
    assert set(Product.objects.filter(sku__in=["NOVO", "RUIM"]).values_list("sku", flat=True)) == {"NOVO"}


def test_pressing_import_twice_receives_once(shop: Shop, browser: Browser) -> None:
    client = browser("operator")
    preview = _send(client, "estoque/importar/", "sku;deposito;quantidade\nXIC-200;Loja;5\n", mode="receive")
    client.post(preview)
    again = client.post(preview, follow=True)
    assert "já foi importada" in _text(again.content)
    assert figures(shop.group, [shop.cup.pk])[shop.cup.pk].on_hand == 5


def test_a_discarded_file_is_gone(shop: Shop, browser: Browser) -> None:
    client = browser("operator")
    preview = _send(client, "produtos/importar/", "sku;nome\nNOVO;Bule\n", mode="products")
    client.post(preview, {"decisao": "descartar"})
    assert not Upload.objects.exists()
    assert not Product.objects.filter(sku="NOVO").exists()


def test_a_file_that_is_no_spreadsheet_says_so(browser: Browser) -> None:
    client = browser("operator")
    preview = _send(client, "produtos/importar/", "nome\nBule\n", mode="products")
    assert "Falta a coluna sku" in _text(client.get(preview).content)


def test_a_preview_of_products_is_no_preview_of_stock(browser: Browser) -> None:
    client = browser("operator")
    preview = _send(client, "produtos/importar/", "sku;nome\nNOVO;Bule\n", mode="products")
    key = preview.rstrip("/").rsplit("/", 1)[1]
    assert client.get(_at(f"estoque/importar/{key}/")).status_code == 302


def test_stock_is_entered_by_hand_in_the_persons_name(shop: Shop, browser: Browser) -> None:
    client = browser("operator")
    typed = {"kind": "receive", "warehouse": str(shop.front.pk), "quantity": "2,5"}
    assert client.post(_at(f"estoque/{shop.cup.pk}/"), typed).status_code == 302
    assert LedgerEntry.objects.values_list("on_hand", "actor_name").get() == (Decimal("2.5"), "Rosana Feitosa")
    wrong = client.post(
        _at(f"estoque/{shop.cup.pk}/"), {**typed, "kind": "adjust", "quantity": "-3", "reason": "quebra"}
    )
    assert (wrong.status_code, "Não há tanto em Loja: há 2,5." in _text(wrong.content)) == (422, True)
    assert "+2,5" in _text(client.get(_at(f"estoque/{shop.cup.pk}/")).content).replace("+ ", "+")


def test_a_kit_has_no_ledger_of_its_own(shop: Shop, browser: Browser) -> None:
    assert browser("operator").get(_at(f"estoque/{shop.tea_set.pk}/")).status_code == 302


def test_the_stock_list_shows_both_warehouses_and_the_kits_that_can_be_built(shop: Shop, browser: Browser) -> None:
    services.receive(shop.cup, shop.front, Decimal(13), actor_name="x")
    services.receive(shop.tray, shop.back, Decimal(3), actor_name="x")
    text = _text(browser("reader").get(_at("estoque/")).content)
    assert "monta 2" in text
    assert "Loja Fundos" in text


def test_a_cpf_is_masked_in_lists_and_whole_for_who_works_there(shop: Shop, browser: Browser, sold: SalesOrder) -> None:
    customer = Customer.objects.get()
    for role, whole in (("fiscal", True), ("reader", False)):
        client = browser(role)
        listed = _text(client.get(_at("clientes/")).content)
        assert "***.982.247-**" in listed
        assert "529.982.247-25" not in listed
        for path in (f"clientes/{customer.pk}/", f"pedidos-de-venda/{sold.pk}/"):
            page = client.get(_at(path)).content.decode()
            assert ("529.982.247-25" in page) is whole, (role, path)


def test_a_customer_shows_when_they_last_bought_and_leads_to_the_order(shop: Shop, browser: Browser) -> None:
    customer = Customer.objects.create(group=shop.group, name="Ana Prado", document=CPF)
    order = make_order(shop, customer=customer)
    client = browser("reader")
    assert "2026-11-17T13:42" in client.get(_at("clientes/")).content.decode()
    assert f"/pedidos/{order.pk}/" in client.get(_at(f"clientes/{customer.pk}/")).content.decode()


def test_a_sales_order_leads_to_the_order_of_the_store(shop: Shop, browser: Browser, sold: SalesOrder) -> None:
    order = make_order(shop)
    movement = Movement.objects.create(group=shop.group, order=order, connection=order.connection)
    Fulfilment.objects.create(
        group=shop.group, movement=movement, order=order, company=shop.company, reference=sold.reference
    )
    page = browser("reader").get(_at(f"pedidos-de-venda/{sold.pk}/")).content.decode()
    assert f"/pedidos/{order.pk}/" in page


def test_the_stock_list_says_how_many_are_lacking(shop: Shop, browser: Browser) -> None:
    make_order(shop)
    text = _text(browser("reader").get(_at("estoque/?aba=faltando")).content)
    assert "Falta estoque 1 UN" in text.replace("\u00a0", " ")


def test_an_edited_customer_is_marked_as_corrected(shop: Shop, browser: Browser, sold: SalesOrder) -> None:
    client, customer = browser("fiscal"), Customer.objects.get()
    typed = {"name": "Ana Prado Lima", "document": "529.982.247-25", "city": "Lages", "state": "SC"}
    page = client.post(_at(f"clientes/{customer.pk}/"), typed, follow=True)
    assert "Corrigido aqui; a loja não muda: nome" in _text(page.content)
    client.post(_at(f"clientes/{customer.pk}/aceitar-loja/"))
    customer.refresh_from_db()
    assert (customer.name, customer.corrected) == ("Ana Prado Lima", [])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tipo=PEW", 1),
        ("tipo=OUTRO", 0),
        ("tag=Tray", 1),
        ("tag=Outra", 0),
        ("q=48231", 1),
        ("q=1", 1),
        ("q=ana", 1),
        ("q=bruno", 0),
        ("aba=open", 1),
        ("aba=cancelled", 0),
        ("tipo=PEW&tag=Tray&q=prado&aba=open", 1),
    ],
)
def test_sales_orders_are_found_by_type_tag_state_and_text(
    browser: Browser, sold: SalesOrder, query: str, found: int
) -> None:
    assert len(browser("reader").get(_at(f"pedidos-de-venda/?{query}")).context["rows"]) == found


def test_the_sales_order_adds_up_on_its_page(browser: Browser, sold: SalesOrder) -> None:
    text = _text(browser("reader").get(_at(f"pedidos-de-venda/{sold.pk}/")).content)
    assert "Produtos 60,00 Frete 12,50 Desconto −5,00 Acréscimos 0,00 Total R$ 67,50" in text
