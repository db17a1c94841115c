"""A blocked note goes on by itself once what barred it is mended, and only then."""

from __future__ import annotations

from cais.catalog.models import Product
from cais.nfe.models import Certificate
from cais.nfe.waking import wake_mended
from tests.nfe.house import FiscalHouse, stocked


def spoil(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(ncm="")


def test_a_product_that_is_mended_lets_every_note_behind_it_go_on(home: FiscalHouse) -> None:
    product = stocked(home)
    first, second = home.sell(), home.sell()
    spoil(product)
    home.invoice(first, second)
    assert home.reasons(first) == {"nfe_blocked"}
    assert wake_mended(home.group.pk) == 0
    Product.objects.filter(pk=product.pk).update(ncm="69111090")
    assert wake_mended(home.group.pk) == 2
    home.work()
    assert [home.note(sold).state for sold in (first, second)] == ["authorised", "authorised"]
    assert home.reasons(first) == set()


def test_a_certificate_that_comes_lets_the_notes_go_on(home: FiscalHouse) -> None:
    stocked(home)
    sold = home.sell()
    kept = list(Certificate.objects.all())
    Certificate.objects.all().delete()
    home.invoice(sold)
    assert home.note(sold).state == "blocked"
    Certificate.objects.bulk_create(kept)
    assert wake_mended(home.group.pk) == 1
    home.work()
    assert home.note(sold).state == "authorised"


def test_what_only_the_attempt_can_judge_waits_for_a_person(home: FiscalHouse) -> None:
    product = stocked(home)
    sold = home.sell()
    spoil(product)
    home.invoice(sold)
    note = home.note(sold)
    note.problems = [{**note.problems[0], "code": "clock"}]
    note.save()
    Product.objects.filter(pk=product.pk).update(ncm="69111090")
    assert wake_mended(home.group.pk) == 0
