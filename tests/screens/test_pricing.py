"""*Regra de preço*, as people meet it: tried on, kept, and a product that differs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.http import HttpResponse

from cais.catalog.models import Product
from cais.pricing.models import PriceException, PriceList
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


def test_who_only_looks_changes_no_price(shop: Merchant) -> None:
    client = shop.browser("reader")
    assert "Salvar a regra" not in client.get(url_of(shop)).content.decode()
    assert client.post(url_of(shop), RULE).status_code == 403
