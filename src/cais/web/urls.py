"""The addresses of the screens; all work lies under /g/<grupo>/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
