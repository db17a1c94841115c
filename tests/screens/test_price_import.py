"""*Regra de preço*, planilha: out, back in after a preview, and large changes only when a person says so."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cais.catalog.models import Product
from cais.intake.services import connect_store
from cais.pricing.models import PriceException
from cais.pricing.services import ExceptionDraft, set_exception
from tests.screens.conftest import Merchant
from tests.screens.reading import said, text_of

HEAD = "sku;preco;promocao;promocao_de;promocao_ate\n"


@pytest.fixture
def shop(merchant: Merchant) -> Merchant:
    merchant.house.product("XIC-1", price="35.90")
    return merchant


def root(shop: Merchant) -> str:
    return shop.url(f"conectores/{shop.house.store.pk}/regra-de-preco/")


def sent(shop: Merchant, client: Client, rows: str) -> str:
    """The address of the preview."""
    file = SimpleUploadedFile("precos.csv", (HEAD + rows).encode())
    answer = client.post(f"{root(shop)}importar/", {"mode": "prices", "file": file})
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def test_prices_are_seen_first_then_kept_for_that_store(shop: Merchant) -> None:
    client = shop.browser("operator")
    assert f'href="{root(shop)}importar/"' in client.get(root(shop)).content.decode()
    preview = sent(shop, client, "XIC-1;29,90;24,90;20/11/2099;30/11/2099\n")
    page = text_of(client.get(preview)).replace("\u00a0", " ")
    told = "Produto XIC-1 · hoje pede R$ 35,90 · promoção R$ 24,90 de 20/11/2099 a 30/11/2099 R$ 29,90"
    assert told in page
    assert not PriceException.objects.exists()
    answer = client.post(preview)
    assert answer["Location"] == root(shop)
    assert "1 produto mudou de preço ou de promoção em Imaginária." in said(answer)
    assert PriceException.objects.get().fixed == Decimal("29.90")
    assert "já foi importada" in said(client.post(preview))


def test_a_price_that_falls_to_half_waits_until_somebody_looked(shop: Merchant) -> None:
    client = shop.browser("operator")
    preview = sent(shop, client, "XIC-1;3,59;;;\n")
    page = client.post(preview)
    assert page.status_code == 422
    assert "1 mudança grande" in text_of(page)
    assert "uma vírgula fora do lugar" in text_of(page)
    assert not PriceException.objects.exists()
    client.post(preview, {"conferido": "sim"})
    assert PriceException.objects.get().fixed == Decimal("3.59")


def test_a_wrong_row_keeps_all_of_them_out_unless_somebody_says_so(shop: Merchant) -> None:
    client = shop.browser("operator")
    preview = sent(shop, client, "XIC-1;30;;;\nNADA-9;30;;;\n")
    assert "NADA-9 não está no cadastro." in text_of(client.post(preview))
    assert not PriceException.objects.exists()
    client.post(preview, {"decisao": "so_certas"})
    assert PriceException.objects.get().product.sku == "XIC-1"


def test_the_sheet_is_there_for_who_looks(shop: Merchant) -> None:
    set_exception(shop.house.store, Product.objects.get(sku="XIC-1"), ExceptionDraft(fixed=Decimal("29.90")))
    answer = shop.browser("reader").get(f"{root(shop)}planilha/")
    assert answer.content.decode("utf-8-sig").splitlines() == [HEAD.strip(), "XIC-1;29,9;;;"]
    assert "Importar planilha" not in text_of(shop.browser("reader").get(root(shop)))


def test_a_file_for_one_store_is_not_read_for_another(shop: Merchant) -> None:
    home, client = shop.house, shop.browser("operator")
    other = connect_store(
        home.company,
        connector="imaginary",
        modality="rest",
        name="Outra",
        values=home.vendor.settings(),
        role="store",
        start_at="2020-01-01T00:00:00Z",
    )
    preview = sent(shop, client, "XIC-1;30;;;\n")
    elsewhere = preview.replace(f"/{home.store.pk}/", f"/{other.pk}/")
    client.post(elsewhere)
    assert not PriceException.objects.exists()
