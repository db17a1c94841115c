"""The page where a merchant approves the application, once (Tray contract §2.2)."""

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from cais.connectors.tray.simulator.pages import page, redirect
from cais.connectors.tray.simulator.store import Store
from cais.simkit import BodyError, Request, Response


def answer(store: Store, request: Request) -> Response:
    """GET asks, or redirects at once when it was approved before; POST approves."""
    asked = dict(request.query)
    callback = asked.get("callback", "")
    if urlsplit(callback).scheme not in ("http", "https"):
        return _refused("O endereço de retorno do aplicativo não foi informado.")
    if asked.get("response_type") != "code" or not store.tokens.knows(asked.get("consumer_key", "")):
        return _refused("Aplicativo desconhecido.")
    if request.method == "POST" and not _approves(request):
        return _refused("A autorização não foi concedida.")
    if request.method != "POST" and not store.tokens.approved:
        return _question(store, request)
    return redirect(_with(callback, approval(store)))


def approval(store: Store) -> dict[str, str]:
    """A fresh code with the other parameters of the redirect."""
    with store.lock:
        code = store.tokens.new_code()
    sent = {
        "code": code,
        "api_address": store.api_address,
        "store": store.config.store_id if store.choices.redirect_store == "number" else store.base_url,
        "store_host": store.base_url,
        "adm_user": "lojista",
    }
    if store.choices.redirect_extras == "present":
        sent |= {"store_plan": "Avançado", "user_id": "1"}
    return sent


def _approves(request: Request) -> bool:
    try:
        sent = request.fields()
    except BodyError:
        return False
    return isinstance(sent, dict) and sent.get("approve") == "1"


def _question(store: Store, request: Request) -> Response:
    here = escape(f"{request.path}?{urlencode(request.query)}", quote=True)
    return page(
        "Autorizar aplicativo",
        f"""<div class="card"><h1>Autorizar o aplicativo</h1>
<p>O aplicativo <b>{escape(store.app.app_id)}</b> pede acesso à loja <b>{escape(store.config.name)}</b>
para ler e alterar pedidos, produtos e clientes.</p>
<form class="row" method="post" action="{here}">
<button name="approve" value="1">Autorizar</button>
<button class="quiet" name="approve" value="0">Agora não</button></form></div>""",
    )


def _refused(reason: str) -> Response:
    return page(
        "Autorização", f'<div class="card"><h1>Não foi possível autorizar</h1><p>{escape(reason)}</p></div>', status=400
    )


def _with(address: str, values: dict[str, str]) -> str:
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *values.items()])
    return urlunsplit(parts._replace(query=query))
