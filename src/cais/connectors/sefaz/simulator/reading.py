"""Cutting elements out of received bytes, and parsing them without letting a document fetch or expand anything."""

import re
from typing import Any

from lxml import etree

NFE = "http://www.portalfiscal.inf.br/nfe"
DSIG = "http://www.w3.org/2000/09/xmldsig#"

Element = Any  # lxml publishes no types

_NOTE = re.compile(rb"<NFe(?=[\s>/]).*?</NFe\s*>", re.DOTALL)
_ID = re.compile(rb"""<infNFe\s[^>]*?\bId\s*=\s*["']NFe([^"']*)["']""")
_ASKED_KEY = re.compile(rb"<(?:[\w.-]+:)?chNFe>([^<]*)<")


class Unreadable(ValueError):
    """These bytes are not a document that the authoriser agrees to read."""


def parse(document: bytes) -> Element:
    """The root element. Raises Unreadable for what is not well formed, and for any DTD or entity."""
    if b"<!DOCTYPE" in document or b"<!ENTITY" in document:
        raise Unreadable("a document type declaration is not allowed")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(str(error)) from error


def local_name(element: Element) -> str:
    """The tag without its namespace; empty for a comment or an instruction."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def cut_notes(message: bytes) -> list[bytes]:
    """Every ``<NFe>…</NFe>`` exactly as it arrived: a parsed copy would inherit the envelope's namespaces."""
    return _NOTE.findall(message)


def cut(document: bytes, name: bytes, *, namespace: str) -> bytes:
    """One element as its own document, with the namespace that it inherited written on it. Raises Unreadable."""
    found = re.search(rb"<" + name + rb"(?=[\s>]).*?</" + name + rb"\s*>", document, re.DOTALL)
    if found is None:
        raise Unreadable(f"there is no {name.decode()}")
    element = found.group()
    start = element[: element.index(b">")]
    if re.search(rb"\sxmlns\s*=", start):
        return element
    head = b"<" + name
    return head + b' xmlns="' + namespace.encode() + b'"' + element[len(head) :]


def canonical(document: bytes) -> bytes:
    """Canonical XML 1.0 without comments, of a document that stands alone."""
    return bytes(etree.tostring(parse(document), method="c14n", with_comments=False))


def written_key(note: bytes) -> str:
    """The access key as the note's Id spells it, whatever it is worth; empty when there is none."""
    return _text(_ID.search(note))


def asked_key(message: bytes) -> str:
    """The access key that a consultation asks for, as it is spelt; empty when there is none."""
    return _text(_ASKED_KEY.search(message))


def _text(found: re.Match[bytes] | None) -> str:
    return found.group(1).decode("ascii", "replace") if found else ""
