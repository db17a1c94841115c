"""One issuer's line to one SEFAZ: a question at a time, an answer typed by what must be done."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpcore

from cais.connectors.sefaz.answers import (
    Cause,
    Doubt,
    Outcome,
    Paused,
    ServiceState,
    Subject,
    Unknown,
    read_authorisation,
    read_consult,
    read_status,
)
from cais.connectors.sefaz.authorisers import Authoriser
from cais.connectors.sefaz.kept import exchange_of
from cais.connectors.sefaz.soap import Question, ask_about, ask_status, send_note
from cais.connectors.sefaz.tls import tls_context
from cais.core.clock import Clock
from cais.fiscal.certificate import A1
from cais.fiscal.places import UF_CODES
from cais.fiscal.sign import SignedNote
from cais.ports.errors import Unavailable
from cais.ports.session import Exchange, Reach
from cais.wire.guard import Guard
from cais.wire.transport import _GuardedBackend, until

CAP = 4 * 1024 * 1024
MOST_CONNECTIONS = 8
IDLE_SECONDS = 15.0
OK, FORBIDDEN, NOT_FOUND = 200, 403, 404
SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Real seconds. `total` bounds a whole call, from the name service to the last byte; `cap` is in bytes."""

    connect: float = 10.0
    read: float = 30.0
    total: float = 60.0
    cap: int = CAP

    def extension(self) -> dict[str, float]:
        return {"connect": self.connect, "read": self.read, "write": self.read, "pool": self.connect}


class _TooLarge(Exception):
    """The answer went past the cap."""


@dataclass(slots=True)
class _Call:
    """What is known of a call while it runs."""

    was_sent: bool = False
    status: int = 0
    parts: list[bytes] = field(default_factory=list)

    def trace(self, event: str, _info: Mapping[str, object]) -> None:
        if event.endswith("send_request_headers.started"):
            self.was_sent = True


class SefazClient:
    """Kept open per issuer and authoriser; close it, or use it in a `with`. A new certificate wants a new client.

    Every method makes at most one call and never sends again by itself: what to do next is in the type of the answer,
    and retries, consults and pauses shared by processes are the engine's. After a 656 it stays silent until the hour is
    over, answering the same pause without a call. All raise ConfigurationError for an address that may not be called.
    """

    def __init__(
        self,
        *,
        authoriser: Authoriser,
        state: str,
        a1: A1,
        ca_bundle: Path | None,
        reach: Reach,
        clock: Clock,
        limits: Limits | None = None,
    ) -> None:
        self._authoriser = authoriser
        self._state_code = UF_CODES[state]
        self._clock = clock
        self._limits = limits or Limits()
        self._silence: Paused | None = None
        self._spoken = threading.local()
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls_context(a1, ca_bundle=ca_bundle),
            max_connections=MOST_CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=_GuardedBackend(Guard(reach)),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._pool.close()

    def status(self) -> ServiceState:
        """Whether the service runs, and what time it is there. SEFAZ asks for three minutes between two of these."""
        answer = self._ask(ask_status(self._state_code, self._authoriser.environment))
        if not isinstance(answer, bytes):
            return answer
        state = read_status(answer, now=self._clock.now())
        self._heed(state)
        return state

    def authorise(self, note: SignedNote) -> Outcome:
        """Send the stored bytes as they are, alone in a lot, and wait for the verdict."""
        # The lot's number serves nothing but tracing; milliseconds of now fit its fifteen digits.
        answer = self._ask(send_note(note.xml, lot=time.time_ns() // 1_000_000))
        if not isinstance(answer, bytes):
            return answer
        subject = Subject(key=note.key, digest=note.digest)
        outcome = read_authorisation(answer, subject, now=self._clock.now())
        self._heed(outcome)
        return outcome

    def consult(self, key: str, *, digest: str | None) -> Outcome:
        """What SEFAZ knows of a key. `digest` is the DigestValue we signed; None only for a key that is not ours."""
        answer = self._ask(ask_about(key, self._authoriser.environment))
        if not isinstance(answer, bytes):
            return answer
        outcome = read_consult(answer, Subject(key=key, digest=digest), now=self._clock.now())
        self._heed(outcome)
        return outcome

    def _heed(self, outcome: Outcome | ServiceState) -> None:
        if isinstance(outcome, Paused) and outcome.cause is Cause.OVERUSE:
            self._silence = outcome

    def _ask(self, question: Question) -> bytes | Unknown | Paused:
        if self._silence and self._clock.now() < self._silence.until:
            return self._silence
        call, began = _Call(), time.perf_counter()
        answer = self._answer(question, call)
        self._spoken.last = exchange_of(
            question,
            url=self._authoriser.addresses[question.service],
            status=call.status or None,
            seconds=time.perf_counter() - began,
            body=b"".join(call.parts),
            error=answer.words if isinstance(answer, Unknown) else "",
        )
        return answer

    def take_exchange(self) -> Exchange | None:
        """The last call of the calling thread, redacted, for the journal; once. None when none left."""
        last: Exchange | None = getattr(self._spoken, "last", None)
        self._spoken.last = None
        return last

    def _answer(self, question: Question, call: _Call) -> bytes | Unknown:
        try:
            with until(self._limits.total):
                self._exchange(question, call)
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError) as error:
            return _lost(call, error)
        except Unavailable as error:
            return Unknown(doubt=Doubt.UNREACHED, words=error.words, was_sent=False, detail=error.detail)
        except _TooLarge:
            words = "A resposta da SEFAZ passou do tamanho esperado e foi interrompida."
            return Unknown(doubt=Doubt.GARBAGE, words=words, detail=f"more than {self._limits.cap} bytes")
        body = b"".join(call.parts)
        return body if call.status == OK else _refused(call.status, body)

    def _exchange(self, question: Question, call: _Call) -> None:
        headers = [("Content-Type", question.content_type), ("Accept", "application/soap+xml, text/xml")]
        with self._pool.stream(
            "POST",
            self._authoriser.addresses[question.service],
            headers=headers,
            content=question.envelope(),
            extensions={"timeout": self._limits.extension(), "trace": call.trace},
        ) as response:
            call.status = response.status
            size = 0
            for part in response.iter_stream():
                size += len(part)
                if size > self._limits.cap:
                    raise _TooLarge
                call.parts.append(part)


def _lost(call: _Call, error: Exception) -> Unknown:
    detail = f"{type(error).__name__}: {error}"
    if call.was_sent:
        late = isinstance(error, httpcore.TimeoutException)
        words = "A SEFAZ demorou demais para responder." if late else "A conexão com a SEFAZ caiu antes da resposta."
        return Unknown(doubt=Doubt.TIMEOUT if late else Doubt.CUT, words=words, detail=detail)
    words = "Não foi possível conectar à SEFAZ."
    if "CERTIFICATE_VERIFY_FAILED" in detail:
        words = (
            "O servidor da SEFAZ apresentou um certificado que este computador não reconhece. "
            "Confira o arquivo de certificados das autoridades (ICP-Brasil) na configuração."
        )
    return Unknown(doubt=Doubt.UNREACHED, words=words, was_sent=False, detail=detail)


def _refused(status: int, body: bytes) -> Unknown:
    """Whatever the code, the note may have been received by what stands behind it."""
    words = f"A SEFAZ respondeu com uma falha dela ({status})."
    if status == FORBIDDEN:
        words = "A SEFAZ não aceitou o certificado digital desta empresa na conexão (403)."
    elif status == NOT_FOUND:
        words = "O endereço da SEFAZ não existe (404). Confira a tabela de autorizadores."
    detail = f"HTTP {status}: {body[:SHOWN].decode('utf-8', 'replace')}"
    return Unknown(doubt=Doubt.HTTP, words=words, detail=detail)
