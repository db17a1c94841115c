"""One customer per document, whoever sold to them, and a person's correction stays."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import monotonic

import pytest
from django.db import connection, transaction

from cais.core.documents import Address, BuyerDoc
from cais.customers.models import Customer
from cais.customers.services import register
from tests.goods.conftest import Shop, at_once

HOME = Address(
    street="Rua das Flores", number="12", district="Centro", city="Lages", state="SC", postal_code="88500000"
)
CPF = "52998224725"
CNPJ_WITH_LETTERS = "12ABC34501DE35"  # the Receita Federal's own example of an alphanumeric CNPJ


def _buyer(**fields: str) -> BuyerDoc:
    return BuyerDoc(**{"name": "Ana Prado", **fields})  # type: ignore[arg-type]


def _one(shop: Shop, buyer: BuyerDoc, address: Address = HOME) -> int:
    return register(shop.group.pk, {"1": (buyer, address)})["1"]


def test_the_same_document_is_the_same_customer_whatever_its_punctuation(shop: Shop) -> None:
    first = _one(shop, _buyer(document="529.982.247-25"))
    assert _one(shop, _buyer(document=CPF, name="Ana P.")) == first
    assert Customer.objects.get().document == CPF


def test_a_cnpj_with_letters_makes_a_company(shop: Shop) -> None:
    _one(shop, _buyer(document="12.abc.345/01de-35"))
    customer = Customer.objects.get()
    assert (customer.document, customer.is_company) == (CNPJ_WITH_LETTERS, True)


def test_two_orders_of_one_buyer_in_the_same_batch_make_one_customer(shop: Shop) -> None:
    buyer = (_buyer(document=CPF), HOME)
    ids = register(shop.group.pk, {"a": buyer, "b": buyer, "c": (_buyer(document=CNPJ_WITH_LETTERS), HOME)})
    assert ids["a"] == ids["b"] != ids["c"]
    assert Customer.objects.count() == 2


@pytest.mark.parametrize("document", ["", "00000000000", "52998224726", "isento"])
def test_without_a_valid_document_nobody_is_joined_by_name(shop: Shop, document: str) -> None:
    first = _one(shop, _buyer(document=document))
    assert _one(shop, _buyer(document=document)) != first
    assert set(Customer.objects.values_list("document", flat=True)) == {""}


def test_without_a_document_the_same_mailbox_and_name_are_the_same_customer(shop: Shop) -> None:
    first = _one(shop, _buyer(email="ana@example.com"))
    assert _one(shop, _buyer(email="Ana@Example.com", name="ANA  PRADO", phone="49999990000")) == first
    assert Customer.objects.get().phone == "49999990000"


def test_a_shared_mailbox_joins_nobody(shop: Shop) -> None:
    first = _one(shop, _buyer(email="semcadastro@loja.example"))
    assert _one(shop, _buyer(email="semcadastro@loja.example", name="Bruno Reis")) != first


def test_a_mailbox_never_leads_to_a_customer_with_document(shop: Shop) -> None:
    first = _one(shop, _buyer(email="ana@example.com", document=CPF))
    assert _one(shop, _buyer(email="ana@example.com")) != first


def test_a_corrected_field_is_never_overwritten_and_the_others_are(shop: Shop) -> None:
    key = _one(shop, _buyer(document=CPF, phone="1"))
    Customer.objects.filter(pk=key).update(name="Ana Prado Lima", corrected=["name"])
    _one(shop, _buyer(document=CPF, phone="2"))
    customer = Customer.objects.get(pk=key)
    assert (customer.name, customer.phone) == ("Ana Prado Lima", "2")


def test_one_corrected_address_field_keeps_the_whole_address(shop: Shop) -> None:
    key = _one(shop, _buyer(document=CPF))
    Customer.objects.filter(pk=key).update(number="12-A", corrected=["number"])
    _one(shop, _buyer(document=CPF), Address(street="Rua Nova", number="1", city="Itu", state="SP"))
    customer = Customer.objects.get(pk=key)
    assert (customer.street, customer.number, customer.city) == ("Rua das Flores", "12-A", "Lages")


def test_what_the_store_leaves_empty_erases_nothing(shop: Shop) -> None:
    key = _one(shop, _buyer(document=CPF, email="ana@example.com"))
    _one(shop, _buyer(document=CPF, name=""), Address())
    customer = Customer.objects.get(pk=key)
    assert (customer.name, customer.email, customer.street) == ("Ana Prado", "ana@example.com", "Rua das Flores")


def test_a_new_address_leaves_nothing_of_the_old_one(shop: Shop) -> None:
    key = _one(shop, _buyer(document=CPF), Address(street="Rua A", complement="ap 9", postal_code="88500-000"))
    _one(shop, _buyer(document=CPF), Address(street="Rua B"))
    customer = Customer.objects.get(pk=key)
    assert (customer.street, customer.complement, customer.postal_code) == ("Rua B", "", "")


def test_text_that_no_column_holds_is_cut_or_dropped_not_refused(shop: Shop) -> None:
    address = Address(street="R" * 400, state="Santa Catarina", postal_code="885")
    key = _one(shop, _buyer(document=CPF, name="A\0na " + "x" * 400), address)
    customer = Customer.objects.get(pk=key)
    assert customer.name.startswith("Ana x")
    assert (len(customer.name), len(customer.street)) == (300, 200)
    assert (customer.state, customer.postal_code) == ("", "")


def test_an_unchanged_customer_is_not_written_again(shop: Shop) -> None:
    buyers = {"1": (_buyer(document=CPF), HOME)}
    register(shop.group.pk, buyers)
    events = Customer.pgh_event_model.objects.count()  # type: ignore[attr-defined]
    register(shop.group.pk, buyers)
    assert Customer.pgh_event_model.objects.count() == events  # type: ignore[attr-defined]


@pytest.mark.parametrize("fields", [{"document": CPF}, {"email": "ana@example.com"}])
def test_two_batches_at_once_make_one_customer(committed_shop: Shop, fields: dict[str, str]) -> None:
    work = partial(_one, committed_shop, _buyer(**fields))
    assert len(set(at_once(committed_shop, work, work, work, work))) == 1
    assert Customer.objects.count() == 1


def test_a_batch_waits_for_the_mailbox_that_another_has_not_committed(committed_shop: Shop) -> None:
    buyer = _buyer(email="ana@example.com")
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first = _one(committed_shop, buyer)
            second = pool.submit(at_once, committed_shop, partial(_one, committed_shop, buyer))
            _until(lambda: second.done() or _somebody_waits())
        assert second.result() == [first]


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


def _until(happened: Callable[[], bool]) -> None:
    deadline = monotonic() + 10
    while not happened():
        assert monotonic() < deadline


def test_batches_in_opposite_order_do_not_lock_each_other(committed_shop: Shop) -> None:
    forward = {str(i): (_buyer(document=d), HOME) for i, d in enumerate([CPF, CNPJ_WITH_LETTERS, "11144477735"])}
    backward = dict(reversed(forward.items()))
    work = [partial(register, committed_shop.group.pk, buyers) for buyers in (forward, backward) * 3]
    results = at_once(committed_shop, *work)
    assert all(result == results[0] for result in results)
