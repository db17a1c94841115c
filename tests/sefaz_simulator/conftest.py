"""A simulated authoriser on free ports with a standing clock, and a plain caller that knows nothing of Cais."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import nfelib
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from lxml import etree

from cais.connectors.sefaz.simulator import A1, CertificateAuthority, SefazSimulator
from cais.simkit import Clock
from tests.sefaz_simulator.notes import ISSUER, NFE, Draft, lot, signed

# 2026-11-21 21:00:00 UTC, which is 18:00:00 in Brasília.
SIX_O_CLOCK = 1795294800.0
SOAP = "http://www.w3.org/2003/05/soap-envelope"
SERVICES = {
    "NFeAutorizacao4": "nfeAutorizacaoLote",
    "NFeRetAutorizacao4": "nfeRetAutorizacaoLote",
    "NFeConsultaProtocolo4": "nfeConsultaNF",
    "NFeStatusServico4": "nfeStatusServicoNF",
}


def client_context(sefaz: SefazSimulator, a1: A1 | None, folder: Path) -> ssl.SSLContext:
    """Trusts the simulator's root only, and shows the A1 when there is one."""
    context = ssl.create_default_context(cadata=sefaz.ca_bundle.decode())
    if a1 is not None:
        key, certificate, _ = pkcs12.load_key_and_certificates(a1.pfx, a1.password.encode())
        assert key is not None
        assert certificate is not None
        path = folder / f"{a1.serial_number}.pem"
        path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context.load_cert_chain(path)
    return context


def envelope(content: bytes, service: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap12:Envelope xmlns:soap12="{SOAP}"><soap12:Body>\n'
        f'<nfeDadosMsg xmlns="{NFE}/wsdl/{service}">'.encode()
        + content
        + b"</nfeDadosMsg>\n</soap12:Body></soap12:Envelope>"
    )


@dataclass
class Heard:
    """An answer: its bytes, and the parts that tests ask for."""

    reply: httpx.Response

    @property
    def root(self) -> Any:
        """The ``ret`` element, wherever the envelope keeps it."""
        tree = etree.fromstring(self.reply.content)
        return next(one for one in tree.iter() if etree.QName(one).localname.startswith("ret"))

    def text(self, path: str) -> str:
        found = self.root.findtext("/".join(f"{{{NFE}}}{part}" for part in path.split("/")))
        return str(found or "")

    @property
    def codes(self) -> tuple[str, str]:
        """The message's status, and the note's; the latter is empty when there is none."""
        return self.text("cStat"), self.text("protNFe/infProt/cStat")

    @property
    def protocol(self) -> bytes:
        """``protNFe`` cut from the bytes."""
        body = self.reply.content
        return body[body.index(b"<protNFe") : body.index(b"</protNFe>") + len(b"</protNFe>")]


@dataclass
class Caller:
    """One company with its A1 calling one authoriser."""

    sefaz: SefazSimulator
    a1: A1
    folder: Path
    certificate: A1 | None = None
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        context = client_context(self.sefaz, self.certificate or self.a1, self.folder)
        self.http = httpx.Client(verify=context, timeout=10, trust_env=False)

    def signed(self, draft: Draft) -> bytes:
        return signed(draft, self.a1.pfx, self.a1.password)

    def post(self, service: str, content: bytes) -> Heard:
        return self.post_body(service, envelope(content, service))

    def post_body(self, service: str, body: bytes, *, content_type: str = "") -> Heard:
        action = f"{NFE}/wsdl/{service}/{SERVICES[service]}"
        kind = content_type or f'application/soap+xml; charset=utf-8; action="{action}"'
        return Heard(self.http.post(self.sefaz.services[service], content=body, headers={"Content-Type": kind}))

    def send(self, *notes: bytes, synchronous: bool = True) -> Heard:
        return self.post("NFeAutorizacao4", lot(*notes, synchronous=synchronous))

    def issue(self, draft: Draft) -> Heard:
        return self.send(self.signed(draft))

    def consult(self, key: str, *, environment: str = "2") -> Heard:
        content = (
            f'<consSitNFe xmlns="{NFE}" versao="4.00"><tpAmb>{environment}</tpAmb><xServ>CONSULTAR</xServ>'
            f"<chNFe>{key}</chNFe></consSitNFe>"
        )
        return self.post("NFeConsultaProtocolo4", content.encode())

    def status(self, *, state: str = "35", environment: str = "2") -> Heard:
        content = (
            f'<consStatServ xmlns="{NFE}" versao="4.00"><tpAmb>{environment}</tpAmb><cUF>{state}</cUF>'
            "<xServ>STATUS</xServ></consStatServ>"
        )
        return self.post("NFeStatusServico4", content.encode())

    def receipt(self, number: str, *, environment: str = "2") -> Heard:
        content = (
            f'<consReciNFe xmlns="{NFE}" versao="4.00"><tpAmb>{environment}</tpAmb><nRec>{number}</nRec></consReciNFe>'
        )
        return self.post("NFeRetAutorizacao4", content.encode())


@pytest.fixture(scope="session")
def authority() -> CertificateAuthority:
    """One for the whole run: three new keys for every test would take most of its time."""
    return CertificateAuthority(now=datetime.fromtimestamp(SIX_O_CLOCK, UTC))


@pytest.fixture(scope="session")
def a1(authority: CertificateAuthority) -> A1:
    return authority.issue(ISSUER)


@pytest.fixture
def sefaz(authority: CertificateAuthority) -> Iterator[SefazSimulator]:
    with SefazSimulator(clock=Clock.standing(SIX_O_CLOCK), authority=authority) as simulator:
        yield simulator


@pytest.fixture
def caller(sefaz: SefazSimulator, a1: A1, tmp_path: Path) -> Iterator[Caller]:
    one = Caller(sefaz, a1, tmp_path)
    yield one
    one.http.close()


@pytest.fixture(scope="module")
def long_lived(authority: CertificateAuthority, a1: A1, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """For many small questions: one authoriser, one certificate, and no limits to run into."""
    with SefazSimulator(clock=Clock.standing(SIX_O_CLOCK), authority=authority, states=("SP", "MG")) as simulator:
        simulator.office.consumption.limits.same_rejection = 10_000
        one = Caller(simulator, a1, tmp_path_factory.mktemp("certificates"))
        yield one
        one.http.close()


@pytest.fixture(scope="module")
def next_draft() -> Callable[..., Draft]:
    """A draft with a number of its own each time."""
    numbers = iter(range(1, 10_000))
    return lambda **fields: Draft(number=next(numbers), **fields)


@cache
def schema(name: str) -> Any:
    """One of the official XSD files, compiled."""
    folder = Path(nfelib.__file__).parent / "nfe" / "schemas" / "v4_0"
    return etree.XMLSchema(etree.parse(str(folder / name)))
