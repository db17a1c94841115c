"""Transferências: the list, a proposal, and the way of one from a warehouse to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cais.companies.roles import Action as May
from cais.orders.models import Order
from cais.warehousing import transfers as service
from cais.warehousing.leaving import Leave, leaves, waiting_for_arrival
from cais.warehousing.models import Transfer, TransferLine
from cais.warehousing.transfers import TransferDraft
from cais.web.access import GroupRequest, page
from cais.web.cuts import cut_tabs
from cais.web.forms.transfers import ArrivalForm, ItemLines, SendForm, TransferForm, item_lines
from cais.web.goods.warehouse_names import warehouse_names
from cais.web.goods.warehouse_pages import crumbs, step, warehouses_of
from cais.web.goods.warehouse_words import TRANSFER
from cais.web.keyset import count_up_to, page_of, total_text
from cais.web.orders.promise_words import waiting_text
from cais.web.parts import Action, Crumb, Fact, Step
from cais.web.present import now
from cais.web.row_keys import key_of
from cais.web.status_words import Tone
from cais.web.wording import moment_text, quantity_text

State = Transfer.State
_TABS = (("", "Propostas"), ("transito", "Em trânsito"), ("encerradas", "Encerradas"))
_STATES = {
    "": (State.PROPOSED,),
    "transito": (State.SENT,),
    "encerradas": (State.RECEIVED, State.RETURNED, State.CANCELLED),
}
_TONES: dict[str, Tone] = {"": "warn"}


def _every(request: GroupRequest) -> QuerySet[Transfer]:
    rows = Transfer.objects.of(request.group)
    return rows.select_related("source__company", "target__company", "order")


@page(May.VIEW)
def transfers(request: GroupRequest) -> HttpResponse:
    tab = request.GET.get("aba", "")
    every, names = _every(request), warehouse_names(request.group)
    found = _cut(every, tab)
    listed = page_of(
        found.annotate(products=Count("lines"), units=Sum("lines__quantity")),
        request.GET,
        keys=("number",),
        descending=True,
    )
    context = {
        "rows": [(row, TRANSFER[row.state], names[row.source_id], names[row.target_id]) for row in listed.rows],
        "page": listed,
        "summary": total_text(count_up_to(found), "transferência", "transferências"),
        "tabs": cut_tabs(request.GET, _TABS, lambda code: _to_do(every, code), current=tab, tones=_TONES),
        "is_empty": not listed.rows and not every.exists(),
        "crumbs": crumbs(request, Crumb("Transferências")),
        "actions": _list_actions(request),
    }
    return render(request, "transfers/list.html", context)


def _cut(every: QuerySet[Transfer], code: str) -> QuerySet[Transfer]:
    return every.filter(state__in=_STATES.get(code, _STATES[""]))


def _to_do(every: QuerySet[Transfer], code: str) -> int | None:
    """What is over is not counted."""
    return None if code == "encerradas" else _cut(every, code).count()


def _list_actions(request: GroupRequest) -> list[Action]:
    if not request.may(May.EDIT_STOCK):
        return []
    url = reverse("new_transfer", args=[request.group.slug])
    return [Action("Propor transferência", url, icon="plus", style="primary")]


@page(May.EDIT_STOCK)
def new_transfer(request: GroupRequest) -> HttpResponse:
    """A proposal. `de`, `para`, `sku`, `quantidade`, `motivo` and `pedido` in the address fill it in beforehand."""
    warehouses = warehouses_of(request)
    order = _order(request)
    posted = request.POST if request.method == "POST" else None
    form = TransferForm(warehouses, posted, initial=_initial(request))
    lines = item_lines(posted, initial=_initial_items(request))
    if posted is not None and (made := _propose(request, form, lines, order)):
        messages.success(request, f"Transferência {made.number} proposta. Nada sai do lugar até alguém enviar.")
        return redirect("transfer", request.group.slug, made.pk)
    context = {
        "form": form,
        "lines": lines,
        "order": order,
        "has_choice": len(warehouses) > 1,
        "crumbs": _crumbs(request, "Propor transferência"),
    }
    return render(request, "transfers/new.html", context, status=422 if posted is not None else 200)


def _order(request: GroupRequest) -> Order | None:
    key = key_of(request.POST.get("pedido") or request.GET.get("pedido") or "")
    return Order.objects.of(request.group).filter(pk=key).first() if key else None


def _initial(request: GroupRequest) -> dict[str, str]:
    names = {"source": "de", "target": "para", "reason": "motivo"}
    return {field: request.GET[name][:200] for field, name in names.items() if request.GET.get(name)}


def _initial_items(request: GroupRequest) -> list[dict[str, str]]:
    skus, quantities = request.GET.getlist("sku"), request.GET.getlist("quantidade")
    return [{"sku": sku[:60], "quantity": units[:20]} for sku, units in zip(skus, quantities, strict=False)][:50]


def _propose(request: GroupRequest, form: TransferForm, lines: ItemLines, order: Order | None) -> Transfer | None:
    items = lines.items(request.group) if lines.is_valid() else []
    if lines.has_errors:
        form.add_error(None, "Corrija os produtos marcados.")
    if not form.is_valid():
        return None
    draft = TransferDraft(
        source=form.warehouse("source"),
        target=form.warehouse("target"),
        items=items,
        reason=form.cleaned_data["reason"],
        order=order,
        slip=form.own_slip,
    )
    with form.refusals():
        return service.propose(request.group, draft, actor_name=str(request.user))
    return None


@page(May.VIEW)
def transfer(request: GroupRequest, pk: int) -> HttpResponse:
    return _show(request, get_object_or_404(_every(request), pk=pk))


def _show(
    request: GroupRequest,
    found: Transfer,
    *,
    sending: SendForm | None = None,
    arrival: ArrivalForm | None = None,
) -> HttpResponse:
    lines = list(found.lines.select_related("product"))
    may, names = request.may(May.EDIT_STOCK), warehouse_names(request.group)
    is_sent, waits = found.state == State.SENT, found.state == State.PROPOSED
    shelf = leaves(found, [line.product_id for line in lines]) if waits else {}
    context = {
        "transfer": found,
        "word": TRANSFER[found.state],
        "rows": _rows(lines, shelf),
        "steps": _steps(found),
        "source": names[found.source_id],
        "target": names[found.target_id],
        "facts": _facts(request, found, names),
        "sending": (sending or _send_form(found, lines, shelf)) if may and waits else None,
        "arrival": (arrival or ArrivalForm(lines)) if may and is_sent else None,
        "undo": _undo(request, found) if may else None,
        "crumbs": _crumbs(request, f"Transferência {found.number}"),
    }
    wrong = bool((sending and sending.errors) or (arrival and arrival.errors))
    return render(request, "transfers/transfer.html", context, status=422 if wrong else 200)


def _send_form(
    found: Transfer, lines: Sequence[TransferLine], shelf: Mapping[int, Leave], posted: QueryDict | None = None
) -> SendForm:
    takes_along = any(shelf[line.product_id].takes_along(line.quantity) for line in lines)
    waits = waiting_text(waiting_for_arrival(found, lines)) if takes_along else ""
    return SendForm(posted, needs_note=found.needs_note, waits=waits)


def _rows(lines: Sequence[TransferLine], shelf: Mapping[int, Leave]) -> list[dict[str, object]]:
    """Each product; with `shelf`, what is free where it would leave from, and what is promised there."""
    return [
        {
            "line": line,
            "leave": leave,
            "limit": _limit(line, leave),
            "takes_along": leave is not None and leave.takes_along(line.quantity),
            "differs": line.received is not None and line.received != line.quantity,
        }
        for line, leave in ((line, shelf.get(line.product_id)) for line in lines)
    ]


def _limit(line: TransferLine, leave: Leave | None) -> str:
    """Why so much cannot leave, in few words; empty where it can."""
    if leave is None or line.quantity <= leave.movable:
        return ""
    return f"No máximo {quantity_text(leave.movable)}" if leave.movable else "Nada pode sair"


def _steps(found: Transfer) -> list[Step]:
    if found.state == State.CANCELLED:
        return []
    clock = partial(moment_text, now=now(), style="clock")
    at = [State.PROPOSED, State.SENT].index(State(found.state)) if found.state in (State.PROPOSED, State.SENT) else 2
    last = "Devolvida" if found.state == State.RETURNED else "Recebida"
    told = [
        f"{found.proposed_by}, {clock(found.proposed_at)}",
        f"{found.sent_by}, {clock(found.sent_at)}" if found.sent_at else "espera quem envia",
        f"{found.ended_by}, {clock(found.ended_at)}" if found.ended_at else "",
    ]
    names = ("Proposta", "Enviada", last)
    return [
        Step(name, "done" if place <= at else "now" if place == at + 1 else "next", note)
        for place, (name, note) in enumerate(zip(names, told, strict=True))
    ]


def _facts(request: GroupRequest, found: Transfer, names: Mapping[int, str]) -> list[Fact]:
    facts = [
        Fact("De", names[found.source_id]),
        Fact("Para", names[found.target_id]),
        Fact("Motivo", found.reason),
    ]
    if found.order:
        url = reverse("order", args=[request.group.slug, found.order.pk])
        facts.append(Fact("Para o pedido", found.order.number, url=url))
    if found.note_key:
        facts.append(Fact("NF-e", " ".join(found.note_key[at : at + 4] for at in range(0, 44, 4))))
    return facts


def _undo(request: GroupRequest, found: Transfer) -> Action | None:
    slug = request.group.slug
    if found.state == State.PROPOSED:
        return Action("Cancelar a proposta", reverse("transfer_cancel", args=[slug, found.pk]), "post")
    if found.state == State.SENT:
        return Action("Voltou à origem", reverse("transfer_back", args=[slug, found.pk]), "post")
    return None


def _show_or_say(
    request: GroupRequest,
    pk: int,
    expected: Transfer.State,
    *,
    sending: SendForm | None = None,
    arrival: ArrivalForm | None = None,
) -> HttpResponse:
    """The page with what is wrong in the form; where somebody else took the step meanwhile, that is what is said."""
    found = get_object_or_404(_every(request), pk=pk)
    if found.state == expected:
        return _show(request, found, sending=sending, arrival=arrival)
    messages.warning(request, f"{TRANSFER[found.state].label}: este passo já foi dado. Nada mudou agora.")
    return redirect("transfer", request.group.slug, pk)


@page(May.EDIT_STOCK)
@require_POST
def transfer_send(request: GroupRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_every(request), pk=pk)
    lines = list(found.lines.select_related("product"))
    form = _send_form(found, lines, leaves(found, [line.product_id for line in lines]), request.POST)
    if form.is_valid():
        with form.refusals():
            service.send(found, actor_name=str(request.user), **form.cleaned_data)
            messages.success(request, f"Transferência {found.number} a caminho: fora dos dois depósitos até chegar.")
            return redirect("transfer", request.group.slug, pk)
    return _show_or_say(request, pk, State.PROPOSED, sending=form)


@page(May.EDIT_STOCK)
@require_POST
def transfer_receive(request: GroupRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_every(request), pk=pk)
    form = ArrivalForm(list(found.lines.select_related("product")), request.POST)
    if form.is_valid():
        with form.refusals():
            service.receive(found, form.arrived, actor_name=str(request.user))
            messages.success(request, f"Transferência {found.number} recebida: já conta no destino.")
            return redirect("transfer", request.group.slug, pk)
    return _show_or_say(request, pk, State.SENT, arrival=form)


@page(May.EDIT_STOCK)
@require_POST
def transfer_back(request: GroupRequest, pk: int) -> HttpResponse:
    """The goods came back to where they left from."""
    found = get_object_or_404(_every(request), pk=pk)
    back = partial(service.give_back, found, actor_name=str(request.user))
    step(request, back, said=f"Transferência {found.number} devolvida: as unidades voltaram à origem.")
    return redirect("transfer", request.group.slug, pk)


@page(May.EDIT_STOCK)
@require_POST
def transfer_cancel(request: GroupRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_every(request), pk=pk)
    drop = partial(service.cancel, found, actor_name=str(request.user))
    step(request, drop, said=f"Transferência {found.number} cancelada. Nada saiu do lugar.")
    return redirect("transfer", request.group.slug, pk)


def _crumbs(request: GroupRequest, last: str) -> list[Crumb]:
    here = Crumb("Transferências", reverse("transfers", args=[request.group.slug]))
    return crumbs(request, here, Crumb(last))


urlpatterns = [
    path("estoque/transferencias/", transfers, name="transfers"),
    path("estoque/transferencias/nova/", new_transfer, name="new_transfer"),
    path("estoque/transferencias/<int:pk>/", transfer, name="transfer"),
    path("estoque/transferencias/<int:pk>/enviar/", transfer_send, name="transfer_send"),
    path("estoque/transferencias/<int:pk>/receber/", transfer_receive, name="transfer_receive"),
    path("estoque/transferencias/<int:pk>/devolver/", transfer_back, name="transfer_back"),
    path("estoque/transferencias/<int:pk>/cancelar/", transfer_cancel, name="transfer_cancel"),
]
