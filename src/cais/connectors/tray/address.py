"""The addresses of a Tray store: what was typed made into one that can be called, and which hosts may be trusted."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from cais.ports.errors import ConfigurationError, NotFound
from cais.ports.session import Account, Reach, Tokens

API_PATH = "/web_api"


def api_address(typed: str, *, reach: Reach, field: str) -> str:
    """`scheme://host/web_api`, from an address with or without scheme, path or trailing slash (contract §1)."""
    parts = _parts(typed, field=field)
    return f"{_scheme(parts, reach)}://{parts.netloc.lower()}{API_PATH}"


def shop_address(typed: str, *, reach: Reach) -> str:
    """`scheme://host` of the shop itself, where the merchant approves us."""
    return api_address(typed, reach=reach, field="store_url").removesuffix(API_PATH)


def same_host(one: str, other: str) -> bool:
    """True for equal hosts and ports; a leading `www.` belongs to whoever owns the rest."""
    return _host(one) == _host(other) != ""


def base_address(account: Account, tokens: Tokens | None = None) -> str:
    """Where the calls of this account go.

    The `api_host` of the tokens is preferred, but only on the host that a person typed: it comes from outside and must
    not turn us against a third party (contract §2.2), and an address typed anew must not be tested on the old host.
    """
    own = _confirmed(account)[0]
    told = tokens.base_url if tokens else ""
    return api_address(told, reach=account.reach, field="api_address") if told and same_host(told, own) else own


def _confirmed(account: Account) -> list[str]:
    named = [(name, account.settings.get(name, "").strip()) for name in ("api_address", "store_url")]
    found = [api_address(typed, reach=account.reach, field=name) for name, typed in named if typed]
    if not found:
        raise ConfigurationError("Falta o endereço da loja.", field="store_url")
    return found


def _parts(typed: str, *, field: str) -> SplitResult:
    plain = typed.strip()
    try:
        parts = urlsplit(plain if "://" in plain else f"https://{plain}")
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or any(letter.isspace() for letter in parts.netloc):
        words = f"“{plain[:80]}” não é um endereço de loja. Escreva como www.sualoja.com.br."
        raise ConfigurationError(words, field=field)
    return parts


def _scheme(parts: SplitResult, reach: Reach) -> str:
    """Tokens travel in the address, so the open internet is spoken to under encryption only."""
    return "https" if reach is Reach.NONE else parts.scheme


def _host(address: str) -> str:
    netloc = urlsplit(address if "://" in address else f"https://{address}").netloc.lower()
    return netloc.removesuffix(":443").removeprefix("www.")


def safe_id(external_id: str) -> str:
    """An id as part of a path. Raises NotFound for one that could mean another path."""
    if not external_id.replace("-", "").isalnum():
        raise NotFound(f"“{external_id[:40]}” não é um número que a Tray dê a um registro.")
    return external_id
