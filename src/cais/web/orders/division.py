"""What *E se…* shows of one order: who of the group has what of it, the ways to serve it, and why not each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models.functions import Coalesce
from django.urls import reverse

from cais.catalog.models import Product
from cais.companies.models import Company
from cais.connections.serving import queue_of
from cais.core.allocate import allocate
from cais.core.allocation import Allocation, CandidateView, Option, Outcome, Policy, Why
from cais.orders.models import Order
from cais.settling.division import request_of
from cais.web.orders.division_words import (
    Names,
    lack_text,
    listed,
    missing_text,
    outcome_text,
    parcels_text,
    served_text,
    verdict_text,
)
from cais.web.orders.steps import WITHOUT_STEPS
from cais.web.parts import Action
from cais.web.row_keys import keys_of

TONES = {Outcome.WHOLE: "ok", Outcome.SPLIT: "ok", Outcome.LACKING: "warn"}

_POLICIES = {"volumes": Policy.FEWEST_PARCELS, "prioridade": Policy.PRIORITY}


@dataclass(frozen=True, slots=True)
class Question:
    """What the address asks: by which policy, and without whom. Nonsense asks for what is usual at the store."""

    policy: Policy
    left_out: frozenset[int]

    @classmethod
    def of(cls, asked: Mapping[str, str], ticked: Sequence[str], *, usual: Policy) -> Question:
        return cls(_POLICIES.get(asked.get("regra", ""), usual), frozenset(keys_of(ticked)))


@dataclass(frozen=True, slots=True)
class Holding:
    """One item at one company: how much it could serve of what is wanted."""

    name: str
    quantity: Decimal
    wanted: Decimal

    @property
    def is_short(self) -> bool:
        return self.quantity < self.wanted


@dataclass(frozen=True, slots=True)
class CompanyRow:
    company: int
    name: str
    priority: int
    holdings: Sequence[Holding]
    chosen: bool
    why: str


@dataclass(frozen=True, slots=True)
class OptionRow:
    """`missing` is said beside the goods only where the reason does not say it already."""

    name: str
    parcels: str
    serves: Sequence[str]
    missing: str
    chosen: bool
    why: str


def is_open(order: Order) -> bool:
    """Who serves the order is not settled yet: nothing of it was sold in an ERP, and it is neither over nor history."""
    return not order.erp_state and not order.has_note and order.phase not in WITHOUT_STEPS


def division_action(order: Order) -> Action | None:
    """The way to *E se…*, where there is more than one company to ask."""
    if not is_open(order) or Company.objects.of(order.group).count() < 2:
        return None
    return Action("E se…", reverse("order_division", args=[order.group.slug, order.pk]), icon="scale")


def division_context(order: Order, question: Question) -> dict[str, object]:
    """Raises UnnamedLineError where an item is not known yet."""
    asked = request_of(order, policy=question.policy, left_out=question.left_out)
    answer = allocate(asked)
    return {
        **explained(order, answer),
        "choices": [(row.company, row.name, row.company in question.left_out) for row in _companies(order, answer)],
        "by_parcels": question.policy is Policy.FEWEST_PARCELS,
        "serving": listed([company.name for company in queue_of(order.connection)]),
    }


def explained(order: Order, answer: Allocation) -> dict[str, object]:
    """Who could serve, the ways that were weighed, and the verdict, in words (feature C8)."""
    names = _names(order, answer)
    return {
        "companies": _companies(order, answer),
        "options": [_option_row(option, names) for option in answer.options],
        "verdict": outcome_text(answer, names),
        "tone": TONES.get(answer.outcome, "off"),
        "lacking": [lack_text(lack, names) for lack in answer.lacking],
    }


def _companies(order: Order, answer: Allocation) -> list[CompanyRow]:
    names = _names(order, answer)
    wanted = dict(order.lines.values_list("pk", "quantity"))
    return [_company_row(view, wanted, names) for view in answer.candidates]


def _names(order: Order, answer: Allocation) -> Names:
    products = {lack.product for lack in answer.lacking}
    return Names(
        companies=dict(Company.objects.of(order.group).values_list("pk", "name")),
        lines=dict(order.lines.values_list("pk", Coalesce("product__name", "name"))),
        products=dict(Product.objects.of(order.group).filter(pk__in=products).values_list("pk", "name")),
    )


def _company_row(view: CandidateView, wanted: Mapping[int, Decimal], names: Names) -> CompanyRow:
    holdings = [Holding(names.lines[could.line], could.quantity, wanted[could.line]) for could in view.could]
    why = verdict_text(view.verdict, names)
    return CompanyRow(view.company, names.companies[view.company], view.priority, holdings, view.chosen, why)


def _option_row(option: Option, names: Names) -> OptionRow:
    missing = missing_text(option.missing, names)
    lacks = option.verdict.why is Why.LACKS
    return OptionRow(
        name=listed([names.companies[company] for company in option.companies]),
        parcels=parcels_text(option.parcels),
        serves=[served_text(company, option.served, names) for company in option.companies],
        missing="" if lacks else missing,
        chosen=option.verdict.why is Why.CHOSEN,
        why=missing if lacks else verdict_text(option.verdict, names),
    )
