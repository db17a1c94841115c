"""The components of the screens as template tags; docs/interface.md shows each with an example."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlsplit

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cais.web import drawing, status_words, wording
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
from cais.web.status_words import StatusWord, Tone, TrailTones

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


def _now(context: Context) -> datetime:
    """The page's own clock when the view gives one (the demonstration runs on another), else the wall's."""
    given = context.get("now")
    return given if isinstance(given, datetime) else timezone.now()


def _word(word: StatusWord | None, *, subject: str, code: str, tone: Tone, icon: str, label: str) -> StatusWord:
    if word is not None:
        return word
    if subject:
        return status_words.word(subject, code, label=label)
    return StatusWord(code, tone, icon, label, "")


# Words, numbers, hours ------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, *, css: str = "", label: str = "") -> SafeString:
    return drawing.icon_svg(name, css=css, label=label)


@register.simple_tag
def status(
    word: StatusWord | None = None,
    *,
    subject: str = "",
    code: str = "",
    tone: Tone = "off",
    icon: str = "",
    label: str = "",
    quiet: bool = False,
) -> SafeString:
    """Icon and words. `quiet` is for what needs no look, such as Integrado."""
    shown = _word(word, subject=subject, code=code, tone=tone, icon=icon, label=label)
    drawn = drawing.status_icon(shown) if shown.icon else ""
    css = f"c-st t-{shown.tone}" + (" is-quiet" if quiet else "")
    return format_html('<span class="{}" title="{}">{}{}</span>', css, shown.help, drawn, shown.label)


@register.simple_tag
def pill(
    word: StatusWord | None = None,
    *,
    subject: str = "",
    code: str = "",
    tone: Tone = "off",
    icon: str = "",
    label: str = "",
    outline: bool = False,
) -> SafeString:
    """The filled form of a status, for page heads and cards; outlined in lists (Não integrado)."""
    shown = _word(word, subject=subject, code=code, tone=tone, icon=icon, label=label)
    drawn = drawing.status_icon(shown) if shown.icon and not outline else ""
    css = f"c-pill t-{shown.tone}" + (" is-open" if outline else "")
    return format_html('<span class="{}" title="{}">{}{}</span>', css, shown.help, drawn, shown.label)


@register.simple_tag
def integration(*, integrated: bool) -> SafeString:
    """Integrado is silent, Não integrado is an outlined pill: the only two words of this column."""
    if integrated:
        return status(subject="integration", code="integrated", quiet=True)
    return pill(subject="integration", code="not_integrated", outline=True)


@register.simple_tag
def trail(
    *,
    situation: str = "",
    movement: Tone | None = None,
    erp: Tone | None = None,
    invoice: Tone | None = None,
    store: Tone | None = None,
) -> SafeString:
    if situation:
        return drawing.trail_svg(status_words.trail_of(situation))
    planks = TrailTones(movement=movement or "", erp=erp or "", invoice=invoice or "", store=store or "")
    return drawing.trail_svg(planks)


@register.simple_tag
def money(value: Decimal | None, *, symbol: bool = True) -> SafeString:
    return format_html('<span class="num">{}</span>', wording.money_text(value, symbol=symbol))


@register.simple_tag
def qty(value: Decimal | int | None, *, unit: str = "") -> SafeString:
    return format_html('<span class="num">{}</span>', wording.quantity_text(value, unit=unit))


@register.filter
def count(value: int | None) -> str:
    return wording.count_text(value)


@register.simple_tag
def plural(number: int, one: str, many: str) -> str:
    return wording.plural_text(number, one, many)


@register.filter
def address_path(url: str) -> str:
    """The place of an address, without the host that every row shares."""
    return urlsplit(url).path or url


@register.filter
def address_query(url: str) -> str:
    return urlsplit(url).query


@register.filter
def postal_code(value: str) -> str:
    return wording.postal_code_text(value)


@register.filter
def phone(value: str) -> str:
    return wording.phone_text(value)


@register.filter
def origin(value: str) -> str:
    return wording.origin_text(value)


@register.simple_tag(takes_context=True)
def when(context: Context, value: datetime | None, *, style: str = "auto") -> SafeString:
    """style: auto, clock, age, full (see `wording.moment_text`)."""
    if value is None:
        return format_html('<span class="num">{}</span>', wording.UNKNOWN)
    return format_html(
        '<time class="num" datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        wording.exact_text(value),
        wording.moment_text(value, now=_now(context), style=style),
    )


@register.simple_tag
def document(value: str, *, masked: bool = False) -> SafeString:
    return format_html('<span class="num">{}</span>', wording.document_text(value, masked=masked))


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
def pager(*, previous_url: str = "", next_url: str = "", summary: str = "") -> dict[str, object]:
    return {"previous_url": previous_url, "next_url": next_url, "summary": summary}


@register.inclusion_tag("components/bulk_bar.html")
def bulk_bar(
    actions: Sequence[BulkAction], *, form: str, noun: str = "selecionados", total: int | None = None
) -> dict[str, object]:
    return {"actions": actions, "form": form, "noun": noun, "total": total}


@register.inclusion_tag("components/empty.html", takes_context=True)
def empty(context: Context, line: str, *, why: str = "", action: Action | None = None) -> dict[str, object]:
    return {"line": line, "why": why, "item": action, "csrf_token": context.get("csrf_token")}


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
    return {"events": events, "label": label, "now": _now(context)}


@register.inclusion_tag("components/cause_list.html", takes_context=True)
def cause_list(
    context: Context, causes: Sequence[Cause], *, label: str = "Causas, as mais caras primeiro"
) -> dict[str, object]:
    return {"causes": causes, "label": label, "now": _now(context)}


@register.inclusion_tag("components/cause_top.html", takes_context=True)
def cause_top(context: Context, cause: Cause) -> dict[str, object]:
    """Title, state, Causa / Consequência / O que fazer, and the actions of one cause."""
    return {"cause": cause, "now": _now(context), "csrf_token": context.get("csrf_token")}


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


@register.simple_tag
def query_fields(query: Mapping[str, Iterable[str]], *, without: str = "") -> list[tuple[str, str]]:
    """The pairs of a QueryDict as hidden fields, leaving out the names in `without` (space separated)."""
    left_out = set(without.split())
    lists = query.lists() if hasattr(query, "lists") else query.items()
    return [(name, value) for name, values in lists if name not in left_out for value in values]
