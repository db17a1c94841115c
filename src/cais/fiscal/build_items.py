"""The items of a note (det), their taxes, and the totals (ICMSTot)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from lxml import etree

from cais.core.values import ZERO
from cais.fiscal import text
from cais.fiscal.amounts import Amounts, ItemAmounts, percentage
from cais.fiscal.documents import Item, NoteDoc
from cais.fiscal.operation import Operation
from cais.fiscal.profile import Contribution, TaxRule
from cais.fiscal.tags import add, many

NO_GTIN = "SEM GTIN"
NOTHING = "0.00"
# CSOSN to the tag that carries it (leiaute 4.00, group N10c to N10h).
PLAIN_CSOSNS = frozenset(["102", "103", "300", "400"])
CREDIT_CSOSN = "101"
SERVED_CSOSNS = PLAIN_CSOSNS | {CREDIT_CSOSN, "500", "900"}
NOT_TAXED_CSTS = frozenset(["04", "05", "06", "07", "08", "09"])
OTHER_CSTS = frozenset(["49", "99"])


def add_items(root: etree._Element, note: NoteDoc, amounts: Amounts, operation: Operation) -> None:
    for index, item in enumerate(note.items):
        rule = note.profile.rule(item.tax_class)
        if rule is None:
            raise KeyError(item.tax_class)
        own = amounts.items[index]
        detail = add(root, "det")
        detail.set("nItem", str(index + 1))
        _add_product(add(detail, "prod"), item, own, cfop=operation.cfop(rule))
        _add_taxes(add(detail, "imposto"), item, own, rule)
        remark = text.fit(item.note, text.ITEM_ADDITIONAL)
        if remark:
            add(detail, "infAdProd", remark)


def _add_product(group: etree._Element, item: Item, own: ItemAmounts, *, cfop: str) -> None:
    gtin = item.gtin or NO_GTIN
    unit = text.fit(item.unit, text.UNIT)
    quantity = text.quantity(item.quantity)
    price = text.price(item.unit_price)
    many(
        group,
        cProd=text.fit(item.sku, text.CODE),
        cEAN=gtin,
        xProd=text.fit(item.name, text.PRODUCT),
        NCM=item.ncm,
        CEST=item.cest or None,
        CFOP=cfop,
        uCom=unit,
        qCom=quantity,
        vUnCom=price,
        vProd=text.amount(own.goods),
        cEANTrib=gtin,
        uTrib=unit,
        qTrib=quantity,
        vUnTrib=price,
        vFrete=_some(own.freight),
        vDesc=_some(own.discount),
        vOutro=_some(own.surcharge),
        indTot="1",
    )


def _some(value: Decimal) -> str | None:
    """These tags refuse a zero: nothing means no tag."""
    return text.amount(value) if value else None


def _add_taxes(group: etree._Element, item: Item, own: ItemAmounts, rule: TaxRule) -> None:
    if item.approximate_taxes is not None:
        add(group, "vTotTrib", text.amount(item.approximate_taxes))
    _add_icms(add(group, "ICMS"), item, own, rule)
    _add_contribution(add(group, "PIS"), "PIS", rule.pis)
    _add_contribution(add(group, "COFINS"), "COFINS", rule.cofins)


def _add_icms(group: etree._Element, item: Item, own: ItemAmounts, rule: TaxRule) -> None:
    csosn = rule.icms.csosn
    tag = "ICMSSN102" if csosn in PLAIN_CSOSNS else f"ICMSSN{csosn}"
    body = add(group, tag)
    many(body, orig=item.origin, CSOSN=csosn)
    if csosn == CREDIT_CSOSN:
        rate = rule.icms.credit_rate or ZERO
        many(body, pCredSN=text.rate(rate), vCredICMSSN=text.amount(percentage(own.charged, rate)))


def _add_contribution(group: etree._Element, name: str, contribution: Contribution) -> None:
    """PIS and COFINS of the Simples are paid within the DAS: the note carries the CST and zeros."""
    if contribution.cst in NOT_TAXED_CSTS:
        many(add(group, f"{name}NT"), CST=contribution.cst)
        return
    values = {"CST": contribution.cst, "vBC": NOTHING, f"p{name}": text.rate(contribution.rate), f"v{name}": NOTHING}
    many(add(group, f"{name}Outr"), **values)


_CHARGED: dict[str, Callable[[Amounts], Decimal]] = {
    "vProd": lambda amounts: amounts.goods,
    "vFrete": lambda amounts: amounts.freight,
    "vDesc": lambda amounts: amounts.discount,
    "vOutro": lambda amounts: amounts.surcharge,
    "vNF": lambda amounts: amounts.total,
}
_TOTALS = (
    "vBC", "vICMS", "vICMSDeson", "vFCP", "vBCST", "vST", "vFCPST", "vFCPSTRet", "vProd", "vFrete", "vSeg", "vDesc",
    "vII", "vIPI", "vIPIDevol", "vPIS", "vCOFINS", "vOutro", "vNF",
)  # fmt: skip


def add_totals(root: etree._Element, amounts: Amounts) -> None:
    """Every tag of ICMSTot is mandatory; what the Simples does not charge stands as 0.00."""
    group = add(add(root, "total"), "ICMSTot")
    many(group, **{tag: text.amount(_CHARGED[tag](amounts)) if tag in _CHARGED else NOTHING for tag in _TOTALS})
    if amounts.approximate_taxes is not None:
        add(group, "vTotTrib", text.amount(amounts.approximate_taxes))
