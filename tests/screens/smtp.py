"""A mail server's stand-in by the name that the settings look for: it keeps what is sent."""

from __future__ import annotations

from django.core.mail.backends.locmem import EmailBackend

__all__ = ["EmailBackend"]
