"""The components of the screens as template tags; docs/interface.md shows each with an example."""

from collections.abc import Sequence

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from cais.web import drawing
from cais.web.parts import (
    Action,
    BulkAction,
    Cause,
    ConnectionCard,
    Crumb,
    Event,
    Fact,
    FilterChip,
    Kpi,
    Need,
    Segment,
    Step,
    Tab,
)
from cais.web.status_words import StatusWord, Tone
from cais.web.templatetags.cais_words import now_of

register = template.Library()

STEP_ICONS = {
    "done": ("ok", "check-circle"),
    "now": ("run", "arrow-right-circle"),
    "next": ("off", "ring"),
    "stopped": ("err", "exclamation-circle"),
    "held": ("warn", "pause-circle"),
    "unknown": ("unk", "unknown"),
}
STEP_WORDS = {
    "done": "feito",
    "now": "agora",
    "next": "depois",
    "stopped": "parado",
    "held": "espera",
    "unknown": "a conferir",
}
NOTICE_ICONS = {
    "off": "information-circle",
    "run": "arrow-path",
    "ok": "check-circle",
    "warn": "exclamation-triangle",
    "err": "exclamation-circle",
    "unk": "unknown",
}
MESSAGE_TONES = {"debug": "off", "info": "off", "success": "ok", "warning": "warn", "error": "err"}


# Actions and page furniture -------------------------------------------------------------------


@register.inclusion_tag("components/action.html", takes_context=True)
def action(context: Context, item: Action, *, style: str = "", small: bool = False) -> dict[str, object]:
    return {
        "item": item,
        "style": style or item.style,
        "small": small,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/crumbs.html")
def crumbs(
    items: Sequence[Crumb], *, position: str = "", previous_url: str = "", next_url: str = ""
) -> dict[str, object]:
    return {"items": items, "position": position, "previous_url": previous_url, "next_url": next_url}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[Tab], *, label: str = "Recortes da lista") -> dict[str, object]:
    return {"items": items, "label": label}


@register.inclusion_tag("components/chip.html")
def chip(item: FilterChip) -> dict[str, object]:
    return {"item": item}


@register.inclusion_tag("components/pager.html")
def pager(*, previous_url: str = "", next_url: str = "", summary: str = "", total_url: str = "") -> dict[str, object]:
    """`total_url` tells a better summary, where counting takes longer than the page."""
    return {"previous_url": previous_url, "next_url": next_url, "summary": summary, "total_url": total_url}


@register.inclusion_tag("components/bulk_bar.html")
def bulk_bar(
    actions: Sequence[BulkAction], *, form: str, noun: str = "selecionados", total: int | None = None
) -> dict[str, object]:
    return {"actions": actions, "form": form, "noun": noun, "total": total}


@register.inclusion_tag("components/empty.html", takes_context=True)
def empty(
    context: Context, line: str, *, why: str = "", action: Action | None = None, clear_url: str = ""
) -> dict[str, object]:
    """`clear_url` is the list without its filters, for *Limpar*."""
    shown = {"line": line, "why": why, "item": action, "clear_url": clear_url}
    return {**shown, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/notice.html", takes_context=True)
def notice(
    context: Context,
    text: str,
    *,
    tone: Tone = "off",
    title: str = "",
    action: Action | None = None,
    quiet: bool = False,
) -> dict[str, object]:
    return {
        "text": text,
        "tone": tone,
        "title": title,
        "item": action,
        "quiet": quiet,
        "icon_name": NOTICE_ICONS[tone],
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def message_tone(level_tag: str) -> str:
    return MESSAGE_TONES.get(level_tag, "off")


@register.filter
def notice_icon(tone: str) -> str:
    return NOTICE_ICONS.get(tone, "information-circle")


@register.simple_block_tag(takes_context=True)
def card(
    context: Context,
    content: SafeString,
    *,
    title: str = "",
    note: str = "",
    flush: bool = False,
    tone: str = "",
    action: Action | None = None,
    pill: StatusWord | None = None,
    id: str = "",
) -> SafeString:
    """A titled card; `flush` lets a table or list touch its edges."""
    values = {
        "content": content,
        "title": title,
        "note": note,
        "flush": flush,
        "tone": tone,
        "item": action,
        "word": pill,
        "id": id,
        "csrf_token": context.get("csrf_token"),
    }
    return render_to_string("components/card.html", values)


# Facts, steps, causes, figures ----------------------------------------------------------------


@register.inclusion_tag("components/keyvalue.html")
def keyvalue(facts: Sequence[Fact], *, kind: str = "") -> dict[str, object]:
    """kind: empty (label, value), pair (values to the right), money (numbers to the right, with a sum)."""
    return {"facts": facts, "kind": kind}


@register.inclusion_tag("components/steps.html")
def steps(items: Sequence[Step], *, label: str = "Etapas do pedido") -> dict[str, object]:
    rows = [{"step": item, "look": STEP_ICONS[item.state], "word": STEP_WORDS[item.state]} for item in items]
    return {"rows": rows, "label": label, "current_states": ("now", "stopped", "held", "unknown")}


@register.inclusion_tag("components/timeline.html", takes_context=True)
def timeline(context: Context, events: Sequence[Event], *, label: str = "Histórico") -> dict[str, object]:
    return {"events": events, "label": label, "now": now_of(context)}


@register.inclusion_tag("components/cause_list.html", takes_context=True)
def cause_list(
    context: Context, causes: Sequence[Cause], *, label: str = "Causas, as mais caras primeiro"
) -> dict[str, object]:
    return {"causes": causes, "label": label, "now": now_of(context)}


@register.inclusion_tag("components/cause_top.html", takes_context=True)
def cause_top(context: Context, cause: Cause) -> dict[str, object]:
    """Title, state, Causa / Consequência / O que fazer, and the actions of one cause."""
    return {"cause": cause, "now": now_of(context), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/needs.html", takes_context=True)
def needs(context: Context, items: Sequence[Need]) -> dict[str, object]:
    return {"items": items, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/kpis.html")
def kpis(items: Sequence[Kpi]) -> dict[str, object]:
    return {"items": items}


@register.inclusion_tag("components/progress.html")
def progress(
    segments: Sequence[Segment], *, total: int, done: int, label: str, eta: str = "", note: str = ""
) -> dict[str, object]:
    # What has not started (off) stays in the legend and leaves the bar's ground bare.
    moved = [(segment.count, segment.tone) for segment in segments if segment.tone != "off"]
    parts = drawing.meter_parts(moved, total=total)
    return {
        "segments": segments,
        "parts": parts,
        "total": total,
        "done": done,
        "label": label,
        "eta": eta,
        "note": note,
    }


@register.inclusion_tag("components/meter.html")
def meter(value: int, *, total: int, label: str, tone: str = "series") -> dict[str, object]:
    return {"parts": drawing.meter_parts([(value, tone)], total=total), "label": label}


@register.inclusion_tag("components/connection_card.html", takes_context=True)
def connection_card(context: Context, item: ConnectionCard) -> dict[str, object]:
    return {"item": item, "initial": item.name[:1].upper(), "csrf_token": context.get("csrf_token")}
