"""A store's shelf in words: how each product stands there, what waits and until when, how each drift ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils import timezone

from cais.connections.models import Connection
from cais.ports.manifest import Capability
from cais.shelves.ages import ShelfAge
from cais.shelves.models import ShelfDrift, ShelfPublication
from cais.web.goods.shelf_sides import Side
from cais.web.parts import Kpi
from cais.web.status_words import StatusWord, table
from cais.web.wording import count_text, duration_text, moment_text, plural_text

SAID: Final = table(
    StatusWord("same", "off", "check", "Em dia", "A loja mostra o que o Cais diz."),
    StatusWord("waiting", "run", "paper-airplane", "Espera envio", "Será enviado quando chegar a vez."),
    StatusWord("doubt", "unk", "question-mark-circle", "Sem resposta", "A resposta da loja se perdeu; repete já."),
    StatusWord("held", "err", "exclamation-circle", "Parado", "A loja recusou, ou a diferença espera por você."),
    StatusWord("silent", "off", "minus", "Não é enviado", "Sem valor que se possa dizer."),
)
DRIFTS: Final = table(
    StatusWord("open", "warn", "scale", "Espera por você", "A loja mostra outro valor."),
    StatusWord("itself", "ok", "check-circle", "Corrigida sozinha", "Eram poucas: o nosso foi escrito de novo."),
    StatusWord("ours", "ok", "check-circle", "Publicado o nosso", "Uma pessoa mandou escrever o nosso."),
    StatusWord("theirs", "ok", "check-circle", "Aceito o da loja", "O nosso passou a ser o mesmo."),
    StatusWord("gone", "off", "check", "Acabou", "A loja já mostrava o certo na leitura seguinte."),
)


@dataclass(frozen=True, slots=True)
class SwitchNotice:
    """Whether the store is told anything, in one sentence; empty when it is."""

    title: str
    text: str
    tone: str = "off"


def said_word(row: ShelfPublication) -> StatusWord:
    if row.hold:
        return SAID["held"]
    if row.desired is None:
        return SAID["silent"]
    if row.in_flight:
        return SAID["doubt"]
    return SAID["waiting" if row.due_at is not None else "same"]


def drift_word(row: ShelfDrift) -> StatusWord:
    return DRIFTS[row.way or "open"]


def switch_notice(connection: Connection, side: Side) -> SwitchNotice | None:
    if not connection.does(side.facet.capability):
        text = (
            "O Cais calcula, e nada é escrito na loja. Ensaie para ver o que mudaria, produto por produto; "
            "depois aplique só aquilo, ou ligue o envio."
        )
        verb = side.verb("não é enviado", "não são enviados")
        return SwitchNotice(f"{side.noun.capitalize()} {verb} a esta loja.", text)
    if side.facet.follows_sales and not connection.does(Capability.IMPORT_ORDERS):
        text = "Ligue receber pedidos em Funções: sem ler as vendas, o Cais escreveria por cima delas."
        return SwitchNotice("O estoque espera pelos pedidos.", text, "warn")
    if connection.observes:
        return SwitchNotice("A conexão só observa.", "O que mudaria espera aqui, e nada é escrito na loja.")
    return None


def kpis_of(age: ShelfAge, side: Side, *, url: str, goes: bool = True) -> list[Kpi]:
    """`goes`: what waits leaves by itself. Else no hour is foretold."""
    now = timezone.now()
    stopped = f"{plural_text(age.held, 'espera por você', 'esperam por você')}" if age.held else "tudo em dia"
    oldest = f"o mais antigo há {duration_text(now - age.oldest)}" if age.oldest and age.waiting else stopped
    read = moment_text(age.read_at, now=now, style="auto") if age.read_at else "nunca"
    calls = "sem limite" if age.calls_today is None else count_text(age.calls_today)
    return [
        Kpi("Esperam envio", count_text(age.waiting), oldest, f"{url}?so=esperam"),
        _last(age, side) if goes else Kpi("Último deve sair", "–", "nada sai sozinho por enquanto"),
        Kpi("Chamadas restantes", calls, f"hoje, para {side.of_noun}; pedidos e notas vão antes"),
        Kpi("Loja conferida", read, "de noite, e quando você pede"),
    ]


def _last(age: ShelfAge, side: Side) -> Kpi:
    return Kpi("Último deve sair", _end_text(age), _end_note(age, side))


def _end_text(age: ShelfAge) -> str:
    """The hour while it is today, else the day as well."""
    if not age.waiting:
        return "–"
    if age.ends_at is None:
        return "agora"
    now, end = timezone.localtime(), timezone.localtime(age.ends_at)
    if end.date() == now.date():
        return f"{end:%H:%M}"
    return f"amanhã {end:%H:%M}" if end.date() == now.date() + timedelta(days=1) else f"{end:%d/%m %H:%M}"


def _end_note(age: ShelfAge, side: Side) -> str:
    if age.ends_at is None:
        return ""
    spent = f"as chamadas de hoje para {side.of_noun} acabaram; continua depois da meia-noite"
    return "no ritmo que a loja permite" if age.calls_today else spent
