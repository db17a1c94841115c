"""The simulated stores as the proof sees them: one process, control calls for each store, one ledger file."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from proofs.plan import Plan
from proofs.simulated import Record, Simulated, caller
from proofs.stage import Stage, StageError
from proofs.worlds import ONE, World

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
FIRST_ORDER = 1001


@dataclass(slots=True)
class Shop(Simulated):
    """One store by the name of its connection, and what its merchant and its buyers do."""

    name: str
    number: str
    status_ids: dict[str, int] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return str(next(store["base_url"] for store in self.said["stores"] if store["store_id"] == self.number))

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

    def buy(self, sku: str, units: int) -> int | None:
        """One order of one thing, by its number; None unless the shelf shows so many."""
        number = self.post("buy", reference=sku, quantity=units)["order"]
        return None if number is None else int(number)

    def shelf(self) -> dict[tuple[str, str], int]:
        """What a buyer sees: product and variant, or nothing → units."""
        rows = self.get("shelf")["products"]
        return {(str(row["product_id"]), str(row["variant_id"] or "")): int(row["stock"]) for row in rows}

    def storm(self, chances: Mapping[str, float] = FAULTS) -> None:
        for name, chance in chances.items():
            self.post("faults", name=name, probability=chance, seconds=SLOW_SECONDS)

    def calm(self) -> dict[str, int]:
        """Faults off, nothing more is sold or moved. Returns how often each fault fired."""
        self.post("pause", paused=True)
        return Simulated.calm(self)

    def entries(self, *kinds: str) -> Iterator[Record]:
        """What the ledger says of this store."""
        return (entry for entry in Simulated.entries(self, *kinds) if entry["store"] == self.number)

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


def open_shops(stage: Stage, plan: Plan, world: World) -> list[Shop]:
    """Start the stores of the world with nothing sold yet, all with the same numbers ahead of them."""
    ledger = stage.folder / "ledger.jsonl"
    said = stage.open(
        MODULE,
        *("--rate", "0", "--seed", str(plan.seed), "--no-restock", "--ledger", str(ledger)),
        *("--stores", str(len(world.stores)), "--first-order", str(FIRST_ORDER)),
        *("--stock-factor", str(plan.stock_factor), "--per-day", str(plan.per_day)),
        *(("--clean",) if plan.IS_CLEAN else ()),
        name="store",
    )
    shops = [Shop(said, ledger, caller(), name=store.name, number=store.number) for store in world.stores]
    for shop in shops:
        _prepare(shop)
    return shops


def open_shop(stage: Stage, plan: Plan) -> Shop:
    """The only store of the small world."""
    return open_shops(stage, plan, ONE)[0]


def _prepare(shop: Shop) -> None:
    """With the status that its merchant made up for what is being packed.

    Losing the answer of a renewal leaves only the code; whether it can be used again no source tells. Where it cannot,
    a person authorises the store anew, and the proof has no person.
    """
    shop.post("choices", code="reusable")
    partner = shop.partner()
    partner.invent_status(PACKING)
    shop.status_ids = partner.statuses()


def calm(shops: Sequence[Shop]) -> dict[str, int]:
    """No store sells or errs any more. Returns how often each fault fired, over all of them."""
    return dict(sum((Counter(shop.calm()) for shop in shops), Counter[str]()))
