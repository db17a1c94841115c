"""The line to SEFAZ: mutual TLS, one call at a time, and a doubt for every way an answer can be lost."""

from __future__ import annotations

import socket
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cais.connectors.sefaz import answers as said
from cais.connectors.sefaz.answers import Doubt
from cais.connectors.sefaz.authorisers import NoAuthoriser, authoriser_of, table_from
from cais.connectors.sefaz.client import Limits, SefazClient
from cais.connectors.sefaz.soap import Service
from cais.core.clock import Clock
from cais.fiscal.documents import Environment
from cais.fiscal.places import UF_CODES
from cais.ports.errors import ConfigurationError
from cais.ports.session import Reach
from tests.fiscal.samples import CNPJ_WITH_LETTERS, signed
from tests.sefaz.conftest import QUICK, Scripted, client_of
from tests.sefaz.test_answers import lot, situation, soap, verdict

OURS = signed()
AUTHORISED = (200, soap(lot("104", inside=verdict("100"))))


def test_the_signed_bytes_are_sent_as_they_are(client: SefazClient, scripted: Scripted) -> None:
    scripted.replies = [AUTHORISED]
    assert isinstance(client.authorise(OURS), said.Authorised)
    path, headers, body = scripted.asked[0]
    assert path == "/ws/NfeAutorizacao/NFeAutorizacao4.asmx"
    assert OURS.xml in body
    assert body.count(b"<NFe ") == 1
    assert b"<indSinc>1</indSinc>" in body
    assert headers["Content-Type"] == (
        "application/soap+xml; charset=utf-8; "
        'action="http://www.portalfiscal.inf.br/nfe/wsdl/NFeAutorizacao4/nfeAutorizacaoLote"'
    )


def test_a_consult_asks_for_the_key(client: SefazClient, scripted: Scripted) -> None:
    scripted.replies = [(200, soap(situation("217")))]
    assert isinstance(client.consult(OURS.key, digest=OURS.digest), said.NotInBase)
    path, _, body = scripted.asked[0]
    assert path == "/ws/NfeConsulta/NfeConsulta4.asmx"
    assert f"<tpAmb>2</tpAmb><xServ>CONSULTAR</xServ><chNFe>{OURS.key}</chNFe>".encode() in body


def test_the_status_is_asked_for_the_state(client: SefazClient, scripted: Scripted) -> None:
    scripted.replies = [(200, b"<retConsStatServ><cStat>109</cStat></retConsStatServ>")]
    assert isinstance(client.status(), said.Paused)
    assert b"<cUF>35</cUF><xServ>STATUS</xServ>" in scripted.asked[0][2]


def test_one_connection_serves_many_calls(client: SefazClient, scripted: Scripted) -> None:
    scripted.replies = [AUTHORISED]
    for _ in range(5):
        assert isinstance(client.authorise(OURS), said.Authorised)
    assert len(client._pool.connections) == 1


def _cut(connection: socket.socket) -> None:
    connection.close()


def _cut_in_the_middle(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<a>")
    connection.close()


def _too_large(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"x" * (QUICK.cap + 4096))
    connection.close()


@pytest.mark.parametrize(
    ("reply", "doubt"),
    [
        (_cut, Doubt.CUT),
        (_cut_in_the_middle, Doubt.CUT),
        (_too_large, Doubt.GARBAGE),
        ((503, b"<html>Service Unavailable</html>"), Doubt.HTTP),
        ((403, b""), Doubt.HTTP),
        ((404, b"<html/>"), Doubt.HTTP),
        ((302, b""), Doubt.HTTP),
        ((500, soap("<s:Fault><s:Reason>x</s:Reason></s:Fault>")), Doubt.HTTP),
        ((200, b"<html>ok</html>"), Doubt.GARBAGE),
        ((200, AUTHORISED[1][:-100]), Doubt.GARBAGE),
        ((200, b""), Doubt.GARBAGE),
    ],
)
def test_an_answer_lost_in_any_way_leaves_a_doubt(
    client: SefazClient, scripted: Scripted, reply: object, doubt: Doubt
) -> None:
    scripted.replies = [reply]  # type: ignore[list-item]
    outcome = client.authorise(OURS)
    assert isinstance(outcome, said.Unknown), outcome
    assert (outcome.doubt, outcome.was_sent) == (doubt, True)
    assert outcome.words.endswith((".", ")"))
    assert len(scripted.asked) == 1, "nothing is sent again by itself"


def test_bytes_that_drip_cannot_hold_a_call_past_its_total(scripted: Scripted) -> None:
    done = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
        while not done.wait(0.05):
            connection.sendall(b" ")

    scripted.replies = [drip]
    limits = Limits(connect=1.0, read=1.0, total=0.6)
    with client_of(scripted.base_url, scripted.ca_bundle, limits=limits) as client:
        began = time.monotonic()
        outcome = client.authorise(OURS)
        assert time.monotonic() - began < 2.0
        done.set()
    assert isinstance(outcome, said.Unknown)
    assert (outcome.doubt, outcome.was_sent) == (Doubt.TIMEOUT, True)


def test_nobody_there_means_nothing_was_sent(scripted: Scripted) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"https://127.0.0.1:{taken.getsockname()[1]}"
        with client_of(address, scripted.ca_bundle) as client:
            outcome = client.authorise(OURS)
    assert isinstance(outcome, said.Unknown)
    assert (outcome.doubt, outcome.was_sent) == (Doubt.UNREACHED, False)


def test_a_server_not_in_the_bundle_is_not_spoken_to(scripted: Scripted) -> None:
    scripted.replies = [AUTHORISED]
    with client_of(scripted.base_url, None) as client:
        outcome = client.authorise(OURS)
    assert isinstance(outcome, said.Unknown)
    assert (outcome.doubt, outcome.was_sent) == (Doubt.UNREACHED, False)
    assert "ICP-Brasil" in outcome.words
    assert scripted.asked == []


def test_a_server_under_another_name_is_not_spoken_to(scripted: Scripted) -> None:
    scripted.replies = [AUTHORISED]
    with client_of(scripted.base_url.replace("127.0.0.1", "localhost"), scripted.ca_bundle) as client:
        outcome = client.authorise(OURS)
    assert isinstance(outcome, said.Unknown)
    assert outcome.was_sent is False
    assert scripted.asked == []


def test_another_companys_certificate_does_not_get_through(scripted: Scripted) -> None:
    scripted.replies = [AUTHORISED]
    with client_of(scripted.base_url, scripted.ca_bundle, cnpj=CNPJ_WITH_LETTERS) as client:
        assert isinstance(client.authorise(OURS), said.Unknown)
    assert scripted.asked == []


def test_a_bundle_that_cannot_be_read_is_a_matter_of_configuration(scripted: Scripted, tmp_path: Path) -> None:
    (tmp_path / "raizes.pem").write_text("nada")
    for path in (tmp_path / "raizes.pem", tmp_path / "ausente.pem"):
        with pytest.raises(ConfigurationError, match="autoridades"):
            client_of(scripted.base_url, path)


def test_a_private_address_is_refused_unless_allowed(scripted: Scripted) -> None:
    client = client_of(scripted.base_url, scripted.ca_bundle, reach=Reach.NONE)
    with client, pytest.raises(ConfigurationError):
        client.authorise(OURS)
    assert scripted.asked == []


def test_the_demo_speaks_to_this_machine_only(scripted: Scripted) -> None:
    client = client_of("https://192.0.2.1", scripted.ca_bundle, reach=Reach.LOOPBACK)
    with client, pytest.raises(ConfigurationError, match="demonstração"):
        client.authorise(OURS)


class Turned(Clock):
    """A clock whose hands the test turns."""

    ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + Turned.ahead


def test_after_overuse_nothing_is_sent_for_an_hour(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted.replies = [(200, soap(lot("656"))), AUTHORISED]
    with client_of(scripted.base_url, scripted.ca_bundle, clock=Turned()) as client:
        first = client.authorise(OURS)
        assert isinstance(first, said.Paused)
        monkeypatch.setattr(Turned, "ahead", timedelta(minutes=59))
        assert client.authorise(OURS) == first
        assert client.consult(OURS.key, digest=OURS.digest) == first
        assert client.status() == first
        assert len(scripted.asked) == 1
        monkeypatch.setattr(Turned, "ahead", timedelta(minutes=61))
        assert isinstance(client.authorise(OURS), said.Authorised)
    assert len(scripted.asked) == 2


def test_a_service_down_does_not_silence_the_line(client: SefazClient, scripted: Scripted) -> None:
    scripted.replies = [(200, soap(lot("108"))), AUTHORISED]
    assert isinstance(client.authorise(OURS), said.Paused)
    assert isinstance(client.authorise(OURS), said.Authorised)


def test_every_state_has_an_authoriser_in_both_environments() -> None:
    for state in UF_CODES:
        for environment in Environment:
            addresses = authoriser_of(state, environment).addresses
            assert set(addresses) == set(Service)
            assert all(address.startswith("https://") for address in addresses.values())


@pytest.mark.parametrize(
    ("state", "name", "address"),
    [
        ("SP", "SP", "https://nfe.fazenda.sp.gov.br/ws/nfeautorizacao4.asmx"),
        ("PA", "SVRS", "https://nfe.svrs.rs.gov.br/ws/NfeAutorizacao/NFeAutorizacao4.asmx"),
        ("MA", "SVAN", "https://www.sefazvirtual.fazenda.gov.br/NFeAutorizacao4/NFeAutorizacao4.asmx"),
        ("MT", "MT", "https://nfe.sefaz.mt.gov.br/nfews/v2/services/NfeAutorizacao4"),
    ],
)
def test_addresses_are_those_published(state: str, name: str, address: str) -> None:
    found = authoriser_of(state, Environment.PRODUCTION)
    assert (found.name, found.addresses[Service.AUTHORISE]) == (name, address)


def test_an_operators_own_table_is_read_instead(tmp_path: Path) -> None:
    services = ", ".join(f'"{service}": "https://sefaz.example/{service}"' for service in Service)
    table = tmp_path / "minha.json"
    table.write_text(f'{{"states": {{"SP": "X"}}, "authorisers": {{"X": {{"1": {{{services}}}}}}}}}')
    found = authoriser_of("SP", Environment.PRODUCTION, table=table_from({"NFE_AUTHORISERS": str(table)}))
    assert found.addresses[Service.STATUS] == "https://sefaz.example/NFeStatusServico4"
    with pytest.raises(NoAuthoriser):
        authoriser_of("SP", Environment.TRIAL, table=table)
    table.write_text("[]")
    with pytest.raises(NoAuthoriser):
        authoriser_of("SP", Environment.PRODUCTION, table=table)
    assert table_from({}) is None
