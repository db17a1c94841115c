"""The simulated store as the proof sees it: a process of its own, its control calls, its ledger file."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import httpx

from proofs.plan import Plan
from proofs.simulated import Record, Simulated, caller
from proofs.stage import Stage, StageError

MODULE = "cais.connectors.tray.simulator"
PACKING = "EM SEPARAÇÃO"

# Chance per call. A lost token costs two calls more, so it is rarer.
FAULTS = {
    **dict.fromkeys(
        (
            *("lost_after_commit", "lost_before_commit", "error_429", "error_500", "error_503"),
            *("error_500_after_commit", "slow", "cut_body", "html_ok", "html_502", "page_skip", "page_repeat"),
        ),
        0.02,
    ),
    "token_revoked": 0.005,
}
SLOW_SECONDS = 0.5


@dataclass(slots=True)
class Shop(Simulated):
    """The store, and what its merchant and its buyers do."""

    status_ids: dict[str, int] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return str(self.said["stores"][0]["base_url"])

    @property
    def control(self) -> str:
        return f"{self.base_url}/_sim"

    def act(self, call: str, **sent: object) -> bool:
        """What the merchant does to an order; False when the store refuses, as it does for a cancelled one."""
        return self.client.post(f"{self.control}/{call}", json=sent).is_success

    def sell(self) -> int | None:
        """One order, by its number; None when the shelf was empty."""
        sold = self.post("sell", count=1)["orders"]
        return int(sold[0]) if sold else None

    def storm(self, chances: Mapping[str, float] = FAULTS) -> None:
        for name, chance in chances.items():
            self.post("faults", name=name, probability=chance, seconds=SLOW_SECONDS)

    def calm(self) -> dict[str, int]:
        """Faults off, nothing more is sold or moved. Returns how often each fault fired."""
        self.post("pause", paused=True)
        return Simulated.calm(self)

    def stored_skus(self) -> list[str]:
        """What lies on a shelf somewhere: products and variants, no kits."""
        sheet = self.ask("catalogue.csv").text
        return [row["sku"] for row in csv.DictReader(io.StringIO(sheet))]

    def orders(self) -> list[Record]:
        return list(self.get("orders")["orders"])

    def partner(self) -> Partner:
        """Access of our own to the store's interface, as a second application of the merchant's would have."""
        code = self.post("install")["code"]
        keys = {name: self.said[name] for name in ("consumer_key", "consumer_secret")}
        answer = self.client.post(f"{self.base_url}/web_api/auth", json={**keys, "code": code})
        return Partner(self.client, f"{self.base_url}/web_api", str(answer.raise_for_status().json()["access_token"]))


@dataclass(frozen=True, slots=True)
class Partner:
    """Calls that count against the store's limits like anybody's."""

    client: httpx.Client
    address: str
    token: str

    def invent_status(self, words: str) -> None:
        sent = {"OrderStatus": {"status": words, "description": words}}
        query = {"access_token": self.token}
        self.client.post(f"{self.address}/orders/statuses", params=query, json=sent).raise_for_status()

    def statuses(self) -> dict[str, int]:
        """The store's statuses: words → number."""
        answer = self.client.get(f"{self.address}/orders/statuses", params={"access_token": self.token, "limit": "50"})
        rows = answer.raise_for_status().json()["OrderStatuses"]
        return {row["OrderStatus"]["status"]: int(row["OrderStatus"]["id"]) for row in rows}

    def complete(self, order_ids: Iterable[int]) -> dict[int, Record]:
        """The whole orders as the store tells them."""
        found: dict[int, Record] = {}
        for number in order_ids:
            found[number] = self._complete(number)
        return found

    def _complete(self, number: int) -> Record:
        for _ in range(100):
            answer = self.client.get(f"{self.address}/orders/{number}/complete", params={"access_token": self.token})
            if answer.status_code != 429:
                return dict(answer.raise_for_status().json()["Order"])
            time.sleep(0.1)
        raise StageError(f"the store kept refusing to tell order {number}")


def open_shop(stage: Stage, plan: Plan) -> Shop:
    """Start it with nothing sold yet, and with the status that its merchant made up for what is being packed."""
    ledger = stage.folder / "ledger.jsonl"
    said = stage.open(
        MODULE,
        *("--rate", "0", "--seed", str(plan.seed), "--no-restock", "--ledger", str(ledger)),
        *("--stock-factor", str(plan.stock_factor), "--per-day", str(plan.per_day)),
        *(("--clean",) if plan.IS_CLEAN else ()),
        name="store",
    )
    shop = Shop(said, ledger, caller())
    # Losing the answer of a renewal leaves only the code; whether it can be used again no source tells. Where it
    # cannot, a person authorises the store anew, and the proof has no person.
    shop.post("choices", code="reusable")
    partner = shop.partner()
    partner.invent_status(PACKING)
    shop.status_ids = partner.statuses()
    return shop
