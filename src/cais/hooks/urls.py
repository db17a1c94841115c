"""The addresses that stores call. With or without the last slash: a redirect would lose the notice."""

from __future__ import annotations

from django.urls import re_path

from cais.hooks.views import notice

urlpatterns = [
    re_path(r"^avisos/(?P<connector>[a-z][\w-]{0,49})/(?P<key>[\w-]{43})/?$", notice, name="notice"),
]
