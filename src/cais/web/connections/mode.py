"""Whether a connection writes or only observes, as its pages say it, and the buttons that change it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from cais.companies.roles import Action as May
from cais.connections.models import Connection
from cais.rehearsals.models import Rehearsal
from cais.rehearsals.services import held_back
from cais.web.access import GroupRequest
from cais.web.goods.shelf_sides import side_of
from cais.web.parts import Action
from cais.web.wording import plural_text


@dataclass(frozen=True, slots=True)
class ModeCard:
    """*Só observando*, or *Escreve*: one sentence of what that means, and what can be done about it."""

    observes: bool
    title: str
    text: str
    actions: list[Action]


def start_action(slug: str, connection: Connection, *, label: str = "Ensaiar", style: str = "plain") -> Action:
    url = reverse("rehearsal_start", args=[slug, connection.pk])
    return Action(label, url, "post", icon="eye", style=style)  # type: ignore[arg-type]


def again_action(slug: str, plan: Rehearsal) -> Action:
    """The same plan once more, of what it was about."""
    if (side := side_of(plan.scope)) is not None:
        url = reverse(f"{side.page}_rehearse", args=[slug, plan.connection_id])
        return Action("Ensaiar de novo", url, "post", icon="eye")
    if plan.scope == Rehearsal.Scope.EXPORT:
        url = f"{reverse('export_rehearse', args=[slug])}?loja={plan.connection_id}"
        return Action("Ensaiar de novo", url, "post", icon="eye")
    return start_action(slug, plan.connection, label="Ensaiar de novo")


def switch_on_action(slug: str, connection: Connection) -> Action:
    url = reverse("connection_mode", args=[slug, connection.pk])
    return Action("Ligar a conexão", url, "post", icon="bolt", fields={"modo": Connection.Mode.PUBLISH})


def observe_action(slug: str, connection: Connection) -> Action:
    url = reverse("connection_mode", args=[slug, connection.pk])
    return Action("Só observar", url, "post", icon="eye", fields={"modo": Connection.Mode.OBSERVE})


def mode_card(request: GroupRequest, connection: Connection) -> ModeCard:
    slug, may_set = request.group.slug, request.may(May.CONFIGURE)
    if not connection.observes:
        text = "O que o Cais decide é escrito aqui sozinho. Para conferir antes de escrever, passe a só observar."
        return ModeCard(False, "Escreve", text, [observe_action(slug, connection)] if may_set else [])
    waiting = held_back(connection)
    waits = f" {plural_text(waiting, 'envio espera', 'envios esperam')} por você." if waiting else ""
    text = (
        "O Cais lê, reserva e decide como sempre, e não cria venda nem escreve status."
        f"{waits} Ensaie para ver como ficaria, campo por campo; depois aplique só aquilo, ou ligue a conexão."
    )
    actions = [start_action(slug, connection, style="primary")] if request.may(May.WORK_ORDERS) else []
    if may_set:
        actions.append(switch_on_action(slug, connection))
    return ModeCard(True, "Só observando", text, actions)
