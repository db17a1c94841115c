"""How an empresa is taxed, as data with validity dates: no code or rate of any tax is written in the program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cais.core.values import ZERO


class Regime(StrEnum):
    """CRT."""

    SIMPLES = "1"
    SIMPLES_EXCESS = "2"
    NORMAL = "3"
    MEI = "4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cfops:
    """The operation code by destination: same state; another state to who pays no ICMS; to who does."""

    same_state: str
    other_state: str
    other_state_contributor: str

    def all(self) -> tuple[str, str, str]:
        return self.same_state, self.other_state, self.other_state_contributor


@dataclass(frozen=True, slots=True, kw_only=True)
class SimplesIcms:
    """ICMS under the Simples: a CSOSN, and with CSOSN 101 the rate of credit in per cent (LC 123/2006 art. 23)."""

    csosn: str
    credit_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """PIS or COFINS: a CST and a rate in per cent."""

    cst: str
    rate: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRule:
    """The taxation of one class of goods (own make, resale, ST already paid, …). Another regime adds its ICMS type."""

    tax_class: str
    cfops: Cfops
    icms: SimplesIcms
    pis: Contribution
    cofins: Contribution


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxProfile:
    """The rules of an empresa from one day to another, both included; `until` None means still in force."""

    regime: Regime
    rules: tuple[TaxRule, ...]
    legal_phrases: tuple[str, ...] = ()
    since: date
    until: date | None = None

    def rule(self, tax_class: str) -> TaxRule | None:
        return next((rule for rule in self.rules if rule.tax_class == tax_class), None)

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def profile_on(profiles: Iterable[TaxProfile], day: date) -> TaxProfile | None:
    """The profile in force on the day of issue; the one that began last when two overlap."""
    in_force = [profile for profile in profiles if profile.covers(day)]
    return max(in_force, key=lambda profile: profile.since, default=None)
