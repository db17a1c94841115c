"""Every address of the installation."""

from __future__ import annotations

from django.urls import include, path

from cais.hooks.urls import urlpatterns as hooks

urlpatterns = [
    *hooks,  # first and flat: a store waits for the answer
    path("conta/", include("allauth.account.urls")),
    path("", include("cais.web.urls")),
]
