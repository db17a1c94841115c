"""The order that the NF-e benches invoice: three lines, freight and discount, a seller under the Simples."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from cais.fiscal.documents import Buyer, Environment, Issuer, Item, NoteDoc, Numbering, Payment, Place, Tender
from cais.fiscal.profile import Cfops, Contribution, Regime, SimplesIcms, TaxProfile, TaxRule
from cais.fiscal.sign import SignedNote
from cais.fiscal.tags import NS

NOW = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
CNPJ = "11222333000181"
PASSWORD = "medida"


def sale() -> NoteDoc:
    rule = TaxRule(
        tax_class="revenda",
        cfops=Cfops(same_state="5102", other_state="6108", other_state_contributor="6102"),
        icms=SimplesIcms(csosn="102"),
        pis=Contribution(cst="49"),
        cofins=Contribution(cst="49"),
    )
    lines = (
        ("CAM-1", "Camiseta básica", "2", "59.90"),
        ("BON-2", "Boné", "1", "39.90"),
        ("MEI-3", "Meias", "3", "9.90"),
    )
    items = tuple(
        Item(
            sku=sku,
            name=name,
            ncm="61091000",
            quantity=Decimal(quantity),
            unit_price=Decimal(price),
            total=Decimal(quantity) * Decimal(price),
            tax_class="revenda",
        )
        for sku, name, quantity, price in lines
    )
    # 119.80 + 39.90 + 29.70 = 189.40; + 17.35 − 10.00 = 196.75.
    return NoteDoc(
        environment=Environment.TRIAL,
        operation="Venda de mercadoria",
        issuer=Issuer(
            cnpj=CNPJ,
            name="Jurubim Comércio Ltda",
            place=_place("Campinas", "SP"),
            state_registration="110042490114",
            regime=Regime.SIMPLES,
        ),
        buyer=Buyer(document="52998224725", name="Rosana Feitosa", place=_place("Belo Horizonte", "MG")),
        items=items,
        payments=(Payment(tender=Tender.PIX, value=Decimal("196.75")),),
        profile=TaxProfile(
            regime=Regime.SIMPLES,
            rules=(rule,),
            legal_phrases=("Documento emitido por ME ou EPP optante pelo Simples Nacional.",),
            since=date(2026, 1, 1),
        ),
        freight=Decimal("17.35"),
        discount=Decimal("10.00"),
    )


def _place(city: str, state: str) -> Place:
    return Place(street="Rua das Águas", number="10", district="Centro", city=city, state=state, postal_code="13010000")


def numbering(number: int) -> Numbering:
    return Numbering(series=1, number=number, cnf="48291736", issued_at=NOW)


def pfx() -> bytes:
    """An A1 of the seller's, self-signed: what is measured does not depend on who issued it."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"JURUBIM COMERCIO LTDA:{CNPJ}")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=335))
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(PASSWORD.encode())
    return pkcs12.serialize_key_and_certificates(b"a1", key, certificate, None, locked)


def protocol(note: SignedNote) -> bytes:
    """A protNFe as a SEFAZ would give, so that there is something to print."""
    return (
        f'<protNFe xmlns="{NS}" versao="4.00"><infProt><tpAmb>2</tpAmb><verAplic>B1</verAplic><chNFe>{note.key}</chNFe>'
        f"<dhRecbto>2026-11-21T18:00:03-03:00</dhRecbto><nProt>135260000000123</nProt><digVal>{note.digest}</digVal>"
        "<cStat>100</cStat><xMotivo>Autorizado o uso da NF-e</xMotivo></infProt></protNFe>"
    ).encode()
