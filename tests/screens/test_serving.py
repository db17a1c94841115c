"""*Conectores › Empresas*: who serves a store, in which order, by which rule."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cais.companies.models import Company
from cais.companies.services import add_company, place_company
from cais.connections import serving
from cais.connections.models import Connection, ServingCompany
from cais.orders.models import Order
from tests.screens.conftest import Merchant


@pytest.fixture
def branch(merchant: Merchant) -> Company:
    return add_company(
        merchant.house.group, name="Filial", legal_name="Jurubim Filial Ltda", cnpj="11222333000262", state="SC"
    )


def _url(merchant: Merchant) -> str:
    return reverse("connection_companies", args=[merchant.house.group.slug, merchant.house.store.pk])


def _move(merchant: Merchant, company: Company) -> str:
    return reverse("connection_company_move", args=[merchant.house.group.slug, merchant.house.store.pk, company.pk])


def _queue(merchant: Merchant) -> list[str]:
    return [company.name for company in serving.queue_of(merchant.house.store)]


def test_until_somebody_says_so_the_stores_own_company_serves_alone(merchant: Merchant, branch: Company) -> None:
    page = merchant.browser("administrator").get(_url(merchant)).content.decode()
    assert _queue(merchant) == ["Casa"]
    assert "Filial" in page
    assert "não atende" in page


def test_who_is_ticked_serves_by_priority_and_open_orders_are_looked_at_again(
    merchant: Merchant, branch: Company
) -> None:
    store = merchant.house.store
    Order.objects.filter(connection=store).update(due_at=None)
    fields = {"empresa": [store.company_id, branch.pk], "regra": "fewest_parcels", "sozinho": "always"}
    assert merchant.browser("administrator").post(_url(merchant), fields).status_code == 302
    kept = Connection.objects.get(pk=store.pk)
    assert (_queue(merchant), kept.policy, kept.moves) == (["Casa", "Filial"], "fewest_parcels", "always")
    untold = Order.objects.filter(connection=store, is_history=False, erp_state="")
    assert untold.exists()
    assert not untold.filter(due_at=None).exists()


def test_nobody_at_all_is_refused_in_words_and_nothing_changes(merchant: Merchant) -> None:
    answer = merchant.browser("administrator").post(_url(merchant), {"regra": "priority", "sozinho": "never"})
    assert answer.status_code == 422
    assert "Marque ao menos uma empresa" in answer.content.decode()
    assert Connection.objects.get(pk=merchant.house.store.pk).moves == Connection.Moves.WHOLE


def test_a_store_has_an_order_of_its_own_until_it_follows_the_priority_again(
    merchant: Merchant, branch: Company
) -> None:
    store = merchant.house.store
    merchant.browser("administrator").post(_url(merchant), {"empresa": [store.company_id, branch.pk]})
    merchant.browser("administrator").post(_move(merchant, branch), {"lugar": "1"})
    assert _queue(merchant) == ["Filial", "Casa"]
    place_company(branch, at=0)
    merchant.browser("administrator").post(_move(merchant, branch), {"para": "prioridade"})
    assert _queue(merchant) == ["Filial", "Casa"]
    assert not ServingCompany.objects.filter(rank__isnull=False).exists()


@pytest.mark.parametrize(
    ("place", "queue"),
    [("1", ["Filial", "Casa"]), ("2", ["Casa", "Filial"]), ("0", ["Casa", "Filial"]), ("9", ["Casa", "Filial"])],
)
def test_a_company_takes_the_place_where_its_row_was_dropped(
    merchant: Merchant, branch: Company, place: str, queue: list[str]
) -> None:
    url = reverse("company_move", args=[merchant.house.group.slug, branch.pk])
    merchant.browser("administrator").post(url, {"lugar": place})
    assert [row.name for row in Company.objects.of(merchant.house.group)] == queue


def test_a_company_of_another_group_cannot_be_ticked(merchant: Merchant) -> None:
    other = merchant.house.store.company_id + 999
    assert merchant.browser("administrator").post(_url(merchant), {"empresa": [other]}).status_code == 422
