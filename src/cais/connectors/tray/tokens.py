"""The access to a Tray store: kept fresh, renewed by one owner at a time, down a ladder that ends (contract §2.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NoReturn

from cais.connectors.tray.address import base_address, same_host
from cais.connectors.tray.answers import UNKNOWN_REFUSAL, refusal_code, refusal_words, refuse_closed_store, status_of
from cais.connectors.tray.reading import Record, moment, record_of, text_of
from cais.ports.errors import (
    AccessRefused,
    AccessState,
    ConfigurationError,
    OutcomeUnknown,
    Unavailable,
    Unreadable,
)
from cais.ports.session import Account, Priority, Tokens
from cais.wire.http import Answer, Call, Http

RENEW_BEFORE = timedelta(minutes=5)
ACCESS_LIFE = timedelta(hours=3)
REFRESH_LIFE = timedelta(days=30)

# A renewal refused like this may still be mended by the stored code.
_NEXT_RUNG = (AccessState.NEEDS_AUTHORISATION, AccessState.UNEXPLAINED)


class Access:
    """The tokens of one account during one piece of work."""

    def __init__(self, account: Account, http: Http) -> None:
        self._account = account
        self._http = http

    def tokens(self) -> Tokens:
        """Tokens that will last the next minutes. Raises AccessRefused when nothing stored opens the store."""
        current = self._account.tokens.current()
        if current and self._is_fresh(current):
            return current
        return self.renewed(spent=current.access if current else "")

    def renewed(self, *, spent: str) -> Tokens:
        """New tokens in place of `spent`, or those that another worker got meanwhile."""
        with self._account.tokens.renewing():
            current = self._account.tokens.current()
            if current and current.access != spent and self._is_fresh(current):
                return current
            return self._saved(self._climb_down(current), current)

    def extended(self) -> Tokens:
        """A new pair before the present one ends, so that its thirty days begin anew (contract §2.3)."""
        current = self._account.tokens.current()
        return self.renewed(spent=current.access if current else "")

    def redeemed(self) -> Tokens:
        """Tokens for the stored code, whatever tokens there were. Raises ConfigurationError without a code."""
        if not self._setting("code"):
            raise ConfigurationError("Falta o código de autorização da loja.", field="code", code="needs_authorisation")
        with self._account.tokens.renewing():
            current = self._account.tokens.current()
            return self._saved(self._by_code(current), None)

    def _is_fresh(self, tokens: Tokens) -> bool:
        return tokens.access_expires_at - self._account.clock.now() > RENEW_BEFORE

    def _saved(self, new: Tokens, former: Tokens | None) -> Tokens:
        """Kept before first use: a pair that is used and then lost would lock the store's owner out."""
        self._refuse_other_store(new, former)
        self._account.tokens.save(new)
        return new

    def _climb_down(self, current: Tokens | None) -> Tokens:
        """Refresh, once more if its answer was lost, then the stored code, then a person."""
        if current and current.refresh and current.refresh_expires_at > self._account.clock.now():
            for _ in range(2):
                try:
                    return self._by_refresh(current)
                except OutcomeUnknown:
                    continue  # the pair may have rotated unseen: the second try shows it, the code mends it
                except AccessRefused as refused:
                    if refused.state not in _NEXT_RUNG:
                        raise
                    break
        return self._by_code(current)

    def _by_refresh(self, current: Tokens) -> Tokens:
        # Three sources name three sets of parameters; sending all of them does no harm (contract §2.3).
        query = (("refresh_token", current.refresh), *self._keys().items())
        # A GET that rotates the pair: losing its answer is losing a write.
        return self._ask(
            Call(method="GET", url=self._url(current), query=query, priority=Priority.ACCESS, changes=True)
        )

    def _by_code(self, current: Tokens | None) -> Tokens:
        code = self._setting("code")
        if not code:
            ended = "A autorização da loja venceu. Autorize a loja de novo."
            _refuse(ended if current else "A loja ainda não foi autorizada na Tray.")
        form = {**self._keys(), "code": code}
        try:
            return self._ask(Call(method="POST", url=self._url(current), form=form, priority=Priority.ACCESS))
        except OutcomeUnknown as lost:
            if isinstance(lost.__cause__, Unreadable):
                raise lost.__cause__ from lost  # most often a page: the address is not the one of a store
            words = "A loja não respondeu à renovação do acesso."
            raise Unavailable(words, detail=lost.detail) from lost

    def _ask(self, call: Call) -> Tokens:
        answer = self._http.call(call)
        status = status_of(answer)
        if status == 404:
            raise ConfigurationError("Nesse endereço não há uma loja Tray (a página de acesso não existe).")
        if status >= 400:
            self._refuse(answer)
        return self._read(record_of(answer.json()))

    def _refuse(self, answer: Answer) -> NoReturn:
        refuse_closed_store(answer)
        words = refusal_words(answer)
        # No source documents the answer to a wrong key; it is told from the rest by the field it names (inferred).
        if "consumer" in words.lower():
            state = AccessState.WRONG_KEY
            raise AccessRefused(state, "A Tray não reconheceu a chave ou o segredo do aplicativo.", detail=words)
        detail = f"HTTP {answer.status} {refusal_code(answer)}: {words}"
        if refusal_code(answer) == UNKNOWN_REFUSAL:
            raise AccessRefused(AccessState.UNEXPLAINED, "A Tray recusou o acesso sem dizer por quê.", detail=detail)
        # One answer for a used code, an ended one and keys that do not match: the words name them all.
        _refuse("A Tray não aceitou o código de autorização com esta chave e este segredo.", detail=detail)

    def _read(self, body: Record) -> Tokens:
        access, refresh = text_of(body, "access_token"), text_of(body, "refresh_token")
        if not access or not refresh:
            raise Unreadable("A Tray respondeu ao pedido de acesso sem entregar o acesso.")
        began = _instant(body, "date_activated") or self._account.clock.now()
        told = text_of(body, "api_host")
        base = base_address(self._account)
        return Tokens(
            access=access,
            refresh=refresh,
            access_expires_at=_instant(body, "date_expiration_access_token") or began + ACCESS_LIFE,
            refresh_expires_at=_instant(body, "date_expiration_refresh_token") or began + REFRESH_LIFE,
            account_id=text_of(body, "store_id"),
            base_url=told if told and self._is_ours(told) else base,
        )

    def _is_ours(self, told: str) -> bool:
        named = (self._setting("api_address"), self._setting("store_url"))
        return any(same_host(told, address) for address in named if address)

    def _refuse_other_store(self, new: Tokens, former: Tokens | None) -> None:
        """Orders of another store must never arrive under this connection's name."""
        expected = self._setting("store_code") or (former.account_id if former else "")
        if expected and new.account_id and new.account_id.lstrip("0") != expected.lstrip("0"):
            words = f"A autorização é da loja nº {new.account_id}, e esta conexão é da loja nº {expected}."
            _refuse(words)

    def _url(self, current: Tokens | None) -> str:
        return f"{base_address(self._account, current)}/auth"

    def _keys(self) -> dict[str, str]:
        return {name: self._setting(name) for name in ("consumer_key", "consumer_secret")}

    def _setting(self, name: str) -> str:
        return self._account.settings.get(name, "").strip()


def _instant(body: Record, key: str) -> datetime | None:
    found = moment(body, key, "validade do acesso")
    return found.astimezone(UTC) if found else None


def _refuse(words: str, *, detail: str = "") -> NoReturn:
    raise AccessRefused(AccessState.NEEDS_AUTHORISATION, words, detail=detail)
