"""*Só observando*: everything is read and decided as always, and nothing is said outside."""

from __future__ import annotations

import pytest

from cais.connections.models import Connection
from cais.publishing.models import ErpOrderPublication, StatusPublication
from cais.statuses.models import StatusEntry, WriteBack
from cais.statuses.services import set_write_back
from tests.engine.house import House

OBSERVE, PUBLISH = Connection.Mode.OBSERVE, Connection.Mode.PUBLISH


def turn(home: House, mode: str, *, role: str = "store") -> None:
    Connection.objects.filter(role=role).update(mode=mode)
    home.store.refresh_from_db()


def written(home: House) -> list[str]:
    """Every write that reached the store's order, by the vendor's own ledger."""
    return [call.path for call in home.vendor.ledger.calls if call.method in ("PUT", "POST") and "/orders" in call.path]


@pytest.mark.parametrize("role", ["store", "erp"])
def test_whichever_side_observes_the_order_is_decided_and_no_sale_is_created(home: House, role: str) -> None:
    home.product("IMG-001", units="5")
    turn(home, OBSERVE, role=role)
    sold = home.vendor.store.sell(lines=[("IMG-001", "2", "10.00")])
    home.read()
    assert home.order(sold).phase == "awaiting_sync"
    assert home.sales() == []
    assert ErpOrderPublication.objects.held_back().count() == 1
    turn(home, PUBLISH, role=role)
    home.work()
    assert home.order(sold).phase == "integrated"
    assert ErpOrderPublication.objects.held_back().count() == 0


def test_what_changes_in_the_store_while_it_is_only_observed_is_decided_anew(home: House) -> None:
    home.product("IMG-001", units="5")
    turn(home, OBSERVE)
    lines = [("IMG-001", "2", "10.00")]
    dearer, gone = home.vendor.store.sell(lines=lines), home.vendor.store.sell(lines=lines)
    home.read()
    document = home.vendor.store.orders[dearer]
    line = {**document["lines"][0], "price": "12.00"}
    home.vendor.store.edit(dearer, lines=[line], total="39.90")
    home.vendor.store.cancel(gone)
    home.read()
    assert (home.order(dearer).phase, home.order(gone).phase) == ("awaiting_sync", "cancelled")
    turn(home, PUBLISH)
    home.work()
    (sale,) = home.sales()
    assert (sale.goods, home.order(dearer).phase) == (24, "integrated")


def test_a_store_that_observes_shows_no_status_of_ours(home: House) -> None:
    home.product("IMG-001", units="5")
    set_write_back(home.store, WriteBack.Moment.CAPTURED, StatusEntry.objects.get(connection=home.store, key="enviado"))
    sold = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    home.read()
    told = written(home)
    home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")])
    turn(home, OBSERVE)
    home.read()
    assert told == [f"/store/orders/{sold}/status"]
    assert written(home) == told


def test_a_status_that_is_only_a_wish_is_news_when_the_store_shows_it(home: House) -> None:
    home.product("IMG-001", units="5")
    sent = StatusEntry.objects.get(connection=home.store, key="enviado")
    set_write_back(home.store, WriteBack.Moment.CANCELLED, sent)
    turn(home, OBSERVE)
    sold = home.vendor.store.sell(lines=[("IMG-001", "1", "10.00")], paid=False)
    home.read()
    home.vendor.store.cancel(sold)
    home.read()
    assert StatusPublication.objects.held_back().get().status == sent
    home.vendor.store.set_status(sold, sent.external_id)
    home.read()
    assert home.order(sold).meaning == "shipped"
