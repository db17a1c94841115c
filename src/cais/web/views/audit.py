"""Auditoria: who changed what, when, what it was and what it is."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils.dateparse import parse_datetime

from cais.companies.roles import Action as May
from cais.web.access import GroupRequest, page
from cais.web.audit_words import SUBJECTS, audit_page, people
from cais.web.parts import Choice, FilterChip


@page(May.AUDIT)
def audit(request: GroupRequest) -> HttpResponse:
    who, subject = request.GET.get("quem", "")[:120], request.GET.get("o_que", "")
    subject = subject if subject in SUBJECTS else ""
    found = audit_page(request.group, before=_moment(request.GET.get("antes", "")), who=who, subject=subject)
    context = {
        "entries": found.entries,
        "chips": [
            _chip(request.GET, "quem", "Quem", [(name, name) for name in people(request.group)], who),
            _chip(request.GET, "o_que", "O quê", list(SUBJECTS.items()), subject),
        ],
        "next_url": _url(request.GET, antes=found.next_before.isoformat()) if found.next_before else "",
        "previous_url": _url(request.GET, antes="") if "antes" in request.GET else "",
        "is_filtered": bool(who or subject),
    }
    return render(request, "audit/audit.html", context)


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _chip(query: QueryDict, name: str, label: str, values: list[tuple[str, str]], chosen: str) -> FilterChip:
    return FilterChip(
        name,
        label,
        value_label=dict(values).get(chosen, chosen),
        clear_url=_url(query, **{name: "", "antes": ""}) if chosen else "",
        choices=[Choice(value, text, value == chosen) for value, text in values],
        hidden=[(key, str(query[key])) for key in query if key not in (name, "antes")],
    )


def _url(query: QueryDict, **changes: str) -> str:
    kept = query.copy()
    for name, value in changes.items():
        kept[name] = value
        if not value:
            del kept[name]
    return f"?{kept.urlencode()}"


urlpatterns = [path("auditoria/", audit, name="audit")]
