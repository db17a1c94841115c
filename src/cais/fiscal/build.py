"""The infNFe of a sale, in the order of leiaute 4.00, in its canonical bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from cais import __version__
from cais.fiscal import documents as doc
from cais.fiscal import text
from cais.fiscal.amounts import amounts_of
from cais.fiscal.build_items import add_items, add_totals
from cais.fiscal.identifiers import MODEL, AccessKey
from cais.fiscal.operation import Operation, operation_of
from cais.fiscal.places import UF_CODES, City, city_of, find_city, zone_of
from cais.fiscal.tags import LAYOUT, NS, add, many

# SEFAZ demands exactly this name of the buyer in homologação (598).
TRIAL_NAME = "NF-E EMITIDA EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL"
NORMAL_EMISSION = "1"
BRAZIL = {"cPais": "1058", "xPais": "BRASIL"}
SOFTWARE = text.fit(f"Cais {__version__}", 20)
# Ways of paying that go through a payment institution, whose group `card` SEFAZ expects (391).
ELECTRONIC = doc.CARDS | {doc.Tender.PIX}
NOT_INTEGRATED = "2"


@dataclass(frozen=True, slots=True)
class UnsignedNote:
    """`canonical` is the C14N of infNFe with its namespace: what the digest is taken of."""

    key: str
    canonical: bytes


def build(note: doc.NoteDoc, numbering: doc.Numbering) -> UnsignedNote:
    """Build a note that passed the preflight; the same two arguments always give the same bytes.

    Raises KeyError or ValueError for what the preflight refuses.
    """
    issued_at = local_time(note.issuer, numbering.issued_at)
    key = key_of(note, numbering)
    operation = operation_of(note)
    amounts = amounts_of(note)
    root = etree.Element(f"{{{NS}}}infNFe", {"versao": LAYOUT, "Id": f"NFe{key}"}, nsmap={None: NS})
    _add_identification(root, note, numbering, issued_at=issued_at, key=key, operation=operation)
    _add_issuer(root, note.issuer)
    _add_buyer(root, note, operation)
    _add_delivery(root, note)
    for document in note.may_download:
        many(add(root, "autXML"), **_document(document))
    add_items(root, note, amounts, operation)
    add_totals(root, amounts)
    _add_transport(root, note)
    _add_payments(root, note)
    if note.intermediary:
        group = add(root, "infIntermed")
        many(group, CNPJ=note.intermediary.cnpj, idCadIntTran=text.fit(note.intermediary.seller_id, text.NAME))
    _add_remarks(root, note)
    _add_technical_contact(root, note.technical_contact)
    # A root of its own: taken out of a tree, lxml's C14N writes xmlns="" into grandchildren.
    return UnsignedNote(key, etree.tostring(root, method="c14n"))


def key_of(note: doc.NoteDoc, numbering: doc.Numbering) -> str:
    """The access key; its year and month are those of the issuer's own clock."""
    parts = AccessKey(
        state=note.issuer.place.state,
        year_month=local_time(note.issuer, numbering.issued_at).strftime("%y%m"),
        cnpj=note.issuer.cnpj,
        series=numbering.series,
        number=numbering.number,
        emission=NORMAL_EMISSION,
        cnf=numbering.cnf,
    )
    return str(parts)


def local_time(issuer: doc.Issuer, moment: datetime) -> datetime:
    """The moment on the issuer's clock. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a note's time of issue must know its zone")
    city = city_of_place(issuer.place)
    return moment.astimezone(zone_of(issuer.place.state, city.code))


def city_of_place(place: doc.Place) -> City:
    """Raises KeyError when there is no such municipality."""
    found = city_of(place.city_code) if place.city_code else find_city(place.state, place.city)
    if found is None or found.state != place.state:
        raise KeyError(f"{place.city} ({place.state})")
    return found


def _add_identification(
    root: etree._Element,
    note: doc.NoteDoc,
    numbering: doc.Numbering,
    *,
    issued_at: datetime,
    key: str,
    operation: Operation,
) -> None:
    many(
        add(root, "ide"),
        cUF=UF_CODES[note.issuer.place.state],
        cNF=numbering.cnf,
        natOp=text.fit(note.operation, text.NAME),
        mod=MODEL,
        serie=str(numbering.series),
        nNF=str(numbering.number),
        dhEmi=issued_at.isoformat(timespec="seconds"),
        tpNF="1",
        idDest=operation.destination_code,
        cMunFG=city_of_place(note.issuer.place).code,
        tpImp="1",
        tpEmis=NORMAL_EMISSION,
        cDV=key[-1],
        tpAmb=note.environment.value,
        finNFe="1",
        indFinal="1" if operation.is_final else "0",
        indPres="2",
        indIntermed="1" if note.through_marketplace else "0",
        procEmi="0",
        verProc=SOFTWARE,
    )


def _add_issuer(root: etree._Element, issuer: doc.Issuer) -> None:
    group = add(root, "emit")
    many(
        group,
        CNPJ=issuer.cnpj,
        xNome=text.fit(issuer.name, text.NAME),
        xFant=text.fit(issuer.trade_name, text.NAME) or None,
    )
    _add_place(add(group, "enderEmit"), issuer.place)
    many(
        group,
        IE=issuer.state_registration,
        IM=issuer.city_registration or None,
        CNAE=(issuer.activity or None) if issuer.city_registration else None,
        CRT=issuer.regime.value,
    )


def _add_buyer(root: etree._Element, note: doc.NoteDoc, operation: Operation) -> None:
    buyer = note.buyer
    group = add(root, "dest")
    is_trial = note.environment is doc.Environment.TRIAL
    many(group, **_document(buyer.document), xNome=TRIAL_NAME if is_trial else text.fit(buyer.name, text.NAME))
    _add_place(add(group, "enderDest"), buyer.place)
    many(
        group,
        indIEDest=operation.registration_code,
        IE=buyer.state_registration if operation.is_contributor else None,
        email=text.fit(buyer.email, text.NAME) or None,
    )


def _add_delivery(root: etree._Element, note: doc.NoteDoc) -> None:
    if note.delivery is None:
        return
    group = add(root, "entrega")
    # The layout wants a document of who receives; a gift's receiver gives none to a store, so the buyer's stands.
    many(group, **_document(note.buyer.document), xNome=text.fit(note.delivery.name, text.NAME) or None)
    _add_place(group, note.delivery.place)


def _document(document: str) -> dict[str, str]:
    return {"CPF" if len(document) == 11 else "CNPJ": document}


def _add_place(group: etree._Element, place: doc.Place) -> None:
    city = city_of_place(place)
    many(
        group,
        xLgr=text.fit(place.street, text.NAME),
        nro=text.fit(place.number, text.NAME) or "S/N",
        xCpl=text.fit(place.complement, text.NAME) or None,
        xBairro=text.fit(place.district, text.NAME),
        cMun=city.code,
        xMun=city.name,
        UF=place.state,
        CEP=place.postal_code or None,
        **BRAZIL,
        fone=place.phone if 6 <= len(place.phone) <= 14 and place.phone.isdecimal() else None,
    )


def _add_transport(root: etree._Element, note: doc.NoteDoc) -> None:
    group = add(root, "transp")
    add(group, "modFrete", note.freight_by.value)
    if note.carrier:
        _add_carrier(add(group, "transporta"), note.carrier)
    if note.volumes:
        volumes = note.volumes
        many(
            add(group, "vol"),
            qVol=str(volumes.count),
            esp=text.fit(volumes.kind, text.NAME) or None,
            pesoL=f"{volumes.net_weight:.3f}" if volumes.net_weight else None,
            pesoB=f"{volumes.gross_weight:.3f}" if volumes.gross_weight else None,
        )


def _add_carrier(group: etree._Element, carrier: doc.Carrier) -> None:
    many(group, **(_document(carrier.document) if carrier.document else {}))
    many(
        group,
        xNome=text.fit(carrier.name, text.NAME) or None,
        IE=carrier.state_registration or None,
        xEnder=text.fit(carrier.address, text.NAME) or None,
        xMun=text.fit(carrier.city, text.NAME) or None,
        UF=carrier.state or None,
    )


def _add_payments(root: etree._Element, note: doc.NoteDoc) -> None:
    group = add(root, "pag")
    for payment in note.payments:
        detail = add(group, "detPag")
        is_nothing = payment.tender is doc.Tender.NONE
        many(
            detail,
            indPag=None if is_nothing else ("1" if payment.is_deferred else "0"),
            tPag=payment.tender.value,
            xPag=text.fit(payment.description, text.NAME) if payment.tender is doc.Tender.OTHER else None,
            vPag=text.amount(payment.value),
        )
        if payment.tender in ELECTRONIC:
            brand = payment.brand if payment.tender in doc.CARDS else ""
            many(add(detail, "card"), tpIntegra=NOT_INTEGRATED, CNPJ=payment.institution or None, tBand=brand or None)


def _add_remarks(root: etree._Element, note: doc.NoteDoc) -> None:
    """The legal phrases come first, so that a cut never takes them."""
    remarks = joined([*note.profile.legal_phrases, *note.additional])
    if remarks:
        add(add(root, "infAdic"), "infCpl", remarks)


def joined(remarks: Sequence[str]) -> str:
    """Remarks as one line, which is all the layout allows."""
    parts = filter(None, (text.fit(part, text.ADDITIONAL) for part in remarks))
    return text.fit(" | ".join(parts), text.ADDITIONAL)


def _add_technical_contact(root: etree._Element, contact: doc.TechnicalContact | None) -> None:
    if contact is None:
        return
    many(
        add(root, "infRespTec"),
        CNPJ=contact.cnpj,
        xContato=text.fit(contact.name, text.NAME),
        email=contact.email,
        fone=contact.phone,
    )
