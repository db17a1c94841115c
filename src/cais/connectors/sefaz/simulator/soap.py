"""The services with their addresses, and the envelope around a message: read strictly, written as states differ."""

import re
from dataclasses import dataclass
from typing import Literal

from cais.connectors.sefaz.simulator.reading import NFE, Unreadable, local_name, parse

SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
TYPE_12 = "application/soap+xml; charset=utf-8"
TYPE_11 = "text/xml; charset=utf-8"
_ACTION = re.compile(r"""action\s*=\s*"([^"]*)\"""")
_CONTENT = re.compile(rb"<(?:[\w.-]+:)?nfeDadosMsg(?:\s[^>]*)?>(.*)</(?:[\w.-]+:)?nfeDadosMsg\s*>", re.DOTALL)

Style = Literal["1.2", "1.1", "header"]


@dataclass(frozen=True, slots=True)
class Service:
    """One web service: its short name here, its path, its method, what it takes and what it gives."""

    name: str
    official: str
    path: str
    method: str
    asks: str
    answers: str

    @property
    def namespace(self) -> str:
        return f"{NFE}/wsdl/{self.official}"

    @property
    def action(self) -> str:
        return f"{self.namespace}/{self.method}"


AUTHORISE = Service(
    "authorise",
    "NFeAutorizacao4",
    "/ws/NfeAutorizacao/NFeAutorizacao4.asmx",
    "nfeAutorizacaoLote",
    "enviNFe",
    "retEnviNFe",
)
RECEIPT = Service(
    "receipt",
    "NFeRetAutorizacao4",
    "/ws/NfeRetAutorizacao/NFeRetAutorizacao4.asmx",
    "nfeRetAutorizacaoLote",
    "consReciNFe",
    "retConsReciNFe",
)
CONSULT = Service(
    "consult",
    "NFeConsultaProtocolo4",
    "/ws/NfeConsulta/NfeConsulta4.asmx",
    "nfeConsultaNF",
    "consSitNFe",
    "retConsSitNFe",
)
STATUS = Service(
    "status",
    "NFeStatusServico4",
    "/ws/NfeStatusServico/NfeStatusServico4.asmx",
    "nfeStatusServicoNF",
    "consStatServ",
    "retConsStatServ",
)
SERVICES = {service.path: service for service in (AUTHORISE, RECEIPT, CONSULT, STATUS)}


class Fault(ValueError):
    """The envelope itself is refused: the caller gets a SOAP fault."""

    def __init__(self, text: str, *, code: str = "Sender") -> None:
        super().__init__(text)
        self.code = code


def open_envelope(body: bytes, content_type: str, *, service: Service) -> bytes:
    """What stands between the tags of ``nfeDadosMsg``, byte for byte. Raises Fault."""
    if not content_type.lower().startswith("application/soap+xml"):
        raise Fault(f"content type {content_type} is not application/soap+xml")
    action = _ACTION.search(content_type)
    if action is not None and action.group(1) != service.action:
        raise Fault(f"the server does not recognise the action {action.group(1)}")
    _check_structure(body, service)
    content = _CONTENT.search(body)
    return content.group(1) if content else b""


def _check_structure(body: bytes, service: Service) -> None:
    try:
        envelope = parse(body)
    except Unreadable as error:
        raise Fault(f"unable to read the request: {error}") from error
    if envelope.tag != f"{{{SOAP_12}}}Envelope":
        raise Fault("the envelope is not SOAP 1.2", code="VersionMismatch")
    parts = envelope.find(f"{{{SOAP_12}}}Body")
    content = None if parts is None or not len(parts) else parts[0]
    if content is None or content.tag != f"{{{service.namespace}}}nfeDadosMsg":
        found = local_name(content) if content is not None else "nothing"
        raise Fault(f"expected nfeDadosMsg of {service.namespace}, found {found}")


def envelope(content: str, *, service: Service, style: Style = "1.2") -> bytes:
    """An answer as authorisers dress it: extra namespaces included, as the big ones do."""
    namespace, prefix = (SOAP_11, "soapenv") if style == "1.1" else (SOAP_12, "soap")
    header = ""
    if style == "header":
        header = (
            f'<{prefix}:Header><nfeCabecMsg xmlns="{service.namespace}"><cUF>52</cUF>'
            f"<versaoDados>4.00</versaoDados></nfeCabecMsg></{prefix}:Header>"
        )
    text = (
        f'<?xml version="1.0" encoding="utf-8"?><{prefix}:Envelope xmlns:{prefix}="{namespace}"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f'{header}<{prefix}:Body><nfeResultMsg xmlns="{service.namespace}">{content}</nfeResultMsg>'
        f"</{prefix}:Body></{prefix}:Envelope>"
    )
    return text.encode()


def fault(text: str, *, code: str = "Receiver") -> bytes:
    sentence = text.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP_12}"><soap:Body><soap:Fault>'
        f"<soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code>"
        f'<soap:Reason><soap:Text xml:lang="pt-BR">{sentence}</soap:Text></soap:Reason>'
        "</soap:Fault></soap:Body></soap:Envelope>"
    ).encode()
