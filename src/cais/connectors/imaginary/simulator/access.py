"""Who may speak: the imaginary vendor's tokens, its consent page and the state of the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from cais.connectors.imaginary.simulator.misbehaviour import BLOCKED_WORDS, refusal
from cais.connectors.imaginary.simulator.premises import Premises
from cais.simkit import Numbers, Request, Response, json_response

_STATES = {
    "blocked": ("store_blocked", BLOCKED_WORDS),
    "inactive": ("store_inactive", "A loja está inativa."),
    "cancelled": ("store_cancelled", "A loja foi cancelada."),
}


class Access:
    """The keys of one store. Answers are called under the vendor's lock."""

    def __init__(self, premises: Premises) -> None:
        self._premises, self._choices, self._faults = premises, premises.choices, premises.faults
        self._numbers = Numbers(1)
        self._access: dict[str, float] = {}
        self._refresh: dict[str, float] = {}
        self.store_id = "77"
        self.code = "codigo-imaginario-1"
        self.code_used = False

    def refusal_of(self, request: Request) -> Response | None:
        """Why this call may not pass, or None."""
        if self._faults.fires("store_blocked", request):
            return refusal(403, "store_blocked", BLOCKED_WORDS)
        if self._choices.store_state in _STATES:
            return refusal(403, *_STATES[self._choices.store_state])
        token = request.query.get("access_token", "")
        if self._faults.fires("token_revoked", request):
            self._access.pop(token, None)
        if self._access.get(token, 0.0) <= self._premises.clock.now():
            return refusal(401, "token_expired", "O acesso venceu ou não existe.")
        return None

    def expire(self, *, refresh_too: bool = False) -> None:
        """End every access token now, as if its time were over."""
        with self._premises.lock:
            self._access.clear()
            if refresh_too:
                self._refresh.clear()

    def new_code(self) -> str:
        """Forget the old authorisation code and hand out another."""
        self.code, self.code_used = f"codigo-imaginario-{next(self._numbers)}n", False
        return self.code

    def post_access(self, request: Request, _: Mapping[str, str]) -> Response:
        body = request.fields()
        if not isinstance(body, dict):
            return refusal(400, "bad_body", "O corpo deve ser um objeto.")
        if "refresh_token" in body:
            return self._renew(str(body["refresh_token"]))
        if str(body.get("code", "")) != self.code or (self._choices.code_once and self.code_used):
            return refusal(401, "wrong_code", "O código de autorização não vale.")
        self.code_used = True
        return self._new_pair()

    def get_authorise(self, request: Request, _: Mapping[str, str]) -> Response:
        """The consent page: this vendor's merchant always says yes."""
        callback = request.query.get("callback", "")
        if not urlsplit(callback).hostname:
            return refusal(400, "bad_callback", "Falta o endereço de retorno.")
        joint = "&" if "?" in callback else "?"
        target = f"{callback}{joint}store={self.store_id}&code={quote(self.code)}"
        return Response(status=302, headers=(("Location", target),))

    def _renew(self, refresh_token: str) -> Response:
        if self._refresh.get(refresh_token, 0.0) <= self._premises.clock.now():
            return refusal(401, "wrong_refresh", "A renovação não vale mais.")
        if self._choices.rotates_refresh:
            del self._refresh[refresh_token]
        return self._new_pair()

    def _new_pair(self) -> Response:
        number, now = next(self._numbers), self._premises.clock.now()
        access, refresh = f"acesso-secreto-{number}", f"renovacao-secreta-{number}"
        self._access[access] = now + self._choices.access_seconds
        self._refresh[refresh] = now + self._choices.refresh_seconds
        self._premises.note("token", str(number), {})
        return json_response(
            {
                "access_token": access,
                "refresh_token": refresh,
                "access_expires_at": _iso(self._access[access]),
                "refresh_expires_at": _iso(self._refresh[refresh]),
                "store": self.store_id,
            }
        )


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()
