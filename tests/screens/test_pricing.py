"""*Regra de preço* and *Preços na loja*, as people meet them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse

from cais.catalog.models import Product
from cais.connections.models import Connection
from cais.inbox.models import Pending
from cais.pricing.models import PriceException, PriceList
from cais.rehearsals.models import Rehearsal
from cais.shelves.models import PriceDrift
from tests.engine.plans import plan_of
from tests.engine.test_prices import change_there, put, read_back, switch_on, there
from tests.screens.conftest import Merchant

RULE = {"percent": "10", "amount": "", "rounding": "ninety", "direction": "up"}


@pytest.fixture
def shop(merchant: Merchant) -> Merchant:
    merchant.house.product("XIC-1", price="35.90")
    return merchant


def url_of(shop: Merchant, *, product: Product | None = None) -> str:
    own = f"{product.pk}/" if product else ""
    return shop.url(f"conectores/{shop.house.store.pk}/regra-de-preco/{own}")


def read(answer: HttpResponse) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def said(response: HttpResponse) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_a_rule_is_tried_on_without_being_kept(shop: Merchant) -> None:
    page = read(shop.browser("administrator").post(url_of(shop), {**RULE, "ver": "1"}))
    assert "Assim ficaria. Nada foi salvo." in page
    assert "De 3 produtos, 3 mudam de preço." in page
    assert "R$ 35,90" in page
    assert "R$ 39,90" in page
    assert not PriceList.objects.exists()


def test_a_rule_that_is_saved_is_what_the_store_asks(shop: Merchant) -> None:
    client = shop.browser("administrator")
    client.post(url_of(shop), RULE)
    page = read(client.get(url_of(shop)))
    assert "cadastro R$ 35,90, mais 10 %, terminando em ,90, para cima" in page
    assert "R$ 39,90" in page
    product = Product.objects.get(sku="XIC-1")
    assert "pede <b>R$ 39,90</b>" in read(client.get(shop.url(f"produtos/{product.pk}/")))


def test_what_is_wrong_is_said_at_its_field(shop: Merchant) -> None:
    answer = shop.browser("administrator").post(url_of(shop), {**RULE, "percent": "-100"})
    assert answer.status_code == 422
    assert "Use de -99,99 a 1000 por cento." in answer.content.decode()


def test_a_product_gets_its_own_price_and_promotion(shop: Merchant) -> None:
    product = Product.objects.get(sku="XIC-1")
    own = {"is_sent": "on", "fixed": "29,90", "sale": "own", "sale_price": "24,90", "sale_last": "2099-12-31"}
    client = shop.browser("operator")
    client.post(url_of(shop, product=product), own)
    page = read(client.get(url_of(shop, product=product)))
    assert "Pede <b>R$ 29,90</b>" in page
    assert "R$ 24,90 até 31/12/2099" in page
    assert PriceException.objects.get().fixed == Decimal("29.90")


# Preços na loja


@pytest.fixture
def shelf(merchant: Merchant) -> Merchant:
    """Two products that the store shows at 12, where the register says 10."""
    for sku in ("LOJA-1", "LOJA-2"):
        put(merchant.house, sku, price="10", shows="12.00")
    return merchant


def prices_url(shop: Merchant, rest: str = "") -> str:
    return shop.url(f"conectores/{shop.house.store.pk}/precos/{rest}")


def test_it_says_that_no_price_is_sent_and_offers_the_rehearsal_first(shelf: Merchant) -> None:
    page = read(shelf.browser("administrator").get(prices_url(shelf)))
    assert "Os preços não são enviados a esta loja." in page
    assert page.index("Ensaiar os preços") < page.index("Ligar o envio")


def test_sending_is_switched_on_only_after_somebody_looked_at_the_plan(shelf: Merchant) -> None:
    client, home = shelf.browser("administrator"), shelf.house
    assert "Ensaie os preços e veja o ensaio" in said(client.post(prices_url(shelf, "ligar/"), {"ligar": "1"}))
    plan = plan_of(home, Rehearsal.Scope.PRICES)
    page = read(client.get(shelf.url(f"sync/ensaios/{plan.pk}/")))
    assert "2 preços enviados à loja" in page
    assert "R$ 12,00" in page
    client.post(prices_url(shelf, "ligar/"), {"ligar": "1"})
    home.work()
    assert there(home, "LOJA-1")[0] == 10
    page = read(client.get(prices_url(shelf)))
    assert "Espera envio" not in page
    assert page.count("R$ 10,00") == 4  # what we say and what the store shows, of two products


def test_why_there_is_no_price_stands_beside_the_product(shelf: Merchant) -> None:
    put(shelf.house, "NUNCA", price="0", shows="4")
    switch_on(shelf.house)
    shelf.house.work()
    assert "sem preço no cadastro" in read(shelf.browser("reader").get(prices_url(shelf, "?so=sem")))


def test_a_price_that_differs_is_published_or_accepted_without_script(shelf: Merchant) -> None:
    home, client = shelf.house, shelf.browser("operator")
    switch_on(home)
    home.work()
    for sku in ("LOJA-1", "LOJA-2"):
        change_there(home, sku, price=Decimal("13.50"))
    read_back(home)
    cause = Pending.objects.get(reason="price_drift", closed_at=None)
    assert prices_url(shelf, "diferencas/") in read(client.get(shelf.url(f"erros/{cause.pk}/")))
    page = read(client.get(prices_url(shelf, "diferencas/")))
    assert "R$ 13,50" in page
    assert "Depósito do ajuste" not in page
    first, second = PriceDrift.objects.order_by("listing__product__sku")
    client.post(prices_url(shelf, "diferencas/"), {"diferenca": [first.pk]})
    client.post(prices_url(shelf, "diferencas/"), {"aceitar": second.pk})
    home.work()
    assert there(home, "LOJA-1")[0] == 10
    assert PriceException.objects.get().fixed == Decimal("13.50")
    late = client.post(prices_url(shelf, "diferencas/"), {"aceitar": second.pk}, follow=True)
    assert "Esta diferença já foi resolvida" in read(late)
    assert PriceException.objects.count() == 1


@pytest.mark.parametrize("rule", ["regra-de-preco", "estoque"])
def test_an_erp_has_no_rule_of_what_a_store_shows_and_asks(shop: Merchant, rule: str) -> None:
    erp = Connection.objects.get(role="erp")
    assert shop.browser("administrator").get(shop.url(f"conectores/{erp.pk}/{rule}/")).status_code == 404


def test_who_only_looks_changes_no_price(shop: Merchant) -> None:
    client = shop.browser("reader")
    assert "Salvar a regra" not in client.get(url_of(shop)).content.decode()
    assert client.post(url_of(shop), RULE).status_code == 403
