"""De-para on the screen: coverage, one by one, many by checkbox, the row that an error leads to."""

from __future__ import annotations

from cais.inbox.models import Pending
from cais.mappings.models import BearerRule, FreightMethod, SalesChannel
from tests.screens.conftest import Merchant
from tests.screens.reading import said

ITEM = ("XIC-200", "1", "12.50")


def address(merchant: Merchant, table: str, row: int | str = "") -> str:
    tail = f"{row}/" if row else ""
    return merchant.url(f"conectores/{merchant.house.store.pk}/de-para/{table}/{tail}")


def sell(merchant: Merchant, **changes: object) -> str:
    sold = merchant.house.vendor.store.sell(lines=[ITEM], changes=changes)
    merchant.house.read()
    return sold


def test_the_page_says_how_much_is_covered_and_what_waits(merchant: Merchant) -> None:
    sell(merchant, shipping="Entrega Turbo")
    page = merchant.browser("administrator").get(address(merchant, "frete")).content.decode()
    assert "1 de 2" in page
    assert "1 linha por preencher" in page
    assert page.index("Entrega Turbo") < page.index("Entrega comum")


def test_ticked_rows_are_filled_together_and_their_orders_go_on(merchant: Merchant) -> None:
    sold = [sell(merchant, shipping="Entrega Turbo"), sell(merchant, shipping="Motoboy")]
    rows = FreightMethod.objects.filter(filled_at=None)
    data = {"linha": [row.pk for row in rows], "todos_como": "0", "transportadora": "Rota do Sal"}
    response = merchant.browser("administrator").post(address(merchant, "frete"), data)
    assert "2 linhas foram salvas. 2 pedidos seguem em instantes." in said(response)
    merchant.house.work()
    assert all(merchant.house.order(key).is_integrated for key in sold)
    assert set(
        FreightMethod.objects.filter(filled_by="Pessoa Administrator").values_list("carrier_name", flat=True)
    ) == {"Rota do Sal"}


def test_the_error_leads_to_the_row_and_filling_it_closes_the_error(merchant: Merchant) -> None:
    sold = sell(merchant, channel="Feira do Porto")
    browser = merchant.browser("administrator")
    cause = Pending.objects.get(reason="channel_unmapped", closed_at=None)
    channel = SalesChannel.objects.get(label="Feira do Porto")
    url = address(merchant, "canais", channel.pk)
    assert url in browser.get(merchant.url(f"erros/{cause.pk}/")).content.decode()
    incomplete = browser.post(url, {"nature": "marketplace", "note_by": "merchant"})
    assert incomplete.status_code == 422
    assert "Informe o CNPJ" in incomplete.content.decode()
    whole = {
        "nature": "marketplace",
        "note_by": "merchant",
        "intermediary_cnpj": "98.765.432/0001-98",
        "seller_id": "jurubim",
        "issuers": [str(merchant.house.company.pk)],
    }
    assert "1 pedido segue em instantes" in said(browser.post(url, whole))
    merchant.house.work()
    assert merchant.house.order(sold).is_integrated
    cause.refresh_from_db()
    assert cause.closed_at is not None
    channel.refresh_from_db()
    assert (channel.intermediary_cnpj, channel.may_split) == ("98765432000198", False)
    assert [row.company_id for row in channel.issuers.all()] == [merchant.house.company.pk]


def test_nonsense_and_a_readers_wish_change_nothing(merchant: Merchant) -> None:
    row = FreightMethod.objects.get(label="Entrega comum")
    browser = merchant.browser("administrator")
    assert "Nada mudou" in said(browser.post(address(merchant, "frete"), {f"m-{row.pk}": "77"}))
    assert "Nada mudou" in said(browser.post(address(merchant, "frete"), {"linha": ["x", "9" * 30], "todos_como": "1"}))
    assert browser.get(address(merchant, "nada")).status_code == 404
    assert merchant.browser("reader").post(address(merchant, "frete"), {f"m-{row.pk}": "9"}).status_code == 403
    row.refresh_from_db()
    assert row.freight_by == "0"


def test_one_coupon_gets_a_rule_of_its_own_and_the_order_says_whose_it_is(merchant: Merchant) -> None:
    home = merchant.house
    coupon = [{"kind": "coupon", "value": "-2.50", "label": "Cupom BANCO"}]
    paid = [{"method": "Pix", "method_id": "pix", "value": "10.00", "instalments": 1, "paid_at": None}]
    sold = sell(merchant, amounts=coupon, total="10.00", payments=paid, shipping="Motoboy")
    rule = BearerRule.objects.get()
    browser = merchant.browser("administrator")
    answer = browser.post(address(merchant, "descontos", rule.pk), {"only": "Cupom BANCO", "choice": "gateway-"})
    assert "Cupom BANCO" in said(answer)
    page = browser.get(merchant.url(f"pedidos/{home.order(sold).pk}/")).content.decode()
    assert "Cupom BANCO (por conta do meio de pagamento), fora da nota" in page
    assert "Vale na venda e na nota" in page
    assert address(merchant, "descontos", home.order(sold).adjustments.get().rule_id) in page
