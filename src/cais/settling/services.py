"""`settle`: from an order's facts to its reservations, holds, movement and wishes; level-triggered, many at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q, prefetch_related_objects
from django.db.models.functions import Now

from cais.companies.writing import update_each
from cais.connections.account import CLOCK
from cais.connections.models import Connection
from cais.core.allocation import Allocation, Outcome
from cais.core.effects import Effect, Meaning, effect_of
from cais.core.parts import DONE, WISHED
from cais.core.values import ZERO
from cais.inbox import services as inbox
from cais.inbox.mapping_reasons import MAPPING_REASONS
from cais.inbox.models import Pending
from cais.inbox.movement_reasons import MOVEMENT_REASONS
from cais.inbox.nfe_reasons import INVOICE_REASONS, NFE_REASONS
from cais.inbox.services import Cause
from cais.journal.services import note, note_each
from cais.movements import reservations
from cais.movements import services as movements
from cais.movements.eligible import Eligibility
from cais.movements.models import Reservation
from cais.movements.proposing import Accept, Plan, carry_out, plan
from cais.orders.agreed import fingerprint
from cais.orders.bearers import TOLD, follow_rules
from cais.orders.cancelling import holding
from cais.orders.models import Order
from cais.orders.services import make_free_ones_due, make_these_due, waiting_subject
from cais.publishing import wishes
from cais.settling import newcomers, splits
from cais.settling.causes import OWN, causes_of
from cais.settling.company_causes import Able, of_proposals
from cais.settling.composed import wants_as_sold
from cais.settling.goods import Goods, goods_of
from cais.settling.stale import HELD, to_be_held, unfit
from cais.settling.values import missing_values
from cais.statuses import services as statuses
from cais.statuses.models import StatusEntry
from cais.stock import ledger

BATCH = 100
# A status without meaning, a note that waits, a store not told of one: each has a situation of its own.
SHOWN_BY_THEMSELVES = frozenset(["status_unmapped", *NFE_REASONS, *INVOICE_REASONS])
# Causes that end by something other than the order itself changing.
MENDABLE = (
    "product_unknown",
    "product_conflict",
    "stock_short",
    "new_product_short",
    "document_missing",
    "document_invalid",
    "no_warehouse",
    "no_company_allowed",
    "no_company_has_all",
    "promise_missing",
    *sorted(MAPPING_REASONS),
)


def settle(connection: Connection, orders: Sequence[Order]) -> set[int]:
    """Bring these locked orders of one connection in line with their facts, inside the caller's transaction.

    Does nothing to an order that is in line already. Returns orders elsewhere whose turn has come, to be made due.
    """
    if not orders:
        return set()
    orders = splits.gather(connection, orders)
    eligibility = Eligibility(connection, orders)
    only_wished = wishes.unsaid(orders)
    for order in orders:
        if order.erp_state == WISHED:  # what no ERP knows of may be decided anew
            order.erp_state = "" if order.pk in only_wished else "creating"
    begun = wishes.begun(orders)
    for order in orders:
        if order.pk in begun:  # refused at one company, made at another: treated as the sale that it half is
            order.erp_state = DONE
    follow_rules(orders)
    goods = goods_of(connection, [order.pk for order in orders])
    prefetch_related_objects([order for order in orders if order.erp_state], "adjustments")
    families = splits.families_of(orders, goods)
    splits.write_states(families)
    _name_the_shipper(orders, eligibility)
    effects = {order.pk: _effect(order) for order in orders}
    if connection.creates_products:
        newcomers.register(connection, [o for o in orders if _is_wanted(o, effects[o.pk])], goods)
    wants = {order.pk: goods.wants(order.pk) if effects[order.pk].reserved else {} for order in orders}
    wants |= _left_of(orders)
    for family in families:
        wants |= splits.wants_of(family, wants)
    _lock_everything(orders, wants)
    _take_back(eligibility, orders, wants, effects, goods, only_wished, begun)
    wants |= wants_as_sold(orders, goods, wants)
    splits.hand_to_parts(families, wants)
    outcome = reservations.align(connection, [(order, wants[order.pk]) for order in orders], eligibility=eligibility)
    unmapped = missing_values(orders)
    able = Able(eligibility)
    causes = {
        order.pk: [
            *able.cause(order, effects[order.pk]),
            *causes_of(order, effects[order.pk], goods, outcome.lacking.get(order.pk, {}), unmapped.get(order.pk, ())),
        ]
        for order in orders
    }
    for family in families:
        for order in family.members if family.waits else ():
            causes[order.pk].append(splits.cause_of(family, order))
    waiting = to_be_held(orders, causes)
    _withdraw(eligibility, waiting)
    _tell(connection.group_id, waiting, dict.fromkeys((order.pk for order in waiting), HELD))
    # A divided order may have given all its lines away: there is nothing of it to move.
    ready = [o for o in orders if _ready(o, effects[o.pk], causes[o.pk]) and goods.lines.get(o.pk)]
    made = plan(eligibility, ready, accept=_goes_by_itself(connection, ready)) if ready else None
    if made is not None:
        for order_id, cause in of_proposals(made.proposals).items():
            causes[order_id].append(cause)
    _write_holds(connection, orders, causes)
    if made is not None:
        _move(connection, made)
    wishes.follow(orders)
    return outcome.freed


def _name_the_shipper(orders: Sequence[Order], eligibility: Eligibility) -> None:
    """Where the channel says so the marketplace ships it; what an ERP was told of before stays ours to send."""
    changed: dict[int, dict[str, bool]] = {}
    for order in orders:
        theirs = order.erp_state not in TOLD and eligibility.in_marketplace(order)
        if order.marketplace_ships != theirs:
            order.marketplace_ships = theirs
            changed[order.pk] = {"marketplace_ships": theirs}
    update_each(Order, changed)


def _effect(order: Order) -> Effect:
    if order.marketplace_ships:
        return Effect(recorded=True, reserved=False, to_erp=False)
    if order.is_history or order.choice == Order.Choice.LEFT_OUT:
        return Effect(recorded=True, reserved=False, to_erp=False)
    own = effect_of(Meaning(order.meaning) if order.meaning else None)
    if order.is_in_question:
        own = own._replace(to_erp=False)  # nothing new until the store has said what it is
    if order.choice == Order.Choice.AWAITING:
        return own._replace(to_erp=False)
    if order.has_note:
        return own._replace(reserved=False)  # its units have left
    if order.is_at_sefaz:
        return own._replace(reserved=True)  # its units may be leaving at this moment
    # Once the sale exists in the ERP its units stay promised until it leaves or is cancelled there.
    if order.erp_state in ("creating", "done", "unknown") and not own.reserved:
        return own if order.meaning == Meaning.CANCELLED else own._replace(reserved=True)
    return own


def _left_of(orders: Sequence[Order]) -> dict[int, dict[tuple[int, int], Decimal]]:
    """Of orders that one company has invoiced and another not yet: what is left of their promises, just as it is."""
    partly = [order for order in orders if order.has_note and not order.is_invoiced]
    found: dict[int, dict[tuple[int, int], Decimal]] = {order.pk: {} for order in partly}
    for row in Reservation.objects.filter(order__in=partly) if partly else ():
        own, key = found[row.order_id], (row.line_id, row.product_id)
        own[key] = own.get(key, ZERO) + row.wanted
    return found


def _is_wanted(order: Order, effect: Effect) -> bool:
    """Its goods are of this house: what nobody chose, or may turn out to be ignored, makes no product."""
    return order.is_ours and bool(order.meaning) and effect.reserved


def _lock_everything(orders: Sequence[Order], wants: dict[int, dict[tuple[int, int], Decimal]]) -> None:
    """All balances that this batch may touch, in one go and in key order: no two batches can wait for each other."""
    products = {key[1] for want in wants.values() for key in want}
    products |= set(Reservation.objects.filter(order__in=orders).values_list("product_id", flat=True))
    if products:
        ledger.lock(products)


def _take_back(
    eligibility: Eligibility,
    orders: Sequence[Order],
    wants: dict[int, dict[tuple[int, int], Decimal]],
    effects: dict[int, Effect],
    goods: Goods,
    only_wished: Collection[int],
    begun: Collection[int],
) -> None:
    """Withdraw a movement that no longer fits its order, as long as no ERP made anything of it."""
    untold = [o for o in orders if o.movement_state != "none" and not o.erp_state]
    why = unfit(untold, eligibility, goods=goods, wants=wants, effects=effects)
    stale = [order for order in untold if order.pk in why]
    stale += [o for o in untold if o.pk in only_wished and o not in stale and _is_other(o, effects[o.pk], goods)]
    stale += [o for o in orders if o.erp_state == "refused" and _is_other(o, effects[o.pk], goods)]
    stale += [o for o in orders if o.erp_state == "cancelled" and effects[o.pk].to_erp]
    # Wished and not yet said: what would leave now is half of the old order and half of the new.
    unsure = [o for o in orders if o.erp_state == "creating" or o.pk in begun]
    stale += wishes.take_back([o for o in unsure if _is_changed(o, goods)])
    _withdraw(eligibility, stale)
    told = [order for order in stale if order.pk in why and effects[order.pk].reserved]
    _tell(eligibility.connection.group_id, told, why)
    wishes.forget(stale)
    for order in stale:
        order.erp_state = ""


def _withdraw(eligibility: Eligibility, orders: Sequence[Order]) -> None:
    """These movements are over, and so is what waited because of them."""
    movements.withdraw(eligibility.connection, orders, eligibility=eligibility)
    subjects = {waiting_subject(order): () for order in orders}
    inbox.sync(eligibility.connection.group_id, subjects, among=MOVEMENT_REASONS)
    for order in orders:
        order.movement_state = "none"


def _tell(group_id: int, orders: Sequence[Order], why: Mapping[int, str]) -> None:
    """Why a movement is not there any more. Of an order that wants nothing its status tells it."""
    note_each(group_id, "order", [(order.pk, why[order.pk], {}) for order in orders])


def _is_other(order: Order, effect: Effect, goods: Goods) -> bool:
    return not effect.to_erp or _is_changed(order, goods)


def _is_changed(order: Order, goods: Goods) -> bool:
    return fingerprint(order, goods.lines.get(order.pk, [])) != order.erp_digest


def _write_holds(connection: Connection, orders: Sequence[Order], causes: dict[int, list[Cause]]) -> None:
    subjects = {waiting_subject(order): causes[order.pk] for order in orders}
    inbox.sync(connection.group_id, subjects, among=OWN)
    others = Pending.objects.filter(subject="order", subject_id__in=list(causes), closed_at=None).exclude(
        reason__in=OWN
    )
    foreign: dict[int, list[Cause]] = {}
    held: dict[int, dict[str, str]] = {}
    for row in others:
        foreign.setdefault(row.subject_id, []).append(Cause(row.reason, row.cause))
    for order in orders:
        own = [*causes[order.pk], *foreign.get(order.pk, [])]
        hold = inbox.first(cause for cause in own if cause.reason not in SHOWN_BY_THEMSELVES)
        if order.hold != hold:
            order.hold = hold
            held[order.pk] = {"hold": hold}
    update_each(Order, held)
    Order.objects.filter(pk__in=list(causes), due_at__isnull=False).update(due_at=None)


def _ready(order: Order, effect: Effect, causes: Sequence[Cause]) -> bool:
    return effect.to_erp and not causes and order.movement_state == "none" and not order.erp_state


def _goes_by_itself(connection: Connection, orders: Sequence[Order]) -> Accept:
    """C5: where only one company might serve no click is needed; with several it is as the store's rule says.

    A person who discarded an order's movement makes the next one.
    """
    theirs = movements.left_to_people(orders)

    def accept(order: Order, allocation: Allocation, able: Sequence[int]) -> bool:
        if order.pk in theirs:
            return False
        if len(able) <= 1 or connection.moves == Connection.Moves.ALWAYS:
            return True
        return connection.moves == Connection.Moves.WHOLE and allocation.outcome is Outcome.WHOLE

    return accept


def _move(connection: Connection, made: Plan) -> None:
    carry_out(connection, made)
    moved = [proposal.order for proposal in made.taken]
    for order in moved:
        order.movement_state = "pending_sync"
    if moved:
        note(connection.group_id, "order", [order.pk for order in moved], "moved")


def advance(connection: Connection, *, limit: int = BATCH) -> int:
    """Settle the orders of a connection that are due. Returns how many were taken."""
    with transaction.atomic():
        due = Order.objects.filter(connection=connection, due_at__lte=Now())
        ids = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
        rows = Order.objects.filter(pk__in=ids).select_related("connection", "customer", "buyer").order_by("pk")
        orders = list(rows.select_for_update(of=("self",), skip_locked=True))
        freed = settle(connection, orders)
        make_free_ones_due(freed)
    return len(orders)


def dictionary_changed(entries: Collection[StatusEntry], meaning: Meaning | None, *, actor_name: str) -> int:
    """Map these statuses and let every order behind them follow. Returns how many orders are released.

    An order whose status we wrote ourselves keeps its meaning: what we say is no news.
    """
    with transaction.atomic():
        statuses.set_meaning(entries, meaning, actor_name=actor_name)
        echo = Q(written_status=F("status"))
        behind = Order.objects.filter(status__in=[entry.pk for entry in entries]).exclude(echo)
        changed = behind.exclude(meaning=meaning or "")
        if meaning is Meaning.CANCELLED:
            asked = changed.filter(holding()).exclude(cancel_state=Order.Cancel.ASKED)
            asked_ids = list(asked.values_list("pk", flat=True))
            Order.objects.filter(pk__in=asked_ids).update(
                cancel_state=Order.Cancel.ASKED, reread_since=CLOCK.now(), due_at=Now()
            )
            return len(asked_ids) + changed.exclude(holding()).update(meaning=meaning, due_at=Now())
        return changed.update(meaning=meaning or "", due_at=Now())


def reconsider_held(group_id: int) -> int:
    """Make due every order that waits for goods or for a document: what it waits for may have come."""
    waiting = Pending.objects.filter(group=group_id, subject="order", reason__in=MENDABLE, closed_at=None)
    return make_these_due(Order.objects.filter(pk__in=waiting.values("subject_id")))
