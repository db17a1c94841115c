"""What a person corrects in a customer outlives every later word of a store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cais.core.documents import Address, BuyerDoc
from cais.customers.corrections import Correction, InvalidCustomer, correct, trust_stores_again
from cais.customers.models import Customer
from cais.customers.services import register
from tests.goods.conftest import Shop

CPF = "52998224725"
TYPED = Correction(document="529.982.247-25", name="Ana Prado", city="Lages", state="sc", postal_code="88500-000")


@pytest.fixture
def ana(shop: Shop) -> Customer:
    buyer = BuyerDoc(name="Ana Prado", document=CPF)
    address = Address(city="Lages", state="SC", postal_code="88500000")
    return Customer.objects.get(pk=register(shop.group.pk, {"1": (buyer, address)})["1"])


def test_saving_without_a_change_corrects_nothing(ana: Customer) -> None:
    assert correct(ana, TYPED) == []
    assert Customer.objects.get().corrected == []


def test_what_changed_is_kept_against_the_store(shop: Shop, ana: Customer) -> None:
    assert correct(ana, replace(TYPED, name="Ana Prado Lima", phone="49 3222-0000")) == ["name", "phone"]
    register(shop.group.pk, {"2": (BuyerDoc(name="ANA", document=CPF, phone="0"), Address())})
    kept = Customer.objects.get()
    assert (kept.name, kept.phone, kept.corrected) == ("Ana Prado Lima", "49 3222-0000", ["name", "phone"])


def test_the_word_can_be_given_back_to_the_stores(shop: Shop, ana: Customer) -> None:
    correct(ana, replace(TYPED, name="Ana Prado Lima"))
    trust_stores_again(ana)
    register(shop.group.pk, {"2": (BuyerDoc(name="Ana P.", document=CPF), Address())})
    assert Customer.objects.get().name == "Ana P."


def test_a_document_that_was_missing_makes_a_company(ana: Customer) -> None:
    correct(ana, replace(TYPED, document="12.ABC.345/01DE-35"))
    assert (Customer.objects.get().document, Customer.objects.get().is_company) == ("12ABC34501DE35", True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("document", "529.982.247-26"),
        ("email", "ana@"),
        ("state", "Santa Catarina"),
        ("postal_code", "885"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(ana: Customer, field: str, value: str) -> None:
    with pytest.raises(InvalidCustomer) as caught:
        correct(ana, replace(TYPED, **{field: value}))
    assert list(caught.value.problems) == [field]


def test_the_document_of_another_customer_is_refused(shop: Shop, ana: Customer) -> None:
    Customer.objects.create(group=shop.group, name="Bruno Reis", document="11144477735")
    with pytest.raises(InvalidCustomer, match="Outro cliente"):
        correct(ana, replace(TYPED, document="111.444.777-35"))
