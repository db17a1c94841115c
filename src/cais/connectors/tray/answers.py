"""What an answer of Tray means when it is not the one hoped for (contract §1.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

from cais.connectors.tray.reading import Record, record_of, text, text_of
from cais.ports.errors import AccessRefused, AccessState, NotFound, OutcomeUnknown, Rejected, Unreadable
from cais.wire.http import Answer, Json

TOKEN_REFUSED = 1000
UNKNOWN_REFUSAL = 1099

CLOSED_STORES = {
    1001: (AccessState.STORE_BLOCKED, "A Tray bloqueou esta loja."),
    1002: (AccessState.STORE_INACTIVE, "Esta loja está inativa na Tray, em geral por falta de pagamento."),
    1003: (AccessState.STORE_CANCELLED, "Esta loja foi cancelada na Tray."),
}


def body_of(answer: Answer) -> Record:
    """The body of a refusal, as far as it can be read; a refusal may come as a page."""
    try:
        return record_of(answer.json())
    except (Unreadable, OutcomeUnknown):
        return {}


def status_of(answer: Answer) -> int:
    """The status that counts: a body may carry a refusal under HTTP 200."""
    if answer.status >= 400:
        return answer.status
    code = text_of(body_of(answer), "code")
    return int(code) if len(code) == 3 and code.isdecimal() and int(code) >= 400 else answer.status


def refuse_closed_store(answer: Answer) -> None:
    """Raises AccessRefused when Tray says that the store is blocked, inactive or cancelled."""
    state = CLOSED_STORES.get(refusal_code(answer))
    if state:
        raise AccessRefused(state[0], state[1], detail=refusal_words(answer))


def refuse_renewed(answer: Answer) -> NoReturn:
    """A token just renewed is refused as well: it needs a person, or Tray does not say why (1099)."""
    words = refusal_words(answer)
    if refusal_code(answer) == UNKNOWN_REFUSAL:
        said = "A Tray recusou o acesso recém-renovado sem dizer por quê."
        raise AccessRefused(AccessState.UNEXPLAINED, said, detail=words)
    said = "A Tray recusou o acesso recém-renovado. Autorize a loja de novo."
    raise AccessRefused(AccessState.NEEDS_AUTHORISATION, said, detail=words)


def refusal_code(answer: Answer) -> int:
    """The `error_code` of a refusal; a missing one counts as a token not accepted."""
    code = text_of(body_of(answer), "error_code")
    return int(code) if code.isdecimal() and len(code) < 6 else TOKEN_REFUSED


def refusal_words(answer: Answer) -> str:
    """The vendor's own sentences, wherever it put them: as text, list or map."""
    body = body_of(answer)
    for key in ("causes", "errors", "message", "name"):
        found = "; ".join(_sentences(body.get(key)))
        if found:
            return found[:500]
    return ""


def refuse(answer: Answer) -> None:
    """Raises what a status of 400 or more, other than 401, means for the record asked about."""
    status = status_of(answer)
    if status < 400:
        return
    words = refusal_words(answer)
    if status == 404:
        raise NotFound(words or "A loja não conhece este registro.", detail="HTTP 404", code="404")
    if not words:
        answer.json()  # a page instead of data says so itself
    raise Rejected(words or "A loja recusou o pedido sem dizer por quê.", detail=f"HTTP {status}", code=str(status))


def _sentences(value: Json) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _sentences(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (f"{key}: {sentence}" for sentence in _sentences(item))
    elif text(value):
        yield text(value)
