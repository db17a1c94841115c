"""One note as it was received: its bytes, and what can be read in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from hashlib import sha256

from cais.connectors.sefaz.simulator.numbers import Key, read_key
from cais.connectors.sefaz.simulator.reading import DSIG, NFE, Element, Unreadable, local_name, parse, written_key

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Node:
    """An element of the NF-e namespace, read by paths like ``prod/vProd``; ``*`` is any child."""

    element: Element

    def child(self, path: str) -> "Node | None":
        found = self.element.find(_path(path))
        return None if found is None else Node(found)

    def children(self, path: str) -> Iterator["Node"]:
        for found in self.element.iterfind(_path(path)):
            yield Node(found)

    def text(self, path: str) -> str:
        """The content, empty when the element is missing."""
        return str(self.element.findtext(_path(path)) or "")

    def amount(self, path: str) -> Decimal:
        """The content as a number; zero when it is missing or is none."""
        try:
            return Decimal(self.text(path) or 0)
        except InvalidOperation:
            return ZERO

    @property
    def name(self) -> str:
        return local_name(self.element)

    @property
    def position(self) -> str:
        """``nItem`` of a ``det``."""
        return str(self.element.get("nItem", ""))


class Note:
    """What a judge needs of a note. Before the schema has passed only ``data``, ``key`` and ``digest`` are safe."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes as they came: equal digests are equal notes to the byte."""
        return sha256(self.data).hexdigest()

    @cached_property
    def key(self) -> Key | None:
        return read_key(written_key(self.data))

    @cached_property
    def root(self) -> Element:
        """Raises Unreadable."""
        return parse(self.data)

    @cached_property
    def info(self) -> Node:
        """``infNFe``. Raises Unreadable when there is none."""
        found = self.root.find(_path("infNFe"))
        if found is None:
            raise Unreadable("there is no infNFe")
        return Node(found)

    @cached_property
    def items(self) -> tuple[Node, ...]:
        return tuple(self.info.children("det"))

    @property
    def signed_digest(self) -> str:
        """DigestValue of the signature, as it is spelt; empty when it cannot be read."""
        try:
            found = self.root.find(f".//{{{DSIG}}}DigestValue")
        except Unreadable:
            return ""
        return "" if found is None else str(found.text or "").strip()

    @property
    def issued(self) -> datetime:
        """``dhEmi`` with the offset that the issuer wrote."""
        return datetime.fromisoformat(self.info.text("ide/dhEmi"))

    @property
    def regime(self) -> str:
        """``CRT``: 1 Simples, 2 Simples above the limit, 3 normal, 4 MEI."""
        return self.info.text("emit/CRT")


def _path(path: str) -> str:
    return "/".join(part if part in ("*", ".", "") else f"{{{NFE}}}{part}" for part in path.split("/"))
