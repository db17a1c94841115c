"""*Estoque na loja* and its differences, as people meet them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse

from cais.catalog.models import Product
from cais.connections.models import Connection
from cais.inbox.models import Pending
from cais.rehearsals.models import Rehearsal
from cais.shelves.models import Drift, StockPublication
from cais.shelves.reading import read_back_now
from tests.engine.house import House
from tests.engine.plans import plan_of
from tests.engine.test_shelves import linked, shown, switch_on
from tests.screens.conftest import Merchant


def stocked(home: House, *, products: int) -> None:
    """So many products with four units, and three in the store."""
    for number in range(products):
        linked(home, home.product(f"LOJA-{number:02}", units="4"), shows="3")


def said(response: HttpResponse) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


@pytest.fixture
def shop(merchant: Merchant) -> Merchant:
    stocked(merchant.house, products=2)
    return merchant


def test_it_says_that_nothing_is_sent_and_offers_the_rehearsal_first(shop: Merchant) -> None:
    page = shop.browser("administrator").get(shop.url(f"conectores/{shop.house.store.pk}/loja/")).content.decode()
    assert "O estoque não é enviado a esta loja." in page
    assert page.index("Ensaiar o estoque") < page.index("Ligar o envio")


def test_no_hour_is_foretold_for_what_does_not_leave_by_itself(shop: Merchant) -> None:
    plan_of(shop.house, Rehearsal.Scope.STOCK)
    page = shop.browser("reader").get(shop.url(f"conectores/{shop.house.store.pk}/loja/")).content.decode()
    assert "Espera envio" in page
    assert "nada sai sozinho por enquanto" in page
    assert "no ritmo que a loja permite" not in page


def test_sending_is_switched_on_only_after_somebody_looked_at_the_plan(shop: Merchant) -> None:
    client, url = shop.browser("administrator"), shop.url(f"conectores/{shop.house.store.pk}/loja/")
    refused = client.post(f"{url}ligar/", {"ligar": "1"})
    assert "Ensaie o estoque e veja o ensaio" in said(refused)
    plan = plan_of(shop.house, Rehearsal.Scope.STOCK)
    page = client.get(shop.url(f"sync/ensaios/{plan.pk}/")).content.decode()
    assert "LOJA-00 Produto LOJA-00" in page
    assert "2 estoques enviados à loja" in page
    client.post(f"{url}ligar/", {"ligar": "1"})
    shop.house.work()
    assert shown(shop.house, "LOJA-00") == 4
    assert "Em dia" in client.get(url).content.decode()


def test_the_switch_among_the_functions_asks_for_the_same(shop: Merchant) -> None:
    url = shop.url(f"conectores/{shop.house.store.pk}/funcoes/")
    answer = shop.browser("administrator").post(url, {"funcao": [*shop.house.store.functions, "write_stock"]})
    assert "Ensaie o estoque" in said(answer)
    assert "write_stock" not in Connection.objects.get(pk=shop.house.store.pk).functions


def test_a_rehearsal_of_the_stock_is_asked_for_by_who_works_the_orders(shop: Merchant) -> None:
    url = shop.url(f"conectores/{shop.house.store.pk}/loja/ensaiar/")
    assert shop.browser("reader").post(url).status_code == 403
    shop.browser("operator").post(url)
    assert Rehearsal.objects.get().scope == Rehearsal.Scope.STOCK


def test_what_waits_is_counted_with_its_age(shop: Merchant) -> None:
    switch_on(shop.house)
    shop.house.vendor.faults.next("error_500", times=50, only="PUT")
    shop.house.work(rounds=1)
    page = shop.browser("reader").get(shop.url(f"conectores/{shop.house.store.pk}/loja/?so=esperam")).content.decode()
    assert page.count("Sem resposta") == 2
    assert "o mais antigo há" in page


def test_why_there_is_no_figure_stands_beside_the_product(shop: Merchant) -> None:
    made = Product.objects.create(group=shop.house.group, sku="NUNCA", name="Nunca contado", ncm="69111090")
    linked(shop.house, made)
    switch_on(shop.house)
    shop.house.work()
    page = shop.browser("reader").get(shop.url(f"conectores/{shop.house.store.pk}/loja/?so=sem")).content.decode()
    assert "ninguém contou ainda" in page


@pytest.fixture
def differing(merchant: Merchant) -> Merchant:
    """Twelve products that somebody set to zero in the store, held for a person."""
    home = merchant.house
    stocked(home, products=12)
    switch_on(home)
    home.work()
    for key in list(home.vendor.shelf.items):
        home.vendor.shelf.set_stock(key, Decimal(0), by="merchant")
    read_back_now(home.store, asked_by="Rosana")
    home.work()
    assert Drift.objects.filter(ended_at=None).count() == 12
    return merchant


def test_differences_are_published_or_accepted_without_script(differing: Merchant) -> None:
    home, client = differing.house, differing.browser("operator")
    url = differing.url(f"conectores/{home.store.pk}/loja/diferencas/")
    assert "Aceitar o da loja" in client.get(url).content.decode()
    first, second, *_ = Drift.objects.order_by("pk").select_related("listing__product")
    client.post(url, {"diferenca": [first.pk]})
    client.post(url, {"aceitar": second.pk, "deposito": home.company.warehouses.get().pk})
    home.work()
    assert shown(home, first.listing.product.sku) == 4
    assert StockPublication.objects.get(listing=second.listing).desired == 0
    assert "Aceito o da loja" in client.get(f"{url}?so=todas").content.decode()
    # Pressed twice, or from a page that stood open: nothing more happens, and the page says why.
    for key in (str(second.pk), "nada"):
        again = client.post(url, {"aceitar": key, "deposito": "nada"}, follow=True)
        assert "já foi resolvida" in again.content.decode()


def test_who_only_looks_decides_nothing(differing: Merchant) -> None:
    url = differing.url(f"conectores/{differing.house.store.pk}/loja/diferencas/")
    client = differing.browser("reader")
    assert "Publicar o nosso" not in client.get(url).content.decode()
    assert client.post(url, {"todas": "1"}).status_code == 403


def test_the_error_inbox_leads_to_the_differences(differing: Merchant) -> None:
    cause = Pending.objects.get(reason="shelf_drift", closed_at=None)
    page = differing.browser("operator").get(differing.url(f"erros/{cause.pk}/")).content.decode()
    assert "mostra outro estoque em muitos produtos" in page
    assert f"/conectores/{differing.house.store.pk}/loja/diferencas/" in page
