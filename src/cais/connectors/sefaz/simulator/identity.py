"""Who signed a note and what it calls itself: schema, signature, certificate, key, place and time."""

from collections.abc import Iterator
from datetime import timedelta

from cais.connectors.sefaz.simulator import signature
from cais.connectors.sefaz.simulator.bench import HOMOLOGATION, Bench
from cais.connectors.sefaz.simulator.note import Note
from cais.connectors.sefaz.simulator.numbers import BARRED_CODES, check_digit, is_cnpj, read_key
from cais.connectors.sefaz.simulator.reading import Unreadable
from cais.connectors.sefaz.simulator.reasons import Refusal, refusal

OLDEST = timedelta(days=30)
FASTEST_CLOCK = timedelta(minutes=5)
HOMOLOGATION_BUYER = "NF-E EMITIDA EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL"
AT_A_DISTANCE = frozenset("2349")  # indPres that must say whether there was an intermediary


def schema(note: Note, bench: Bench) -> Iterator[Refusal]:
    try:
        complaint = bench.schemas.complaint("nfe_v4.00.xsd", note.root)
    except Unreadable as error:
        complaint = str(error)
    if complaint:
        yield refusal("225", detail=f"[{complaint}]")


def signed(note: Note, bench: Bench) -> Iterator[Refusal]:
    try:
        holder = signature.verify(note.data)
    except signature.Irregular:
        yield refusal("298")
        return
    except signature.Mismatch:
        yield refusal("297")
        return
    if not holder.was_issued_by(bench.authority):
        yield refusal("293")
    if not holder.cnpj:
        yield refusal("292")
    if holder.cnpj[:8] != note.info.text("emit/CNPJ")[:8]:
        yield refusal("213")
    if not bench.transmitter.is_valid_at(bench.now):
        yield refusal("281")
    if not holder.is_valid_at(bench.now):
        yield refusal("291")


def key(note: Note, bench: Bench) -> Iterator[Refusal]:
    info, written = note.info, note.key
    base = _composed(note)
    if written is None or not written.is_right or info.text("ide/cDV") != written.text[43]:
        yield refusal("253")
    elif written.text != base + check_digit(base):
        yield refusal("502")


def _composed(note: Note) -> str:
    """The first 43 signs of the key, put together from the fields that it repeats."""
    ide, cnpj = note.info.child("ide"), note.info.text("emit/CNPJ")
    if ide is None:
        return ""
    return (
        f"{ide.text('cUF')}{note.issued:%y%m}{cnpj:0>14}{ide.text('mod')}{int(ide.text('serie')):03d}"
        f"{int(ide.text('nNF')):09d}{ide.text('tpEmis')}{ide.text('cNF')}"
    )


def place(note: Note, bench: Bench) -> Iterator[Refusal]:
    if note.info.text("ide/tpAmb") != bench.environment:
        yield refusal("252")
    if note.info.text("ide/cUF") not in bench.states:
        yield refusal("226")


def code(note: Note, bench: Bench) -> Iterator[Refusal]:
    digits = note.info.text("ide/cNF")
    if digits in BARRED_CODES or int(digits) == int(note.info.text("ide/nNF")):
        yield refusal("897")


def time(note: Note, bench: Bench) -> Iterator[Refusal]:
    if note.issued < bench.now - OLDEST:
        yield refusal("228")
    if note.issued > bench.now + FASTEST_CLOCK:
        yield refusal("703")


def buyer(note: Note, bench: Bench) -> Iterator[Refusal]:
    name = note.info.text("dest/xNome")
    if bench.environment == HOMOLOGATION and name != HOMOLOGATION_BUYER:
        yield refusal("598")


def intermediary(note: Note, bench: Bench) -> Iterator[Refusal]:
    said = note.info.text("ide/indIntermed")
    if note.info.text("ide/indPres") in AT_A_DISTANCE and not said:
        yield refusal("434")
    if said != "1":
        return
    group = note.info.child("infIntermed")
    if group is None:
        yield refusal("438")
    elif not is_cnpj(group.text("CNPJ")):
        yield refusal("440")


def asked_key_refusal(text: str, states: frozenset[str]) -> Refusal | None:
    """What is wrong with a key that is only asked for."""
    asked = read_key(text)
    if asked is None or not asked.is_right:
        return refusal("236")
    if asked.state not in states:
        return refusal("226")
    return None
