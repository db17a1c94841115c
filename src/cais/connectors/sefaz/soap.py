"""SOAP 1.2 as SEFAZ speaks it: envelopes put together from bytes, answers opened by local names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cais.fiscal.documents import Environment
from cais.fiscal.tags import LAYOUT, NS, find, local_name, parse

WSDL = "http://www.portalfiscal.inf.br/nfe/wsdl/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
_HEAD = (
    f'<?xml version="1.0" encoding="utf-8"?><soap12:Envelope xmlns:soap12="{SOAP_12}"><soap12:Body>'
    '<nfeDadosMsg xmlns="{namespace}">'
)
_TAIL = b"</nfeDadosMsg></soap12:Body></soap12:Envelope>"


class Service(StrEnum):
    """The namespace of each service under WSDL."""

    AUTHORISE = "NFeAutorizacao4"
    CONSULT = "NFeConsultaProtocolo4"
    STATUS = "NFeStatusServico4"


METHODS = {
    Service.AUTHORISE: "nfeAutorizacaoLote",
    Service.CONSULT: "nfeConsultaNF",
    Service.STATUS: "nfeStatusServicoNF",
}
RESULTS = {
    Service.AUTHORISE: "retEnviNFe",
    Service.CONSULT: "retConsSitNFe",
    Service.STATUS: "retConsStatServ",
}


class SoapFault(Exception):
    """The server answered with a fault instead of a result."""


class NoResult(Exception):
    """The answer holds no result of the service asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """One call: its service and the bytes of nfeDadosMsg's content."""

    service: Service
    content: bytes

    @property
    def content_type(self) -> str:
        action = f"{WSDL}{self.service}/{METHODS[self.service]}"
        return f'application/soap+xml; charset=utf-8; action="{action}"'

    def envelope(self) -> bytes:
        return _HEAD.format(namespace=f"{WSDL}{self.service}").encode() + self.content + _TAIL


def send_note(signed: bytes, *, lot: int) -> Question:
    """One note, answered at once (indSinc 1): more than one way of asking is one too many for the state machine."""
    head = f'<enviNFe xmlns="{NS}" versao="{LAYOUT}"><idLote>{lot}</idLote><indSinc>1</indSinc>'
    return Question(Service.AUTHORISE, head.encode() + signed + b"</enviNFe>")


def ask_about(key: str, environment: Environment) -> Question:
    content = (
        f'<consSitNFe xmlns="{NS}" versao="{LAYOUT}"><tpAmb>{environment.value}</tpAmb>'
        f"<xServ>CONSULTAR</xServ><chNFe>{key}</chNFe></consSitNFe>"
    )
    return Question(Service.CONSULT, content.encode())


def ask_status(state_code: str, environment: Environment) -> Question:
    content = (
        f'<consStatServ xmlns="{NS}" versao="{LAYOUT}"><tpAmb>{environment.value}</tpAmb>'
        f"<cUF>{state_code}</cUF><xServ>STATUS</xServ></consStatServ>"
    )
    return Question(Service.STATUS, content.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What every ret… element begins with, its other words by name, and the answer's bytes as received."""

    status: str
    words: str
    received_at: str
    returns_at: str
    answer: bytes


def open_answer(answer: bytes, service: Service) -> Result:
    """Find the result whatever the SOAP version, the prefix and the headers around it.

    Raises SoapFault, NoResult, or Unparsable for what is no XML.
    """
    root = parse(answer)
    found = find(root, RESULTS[service])
    if found is None:
        fault = find(root, "Fault")
        if fault is not None:
            raise SoapFault(" ".join(" ".join(fault.itertext()).split()))
        raise NoResult(local_name(root))
    # The first level alone: below it protNFe has a cStat of its own.
    own = {local_name(child): (child.text or "").strip() for child in reversed(found)}
    if not own.get("cStat"):
        raise NoResult("cStat is missing")
    return Result(
        status=own["cStat"],
        words=own.get("xMotivo", ""),
        received_at=own.get("dhRecbto", ""),
        returns_at=own.get("dhRetorno", ""),
        answer=answer,
    )
