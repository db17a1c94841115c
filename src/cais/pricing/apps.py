"""Start-up of the room."""

from __future__ import annotations

from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "cais.pricing"
