"""The talk with SEFAZ: claim signed notes, send or consult them side by side with no transaction open, settle the word.

Threads speak and never touch the database; the caller's thread claims before and settles after.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from cais.connections.models import Connection
from cais.connections.vault import VaultError
from cais.connectors.sefaz.answers import Outcome
from cais.connectors.sefaz.authorisers import NoAuthoriser
from cais.connectors.sefaz.client import MOST_CONNECTIONS, SefazClient
from cais.fiscal.certificate import CertificateRefused
from cais.fiscal.sign import SignedNote
from cais.journal.services import keep_exchange
from cais.nfe import sefaz
from cais.nfe.certificates import certificate_of
from cais.nfe.models import AT_SEFAZ, FiscalSetup, Nfe, SefazState, State
from cais.nfe.signing import NO_CERTIFICATE, drop, is_for_nothing, with_everything
from cais.nfe.verdicts import heard
from cais.ports.errors import ConfigurationError
from cais.ports.session import Exchange

log = logging.getLogger(__name__)
# One call each at once: the longest call ends before a lease does.
BATCH = MOST_CONNECTIONS
_NO_LINE = 60.0


@dataclass(frozen=True, slots=True)
class Question:
    """A claimed note and what is asked about it. `is_consult`: SEFAZ may have it, so it is only asked for."""

    nfe: Nfe
    signed: SignedNote
    line: SefazClient
    is_consult: bool

    def ask(self) -> tuple[Outcome, Exchange | None]:
        """SEFAZ's word, and the call as the journal keeps it; none when no call was made."""
        if self.is_consult:
            outcome = self.line.consult(self.signed.key, digest=self.signed.digest)
        else:
            outcome = self.line.authorise(self.signed)
        return outcome, self.line.take_exchange()


def may_speak() -> Q:
    """Notes between us and SEFAZ, of companies whose queue is not stopped."""
    waits = Q(paused_until__gt=Now()) | ~Q(stopped="")
    return Q(~Exists(SefazState.objects.filter(waits, company=OuterRef("company"))), state__in=AT_SEFAZ)


def at_sefaz() -> QuerySet[Nfe]:
    """Those whose turn has come."""
    return Nfe.objects.due().filter(may_speak())


def speak_with_sefaz(connection: Connection, *, limit: int = BATCH) -> int:
    """Send or consult the due notes of one store. Returns how many were taken.

    The order's row was locked while signing; what was cancelled since and never left is dropped here.
    """
    rows = with_everything().filter(may_speak(), connection=connection).claim(limit)
    questions = [question for row in rows if (question := _prepared_or_kept(row))]
    if not questions:
        return len(rows)
    with ThreadPoolExecutor(len(questions)) as threads:
        asked = {threads.submit(question.ask): question for question in questions}
        for answer in as_completed(asked):
            question = asked[answer]
            try:
                outcome, spoken = answer.result()
                heard(question.nfe, outcome, is_consult=question.is_consult)
                _keep(question.nfe, spoken)
            except Exception as error:  # the edge of the loop: the row is kept, in doubt, with what happened
                log.exception("note %s", question.nfe.pk)
                question.nfe.postpone(None, error=repr(error), in_flight=True)
    return len(rows)


def _keep(nfe: Nfe, spoken: Exchange | None) -> None:
    """Into the journal, beside the exchanges with the store that sold; after the word itself is safe."""
    if spoken is not None:
        keep_exchange(nfe.group_id, nfe.connection_id, spoken, run_id=None)


def _prepared_or_kept(nfe: Nfe) -> Question | None:
    try:
        return _prepared(nfe)
    except Exception as error:  # the edge of the loop: this row is kept, and the others go on
        log.exception("note %s", nfe.pk)
        nfe.postpone(None, error=repr(error), in_flight=nfe.in_flight)
        return None


def _prepared(nfe: Nfe) -> Question | None:
    """None when nothing is to be asked now; the row has been put back."""
    is_consult = nfe.in_flight or nfe.state == State.UNKNOWN
    if not is_consult and nfe.sent_at is None and is_for_nothing(nfe, nfe.order):
        drop(nfe)
        return None
    line = _line(nfe)
    if line is None or not _departs(nfe, is_consult=is_consult):
        return None
    return Question(nfe, nfe.signed, line, is_consult)


def _line(nfe: Nfe) -> SefazClient | None:
    doubt = nfe.in_flight
    try:
        setup = FiscalSetup.objects.select_related("company").get(company=nfe.company_id)
        certificate = certificate_of(nfe.company)
        if certificate is not None:
            return sefaz.line_of(setup, certificate, environment=nfe.environment)
        words = NO_CERTIFICATE.sentence
    except (CertificateRefused, ConfigurationError, NoAuthoriser, VaultError, FiscalSetup.DoesNotExist) as error:
        words = str(error)
    nfe.postpone(_NO_LINE, error=words, counted=False, in_flight=doubt)
    return None


def _departs(nfe: Nfe, *, is_consult: bool) -> bool:
    """Written before the call leaves, so that whoever finds the row after a crash consults first."""
    if not is_consult:
        Nfe.objects.filter(pk=nfe.pk, lease=nfe.lease).update(sent_at=Now())
    return nfe.depart()
