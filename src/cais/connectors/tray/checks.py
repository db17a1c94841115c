"""*Testar conexão* for a Tray store: one line per thing tried, and for each failure what its owner can do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cais.connectors.tray.address import base_address
from cais.connectors.tray.client import TrayClient
from cais.connectors.tray.reading import key_of, moment
from cais.ports.capabilities import Check
from cais.ports.errors import (
    AccessRefused,
    AccessState,
    ConfigurationError,
    NotFound,
    RateLimited,
    Rejected,
    Unreadable,
    VendorError,
)
from cais.ports.session import Account, Priority
from cais.wire.guard import NoSuchHost
from cais.wire.http import Untrusted

STATE_HELP = {
    AccessState.NEEDS_AUTHORISATION: "Use Autorizar na Tray e aprove o aplicativo como administrador da loja. "
    "Se a recusa continuar, confira a chave e o segredo do aplicativo.",
    AccessState.WRONG_KEY: "Confira a chave e o segredo do aplicativo; copie os dois de novo, sem espaços.",
    AccessState.STORE_BLOCKED: "Fale com o atendimento da Tray. Os pedidos serão lidos assim que ela liberar a loja.",
    AccessState.STORE_INACTIVE: "Regularize o plano da loja na Tray. Os pedidos serão lidos assim que ela voltar.",
    AccessState.UNEXPLAINED: "Tente de novo em alguns minutos. Se continuar, autorize de novo ou fale com a Tray.",
    AccessState.STORE_CANCELLED: "Se a loja não existe mais, desligue esta conexão.",
}
SHAPES = {
    "html": ("answer_html", "Confira se o endereço é o da loja na Tray e se a loja não está em manutenção."),
    "too_large": ("answer_too_large", "Esse endereço não parece ser o da Tray. Confira o endereço da loja."),
    "cut": ("answer_unreadable", "Tente de novo em alguns minutos. Se continuar, fale com o atendimento da Tray."),
    "shape": ("answer_unreadable", "Confira se o endereço é o da loja na Tray."),
}
ADDRESS_HELP = "Escreva o endereço como aparece no navegador quando você abre a loja, por exemplo www.sualoja.com.br."
PRIVATE_HELP = "Use o endereço público da loja. Quem cuida desta instalação pode liberar endereços internos."
LATER_HELP = "Tente de novo em alguns minutos."


def check_account(account: Account) -> Sequence[Check]:
    """The lines up to and including the first that fails."""
    done: list[Check] = []
    try:
        for line in _lines(account):
            done.append(line)
    except (VendorError, ConfigurationError) as error:
        done.append(failed(error))
    return done


def _lines(account: Account) -> Iterator[Check]:
    client = TrayClient(account)
    tokens = client.access.tokens()
    yield Check(ok=True, text=f"O endereço da loja responde ({_shown(base_address(account, tokens))}).")
    newest = _newest_order(client)
    yield Check(ok=True, text=f"A Tray aceitou o acesso (loja nº {tokens.account_id or 'não informada'}).")
    yield Check(ok=True, text=newest)
    yield _statuses(client)
    yield _authorisation(account)


def _newest_order(client: TrayClient) -> str:
    query = [("sort", "id_desc")]
    try:
        page = client.page("/orders", names=("Orders", "Order"), priority=Priority.ACCESS, query=query, limit=1)
    except NotFound as error:
        raise ConfigurationError("Nesse endereço não há uma loja Tray.", field="store_url") from error
    if not page.records:
        return "A leitura de pedidos está permitida; a loja ainda não tem pedidos."
    placed_at = moment(page.records[0], "date", "data do pedido", hour="hour")
    day = f", de {placed_at:%d/%m/%Y}" if placed_at else ""
    number = key_of(page.records[0], "id")
    return f"A leitura de pedidos está permitida; o mais novo é o pedido {number}{day}."


def _statuses(client: TrayClient) -> Check:
    names = ("OrderStatuses", "OrderStatus")
    records = client.all_pages("/orders/statuses", names=names, priority=Priority.ACCESS)
    count = len({key_of(record, "id") for record in records})
    if not count:
        help_text = "Cadastre as situações de pedido no painel da Tray."
        return Check(ok=False, text="A loja não tem situações de pedido.", help=help_text, code="no_statuses")
    return Check(ok=True, text=f"A loja tem {count} {'situação' if count == 1 else 'situações'} de pedido.")


def _authorisation(account: Account) -> Check:
    """How long the access lives on if nobody renews it; Cais renews it long before."""
    tokens = account.tokens.current()
    days = (tokens.refresh_expires_at - account.clock.now()).days if tokens else 0
    left = f"por mais {days} {'dia' if days == 1 else 'dias'}" if days else "até hoje"
    return Check(ok=True, text=f"A autorização vale {left}; enquanto a conexão estiver ligada, é renovada sozinha.")


def _shown(address: str) -> str:
    return address.removeprefix("https://")


def failed(error: VendorError | ConfigurationError) -> Check:
    """What went wrong, with the code that the screens know it by."""
    code, help_text = _advice(error)
    return Check(ok=False, text=str(error), help=help_text, code=code)


def _advice(error: VendorError | ConfigurationError) -> tuple[str, str]:
    match error:
        case ConfigurationError(code="private_address"):
            return error.code, PRIVATE_HELP
        case ConfigurationError():
            return error.code, ADDRESS_HELP
        case AccessRefused():
            return error.state.value, STATE_HELP[error.state]
        case NoSuchHost() | NotFound():
            return "wrong_address", ADDRESS_HELP
        case Untrusted():
            return (
                "no_certificate",
                "Fale com quem cuida do endereço da loja: o certificado venceu ou está errado.",
            )
        case RateLimited():
            return "rate_limited", "A Tray limita as chamadas por minuto e por dia. " + LATER_HELP
        case Unreadable():
            return SHAPES[error.kind]
        case Rejected():
            return "rejected", "Fale com o atendimento da Tray e informe esta mensagem."
    return "unavailable", LATER_HELP
