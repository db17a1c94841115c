"""What SEFAZ refuses: the number is kept, burnt or lost as the law says, and a person is told."""

from __future__ import annotations

import pytest

from cais.nfe import services
from cais.nfe.models import FormerCopy, Nfe, NumberSeries, SefazState
from cais.stock.models import Balance
from tests.nfe.house import FiscalHouse, stocked, texts


def rejected(home: FiscalHouse, *, status: int = 778) -> str:
    stocked(home)
    sold = home.sell()
    home.sefaz.faults.set("reject", times=1, service="authorise", value=status)
    home.invoice(sold)
    return sold


def test_a_rejected_note_keeps_its_number_and_says_why(home: FiscalHouse) -> None:
    sold = rejected(home)
    note = home.note(sold)
    assert (note.state, note.status, note.number) == ("rejected", "778", 1)
    assert home.order(sold).phase == "nfe_rejected"
    assert home.reasons(sold) == {"nfe_rejected"}
    for _ in range(3):
        home.work()
    assert len(home.received()) == 1


def test_a_corrected_note_goes_under_the_same_number_and_code(home: FiscalHouse) -> None:
    sold = rejected(home)
    before = home.note(sold)
    home.store.listings.all()
    product = before.fulfilment.movement.lines.get().product
    product.ncm = "73239300"
    product.save()
    services.try_again(before, actor_name="Rosana")
    home.work()
    note = home.note(sold)
    assert (note.state, note.number, note.cnf) == ("authorised", 1, before.cnf)
    assert texts(bytes(note.proc), "prod/NCM") == ["73239300"]
    assert FormerCopy.objects.get(nfe=note).digest == before.digest != note.digest
    assert home.sefaz.findings() == []
    assert home.reasons(sold) == set()


def test_the_third_equal_rejection_is_the_last_until_something_changes(home: FiscalHouse) -> None:
    sold = rejected(home)
    home.sefaz.faults.set("reject", probability=1.0, service="authorise", value=778)
    for _ in range(2):
        services.try_again(home.note(sold))
        home.work()
    assert home.note(sold).same_rejections == 3
    with pytest.raises(services.CannotTryAgain, match="3 vezes"):
        services.try_again(home.note(sold))
    home.issue(sold)
    home.work()
    assert len(home.received()) == 3
    home.sefaz.faults.clear()
    home.note(sold).fulfilment.movement.lines.get().product.__class__.objects.update(ncm="73239300")
    services.try_again(home.note(sold))
    home.work()
    assert home.note(sold).state == "authorised"


def test_a_denied_note_burns_its_number_and_keeps_the_units_promised(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.sefaz.faults.set("denied", times=1, service="authorise", value=302)
    home.invoice(sold)
    home.work()
    assert home.order(sold).phase == "nfe_denied"
    assert home.reasons(sold) == {"nfe_denied"}
    assert Balance.objects.get(warehouse__isnull=False).reserved == 2
    services.try_again(home.note(sold))
    home.work()
    assert sorted(Nfe.objects.values_list("state", "number")) == [("authorised", 2), ("denied", 1)]


def test_a_number_that_another_program_used_is_told_and_never_guessed_past(home: FiscalHouse) -> None:
    stocked(home)
    first, second = (home.sell(("IMG-001", "1", "10.00")) for _ in range(2))
    home.invoice(first)
    # As after an old backup: the counter has forgotten the number that SEFAZ remembers.
    Nfe.objects.filter(pk=home.note(first).pk).update(series=9)
    NumberSeries.objects.update(last=0)
    home.invoice(second)
    assert home.note(second).state == "number_taken"
    assert home.reasons(second) == {"nfe_number_taken"}
    services.try_again(home.note(second))
    home.work()
    assert set(Nfe.objects.filter(order=home.order(second)).values_list("state", "number")) == {
        ("number_taken", 1),
        ("authorised", 2),
    }


def test_a_refused_certificate_stops_the_company_until_a_new_one_comes(home: FiscalHouse) -> None:
    sold = rejected(home, status=280)
    assert SefazState.objects.get().stopped == "280"
    other = home.sell(("IMG-001", "1", "10.00"))
    home.invoice(other)
    assert home.note(other).number is None
    assert len(home.received()) == 1
    a1 = home.sefaz.issue(home.company.cnpj)
    services.upload_certificate(home.company, a1.pfx, a1.password, actor_name="Rosana")
    services.try_again(home.note(sold))
    home.work()
    assert [home.note(each).state for each in (sold, other)] == ["authorised", "authorised"]


def test_an_order_cancelled_before_its_note_is_sent_gives_the_number_to_the_next(home: FiscalHouse) -> None:
    sold = rejected(home)
    home.vendor.store.cancel(sold)
    home.read()
    assert Nfe.objects.get(order=home.order(sold)).state == "dropped"
    assert home.order(sold).phase == "cancelled"
    assert Balance.objects.get(warehouse__isnull=False).reserved == 0
    other = home.sell()
    home.invoice(other)
    assert (home.note(other).state, home.note(other).number) == ("authorised", 1)
    assert NumberSeries.objects.get().freed == []


def test_an_order_cancelled_after_its_note_is_never_silent(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.invoice(sold)
    home.vendor.store.cancel(sold)
    home.read()
    assert home.order(sold).phase == "held"
    assert home.reasons(sold) == {"cancelled_after_note"}
    assert [sale.state for sale in home.sales()] == ["open"]
    balance = Balance.objects.get(warehouse__isnull=False)
    assert (balance.on_hand, balance.reserved) == (3, 0)


def test_an_order_cancelled_while_its_note_is_in_doubt_waits_for_sefaz(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    home.sefaz.faults.set("cut_after", times=1, service="authorise")
    home.sefaz.faults.set("http_503", probability=1.0, service="consult")
    home.invoice(sold)
    home.vendor.store.cancel(sold)
    home.read()
    assert [sale.state for sale in home.sales()] == ["open"]
    home.sefaz.faults.clear()
    home.work()
    assert home.note(sold).state == "authorised"
    assert home.reasons(sold) == {"cancelled_after_note"}
