"""Writing and reading the tags of the NF-e: its namespace, one way to add an element, one safe way to parse."""

from __future__ import annotations

from lxml import etree

NS = "http://www.portalfiscal.inf.br/nfe"
DS = "http://www.w3.org/2000/09/xmldsig#"
LAYOUT = "4.00"
_T = f"{{{NS}}}"


class Unparsable(ValueError):
    """These bytes are no XML that may be read: broken, empty, or carrying a DTD."""


def add(parent: etree._Element, tag: str, content: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, _T + tag)
    element.text = content
    return element


def many(parent: etree._Element, **tags: str | None) -> None:
    """Add tags in the order given; None leaves a tag out."""
    for tag, content in tags.items():
        if content is not None:
            etree.SubElement(parent, _T + tag).text = content


def parse(xml: bytes) -> etree._Element:
    """The root. No network, no entities, no document type. Raises Unparsable."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unparsable(str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise Unparsable("a document type is not allowed")
    return root


def local_name(element: etree._Element) -> str:
    """The tag without its namespace; empty for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def find(root: etree._Element, tag: str) -> etree._Element | None:
    """The first element of this local name at any depth, whatever its namespace."""
    return next((element for element in root.iter() if local_name(element) == tag), None)


def read(root: etree._Element, tag: str) -> str:
    """The text of the first such element, stripped; empty when there is none."""
    element = find(root, tag)
    return (element.text or "").strip() if element is not None else ""
