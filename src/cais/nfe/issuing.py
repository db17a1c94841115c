"""*Gerar notas*: what may be issued and what not, a batch of notes asked for, one tried again, one told again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from cais.companies.models import Company
from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.fiscal.preflight import Problem, preflight
from cais.journal.services import note
from cais.movements.models import Fulfilment
from cais.nfe import sefaz
from cais.nfe.assemble import assemble
from cais.nfe.certificates import certificate_of
from cais.nfe.models import MENDABLE, OVER, Batch, FiscalSetup, Nfe, NumberSeries, State
from cais.nfe.not_ready import NotReady
from cais.nfe.signing import NO_CERTIFICATE, contents_of, is_given_up
from cais.nfe.store_invoice import TO_BE_TOLD, publish_invoice
from cais.nfe.telling import tell, write_down
from cais.orders.models import Order
from cais.orders.phase import WITHOUT_NOTE
from cais.ports.manifest import Capability

# A rejection heard this often for one note is not worth another try today: SEFAZ shuts a company out at thirty.
MOST_SAME_REJECTIONS = 3
# Consults of one key that may follow each other quickly; SEFAZ shuts a company out at ten in an hour.
MOST_CONSULTS = 5
AUTOMATIC_BATCH = 100


class CannotTryAgain(ValueError):
    """Nothing can be tried again of this note; the message is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An order that would get no note now, and why, one sentence each."""

    order: Order
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextNumber:
    company: Company
    environment: str
    series: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """*46 podem sair, 2 seriam rejeitadas*. Nothing was written."""

    ready: Sequence[Order]
    refused: Sequence[Refusal]
    next_numbers: Sequence[NextNumber] = field(default=())


def preview(orders: Iterable[Order]) -> Preview:
    """Judge each order as issuing would; reads only, and asks SEFAZ nothing."""
    ready: list[Order] = []
    refused: list[Refusal] = []
    companies: dict[int, Company] = {}
    for order in _with_parts(orders):
        sentences = _why_not(order)
        if sentences:
            refused.append(Refusal(order, tuple(sentences)))
            continue
        ready.append(order)
        for fulfilment in fulfilments_of(order):
            companies.setdefault(fulfilment.company_id, fulfilment.company)
    numbers = [number for company in companies.values() if (number := next_number(company))]
    return Preview(ready=ready, refused=refused, next_numbers=numbers)


def _with_parts(orders: Iterable[Order]) -> list[Order]:
    ids = [order.pk for order in orders]
    found = Order.objects.filter(pk__in=ids).select_related("connection__company", "customer", "buyer")
    return list(found.order_by("placed_at", "pk"))


def _why_not(order: Order) -> list[str]:
    closed = closed_because(order)
    if closed:
        return [closed]
    problems: list[Problem] = []
    for fulfilment in fulfilments_of(order):
        problems += problems_of(fulfilment)
    return list(dict.fromkeys(problem.sentence for problem in problems))


def closed_because(order: Order) -> str:
    """Why no note may even be asked for, from the order's facts alone; empty when one may."""
    if order.erp_state != "done":
        return "O pedido ainda não é uma venda no ERP."
    if is_given_up(order):
        return "O pedido foi cancelado."
    if order.hold:
        return "O pedido está segurado: resolva o que o segura primeiro."
    if order.nfe_state in ("queued", "signed", "unknown"):
        return "A nota deste pedido já está sendo emitida."
    if order.nfe_state in (TO_BE_TOLD, "told", "issued"):
        return "O pedido já tem nota."
    return ""


def problems_of(fulfilment: Fulfilment) -> list[Problem]:
    """Everything the preflight has against this note, and a certificate that is missing."""
    try:
        found = list(preflight(assemble(fulfilment), now=CLOCK.now()))
    except NotReady as refused:
        found = [refused.problem]
    if certificate_of(fulfilment.company) is None:
        found.append(NO_CERTIFICATE)
    return found


def fulfilments_of(order: Order) -> QuerySet[Fulfilment]:
    """The parts of the order that companies serve now, with what assembling reads."""
    living = Fulfilment.objects.filter(order=order, movement__state="done")
    return living.select_related("company", "movement", "order__connection", "order__buyer", "order__customer")


def next_number(company: Company) -> NextNumber | None:
    """The number that the company's next note will take; None without set-up."""
    setup = FiscalSetup.objects.filter(company=company).first()
    if setup is None:
        return None
    counter = NumberSeries.objects.filter(company=company, environment=setup.environment, series=setup.series).first()
    number = 1 if counter is None else min([*counter.freed, counter.last + 1])
    return NextNumber(company=company, environment=setup.environment, series=setup.series, number=number)


def issue(orders: Iterable[Order], *, send_to_store: bool, actor_name: str) -> Batch:
    """Ask for the notes of these orders. Those that may have none now are passed over; asking twice makes no second.

    What was blocked or rejected joins the batch and is tried again under its own number.
    """
    ids = sorted({order.pk for order in orders})
    with transaction.atomic():
        group_id = Order.objects.filter(pk__in=ids).values_list("group_id", flat=True).first()
        if group_id is None:
            raise ValueError("no orders to issue notes for")
        batch = Batch.objects.create(group_id=group_id, send_to_store=send_to_store, actor_name=actor_name[:120])
        locked = Order.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
        taken = [order.pk for order in locked if _queue(order, batch)]
        Order.objects.filter(pk__in=taken).update(nfe_state="queued")
        note(group_id, "order", taken, "nfe_asked", actor_name=actor_name)
    return batch


def _queue(order: Order, batch: Batch) -> bool:
    if closed_because(order):
        return False
    for fulfilment in fulfilments_of(order):
        living = Nfe.objects.filter(fulfilment=fulfilment).exclude(state__in=OVER).first()
        if living is None:
            _create(fulfilment, batch)
        elif living.state in MENDABLE and not is_stubborn(living):
            _requeue(living, batch)
    return Nfe.objects.filter(order=order, state=State.QUEUED).exists()


def _create(fulfilment: Fulfilment, batch: Batch) -> Nfe:
    return Nfe.objects.create(
        group_id=fulfilment.group_id,
        fulfilment=fulfilment,
        order_id=fulfilment.order_id,
        connection_id=fulfilment.order.connection_id,
        company_id=fulfilment.company_id,
        batch=batch,
        due_at=Now(),
    )


def _requeue(nfe: Nfe, batch: Batch) -> int:
    rows = Nfe.objects.filter(pk=nfe.pk, state__in=MENDABLE)
    return rows.update(state=State.QUEUED, batch=batch, due_at=Now(), attempts=0, lease=None, lease_until=None)


def is_stubborn(nfe: Nfe) -> bool:
    """Rejected again and again for one reason, and what it says has not changed since."""
    if nfe.same_rejections < MOST_SAME_REJECTIONS:
        return False
    try:
        return contents_of(assemble(nfe.fulfilment)) == nfe.contents
    except NotReady:
        return True


def try_again(nfe: Nfe, *, actor_name: str = "") -> Nfe:
    """*Tentar de novo*, by what the note is: judged and signed again under its number, consulted now, or a new note.

    Returns the note that is tried. Raises CannotTryAgain with a sentence.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=nfe.order_id)
        nfe = Nfe.objects.select_related("order", "company", "batch", "fulfilment__order").get(pk=nfe.pk)
        tried = _again(nfe, order)
        write_down(tried, "nfe_tried_again", actor_name=actor_name)
    return tried


def _again(nfe: Nfe, order: Order) -> Nfe:
    if nfe.state == State.UNKNOWN:
        _ask_now(nfe)
        return nfe
    if nfe.state not in (*MENDABLE, *OVER):
        raise CannotTryAgain("Esta nota não está parada.")
    if is_given_up(order):
        raise CannotTryAgain("O pedido foi cancelado: nenhuma nota sai dele.")
    if nfe.state in MENDABLE:
        if is_stubborn(nfe):
            raise CannotTryAgain(
                f"A SEFAZ já rejeitou esta nota {nfe.same_rejections} vezes pelo mesmo motivo ({nfe.status}). "
                "Corrija o motivo antes: tentar sem mudar nada bloqueia a empresa por uma hora."
            )
        sefaz.release(nfe.company)
        _requeue(nfe, nfe.batch)
        tell(nfe, State.QUEUED)
        return nfe
    if Nfe.objects.filter(fulfilment=nfe.fulfilment_id).exclude(state__in=OVER).exists():
        raise CannotTryAgain("O pedido já tem outra nota.")
    made = _create(nfe.fulfilment, nfe.batch)
    tell(made, State.QUEUED)
    return made


def _ask_now(nfe: Nfe) -> None:
    """The consult that waits goes at once, as long as the hour has consults left."""
    if nfe.consults >= MOST_CONSULTS:
        raise CannotTryAgain("Esta nota já foi consultada cinco vezes. O Cais consulta de novo sozinho.")
    Nfe.objects.filter(pk=nfe.pk, state=State.UNKNOWN).update(due_at=Now())


def resend_to_store(nfe: Nfe, *, actor_name: str = "") -> None:
    """*Reenviar*: the store is told again, over what it shows now. Raises CannotTryAgain with a sentence."""
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=nfe.order_id)
        nfe = Nfe.objects.select_related("order", "connection", "batch").get(pk=nfe.pk)
        if nfe.state != State.AUTHORISED:
            raise CannotTryAgain("Só uma nota autorizada vai para a loja.")
        if not nfe.connection.does(Capability.PUBLISH_INVOICE):
            raise CannotTryAgain(f"A loja {nfe.connection.name} não recebe notas.")
        publish_invoice(nfe, overwrite=True)
        Order.objects.filter(pk=nfe.order_id).update(nfe_state=TO_BE_TOLD)
        write_down(nfe, "invoice_asked_again", actor_name=actor_name)


def automatic(connection_id: int | None = None) -> QuerySet[Order]:
    """Sold orders without a note, recorded since their company began to issue by itself."""
    setups = FiscalSetup.objects.filter(
        company=OuterRef("connection__company"), automatic_since__lte=OuterRef("recorded_at")
    )
    served = Fulfilment.objects.filter(order=OuterRef("pk"), movement__state="done")
    rows = Order.objects.filter(WITHOUT_NOTE, Exists(setups), Exists(served))
    return rows if connection_id is None else rows.filter(connection=connection_id)


def issue_automatically(connection: Connection, *, limit: int = AUTOMATIC_BATCH) -> int:
    """One batch of what the company issues by itself at this store. Returns how many orders it took."""
    orders = list(automatic(connection.pk).order_by("placed_at", "pk")[:limit])
    if not orders:
        return 0
    return issue(orders, send_to_store=True, actor_name="").notes.count()
