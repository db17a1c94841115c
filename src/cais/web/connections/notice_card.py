"""*Avisos da loja* on the page of a connection: the address, what came in, and what to do when nothing did."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone

from cais.connections.models import Connection
from cais.hooks.listeners import address_of
from cais.hooks.models import Door, Listener
from cais.ports.manifest import Capability
from cais.web.parts import Fact
from cais.web.wording import count_text, moment_text, plural_text

NO_PUBLIC_ADDRESS = (
    "Este servidor ainda não tem endereço na internet, e a loja não tem como chamar o Cais. "
    "Peça a quem cuida do servidor que defina o endereço público, com https (CAIS_PUBLIC_URL)."
)
NOT_REACHABLE = "Este endereço só vale nesta máquina ou não tem https: uma loja de verdade não consegue chamá-lo."
NOT_KNOWN_YET = "Preencha os dados do aplicativo e autorize a loja: com isso o Cais sabe quais avisos são dela."
ONLY_STRANGERS = (
    "Os avisos chegam, mas nenhum é desta loja. Confira o código da loja ou autorize de novo: "
    "é pelo número dela que o aviso se reconhece."
)


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """`trouble` is what keeps notices away, `advice` what to do next; either may be empty."""

    url: str = ""
    trouble: str = ""
    advice: str = ""
    facts: list[Fact] = field(default_factory=list)


def notice_card(connection: Connection) -> NoticeCard | None:
    """None for a connection that has no notices, or whose owner does not want them."""
    if not connection.does(Capability.HEAR_NOTICES):
        return None
    if not settings.PUBLIC_URL:
        return NoticeCard(trouble=NO_PUBLIC_ADDRESS)
    address = address_of(connection)
    if address is None:
        return NoticeCard(trouble=NOT_KNOWN_YET)
    listener = Listener.objects.filter(connection=connection).first()
    door = Door.objects.filter(key=listener.door_key).first() if listener else None
    return NoticeCard(
        url=address.url,
        trouble=_trouble(listener, door, reachable=address.reachable),
        advice="" if listener and listener.heard_ever else connection.manifest.asks_for_notices,
        facts=_facts(listener, door),
    )


def _trouble(listener: Listener | None, door: Door | None, *, reachable: bool) -> str:
    if listener is None:
        return NOT_KNOWN_YET
    if not reachable:
        return NOT_REACHABLE
    if not listener.heard_ever and door is not None and door.strangers:
        return ONLY_STRANGERS
    return ""


def _facts(listener: Listener | None, door: Door | None) -> list[Fact]:
    if listener is None:
        return []
    now = timezone.now()
    last = "nenhum ainda" if listener.last_at is None else moment_text(listener.last_at, now=now)
    facts = [Fact("Último aviso", last), Fact("Hoje", _today(listener))]
    if door is not None and door.strangers:
        when = moment_text(door.last_stranger_at, now=now)
        facts.append(Fact("De lojas que não estão aqui", f"{count_text(door.strangers)}, o último {when}"))
    return facts


def _today(listener: Listener) -> str:
    """The day's count, and what came of it."""
    if listener.day != timezone.localdate() or not listener.heard:
        return "nenhum"
    parts = [plural_text(listener.heard, "aviso", "avisos")]
    if listener.looks:
        parts.append(plural_text(listener.looks, "pedido lido antes da vez", "pedidos lidos antes da vez"))
    if listener.echoes:
        parts.append(plural_text(listener.echoes, "sobre o que o Cais escreveu", "sobre o que o Cais escreveu"))
    return ", ".join(parts)
