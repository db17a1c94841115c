"""Named switches that make a server misbehave: by chance, for the next calls, or always."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from cais.simkit.http import HTML, Delivery, Request, Response

HUGE_BODY = 40 * 1024 * 1024
HTML_PAGE = (
    b"<!DOCTYPE html><html><head><title>Aguarde</title></head>"
    b"<body><h1>Estamos em manuten\xc3\xa7\xc3\xa3o</h1></body></html>"
)
ErrorBody = Callable[[int, Request], Response]

# Refusals answer instead of doing the work; spoilers do the work first and spoil the answer.
REFUSALS: dict[str, int] = {"error_429": 429, "error_500": 500, "error_503": 503}
SPOILERS = ("lost_after_commit", "error_500_after_commit", "cut_body", "html_ok", "html_502", "huge_body")
ON_THE_WIRE = ("lost_before_commit", *REFUSALS, *SPOILERS)
# These are asked for by the simulator itself, inside its own work.
INSIDE = ("page_skip", "page_repeat", "token_revoked")
NAMES = ("slow", *ON_THE_WIRE, *INSIDE)


@dataclass(slots=True)
class Switch:
    """One fault: how likely, how many calls still for sure, which calls it may touch."""

    probability: float = 0.0
    remaining: int = 0
    only: str = ""
    seconds: float = 5.0
    fired: int = 0

    def fits(self, request: Request) -> bool:
        return not self.only or f"{request.method} {request.path}".startswith(self.only)


class Faults:
    """A seeded set of switches. ``only`` is a prefix of ``"METHOD /path"``, empty for every call."""

    def __init__(self, *, seed: int = 1, error_body: ErrorBody | None = None) -> None:
        self._random = random.Random(seed)
        self._guard = threading.Lock()
        self.error_body = error_body or _plain_error
        self.switches: dict[str, Switch] = {name: Switch() for name in NAMES}

    def set(self, name: str, *, probability: float, only: str = "", seconds: float = 5.0) -> None:
        """Fire by chance from now on. Raises KeyError for a name that does not exist."""
        with self._guard:
            switch = self.switches[name]
            switch.probability, switch.only, switch.seconds = probability, only, seconds

    def next(self, name: str, *, times: int = 1, only: str = "", seconds: float = 5.0) -> None:
        """Fire for sure on the next ``times`` fitting calls. Raises KeyError for an unknown name."""
        with self._guard:
            switch = self.switches[name]
            switch.remaining, switch.only, switch.seconds = times, only, seconds

    def clear(self) -> None:
        """Switch everything off and forget the counts."""
        with self._guard:
            self.switches = {name: Switch() for name in NAMES}

    def fires(self, name: str, request: Request) -> bool:
        """Draw one switch, and count it when it fires."""
        with self._guard:
            switch = self.switches[name]
            if not switch.fits(request):
                return False
            if switch.remaining:
                switch.remaining -= 1
            elif not switch.probability or self._random.random() >= switch.probability:
                return False
            switch.fired += 1
            return True

    def around(self, request: Request, answer: Callable[[], Response]) -> Response:
        """Answer the request, with the fault that is due, if any."""
        delay = self.switches["slow"].seconds if self.fires("slow", request) else 0.0
        name = next((name for name in ON_THE_WIRE if self.fires(name, request)), "")
        response = self._spoilt(name, request, answer) if name else answer()
        if delay:
            return replace(response, delay=delay, fault=name or "slow")
        return response

    def _spoilt(self, name: str, request: Request, answer: Callable[[], Response]) -> Response:
        if name == "lost_before_commit":
            return Response(status=500, delivery=Delivery.DROPPED, fault=name)
        if name in REFUSALS:
            return replace(self.error_body(REFUSALS[name], request), fault=name)
        done = answer()
        if name == "lost_after_commit":
            return replace(done, delivery=Delivery.DROPPED, fault=name)
        if name == "cut_body":
            return replace(done, delivery=Delivery.CUT, fault=name)
        if name == "error_500_after_commit":
            return replace(self.error_body(500, request), fault=name)
        if name == "huge_body":
            return replace(done, body=_huge(), fault=name)
        status = 502 if name == "html_502" else 200
        return Response(status=status, body=HTML_PAGE, content_type=HTML, fault=name)


def _plain_error(status: int, request: Request) -> Response:
    return Response(status=status, body=b'{"code":%d}' % status)


def _huge() -> bytes:
    # Valid JSON, so that only a reader with a size limit of its own protects itself.
    head, tail = b'{"padding":"', b'"}'
    return head + b"x" * (HUGE_BODY - len(head) - len(tail)) + tail
