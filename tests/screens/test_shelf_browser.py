"""Register, stock and what stores show, in a real browser: clean at two widths, one of them dark."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser

from cais.catalog import categories, uploads
from cais.catalog.models import Product
from cais.companies.models import Warehouse
from cais.exporting.asking import propose
from cais.rehearsals.models import Rehearsal
from cais.warehousing import counts, transfers
from cais.warehousing.counts import InventoryDraft, open_inventory
from cais.warehousing.transfers import Item, TransferDraft
from tests.engine.house import house
from tests.engine.plans import plan_of
from tests.engine.test_prices import SKU, change_there, put, read_back
from tests.engine.test_prices import switch_on as tell_prices
from tests.engine.test_shelves import switch_on as tell_stock
from tests.screens.conftest import Merchant, people_of, populate
from tests.screens.test_browser import WIDTHS, chromium, complaints_about, signed_in  # noqa: F401
from tests.screens.test_price_import import HEAD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PEOPLE = {"actor_name": "Rosana"}


@pytest.fixture
def shop(transactional_db: None) -> Iterator[Merchant]:
    """A store that is told stock and prices, and shows another price than ours for one product."""
    with house() as home:
        merchant = Merchant(home, people_of(home), populate(home))
        put(home, SKU, price="1978.50", shows="12.00")
        tell_stock(home)
        tell_prices(home)
        home.work()
        change_there(home, price=Decimal("13.50"))
        read_back(home)
        yield merchant


def pages(merchant: Merchant) -> list[str]:
    home = merchant.house
    product, shelf = Product.objects.get(sku=SKU), home.company.warehouses.get()
    category = categories.add(home.group, "Cozinha")
    back = Warehouse.objects.create(group=home.group, company=home.company, name="Fundos")
    sheet = open_inventory(home.group, InventoryDraft(warehouse=shelf), **PEOPLE)
    counts.count(sheet, {product.pk: Decimal(5)}, **PEOPLE)
    draft = TransferDraft(source=shelf, target=back, items=[Item(product, Decimal(2))], reason="loja sem espaço")
    moved = transfers.propose(home.group, draft, **PEOPLE)
    upload = uploads.keep(
        home.group, purpose="products", name="p.csv", content=b"sku;preco\nIMG-001;9\n", mode="products"
    )
    prices = HEAD.encode() + b"IMG-001;9,90;8,90;20/11/2099;30/11/2099\nNADA-1;1;;;\n"
    kept = uploads.keep(home.group, purpose=f"prices:{home.store.pk}", name="precos.csv", content=prices, mode="prices")
    propose(home.store, [product.pk], **PEOPLE)
    plan = plan_of(home, Rehearsal.Scope.EXPORT)
    store = f"conectores/{home.store.pk}/"
    return [
        "produtos/",
        f"produtos/{product.pk}/",
        "produtos/novo-kit/",
        "produtos/importar/",
        f"produtos/importar/{upload.pk}/",
        "produtos/categorias/",
        f"produtos/categorias/{category.pk}/",
        "estoque/",
        f"estoque/{product.pk}/",
        "estoque/importar/",
        "estoque/transferencias/",
        "estoque/transferencias/nova/",
        f"estoque/transferencias/{moved.pk}/",
        "estoque/inventarios/",
        "estoque/inventarios/novo/",
        f"estoque/inventarios/{sheet.pk}/",
        f"estoque/inventarios/{sheet.pk}/diferencas/",
        f"{store}loja/",
        f"{store}loja/diferencas/",
        f"{store}precos/",
        f"{store}precos/diferencas/",
        f"{store}vinculos/",
        f"{store}estoque/",
        f"{store}estoque/{product.pk}/",
        f"{store}estoque/categorias/{category.pk}/",
        f"{store}regra-de-preco/",
        f"{store}regra-de-preco/{product.pk}/",
        f"{store}regra-de-preco/importar/",
        f"{store}regra-de-preco/importar/{kept.pk}/",
        f"sync/ensaios/{plan.pk}/",
    ]


@pytest.mark.parametrize(("width", "theme"), [("wide", "dark"), ("phone", "light")])
def test_every_page_is_clean(
    live_server: object,
    shop: Merchant,
    chromium: Browser,  # noqa: F811
    width: str,
    theme: str,
) -> None:
    person = shop.people["administrator"]
    paths = {path: shop.url(path) for path in pages(shop)}
    with signed_in(chromium, live_server.url, person, size=WIDTHS[width], theme=theme) as context:
        assert not complaints_about(context, live_server.url, paths)
