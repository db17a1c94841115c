"""The hour that the screens go by: ours, or the simulated store's when the demonstration runs faster."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from cais.connections.account import CLOCK


def now() -> datetime:
    return timezone.now() if CLOCK.speed == 1 else CLOCK.now()


def start_of_today() -> datetime:
    """Midnight of the day that is shown as today, in the installation's time zone."""
    return start_of_day(0)


def start_of_day(days_ago: int) -> datetime:
    day = timezone.localtime(now()).date() - timedelta(days=days_ago)
    return timezone.make_aware(datetime.combine(day, time.min))
