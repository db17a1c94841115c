"""How the engine reads a window, in small: passes are repeated until one teaches nothing new."""

from __future__ import annotations

from typing import Any

from cais.ports.capabilities import OrderRef, Window
from cais.ports.session import Account

MOST_PASSES = 12
MOST_PAGES = 50


def one_pass(connector: Any, account: Account, window: Window) -> tuple[list[OrderRef], int | None]:
    """Every row of every page, repeats included, and the vendor's own count."""
    rows: list[OrderRef] = []
    page, total = 1, None
    for _ in range(MOST_PAGES):
        answer = connector.list_orders(account, window, page)
        rows += answer.refs
        total = answer.total if answer.total is not None else total
        page = answer.next_page
        if not page:
            return rows, total
    raise AssertionError(f"more than {MOST_PAGES} pages: the pass does not end")


def read_window(connector: Any, account: Account, window: Window) -> dict[str, OrderRef]:
    """Each order of the window by its id. Conclusive: a pass brought nothing new and the vendor's count is reached."""
    known: dict[str, OrderRef] = {}
    for _ in range(MOST_PASSES):
        rows, total = one_pass(connector, account, window)
        new = [ref for ref in rows if ref.external_id not in known]
        known.update({ref.external_id: ref for ref in rows})
        if not new and (total is None or len(known) >= total):
            return known
    raise AssertionError("the window never settled")
