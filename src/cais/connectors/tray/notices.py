"""A notice of Tray, raw to canonical: which record of which store was touched (Tray contract §4)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from cais.ports.capabilities import Notice
from cais.ports.errors import Unreadable

KINDS: Final = {"order": "orders"}
"""The scopes that Cais follows; payments, invoices and statuses have none of their own and come as `order`."""
_ACTS: Final = frozenset({"insert", "update", "delete"})
_NUMBER: Final = re.compile(r"[\w.-]{1,60}", re.ASCII)
_MOST_FIELDS: Final = 20


def read_notice(content_type: str, body: bytes) -> Notice:
    """Form encoded as documented, or JSON. Fields that are not in the documents' table are not looked at."""
    told = _from_json(body) if "json" in content_type.lower() else _from_form(body)
    return Notice(
        seller=_number(told, "seller_id"),
        kind=KINDS.get(told.get("scope_name", ""), ""),
        external_id=_number(told, "scope_id"),
        # An act that nobody documented still says: look.
        act=told["act"] if told.get("act") in _ACTS else "update",
    )


def _from_form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise Unreadable("O aviso da loja não é um formulário.", detail=str(error)) from error


def _from_json(body: bytes) -> dict[str, str]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("O aviso da loja não é JSON.", detail=str(error)) from error
    if not isinstance(told, dict):
        raise Unreadable("O aviso da loja não traz campos.")
    return {name: str(value) for name, value in told.items() if isinstance(value, str | int)}


def _number(told: Mapping[str, str], name: str) -> str:
    value = told.get(name, "").strip()
    if not _NUMBER.fullmatch(value):
        raise Unreadable(f"O aviso da loja veio sem um número que se entenda (campo {name}).")
    return value
