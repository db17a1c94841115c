"""How a connection is, in the words of the cards, the pulse and the lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from cais.connections.expiry import ending_of
from cais.connections.models import Connection, Health, StoredTokens
from cais.inbox.reasons import REASONS
from cais.ports.manifest import Capability, Modality
from cais.web.parts import Pulse
from cais.web.status_words import StatusWord, word
from cais.web.wording import duration_text, moment_text

LATE_AFTER = timedelta(minutes=5)
_GRAVITY = ("err", "warn", "unk", "run", "ok", "off")

FUNCTIONS = {
    Capability.IMPORT_ORDERS: ("Receber pedidos", "Lê pedidos novos e mudanças, de minuto em minuto."),
    Capability.LIST_STATUSES: ("Ler os status da loja", "Mantém o dicionário de status em dia."),
    Capability.WRITE_STATUS: ("Escrever status na loja", "Escreve os status escolhidos no dicionário."),
    Capability.PUBLISH_INVOICE: ("Informar a nota à loja", "Envia à loja a chave, o XML e o link do DANFE."),
    Capability.WRITE_TRACKING: ("Informar o rastreio à loja", "Envia à loja o código, o link e a data do envio."),
    Capability.CREATE_ERP_ORDERS: ("Criar pedidos no ERP", "Cria e cancela a venda de cada pedido."),
    Capability.CHECK_ERP_LINES: ("Conferir itens no ERP", "Confere produto e quantidade antes de criar a venda."),
    Capability.HEAR_NOTICES: ("Ouvir os avisos da loja", "Lê o pedido assim que a loja avisa, sem esperar a vez."),
    Capability.LIST_PRODUCTS: ("Ler os produtos da loja", "Acha cada produto seu na loja, pelo código."),
    Capability.WRITE_STOCK: ("Enviar estoque", "Mantém na loja o que se pode vender. Nasce desligado."),
    Capability.WRITE_PRICES: ("Enviar preços", "Mantém na loja preços e promoções. Nasce desligado."),
    Capability.WRITE_PRODUCTS: ("Enviar produtos", "Cadastra e atualiza na loja o que você exporta. Nasce desligado."),
    Capability.AUTHORISE: ("Autorizar pelo navegador", "O dono da loja aprova o acesso sem digitar senhas no Cais."),
}
MODALITIES = {Modality.REST: "REST", Modality.LOCAL: "local"}
ROLES = {"store": "Loja", "erp": "ERP"}


def health_of(connection: Connection) -> Health | None:
    return getattr(connection, "health", None)


def tokens_of(connection: Connection) -> StoredTokens | None:
    return getattr(connection, "stored_tokens", None)


def state_of(connection: Connection) -> StatusWord:
    """The gravest thing true of this connection now. Waits of our own are measured on the database's clock."""
    health, now = health_of(connection), timezone.now()
    ending = _ending(connection)
    if connection.paused:
        return replace(ending, label=f"Pausada; {_small(ending.label)}") if ending else word("connection", "paused")
    if health is None or connection.role == "erp":
        return _access(health) or _waiting(health, now) or _mode(connection) or word("connection", "up_to_date")
    return _access(health) or ending or _waiting(health, now) or _mode(connection) or _reading(health, now)


def _mode(connection: Connection) -> StatusWord | None:
    return word("connection", "observing") if connection.observes else None


def _access(health: Health | None) -> StatusWord | None:
    if health is None or not health.access:
        return None
    reason = REASONS.get(health.access)
    known = word("connection", "no_access", label=reason.short if reason else "")
    return replace(known, icon=reason.icon, help=reason.cause) if reason else known


def _ending(connection: Connection) -> StatusWord | None:
    """An access that nobody renewed and that ends within days: grave in its last."""
    found = ending_of(tokens_of(connection))
    if found is None:
        return None
    known = word("connection", "access_expiring", label=f"Acesso {found.when}")
    return replace(known, tone="err") if found.is_last_day else known


def _small(label: str) -> str:
    return f"{label[:1].lower()}{label[1:]}"


def next_try(health: Health | None) -> datetime | None:
    """When a connection that fails or refuses is tried next; None when nothing is waited for."""
    if health is None or health.disconnected or health.wait_until is None:
        return None
    return health.wait_until if health.wait_until > timezone.now() else None


def _waiting(health: Health | None, now: datetime) -> StatusWord | None:
    if health is None:
        return None
    if health.limited_until and health.limited_until > now:
        until = timezone.localtime(health.limited_until)
        return word("connection", "rate_limited", label=f"No limite da loja até {until:%H:%M}")
    if health.failures:
        side = "Loja" if health.connection.role == "store" else "ERP"
        return word("connection", "store_down", label=f"{side} fora do ar, tentando{_hour(next_try(health))}")
    return None


def _hour(moment: datetime | None) -> str:
    """ " às 11:20"; with the seconds when they tell that it is soon."""
    if moment is None:
        return ""
    soon = moment - timezone.now() < timedelta(minutes=1)
    return f" às {timezone.localtime(moment):{'%H:%M:%S' if soon else '%H:%M'}}"


def _reading(health: Health, now: datetime) -> StatusWord:
    if health.last_read_at is None:
        return word("connection", "reading", label="Lendo pela primeira vez")
    age = now - health.last_read_at
    if age > LATE_AFTER:
        return word("connection", "late", label=f"Atrasada {duration_text(age)}")
    return word("connection", "up_to_date")


def system_of(connection: Connection) -> str:
    """Tray REST; what lives inside this installation has no wire to name."""
    if connection.modality == Modality.LOCAL:
        return connection.manifest.label
    return f"{connection.manifest.label} {MODALITIES.get(Modality(connection.modality), '')}".strip()


def pulse_of(connections: Sequence[Connection], *, url: str) -> Pulse | None:
    """The worst store in one line, and how the others are in another."""
    stores = [connection for connection in connections if connection.role == "store"]
    if not stores:
        return None
    ranked = sorted(((state_of(store), store) for store in stores), key=lambda pair: _GRAVITY.index(pair[0].tone))
    state, worst = ranked[0]
    health = health_of(worst)
    read = health.last_read_at if health else None
    first = f"{worst.name}: {_small(state.label)}"
    lines = [first, *([f"lida {moment_text(read, now=timezone.now(), style='age')}"] if read else [])]
    return Pulse(state.tone, lines, url)
