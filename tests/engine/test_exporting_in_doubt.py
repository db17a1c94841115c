"""*Exportar produtos* when nobody knows what a store made: slow stores, dead workers, codes that change meanwhile."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from cais.catalog.models import Listing
from cais.connections.turns import GIVING_PRODUCTS
from cais.exporting.asking import export
from cais.exporting.looking import look_at_products
from cais.exporting.marks import mark_at
from cais.exporting.models import ProductPublication
from cais.exporting.sending import send_products
from cais.exporting.situations import Situation
from tests.engine.house import House
from tests.engine.test_exporting import SKU, again, edited, exported, in_store, product, situation, switch_on


@pytest.fixture
def shop(home: House) -> House:
    """A store that makes another product of every request, whatever its code."""
    home.vendor.choices.ensure_by_reference = False
    switch_on(home)
    return home


def test_while_one_worker_gives_a_store_its_products_another_leaves_it_alone(shop: House) -> None:
    """In a slow store the calls of one product take longer than its lease; who came then would make a second one."""
    export(shop.store, [product(shop).pk], actor_name="Rosana")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [GIVING_PRODUCTS, shop.store.pk])
        send_products(shop.store)
        assert in_store(shop) == []
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()
    send_products(shop.store)
    assert len(in_store(shop)) == 1


def test_a_worker_that_dies_with_the_request_on_its_way_leaves_one_product(shop: House) -> None:
    """It was sent at the very end of the lease, and the store's list does not show yet what it made."""
    shop.vendor.choices.find_stale_seconds = 30
    shop.vendor.faults.next("lost_after_commit", only="POST /store/products")
    exported(shop, product(shop))
    died = {"lease": uuid.uuid4(), "lease_until": Now() - timedelta(milliseconds=1), "due_at": Now()}
    ProductPublication.objects.update(in_flight=True, **died)
    shop.work()
    assert len(in_store(shop)) == 1
    shop.vendor.choices.find_stale_seconds = 0
    again(shop)
    assert (len(in_store(shop)), situation(shop)) == (1, Situation.EXPORTED)


def test_a_code_that_changed_after_a_lost_answer_makes_no_second_product(shop: House) -> None:
    shop.vendor.faults.next("lost_after_commit", only="POST /store/products")
    found = product(shop)
    exported(shop, found)
    edited(shop, found, sku="IMG-NOVO")
    again(shop)
    (item,) = shop.vendor.shelf.items.values()
    assert (item.reference, situation(shop, "IMG-NOVO")) == ("IMG-NOVO", Situation.EXPORTED)
    assert Listing.objects.get().reference == "IMG-NOVO"


def test_a_change_is_not_forgotten_by_who_speaks_longer_than_the_lease(shop: House) -> None:
    exported(shop, found := product(shop))
    ProductPublication.objects.update(due_at=Now())
    (slow,) = ProductPublication.objects.claim(1)
    ProductPublication.objects.update(lease_until=Now() - timedelta(seconds=1))
    found.name = "Outro nome"
    found.save()
    mark_at(shop.store, [found.pk])
    look_at_products(shop.store)
    assert slow.settle(published_digest=slow.desired_digest)
    assert ProductPublication.objects.get().due_at is not None
    assert found.sku == SKU
