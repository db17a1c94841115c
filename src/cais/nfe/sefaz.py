"""A company's line to its SEFAZ: which address, one open client per process, and what all workers know of it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models.functions import Now

from cais.companies.models import Company
from cais.connections.account import CLOCK
from cais.connectors.sefaz.answers import Cause as Pause
from cais.connectors.sefaz.answers import Paused, Running
from cais.connectors.sefaz.authorisers import Authoriser, authoriser_of, table_from
from cais.connectors.sefaz.client import SefazClient
from cais.fiscal.documents import Environment
from cais.fiscal.preflight import Problem, clock_problem
from cais.fiscal.schema import SchemaPackage, package_from
from cais.inbox import services as inbox
from cais.inbox.nfe_reasons import COMPANY_REASONS
from cais.inbox.services import Cause, Subject
from cais.journal.services import keep_exchange
from cais.nfe.certificates import opened
from cais.nfe.models import Certificate, FiscalSetup, SefazState
from cais.ports.errors import ConfigurationError
from cais.ports.session import Reach

# The paths of a host that stands in for a SEFAZ are those of the authoriser that serves most states.
_COMMON_STATE = "SC"
# SEFAZ asks for three minutes between two questions after its state; a clock does not run away in a quarter of an hour.
_ASK_AGAIN = timedelta(minutes=15)
_ASK_AGAIN_AFTER_TROUBLE = timedelta(minutes=3)


class Unready(Exception):
    """SEFAZ cannot be asked now: nothing is numbered, the queue waits `seconds` real seconds."""

    def __init__(self, words: str, *, seconds: float) -> None:
        super().__init__(words)
        self.words = words
        self.seconds = seconds


@cache
def schemas() -> SchemaPackage:
    """The package that judges the notes of this process. Raises NoSchemas."""
    return package_from(os.environ)


def state_of(company: Company) -> SefazState:
    row, _ = SefazState.objects.get_or_create(company=company, defaults={"group_id": company.group_id})
    return row


def authoriser_for(setup: FiscalSetup, environment: Environment) -> Authoriser:
    """By the table, unless another address was given. Raises NoAuthoriser, ConfigurationError.

    CAIS_SEFAZ_URL serves the demo and homologação; a note with legal effect never goes to a stand-in.
    """
    stand_in = settings.SEFAZ_URL
    if stand_in and environment is Environment.PRODUCTION and not settings.DEMO:
        words = "CAIS_SEFAZ_URL só vale em homologação ou na demonstração; a empresa está em produção."
        raise ConfigurationError(words, code="sefaz_url")
    address = stand_in or setup.sefaz_url
    table = table_from(os.environ)
    if not address:
        return authoriser_of(setup.company.state, environment, table=table)
    common = authoriser_of(_COMMON_STATE, environment)
    base = address.rstrip("/")
    return replace(
        common, addresses={service: f"{base}{urlsplit(url).path}" for service, url in common.addresses.items()}
    )


class _Lines:
    """The open clients of this process: one per company and environment, anew with a new certificate or address."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._open: dict[tuple[int, Environment], tuple[tuple[object, ...], SefazClient]] = {}

    def get(self, setup: FiscalSetup, certificate: Certificate, environment: Environment) -> SefazClient:
        authoriser = authoriser_for(setup, environment)
        place = (setup.company_id, environment)
        marks = (certificate.pk, *authoriser.addresses.values(), settings.SEFAZ_CA)
        with self._guard:
            found = self._open.get(place)
            if found and found[0] == marks:
                return found[1]
            if found:
                found[1].close()
            client = SefazClient(
                authoriser=authoriser,
                state=setup.company.state,
                a1=opened(certificate),
                ca_bundle=Path(settings.SEFAZ_CA) if settings.SEFAZ_CA else None,
                reach=Reach(settings.ALLOWED_ADDRESSES),
                clock=CLOCK,
            )
            self._open[place] = (marks, client)
            return client

    def hang_up(self) -> None:
        with self._guard:
            for _, client in self._open.values():
                client.close()
            self._open.clear()


_lines = _Lines()
hang_up = _lines.hang_up


def line_of(setup: FiscalSetup, certificate: Certificate, *, environment: str) -> SefazClient:
    """The client of a company in the note's own environment, whatever the set-up says by now.

    Raises ConfigurationError, NoAuthoriser, CertificateRefused, VaultError.
    """
    return _lines.get(setup, certificate, Environment(environment))


def check_service(setup: FiscalSetup, certificate: Certificate, *, connection_id: int) -> Problem | None:
    """Ask SEFAZ now and then whether it runs and what time it is there; the problem is our clock's.

    The call is kept among the exchanges of `connection_id`. No transaction is open. Raises Unready while SEFAZ does
    not answer or says that it is stopped.
    """
    state = state_of(setup.company)
    if state.is_paused:
        raise Unready(state.words or "A SEFAZ pediu para esperar.", seconds=_until(state))
    if state.checked_at is None or CLOCK.now() - state.checked_at > _patience(state):
        state = _ask(state, setup, certificate, connection_id)
    ahead = timedelta(seconds=state.seconds_ahead)
    now = CLOCK.now()
    return clock_problem(ours=now, sefaz=now - ahead)


def _patience(state: SefazState) -> timedelta:
    troubled = clock_problem(ours=CLOCK.now(), sefaz=CLOCK.now() - timedelta(seconds=state.seconds_ahead))
    return _ASK_AGAIN_AFTER_TROUBLE if troubled else _ASK_AGAIN


def _until(state: SefazState) -> float:
    if state.paused_until is None:
        return 900.0
    # The database's clock sets the pause, and a little past it is soon enough.
    left = (state.paused_until - datetime.now(state.paused_until.tzinfo)).total_seconds()
    return max(1.0, left)


def _ask(state: SefazState, setup: FiscalSetup, certificate: Certificate, connection_id: int) -> SefazState:
    line = line_of(setup, certificate, environment=setup.environment)
    answer = line.status()
    if spoken := line.take_exchange():
        keep_exchange(setup.group_id, connection_id, spoken, run_id=None)
    if isinstance(answer, Paused):
        pause(setup.company, answer)
        raise Unready(answer.words, seconds=_seconds(answer))
    if not isinstance(answer, Running):
        raise Unready(answer.words, seconds=60.0)
    now = CLOCK.now()
    state.seconds_ahead = round((now - answer.sefaz_time).total_seconds())
    state.checked_at = now
    state.save(update_fields=["seconds_ahead", "checked_at"])
    is_well(setup.company)
    return state


def pause(company: Company, answer: Paused) -> float:
    """All notes of the company wait. Returns for how many real seconds."""
    seconds = _seconds(answer)
    _write(company, paused_until=Now() + timedelta(seconds=seconds), status=answer.status, words=answer.words[:2000])
    reason = "sefaz_overuse" if answer.cause is Pause.OVERUSE else "sefaz_down"
    _tell(company, Cause(reason, f"company:{company.pk}", {"company": company.name, "words": answer.words}))
    return seconds


def _seconds(answer: Paused) -> float:
    return max(1.0, CLOCK.real_seconds((answer.until - CLOCK.now()).total_seconds()))


def stop(company: Company, *, status: str, words: str) -> None:
    """SEFAZ refuses the certificate itself: no other note of the company would fare better."""
    _write(company, stopped=status[:4], status=status[:4], words=words[:2000])
    params = {"company": company.name, "words": words, "status": status}
    _tell(company, Cause("sefaz_refuses_certificate", f"company:{company.pk}", params))


def is_well(company: Company) -> None:
    """SEFAZ answered as it should: what was wrong between it and the company is over."""
    ended = SefazState.objects.filter(company=company, stopped="").exclude(status="", words="", paused_until=None)
    if ended.update(status="", words="", paused_until=None):
        _tell(company, None)


def _write(company: Company, **facts: Any) -> None:
    state = state_of(company)
    SefazState.objects.filter(pk=state.pk).update(**facts)


def _tell(company: Company, cause: Cause | None) -> None:
    subject = Subject(kind="company", id=company.pk, label=company.name)
    inbox.sync(company.group_id, {subject: [cause] if cause else []}, among=COMPANY_REASONS)


def release(company: Company) -> int:
    """A person mended what had stopped the queue. A pause that SEFAZ ordered stays: to try would prolong it."""
    _tell(company, None)
    return SefazState.objects.filter(company=company).update(stopped="", checked_at=None)
