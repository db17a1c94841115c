"""Arithmetic of a note: totals that are the sum of the items, and payments that are the total."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cais.connectors.sefaz.simulator.bench import Bench
from cais.connectors.sefaz.simulator.note import ZERO, Node, Note
from cais.connectors.sefaz.simulator.reasons import Refusal, refusal

CENT = Decimal("0.01")
UNPAID = "90"
OTHER_MEANS = "99"
ADDED = ("vST", "vFCPST", "vICMSMonoReten", "vFrete", "vSeg", "vOutro", "vII", "vIPI", "vIPIDevol")


@dataclass(frozen=True, slots=True)
class Total:
    """A field of ICMSTot, the field of an item that it sums, and the code when it does not."""

    code: str
    name: str
    of_item: str


TOTALS = (
    Total("531", "vBC", "imposto/ICMS/*/vBC"),
    Total("532", "vICMS", "imposto/ICMS/*/vICMS"),
    Total("533", "vBCST", "imposto/ICMS/*/vBCST"),
    Total("534", "vST", "imposto/ICMS/*/vICMSST"),
    Total("535", "vFrete", "prod/vFrete"),
    Total("536", "vSeg", "prod/vSeg"),
    Total("537", "vDesc", "prod/vDesc"),
    Total("538", "vIPI", "imposto/IPI/IPITrib/vIPI"),
    Total("564", "vProd", "prod/vProd"),
    Total("602", "vPIS", "imposto/PIS/*/vPIS"),
    Total("603", "vCOFINS", "imposto/COFINS/*/vCOFINS"),
    Total("604", "vOutro", "prod/vOutro"),
)


def totals(note: Note, bench: Bench) -> Iterator[Refusal]:
    declared = _declared(note)
    for total in TOTALS:
        if declared.amount(total.name) != _summed(note, total):
            yield refusal(total.code)
    if declared.amount("vNF") != _value(note, declared):
        yield refusal("610")


def _summed(note: Note, total: Total) -> Decimal:
    counted = (item for item in note.items if total.name != "vProd" or item.text("prod/indTot") == "1")
    return sum((item.amount(total.of_item) for item in counted), ZERO)


def _value(note: Note, declared: Node) -> Decimal:
    """vNF as the totals make it; IBS and CBS are not in it in 2025 and 2026."""
    added = sum((declared.amount(name) for name in ADDED), ZERO)
    deducted = sum(
        (
            item.amount("imposto/ICMS/*/vICMSDeson")
            for item in note.items
            if item.text("imposto/ICMS/*/indDeduzDeson") == "1"
        ),
        ZERO,
    )
    services = note.info.amount("total/ISSQNtot/vServ")
    return declared.amount("vProd") - declared.amount("vDesc") - deducted + added + services


def lines(note: Note, bench: Bench) -> Iterator[Refusal]:
    for item in note.items:
        product = item.amount("prod/qCom") * item.amount("prod/vUnCom")
        if abs(product - item.amount("prod/vProd")) > CENT:
            yield refusal("629", item=item.position)


def payments(note: Note, bench: Bench) -> Iterator[Refusal]:
    means = list(note.info.children("pag/detPag"))
    if any(one.text("tPag") == OTHER_MEANS and not one.text("xPag") for one in means):
        yield refusal("441")
    if all(one.text("tPag") == UNPAID for one in means):
        return
    paid = sum((one.amount("vPag") for one in means), ZERO)
    owed = _declared(note).amount("vNF")
    if paid < owed:
        yield refusal("865")
    if paid - note.info.amount("pag/vTroco") > owed:
        yield refusal("866")


def _declared(note: Note) -> Node:
    found = note.info.child("total/ICMSTot")
    return found if found is not None else note.info
