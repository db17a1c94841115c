"""The page of an order that several companies serve, and the buttons that mend half of a sale."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cais.backoffice.models import SalesOrder
from cais.companies.models import Company
from cais.connections.models import Connection
from cais.connections.services import make_connection
from cais.nfe.models import FiscalSetup
from tests.engine.several import moved, stock_at, with_company
from tests.nfe.house import BUYERS_PLACE, FiscalHouse, set_up
from tests.screens.notes.invoicing import Invoicer
from tests.screens.reading import text_of


@pytest.fixture
def norte(bare: Invoicer) -> Company:
    """A second company that invoices, with units of its own."""
    bare.home.product("IMG-001", units="10", price="10.00")
    company = with_company(bare.home, "Norte")
    set_up(replace(bare.home, company=company))
    stock_at(company, "IMG-001", "10")
    return company


def sell(home: FiscalHouse, norte: Company) -> str:
    """3 units at 10.00 and 15.90 of freight, 1 by Casa and 2 by Norte: 15.30 and 30.60."""
    sold = home.vendor.store.sell(lines=[("IMG-001", "3", "10.00")], changes={"delivery": BUYERS_PLACE})
    moved(home, sold, {"IMG-001": {home.company: "1", norte: "2"}})
    home.work()
    return sold


def test_the_page_shows_each_company_with_its_sale_its_note_and_a_sum(bare: Invoicer, norte: Company) -> None:
    sold = sell(bare.home, norte)
    FiscalSetup.objects.filter(company=norte).update(street="")
    bare.home.invoice(sold)
    response = bare.browser("reader").get(bare.url(f"pedidos/{bare.home.order(sold).pk}/"))
    parts = response.context["parts"]
    assert [(row.company, row.total, row.state.label) for row in parts.rows] == [
        ("Casa", Decimal("15.30"), "Criada"),
        ("Norte", Decimal("30.60"), "Criada"),
    ]
    assert parts.total == bare.home.order(sold).total
    assert [row.note_state.label for row in parts.rows] == ["Autorizada", "Barrada na conferência"]
    shown = text_of(response)
    assert "Soma das empresas" in shown
    assert "1 de 2 autorizadas" in shown


def test_one_company_needs_no_table_of_companies(bare: Invoicer, norte: Company) -> None:
    sold = bare.home.sell(("IMG-001", "1", "10.00"))
    response = bare.browser("reader").get(bare.url(f"pedidos/{bare.home.order(sold).pk}/"))
    assert response.context["parts"].rows == ()
    assert "Refazer a venda" not in text_of(bare.browser("administrator").get(response.request["PATH_INFO"]))


def test_generating_notes_counts_one_for_each_company(bare: Invoicer, norte: Company) -> None:
    sold = sell(bare.home, norte)
    FiscalSetup.objects.filter(company=norte).update(street="")
    response = bare.browser("fiscal").get(bare.url(f"notas/gerar/?pedido={bare.home.order(sold).pk}"))
    assert response.context["can"] == "1 nota pode sair"
    assert response.context["total"] == Decimal("15.30")
    ((refusal, _),) = response.context["refused"]
    assert (refusal.company, refusal.total) == (norte, Decimal("30.60"))


def test_a_half_made_sale_offers_to_be_made_anew(bare: Invoicer, norte: Company) -> None:
    Connection.objects.filter(role="erp", company=norte).delete()
    make_connection(
        norte,
        connector="imaginary",
        modality="rest",
        name="ERP da Norte",
        values=bare.home.vendor.settings(),
        role="erp",
    )
    bare.home.vendor.erp.put_product(norte.cnpj, "IMG-001", quantity="99")
    bare.home.vendor.faults.set("rejected", probability=1.0, only="POST /erp/orders")
    order = bare.home.order(sell(bare.home, norte))
    page = bare.url(f"pedidos/{order.pk}/")
    assert "Refazer a venda" not in text_of(bare.browser("reader").get(page))
    shown = text_of(bare.browser("administrator").get(page))
    assert "Refazer a venda" in shown
    assert "O ERP da Norte respondeu" in shown
    bare.home.vendor.faults.clear()
    response = bare.browser("administrator").post(f"{page}refazer-venda/", follow=True)
    assert "refeita em instantes" in text_of(response)
    bare.home.work()
    assert bare.home.order(order.external_id).phase == "integrated"
    assert SalesOrder.objects.filter(state="cancelled").count() == 1
    assert "Refazer a venda" not in text_of(bare.browser("administrator").get(page))
