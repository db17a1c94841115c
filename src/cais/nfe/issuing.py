"""*Gerar notas*: what may be issued and what not, a batch of notes asked for, one tried again, one told again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from cais.companies.models import Company
from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.core.effects import Meaning
from cais.core.parts import DONE, NOTED
from cais.core.values import ZERO
from cais.fiscal.preflight import Problem, preflight
from cais.journal.services import note
from cais.movements.models import Fulfilment
from cais.movements.parts import parts_of, set_nfe_state
from cais.nfe import sefaz
from cais.nfe.assemble import assemble
from cais.nfe.certificates import certificate_of
from cais.nfe.models import MENDABLE, OVER, Batch, FiscalSetup, Nfe, NumberSeries, State
from cais.nfe.not_ready import NotReady
from cais.nfe.signing import NO_CERTIFICATE, contents_of, is_for_nothing, is_given_up
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
    """An order, or one company's part of it, that would get no note now, and why, one sentence each.

    `company` is named where several serve the order; `total` is what its part is worth.
    """

    order: Order
    sentences: tuple[str, ...]
    company: Company | None = None
    total: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class NextNumber:
    company: Company
    environment: str
    series: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """*46 podem sair, 2 seriam rejeitadas*: one note for each part. Nothing was written."""

    parts: Sequence[Fulfilment]
    refused: Sequence[Refusal]
    next_numbers: Sequence[NextNumber] = field(default=())

    @property
    def ready(self) -> list[Order]:
        """The orders of the parts whose notes may leave."""
        return list({part.order_id: part.order for part in self.parts}.values())


def preview(orders: Iterable[Order]) -> Preview:
    """Judge each part of each order as issuing would; reads only, and asks SEFAZ nothing."""
    ready: list[Fulfilment] = []
    refused: list[Refusal] = []
    for order in _with_parts(orders):
        closed = closed_because(order)
        if closed:
            refused.append(Refusal(order, (closed,), total=order.total))
            continue
        parts = list(fulfilments_of(order))
        for part in parts:
            sentences = [] if part.nfe_state in _HAVE_ONE else _why_not(part)
            if sentences:
                named = part.company if len(parts) > 1 else None
                refused.append(Refusal(order, tuple(sentences), named, part.total))
            elif part.nfe_state not in _HAVE_ONE:
                part.order = order
                ready.append(part)
    companies = {part.company_id: part.company for part in ready}
    numbers = [number for company in companies.values() if (number := next_number(company))]
    return Preview(parts=ready, refused=refused, next_numbers=numbers)


def _with_parts(orders: Iterable[Order]) -> list[Order]:
    ids = [order.pk for order in orders]
    found = Order.objects.filter(pk__in=ids).select_related("connection__company", "customer", "buyer")
    return list(found.order_by("placed_at", "pk"))


def _why_not(part: Fulfilment) -> list[str]:
    return list(dict.fromkeys(problem.sentence for problem in problems_of(part)))


_WORKING = ("queued", "signed", "unknown")
_HAVE_ONE = (*_WORKING, *NOTED)


def closed_because(order: Order) -> str:
    """Why no note may even be asked for, for no company's part of the order; empty when one may."""
    if order.erp_state != DONE:
        return "O pedido ainda não é uma venda no ERP."
    if order.meaning == Meaning.CANCELLED:
        return "O pedido foi cancelado."
    if is_given_up(order):
        return "A venda está sendo desfeita no ERP."
    if order.hold:
        return "O pedido está segurado: resolva o que o segura primeiro."
    states = [part.nfe_state for part in parts_of([order.pk]).get(order.pk, ())]
    if not all(state in _HAVE_ONE for state in states):
        return ""
    return "O pedido já tem nota." if order.is_invoiced else "A nota deste pedido já está sendo emitida."


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
    """Ask for the notes of every part of these orders. What may have none now is passed over; asking twice makes no
    second.

    What was blocked or rejected joins the batch and is tried again under its own number.
    """
    ids = sorted({order.pk for order in orders})
    return _issue(ids, Fulfilment.objects.all(), send_to_store=send_to_store, actor_name=actor_name)


def _issue(order_ids: Collection[int], among: QuerySet[Fulfilment], *, send_to_store: bool, actor_name: str) -> Batch:
    """The notes of those parts of these orders that are `among` the given ones."""
    with transaction.atomic():
        locked = list(Order.objects.filter(pk__in=order_ids).order_by("pk").select_for_update(of=("self",)))
        if not locked:
            raise ValueError("no orders to issue notes for")
        group_id = locked[0].group_id
        batch = Batch.objects.create(group_id=group_id, send_to_store=send_to_store, actor_name=actor_name[:120])
        taken = [order.pk for order in locked if _queue(order, batch, among=among)]
        note(group_id, "order", taken, "nfe_asked", actor_name=actor_name)
    return batch


def _queue(order: Order, batch: Batch, *, among: QuerySet[Fulfilment]) -> bool:
    """Queue the notes of those parts of a locked order that may have one now. Whether there was any."""
    if closed_because(order):
        return False
    wanted = fulfilments_of(order).filter(pk__in=among.values("pk"))
    queued = [part for part in wanted if _queue_part(part, batch)]
    for part in queued:
        set_nfe_state(part.pk, order.pk, "queued", due=False)
    return bool(queued)


def _queue_part(part: Fulfilment, batch: Batch) -> bool:
    living = Nfe.objects.filter(fulfilment=part).exclude(state__in=OVER).first()
    if living is None:
        _create(part, batch)
        return True
    return living.state in MENDABLE and not is_stubborn(living) and bool(_requeue(living, batch))


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
        raise CannotTryAgain("O pedido foi cancelado, ou a venda está sendo desfeita: nenhuma nota sai dele.")
    if is_for_nothing(nfe, order):
        raise CannotTryAgain("A venda desta nota foi refeita: gere a nota da venda nova no pedido.")
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
        set_nfe_state(nfe.fulfilment_id, nfe.order_id, TO_BE_TOLD)
        write_down(nfe, "invoice_asked_again", actor_name=actor_name)


def automatic(connection_id: int | None = None) -> QuerySet[Order]:
    """Sold orders with a part without a note, recorded since that part's company began to issue by itself."""
    rows = Order.objects.filter(WITHOUT_NOTE, Exists(_automatic_parts().filter(order=OuterRef("pk"))))
    return rows if connection_id is None else rows.filter(connection=connection_id)


def _automatic_parts() -> QuerySet[Fulfilment]:
    setups = FiscalSetup.objects.filter(
        company=OuterRef("company"), automatic_since__lte=OuterRef("order__recorded_at")
    )
    return Fulfilment.objects.filter(Exists(setups), movement__state="done", nfe_state="")


def issue_automatically(connection: Connection, *, limit: int = AUTOMATIC_BATCH) -> int:
    """One batch of what the company issues by itself at this store. Returns how many orders it took."""
    orders = list(automatic(connection.pk).order_by("placed_at", "pk")[:limit])
    if not orders:
        return 0
    ids = [order.pk for order in orders]
    return _issue(ids, _automatic_parts(), send_to_store=True, actor_name="").notes.count()
