"""The sentences of *Por que esta divisão*: what an allocation decided and why, in Portuguese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from cais.core.allocation import Allocation, Lack, Outcome, Policy, Served, Verdict, Why
from cais.web.wording import plural_text, quantity_text

POLICIES: Final[dict[Policy, str]] = {
    Policy.PRIORITY: "prioridade",
    Policy.FEWEST_PARCELS: "menos volumes",
}
VERDICTS: Final[dict[Why, str]] = {
    Why.CHOSEN: "Escolhida.",
    Why.MARKETPLACE: "O marketplace envia do estoque dele.",
    Why.LEFT_OUT: "Ficou de fora a seu pedido.",
    Why.CHANNEL: "O canal de venda não deixa esta empresa faturar.",
    Why.NO_WAREHOUSE: "Não tem depósito ativo.",
    Why.UNKNOWN: "O saldo não é conhecido.",
    Why.NOTHING: "Não tem o bastante de nenhum item.",
    Why.LOWER_PRIORITY: "Serviria o mesmo, mas {company} vem antes na fila.",
    Why.LACKS: "Falta: {quantity} {line}.",
    Why.LACKS_MORE: "Falta: {quantity} {line}. {company} chega mais perto.",
    Why.TAKEN_BEFORE: "As que vêm antes na fila já servem o que ela tem.",
    Why.NO_FEWER: "Com ela não seriam menos volumes.",
    Why.MORE_PARCELS: "Seriam {parcels}.",
    Why.SPLITS_ITEM: "Os mesmos volumes, mas divide um item que uma empresa tem inteiro.",
    Why.NO_SPLIT: "Serviria mais, em {parcels}, mas o canal de venda não deixa dividir o pedido.",
    Why.OTHER_POLICY: "Seria em {parcels}, mas a regra é a prioridade.",
}
OUTCOMES: Final[dict[Outcome, str]] = {
    Outcome.WHOLE: "{companies} tem tudo. O pedido vai em {parcels}.",
    Outcome.SPLIT: "Nenhuma empresa tem tudo. Com {companies} o pedido vai em {parcels}, pela regra {policy}.",
    Outcome.LACKING: "Não há o bastante para servir o pedido inteiro. Ele espera, e o que já tem fica reservado.",
    Outcome.MARKETPLACE: "O marketplace envia do estoque dele. O seu estoque não é usado.",
    Outcome.NOTHING: "Não há item para servir.",
}
UNKNOWN_ITEM: Final = "Não se sabe quanto há de {line}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the companies, lines and products of an allocation are called on the screen."""

    companies: Mapping[int, str]
    lines: Mapping[int, str]
    products: Mapping[int, str]


def outcome_text(allocation: Allocation, names: Names) -> str:
    return OUTCOMES[allocation.outcome].format(
        companies=listed([names.companies[company] for company in allocation.companies]),
        parcels=parcels_text(len(allocation.companies)),
        policy=POLICIES[allocation.policy],
    )


def verdict_text(verdict: Verdict, names: Names) -> str:
    unknown_item = verdict.why is Why.UNKNOWN and verdict.line is not None
    sentence = UNKNOWN_ITEM if unknown_item else VERDICTS[verdict.why]
    return sentence.format(
        company="" if verdict.company is None else names.companies[verdict.company],
        line="" if verdict.line is None else names.lines[verdict.line],
        quantity=quantity_text(verdict.quantity),
        parcels=parcels_text(verdict.parcels or 0),
    )


def missing_text(missing: Sequence[tuple[int, Decimal]], names: Names) -> str:
    """Falta: 1 Garrafa térmica e 2 Rede."""
    found = [f"{quantity_text(amount)} {names.lines[line]}" for line, amount in missing]
    return f"Falta: {listed(found)}." if found else ""


def served_text(company: int, served: Sequence[Served], names: Names) -> str:
    """Casa: 2 Panela e 1 Rede."""
    own = [f"{quantity_text(item.quantity)} {names.lines[item.line]}" for item in served if item.company == company]
    return f"{names.companies[company]}: {listed(own)}"


def lack_text(lack: Lack, names: Names) -> str:
    """Falta: 1 Garrafa térmica em Casa. O saldo em Nordeste não é conhecido."""
    where = "" if lack.at is None else f" em {names.companies[lack.at]}"
    sentence = f"Falta: {quantity_text(lack.quantity)} {names.products[lack.product]}{where}."
    unknown = [names.companies[company] for company in lack.unknown_at]
    return f"{sentence} O saldo em {listed(unknown)} não é conhecido." if unknown else sentence


def parcels_text(count: int) -> str:
    return plural_text(count, "volume", "volumes")


def listed(words: Sequence[str], *, last: str = "e") -> str:
    """Casa; Casa e Sudeste; Casa, Sudeste e Nordeste."""
    *first, end = words or [""]
    return f"{', '.join(first)} {last} {end}" if first else end
