"""make bench NAME=order_list_plans: how PostgreSQL runs each query of the order list, with a million orders stored.

Prints Markdown, kept as docs/order-list-plans.md. The plans are those of the pages themselves, caught on their way with
auto_explain, so that queries inside functions are seen too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg import sql

from bench.order_list import SURROUNDINGS, ask, filled
from proofs.stage import stage

if TYPE_CHECKING:
    from psycopg.errors import Diagnostic

SIZE = 1_000_000
_SETTINGS = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_level": "notice",
}
_COST = re.compile(r"\(cost=[^)]*\) ")
_COLUMNS = re.compile(r"^SELECT (?:DISTINCT )?\"[^()]*? FROM ", re.DOTALL)
_JOINS = re.compile(r"(?: (?:INNER|LEFT OUTER) JOIN \S+ (?:\S+ )?ON \([^)]*\))+")
_FOLDED = re.compile(r"regexp_replace\(NORMALIZE\(lower\(\((\w+)\)::text\), NFD\), [^)]*\)")
_NOISE = re.compile(
    r"\n\s+(?:InitPlan \d+\n\s+->  Result .*|Index Searches:.*|Storage:.*|Cache Mode:.*|Hits:.*|Batches:.*)"
)
# What grows with the orders; other tables of these pages have a few rows, the same at every page of Cais.
_GROWS = re.compile(r"orders_(order|buyer|orderline)|movements_(movement|fulfilment)")
_MANY_IDS = re.compile(r"(?:\d+, ?){5,}\d+")
_WIDEST = 400


def main() -> int:
    from bench.order_list_shop import found

    with stage(SURROUNDINGS):
        import django

        django.setup()
        client, url, shelf = found()
        size, database = filled(shelf, SIZE)
        with database:
            role = sql.Identifier(size.opened.settings_dict["USER"])
            for name, value in _SETTINGS.items():
                database.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(role, sql.SQL(name), sql.Literal(value)))
        size.opened.close()  # the settings are those of sessions that begin from here on
        told: set[str] = set()
        print(_OPENING)
        for name, page in size.pages.items():
            ask(client, url + page)  # with caches as they are at the second look
            with plans() as caught:
                ask(client, url + page)
            print(f"## {name}: `{page}`\n")
            _tell([plan for plan in caught if _shape(plan) not in told])
            told |= {_shape(plan) for plan in caught}
        size.opened.close()
    return 0


@contextmanager
def plans() -> Iterator[list[str]]:
    """What auto_explain says while the block runs, a statement with its plan each."""
    from django.db import connection

    caught: list[str] = []

    def hear(notice: Diagnostic) -> None:
        text = (notice.message_primary or "").partition("Query Text: ")[2]
        if _GROWS.search(text) and (plain := _plain(text)) not in caught:
            caught.append(plain)

    connection.ensure_connection()
    wire = connection.connection
    wire.add_notice_handler(hear)
    try:
        yield caught
    finally:
        wire.remove_notice_handler(hear)


def _plain(text: str) -> str:
    """The statement and its plan without what no reader looks at: estimates, lists of columns, unfolded functions."""
    text = _COLUMNS.sub("SELECT … FROM ", text.replace("\t", " "))
    text = _JOINS.sub(" JOIN …", _FOLDED.sub(r"cais_folded(\1)", _COST.sub("", text)), count=1)
    lines = _MANY_IDS.sub("…", _NOISE.sub("", text)).splitlines()
    return "\n".join(line if len(line) <= _WIDEST else line[:_WIDEST] + " …" for line in lines)


def _shape(plan: str) -> str:
    """Two statements that differ in their figures alone are one."""
    return re.sub(r"\d+|'[^']*'", "#", plan)


def _tell(caught: list[str]) -> None:
    if not caught:
        print("Its queries are among those above.\n")
    for plan in caught:
        print(f"```\n{plan}\n```\n")


_OPENING = f"""# The order list's queries

How PostgreSQL runs them with {SIZE:,} orders stored, of one grupo with two companies and one store, as the
application's role with row-level security. Made by `make bench NAME=order_list_plans`; the time they take is measured
by [`make bench NAME=order_list`](benches.md). Each heading is one way to look at the orders; a query that looks like
one further up is not repeated, nor are queries of tables that do not grow with the orders. `orders_searched` and
`orders_named` are the functions that search with the indexes; the queries inside them stand by themselves.
"""


if __name__ == "__main__":
    raise SystemExit(main())
