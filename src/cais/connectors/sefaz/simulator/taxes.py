"""ICMS as regime and states want it: CST or CSOSN, and the difference that is owed to the buyer's state."""

from collections.abc import Iterator
from decimal import Decimal

from cais.connectors.sefaz.simulator.bench import Bench
from cais.connectors.sefaz.simulator.note import Node, Note
from cais.connectors.sefaz.simulator.reasons import Refusal, refusal
from cais.connectors.sefaz.simulator.states import interstate_rate

SIMPLES = frozenset(("1", "4"))  # Simples Nacional and MEI: CSOSN, and no difference to owe
IMPORTED = frozenset("1238")
IMPORTED_RATE = Decimal(4)
# Exempt, not taxed, suspended, or charged before: the simulator asks for no difference on these.
UNTAXED = frozenset(("40", "41", "50", "60"))


def codes(note: Note, bench: Bench) -> Iterator[Refusal]:
    simples = note.regime in SIMPLES
    for item in note.items:
        icms = item.child("imposto/ICMS/*")
        if icms is None:
            continue
        if simples and icms.text("CST"):
            yield refusal("590", item=item.position)
        if not simples and icms.text("CSOSN"):
            yield refusal("591", item=item.position)


def difference(note: Note, bench: Bench) -> Iterator[Refusal]:
    owed = _owes_difference(note)
    for item in note.items:
        group = item.child("imposto/ICMSUFDest")
        if group is None:
            if owed and _is_taxed(item):
                yield refusal("694", item=item.position)
        elif not owed:
            yield refusal("695", item=item.position)
        else:
            yield from _rates(note, item, group)


def _owes_difference(note: Note) -> bool:
    info = note.info
    return (
        note.regime not in SIMPLES
        and info.text("ide/idDest") == "2"
        and info.text("ide/indFinal") == "1"
        and info.text("dest/indIEDest") == "9"
        and info.text("ide/tpNF") == "1"
        and info.text("ide/finNFe") == "1"
    )


def _is_taxed(item: Node) -> bool:
    icms = item.child("imposto/ICMS/*")
    return icms is not None and icms.text("CST") not in UNTAXED


def _rates(note: Note, item: Node, group: Node) -> Iterator[Refusal]:
    rate = group.amount("pICMSInter")
    imported = item.text("imposto/ICMS/*/orig") in IMPORTED
    if imported != (rate == IMPORTED_RATE):
        yield refusal("697", item=item.position)
    seller, buyer = note.info.text("emit/enderEmit/UF"), note.info.text("dest/enderDest/UF")
    if not imported and rate != Decimal(interstate_rate(seller, buyer)):
        yield refusal("698", item=item.position)
