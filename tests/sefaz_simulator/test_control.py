"""The control calls over plain HTTP, and the program that runs by itself."""

import base64
import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

import cais
from cais.connectors.sefaz.simulator import A1, Choices, Kind
from tests.sefaz_simulator.conftest import Caller, client_context, envelope
from tests.sefaz_simulator.notes import ISSUER, NFE, Draft, lot, signed


class Control:
    """Asks and tells over HTTP."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, name: str, /, **query: str | int) -> Any:
        return self._json(httpx.get(f"{self.url}/{name}", params=query, trust_env=False))

    def post(self, name: str, /, **sent: Any) -> Any:
        return self._json(httpx.post(f"{self.url}/{name}", json=sent, trust_env=False))

    def _json(self, reply: httpx.Response) -> Any:
        assert reply.status_code == 200, reply.text
        return reply.json()


@pytest.fixture
def control(caller: Caller) -> Control:
    return Control(caller.sefaz.control_url)


def test_status_tells_where_it_is_and_what_it_has(caller: Caller, control: Control) -> None:
    caller.issue(Draft())
    found = control.get("status")
    assert found["kept"] == 1
    assert found["services"] == caller.sefaz.services
    assert found["brasilia"] == "2026-11-21T18:00:00-03:00"
    assert found["ledger"] == {"note": 1, "call": 1}


def test_faults_are_switched_on_and_off(caller: Caller, control: Control) -> None:
    control.post("faults", name="http_503", times=1, service="status")
    assert caller.status().reply.status_code == 503
    control.post("faults", name="reject", probability=1, value=228, key=Draft().key)
    assert caller.issue(Draft()).codes == ("104", "228")
    found = control.post("faults", clear=True)
    assert (found["rules"], found["fired"]) == ([], {"http_503": 1, "reject": 1})
    assert caller.issue(Draft()).codes == ("104", "100")
    control.post("faults", name="paused_108", seconds=60)
    control.post("advance", seconds=61)
    assert caller.status().codes == ("107", "")


def test_the_ledger_is_read_in_pieces(caller: Caller, control: Control) -> None:
    for number in (1, 2, 3):
        caller.issue(Draft(number=number))
    first = control.get("ledger", kind="note", limit=2)
    assert ([one["nnf"] for one in first["entries"]], first["more"]) == ([1, 2], True)
    rest = control.get("ledger", kind="note", after=first["entries"][-1]["number"])
    assert ([one["nnf"] for one in rest["entries"]], rest["more"]) == ([3], False)


def test_notes_and_their_bytes_can_be_fetched(caller: Caller, control: Control) -> None:
    note = caller.signed(Draft())
    caller.send(note)
    (kept,) = control.get("notes")["notes"]
    assert (kept["key"], kept["state"], kept["code"], kept["nnf"]) == (Draft().key, "authorised", "100", 1)
    reply = httpx.get(f"{control.url}/xml", params={"key": Draft().key}, trust_env=False)
    assert reply.content == note


def test_things_done_elsewhere_are_told(caller: Caller, control: Control) -> None:
    caller.issue(Draft())
    control.post("cancel", key=Draft().key)
    control.post("void", cnpj=ISSUER, series=1, first=2)
    assert caller.consult(Draft().key).codes == ("101", "100")
    assert caller.issue(Draft(number=2)).codes == ("104", "206")
    told = control.get("ledger", kind="elsewhere")["entries"]
    assert [one["action"] for one in told] == ["cancel", "void"]


def test_limits_and_blocks_are_set_and_lifted(caller: Caller, control: Control) -> None:
    assert control.post("limits", same_key_asked=1)["same_key_asked"] == 1
    assert [caller.consult(Draft().key).codes[0] for _ in range(2)] == ["217", "656"]
    assert control.get("status")["blocks"][ISSUER]["times"] == 1
    control.post("release", cnpj=ISSUER)
    assert caller.status().codes == ("107", "")


def test_choices_are_told_and_changed(caller: Caller, control: Control) -> None:
    assert control.get("choices")["accents"] == {"value": "kept", "values": ["kept", "stripped"]}
    control.post("choices", accents="stripped")
    assert caller.status().text("xMotivo") == "Servico em Operacao"


@pytest.mark.parametrize("choices", list(Choices.variations()), ids=str)
def test_a_right_note_is_authorised_under_every_choice(caller: Caller, choices: Choices) -> None:
    caller.sefaz.office.choices = choices
    assert caller.issue(Draft(regime="3")).codes == ("104", "100")
    assert caller.consult(Draft().key).codes == ("100", "100")


def test_certificates_can_be_asked_for(caller: Caller, control: Control) -> None:
    found = control.post("certificates", cnpj=ISSUER, kind="valid")
    key, certificate, _ = pkcs12.load_key_and_certificates(base64.b64decode(found["pfx"]), found["password"].encode())
    assert key is not None
    assert certificate is not None
    assert f"{certificate.serial_number:x}" == found["serial_number"]
    bundle = httpx.get(f"{control.url}/ca.pem", trust_env=False)
    assert bundle.content == caller.sefaz.ca_bundle


def test_findings_and_gaps_are_told(caller: Caller, control: Control) -> None:
    caller.issue(Draft(number=1, order="A"))
    caller.issue(Draft(number=3, order="A"))
    found = control.get("findings", cnpj=ISSUER, series=1)
    assert found["gaps"] == [2]
    assert found["findings"] == [{"rule": "second number for one order", "about": "A", "seen": "1 and then 3"}]


@pytest.mark.parametrize(
    ("method", "name", "sent", "status"),
    [
        ("GET", "nothing", {}, 404),
        ("POST", "faults", {"name": "nothing", "times": 1}, 400),
        ("POST", "faults", {"name": "slow", "times": 1, "seconds": 2}, 400),
        ("POST", "choices", {"accents": "many"}, 400),
        ("POST", "cancel", {"key": "0"}, 400),
        ("POST", "certificates", {"cnpj": "1"}, 400),
        ("POST", "certificates", {"cnpj": ISSUER, "kind": "golden"}, 400),
        ("POST", "advance", {"seconds": "long"}, 400),
        ("GET", "xml", {}, 400),
    ],
)
def test_a_call_that_makes_no_sense_is_told_so(
    control: Control, method: str, name: str, sent: dict[str, Any], status: int
) -> None:
    reply = httpx.request(method, f"{control.url}/{name}", json=sent, trust_env=False)
    assert reply.status_code == status
    assert reply.json()["error"]


def test_the_control_calls_are_never_faulty(caller: Caller, control: Control) -> None:
    control.post("faults", name="cut_before", probability=1)
    assert control.get("status")["kept"] == 0


Program = tuple["subprocess.Popen[str]", dict[str, Any], Path]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    command = [sys.executable, "-m", "cais.connectors.sefaz.simulator", "--port", "0", "--folder", "made"]
    command += ["--ledger", "ledger.jsonl", "--cnpj", ISSUER, "--cnpj", "12345678000195", "--kind", "valid"]
    command += ["--kind", "expired", "--uf", "SP", "--uf", "MG", "--origin", "1795294800", "--speed", "60"]
    # The same code as this test's, wherever it is installed from.
    env = {**os.environ, "PYTHONPATH": str(Path(cais.__file__).parents[1])}
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=env) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline()), tmp_path
        finally:
            process.kill()


def _context(announced: dict[str, Any], certificate: dict[str, str], folder: Path) -> tuple[ssl.SSLContext, bytes]:
    pfx = Path(certificate["pfx"]).read_bytes()

    class Announced:
        ca_bundle = Path(announced["ca_bundle"]).read_bytes()

    a1 = A1(certificate["cnpj"], Kind.VALID, pfx, certificate["password"], "1")
    return client_context(Announced, a1, folder), pfx  # type: ignore[arg-type]


def test_it_runs_by_itself_and_ends_politely(program: Program) -> None:
    process, announced, folder = program
    certificates = announced["certificates"]
    assert [(one["cnpj"], one["kind"]) for one in certificates] == [
        (ISSUER, "valid"),
        (ISSUER, "expired"),
        ("12345678000195", "valid"),
        ("12345678000195", "expired"),
    ]
    assert announced["clock"] == {"CAIS_CLOCK_ORIGIN": "1795294800.0", "CAIS_CLOCK_SPEED": "60.0"}
    context, pfx = _context(announced, certificates[0], folder)
    now = Control(announced["control_url"]).get("status")["brasilia"]
    note = signed(Draft(issued=now), pfx, certificates[0]["password"])
    reply = httpx.post(
        announced["services"]["NFeAutorizacao4"],
        content=envelope(lot(note), "NFeAutorizacao4"),
        headers={"Content-Type": "application/soap+xml; charset=utf-8"},
        verify=context,
        trust_env=False,
    )
    assert b"<cStat>100</cStat>" in reply.content, reply.text
    assert NFE.encode() in reply.content
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    kinds = [json.loads(line)["kind"] for line in (folder / "ledger.jsonl").read_text().splitlines()]
    assert kinds == ["note", "call"]


def test_the_files_are_for_their_owner_only(program: Program) -> None:
    _, announced, _ = program
    modes = {Path(one["pfx"]).stat().st_mode & 0o777 for one in announced["certificates"]}
    assert modes == {0o600}
