"""A grupo with many orders, as years of selling leave them: copies of one order of each kind, by few statements.

Another number of orders is another merchant who sold for just as long: the same names, the same share of each kind and
of each period. What stands still, and what one reference or one document finds, is as many at every size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from bench.copying import copy_rows

RARE = "Bartolomeu Ipê"
DAYS = 4 * 365
# How many of the newest orders stand still, and how many bear one reference or one document.
STOPPED, ALIKE = 100, {"reference": 200, "document": 4}
_GIVEN = """
Ana Antônia Beatriz Caetano Célia Conceição Davi Eugênio Fátima Gerson Helena Inácio Ivone Joana João José Júlia Karina
Lúcia Luís Maria Marcos Nádia Olívia Otávio Paulo Rita Rogério Sônia Tomás Vitória Zélia
"""
_FAMILY = """
Alencar Amorim Andrade Araújo Barbosa Brandão Caldeira Cardoso Cerqueira Conrado Duarte Esteves Falcão Farias Feitosa
Galvão Guimarães Leitão Linhares Magalhães Meireles Moura Nóbrega Paixão Peçanha Quaresma Rangel Sá Siqueira Teles
Valadão Ximenes
"""
_NAME = (
    "(%(given)s::text[])[1 + (hashint8(o.id) & 31)] || ' ' || (%(family)s::text[])[1 + (hashint8(o.id * 7) & 31)]"
    " || ' ' || (%(family)s::text[])[1 + (hashint8(o.id * 13) & 31)]"
)
_ORDER = {
    "external_id": "n::text",
    "number": "n::text",
    "placed_at": "now() - (%(size)s - n) * (%(days)s * interval '1 day' / %(size)s)",
    "total": "100 + n % 900",
    "marketplace": "CASE WHEN n % 3 = 0 THEN 'Mercado Livre' ELSE '' END",
    "marketplace_order": "CASE WHEN n % 3 = 0 THEN 'ML' || n ELSE '' END",
    "erp_number": "CASE WHEN t.erp_state = 'done' THEN n::text ELSE '' END",
}
_OF_ORDER = {"order_id": "o.id"}
_BUYER = {
    **_OF_ORDER,
    "placed_at": "o.placed_at",
    "name": _NAME,
    "document": "lpad((o.number::bigint % %(documents)s)::text, 11, '0')",
}
_LINE = {
    **_OF_ORDER,
    "external_id": "'l' || o.number",
    "reference": "'REF-' || o.number::bigint % %(references)s",
}
# One sale in sixteen is the second company's. One in 128 was moved anew: what was cancelled is there still.
_PART = {
    **_OF_ORDER,
    "movement_id": "m.id",
    "reference": "'F' || m.id",
    "company_id": "(%(companies)s::bigint[])[CASE WHEN hashint8(m.id * 17) & 15 = 7 THEN 2 ELSE 1 END]",
    "stands": "m.state <> 'cancelled'",
}
_CANCELLED = {**_OF_ORDER, "state": "'cancelled'"}
_WAITING = {"subject_id": "o.id", "subject_label": "o.number", "amount": "o.total"}
_KINDS = "(SELECT *, row_number() OVER (ORDER BY id) AS kind FROM orders_order WHERE id = ANY(%(kinds)s)) t"
_KIND = "CASE WHEN n > %(size)s - %(stopped)s THEN %(unknown)s ELSE (%(shares)s::int[])[1 + n % 100] END"
_ORDERS = f"generate_series(1::bigint, %(size)s) n JOIN {_KINDS} ON t.kind = {_KIND}"
_OF_ALL = "orders_order o, {table} t WHERE t.order_id = %(kind)s AND o.number::bigint > 0"
_OF_MOVED = _OF_ALL + " AND o.movement_state = 'done'"
_COPIED = (
    ("orders_order", _ORDER, _ORDERS),
    ("orders_buyer", _BUYER, _OF_ALL),
    ("orders_orderline", _LINE, _OF_ALL),
    ("movements_movement", _CANCELLED, _OF_MOVED + " AND hashint8(o.id * 19) & 127 = 7"),
    ("movements_movement", _OF_ORDER, _OF_MOVED),
    (
        "movements_fulfilment",
        _PART,
        _OF_MOVED.replace("orders_order o,", "orders_order o JOIN movements_movement m ON m.order_id = o.id,"),
    ),
    (
        "inbox_pending",
        _WAITING,
        "orders_order o, inbox_pending t WHERE o.phase = 'status_unmapped' AND o.number::bigint > 0",
    ),
)
# What triggers would have summed.
_SUMS = (
    "DELETE FROM orders_phasecount",
    "INSERT INTO orders_phasecount (group_id, connection_id, phase, movement_state, orders)"
    " SELECT group_id, connection_id, phase, movement_state, count(*) FROM orders_order GROUP BY 1, 2, 3, 4",
    "DELETE FROM orders_daysales",
    "INSERT INTO orders_daysales (group_id, connection_id, day, origin, orders, revenue)"
    " SELECT group_id, connection_id, (placed_at AT TIME ZONE 'America/Sao_Paulo')::date,"
    " coalesce(nullif(marketplace, ''), channel), count(*), sum(total) FROM orders_order"
    " WHERE phase NOT IN ('cancelled', 'cancelling', 'ignored') GROUP BY 1, 2, 3, 4",
    "INSERT INTO backoffice_companydaysales (group_id, company_id, day, orders, revenue)"
    " SELECT o.group_id, f.company_id, (o.placed_at AT TIME ZONE 'America/Sao_Paulo')::date, count(*), sum(o.total)"
    " FROM movements_fulfilment f JOIN orders_order o ON o.id = f.order_id WHERE f.stands GROUP BY 1, 2, 3",
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The ids of what is copied: one order of each kind, the first with all that an order has; their numbers are below
    zero.

    `shares` says the kind of each of a hundred orders, counted from one; `unknown` the kind of those that stand still.
    """

    group: int
    companies: list[int]
    kinds: list[int]
    shares: list[int]
    unknown: int

    def fill(self, connection: psycopg.Connection[Any], size: int) -> None:
        """Orders numbered from 1 to `size`, one of them of a buyer with a rare name. Takes a superuser's connection."""
        known = {
            "size": size,
            "days": DAYS,
            "stopped": STOPPED,
            "unknown": self.unknown,
            "shares": self.shares,
            "kinds": self.kinds,
            "kind": self.kinds[0],
            "companies": self.companies,
            "references": size // ALIKE["reference"],
            "documents": size // ALIKE["document"],
            "given": _GIVEN.split(),
            "family": _FAMILY.split(),
        }
        connection.execute("SET session_replication_role = replica")  # neither triggers nor a look at each reference
        for table, changes, source in _COPIED:
            copy_rows(connection, table, changes, source.format(table=table), known)
        connection.execute(
            "UPDATE orders_buyer SET name = %s WHERE order_id = (SELECT id FROM orders_order WHERE number = %s)",
            [RARE, str(size // 2)],
        )
        for statement in _SUMS:
            connection.execute(statement)
        connection.execute("SET session_replication_role = DEFAULT")
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
