"""Importar pedidos as a plain form: what is listed, what may be ticked, what becomes of it."""

from __future__ import annotations

from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from cais.connections.models import Connection
from cais.core.effects import Meaning
from cais.orders.counts import fold_counts
from cais.orders.models import Order, OrderImport
from tests.screens.conftest import Merchant
from tests.screens.reading import said, text_of


def choosing(merchant: Merchant, *, products: bool = False) -> None:
    store = merchant.house.store
    Connection.objects.filter(pk=store.pk).update(capture="by_choice", creates_products=products)
    store.refresh_from_db()


def wait(merchant: Merchant, sku: str = "XIC-200") -> Order:
    sold = merchant.house.vendor.store.sell(lines=[(sku, "1", "12.50")])
    merchant.house.read()
    return merchant.house.order(sold)


def page(merchant: Merchant, query: str = "", role: str = "operator") -> str:
    fold_counts(merchant.house.group.pk)
    return text_of(merchant.browser(role).get(merchant.url(f"pedidos/importar/{query}")))


def test_the_cards_count_what_is_and_what_is_not_in_the_erp(merchant: Merchant) -> None:
    shown = page(merchant)
    # Six orders: one is a sale; short, unknown, unpaid, untranslated and open are not.
    assert "Não integrados 5" in shown
    assert "Integrados 1" in shown
    assert "Ignorados 0" in shown
    assert "Todos 6" in shown


def test_an_order_that_goes_on_by_itself_has_no_box(merchant: Merchant) -> None:
    shown = merchant.browser("operator").get(merchant.url("pedidos/importar/?aba=todos")).content.decode()
    assert 'name="pedido"' not in shown
    assert "já entrou" in shown


def test_what_is_ticked_becomes_a_sale_and_the_page_after_it_says_so(merchant: Merchant) -> None:
    choosing(merchant)
    order, browser = wait(merchant), merchant.browser("operator")
    assert "Aguardando escolha" in page(merchant)
    response = browser.post(merchant.url("pedidos/importar/agora/"), {"pedido": [order.pk]}, follow=True)
    assert "Pode fechar esta página" in text_of(response)
    assert 'hx-trigger="every 2s"' in response.content.decode()
    merchant.house.work()
    made = OrderImport.objects.get()
    done = browser.get(merchant.url(f"pedidos/importar/{made.pk}/"))
    assert "Terminado." in text_of(done)
    assert "marcados por Pessoa Operator" in text_of(done)
    assert 'hx-trigger="every 2s"' not in done.content.decode()
    assert order.number in text_of(done)


def test_the_whole_filter_is_imported_and_nothing_else(merchant: Merchant) -> None:
    choosing(merchant)
    one, other = wait(merchant), wait(merchant)
    url = merchant.url(f"pedidos/importar/agora/?q={one.number}")
    merchant.browser("operator").post(url, {"todos": "1"})
    merchant.house.work()
    phases = [Order.objects.get(pk=order.pk).phase for order in (one, other)]
    assert phases == ["integrated", "awaiting_choice"]


def test_what_cannot_be_taken_is_named_with_its_reason(merchant: Merchant) -> None:
    choosing(merchant)
    order = wait(merchant)
    Order.objects.filter(pk=order.pk).update(meaning=Meaning.SHIPPED)
    ids = [order.pk, merchant.orders["well"].pk]
    response = merchant.browser("operator").post(merchant.url("pedidos/importar/agora/"), {"pedido": ids}, follow=True)
    shown = text_of(response)
    assert f"1 pedido já tinha entrado ({merchant.orders['well'].number})." in shown
    assert f"servir de novo seria vender em dobro ({order.number})." in shown
    assert "Nenhum dos marcados podia ser importado." in shown


def test_leaving_out_moves_the_order_to_the_ignored(merchant: Merchant) -> None:
    choosing(merchant)
    order = wait(merchant)
    response = merchant.browser("operator").post(
        merchant.url("pedidos/importar/deixar/"), {"pedido": [order.pk]}, follow=True
    )
    assert "1 pedido ficou de fora" in said(response)
    merchant.house.work()
    assert order.number in page(merchant, "?aba=ignorados")
    told = merchant.browser("reader").get(merchant.url(f"pedidos/{order.pk}/"))
    assert "Alguém deixou este pedido de fora" in text_of(told)
    assert "Ignorados 1" in page(merchant)


def test_a_row_says_what_importing_brings_along_and_what_stops_it(merchant: Merchant) -> None:
    choosing(merchant, products=True)
    wait(merchant, "NUNCA-VISTO")
    assert "cria: 1 produto, sem estoque" in page(merchant)
    store = merchant.house.vendor.store
    store.sell(lines=[("XIC-200", "1", "12.50")], status_id=str(store.add_status("Separando")))
    merchant.house.read()
    response = merchant.browser("operator").get(merchant.url("pedidos/importar/?situacao=awaiting_choice"))
    assert "traduza o status" in text_of(response)
    assert f'href="{merchant.url(f"conectores/{merchant.house.store.pk}/dicionario/")}"' in response.content.decode()


def test_history_that_lacks_stock_says_so_before_anybody_ticks_it(merchant: Merchant) -> None:
    store = merchant.house.store
    Connection.objects.filter(pk=store.pk).update(start_at="2099-01-01T00:00:00Z")
    store.refresh_from_db()
    sold = merchant.house.vendor.store.sell(lines=[("PAN-24", "5", "189.90")])
    merchant.house.read()
    order = merchant.house.order(sold)
    # One pan on the shelf, promised already to the order that lacks two more.
    assert "Falta estoque: 5 un." in page(merchant, "?situacao=history")
    merchant.browser("operator").post(merchant.url("pedidos/importar/agora/"), {"pedido": [order.pk]})
    merchant.house.work()
    assert Order.objects.get(pk=order.pk).phase == "short"


def test_looking_writes_nothing(merchant: Merchant) -> None:
    choosing(merchant, products=True)
    wait(merchant, "NUNCA-VISTO")
    browser = merchant.browser("reader")
    browser.get(merchant.url("pedidos/importar/"))
    with CaptureQueriesContext(database) as spoken:
        assert browser.get(merchant.url("pedidos/importar/")).status_code == 200
    written = [q["sql"] for q in spoken if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert [sql for sql in written if "membership" not in sql and "session" not in sql] == []


def test_an_order_that_was_listed_and_not_read_is_shown_apart(merchant: Merchant) -> None:
    sold = merchant.house.vendor.store.sell(lines=[("XIC-200", "1", "12.50")], changes={"total": "muito"})
    merchant.house.read()
    assert "Ainda não lidos 1" in page(merchant)
    shown = page(merchant, "?aba=nao-lidos")
    assert (sold in shown, "Pedido ilegível" in shown) == (True, True)


def test_the_page_of_an_order_that_waits_has_the_button(merchant: Merchant) -> None:
    choosing(merchant)
    order = wait(merchant)
    response = merchant.browser("operator").get(merchant.url(f"pedidos/{order.pk}/"))
    assert "Este pedido espera a sua escolha" in text_of(response)
    assert "/pedidos/importar/agora/" in response.content.decode()
    assert (
        "/pedidos/importar/agora/" not in merchant.browser("reader").get(response.request["PATH_INFO"]).content.decode()
    )


def test_another_store_is_chosen_by_its_number_and_nonsense_chooses_the_first(merchant: Merchant) -> None:
    assert "Imaginária" in page(merchant, "?loja=muito&aba=nada&depois=[1]")
