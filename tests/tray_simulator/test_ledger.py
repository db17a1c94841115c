"""The simulator's own record, in the process, in its file, and over the control calls."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from cais.connectors.tray.simulator import Scenario, SimulatedStore, TraySimulator
from cais.simkit import Clock
from tests.tray_simulator.conftest import NINE_O_CLOCK, Caller


def _control(shop: SimulatedStore, call: str, /, **sent: Any) -> Any:
    reply = httpx.post(f"{shop.base_url}/_sim/{call}", json=sent)
    assert reply.status_code == 200, reply.text
    return reply.json()


def _asked(shop: SimulatedStore, name: str, **query: Any) -> Any:
    return httpx.get(f"{shop.base_url}/_sim/{name}", params=query).json()


def test_every_call_is_recorded_with_its_outcome(caller: Caller, tray: TraySimulator) -> None:
    caller.shop.faults.next("error_500")
    caller.ask("GET", "/orders", limit=5)
    caller.ask("GET", "/orders/77")
    caller.ask("GET", "/info", access_token="errado")
    calls = [entry.facts for entry in tray.ledger.calls(last=3)]
    assert [(one["path"], one["status"], one["fault"]) for one in calls] == [
        ("/web_api/orders", 500, "error_500"),
        ("/web_api/orders/77", 404, ""),
        ("/web_api/info", 401, ""),
    ]
    assert calls[0]["query"] == "limit=5"
    assert all(float(str(one["ms"])) >= 0 for one in calls)


def test_what_the_merchant_may_not_do_is_answered_with_400(caller: Caller) -> None:
    """A cancelled order cannot be edited, and an order without lines has none to edit."""
    order_id, empty = _control(caller.shop, "sell", count=2)["orders"]
    _control(caller.shop, "cancel", order_id=order_id)
    caller.shop.store.book.orders[empty].lines.clear()
    for order in (order_id, empty):
        reply = httpx.post(f"{caller.shop.base_url}/_sim/edit", json={"order_id": order, "quantity": 2})
        assert reply.status_code == 400
        assert reply.json()["error"]


def test_the_life_of_an_order_is_told_in_full(caller: Caller, tray: TraySimulator) -> None:
    order_id = _control(caller.shop, "sell")["orders"][0]
    line = caller.shop.store.book.orders[order_id].lines[0]
    _control(caller.shop, "edit", order_id=order_id, quantity=line.quantity + 1)
    _control(caller.shop, "move", order_id=order_id, status_id=13)
    _control(caller.shop, "cancel", order_id=order_id)
    told = [
        (entry.kind, entry.facts.get("by"))
        for entry in tray.ledger.entries()
        if entry.facts.get("order_id") == order_id
    ]
    assert told == [
        ("sold", "scenario"),
        ("edited", "merchant"),
        ("status", "merchant"),
        ("status", "merchant"),
        ("cancelled", "merchant"),
    ]


def test_the_file_holds_every_fact_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with TraySimulator(clock=Clock.standing(NINE_O_CLOCK), scenario=Scenario.clean(), ledger=path) as tray:
        caller = Caller(tray, tray.stores[0])
        caller.shop.sell(3)
        caller.get("/orders")
        in_memory = [entry.plain() for entry in tray.ledger.entries()]
        assert [json.loads(line) for line in path.read_text().splitlines()] == in_memory
    assert sum(entry["kind"] == "sold" for entry in in_memory) == 3
    assert [entry["number"] for entry in in_memory] == list(range(1, len(in_memory) + 1))


def test_a_second_run_on_the_same_file_repeats_no_number(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    sold: list[int] = []
    markets: list[str] = []
    for _ in range(2):
        with TraySimulator(clock=Clock.standing(NINE_O_CLOCK), scenario=Scenario.clean(), ledger=path) as tray:
            for order in tray.stores[0].sell(20):
                sold.append(order.id)
                markets += [order.marketplace.order_id] if order.marketplace else []
        with path.open("a") as file:
            file.write('{"number": 99')
    assert sold == list(range(1001, 1041))
    assert len(set(markets)) == len(markets) > 2
    lines = path.read_text().splitlines()
    numbers = [json.loads(line)["number"] for line in lines if line.endswith("}")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(lines) == len(numbers) + 2


def test_the_ledger_can_be_read_in_pieces_over_the_control_call(shop: SimulatedStore) -> None:
    shop.sell(4)
    first = _asked(shop, "ledger", kind="sold", limit=3)
    assert (len(first["entries"]), first["more"]) == (3, True)
    rest = _asked(shop, "ledger", kind="sold", after=first["entries"][-1]["number"])
    assert [entry["order_id"] for entry in rest["entries"]] == [1004]
    assert rest["more"] is False


def test_the_ledger_keeps_stores_apart(tray: TraySimulator) -> None:
    for shop, number in zip(tray.stores, (2, 3), strict=True):
        shop.sell(number)
        assert len(_asked(shop, "ledger", kind="sold")["entries"]) == number
        assert _asked(shop, "status")["orders"] == number


def test_faults_choices_limits_and_the_clock_are_set_over_the_control_calls(caller: Caller) -> None:
    shop = caller.shop
    assert _control(shop, "faults", name="error_503", next=1)["error_503"]["remaining"] == 1
    assert caller.ask("GET", "/info").status_code == 503
    _control(shop, "faults", name="slow", probability=1.0, seconds=60)
    _control(shop, "faults", clear=True)
    assert _control(shop, "choices", id_type="number")["id_type"]["value"] == "number"
    assert caller.get("/products/100")["Product"]["id"] == 100
    assert _control(shop, "limits", per_minute=1)["per_minute"] == 1
    assert caller.ask("GET", "/info").status_code == 429
    assert _control(shop, "advance", seconds=60)["now"] == NINE_O_CLOCK + 60
    assert caller.ask("GET", "/info").status_code == 200
    assert _control(shop, "pause", paused=True) == {"paused": True}
    assert _control(shop, "limits", per_minute=180)["used_today"] == 3
    assert _control(shop, "expire") == {"access_tokens": 0}
    assert caller.ask("GET", "/info").status_code == 401


def test_an_install_over_the_control_call_gives_a_working_code(caller: Caller) -> None:
    assert caller.exchange(_control(caller.shop, "install")["code"]).status_code == 200


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("faults", {"name": "eclipse", "probability": 1}),
        ("choices", {"moon": "full"}),
        ("sell", {"count": 0}),
        ("sell", {"count": "many"}),
        ("trouble", {"error_code": 7}),
        ("move", {"order_id": 1, "status_id": 13}),
    ],
)
def test_a_control_call_that_makes_no_sense_says_why(shop: SimulatedStore, name: str, sent: Any) -> None:
    reply = httpx.post(f"{shop.base_url}/_sim/{name}", json=sent)
    assert reply.status_code == 400
    assert reply.json()["error"]


def test_an_unknown_control_call_names_the_known_ones(shop: SimulatedStore) -> None:
    reply = httpx.get(f"{shop.base_url}/_sim/moon")
    assert reply.status_code == 404
    assert "POST sell" in reply.json()["known"]


def test_the_catalogue_comes_as_a_sheet(shop: SimulatedStore) -> None:
    reply = httpx.get(f"{shop.base_url}/_sim/catalogue.csv")
    assert reply.headers["content-type"].startswith("text/csv")
    assert len(reply.text.splitlines()) == 55


def test_the_program_announces_itself_sells_and_leaves_quietly(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    command = [
        sys.executable,
        "-m",
        "cais.connectors.tray.simulator",
        "--rate",
        "600",
        "--speed",
        "60",
        "--stores",
        "2",
    ]
    started = time.time()
    program = subprocess.Popen(
        [*command, "--ledger", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(os.environ),
        text=True,
    )
    try:
        assert program.stdout is not None
        told = json.loads(program.stdout.readline())
        assert len(told["stores"]) == 2
        assert told["clock"]["CAIS_CLOCK_SPEED"] == "60.0"
        clock = Clock.from_environment(told["clock"])
        status = httpx.get(f"{told['stores'][0]['base_url']}/_sim/status").json()
        assert abs(status["now"] - clock.now()) < 60
        exchanged = httpx.post(
            f"{told['stores'][0]['api_address']}/auth",
            data={name: told[name] for name in ("consumer_key", "consumer_secret")}
            | {"code": told["stores"][0]["code"]},
        )
        assert exchanged.status_code == 200
        until = started + 20
        while '"sold"' not in path.read_text() and time.time() < until:
            httpx.get(f"{told['stores'][0]['base_url']}/_sim/status")
        program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0
        assert program.stderr is not None
        assert program.stderr.read() == ""
        assert '"sold"' in path.read_text()
    finally:
        program.kill()
        program.communicate()
