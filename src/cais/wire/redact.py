"""What may be kept of an exchange: no secret, and of people no more than support needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx

from cais.core.values import is_tax_document

MASK = "***"
KEPT = 16_384
# Far past what is kept, so that a secret on the edge is never shown in part, yet a giant page costs little.
LOOKED_AT = 8 * KEPT
PARSED = 2 * 1024 * 1024
SECRET_KEYS = frozenset(
    [
        "access_token",
        "refresh_token",
        "consumer_key",
        "consumer_secret",
        "token",
        "password",
        "senha",
        "secret",
        "client_secret",
        "authorization",
        "api_key",
        "access_code",
        "session_id",
    ]
)
PERSONAL_KEYS = frozenset(
    [
        "cpf",
        "cnpj",
        "rg",
        "email",
        "e_mail",
        "phone",
        "cellphone",
        "telefone",
        "celular",
        "birth_date",
        "nickname",
        "recipient",
        "document",
        "marketplace_document",
        "payment_responsible_document",
        "state_inscription",
        "company_name",
        "address",
        "number",
        "complement",
        "neighborhood",
        "zip_code",
        "postal_code",
        "cep",
    ]
)
# The whole note, buyer and all, and the link that shows it to whoever has it.
NOTE_KEYS = frozenset(["xml_danfe", "xml", "link"])
CARRIED_SECRETS = SECRET_KEYS | {"code"}
# An object with one of these describes a person, and its `name` is a person's.
PERSON_MARKS = frozenset(["cpf", "cnpj", "rg", "email", "phone", "cellphone", "birth_date", "recipient"])
_FREE_TEXT_KEYS = frozenset(["customer_note", "store_note", "observation"])
_PRIVATE_KEYS = SECRET_KEYS | PERSONAL_KEYS | NOTE_KEYS | _FREE_TEXT_KEYS
# Anchored at the start of a run of letters: without it a long answer without an @ costs quadratic time.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DOTTED = re.compile(r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b|\b[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-\d{2}\b")
_PLAIN_DOCUMENT = re.compile(r"\b(?:[0-9A-Z]{12}\d{2}|\d{11})\b")
_PHONE = re.compile(r"(?:\+55 ?)?\(\d{2}\) ?\d{4,5}-?\d{4}")
_PAIR = re.compile(r'"(\w+)"\s*:\s*("(?:[^"\\]|\\.)*"?|-?\d[\d.]*)')
_TOKEN_IN_TEXT = re.compile(r"\b(access_token|refresh_token|consumer_key|consumer_secret|code)=([^&\s\"'<>]+)")


class Redactor:
    """Masks by key, by shape, and by the known secrets of the account wherever they appear."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # Very short values would blot out half a page without hiding anything.
        self._secrets = sorted({text for text in secrets if len(text) >= 6}, key=len, reverse=True)

    def knowing(self, request: httpx.Request) -> Redactor:
        """The same, knowing also the secrets that this request carries: an answer may quote them."""
        form = parse_qsl(request.content.decode("utf-8", "replace")) if b"=" in request.content[:64] else []
        pairs = [*request.url.params.multi_items(), *form]
        return Redactor([*self._secrets, *(value for key, value in pairs if key.lower() in CARRIED_SECRETS)])

    def url(self, url: str) -> str:
        parts = urlsplit(url)
        pairs = [(key, self._field(key, value)) for key, value in parse_qsl(parts.query, keep_blank_values=True)]
        host = parts.netloc.rpartition("@")[2]
        return self.text(urlunsplit((parts.scheme, host, parts.path, urlencode(pairs, safe="*,:"), "")))

    def body(self, raw: bytes) -> str:
        """The body as kept: masked first, then cut at 16 KB, so that no cut can unmask anything."""
        whole = raw if len(raw) <= PARSED else raw[:LOOKED_AT]
        text = self._by_keys(whole.decode("utf-8", "replace").replace("\x00", ""))
        return self.text(text[:LOOKED_AT])[:KEPT]

    def text(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        text = _TOKEN_IN_TEXT.sub(rf"\1={MASK}", text)
        text = _PHONE.sub(MASK, _DOTTED.sub(MASK, _EMAIL.sub(MASK, text)))
        return _PLAIN_DOCUMENT.sub(lambda found: MASK if is_tax_document(found[0]) else found[0], text)

    def _by_keys(self, text: str) -> str:
        try:
            return json.dumps(self._masked(json.loads(text)), ensure_ascii=False)
        except (ValueError, RecursionError):
            return self._by_look(text[:LOOKED_AT])

    def _by_look(self, text: str) -> str:
        """What is not JSON: a form, a page, or an answer that was cut."""
        if re.fullmatch(r"[\w.\[\]%-]+=[^\s<>{}]*", text):
            pairs = parse_qsl(text, keep_blank_values=True)
            return urlencode([(key, self._field(key, value)) for key, value in pairs], safe="*,:")
        return _PAIR.sub(self._pair, text)

    def _masked(self, value: object) -> object:
        if isinstance(value, list):
            return [self._masked(item) for item in value]
        if not isinstance(value, dict):
            return value
        is_person = bool(PERSON_MARKS & {str(key).lower() for key in value})
        return {key: self._member(str(key), item, is_person=is_person) for key, item in value.items()}

    def _member(self, key: str, value: object, *, is_person: bool) -> object:
        if isinstance(value, dict | list):
            return self._masked(value)
        if key.lower() == "name" and is_person and value:
            return MASK
        return self._field(key, str(value)) if isinstance(value, str | int | float) and _is_private(key) else value

    def _pair(self, found: re.Match[str]) -> str:
        # In a cut answer nobody can say whose name it is, so every name goes.
        key, value = found[1], found[2].strip('"')
        hidden = MASK if key.lower() == "name" and value else self._field(key, value)
        return f'"{key}": "{hidden}"'

    def _field(self, key: str, value: str) -> str:
        """A secret or personal field's value masked; an empty one says nothing and stays."""
        if not value or not _is_private(key):
            return value
        return value if key.lower() == "code" and re.fullmatch(r"\d{1,3}", value) else MASK


def _is_private(key: str) -> bool:
    folded = key.lower()
    return folded == "code" or folded in _PRIVATE_KEYS
