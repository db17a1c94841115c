"""The calls that Cais makes to a Tray store: each with a living token, repeated once when the token was refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cais.connectors.tray.address import base_address
from cais.connectors.tray.answers import refuse, refuse_closed_store, refuse_renewed, status_of
from cais.connectors.tray.reading import Record, record_of, rows, text_of
from cais.connectors.tray.tokens import Access
from cais.ports.errors import NotFound, Unreadable
from cais.ports.session import Account, Priority, Tokens
from cais.wire.http import Answer, Call, Http

PAGE_SIZE = 50
MOST_PAGES = 200

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list. `is_last` by what the server says of itself, not by what was asked for."""

    records: tuple[Record, ...]
    is_last: bool
    total: int | None


class TrayClient:
    """One account's calls during one piece of work."""

    def __init__(self, account: Account) -> None:
        self.account = account
        http = Http.for_account(account, secrets=_secrets(account))
        self.access = Access(account, http)
        self._http = http

    def get(self, path: str, *, priority: Priority, query: Query = ()) -> Answer:
        return self._call("GET", path, priority=priority, query=query)

    def post(self, path: str, *, priority: Priority, json: Mapping[str, object]) -> Answer:
        return self._call("POST", path, priority=priority, json=json)

    def put(self, path: str, *, priority: Priority, json: Mapping[str, object]) -> Answer:
        return self._call("PUT", path, priority=priority, json=json)

    def page(
        self,
        path: str,
        *,
        names: tuple[str, str],
        priority: Priority,
        query: Query = (),
        limit: int = PAGE_SIZE,
    ) -> Page:
        """One page of a list named plural, singular. A page past the end may be empty or unknown: both end it."""
        number = next((int(value) for key, value in query if key == "page"), 1)
        try:
            answer = self.get(path, priority=priority, query=[("limit", str(limit)), *query])
        except NotFound:
            if number > 1:
                return Page(records=(), is_last=True, total=None)
            raise
        return _page(record_of(answer.json()), names=names, number=number)

    def all_pages(
        self,
        path: str,
        *,
        names: tuple[str, str],
        priority: Priority,
        query: Query = (),
        most: int = MOST_PAGES,
    ) -> Iterator[Record]:
        """Raises Unreadable for a list that has not ended after `most` pages: what was left out would pass for none."""
        for number in range(1, most + 1):
            asked = [*query, ("sort", "id_asc"), ("page", str(number))]
            page = self.page(path, names=names, priority=priority, query=asked)
            yield from page.records
            if page.is_last:
                return
        raise Unreadable("A lista da loja não termina.", detail=f"{path}: {most} pages")

    def _call(
        self,
        method: str,
        path: str,
        *,
        priority: Priority,
        query: Query = (),
        json: Mapping[str, object] | None = None,
    ) -> Answer:
        """Raises AccessRefused, NotFound, Rejected and what `Http.call` raises."""
        tokens = self.access.tokens()
        answer = self._once(Call(method=method, url=path, query=query, json=json, priority=priority), tokens)
        if status_of(answer) == 401:
            # A refused call did nothing there, so even a write may be said again; once, with a new token.
            refuse_closed_store(answer)
            renewed = self.access.renewed(spent=tokens.access)
            answer = self._once(Call(method=method, url=path, query=query, json=json, priority=priority), renewed)
        if status_of(answer) == 401:
            refuse_closed_store(answer)
            refuse_renewed(answer)
        refuse(answer)
        return answer

    def _once(self, call: Call, tokens: Tokens) -> Answer:
        url = f"{base_address(self.account, tokens)}{call.url}"
        query = [("access_token", tokens.access), *call.query]
        return self._http.call(Call(method=call.method, url=url, query=query, json=call.json, priority=call.priority))


def _page(body: Record, *, names: tuple[str, str], number: int) -> Page:
    plural, singular = names
    listed = body.get(plural)
    if not isinstance(listed, list | dict):
        raise Unreadable(f"A lista da loja veio sem o campo {plural}.")
    items = listed if isinstance(listed, list) else [listed] if listed else []
    records = tuple(rows(list(items), singular))
    if len(records) != len(items):
        raise Unreadable(f"A lista da loja (campo {plural}) traz uma linha vazia.")
    paging = record_of(body.get("paging"))
    limit = _count(paging, "limit") or PAGE_SIZE
    total = _count(paging, "total")
    offset = _count(paging, "offset") or (number - 1) * limit
    is_short = len(items) < limit and (total is None or offset + len(items) >= total)
    return Page(records=records, is_last=not items or is_short, total=total)


def _count(paging: Record, key: str) -> int | None:
    found = text_of(paging, key)
    return int(found) if found.isdecimal() and len(found) < 10 else None


def _secrets(account: Account) -> list[str]:
    """The values of this account that must not be seen in the journal, wherever they turn up."""
    return [account.settings.get(name, "") for name in ("consumer_key", "consumer_secret", "code")]
