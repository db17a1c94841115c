"""Sales to be invoiced, and certificates to sign them with. Companies and people are fictitious."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from lxml import etree

from cais.core.values import ZERO
from cais.fiscal.build import build
from cais.fiscal.certificate import A1, open_a1
from cais.fiscal.documents import (
    Buyer,
    Environment,
    Issuer,
    Item,
    NoteDoc,
    Numbering,
    Payment,
    Place,
    Tender,
)
from cais.fiscal.profile import Cfops, Contribution, Regime, SimplesIcms, TaxProfile, TaxRule
from cais.fiscal.sign import SignedNote, sign

NFE = {"n": "http://www.portalfiscal.inf.br/nfe"}
# 21 November 2026, 18:00 in Campinas.
NOW = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
CNPJ = "11222333000181"
CNPJ_WITH_LETTERS = "12ABC34501DE35"
CPF = "52998224725"
PASSWORD = "senha do arquivo"
PHRASE = "Documento emitido por ME ou EPP optante pelo Simples Nacional."

CAMPINAS = Place(
    street="Rua das Águas", number="10", district="Centro", city="Campinas", state="SP", postal_code="13010000"
)
SAO_PAULO = Place(
    street="Avenida do Cais", number="200", district="Sé", city="São Paulo", state="SP", postal_code="01001000"
)
BELO_HORIZONTE = Place(
    street="Rua da Serra",
    number="7",
    district="Funcionários",
    city="Belo Horizonte",
    state="MG",
    postal_code="30130000",
)
ISSUER = Issuer(
    cnpj=CNPJ, name="Jurubim Comércio Ltda", place=CAMPINAS, state_registration="110042490114", regime=Regime.SIMPLES
)
BUYER = Buyer(document=CPF, name="Rosana Feitosa", place=SAO_PAULO, email="rosana@jurubim.example")
RESALE = TaxRule(
    tax_class="revenda",
    cfops=Cfops(same_state="5102", other_state="6108", other_state_contributor="6102"),
    icms=SimplesIcms(csosn="102"),
    pis=Contribution(cst="49"),
    cofins=Contribution(cst="49"),
)
PROFILE = TaxProfile(regime=Regime.SIMPLES, rules=(RESALE,), legal_phrases=(PHRASE,), since=date(2026, 1, 1))
NUMBERING = Numbering(series=1, number=123, cnf="48291736", issued_at=NOW)


def item(quantity: str, price: str, *, total: str = "", sku: str = "CAM-1", name: str = "Camiseta") -> Item:
    gross = Decimal(total) if total else (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    return Item(
        sku=sku,
        name=name,
        ncm="61091000",
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        total=gross,
        tax_class="revenda",
    )


def note(*items: Item, freight: str = "0", discount: str = "0", surcharge: str = "0") -> NoteDoc:
    """A sale in homologação, paid by PIX with exactly what it comes to."""
    lines = items or (item("2", "59.90"),)
    own = sum((line.total - line.discount for line in lines), ZERO)
    paid = own + Decimal(freight) + Decimal(surcharge) - Decimal(discount)
    return NoteDoc(
        environment=Environment.TRIAL,
        operation="Venda de mercadoria",
        issuer=ISSUER,
        buyer=BUYER,
        items=lines,
        payments=(Payment(tender=Tender.PIX, value=paid),),
        profile=PROFILE,
        freight=Decimal(freight),
        discount=Decimal(discount),
        surcharge=Decimal(surcharge),
    )


def by(cnpj: str, document: NoteDoc) -> NoteDoc:
    """The same sale by another company."""
    return replace(document, issuer=replace(document.issuer, cnpj=cnpj))


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """One key a name for the whole run: making them costs a tenth of a second."""
    return rsa.generate_private_key(65537, 2048)


def certificate(
    common_name: str,
    *,
    other_name: tuple[str, bytes] | None = None,
    since: datetime = NOW - timedelta(days=30),
    until: datetime = NOW + timedelta(days=36_500),
    key: str = "empresa",
) -> x509.Certificate:
    """Valid for a century by default: TLS judges it on the machine's own clock."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(rsa_key(key).public_key())
        .serial_number(random.Random(common_name).getrandbits(64))
        .not_valid_before(since)
        .not_valid_after(until)
    )
    if other_name:
        oid, value = other_name
        names = [x509.DNSName("jurubim.example"), x509.OtherName(x509.ObjectIdentifier(oid), value)]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(rsa_key(key), hashes.SHA256())


def pfx(chosen: x509.Certificate, *, password: str = PASSWORD, key: str = "empresa") -> bytes:
    locked = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(b"a1", rsa_key(key), chosen, None, locked)


@cache
def a1_of(cnpj: str = CNPJ) -> A1:
    return open_a1(pfx(certificate(f"JURUBIM COMERCIO LTDA:{cnpj}")), PASSWORD, company_cnpj=cnpj, now=NOW)


def signed(document: NoteDoc | None = None, numbering: Numbering = NUMBERING) -> SignedNote:
    chosen = document or note()
    return sign(build(chosen, numbering), a1_of(chosen.issuer.cnpj))


def built(document: NoteDoc, numbering: Numbering = NUMBERING) -> etree._Element:
    """The infNFe of a note, to be looked into with `texts`."""
    return etree.fromstring(build(document, numbering).canonical)


def texts(root: etree._Element, path: str) -> list[str]:
    """The texts at a path of plain tag names: `det/prod/vProd`."""
    return [found.text or "" for found in root.findall("/".join(f"n:{tag}" for tag in path.split("/")), NFE)]


def protocol_of(
    note: SignedNote, *, status: str = "100", key: str = "", digest: str = "", number: str = "135260000000123"
) -> bytes:
    """A protNFe such as SEFAZ gives."""
    return (
        f'<protNFe xmlns="{NFE["n"]}" versao="4.00"><infProt><tpAmb>2</tpAmb><verAplic>T1</verAplic>'
        f"<chNFe>{key or note.key}</chNFe><dhRecbto>2026-11-21T18:00:03-03:00</dhRecbto><nProt>{number}</nProt>"
        f"<digVal>{digest or note.digest}</digVal><cStat>{status}</cStat>"
        "<xMotivo>Autorizado o uso da NF-e</xMotivo></infProt></protNFe>"
    ).encode()
