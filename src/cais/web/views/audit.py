"""Auditoria: who changed what, when, what it was and what it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.dateparse import parse_datetime

from cais.companies.models import Group
from cais.companies.roles import Action as May
from cais.web.access import GroupRequest, page
from cais.web.audit.trail import KINDS, page_url, trail_url
from cais.web.audit.words import SUBJECTS, Entry, Record, audit_page, name_of, people, record_page
from cais.web.filters import choice_chip
from cais.web.parts import Crumb


@page(May.AUDIT)
def audit(request: GroupRequest) -> HttpResponse:
    who, subject = request.GET.get("quem", "").replace("\0", "")[:120], request.GET.get("o_que", "")
    subject = subject if subject in SUBJECTS else ""
    found = audit_page(request.group, before=_moment(request.GET.get("antes", "")), who=who, subject=subject)
    context = {
        "entries": _linked(request, found.entries),
        "chips": [
            choice_chip(request.GET, "quem", "Quem", _names(request.group, who), [who]),
            choice_chip(request.GET, "o_que", "O quê", list(SUBJECTS.items()), [subject]),
        ],
        "next_url": _url(request.GET, antes=found.next_before.isoformat()) if found.next_before else "",
        "previous_url": _url(request.GET, antes="") if "antes" in request.GET else "",
        "is_filtered": bool(who or subject),
    }
    return render(request, "audit/audit.html", context)


@page(May.AUDIT)
def record_trail(request: GroupRequest, kind: str, pk: int) -> HttpResponse:
    """*Histórico*: what became of one record, deleted or not, and of what belongs to it."""
    record = Record(KINDS.get(kind, ""), pk)
    name = name_of(request.group, record)
    if name is None:
        raise Http404
    found = record_page(request.group, record, before=_moment(request.GET.get("antes", "")))
    slug, title = request.group.slug, f"{SUBJECTS[record.kind]} {name}".strip()
    context = {
        "entries": [(entry, "") for entry in found.entries],
        "title": title,
        "page_url": page_url(slug, kind, pk),
        "crumbs": [Crumb("Auditoria", reverse("audit", args=[slug])), Crumb(title)],
        "next_url": _url(request.GET, antes=found.next_before.isoformat()) if found.next_before else "",
        "previous_url": _url(request.GET, antes="") if "antes" in request.GET else "",
    }
    return render(request, "audit/record.html", context)


def _linked(request: GroupRequest, entries: Sequence[Entry]) -> list[tuple[Entry, str]]:
    """Each change with the way to everything that became of its record."""
    return [(entry, trail_url(request.group.slug, entry.kind, entry.pk)) for entry in entries]


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _names(group: Group, who: str) -> list[tuple[str, str]]:
    """Whoever changed something, and the one that was asked for even so."""
    return [(name, name) for name in dict.fromkeys([*people(group), *([who] if who else [])])]


def _url(query: QueryDict, **changes: str) -> str:
    kept = query.copy()
    for name, value in changes.items():
        kept[name] = value
        if not value:
            del kept[name]
    return f"?{kept.urlencode()}"


urlpatterns = [
    path("auditoria/", audit, name="audit"),
    path("auditoria/<slug:kind>/<int:pk>/", record_trail, name="record_trail"),
]
