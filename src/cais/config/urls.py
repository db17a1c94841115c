"""Every address of the installation."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("conta/", include("allauth.account.urls")),
    path("", include("cais.hooks.urls")),
    path("", include("cais.web.urls")),
]
