"""A grupo with many orders, as years of selling leave them: copies of one order of each kind, by few statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

RARE = "Bartolomeu Ipê"
_PART = 100_000
_GIVEN = """
Ana Antônia Beatriz Caetano Célia Conceição Davi Eugênio Fátima Gerson Helena Inácio Ivone Joana João José Júlia Karina
Lúcia Luís Maria Marcos Nádia Olívia Otávio Paulo Rita Rogério Sônia Tomás Vitória Zélia
"""
_FAMILY = """
Alencar Amorim Andrade Araújo Barbosa Brandão Caldeira Cardoso Cerqueira Conrado Duarte Esteves Falcão Farias Feitosa
Galvão Guimarães Leitão Linhares Magalhães Meireles Moura Nóbrega Paixão Peçanha Quaresma Rangel Sá Siqueira Teles
Valadão Ximenes
"""
# Seven of ten orders are like the first kind, and one like each of the others.
_KIND = "(ARRAY[1, 1, 1, 1, 1, 1, 1, 2, 3, 4])[1 + n % 10]"
_NAME = (
    "(%(given)s::text[])[1 + (hashint8(o.id) & 31)] || ' ' || (%(family)s::text[])[1 + (hashint8(o.id * 7) & 31)]"
    " || ' ' || (%(family)s::text[])[1 + (hashint8(o.id * 13) & 31)]"
)
# The newest order is of now; each one before it of two minutes earlier, so a million reach four years back.
_ORDER = {
    "external_id": "n::text",
    "number": "n::text",
    "placed_at": "now() - (%(newest)s - n) * interval '2 minutes'",
    "total": "100 + n % 900",
    "marketplace": "CASE WHEN n % 3 = 0 THEN 'Mercado Livre' ELSE '' END",
    "marketplace_order": "CASE WHEN n % 3 = 0 THEN 'ML' || n ELSE '' END",
    "erp_number": "CASE WHEN t.erp_state = 'done' THEN n::text ELSE '' END",
}
_OF_ORDER = {"order_id": "o.id"}
_BUYER = {**_OF_ORDER, "name": _NAME, "document": "lpad((o.number::bigint % 300000)::text, 11, '7')"}
_LINE = {**_OF_ORDER, "external_id": "'l' || o.number", "reference": "'REF-' || o.number::bigint % 5000"}
_KINDS = "(SELECT *, row_number() OVER (ORDER BY id) AS kind FROM orders_order WHERE id = ANY(%(kinds)s)) t"
_NUMBERS = f"generate_series(%(first)s::bigint, %(last)s) n JOIN {_KINDS} ON t.kind = {_KIND}"
_NEW = "orders_order o, {table} t WHERE t.order_id = %(kind)s AND o.number::bigint BETWEEN %(first)s AND %(last)s"


@dataclass(frozen=True, slots=True)
class Shelf:
    """`kinds` are the ids of the orders that are copied, with buyer and line; their numbers are below zero."""

    group: int
    kinds: list[int]

    def fill(self, connection: psycopg.Connection[Any], *, first: int, last: int) -> None:
        """Orders numbered from `first` to `last`, one of them of a buyer with a rare name."""
        for begin in range(first, last + 1, _PART):
            end = min(last, begin + _PART - 1)
            known = {"first": begin, "last": end, "newest": last, "kinds": self.kinds, "kind": self.kinds[0]}
            known |= {"given": _GIVEN.split(), "family": _FAMILY.split()}
            _copy(connection, "orders_order", _ORDER, _NUMBERS, known)
            for table, changes in (("orders_buyer", _BUYER), ("orders_orderline", _LINE)):
                _copy(connection, table, changes, _NEW.format(table=table), known)
        connection.execute(
            "UPDATE orders_buyer SET name = %s WHERE order_id = (SELECT id FROM orders_order WHERE number = %s)",
            [RARE, str((first + last) // 2)],
        )
        connection.execute("DELETE FROM orders_phasecount")
        connection.execute(
            "INSERT INTO orders_phasecount (group_id, connection_id, phase, movement_state, orders)"
            " SELECT group_id, connection_id, phase, movement_state, count(*) FROM orders_order GROUP BY 1, 2, 3, 4"
        )
        connection.execute("VACUUM ANALYZE")


def _copy(
    connection: psycopg.Connection[Any], table: str, changes: dict[str, str], source: str, known: dict[str, Any]
) -> None:
    """Rows of the table as `t` has them, but for the columns that change. Names and sources are this file's own."""
    columns = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' AND attname <> 'id'",
        [table],
    )
    names = [name for (name,) in columns]
    chosen = ", ".join(changes.get(name, f"t.{name}") for name in names)
    statement = f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {source}"
    connection.execute(_percent(statement), known)


def _percent(statement: str) -> str:
    """The remainder's sign, doubled for the driver; placeholders stay."""
    return statement.replace("%", "%%").replace("%%(", "%(")
