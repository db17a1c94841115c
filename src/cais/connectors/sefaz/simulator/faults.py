"""Named switches that make the authoriser misbehave: by chance, for the next calls, or for a while."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

# The work is not done.
REFUSALS = {
    "cut_before": "the connection closes, nothing was done",
    "http_404": "HTTP 404",
    "http_500": "HTTP 500",
    "http_503": "HTTP 503",
    "html_503": "HTTP 503 with a page for people",
    "soap_fault": "a SOAP fault with HTTP 500",
}
# The work is done, the answer is spoilt.
SPOILERS = {
    "cut_after": "the connection closes without an answer",
    "cut_body": "the connection closes in the middle of the answer",
    "http_503_after": "HTTP 503",
    "soap_fault_after": "a SOAP fault with HTTP 500",
    "html_ok": "HTTP 200 with a page for people",
    "empty_body": "HTTP 200 with nothing",
    "truncated_xml": "a complete HTTP answer whose XML ends in the middle",
    "huge_body": "forty megabytes of white space inside the envelope",
}
STYLES = {
    "soap_11": "the answer comes in SOAP 1.1",
    "soap_header": "the answer has a header before its body",
}
# Answered with a status code before anything is looked at.
PAUSES = {
    "paused_108": "108, stopped for a short time",
    "paused_109": "109, stopped without forecast",
    "svc_ending_113": "113, the contingency is being switched off",
    "svc_off_114": "114, the contingency is switched off",
}
OUTCOMES = {
    "slow": "the answer waits `value` real seconds after the work; may come with another fault",
    "clock_skew": "the authoriser's clock is `value` seconds ahead, behind when negative",
    "reject": "the note is refused with status `value`, whatever it is worth",
    "reject_four_digits": "the note is refused with a status of four digits",
    "denied": "the note is denied with status `value`: its number is burnt",
    "alert_120": "authorised with 120 and two messages",
    "late_150": "authorised with 150",
    "nprot_17": "a protocol number of 17 digits",
    "signed_protocol": "protNFe carries the authoriser's own Signature",
    "other_note": "the protocol in the answer belongs to another note",
    "other_digest": "the protocol in the answer has another digVal",
    "receipt_only": "a single note is queued: 103 with nRec",
    "stuck_105": "a single note is queued: 105 with nRec; a receipt that is asked for stays at 105",
    "duplicate_with_nrec": "204 names nRec instead of nProt",
    "duplicate_bare": "204 names nothing",
    "consult_lags": "the consultation says 217 of a note that is there",
}
MEANINGS = {**REFUSALS, **SPOILERS, **STYLES, **PAUSES, **OUTCOMES}
USUAL_VALUES = {"slow": 5.0, "clock_skew": 3600.0, "reject": 999.0, "denied": 301.0}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a call is about: a service's short name, the keys that it mentions, the CNPJ of the caller's certificate."""

    service: str
    keys: tuple[str, ...] = ()
    cnpj: str = ""


@dataclass(slots=True, kw_only=True)
class Rule:
    """One setting: how likely, how many calls still for sure, until when (simulated), and which calls it may touch."""

    name: str
    probability: float = 0.0
    times: int = 0
    until: float = 0.0
    service: str = ""
    key: str = ""
    cnpj: str = ""
    value: float = 0.0

    def fits(self, subject: Subject) -> bool:
        return (
            self.service in ("", subject.service)
            and self.cnpj in ("", subject.cnpj)
            and (not self.key or self.key in subject.keys)
        )


class Faults:
    """A seeded set of rules; of those that fit a call the first that is due fires. Thread-safe."""

    def __init__(self, *, now: Callable[[], float], seed: int = 1) -> None:
        self._now = now
        self._random = random.Random(seed)
        self._guard = threading.Lock()
        self._rules: list[Rule] = []
        self.fired: Counter[str] = Counter()

    def set(
        self,
        name: str,
        *,
        probability: float = 0.0,
        times: int = 0,
        seconds: float = 0.0,
        service: str = "",
        key: str = "",
        cnpj: str = "",
        value: float | None = None,
    ) -> None:
        """By chance, for the next fitting calls, or for so many simulated seconds: exactly one of the three.

        Raises ValueError for an unknown name or none of the three.
        """
        if name not in MEANINGS:
            raise ValueError(f"{name}: choose one of {sorted(MEANINGS)}")
        if (probability > 0) + (times > 0) + (seconds > 0) != 1:
            raise ValueError("say probability, times or seconds")
        rule = Rule(
            name=name,
            probability=probability,
            times=times,
            until=self._now() + seconds if seconds else 0.0,
            service=service,
            key=key,
            cnpj=cnpj,
            value=USUAL_VALUES.get(name, 0.0) if value is None else value,
        )
        with self._guard:
            self._rules.append(rule)

    def clear(self, name: str = "") -> None:
        """Switch one fault off, or all of them; what has fired stays counted."""
        with self._guard:
            self._rules = [rule for rule in self._rules if name and rule.name != name]

    def rules(self) -> list[dict[str, object]]:
        with self._guard:
            return [asdict(rule) for rule in self._rules]

    def draw(self, name: str, subject: Subject) -> Rule | None:
        with self._guard:
            for rule in self._rules:
                if rule.name == name and rule.fits(subject) and self._is_due(rule):
                    self.fired[name] += 1
                    return rule
            return None

    def _is_due(self, rule: Rule) -> bool:
        if rule.times:
            rule.times -= 1
            if not rule.times:
                self._rules.remove(rule)
            return True
        if rule.until:
            return self._now() < rule.until
        return self._random.random() < rule.probability


@dataclass(slots=True)
class Odds:
    """The faults of one call: each name is drawn once, and only when its moment comes."""

    faults: Faults
    subject: Subject
    drawn: dict[str, Rule | None] = field(default_factory=dict)

    def fires(self, name: str) -> Rule | None:
        if name not in self.drawn:
            self.drawn[name] = self.faults.draw(name, self.subject)
        return self.drawn[name]

    def first(self, names: dict[str, str]) -> str:
        """The first of these that fires, empty for none."""
        return next((name for name in names if self.fires(name)), "")

    @property
    def fired(self) -> tuple[str, ...]:
        return tuple(name for name, rule in self.drawn.items() if rule is not None)
