"""Notes of an order that several companies serve: one for each part, each from its own CNPJ, each exit once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from django.db.models import Sum

from cais.catalog.models import Product
from cais.companies.models import Company
from cais.inbox.models import Pending
from cais.movements.models import Reservation
from cais.nfe import services
from cais.nfe.models import FiscalSetup, Nfe
from cais.nfe.waking import wake_mended
from cais.orders.models import Order
from cais.statuses.models import StatusEntry, WriteBack
from cais.statuses.services import set_write_back
from cais.stock.models import Balance, LedgerEntry
from tests.engine.several import moved, parts, stock_at, with_company
from tests.nfe.house import BUYERS_PLACE, FiscalHouse, set_up, texts


@dataclass
class Two:
    """Casa and Norte, each with its own fiscal set-up, certificate and shelf."""

    home: FiscalHouse
    norte: Company

    def sell(self) -> str:
        """3 units at 10.00 and 15.90 of freight, 1 by Casa and 2 by Norte: 15.30 and 30.60."""
        sold = self.home.vendor.store.sell(lines=[("IMG-001", "3", "10.00")], changes={"delivery": BUYERS_PLACE})
        moved(self.home, sold, {"IMG-001": {self.home.company: "1", self.norte: "2"}})
        self.home.work()
        return sold

    def order(self, sold: str) -> Order:
        return self.home.order(sold)

    def note(self, sold: str, company: Company) -> Nfe:
        return Nfe.objects.select_related("order", "company").get(order=self.order(sold), company=company)


@pytest.fixture
def two(home: FiscalHouse) -> Two:
    home.product("IMG-001", units="10", price="10.00")
    norte = with_company(home, "Norte")
    set_up(replace(home, company=norte))
    stock_at(norte, "IMG-001", "10")
    return Two(home, norte)


def bar(company: Company) -> None:
    """The company's notes would be refused: its set-up names no street."""
    FiscalSetup.objects.filter(company=company).update(street="")


def on_hand(company: Company) -> tuple[Decimal, Decimal]:
    shelf = Balance.objects.get(warehouse__company=company)
    return shelf.on_hand, shelf.reserved


def open_reasons(order: Order) -> list[str]:
    rows = Pending.objects.filter(subject="order", subject_id=order.pk, closed_at=None)
    return sorted(rows.values_list("reason", flat=True))


def test_each_company_issues_its_own_note_and_the_store_hears_of_each(two: Two) -> None:
    entry = StatusEntry.objects.get(connection=two.home.store, key="faturado")
    set_write_back(two.home.store, WriteBack.Moment.INVOICED, entry)
    sold = two.sell()
    assert len(services.preview([two.order(sold)]).parts) == 2
    two.home.invoice(sold)
    casa, norte = two.note(sold, two.home.company), two.note(sold, two.norte)
    assert [casa.state, norte.state] == ["authorised", "authorised"]
    assert [casa.total, norte.total] == [Decimal("15.30"), Decimal("30.60")]
    assert casa.total + norte.total == two.order(sold).total
    for note in (casa, norte):
        assert texts(bytes(note.proc), "emit/CNPJ") == [note.company.cnpj]
        assert texts(bytes(note.proc), "detPag/vPag") == [str(note.total)]
    assert sorted(two.home.vendor.invoices.keys(sold)) == sorted([casa.key, norte.key])
    assert two.home.vendor.ledger.statuses_written(sold) == ["3"]
    assert two.order(sold).phase == "invoice_told"
    assert [on_hand(two.home.company), on_hand(two.norte)] == [(9, 0), (8, 0)]
    assert LedgerEntry.objects.filter(kind="ship").count() == 2
    assert not Reservation.objects.exists()
    for _ in range(2):
        two.home.read()
    two.home.issue(sold)
    two.home.work()
    assert len(two.home.received()) == 2
    assert LedgerEntry.objects.filter(kind="ship").count() == 2


def test_a_note_that_is_barred_keeps_its_units_while_the_other_company_ships(two: Two) -> None:
    entry = StatusEntry.objects.get(connection=two.home.store, key="faturado")
    set_write_back(two.home.store, WriteBack.Moment.INVOICED, entry)
    sold = two.sell()
    bar(two.norte)
    two.home.invoice(sold)
    two.home.read()
    order = two.order(sold)
    assert (order.phase, order.has_note, order.is_invoiced) == ("nfe_blocked", True, False)
    assert open_reasons(order) == ["nfe_blocked"]
    assert [on_hand(two.home.company), on_hand(two.norte)] == [(9, 0), (10, 2)]
    assert two.home.vendor.ledger.statuses_written(sold) == []
    FiscalSetup.objects.filter(company=two.norte).update(street="Rua do Cais")
    assert wake_mended(two.home.group.pk) == 1
    two.home.work()
    order = two.order(sold)
    assert (order.phase, open_reasons(order)) == ("invoice_told", [])
    assert two.home.vendor.ledger.statuses_written(sold) == ["3"]
    assert [on_hand(two.home.company), on_hand(two.norte)] == [(9, 0), (8, 0)]


def test_both_companies_are_barred_by_one_product_and_both_go_on_when_it_is_mended(two: Two) -> None:
    sold = two.sell()
    Product.objects.filter(sku="IMG-001").update(ncm="")
    two.home.invoice(sold)
    assert open_reasons(two.order(sold)) == ["nfe_blocked", "nfe_blocked"]
    Product.objects.filter(sku="IMG-001").update(ncm="69111090")
    assert wake_mended(two.home.group.pk) == 2
    two.home.work()
    assert {note.state for note in Nfe.objects.all()} == {"authorised"}
    assert open_reasons(two.order(sold)) == []


def test_a_cancellation_after_the_first_note_waits_for_a_person_and_the_second_never_leaves(two: Two) -> None:
    sold = two.sell()
    bar(two.norte)
    two.home.invoice(sold)
    two.home.vendor.store.cancel(sold)
    for _ in range(3):
        two.home.read()
    order = two.order(sold)
    assert "cancelled_after_note" in open_reasons(order)
    FiscalSetup.objects.filter(company=two.norte).update(street="Rua do Cais")
    wake_mended(two.home.group.pk)
    two.home.work()
    assert len(two.home.received()) == 1
    assert [on_hand(two.home.company), on_hand(two.norte)] == [(9, 0), (10, 2)]


def test_a_company_that_issues_by_itself_does_not_issue_for_another(two: Two) -> None:
    FiscalSetup.objects.filter(company=two.norte).update(automatic_since="2020-01-01T00:00:00Z")
    sold = two.sell()
    two.home.work()
    assert [note.company.name for note in Nfe.objects.all()] == ["Norte"]
    order = two.order(sold)
    assert (order.phase, order.has_note) == ("integrated", True)
    assert [part.nfe_state for part in parts(order)] == ["", "told"]
    two.home.invoice(sold)
    assert two.order(sold).phase == "invoice_told"
    assert Balance.objects.aggregate(n=Sum("reserved"))["n"] == 0
