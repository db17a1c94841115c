"""SEFAZ's word on a note (protNFe), cut from an answer by its bytes and read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from cais.fiscal.tags import NS, Unparsable, local_name, parse, read

_OPENING = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?protNFe(?=[\s>])([^>]*)>")
# A name that no prefix gives away belongs to the default namespace of the answer, which the cut leaves behind.
_DEFAULT_NAMESPACE = re.compile(rb"""\sxmlns\s*=\s*["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A message beside the verdict (cMsg, xMsg): cStat 120 has them."""

    code: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """`xml` are the bytes of protNFe, self-contained; `protocol_number` is empty when the note was refused."""

    xml: bytes
    key: str
    status: str
    words: str
    protocol_number: str
    digest: str
    received_at: datetime
    alerts: tuple[Alert, ...] = ()


def cut_protocols(answer: bytes) -> list[bytes]:
    """Each protNFe of an answer as it was received, with the namespace it needs to stand alone.

    Raises Unparsable for one that does not end.
    """
    found, position = [], 0
    while opening := _OPENING.search(answer, position):
        prefix = opening[1]
        closing = b"</" + (prefix + b":" if prefix else b"") + b"protNFe>"
        end = answer.find(closing, opening.end())
        if end < 0:
            raise Unparsable("protNFe does not end")
        position = end + len(closing)
        found.append(_standing_alone(answer[opening.start() : position], opening))
    return found


def _standing_alone(cut: bytes, opening: re.Match[bytes]) -> bytes:
    prefix = opening[1]
    if prefix:
        # Stored notes carry no prefix: DANFE programs and stores read them by plain names.
        cut = re.sub(rb"(</?)" + re.escape(prefix) + rb":", rb"\1", cut)
        cut = re.sub(rb"\sxmlns:" + re.escape(prefix) + rb"""\s*=\s*["'][^"']*["']""", b"", cut, count=1)
    head, _, rest = cut.partition(b">")
    if _DEFAULT_NAMESPACE.search(head):
        return cut
    return head.replace(b"<protNFe", f'<protNFe xmlns="{NS}"'.encode(), 1) + b">" + rest


def read_protocol(xml: bytes) -> Protocol:
    """Raises Unparsable when it lacks what makes it one: key, status and time."""
    root = parse(xml)
    key, status = read(root, "chNFe"), read(root, "cStat")
    if local_name(root) != "protNFe" or not key or not status:
        raise Unparsable("protNFe without chNFe or cStat")
    return Protocol(
        xml=xml,
        key=key,
        status=status,
        words=read(root, "xMotivo"),
        protocol_number=read(root, "nProt"),
        digest=read(root, "digVal"),
        received_at=read_time(read(root, "dhRecbto")),
        alerts=_alerts(root),
    )


def read_time(text: str) -> datetime:
    """An aware moment. Raises Unparsable."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unparsable(f"{text!r} is no time") from error
    if moment.tzinfo is None:
        raise Unparsable(f"{text!r} has no zone")
    return moment


def _alerts(root: etree._Element) -> tuple[Alert, ...]:
    found: list[Alert] = []
    code = ""
    for element in root.iter():
        name = local_name(element)
        if name == "cMsg":
            code = (element.text or "").strip()
        elif name == "xMsg":
            found.append(Alert(code=code, words=(element.text or "").strip()))
    return tuple(found)
