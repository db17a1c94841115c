"""Installation codes, access tokens and refresh tokens of one store, on the simulated clock."""

import random
from dataclasses import dataclass

from cais.connectors.tray.simulator.choices import Choices
from cais.connectors.tray.simulator.errors import Refusal, unauthorized
from cais.connectors.tray.simulator.wire import Json, moment

ACCESS_SECONDS = 3 * 3600
REFRESH_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The partner's application: one key pair for all stores (Tray contract §2.1)."""

    app_id: str
    consumer_key: str
    consumer_secret: str


class Tokens:
    """Not thread-safe: the store's lock is held around every call."""

    def __init__(self, *, app: App, store_id: str, seed: int) -> None:
        self._app = app
        self._store_id = store_id
        self._random = random.Random(f"tokens {store_id} {seed}")
        self._codes: dict[str, bool] = {}
        self._access: dict[str, float] = {}
        self._refresh: dict[str, float] = {}
        self._current_access = ""
        self.approved = False

    def _hex(self, length: int) -> str:
        return f"{self._random.getrandbits(length * 4):0{length}x}"

    def new_code(self) -> str:
        """A code of 64 hex digits, as the consent page hands out."""
        self.approved = True
        code = self._hex(64)
        self._codes[code] = True
        return code

    def knows(self, consumer_key: str) -> bool:
        return consumer_key == self._app.consumer_key

    def exchange(self, fields: Json, *, now: float, choices: Choices) -> Json:
        """A pair for a code. Raises Refusal."""
        missing = {
            name: ["Campo obrigatório"] for name in ("consumer_key", "consumer_secret", "code") if not fields.get(name)
        }
        if missing:
            raise Refusal(400, "Invalid data provided", causes=missing)
        right = (self._app.consumer_key, self._app.consumer_secret)
        code = str(fields["code"])
        usable = self._codes.get(code, False)
        if (fields["consumer_key"], fields["consumer_secret"]) != right or not usable:
            raise unauthorized(1000)
        if choices.code == "single_use":
            self._codes[code] = False
        return self._pair("Created tokens", now=now, choices=choices)

    def renew(self, fields: dict[str, str], *, now: float, choices: Choices) -> Json:
        """A new pair for a refresh token. Raises Refusal."""
        needed = {
            "nothing": (),
            "key": (("consumer_key", self._app.consumer_key),),
            "key_and_secret": (
                ("consumer_key", self._app.consumer_key),
                ("consumer_secret", self._app.consumer_secret),
            ),
        }[choices.refresh_needs]
        refresh = fields.get("refresh_token", "")
        if any(fields.get(name) != value for name, value in needed) or self._refresh.get(refresh, 0) <= now:
            raise unauthorized(1000)
        if choices.old_refresh_token == "dies":
            del self._refresh[refresh]
        if choices.old_access_token == "dies":
            self._access.pop(self._current_access, None)
        return self._pair("Refreshed tokens", now=now, choices=choices)

    def check(self, access_token: str, *, now: float) -> None:
        """Raises Refusal (401, 1000)."""
        if self._access.get(access_token, 0) <= now:
            raise unauthorized(1000)

    def revoke_access(self) -> None:
        """Every access token dies at once, as if it had expired; refresh tokens stay."""
        self._access.clear()

    def uninstall(self, choices: Choices) -> None:
        """The merchant removes the app; the consent page will ask again."""
        self.approved = False
        if choices.uninstall == "kills_tokens":
            self._codes.clear()
            self._access.clear()
            self._refresh.clear()

    def _pair(self, message: str, *, now: float, choices: Choices) -> Json:
        access = f"APP_ID-{self._app.app_id}-STORE_ID-{self._store_id}-{self._hex(64)}"
        refresh = self._hex(64)
        self._access[access] = now + ACCESS_SECONDS
        self._refresh[refresh] = now + REFRESH_SECONDS
        self._current_access = access
        return {
            "message": message,
            "code": str(choices.token_status),
            "access_token": access,
            "refresh_token": refresh,
            "date_expiration_access_token": moment(now + ACCESS_SECONDS),
            "date_expiration_refresh_token": moment(now + REFRESH_SECONDS),
            "date_activated": moment(now),
        }
