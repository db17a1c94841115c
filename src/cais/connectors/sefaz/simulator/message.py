"""What must hold of a message before any note in it is looked at."""

import re
from dataclasses import dataclass

from cais.connectors.sefaz.simulator.note import Note
from cais.connectors.sefaz.simulator.reading import NFE, Element, Unreadable, cut_notes, local_name, parse
from cais.connectors.sefaz.simulator.reasons import Refusal, refusal
from cais.connectors.sefaz.simulator.schemas import Schemas
from cais.connectors.sefaz.simulator.soap import Service

MOST_NOTES = 50
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']+)["']""")
_PREFIXED = re.compile(rb"<[A-Za-z_][\w.-]*:")
_LOT = re.compile(r"[0-9]{1,15}")
# Base64 that may not be broken into lines.
_UNBROKEN = ("SignatureValue", "DigestValue", "X509Certificate")


class MessageRefused(ValueError):
    """The message as a whole is answered with a status code."""

    def __init__(self, refused: Refusal) -> None:
        super().__init__(refused.motive)
        self.refusal = refused


@dataclass(frozen=True, slots=True)
class Lot:
    """An ``enviNFe``: whether it asks for the answer at once, and its notes."""

    is_synchronous: bool
    notes: tuple[Note, ...]


def check_encoding(body: bytes) -> None:
    """Raises MessageRefused (402)."""
    declared = _DECLARED.match(body)
    if declared is not None and declared.group(1).lower() not in (b"utf-8", b"utf8"):
        raise MessageRefused(refusal("402"))
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MessageRefused(refusal("402")) from error


def read(content: bytes, *, service: Service) -> Element:
    """The message's root element. Raises MessageRefused (404, 516 or 588)."""
    if _PREFIXED.search(content):
        raise MessageRefused(refusal("404"))
    try:
        root = parse(content.strip())
    except Unreadable as error:
        raise MessageRefused(refusal("516")) from error
    if root.tag != f"{{{NFE}}}{service.asks}":
        raise MessageRefused(refusal("516"))
    if any(prefix for element in root.iter() for prefix in element.nsmap):
        raise MessageRefused(refusal("404"))
    if content != content.strip() or any(_has_stray_blanks(element) for element in root.iter()):
        raise MessageRefused(refusal("588"))
    return root


def _has_stray_blanks(element: Element) -> bool:
    text, tail = element.text or "", element.tail or ""
    if tail and not tail.strip():
        return True
    if len(element):
        return bool(text) and not text.strip()
    return local_name(element) in _UNBROKEN and any(sign.isspace() for sign in text)


def read_lot(root: Element, content: bytes) -> Lot:
    """Raises MessageRefused (215, 452)."""
    names = [local_name(child) for child in root]
    notes = tuple(Note(data) for data in cut_notes(content))
    expected = ["idLote", "indSinc", *["NFe"] * len(notes)]
    if names != expected or not 1 <= len(notes) <= MOST_NOTES or root.get("versao") != "4.00":
        raise MessageRefused(refusal("215"))
    if not _LOT.fullmatch(root[0].text or "") or root[1].text not in ("0", "1"):
        raise MessageRefused(refusal("215"))
    is_synchronous = root[1].text == "1"
    if len(notes) == 1 and not is_synchronous:
        raise MessageRefused(refusal("452"))
    if len(notes) > 1 and is_synchronous:
        # No public source tells this code: any refusal will do.
        raise MessageRefused(refusal("215", detail="[indSinc=1: uma NF-e por lote]"))
    return Lot(is_synchronous, notes)


def check_schema(root: Element, schemas: Schemas, *, service: Service) -> None:
    """Raises MessageRefused (215)."""
    complaint = schemas.complaint(f"{service.asks}_v4.00.xsd", root)
    if complaint:
        raise MessageRefused(refusal("215", detail=f"[{complaint}]"))
