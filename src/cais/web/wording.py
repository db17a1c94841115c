"""How money, quantities, hours and documents are written on a screen, in Brazilian Portuguese."""

import re
from datetime import date, datetime, timedelta

from django.utils import timezone

from cais.core.wording import NBSP
from cais.core.wording import UNKNOWN as UNKNOWN
from cais.core.wording import count_text as count_text
from cais.core.wording import money_text as money_text
from cais.core.wording import quantity_text as quantity_text


def plural_text(count: int, one: str, many: str) -> str:
    """1 pedido, 0 pedidos, 1.284 pedidos."""
    return f"{count_text(count)} {one if count == 1 else many}"


def duration_text(span: timedelta) -> str:
    """The largest unit that is at least one: 40 s, 14 min, 2 h, 3 dias."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds}{NBSP}s"
    if seconds < 3600:
        return f"{seconds // 60}{NBSP}min"
    if seconds < 86_400:
        return f"{seconds // 3600}{NBSP}h"
    days = seconds // 86_400
    return f"{days}{NBSP}{'dia' if days == 1 else 'dias'}"


def _day_text(day: date, *, today: date) -> str:
    names = {0: "hoje", -1: "ontem", 1: "amanhã"}
    return names.get((day - today).days, f"{day:%d/%m/%Y}")


def moment_text(value: datetime | None, *, now: datetime, style: str = "auto") -> str:
    """A moment as people say it, in the current time zone.

    auto: há 14 min under an hour, hoje 10:42, ontem 18:20, then the date.
    clock: never relative, for lists sorted by date. age: always relative (há 2 h, há 3 dias).
    full: 17/11/2026 10:42.
    """
    if value is None:
        return UNKNOWN
    local, local_now = timezone.localtime(value), timezone.localtime(now)
    passed = now - value
    if style == "full":
        return f"{local:%d/%m/%Y %H:%M}"
    if style == "age" or (style == "auto" and abs(passed) < timedelta(hours=1)):
        return f"há {duration_text(passed)}" if passed >= timedelta(0) else f"em {duration_text(-passed)}"
    day = _day_text(local.date(), today=local_now.date())
    return day if "/" in day else f"{day} {local:%H:%M}"


def exact_text(value: datetime) -> str:
    """The whole moment, for the hover: 17/11/2026 10:42:07."""
    return f"{timezone.localtime(value):%d/%m/%Y %H:%M:%S}"


def document_text(value: str, *, masked: bool = False) -> str:
    """CPF as 529.982.247-25 (masked: ***.982.247-**), CNPJ with letters as 12.ABC.345/01DE-35.

    Anything with another length is shown as it came. A CNPJ is public and is never masked.
    """
    bare = re.sub(r"[^0-9A-Za-z]", "", value or "").upper()
    if not bare:
        return UNKNOWN
    if len(bare) == 11 and bare.isdigit():
        middle = f"{bare[3:6]}.{bare[6:9]}"
        return f"***.{middle}-**" if masked else f"{bare[:3]}.{middle}-{bare[9:]}"
    if len(bare) == 14:
        return f"{bare[:2]}.{bare[2:5]}.{bare[5:8]}/{bare[8:12]}-{bare[12:]}"
    return value


def origin_text(origin: str) -> str:
    """Where an order was sold: what the store calls it, without shouting; empty is the store's own site."""
    return (origin.capitalize() if origin.isupper() else origin) or "Site próprio"


def postal_code_text(value: str) -> str:
    """74586-425; anything that has not eight digits is shown as it came."""
    bare = re.sub(r"\D", "", value or "")
    return f"{bare[:5]}-{bare[5:]}" if len(bare) == 8 else value


def phone_text(value: str) -> str:
    """(62) 96715-2082, also after the country's 55; anything else is shown as it came."""
    bare = re.sub(r"\D", "", value or "")
    bare = bare[2:] if len(bare) in (12, 13) and bare.startswith("55") else bare
    return f"({bare[:2]}) {bare[2:-4]}-{bare[-4:]}" if len(bare) in (10, 11) else value
