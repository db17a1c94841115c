"""make bench NAME=memory: what Cais holds in memory while people look at a million orders.

`cais up` as installed: supervisor, web, worker and the embedded database, each by its proportional share (PSS), so that
what processes share counts once. Pages are asked for all the while, one after the other.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from bench.order_list import SURROUNDINGS, ways
from cais.config.database import databases
from cais.ops import embedded, roles
from cais.ops.address import Listen, next_free
from proofs.stage import OPEN_SECONDS, StageError, stage

MOST_MB = 500.0
SIZE, MINUTES = "1000000", "1"
_EVERY = 0.5
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def shares(supervisor: psutil.Process, data: Path) -> dict[str, float]:
    """Megabytes of each program with all its processes."""
    postmaster = int((data / "postgres" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    programs = {"supervisor": [supervisor], "database": _with_children(psutil.Process(postmaster))}
    for child in supervisor.children():
        programs["web" if "web" in child.cmdline() else "worker"] = _with_children(child)
    return {name: sum(_megabytes(process) for process in of) for name, of in programs.items()}


def _with_children(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _megabytes(process: psutil.Process) -> float:
    """None of a process that ended meanwhile."""
    try:
        told = _PSS.search(Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii"))
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(told[1]) / 1024 if told else 0.0


def visited(listen: Listen, cookie: str, pages: list[str], *, seconds: float) -> Iterator[None]:
    """Ask for one page after the other; yields after each."""
    until = time.monotonic() + seconds
    for page in cycle(pages):
        if time.monotonic() > until:
            return
        connection = http.client.HTTPConnection(listen.host, listen.port, timeout=30)
        connection.request("GET", page, headers={"Cookie": cookie})
        response = connection.getresponse()
        response.read()
        connection.close()
        if response.status != 200:
            raise SystemExit(f"{page} was answered with {response.status}")
        yield
        time.sleep(_EVERY)


def main() -> int:
    from bench.order_list_shop import found

    size, minutes = int(os.environ.get("STORED") or SIZE), float(os.environ.get("MINUTES") or MINUTES)
    with stage(SURROUNDINGS) as made:
        import django

        django.setup()
        from django.db import connections

        client, url, shelf = found()
        print(f"storing {size} orders", file=sys.stderr)
        with roles.connect({**databases(os.environ)["owner"], "USER": embedded.SUPERUSER}) as database:
            shelf.fill(database, size)
        pages = [url + page for page in ways(size).values()]
        connections.close_all()
        listen = next_free(Listen("127.0.0.1", 21_000))
        process = made.start("cais.ops.cli", "up", name="up", CAIS_LISTEN=listen.text)
        deadline = time.monotonic() + OPEN_SECONDS
        while not listen.answers():
            if time.monotonic() > deadline:
                raise StageError(f"Cais did not open:\n{made.last_words('up')}")
            time.sleep(0.1)
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        supervisor, seen = psutil.Process(process.pid), []
        for _ in visited(listen, cookie, pages, seconds=minutes * 60):
            seen.append(shares(supervisor, made.folder))
    figures = {f"{name}_mb": round(megabytes, 1) for name, megabytes in seen[-1].items()}
    figures |= {"together_mb": round(sum(seen[-1].values()), 1)}
    figures |= {"most_together_mb": round(max(sum(each.values()) for each in seen), 1)}
    print(json.dumps({"name": "memory", "orders": size, "minutes": minutes, "figures": figures, "target_mb": MOST_MB}))
    return 1 if figures["together_mb"] >= MOST_MB else 0


if __name__ == "__main__":
    raise SystemExit(main())
