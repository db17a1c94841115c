"""make bench NAME=webhooks: a notice is stored and answered, against a bare insert-only Django view.

Granian serves both as in the product, on the embedded database, in rounds that take turns, so that a busy machine slows
both alike. The load comes from this process, which shares the machine: the ratio counts, not the rate.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median
from typing import Any

from cais.config.database import databases
from cais.ops import roles
from cais.ops.address import Listen, next_free
from cais.ops.occupancy import database_in_use

CONNECTIONS, ROUNDS, NOTICES = 50, 40, 750
ROUND_SECONDS, START_SECONDS = 60.0, 60.0
TARGET_RATIO, TARGET_P99_MS = 0.90, 60.0
APP, SELLER = "chave-do-bench", "391250"


@dataclass(frozen=True)
class Round:
    """One round: answered notices a second, and how long each took in milliseconds, sorted."""

    per_second: float
    milliseconds: list[float]

    def percentile(self, share: float) -> float:
        return self.milliseconds[min(int(len(self.milliseconds) * share), len(self.milliseconds) - 1)]


class Load:
    """Fifty connections that stay open, each sending its next notice when the last was answered with 200."""

    def __init__(self, listen: Listen) -> None:
        self._listen = listen
        self._numbers = count(1)

    def run(self, path: str, notices: int) -> Round:
        return asyncio.run(self._round(path, notices))

    async def _round(self, path: str, notices: int) -> Round:
        taken: list[float] = []
        async with asyncio.timeout(ROUND_SECONDS):
            links = [await asyncio.open_connection(self._listen.host, self._listen.port) for _ in range(CONNECTIONS)]
            began = time.perf_counter()
            async with asyncio.TaskGroup() as senders:
                for reader, writer in links:
                    senders.create_task(self._send(reader, writer, path, notices // CONNECTIONS, taken))
            seconds = time.perf_counter() - began
            for _, writer in links:
                writer.close()
        return Round(len(taken) / seconds, sorted(taken))

    async def _send(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, notices: int, taken: list[float]
    ) -> None:
        for _ in range(notices):
            began = time.perf_counter()
            writer.write(self._request(path))
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
            taken.append((time.perf_counter() - began) * 1000)
            if not head.startswith(b"HTTP/1.1 200 "):
                raise SystemExit(f"{path} answered {head[:40]!r}")

    def _request(self, path: str) -> bytes:
        body = b"seller_id=%s&scope_id=%d&scope_name=order&act=update&app_code=718" % (
            SELLER.encode(),
            next(self._numbers),
        )
        head = f"POST {path} HTTP/1.1\r\nHost: {self._listen.text}\r\nContent-Length: {len(body)}\r\n"
        return f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + body


def found() -> tuple[str, int]:
    """A merchant with a store that listens. Returns the path of its door and the group."""
    import django

    django.setup()
    from cais.companies.scope import group_scope
    from cais.companies.services import add_company, found_group
    from cais.connections.account import DatabaseTokens
    from cais.hooks.listeners import align_listeners, door_key
    from cais.intake.services import connect_store
    from cais.ports.session import Tokens

    group = found_group("Bench")
    with group_scope(group.pk):
        company = add_company(group, name="Bench", legal_name="Bench Ltda", cnpj="11222333000181", state="SC")
        values = {"store_url": "bench.example", "consumer_key": APP, "store_code": SELLER}
        store = connect_store(company, connector="tray", modality="rest", name="Bench", values=values)
        later = datetime.now(UTC) + timedelta(days=1)
        DatabaseTokens(store).save(
            Tokens(access="a", refresh="r", access_expires_at=later, refresh_expires_at=later, account_id=SELLER)
        )
        align_listeners(group.pk)
    return f"/avisos/tray/{door_key('tray', APP)}", group.pk


def lay_floor(link: Any, role: str) -> None:
    """A table like that of the notices, which the application's role may write to."""
    link.execute("CREATE TABLE bench_floor (LIKE hooks_notice INCLUDING ALL)")
    link.execute(f'GRANT INSERT ON bench_floor TO "{role}"')


@contextmanager
def serving(listen: Listen) -> Iterator[None]:
    """The product's web server, in processes of its own."""
    server = subprocess.Popen([sys.executable, "-m", "cais.ops.serve", "web"], start_new_session=True)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not listen.answers():
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the web server did not come up")
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(20)
        server.kill()


def race(load: Load, door: str) -> tuple[list[Round], list[Round]]:
    """Floor and door in turns, the order swapped each time. The first round of each warms up and is not counted."""
    floors, doors = [], []
    for number in range(ROUNDS + 1):
        turns = [("/floor", floors), (door, doors)]
        for path, rounds in turns if number % 2 else reversed(turns):
            rounds.append(load.run(path, NOTICES))
    return floors[1:], doors[1:]


def check(link: Any) -> None:
    """Every notice that was answered is there: nothing was bypassed for speed."""
    sent = (ROUNDS + 1) * (NOTICES // CONNECTIONS * CONNECTIONS)
    for table in ("bench_floor", "hooks_notice"):
        (kept,) = link.execute(f"SELECT count(*) FROM {table}").fetchone()
        if kept != sent:
            raise SystemExit(f"{table} holds {kept} of {sent}")


def told(floors: list[Round], doors: list[Round]) -> dict[str, Any]:
    ratio = median(ours.per_second / bare.per_second for bare, ours in zip(floors, doors, strict=True))
    return {
        "name": "webhooks",
        "figures": {
            "notices_per_s": round(median(each.per_second for each in doors)),
            "p50_ms": round(median(each.percentile(0.50) for each in doors), 1),
            "p99_ms": round(median(each.percentile(0.99) for each in doors), 1),
            "connections": CONNECTIONS,
            "notices": ROUNDS * NOTICES,
        },
        "floor": {
            "bare_view_per_s": round(median(each.per_second for each in floors)),
            "bare_view_p99_ms": round(median(each.percentile(0.99) for each in floors), 1),
        },
        "ratios": {"notices_over_floor": round(ratio, 3)},
        "target": {"notices_over_floor": TARGET_RATIO, "p99_ms": TARGET_P99_MS},
    }


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="cais-bench-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # the database's own account works inside
        listen = next_free(Listen("127.0.0.1", 18900))
        own = {"CAIS_DATA": folder, "CAIS_LISTEN": listen.text, "DJANGO_SETTINGS_MODULE": "bench.webhooks_site"}
        os.environ.update(own)
        with database_in_use(os.environ):
            subprocess.run([sys.executable, "-m", "cais.ops.migration"], check=True, timeout=300)
            pair = databases(os.environ)
            with roles.connect(pair["owner"]) as link:
                lay_floor(link, pair["default"]["USER"])
                door, _ = found()
                with serving(listen):
                    report = told(*race(Load(listen), door))
                check(link)
    print(json.dumps(report))
    met = report["ratios"]["notices_over_floor"] >= TARGET_RATIO and report["figures"]["p99_ms"] < TARGET_P99_MS
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
