"""What every page shows around its sheet: navigation, badges, the pulse, the account."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    return {}
