"""Who gets in: the certificate on the connection, and the A1 files that the simulator hands out."""

import ast
import socket
import ssl
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from cais.connectors.sefaz import simulator
from cais.connectors.sefaz.simulator import A1, Kind, SefazSimulator
from tests.sefaz_simulator.conftest import SIX_O_CLOCK, Caller, client_context
from tests.sefaz_simulator.notes import ISSUER, Draft

NUMERIC = "12345678000195"
OID = x509.ObjectIdentifier("2.16.76.1.3.3")


def _opened(a1: A1) -> tuple[object, x509.Certificate]:
    key, certificate, _ = pkcs12.load_key_and_certificates(a1.pfx, a1.password.encode())
    assert certificate is not None
    return key, certificate


def _company(certificate: x509.Certificate) -> list[bytes]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [name.value for name in names.get_values_for_type(x509.OtherName) if name.type_id == OID]


@pytest.mark.parametrize("kind", [Kind.VALID, Kind.LEGACY])
@pytest.mark.parametrize("cnpj", [ISSUER, NUMERIC])
def test_an_a1_holds_a_key_and_the_cnpj_as_a_der_string(sefaz: SefazSimulator, cnpj: str, kind: Kind) -> None:
    key, certificate = _opened(sefaz.issue(cnpj, kind=kind))
    assert isinstance(key, rsa.RSAPrivateKey)
    # Printable string (tag 13 hex), fourteen characters (0E hex).
    assert _company(certificate) == [b"\x13\x0e" + cnpj.encode()]
    assert f":{cnpj}" in certificate.subject.rfc4514_string()
    now = datetime.fromtimestamp(SIX_O_CLOCK, UTC)
    assert certificate.not_valid_before_utc < now < certificate.not_valid_after_utc


def test_an_expired_a1_opens_and_has_ended(sefaz: SefazSimulator) -> None:
    key, certificate = _opened(sefaz.issue(ISSUER, kind=Kind.EXPIRED))
    assert key is not None
    assert certificate.not_valid_after_utc < min(datetime.fromtimestamp(SIX_O_CLOCK, UTC), datetime.now(UTC))


@pytest.mark.parametrize("cnpj", [ISSUER, NUMERIC, "XT9CDVWJ000172"])
def test_another_companys_a1_is_of_another_root(sefaz: SefazSimulator, cnpj: str) -> None:
    a1 = sefaz.issue(cnpj, kind=Kind.OTHER_COMPANY)
    assert a1.cnpj[:8] != cnpj[:8]
    assert _company(_opened(a1)[1]) == [b"\x13\x0e" + a1.cnpj.encode()]


def test_the_announced_password_may_be_wrong(sefaz: SefazSimulator) -> None:
    with pytest.raises(ValueError, match="password"):
        _opened(sefaz.issue(ISSUER, kind=Kind.WRONG_PASSWORD))


def test_what_comes_out_of_an_a3_has_no_key(sefaz: SefazSimulator) -> None:
    a1 = sefaz.issue(ISSUER, kind=Kind.NO_KEY)
    key, _, certificates = pkcs12.load_key_and_certificates(a1.pfx, a1.password.encode())
    assert key is None
    assert _company(certificates[0]) == [b"\x13\x0e" + ISSUER.encode()]


def test_an_a1_is_not_issued_for_a_cnpj_that_cannot_exist(sefaz: SefazSimulator) -> None:
    with pytest.raises(ValueError, match="12ABC34501DE36"):
        sefaz.issue("12ABC34501DE36")


def test_nobody_gets_in_without_a_certificate(sefaz: SefazSimulator, tmp_path: Path) -> None:
    with (
        httpx.Client(verify=client_context(sefaz, None, tmp_path), trust_env=False) as http,
        pytest.raises((httpx.ReadError, httpx.ConnectError, httpx.RemoteProtocolError, httpx.WriteError)),
    ):
        http.post(sefaz.services["NFeStatusServico4"], content=b"")


def test_some_states_let_strangers_connect_and_say_403(sefaz: SefazSimulator, tmp_path: Path) -> None:
    sefaz.choose(no_certificate="403")
    with httpx.Client(verify=client_context(sefaz, None, tmp_path), trust_env=False) as http:
        assert http.post(sefaz.services["NFeStatusServico4"], content=b"").status_code == 403


def test_a_certificate_of_an_unknown_authority_does_not_get_in(sefaz: SefazSimulator, tmp_path: Path) -> None:
    one = Caller(sefaz, sefaz.issue(ISSUER), tmp_path, certificate=sefaz.issue(ISSUER, kind=Kind.UNTRUSTED))
    with one.http, pytest.raises((httpx.ReadError, httpx.ConnectError, httpx.RemoteProtocolError, httpx.WriteError)):
        one.status()


def test_a_client_that_trusts_somebody_else_refuses_the_server(sefaz: SefazSimulator) -> None:
    with (
        httpx.Client(verify=ssl.create_default_context(), trust_env=False) as http,
        pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        http.get(sefaz.base_url)


@pytest.mark.parametrize(("kind", "code"), [(Kind.EXPIRED, "281"), (Kind.NO_CNPJ, "282")])
def test_the_certificate_on_the_connection_is_looked_at(
    sefaz: SefazSimulator, tmp_path: Path, kind: Kind, code: str
) -> None:
    one = Caller(sefaz, sefaz.issue(ISSUER), tmp_path, certificate=sefaz.issue(ISSUER, kind=kind))
    with one.http:
        heard = one.issue(Draft())
    assert (heard.codes[1] or heard.codes[0]) == code


def test_a_certificate_runs_out_on_the_simulated_clock(caller: Caller) -> None:
    assert caller.issue(Draft()).codes == ("104", "100")
    days = 800
    caller.sefaz.clock.advance(days * 86400)
    issued = (datetime.fromtimestamp(SIX_O_CLOCK, UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    assert caller.issue(Draft(number=2, issued=issued)).codes == ("104", "281")


def test_a_renewed_certificate_sees_what_the_old_one_sent(caller: Caller, tmp_path: Path) -> None:
    caller.issue(Draft())
    renewed = Caller(caller.sefaz, caller.sefaz.issue(ISSUER), tmp_path)
    with renewed.http:
        assert renewed.consult(Draft().key).codes == ("100", "100")


def test_other_paths_and_methods_are_not_served(caller: Caller) -> None:
    assert caller.http.get(caller.sefaz.services["NFeStatusServico4"]).status_code == 405
    assert caller.http.post(f"{caller.sefaz.base_url}/ws/nothing").status_code == 404


def test_a_slow_greeting_does_not_hold_up_the_others(caller: Caller) -> None:
    port = int(caller.sefaz.base_url.rsplit(":", 1)[1])
    caller.http.timeout = httpx.Timeout(3)
    with socket.create_connection(("127.0.0.1", port)):
        assert caller.status().codes == ("107", "")


def test_connections_are_kept_open(caller: Caller) -> None:
    assert [caller.status().codes[0] for _ in range(3)] == ["107"] * 3
    pool = caller.http._transport._pool  # type: ignore[attr-defined]
    assert len(pool.connections) == 1


def test_the_simulator_knows_nothing_of_the_product() -> None:
    folder = Path(simulator.__file__).parent
    imported: set[str] = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module))
    ours = {name for name in imported if name.split(".")[0] == "cais"}
    assert {name for name in ours if not name.startswith(("cais.simkit", simulator.__name__))} == set()
    strangers = {name.split(".")[0] for name in imported - ours} - sys.stdlib_module_names
    assert strangers == {"cryptography", "lxml"}
