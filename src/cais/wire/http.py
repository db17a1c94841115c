"""HTTP as Cais speaks it: one bounded, counted, recorded call at a time, and an error for each way it can fail."""

from __future__ import annotations

import json
import ssl
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import NoReturn

import httpcore
import httpx

from cais.core.clock import Clock
from cais.ports.errors import ConfigurationError, OutcomeUnknown, RateLimited, Unavailable, Unreadable, VendorError
from cais.ports.session import Account, Exchange, Meter, Priority, Reach, Side
from cais.wire.redact import Redactor
from cais.wire.transport import pool_for, until

CAP = 8 * 1024 * 1024
PAUSE_SECONDS = 20.0
READS = frozenset({"GET", "HEAD"})

Json = None | bool | int | str | Decimal | list["Json"] | dict[str, "Json"]


class Untrusted(Unavailable):
    """The other side could not prove who it is (TLS)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Real seconds. `total` bounds the whole call, from the name service to the last byte."""

    connect: float = 5.0
    read: float = 20.0
    total: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One question. `changes` says whether it can change anything there; by default what is not GET does."""

    method: str
    url: str
    query: Sequence[tuple[str, str]] = ()
    json: Mapping[str, object] | None = None
    form: Mapping[str, str] | None = None
    priority: Priority
    changes: bool | None = None

    @property
    def is_write(self) -> bool:
        return self.method not in READS if self.changes is None else self.changes

    def request(self) -> httpx.Request:
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "Cais"}
        url = httpx.URL(self.url)
        if self.query:
            url = url.copy_merge_params(list(self.query))
        if self.form is not None:
            return httpx.Request(self.method, url, headers=headers, data=dict(self.form))
        return httpx.Request(self.method, url, headers=headers, json=self.json)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer below 500, whatever it says; the caller judges its status."""

    status: int
    body: bytes = field(repr=False)
    content_type: str = ""
    is_write: bool = False
    side: Side = Side.STORE

    def json(self) -> Json:
        """The body as JSON, fractions as Decimal.

        Raises Unreadable; OutcomeUnknown when it answers a write that seems to have been done.
        """
        try:
            return parse_json(self.body, side=self.side)
        except Unreadable as error:
            if self.is_write and self.status < 400:
                words = f"{self.side} recebeu o envio e respondeu algo ilegível."
                raise OutcomeUnknown(words, detail=error.detail) from error
            raise


@dataclass(slots=True, kw_only=True)
class _Story:
    """What is known of a call while it runs; at its end it becomes the journal's row."""

    request: httpx.Request
    began: float = field(default_factory=time.monotonic)
    was_sent: bool = False
    status: int | None = None
    parts: list[bytes] = field(default_factory=list)
    error: str = ""

    @property
    def body(self) -> bytes:
        return b"".join(self.parts)

    def trace(self, event: str, _info: Mapping[str, object]) -> None:
        if event.endswith("send_request_headers.started"):
            self.was_sent = True


class Http:
    """The only door out. Redirects are not followed, cookies not kept, proxies of the environment not used."""

    def __init__(
        self,
        meter: Meter,
        *,
        clock: Clock,
        reach: Reach = Reach.NONE,
        timeouts: Timeouts | None = None,
        cap: int = CAP,
        redactor: Redactor | None = None,
        side: Side = Side.STORE,
    ) -> None:
        self._meter = meter
        self._clock = clock
        self._pool = pool_for(reach)
        self._timeouts = timeouts or Timeouts()
        self._cap = cap
        self._redactor = redactor or Redactor()
        self._side = side

    @classmethod
    def for_account(cls, account: Account, *, secrets: Sequence[str] = ()) -> Http:
        """The door of one account; `secrets` are masked wherever they appear in its journal."""
        redactor = Redactor(secrets)
        return cls(account.meter, clock=account.clock, reach=account.reach, redactor=redactor, side=account.side)

    def call(self, call: Call) -> Answer:
        """Spend one call, make it, record it.

        Raises RateLimited (our own count or the vendor's), Unavailable when nothing was done, OutcomeUnknown when a
        write may have been, Unreadable (cut, too_large, html), ConfigurationError for an address that cannot work.
        """
        request = _request(call, side=self._side)
        self._meter.spend(call.priority)
        story = _Story(request=request)
        try:
            return self._answer(call, story)
        except (VendorError, ConfigurationError) as error:
            story.error = str(error)
            raise
        finally:
            self._meter.record(self._exchange(story))

    def _answer(self, call: Call, story: _Story) -> Answer:
        headers = self._receive(call, story)
        status = story.status or 0
        content_type = headers.get("content-type", "")
        if 300 <= status < 400:
            _refuse_redirect(call.url, headers.get("location", ""), side=self._side)
        if status == 429:
            raise RateLimited(f"{self._side} pediu uma pausa nas chamadas.", retry_after=self._pause(headers))
        if status >= 500 or status == 408:
            pause = self._pause(headers) if "retry-after" in headers else None
            words = f"{self._side} respondeu com uma falha interna ({status})."
            _raise_lost(call, words=words, detail=f"HTTP {status}", retry_after=pause)
        return Answer(
            status=status, body=story.body, content_type=content_type, is_write=call.is_write, side=self._side
        )

    def _receive(self, call: Call, story: _Story) -> httpx.Headers:
        """Send and read the whole body into the story; every failure of the wire becomes one of ours."""
        try:
            with until(self._timeouts.total):
                return self._exchange_bytes(story)
        except Unreadable as error:
            if call.is_write:
                words = f"{self._side} recebeu o envio, mas a resposta se perdeu."
                raise OutcomeUnknown(words, detail=error.detail) from error
            raise
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError) as error:
            _raise_for_wire(call, story, error, side=self._side)

    def _exchange_bytes(self, story: _Story) -> httpx.Headers:
        request, limits = story.request, self._timeouts
        extensions = {
            "timeout": {"connect": limits.connect, "read": limits.read, "write": limits.read, "pool": limits.connect},
            "trace": story.trace,
        }
        with self._pool.stream(
            request.method,
            str(request.url),
            headers=request.headers.raw,
            content=request.content,
            extensions=extensions,
        ) as response:
            story.status = response.status
            headers = httpx.Headers(response.headers)
            self._read(response, headers, story)
        return headers

    def _read(self, response: httpcore.Response, headers: httpx.Headers, story: _Story) -> None:
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._cap:
            _refuse_size(self._cap, side=self._side)
        inflate = zlib.decompressobj(wbits=47) if "gzip" in headers.get("content-encoding", "") else None
        size = 0
        for chunk in response.iter_stream():
            # One byte past the cap is enough to know; a small packed answer never unfolds in memory.
            part = _unpacked(inflate, chunk, self._cap + 1 - size, side=self._side) if inflate else chunk
            size += len(part)
            story.parts.append(part)
            if size > self._cap:
                _refuse_size(self._cap, side=self._side)
        if inflate and not inflate.eof and size:
            raise Unreadable(f"A resposta {self._side.of} chegou cortada.", detail="gzip ended early", kind="cut")

    def _pause(self, headers: httpx.Headers) -> float:
        """Real seconds to wait: the vendor's word on the vendor's clock, else 20 of its seconds."""
        text = headers.get("retry-after", "").strip()
        seconds = PAUSE_SECONDS
        if text.isdecimal():
            seconds = float(text[:6])
        elif text:
            seconds = self._seconds_until(text)
        return self._clock.real_seconds(seconds)

    def _seconds_until(self, http_date: str) -> float:
        try:
            moment = parsedate_to_datetime(http_date)
        except ValueError:
            return PAUSE_SECONDS
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max((aware - self._clock.now()).total_seconds(), 1.0)

    def _exchange(self, story: _Story) -> Exchange:
        redactor = self._redactor.knowing(story.request)
        return Exchange(
            method=story.request.method,
            url=redactor.url(str(story.request.url)),
            status=story.status,
            seconds=time.monotonic() - story.began,
            request_body=redactor.body(story.request.content),
            response_body=redactor.body(story.body),
            error=redactor.text(story.error),
        )


def parse_json(body: bytes, *, side: Side = Side.STORE) -> Json:
    """JSON with decimals. Raises Unreadable: html, cut (no closing brace) or shape."""
    text = body.decode("utf-8", "replace").lstrip("\ufeff").strip()
    if text.startswith("<"):
        raise Unreadable(f"{side} respondeu com uma página em vez de dados.", detail=text[:200], kind="html")
    try:
        parsed: Json = json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        kind = "shape" if text.endswith(("}", "]")) else "cut"
        ending = "chegou cortada" if kind == "cut" else "não pôde ser entendida"
        raise Unreadable(f"A resposta {side.of} {ending}.", detail=f"{error}", kind=kind) from error
    return parsed


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _request(call: Call, *, side: Side) -> httpx.Request:
    try:
        request = call.request()
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"O endereço {side.of} não está escrito como um endereço.") from error
    if request.url.scheme not in ("http", "https") or not request.url.host:
        raise ConfigurationError(f"O endereço {side.of} não está escrito como um endereço.")
    return request


def _unpacked(inflate: zlib._Decompress, chunk: bytes, most: int, *, side: Side) -> bytes:
    try:
        return inflate.decompress(chunk, max(most, 1))
    except zlib.error as error:
        raise Unreadable(f"A resposta {side.of} chegou estragada.", detail=str(error), kind="cut") from error


def _refuse_size(cap: int, *, side: Side) -> NoReturn:
    words = f"A resposta {side.of} passou de {cap // (1024 * 1024)} MB e foi interrompida."
    raise Unreadable(words, detail=f"more than {cap} bytes", kind="too_large")


def _refuse_redirect(url: str, location: str, *, side: Side) -> NoReturn:
    try:
        host = httpx.URL(url).join(location).host
    except httpx.InvalidURL:
        host = ""
    target = f" para {host}" if host else ""
    raise ConfigurationError(f"O endereço {side.of} manda seguir{target}. Escreva aqui o endereço final.")


def _raise_lost(call: Call, *, words: str, detail: str, retry_after: float | None = None) -> NoReturn:
    """The request left: a read may be asked again, a write may have been done."""
    if call.is_write:
        raise OutcomeUnknown(f"{words} Não se sabe se o envio foi feito.", detail=detail)
    raise Unavailable(words, detail=detail, retry_after=retry_after)


def _raise_for_wire(call: Call, story: _Story, error: Exception, *, side: Side) -> NoReturn:
    detail = f"{type(error).__name__}: {error}"
    if not story.was_sent:
        kind, words = _before_sending(error, side)
        raise kind(words, detail=detail) from error
    if story.status is not None and not call.is_write and isinstance(error, httpcore.ProtocolError):
        raise Unreadable(f"A resposta {side.of} chegou cortada.", detail=detail, kind="cut") from error
    late = isinstance(error, httpcore.TimeoutException)
    words = f"{side} demorou demais para responder." if late else f"A conexão {side.at} caiu antes da resposta."
    try:
        _raise_lost(call, words=words, detail=detail)
    except VendorError as lost:
        raise lost from error


def _before_sending(error: Exception, side: Side) -> tuple[type[Unavailable], str]:
    if isinstance(error, httpcore.TimeoutException):
        return Unavailable, f"{side} não atendeu a tempo."
    if isinstance(error, ssl.SSLError) or "SSL" in str(error) or "certificate" in str(error):
        return Untrusted, f"O endereço {side.of} não apresentou um certificado de segurança válido."
    return Unavailable, f"Não foi possível conectar ao endereço {side.of}."
