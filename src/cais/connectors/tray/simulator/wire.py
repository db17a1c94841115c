"""How the platform writes things: strings for scalars, zero dates, Brasília time, masks and envelopes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from cais.connectors.tray.simulator.choices import Choices

Json = dict[str, object]
NO_DATE = "0000-00-00"
NO_MOMENT = "0000-00-00 00:00:00"
_BRASILIA = timedelta(hours=-3)


def local(at: float) -> datetime:
    """Naive Brasília time of a unix moment; the platform writes no zone (Tray contract §1)."""
    return (datetime.fromtimestamp(at, UTC) + _BRASILIA).replace(tzinfo=None)


def day(at: float) -> str:
    return local(at).strftime("%Y-%m-%d") if at else NO_DATE


def moment(at: float) -> str:
    return local(at).strftime("%Y-%m-%d %H:%M:%S") if at else NO_MOMENT


def hour(at: float) -> str:
    return local(at).strftime("%H:%M:%S")


def money(value: Decimal) -> str:
    return f"{value:.2f}"


def flag(value: bool) -> str:
    return "1" if value else "0"


def postal_code(digits: str, choices: Choices) -> str:
    if choices.postal_code == "digits" or len(digits) != 8:
        return digits
    return f"{digits[:5]}-{digits[5:]}"


def masked_cnpj(cnpj: str) -> str:
    if len(cnpj) != 14:
        return cnpj
    return f"{cnpj[:2]}.{cnpj[2:5]}.{cnpj[5:8]}/{cnpj[8:12]}-{cnpj[12:]}"


def cubic_weight(length: int, width: int, height: int) -> str:
    """Grams: volume in cm³ / 4.8, rounded up (Tray contract §1)."""
    return str(-(-length * width * height * 10 // 48))


def envelope(message: str, record_id: int | None, code: int, choices: Choices) -> Json:
    """The answer to a write (Tray contract §1.1)."""
    body: Json = {"message": message}
    if record_id is not None:
        body["id"] = str(record_id)
    body["code"] = str(code) if choices.envelope_code == "string" else code
    return body


def dressed(value: object, choices: Choices) -> object:
    """The same answer with ids and empty dates as this store chooses to write them."""
    if choices.id_type == "string" and choices.no_date == "as_documented":
        return value
    return _dress(value, "", choices)


def _dress(value: object, key: str, choices: Choices) -> object:
    if isinstance(value, dict):
        return {name: _dress(one, name, choices) for name, one in value.items()}
    if isinstance(value, list):
        return [_dress(one, key, choices) for one in value]
    if not isinstance(value, str):
        return value
    if choices.no_date == "empty" and value in (NO_DATE, NO_MOMENT):
        return ""
    is_id = key == "id" or (key.endswith("_id") and key not in ("session_id", "partner_id"))
    if choices.id_type == "number" and is_id and value.isdigit() and len(value) < 16:
        return int(value)
    return value
