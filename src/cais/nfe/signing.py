"""From a queued note to signed bytes: judged first, then number, signature and schema in one short transaction."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.connections.vault import VaultError
from cais.connectors.sefaz.authorisers import NoAuthoriser
from cais.core.digest import digest_of
from cais.core.effects import Meaning
from cais.core.parts import DONE
from cais.fiscal.amounts import amounts_of
from cais.fiscal.build import build
from cais.fiscal.certificate import A1, CertificateRefused
from cais.fiscal.documents import NoteDoc, Numbering
from cais.fiscal.identifiers import draw_cnf
from cais.fiscal.preflight import Problem, Where, numbering_problems, preflight
from cais.fiscal.schema import NoSchemas, faults
from cais.fiscal.sign import SignedNote, sign
from cais.movements.models import Fulfilment
from cais.nfe import sefaz
from cais.nfe.assemble import assemble, problem_of_company, setup_of
from cais.nfe.certificates import certificate_of, opened
from cais.nfe.models import MENDABLE, FiscalSetup, FormerCopy, Nfe, NumberSeries, State
from cais.nfe.not_ready import NotReady
from cais.nfe.telling import cause_of_problems, tell, write_down
from cais.orders.models import Order
from cais.ports.errors import ConfigurationError
from cais.publishing.wishes import is_taken_back

log = logging.getLogger(__name__)
BATCH = 25
_SCHEMA_SENTENCE = (
    "A nota montada não passa no esquema oficial da SEFAZ, e por isso não foi numerada nem enviada. Veja o detalhe."
)
NO_CERTIFICATE = problem_of_company(
    "certificate_missing",
    "A empresa não tem certificado digital válido hoje. Envie o certificado A1 (.pfx) na configuração fiscal.",
)

HELD = Problem(
    code="order_held",
    prevents="",
    where=Where.ORDER,
    sentence="O pedido está segurado: resolva o que o segura, e gere a nota depois.",
)


class SchemaRefused(Exception):
    """The signed note is not what the schema says; raised inside the transaction, so that no number is used up."""


class OrderMoved(Exception):
    """The store changed the order while its note was put together: put it together again."""


class NumberRefused(Exception):
    """The counter gives no number that may be used."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems[0].sentence)
        self.problems = problems


def with_everything() -> Any:
    """Notes with what judging and telling read."""
    return Nfe.objects.select_related(
        "batch",
        "company",
        "connection",
        "order__connection",
        "order__buyer",
        "order__customer",
        "fulfilment__company",
        "fulfilment__movement",
        "fulfilment__order__buyer",
        "fulfilment__order__customer",
        "fulfilment__order__connection",
    )


def sign_queued(connection: Connection, *, limit: int = BATCH) -> int:
    """Judge, number and sign what is queued at one store. Returns how many notes were taken."""
    rows = with_everything().filter(connection=connection, state=State.QUEUED).claim(limit)
    waits: dict[int, sefaz.Unready] = {}
    for row in rows:
        try:
            # One company's SEFAZ is asked once: the notes behind the first would only wait for it again.
            if row.company_id in waits:
                _wait(row, waits[row.company_id])
            else:
                _prepare(row)
        except sefaz.Unready as unready:
            waits[row.company_id] = unready
            _wait(row, unready)
        except Exception as error:  # the edge of the loop: the row is kept, with what happened
            log.exception("note %s", row.pk)
            row.postpone(None, error=repr(error))
    return len(rows)


def _wait(nfe: Nfe, unready: sefaz.Unready) -> None:
    nfe.postpone(unready.seconds, error=unready.words, counted=False)


def _prepare(nfe: Nfe) -> None:
    """Raises Unready, which says for how long the note waits."""
    if is_for_nothing(nfe, nfe.order):
        drop(nfe)
        return
    try:
        setup = setup_of(nfe.fulfilment)
        document, a1 = _judged(nfe, setup)
        number_and_sign(nfe, document, setup, a1=a1)
    except NotReady as refused:
        block(nfe, (refused.problem,))
    except (Blocked, NumberRefused) as refused:
        block(nfe, refused.problems)
    except OrderMoved:
        nfe.postpone(1, error="", counted=False)
    except (CertificateRefused, ConfigurationError, NoAuthoriser, NoSchemas, VaultError) as error:
        block(nfe, (_setup_problem(error),))
    except SchemaRefused as error:
        problem = Problem(code="schema", prevents="225", where=Where.ORDER, sentence=_SCHEMA_SENTENCE)
        block(nfe, (problem,), detail=str(error))


class Blocked(Exception):
    """The preflight found problems: no number is taken."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems[0].sentence)
        self.problems = problems


def _judged(nfe: Nfe, setup: FiscalSetup) -> tuple[NoteDoc, A1]:
    """Everything that can be known before a number is taken. Raises what `_prepare` catches."""
    document = assemble(nfe.fulfilment)
    problems = preflight(document, now=CLOCK.now())
    if problems:
        raise Blocked(problems)
    certificate = certificate_of(nfe.company)
    if certificate is None:
        raise Blocked((NO_CERTIFICATE,))
    clock = sefaz.check_service(setup, certificate, connection_id=nfe.connection_id)
    if clock:
        raise Blocked((clock,))
    return document, opened(certificate)


def _setup_problem(error: Exception) -> Problem:
    """Each of these carries its own sentence for the person who set it up, but for the vault's."""
    sentence = getattr(error, "sentence", "") or getattr(error, "words", "")
    if isinstance(error, VaultError):
        sentence = "O certificado guardado não abre com as chaves deste servidor. Envie o certificado de novo."
    return problem_of_company(type(error).__name__.lower(), sentence or str(error))


def block(nfe: Nfe, problems: tuple[Problem, ...], *, detail: str = "") -> None:
    """*Barrada na conferência*: it waits for a person, with every problem named."""
    told = [{name: str(value) for name, value in asdict(problem).items()} for problem in problems]
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=nfe.order_id)
        if nfe.settle(state=State.BLOCKED, problems=told, words=detail[:2000], status=""):
            tell(nfe, State.BLOCKED, [cause_of_problems(nfe, problems)])
            write_down(nfe, "nfe_blocked", {"words": problems[0].sentence})


def number_and_sign(nfe: Nfe, document: NoteDoc, setup: FiscalSetup, *, a1: A1) -> None:
    """Take the next number under the lock of its series, sign, check, keep the bytes: all of it or nothing.

    A note that has a number keeps it, and its cNF. Raises SchemaRefused, NumberRefused; Blocked or OrderMoved when
    the order is no longer what was judged.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=nfe.order_id)
        if is_for_nothing(nfe, order):
            _drop_locked(nfe)
            return
        if order.hold:
            raise Blocked((HELD,))
        if order.digest != nfe.order.digest:
            raise OrderMoved
        keeps = nfe.number is not None and (nfe.environment, nfe.series) == (setup.environment, setup.series)
        if nfe.number is not None and not keeps:
            free_number(nfe)
        numbering = _numbering(nfe, setup, keeps=keeps)
        signed = _signed(document, numbering, a1)
        _keep_former_copy(nfe)
        contents = contents_of(document)
        facts: dict[str, Any] = {
            "environment": setup.environment,
            "series": numbering.series,
            "number": numbering.number,
            "cnf": numbering.cnf,
            "issued_at": numbering.issued_at,
            "key": signed.key,
            "digest": signed.digest,
            "contents": contents,
            "same_rejections": nfe.same_rejections if contents == nfe.contents else 0,
            "signed_xml": signed.xml,
            "schema_package": sefaz.schemas().name,
            "total": amounts_of(document).total,
        }
        kept = nfe.settle(state=State.SIGNED, due_at=Now(), problems=[], words="", consults=0, sent_at=None, **facts)
        if not kept:
            # Another worker has the note by now, and its number must be the only one.
            transaction.set_rollback(True)
            return
        tell(nfe, State.SIGNED)


def contents_of(document: NoteDoc) -> str:
    """The same for two notes that say the same, whatever their numbers and times."""
    return digest_of(repr(document))


def _numbering(nfe: Nfe, setup: FiscalSetup, *, keeps: bool) -> Numbering:
    number = nfe.number if keeps and nfe.number is not None else _take_number(setup)
    cnf = nfe.cnf if keeps else draw_cnf(number)
    now = CLOCK.now()
    numbering = Numbering(series=setup.series, number=number, cnf=cnf, issued_at=now.replace(microsecond=0))
    problems = numbering_problems(numbering, now=now)
    if problems:
        raise NumberRefused(problems)
    return numbering


def _take_number(setup: FiscalSetup) -> int:
    """The next number of the series; the row stays locked until the note is signed and stored, or neither."""
    place = {"company_id": setup.company_id, "environment": setup.environment, "series": setup.series}
    counters = NumberSeries.objects.filter(**place)
    if not counters.exists():
        NumberSeries.objects.bulk_create([NumberSeries(group_id=setup.group_id, **place)], ignore_conflicts=True)
    counter = counters.select_for_update().get()
    if counter.freed:
        number, *rest = sorted(counter.freed)
        counter.freed = rest
    else:
        number = counter.last = counter.last + 1
    counter.save(update_fields=["last", "freed"])
    return number


def _signed(document: NoteDoc, numbering: Numbering, a1: A1) -> SignedNote:
    signed = sign(build(document, numbering), a1)
    found = faults(signed.xml, sefaz.schemas())
    if found:
        raise SchemaRefused("; ".join(found))
    return signed


def _keep_former_copy(nfe: Nfe) -> None:
    if nfe.key:
        FormerCopy.objects.create(
            group_id=nfe.group_id, nfe=nfe, key=nfe.key, digest=nfe.digest, signed_xml=bytes(nfe.signed_xml)
        )


def is_given_up(order: Order) -> bool:
    """No note is to be made of this order: it was cancelled, or its sale is not in the ERP or is being undone there."""
    return order.meaning == Meaning.CANCELLED or order.erp_state != DONE or is_taken_back(order)


def is_for_nothing(nfe: Nfe, order: Order) -> bool:
    """Its order is given up, or was sold anew: of the sale that this note is of nothing is left."""
    return is_given_up(order) or not Fulfilment.objects.filter(pk=nfe.fulfilment_id, stands=True).exists()


def drop(nfe: Nfe) -> None:
    """*Desistida*: the order was given up before SEFAZ had its note. The number goes back to the series."""
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=nfe.order_id)
        _drop_locked(nfe)


def _drop_locked(nfe: Nfe) -> None:
    free_number(nfe)
    if nfe.settle(state=State.DROPPED, number=None, problems=[]):
        tell(nfe, State.DROPPED)
    else:
        transaction.set_rollback(True)


def free_number(nfe: Nfe) -> None:
    """Give the number back: SEFAZ never had the note, or refused it. In the caller's transaction."""
    if nfe.number is None or nfe.series is None:
        return
    counter = NumberSeries.objects.select_for_update().get(
        company_id=nfe.company_id, environment=nfe.environment, series=nfe.series
    )
    counter.freed = [*counter.freed, nfe.number]
    counter.save(update_fields=["freed"])


def drop_given_up(connection: Connection, *, limit: int = BATCH) -> int:
    """Notes that wait for a person while their order was cancelled, or sold anew: nobody wants them any more.

    Returns how many were dropped.
    """
    waiting = given_up(connection.pk)
    ids = list(waiting.values_list("pk", flat=True)[:limit])
    Nfe.objects.filter(pk__in=ids, due_at=None).update(due_at=Now())
    rows = with_everything().filter(pk__in=ids, state__in=MENDABLE).claim(limit)
    for row in rows:
        drop(row)
    return len(rows)


def given_up(connection_id: int | None = None) -> Any:
    """Blocked and rejected notes whose order was cancelled, or whose sale was undone."""
    over = Q(order__meaning=Meaning.CANCELLED) | Q(fulfilment__stands=False)
    rows = Nfe.objects.filter(over, state__in=MENDABLE, in_flight=False)
    return rows if connection_id is None else rows.filter(connection=connection_id)
