"""Validation by the official schemas, and the joining of note and protocol."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cais.fiscal.proc import ProtocolRefused, join
from cais.fiscal.protocol import cut_protocols, read_protocol
from cais.fiscal.schema import Kind, NoSchemas, faults, package_from
from cais.fiscal.sign import SignedNote, verify
from cais.fiscal.tags import NS, Unparsable
from tests.fiscal.samples import CNPJ_WITH_LETTERS, NUMBERING, by, note, protocol_of, signed

PACKAGE = package_from({})


def test_the_package_that_comes_along_is_named() -> None:
    assert PACKAGE.name == "PL_010f"


def test_an_unsigned_note_never_passes() -> None:
    xml = signed().xml
    unsigned = xml[: xml.index(b"<Signature")] + b"</NFe>"
    assert any("Signature" in fault for fault in faults(unsigned, PACKAGE))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"<vProd>119.80<", b"<vProd>119.8<"),
        (b"<vProd>119.80<", b"<vProd>119,80<"),
        (b"<serie>1<", b"<serie>001<"),
        (b"-03:00<", b"Z<"),
        (b"<xProd>Camiseta<", b"<xProd>Camiseta <"),
        (b"<xProd>Camiseta<", "<xProd>Camiseta – azul<".encode()),
        (b"<indTot>", b"<vFrete>0.00</vFrete><indTot>"),
    ],
)
def test_the_schema_refuses_what_the_contract_says(right: bytes, wrong: bytes) -> None:
    xml = signed().xml
    assert faults(xml, PACKAGE) == ()
    assert right in xml
    assert faults(xml.replace(right, wrong, 1), PACKAGE) != ()


def test_a_newer_package_is_dropped_into_a_folder(tmp_path: Path) -> None:
    for name in ("PL_010g", "PL_010h"):
        shutil.copytree(PACKAGE.folder, tmp_path / name)
    (tmp_path / "PL_011_unfinished").mkdir()
    environment = {"NFE_SCHEMA_DIR": str(tmp_path)}
    newest = package_from(environment)
    assert newest.name == "PL_010h"
    assert faults(signed().xml, newest) == ()
    assert package_from({**environment, "NFE_SCHEMA_PACKAGE": "PL_010g"}).name == "PL_010g"


def test_a_folder_without_schemas_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NoSchemas, match="esquemas"):
        package_from({"NFE_SCHEMA_DIR": str(tmp_path)})


def test_threads_do_not_get_each_others_faults() -> None:
    good = signed().xml
    bad = {tag: good.replace(f"<{tag}>".encode(), f"<{tag}>!".encode(), 1) for tag in ("cUF", "serie", "NCM", "CRT")}

    def judge(index: int) -> bool:
        tag = list(bad)[index % 4]
        found = faults(bad[tag], PACKAGE)
        return bool(found) and all(f"}}{tag}'" in fault for fault in found) and faults(good, PACKAGE) == ()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(judge, range(800)))


def test_note_and_protocol_are_joined_byte_by_byte() -> None:
    ours = signed()
    protocol = protocol_of(ours)
    document = join(ours, read_protocol(protocol), PACKAGE)
    head = b'<?xml version="1.0" encoding="UTF-8"?><nfeProc xmlns="http://www.portalfiscal.inf.br/nfe" versao="4.00">'
    assert document == head + ours.xml + protocol + b"</nfeProc>"
    assert faults(document, PACKAGE, kind=Kind.PROCESSED) == ()
    verify(document[document.index(b"<NFe ") : document.index(b"</NFe>") + 6])


def test_a_note_with_letters_in_the_key_is_joined_too() -> None:
    ours = signed(by(CNPJ_WITH_LETTERS, note()))
    assert CNPJ_WITH_LETTERS.encode() in join(ours, read_protocol(protocol_of(ours)), PACKAGE)


def _of_another(ours: SignedNote) -> bytes:
    other = signed(note(), NUMBERING.__class__(series=1, number=124, cnf="48291736", issued_at=NUMBERING.issued_at))
    return protocol_of(other)


@pytest.mark.parametrize(
    ("protocol", "reason"),
    [
        (_of_another, "is about"),
        (lambda ours: protocol_of(ours, digest="AAAAAAAAAAAAAAAAAAAAAAAAAAA="), "other content"),
        (lambda ours: protocol_of(ours, status="110"), "authorises nothing"),
        (lambda ours: protocol_of(ours, number=""), "authorises nothing"),
        (lambda ours: protocol_of(ours, number="12"), "nProt"),
    ],
)
def test_a_protocol_that_does_not_authorise_this_note_is_refused(protocol: object, reason: str) -> None:
    ours = signed()
    with pytest.raises(ProtocolRefused, match=reason):
        join(ours, read_protocol(protocol(ours)), PACKAGE)  # type: ignore[operator]


def test_a_note_damaged_in_the_drawer_is_not_joined() -> None:
    ours = signed()
    damaged = SignedNote(ours.key, ours.digest, ours.xml.replace(b"Camiseta", b"Camisola"))
    with pytest.raises(ProtocolRefused, match="damaged"):
        join(damaged, read_protocol(protocol_of(ours)), PACKAGE)


def test_protocols_of_17_digits_and_statuses_of_four_are_read() -> None:
    found = read_protocol(protocol_of(signed(), number="13526000000012345", status="1115"))
    assert (found.protocol_number, found.status) == ("13526000000012345", "1115")
    assert found.received_at.isoformat() == "2026-11-21T18:00:03-03:00"


def test_a_protocol_is_cut_as_it_came_and_given_the_namespace_it_needs() -> None:
    ours = signed()
    own = protocol_of(ours)
    bare = own.replace(f' xmlns="{NS}"'.encode(), b"")
    answer = b'<ret xmlns="' + NS.encode() + b'"><cStat>104</cStat>' + bare + b"</ret>"
    assert cut_protocols(answer) == [own]
    assert cut_protocols(b"<ret>" + own + b"</ret>") == [own]


def test_a_prefix_on_the_protocol_is_taken_off() -> None:
    ours = signed()
    plain = protocol_of(ours)
    prefixed = (
        plain.replace(b"</", b"</n:")
        .replace(b"<", b"<n:")
        .replace(b"<n:/n:", b"</n:")
        .replace(b" xmlns=", b" xmlns:n=")
    )
    (cut,) = cut_protocols(b"<ret>" + prefixed + b"</ret>")
    assert join(ours, read_protocol(cut), PACKAGE)


def test_a_protocol_that_stops_in_the_middle_is_no_protocol() -> None:
    with pytest.raises(Unparsable):
        cut_protocols(protocol_of(signed())[:-5])
    with pytest.raises(Unparsable):
        read_protocol(b"<protNFe/>")


def test_messages_beside_the_verdict_are_kept() -> None:
    alerts = b"<cMsg>1000</cMsg><xMsg>Confira o CEST</xMsg></infProt>"
    found = read_protocol(protocol_of(signed(), status="120").replace(b"</infProt>", alerts))
    assert [(alert.code, alert.words) for alert in found.alerts] == [("1000", "Confira o CEST")]
