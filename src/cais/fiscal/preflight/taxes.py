"""What may be wrong with the tax profile, seen from this note."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from cais.fiscal import text
from cais.fiscal.build_items import CREDIT_CSOSN, NOT_TAXED_CSTS, OTHER_CSTS, SERVED_CSOSNS
from cais.fiscal.documents import Item, NoteDoc
from cais.fiscal.operation import Operation
from cais.fiscal.preflight.problem import SCHEMA, Problem, Where
from cais.fiscal.profile import SimplesIcms, TaxRule

CST_SHAPE = re.compile(r"[0-9]{2}", re.ASCII)
# With ICMS withheld before, or by another way, SEFAZ wants the CEST of the goods (806).
WITH_SUBSTITUTION = frozenset(["500"])


def tax_problems(note: NoteDoc, operation: Operation, *, day: date) -> Iterator[Problem]:
    profile = note.profile
    if not profile.covers(day):
        sentence = f"O perfil fiscal da empresa não vale em {day:%d/%m/%Y}. Cadastre o perfil com as regras dessa data."
        yield _at_profile("profile_out_of_date", SCHEMA, sentence)
    if profile.regime is not note.issuer.regime:
        sentence = "O perfil fiscal é de outro regime que o da empresa. Escolha o perfil do regime atual."
        yield _at_profile("profile_of_other_regime", "591", sentence)
    judged: set[str] = set()
    for position, item in enumerate(note.items, 1):
        rule = profile.rule(item.tax_class)
        if rule is None:
            yield _rule_missing(item, position)
            continue
        if rule.icms.csosn in WITH_SUBSTITUTION and not item.cest:
            label = text.fit(item.name, text.PRODUCT) or item.sku
            sentence = f"{label}: com ICMS-ST já pago a nota precisa do CEST. Preencha-o no cadastro do produto."
            yield Problem(
                code="item_cest_missing", prevents="806", where=Where.PRODUCT, sentence=sentence, item=position
            )
        if rule.tax_class not in judged:
            judged.add(rule.tax_class)
            yield from _rule(rule, operation)


def _rule_missing(item: Item, position: int) -> Problem:
    label = text.fit(item.name, text.PRODUCT) or item.sku
    said = f"não há regra fiscal para a classe {item.tax_class}" if item.tax_class else "falta a classe fiscal"
    sentence = f"{label}: {said}. Escolha a classe no produto, ou cadastre a regra no perfil fiscal."
    return Problem(code="tax_rule_missing", prevents=SCHEMA, where=Where.TAX_PROFILE, sentence=sentence, item=position)


def _rule(rule: TaxRule, operation: Operation) -> Iterator[Problem]:
    name = rule.tax_class
    if not isinstance(rule.icms, SimplesIcms) or CST_SHAPE.fullmatch(rule.icms.csosn):
        sentence = f"A regra {name} usa um CST de ICMS, e empresa do Simples usa CSOSN. Corrija o perfil fiscal."
        yield _at_profile("cst_in_simples", "590", sentence)
    elif rule.icms.csosn not in SERVED_CSOSNS:
        sentence = f"A regra {name} usa o CSOSN {rule.icms.csosn}, que ainda não sai por aqui. Confira o perfil fiscal."
        yield _at_profile("csosn_not_served", SCHEMA, sentence)
    elif rule.icms.csosn == CREDIT_CSOSN:
        yield from _credit(rule, operation)
    yield from _cfop(rule, operation)
    for tax, contribution in (("PIS", rule.pis), ("COFINS", rule.cofins)):
        if contribution.cst not in NOT_TAXED_CSTS | OTHER_CSTS or contribution.rate:
            sentence = (
                f"A regra {name} tem em {tax} o CST {contribution.cst} com {contribution.rate} %. "
                "No Simples o CST é 49, 99 ou de 04 a 09, sem alíquota. Corrija o perfil fiscal."
            )
            yield _at_profile("contribution", SCHEMA, sentence)


def _credit(rule: TaxRule, operation: Operation) -> Iterator[Problem]:
    if not operation.is_contributor:
        sentence = (
            f"A regra {rule.tax_class} dá crédito de ICMS (CSOSN 101), e este comprador não é contribuinte. Use 102."
        )
        yield _at_profile("credit_to_consumer", "600", sentence)
    rate = rule.icms.credit_rate
    if rate is None or not 0 < rate < 100 or text.places(rate) > 4:
        sentence = (
            f"A regra {rule.tax_class} dá crédito de ICMS sem a alíquota do crédito. Preencha-a no perfil fiscal."
        )
        yield _at_profile("credit_rate", SCHEMA, sentence)


def _cfop(rule: TaxRule, operation: Operation) -> Iterator[Problem]:
    cfop = operation.cfop(rule)
    first = "6" if operation.is_interstate else "5"
    if len(cfop) == 4 and cfop.isdecimal() and cfop[0] == first:
        return
    kind = "para outro estado" if operation.is_interstate else "dentro do estado"
    sentence = (
        f"A regra {rule.tax_class} usa o CFOP {cfop or 'vazio'} em venda {kind}; "
        f"deveria começar com {first}. Corrija o perfil fiscal."
    )
    yield _at_profile("cfop", "733" if operation.is_interstate else "732", sentence)


def _at_profile(code: str, prevents: str, sentence: str) -> Problem:
    return Problem(code=code, prevents=prevents, where=Where.TAX_PROFILE, sentence=sentence)
