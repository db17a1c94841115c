"""*Exportar produtos* as people meet it: the list and its cuts, what is ticked, the rehearsal before the switch."""

from __future__ import annotations

import pytest

from cais.catalog.models import Listing, Product
from cais.connections.models import Connection
from cais.exporting.models import ProductPublication
from cais.exporting.situations import Situation
from cais.inbox.models import Pending
from cais.rehearsals.models import Rehearsal
from tests.engine.plans import looked_at
from tests.engine.test_exporting import SKU, exported, in_store, product, situation, switch_on
from tests.screens.conftest import Merchant
from tests.screens.reading import text_of
from tests.screens.test_shelf import said


@pytest.fixture
def shop(merchant: Merchant) -> Merchant:
    """Two products that can go, and of each kind that cannot one."""
    home = merchant.house
    product(home)
    product(home, "IMG-002")
    product(home, "KIT-1", units="0", is_kit=True)
    product(home, "LEVE-1", weight_g=0, ncm="")
    return merchant


def test_what_cannot_go_is_listed_with_the_reason(shop: Merchant) -> None:
    client = shop.browser("operator")
    assert "Falta NCM e peso." in text_of(client.get(shop.url("produtos/exportar/?aba=completar")))
    assert "Kits ainda não são exportados" in text_of(client.get(shop.url("produtos/exportar/?aba=outros")))
    page = text_of(client.get(shop.url("produtos/exportar/")))
    assert "IMG-002" in page
    assert "KIT-1" not in page
    assert "O envio de produtos a esta loja está desligado." in page


def test_it_is_searched_by_description(shop: Merchant) -> None:
    page = text_of(shop.browser("reader").get(shop.url("produtos/exportar/?q=img-002")))
    assert "IMG-002" in page
    assert "IMG-001" not in page


def test_what_is_ticked_is_rehearsed_then_the_sending_may_be_switched_on(shop: Merchant) -> None:
    client, home = shop.browser("administrator"), shop.house
    assert "Ensaie a exportação de produtos" in said(client.post(shop.url("produtos/exportar/ligar/"), {"ligar": "1"}))
    row = product(home, "IMG-003")
    answer = client.post(shop.url("produtos/exportar/ensaiar/"), {"produto": [row.pk]})
    plan = Rehearsal.objects.get()
    assert answer.url.endswith(f"/sync/ensaios/{plan.pk}/")
    looked_at(home, plan)
    page = text_of(client.get(answer.url))
    assert "IMG-003 Produto IMG-003" in page
    assert "cadastrado, sem estoque" in page
    client.post(shop.url("produtos/exportar/ligar/"), {"ligar": "1"})
    assert "write_products" in Connection.objects.get(pk=home.store.pk).functions
    home.work()
    assert in_store(home, "IMG-003") == []  # what was only rehearsed does not leave by itself


def test_the_products_own_page_says_how_it_stands_at_the_store_and_why(shop: Merchant) -> None:
    home, client = shop.house, shop.browser("reader")
    light, fine = Product.objects.get(sku="LEVE-1"), Product.objects.get(sku=SKU)
    page = text_of(client.get(shop.url(f"produtos/{light.pk}/")))
    assert "Imaginária : Falta completar Falta NCM e peso." in page
    switch_on(home)
    exported(home, fine)
    answer = client.get(shop.url(f"produtos/{fine.pk}/"))
    assert "Imaginária : Exportado nº p-img-001, criado pelo Cais, enviado há" in text_of(answer)
    way = shop.url(f"produtos/exportar/?loja={home.store.pk}&aba=todos&q={SKU}")
    assert way.replace("&", "&amp;") in answer.content.decode()
    row = text_of(client.get(way))
    assert SKU in row
    assert "IMG-002" not in row


def test_what_is_ticked_is_exported_and_shown_so(shop: Merchant) -> None:
    home, client = shop.house, shop.browser("operator")
    switch_on(home)
    answer = client.post(shop.url("produtos/exportar/agora/"), {"todos": "1"})
    assert "2 produtos vão para" in said(answer)
    assert "IMG-002" in text_of(client.get(shop.url("produtos/exportar/?aba=fila")))
    home.work()
    page = text_of(client.get(shop.url("produtos/exportar/?aba=exportados")))
    assert "criado pelo Cais" in page
    assert (situation(home), situation(home, "IMG-002")) == (Situation.EXPORTED, Situation.EXPORTED)


def test_what_cannot_go_is_said_although_it_was_ticked(shop: Merchant) -> None:
    kit = product(shop.house, "KIT-2", units="0", is_kit=True)
    answer = shop.browser("operator").post(shop.url("produtos/exportar/agora/"), {"produto": [kit.pk]})
    assert "não pode ir" in said(answer)
    assert not ProductPublication.objects.exists()


def test_who_only_looks_exports_nothing(shop: Merchant) -> None:
    client = shop.browser("reader")
    assert "Selecionar" not in client.get(shop.url("produtos/exportar/")).content.decode()
    assert client.post(shop.url("produtos/exportar/agora/"), {"todos": "1"}).status_code == 403


def test_a_product_that_is_different_there_is_decided_by_a_person(shop: Merchant) -> None:
    home, client = shop.house, shop.browser("operator")
    switch_on(home)
    home.vendor.shelf.put(SKU, name="O nome da loja")
    client.post(shop.url("produtos/exportar/agora/"), {"todos": "1"})
    home.work()
    url = shop.url("produtos/exportar/por-cima/?aba=parados")
    page = text_of(client.get(shop.url("produtos/exportar/?aba=parados")))
    assert "na loja O nome da loja, no cadastro Produto IMG-001" in page
    cause = Pending.objects.get(reason="product_theirs", closed_at=None)
    assert "/produtos/exportar/?loja=" in client.get(shop.url(f"erros/{cause.pk}/")).content.decode()
    ticked = Listing.objects.get(product__sku=SKU).product_id
    seen = ProductPublication.objects.get(product=ticked).seen_digest
    assert f'name="visto-{ticked}" value="{seen}"' in client.get(url.replace("por-cima/", "")).content.decode()
    assert "Só vai por cima o que está diferente" in said(client.post(url, {"produto": [ticked]}))
    home.vendor.shelf.edit(("p-img-001", ""), name="Outro nome da loja")
    client.post(url, {"produto": [ticked], f"visto-{ticked}": seen})
    home.work()
    page = text_of(client.get(shop.url("produtos/exportar/?aba=parados")))
    assert "A loja mudou o produto depois que você o viu, e nada foi escrito por cima." in page
    assert "na loja Outro nome da loja, no cadastro Produto IMG-001" in page
    seen = ProductPublication.objects.get(product=ticked).seen_digest
    client.post(url, {"produto": [ticked], f"visto-{ticked}": seen})
    home.work()
    assert situation(home) == Situation.EXPORTED


def test_a_code_in_doubt_leads_to_the_links(shop: Merchant) -> None:
    home, client = shop.house, shop.browser("operator")
    switch_on(home)
    home.vendor.shelf.put(SKU)
    home.vendor.shelf.edit(home.vendor.shelf.put("OUTRO"), reference=SKU)
    client.post(shop.url("produtos/exportar/agora/"), {"todos": "1"})
    home.work()
    cause = Pending.objects.get(reason="product_ambiguous", closed_at=None)
    address = f"/conectores/{home.store.pk}/vinculos/?q={SKU}"
    assert address in client.get(shop.url(f"erros/{cause.pk}/")).content.decode()
    assert address in client.get(shop.url("produtos/exportar/?aba=parados")).content.decode()


def test_what_is_left_is_told_no_more(shop: Merchant) -> None:
    home, client = shop.house, shop.browser("operator")
    switch_on(home)
    client.post(shop.url("produtos/exportar/agora/"), {"todos": "1"})
    home.work()
    client.post(shop.url("produtos/exportar/deixar/?aba=exportados"), {"todos": "1"})
    assert (situation(home), ProductPublication.objects.count()) == (Situation.LINKED, 0)
