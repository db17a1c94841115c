"""Reading what a caller sent: wrappers, money, whole numbers, flags."""

import re
from decimal import Decimal

from cais.connectors.tray.simulator.choices import Choices
from cais.connectors.tray.simulator.errors import invalid
from cais.connectors.tray.simulator.wire import Json
from cais.simkit import BodyError, Request

_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?")
_WHOLE = re.compile(r"-?\d{1,9}")


def body_of(request: Request) -> object:
    """JSON or form. Raises Refusal."""
    try:
        return request.fields()
    except BodyError as error:
        raise invalid("body", "O corpo da chamada não pôde ser lido") from error


def wrapped(request: Request, name: str) -> Json:
    """The record inside ``{"Name": {…}}``. Raises Refusal without the wrapper (Tray contract §20.5)."""
    body = body_of(request)
    inner = body.get(name) if isinstance(body, dict) else None
    if not isinstance(inner, dict):
        raise invalid(name, f"O corpo deve trazer {name}")
    return inner


def known_only(record: Json, names: frozenset[str], choices: Choices) -> Json:
    """The keys that the platform knows. Raises Refusal when unknown ones are refused."""
    unknown = [name for name in record if name not in names]
    if unknown and choices.unknown_keys == "refused":
        raise invalid(unknown[0], "Campo desconhecido")
    return {name: value for name, value in record.items() if name in names}


def text(record: Json, name: str, *, longest: int = 300) -> str:
    """The value as text, "" when absent. Raises Refusal when it is too long."""
    value = record.get(name)
    if value is None:
        return ""
    written = str(value)
    if len(written) > longest:
        raise invalid(name, f"Máximo de {longest} caracteres")
    return written


def required(record: Json, name: str, *, longest: int = 300) -> str:
    written = text(record, name, longest=longest).strip()
    if not written:
        raise invalid(name, "Campo obrigatório")
    return written


def money_field(record: Json, name: str, default: Decimal | None = None) -> Decimal:
    """A decimal with a dot. Raises Refusal for a comma or anything else (Tray contract §20.5)."""
    if name not in record and default is not None:
        return default
    written = str(record.get(name, "")).strip()
    if isinstance(record.get(name), bool) or not _NUMBER.fullmatch(written):
        raise invalid(name, "Informe um valor numérico com ponto decimal")
    return Decimal(written)


def whole(record: Json, name: str, default: int | None = None) -> int:
    if name not in record and default is not None:
        return default
    written = str(record.get(name, "")).strip()
    if not _WHOLE.fullmatch(written):
        raise invalid(name, "Informe um número inteiro")
    return int(written)


def record_id(written: str) -> int:
    """An id from the path; what is no number is an id that no record has."""
    return int(written) if written.isdigit() and len(written) < 16 else -1
