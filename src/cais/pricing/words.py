"""Days of a promotion, as people read them."""

from __future__ import annotations

from cais.core.pricing import Sale
from cais.core.shelf import Promotion


def days_text(days: Promotion | Sale) -> str:
    """What is open at one end says only the other; nothing when both are."""
    if days.first is None and days.last is None:
        return ""
    if days.last is None:
        return f"desde {days.first:%d/%m/%Y}"
    return f"até {days.last:%d/%m/%Y}" if days.first is None else f"de {days.first:%d/%m/%Y} a {days.last:%d/%m/%Y}"
