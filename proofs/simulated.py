"""A simulator as a proof sees it: a process of its own, its control calls, its ledger file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

Record = dict[str, Any]


def caller() -> httpx.Client:
    """A connection for each call: a kept one may be closed by the other side just when it is used again."""
    return httpx.Client(trust_env=False, timeout=30, limits=httpx.Limits(max_keepalive_connections=0))


@dataclass(slots=True)
class Simulated:
    """`said` is its first line. Control calls are never subject to faults or limits."""

    said: Record
    ledger: Path
    client: httpx.Client

    @property
    def control(self) -> str:
        """Where the control calls answer."""
        raise NotImplementedError

    def get(self, name: str, **query: str) -> Record:
        return dict(self.ask(name, **query).json())

    def ask(self, name: str, **query: str) -> httpx.Response:
        return self.client.get(f"{self.control}/{name}", params=query).raise_for_status()

    def post(self, call: str, **sent: object) -> Record:
        answer = self.client.post(f"{self.control}/{call}", json=sent)
        return dict(answer.raise_for_status().json())

    def calm(self) -> dict[str, int]:
        """End every fault. Returns how often each happened."""
        fired = self.get("status")["faults_fired"]
        self.post("faults", clear=True)
        return dict(fired)

    def entries(self, *kinds: str) -> Iterator[Record]:
        """The facts in the ledger file, oldest first."""
        with self.ledger.open(encoding="utf-8") as file:
            for line in file:
                entry = json.loads(line)
                if entry["kind"] in kinds:
                    yield entry
