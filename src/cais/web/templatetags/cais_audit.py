"""The link from a record's page to its *Histórico*, for who may see what others changed."""

from __future__ import annotations

from django import template
from django.db.models import Model
from django.template import Context

from cais.companies.roles import Action as May
from cais.web.audit.trail import trail_url

register = template.Library()


@register.inclusion_tag("audit/link.html", takes_context=True)
def record_trail(context: Context, record: Model, *, style: str = "bare", of: str = "") -> dict[str, object]:
    """*Histórico* of this row; nothing for a row that is not kept yet. `of` says whose, where several are listed."""
    request = context["request"]
    if record.pk is None or not request.may(May.AUDIT):
        return {"url": ""}
    return {"url": trail_url(request.group.slug, type(record).__name__, record.pk), "style": style, "of": of}
