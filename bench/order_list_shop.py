"""The merchant of the order list's bench: two companies, one store, an order of each kind, and a browser signed in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench.order_list_rows import Shelf

if TYPE_CHECKING:
    from django.test import Client

    from cais.companies.models import Company
    from cais.connections.models import Connection
    from cais.orders.models import Order

_COMPANIES = (("Jurubim", "11222333000181"), ("Jurubim Sul", "11444777000161"))
_MOVED = {"movement_state": "done", "erp_state": "done"}
_LEFT = {**_MOVED, "nfe_state": "told", "shipped_at": datetime(2026, 1, 1, 12, tzinfo=UTC)}
# Status in the store, its meaning, the facts that make the situation, and how many of a hundred orders are like it.
_KINDS: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("A ENVIAR", "pending", {**_MOVED, "nfe_state": "told"}, 56),
    ("FINALIZADO", "finished", {}, 16),
    ("CANCELADO", "cancelled", {}, 10),
    ("NOVO", "", {}, 0),
    ("AGUARDANDO PAGAMENTO", "awaiting_payment", {}, 2),
    ("PAGO", "pending", {}, 3),
    ("EM SEPARAÇÃO", "pending", _MOVED, 3),
    ("ENVIADO", "pending", _LEFT, 4),
    ("ENTREGUE", "pending", {**_LEFT, "delivered_at": datetime(2026, 1, 5, 12, tzinfo=UTC)}, 6),
)
_UNKNOWN = 4


def found() -> tuple[Client, str, Shelf]:
    """A group with two companies, a store, a dictionary, and a browser of its administrator; where its pages begin."""
    from django.test import Client

    from cais.companies.models import User
    from cais.companies.scope import group_scope
    from cais.companies.services import add_company, add_member, found_group
    from cais.connections.services import make_connection

    person = User.objects.create_user("ana@jurubim.example", name="Ana Duarte")
    group = found_group("Jurubim")
    with group_scope(group.pk):
        companies = [add_company(group, name=name, legal_name=name, cnpj=cnpj, state="SC") for name, cnpj in _COMPANIES]
        add_member(group, person, "administrator")
        store = make_connection(companies[0], connector="tray", modality="rest", name="Tray", values={})
        orders = [_sold(store, number, *kind[:3]) for number, kind in enumerate(_KINDS)]
        _move(orders[0], companies[0])
        _stop(orders[_UNKNOWN - 1])
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    shares = [kind for kind, (*_, share) in enumerate(_KINDS, start=1) for _ in range(share)]
    return (
        client,
        f"/g/{group.slug}/",
        Shelf(group.pk, [company.pk for company in companies], [order.pk for order in orders], shares, _UNKNOWN),
    )


def _sold(store: Connection, number: int, label: str, meaning: str, facts: dict[str, Any]) -> Order:
    """One order of a kind, with its buyer and line."""
    from django.utils import timezone

    from cais.orders.models import Buyer, Order, OrderLine
    from cais.statuses.models import StatusEntry

    of = {"group": store.group}
    status = StatusEntry.objects.create(**of, connection=store, label=label, key=label.lower(), meaning=meaning)
    told = {"status": status, "status_label": label, "meaning": meaning, "channel": "LOJA VIRTUAL"}
    name = str(-1 - number)
    order = Order.objects.create(
        **of, connection=store, external_id=name, number=name, placed_at=timezone.now(), is_paid=True, **told, **facts
    )
    Buyer.objects.create(**of, order=order, placed_at=order.placed_at, name="Ana", city="Itajaí", state="SC")
    OrderLine.objects.create(
        **of, order=order, position=1, external_id="1", name="Produto", quantity=1, unit_price=100, total=100
    )
    return order


def _move(order: Order, company: Company) -> None:
    """Its finished movement, with the one part of the sale."""
    from cais.movements.models import Fulfilment, Movement

    of: dict[str, Any] = {"group": order.group, "order": order}
    moved = Movement.objects.create(**of, connection=order.connection, state=Movement.State.DONE, automatic=True)
    Fulfilment.objects.create(**of, movement=moved, company=company, reference="F", erp_state="done", nfe_state="told")


def _stop(order: Order) -> None:
    """Why it stands still, in the error inbox."""
    from cais.inbox.models import Pending

    Pending.objects.create(
        group=order.group,
        reason="status_unmapped",
        cause=f"status:{order.status_id}",
        connection_id=order.connection_id,
        subject="order",
        subject_id=order.pk,
        params={"status": order.status_label, "store": order.connection.name},
    )
