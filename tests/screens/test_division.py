"""*E se…*: who else of the group could serve an order, on the screen and from real balances."""

from __future__ import annotations

import pytest

from cais.catalog.models import KitComponent, Product
from cais.companies.models import Company
from cais.companies.services import add_company
from cais.core.allocation import Policy
from cais.mappings.models import SalesChannel
from cais.settling.division import request_of
from cais.stock.models import Balance, LedgerEntry, Pool
from cais.stock.pools import pools_of
from tests.engine.companies import serve, stock
from tests.engine.goods import put
from tests.screens.conftest import Merchant
from tests.screens.reading import text_of

SUDESTE = "44555666000181"


@pytest.fixture
def sudeste(merchant: Merchant) -> Company:
    """A second company, later in the queue, with 7 of the pan of which the store's company has 1."""
    made = add_company(
        merchant.house.group, name="Sudeste", legal_name="Jurubim Sudeste Ltda", cnpj=SUDESTE, state="SP"
    )
    put(Product.objects.get(sku="PAN-24"), made.warehouses.get(), "7")
    return made


def address(merchant: Merchant, matter: str, query: str = "") -> str:
    return merchant.url(f"pedidos/{merchant.orders[matter].pk}/e-se/{query}")


def test_an_order_that_lacks_goods_shows_who_of_the_group_has_them(merchant: Merchant, sudeste: Company) -> None:
    """3 pans are wanted. Casa has 1, which this very order holds; Sudeste has 7 and could serve all."""
    page = merchant.browser("reader").get(address(merchant, "short"))
    rows = {row.name: row for row in page.context["companies"]}
    assert [(one.quantity, one.wanted) for one in rows["Casa"].holdings] == [(1, 3)]
    assert [(one.quantity, one.wanted) for one in rows["Sudeste"].holdings] == [(3, 3)]
    assert rows["Sudeste"].chosen
    shown = text_of(page)
    assert "Sudeste tem tudo. O pedido vai em 1 volume." in shown
    assert "Falta: 2 " in rows["Casa"].why


def test_an_item_is_called_as_in_the_register(merchant: Merchant, sudeste: Company) -> None:
    """Two variants bear one name in the store; the register tells them apart."""
    Product.objects.filter(sku="PAN-24").update(name="Panela de ferro Azul")
    page = merchant.browser("reader").get(address(merchant, "short"))
    for row in page.context["companies"]:
        assert [one.name for one in row.holdings] == ["Panela de ferro Azul"]


def test_looking_changes_nothing(merchant: Merchant, sudeste: Company) -> None:
    def all_there_is() -> list[tuple[object, ...]]:
        return [*Balance.objects.order_by("pk").values_list(), *LedgerEntry.objects.order_by("pk").values_list()]

    before = all_there_is()
    merchant.browser("reader").get(address(merchant, "short", f"?regra=volumes&sem={sudeste.pk}"))
    assert all_there_is() == before
    assert merchant.again("short").movement_state == "none"


def test_left_out_a_company_serves_nothing_and_what_lacks_is_told(merchant: Merchant, sudeste: Company) -> None:
    page = merchant.browser("reader").get(address(merchant, "short", f"?sem={sudeste.pk}"))
    shown = text_of(page)
    assert "Não há o bastante para servir o pedido inteiro." in shown
    assert "Ficou de fora a seu pedido." in shown
    assert page.context["lacking"] == ["Falta: 2 Produto PAN-24."]


@pytest.mark.parametrize(
    "query", ["?regra=xyz&sem=abc", "?sem=99999999999999999999", "?sem=²", "?regra=volumes&sem=-1"]
)
def test_nonsense_in_the_address_asks_for_what_is_usual(merchant: Merchant, sudeste: Company, query: str) -> None:
    page = merchant.browser("reader").get(address(merchant, "short", query))
    assert page.status_code == 200
    assert "Sudeste tem tudo." in text_of(page)


def test_an_item_without_a_product_is_named_first(merchant: Merchant, sudeste: Company) -> None:
    assert "ainda não tem produto no cadastro" in text_of(merchant.browser("reader").get(address(merchant, "unknown")))


def test_an_order_that_is_a_sale_asks_nobody(merchant: Merchant, sudeste: Company) -> None:
    assert "não espera mais quem o sirva" in text_of(merchant.browser("reader").get(address(merchant, "well")))


def test_the_way_there_is_shown_where_there_is_somebody_to_ask(merchant: Merchant) -> None:
    browser, path = merchant.browser("reader"), merchant.url(f"pedidos/{merchant.orders['short'].pk}/")
    assert "E se…" not in text_of(browser.get(path))
    add_company(merchant.house.group, name="Sudeste", legal_name="Jurubim Sudeste Ltda", cnpj=SUDESTE, state="SP")
    assert "E se…" in text_of(browser.get(path))
    assert "E se…" not in text_of(browser.get(merchant.url(f"pedidos/{merchant.orders['well'].pk}/")))


def test_what_other_orders_were_promised_is_not_free(merchant: Merchant, sudeste: Company) -> None:
    """The unpaid order holds 2 cups of Casa's 50 in the pool, the one without a translation and the one that does not
    close 2 each, and the sale 2 in the warehouse: the unpaid one finds 50 − 2 − 2 − 2 = 44."""
    asked = request_of(merchant.again("unpaid"), policy=Policy.PRIORITY)
    cups = Product.objects.get(sku="XIC-200").pk
    casa = next(one for one in asked.candidates if one.company == merchant.house.company.pk)
    assert [depot.free for depot in casa.depots] == [{cups: 44}]
    assert [(line.quantity, [part.product for part in line.components]) for line in asked.lines] == [(2, [cups])]


def test_a_kit_is_asked_for_by_its_components(merchant: Merchant, sudeste: Company) -> None:
    pan, cups = Product.objects.get(sku="PAN-24"), Product.objects.get(sku="XIC-200")
    kit = Product.objects.create(group=merchant.house.group, sku="KIT-1", name="Kit", is_kit=True, price="300")
    for part, count in ((pan, "1"), (cups, "4")):
        KitComponent.objects.create(group=merchant.house.group, kit=kit, product=part, quantity=count)
    merchant.orders["short"].lines.update(product=kit)
    (line,) = request_of(merchant.again("short"), policy=Policy.PRIORITY).lines
    assert line.is_kit
    assert {part.product: part.per_unit for part in line.components} == {pan.pk: 1, cups.pk: 4}
    page = merchant.browser("reader").get(address(merchant, "short"))
    # Casa: 1 pan, so 1 kit; Sudeste has pans and no cup.
    assert [(row.name, row.holdings[0].quantity) for row in page.context["companies"]] == [("Casa", 1), ("Sudeste", 0)]


def test_what_another_company_has_is_proposed_as_a_transfer(merchant: Merchant, sudeste: Company) -> None:
    """Casa lacks two of the three pans; Sudeste, which does not serve the store, has seven."""
    operator = merchant.browser("operator")
    page = operator.get(address(merchant, "short"))
    (action,) = page.context["transfers"]
    assert action.label == "Propor transferência de Sudeste / Principal"
    proposal = operator.get(action.url)
    assert proposal.context["order"] == merchant.orders["short"]
    form = proposal.context["form"]
    assert form["source"].value() == str(sudeste.warehouses.get().pk)
    assert form["target"].value() == str(merchant.house.company.warehouses.get().pk)
    assert b'value="PAN-24"' in proposal.content
    assert b'name="item-0-quantity" value="2"' in proposal.content
    assert merchant.browser("reader").get(address(merchant, "short")).context["transfers"] == []


def test_what_that_company_promised_to_orders_of_its_own_is_not_proposed(merchant: Merchant, sudeste: Company) -> None:
    """Sudeste has seven and promised six of them to orders that only it may serve: one may leave, of two that lack."""
    own = frozenset([sudeste.pk])
    pool = pools_of(sudeste.group_id, [own])[own]
    pan = Product.objects.get(sku="PAN-24")
    promised = Balance.objects.create(group=merchant.house.group, product=pan, pool_id=pool, reserved=6)
    operator = merchant.browser("operator")
    (action,) = operator.get(address(merchant, "short")).context["transfers"]
    assert b'name="item-0-quantity" value="1"' in operator.get(action.url).content
    Balance.objects.filter(pk=promised.pk).update(reserved=7)
    assert operator.get(address(merchant, "short")).context["transfers"] == []


def test_the_store_s_own_rules_hold_until_the_person_asks_otherwise(merchant: Merchant, sudeste: Company) -> None:
    """5 pans are wanted. Casa has 1 and Sudeste 4: only together could they serve, and the channel forbids it."""
    serve(merchant.house.store, sudeste, merchant.house.company, policy="fewest_parcels")
    order = merchant.again("short")
    order.lines.update(quantity=5)
    stock(merchant.house, Product.objects.get(sku="PAN-24"), at=sudeste, units="-3")
    pools = Pool.objects.count()
    page = merchant.browser("reader").get(address(merchant, "short"))
    assert page.context["by_parcels"]
    assert [row.name for row in page.context["companies"]] == ["Sudeste", "Casa"]
    assert "quem atende esta loja hoje: Sudeste e Casa" in text_of(page)
    divided = "Com Sudeste e Casa o pedido vai em 2 volumes"
    assert divided in text_of(page)
    SalesChannel.objects.update(may_split=False)
    SalesChannel.objects.get().issuers.create(group=merchant.house.group, company=sudeste)
    assert divided not in text_of(merchant.browser("reader").get(address(merchant, "short")))
    merchant.browser("reader").get(merchant.url(f"pedidos/{order.pk}/movimentar/"))
    assert Pool.objects.count() == pools
