"""Vínculos as a page: what is linked and what is not, the deeds of one row, and who may do them."""

from __future__ import annotations

from cais.catalog.models import Listing, StoreProduct
from cais.inbox.models import Pending
from cais.shelves.reading import read_back_now
from tests.screens.conftest import Merchant
from tests.screens.reading import text_of


def shelf_of(merchant: Merchant) -> str:
    """A store with one thing that is ours, one that is not, and one in doubt; the address of the page."""
    house = merchant.house
    house.product("FRI-24")
    house.product("TOA-01")
    house.vendor.shelf.put("FRI-24", name="Panela de ferro")
    house.vendor.shelf.put("LIVRE", name="Chaleira azul")
    for sku in ("TOA-01", "OUTRA"):
        house.vendor.shelf.edit(house.vendor.shelf.put(sku, name="Toalha de linho"), reference="TOA-01")
    read_back_now(house.store, asked_by="Rosana")
    house.work()
    return merchant.url(f"conectores/{house.store.pk}/vinculos/")


def test_the_page_counts_and_cuts_what_is_linked_and_what_is_not(merchant: Merchant) -> None:
    url = shelf_of(merchant)
    browser = merchant.browser("administrator")
    whole = text_of(browser.get(url))
    assert "Vinculado" in whole
    assert "Código repetido na loja" in whole
    assert "Chaleira azul" in text_of(browser.get(f"{url}?so=sem"))
    assert "Panela de ferro" not in text_of(browser.get(f"{url}?so=sem"))
    assert text_of(browser.get(f"{url}?so=conflito")).count("Toalha de linho") >= 2
    assert "Panela de ferro" in text_of(browser.get(f"{url}?q=PANELA"))


def test_a_row_is_linked_by_sku_unlinked_and_refused_in_plain_words(merchant: Merchant) -> None:
    url = shelf_of(merchant)
    browser = merchant.browser("administrator")
    kettle = StoreProduct.objects.get(external_id="p-livre")
    refused = browser.post(url, {"vincular": kettle.pk, f"sku-{kettle.pk}": "FRI-24"}, follow=True)
    assert "já tem vínculo com outro item desta loja" in text_of(refused)
    merchant.house.product("CHALEIRA")
    linked = browser.post(url, {"vincular": kettle.pk, f"sku-{kettle.pk}": "CHALEIRA"}, follow=True)
    assert "Chaleira azul é CHALEIRA a partir de agora" in text_of(linked)
    browser.post(url, {"desfazer": kettle.pk})
    assert not Listing.objects.filter(external_id="p-livre").exists()


def test_a_changed_code_is_confirmed_on_its_row(merchant: Merchant) -> None:
    url = shelf_of(merchant)
    merchant.house.vendor.shelf.edit(("p-fri-24", ""), reference="PANELA-24")
    read_back_now(merchant.house.store, asked_by="Rosana")
    merchant.house.work()
    browser = merchant.browser("administrator")
    assert "era FRI-24" in text_of(browser.get(f"{url}?so=conflito"))
    pan = StoreProduct.objects.get(external_id="p-fri-24")
    browser.post(url, {"confirmar": pan.pk})
    pan.refresh_from_db()
    assert pan.conflict == ""
    assert Listing.objects.get(external_id="p-fri-24").reference == "PANELA-24"


def test_what_another_tab_did_meanwhile_is_said_in_a_sentence(merchant: Merchant) -> None:
    url = shelf_of(merchant)
    browser = merchant.browser("administrator")
    pan = StoreProduct.objects.get(external_id="p-fri-24")
    browser.post(url, {"desfazer": pan.pk})
    again = text_of(browser.post(url, {"desfazer": pan.pk}, follow=True))
    assert "não tem mais vínculo" in again
    assert "alguém o desfez há pouco" in text_of(browser.post(url, {"confirmar": pan.pk}, follow=True))
    StoreProduct.objects.filter(pk=pan.pk).delete()
    for deed in ("vincular", "desfazer", "confirmar"):
        answer = text_of(browser.post(url, {deed: pan.pk}, follow=True))
        assert "não está mais na lista da loja" in answer


def test_the_error_inbox_says_what_changed_that_orders_go_on_and_where_to_decide(merchant: Merchant) -> None:
    url = shelf_of(merchant)
    merchant.house.vendor.shelf.edit(("p-fri-24", ""), reference="PANELA-24")
    read_back_now(merchant.house.store, asked_by="Rosana")
    merchant.house.work()
    cause = Pending.objects.get(reason="link_conflict")
    page = merchant.browser("administrator").get(merchant.url(f"erros/{cause.pk}/"))
    assert "um item vinculado mudou de código" in text_of(page)
    assert "os pedidos seguem" in text_of(page)
    assert f'href="{url}?so=conflito"' in page.content.decode()


def test_a_product_that_got_variants_is_named_with_what_to_do(merchant: Merchant) -> None:
    url = shelf_of(merchant)
    merchant.house.vendor.shelf.put("FRI-G", product="p-fri-24")
    read_back_now(merchant.house.store, asked_by="Rosana")
    merchant.house.work()
    browser = merchant.browser("administrator")
    cause = Pending.objects.get(reason="link_varied")
    page = browser.get(merchant.url(f"erros/{cause.pk}/"))
    assert "variações que não têm vínculo: FRI-24." in text_of(page)
    assert f'href="{url}?so=conflito"' in page.content.decode()
    listed = text_of(browser.get(f"{url}?so=conflito"))
    assert "Ganhou variações" in listed
    assert "Produto FRI-G" in listed, "the variant that is to be linked is not where the button leads"
    assert "Chaleira azul" not in listed
