"""The procNFe: the signed note and SEFAZ's protocol joined byte by byte, and never touched again."""

from __future__ import annotations

from cais.fiscal.protocol import Protocol
from cais.fiscal.schema import Kind, SchemaPackage, faults
from cais.fiscal.sign import SignatureInvalid, SignedNote, verify
from cais.fiscal.tags import LAYOUT, NS

# Authorised; authorised out of time; authorised with alert.
AUTHORISED = frozenset(["100", "150", "120"])

_HEAD = f'<?xml version="1.0" encoding="UTF-8"?><nfeProc xmlns="{NS}" versao="{LAYOUT}">'.encode()
_TAIL = b"</nfeProc>"


class ProtocolRefused(ValueError):
    """This protocol does not authorise this note: it must not be stored with it."""


def join(signed: SignedNote, protocol: Protocol, package: SchemaPackage) -> bytes:
    """The document to be kept for eleven years, given to the buyer and the store.

    Raises ProtocolRefused when the protocol is another note's or no authorisation, when the signature no longer
    fits the bytes, or when the whole is not what the schema says.
    """
    check_same_note(signed.key, signed.digest, protocol)
    if protocol.status not in AUTHORISED or not protocol.protocol_number:
        raise ProtocolRefused(f"cStat {protocol.status} authorises nothing")
    try:
        verify(signed.xml)
    except SignatureInvalid as error:
        raise ProtocolRefused(f"the stored note is damaged: {error}") from error
    document = b"".join((_HEAD, signed.xml, protocol.xml, _TAIL))
    found = faults(document, package, kind=Kind.PROCESSED)
    if found:
        raise ProtocolRefused("; ".join(found))
    return document


def check_same_note(key: str, digest: str, protocol: Protocol) -> None:
    """Raises ProtocolRefused for a protocol about another key or about other content under the same key."""
    if protocol.key != key:
        raise ProtocolRefused(f"the protocol is about {protocol.key}, not about {key}")
    if protocol.digest != digest:
        raise ProtocolRefused("SEFAZ holds other content under this key")
