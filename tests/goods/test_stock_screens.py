"""Screens of transfers, inventories and the rule of a store's stock, asked as a browser asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cais.catalog import categories
from cais.catalog.models import Product
from cais.companies.models import Company, Warehouse
from cais.connections.models import Connection, Health
from cais.offering.models import StockCategoryRule, StockException, StockPolicy
from cais.stock import entry_import
from cais.stock.models import Balance, LedgerEntry
from cais.stock.services import AlreadyPosted, Entry, receive, record
from cais.warehousing.models import Inventory, Transfer
from cais.warehousing.transfers import Item, TransferDraft, propose
from tests.goods.conftest import Shop, at_once, make_member, make_order, pool_of

D = Decimal
Browser = Callable[[str], Client]


@pytest.fixture
def client(shop: Shop) -> Client:
    made = Client()
    made.force_login(make_member(shop.group, "administrator", "dona@example.com"))
    receive(shop.cup, shop.front, D(10), actor_name="Rosana")
    receive(shop.tray, shop.front, D(5), actor_name="Rosana")
    return made


@pytest.fixture
def store(shop: Shop) -> Connection:
    made = Connection.objects.create(
        group=shop.group, company=shop.company, connector="imaginary", modality="rest", role="store", name="Imaginária"
    )
    Health.objects.create(group=shop.group, connection=made)
    return made


def at(path: str) -> str:
    return f"/g/jurubim/{path}"


def text(html: bytes) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.decode())))


def there(shop: Shop, product: Product) -> dict[str, Decimal]:
    rows = Balance.objects.filter(product=product, warehouse__isnull=False)
    return dict(rows.values_list("warehouse__name", "on_hand"))


def test_a_transfer_from_the_proposal_to_the_arrival(shop: Shop, client: Client) -> None:
    page = client.get(at(f"estoque/transferencias/nova/?sku=XIC-200&quantidade=4&para={shop.back.pk}&motivo=Falta"))
    assert b'value="XIC-200"' in page.content
    form = {
        "source": shop.front.pk,
        "target": shop.back.pk,
        "reason": "Falta nos fundos",
        "item-TOTAL_FORMS": "2",
        "item-INITIAL_FORMS": "0",
        "item-0-sku": "XIC-200",
        "item-0-quantity": "4",
    }
    wrong = client.post(at("estoque/transferencias/nova/"), form | {"item-1-sku": "NADA", "item-1-quantity": "1"})
    assert (wrong.status_code, "Não existe produto com este SKU" in text(wrong.content)) == (422, True)
    answer = client.post(at("estoque/transferencias/nova/"), form)
    made = Transfer.objects.get()
    assert answer["Location"].endswith(f"transferencias/{made.pk}/")
    assert "Livre na origem" in text(client.get(answer["Location"]).content)
    send = at(f"estoque/transferencias/{made.pk}/enviar/")
    client.post(send)
    assert "este passo já foi dado" in text(client.post(send, follow=True).content)  # the button, pressed twice
    assert there(shop, shop.cup) == {"Loja": 6}
    line = made.lines.get().pk
    client.post(at(f"estoque/transferencias/{made.pk}/receber/"), {f"linha-{line}": "3"})
    assert there(shop, shop.cup) == {"Loja": 6, "Fundos": 3}
    assert "Diferença" in text(client.get(at(f"estoque/transferencias/{made.pk}/")).content)


def slip_of(html: bytes) -> str:
    found = re.search(r'name="slip" value="([0-9a-f-]{36})"', html.decode())
    assert found
    return found.group(1)


def test_a_form_of_the_stock_that_is_sent_twice_counts_once(shop: Shop, client: Client) -> None:
    page = at(f"estoque/{shop.cup.pk}/")
    form = {"kind": "receive", "warehouse": shop.front.pk, "quantity": "4", "slip": slip_of(client.get(page).content)}
    client.post(page, form)
    again = client.post(page, form, follow=True)
    assert "foi enviado duas vezes e conta uma" in text(again.content)
    assert there(shop, shop.cup) == {"Loja": 14}
    client.post(page, form | {"slip": slip_of(again.content)})
    assert there(shop, shop.cup) == {"Loja": 18}


def test_two_presses_at_once_post_one_entry(committed_shop: Shop) -> None:
    shop, slip = committed_shop, uuid4()

    def press() -> bool:
        entry = Entry(kind=LedgerEntry.Kind.RECEIVE, product=shop.cup, warehouse=shop.front, quantity=D(4), slip=slip)
        try:
            record(shop.group, [entry], actor_name="Rosana")
        except AlreadyPosted:
            return False
        return True

    presses: list[Callable[[], bool]] = [press, press]
    assert sorted(at_once(shop, *presses)) == [False, True]
    assert there(shop, shop.cup) == {"Loja": 4}


def test_a_proposal_that_is_sent_twice_is_one(shop: Shop, client: Client) -> None:
    page = at("estoque/transferencias/nova/")
    form = {
        "source": shop.front.pk,
        "target": shop.back.pk,
        "reason": "Falta nos fundos",
        "item-TOTAL_FORMS": "1",
        "item-INITIAL_FORMS": "0",
        "item-0-sku": "XIC-200",
        "item-0-quantity": "4",
        "slip": slip_of(client.get(page).content),
    }
    assert client.post(page, form)["Location"] == client.post(page, form)["Location"]
    assert Transfer.objects.count() == 1


def test_a_transfer_that_makes_an_order_wait_asks_first(shop: Shop, client: Client) -> None:
    order = make_order(shop)  # it was promised one cup of ten, and waits for another
    client.post(at(f"estoque/{shop.cup.pk}/"), {"kind": "count", "warehouse": shop.front.pk, "quantity": "1"})
    Balance.objects.create(group=shop.group, product=shop.cup, pool_id=pool_of(shop.company), reserved=1)
    draft = TransferDraft(source=shop.front, target=shop.back, items=[Item(shop.cup, D(1))], reason="falta lá")
    made = propose(shop.group, draft, actor_name="Rosana")
    page = at(f"estoque/transferencias/{made.pk}/")
    shown = text(client.get(page).content)
    assert "Leva reservadas" in shown
    assert f"O pedido {order.number} espera até ela chegar e não perde a vez." in shown
    refused = client.post(page + "enviar/")
    assert (refused.status_code, "Marque que os pedidos podem esperar" in text(refused.content)) == (422, True)
    assert client.post(page + "enviar/", {"along": "on"}).status_code == 302
    assert there(shop, shop.cup) == {"Loja": 0}


def test_a_count_that_takes_what_an_order_was_promised_names_the_order(shop: Shop, client: Client) -> None:
    make_order(shop)
    Balance.objects.create(group=shop.group, product=shop.cup, pool_id=pool_of(shop.company), reserved=1)
    count = {"kind": "count", "warehouse": shop.front.pk, "quantity": "0"}
    answer = client.post(at(f"estoque/{shop.cup.pk}/"), count, follow=True)
    assert "O pedido 48231 tinha reservado o que não há mais." in text(answer.content)


def test_warehouses_of_the_same_name_are_told_apart_by_their_company(shop: Shop, client: Client) -> None:
    branch = Company.objects.create(
        group=shop.group, name="Filial", legal_name="Casa Ltda", cnpj="11444777000242", state="SC", priority=2
    )
    twin = Warehouse.objects.create(group=shop.group, company=branch, name="Loja")
    receive(shop.cup, twin, D(3), actor_name="Rosana")
    shown = text(client.get(at(f"estoque/{shop.cup.pk}/")).content)
    assert "Livre em Casa / Loja 10" in shown
    assert "Livre em Filial / Loja 3" in shown
    client.post(at("estoque/inventarios/novo/"), {"warehouse": twin.pk})
    assert "Filial / Loja" in text(client.get(at("estoque/inventarios/")).content)
    draft = TransferDraft(source=shop.front, target=twin, items=[Item(shop.cup, D(1))], reason="falta lá")
    made = propose(shop.group, draft, actor_name="Rosana")
    assert "Casa / Loja → Filial / Loja" in text(client.get(at("estoque/transferencias/")).content)
    refused = client.post(at(f"estoque/transferencias/{made.pk}/enviar/"))
    assert "Escreva a chave da nota que acompanha a mercadoria." in text(refused.content)


def test_an_inventory_counted_on_screen_and_closed(shop: Shop, client: Client) -> None:
    client.post(at("estoque/inventarios/novo/"), {"warehouse": shop.front.pk})
    sheet = Inventory.objects.get()
    cup = sheet.lines.get(product=shop.cup)
    page = at(f"estoque/inventarios/{sheet.pk}/")
    wrong = client.post(page, {f"linha-{cup.pk}": "-1"})
    assert (wrong.status_code, "A contagem é zero ou mais" in text(wrong.content)) == (422, True)
    client.post(page, {f"linha-{cup.pk}": "8"})
    shown = text(client.get(page + "diferencas/").content)
    assert "−2 UN" in shown
    assert "1 produto não foi contado" in shown
    client.post(page + "diferencas/")
    assert (there(shop, shop.cup), there(shop, shop.tray)) == ({"Loja": 8}, {"Loja": 5})


def test_a_blind_sheet_tells_nobody_what_there_should_be(shop: Shop, client: Client) -> None:
    client.post(at("estoque/inventarios/novo/"), {"warehouse": shop.front.pk, "blind": "on"})
    sheet = Inventory.objects.get()
    assert "Saldo" not in text(client.get(at(f"estoque/inventarios/{sheet.pk}/")).content)
    file = client.get(at(f"estoque/inventarios/{sheet.pk}/planilha/")).content.decode("utf-8-sig").splitlines()
    assert file[0] == "sku;nome;unidade;deposito;quantidade"
    assert file[2] == "XIC-200;Xícara branca 200 ml;UN;Loja;"


def test_the_sheet_goes_out_as_a_file_and_comes_back_counted(shop: Shop, client: Client) -> None:
    client.post(at("estoque/inventarios/novo/"), {"warehouse": shop.front.pk})
    sheet = Inventory.objects.get()
    address = at(f"estoque/inventarios/{sheet.pk}/planilha/")
    file = client.get(address).content.decode("utf-8-sig")
    assert "XIC-200;Xícara branca 200 ml;UN;Loja;10;" in file

    def send(content: str) -> object:
        return client.post(address, {"file": SimpleUploadedFile("folha.csv", content.encode())})

    wrong = send("sku;quantidade\nXIC-200;8\nNADA-1;2\nXIC-200;9\n")
    assert wrong.status_code == 422
    assert "NADA-1 não está na folha" in text(wrong.content)
    assert "já foi contado na linha 2" in text(wrong.content)
    assert not sheet.lines.exclude(counted=None).exists()
    assert send(file.replace("Loja;10;", "Loja;10;8")).status_code == 302
    assert sheet.lines.get(product=shop.cup).counted == 8
    assert sheet.lines.get(product=shop.tray).counted is None  # left empty: not counted is not zero


def test_a_file_that_would_change_half_of_a_shelf_waits_for_a_persons_word(shop: Shop, client: Client) -> None:
    receive(shop.cup, shop.front, D(90), actor_name="Rosana")  # 100 now; of the tray there are five
    content = "sku;deposito;quantidade\nXIC-200;Loja;40\nBAN-30;Loja;0\n"
    file = SimpleUploadedFile("contagem.csv", content.encode())
    preview = client.post(at("estoque/importar/"), {"mode": "count", "file": file})["Location"]
    shown = text(client.get(preview).content)
    assert "1 mudança grande" in shown
    assert "XIC-200 Xícara branca 200 ml · Loja de 100 para 40" in shown
    refused = client.post(preview)
    assert "marque que elas são para valer" in text(refused.content)
    assert there(shop, shop.cup) == {"Loja": 100}
    client.post(preview, {"conferido": "sim"})
    assert (there(shop, shop.cup), there(shop, shop.tray)) == ({"Loja": 40}, {"Loja": 0})


@pytest.mark.parametrize(
    ("before", "counted", "large"),
    [
        ("100", "51", False),
        ("100", "50", True),
        ("100", "0", True),
        ("9", "0", False),
        ("100", "150", True),
        ("0", "5000", False),
        ("12", "2", True),
        ("40", "59.9", False),
    ],
)
def test_large_is_ten_units_and_half_of_what_was_there(shop: Shop, before: str, counted: str, *, large: bool) -> None:
    if before != "0":
        receive(shop.cup, shop.front, D(before), actor_name="Rosana")
    content = f"sku;deposito;quantidade\nXIC-200;Loja;{counted.replace('.', ',')}\n".encode()
    assert bool(entry_import.plan(shop.group, content, kind=LedgerEntry.Kind.COUNT).large) is large


def test_the_rule_of_a_store_is_tried_on_then_kept(shop: Shop, client: Client, store: Connection) -> None:
    page = at(f"conectores/{store.pk}/estoque/")
    form = {"which": "estes", "warehouses": [shop.front.pk], "buffer": "3", "cap": ""}
    tried = text(client.post(page, form | {"ver": "1"}).content)
    assert "De 3 produtos, 2 mudam" in tried
    assert "Nada foi salvo" in tried
    assert not StockPolicy.objects.exists()
    client.post(page, form)
    kept = StockPolicy.objects.get()
    assert (kept.warehouses, kept.buffer, kept.cap) == ([shop.front.pk], 3, None)
    assert "7 UN" in text(client.get(page).content)
    refused = client.post(page, {"which": "estes", "buffer": "", "cap": "0"})
    assert "Escolha pelo menos um depósito" in text(refused.content)
    assert "pare a venda" in text(refused.content)


def test_a_product_says_what_each_store_shows_and_why(shop: Shop, client: Client, store: Connection) -> None:
    page = at(f"conectores/{store.pk}/estoque/{shop.cup.pk}/")
    client.post(page, {"buffer": "4", "cap": ""})
    assert StockException.objects.get().buffer == 4
    shown = text(client.get(at(f"produtos/{shop.cup.pk}/")).content)
    assert "Imaginária : mostra 6 UN há 10, menos 4 de segurança" in shown
    client.post(page, {"buffer": "", "cap": ""})
    assert not StockException.objects.exists()
    fresh = Product.objects.create(group=shop.group, sku="NOVO-1", name="Novo")
    assert "Ninguém contou" in text(client.get(at(f"produtos/{fresh.pk}/")).content)


def test_a_rule_of_a_category_is_tried_on_then_kept_and_named(shop: Shop, client: Client, store: Connection) -> None:
    kitchen = categories.add(shop.group, "Cozinha")
    shop.cup.category = categories.add(shop.group, "Xícaras", parent=kitchen.pk)
    shop.cup.save()
    rules = at(f"conectores/{store.pk}/estoque/")
    page = client.get(rules, {"categoria": kitchen.pk})["Location"]
    assert page == at(f"conectores/{store.pk}/estoque/categorias/{kitchen.pk}/")
    tried = text(client.post(page, {"buffer": "4", "cap": "", "ver": "1"}).content)
    assert "De 1 produtos, 1 mudam" in tried
    assert "menos 4 de segurança (categoria Cozinha)" in tried
    assert not StockCategoryRule.objects.exists()
    client.post(page, {"buffer": "4", "cap": ""})
    assert "Cozinha 4 o de cima" in text(client.get(rules).content)
    of_product = text(client.get(at(f"produtos/{shop.cup.pk}/")).content)
    assert "Imaginária : mostra 6 UN há 10, menos 4 de segurança (categoria Cozinha)" in of_product
    client.post(page, {"buffer": "", "cap": "", "stopped": "on"})
    assert "venda parada na categoria Cozinha" in text(client.get(rules).content)
    client.post(page, {})
    assert not StockCategoryRule.objects.exists()
    refused = client.post(page, {"buffer": "", "cap": "0"})
    assert refused.status_code == 422


def test_a_reader_sees_the_rule_and_cannot_change_it(shop: Shop, store: Connection) -> None:
    reader = Client()
    reader.force_login(make_member(shop.group, "reader", "leitora@example.com"))
    page = at(f"conectores/{store.pk}/estoque/")
    assert "Salvar" not in text(reader.get(page).content)
    assert reader.post(page, {"which": "todos"}).status_code == 403
