"""Words, numbers and hours of the screens as template tags and filters; docs/interface.md shows each."""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack
from urllib.parse import urlsplit

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cais.web import drawing, status_words, wording
from cais.web.status_words import StatusWord, Tone, TrailTones

register = template.Library()


class Named(TypedDict, total=False):
    """A status by its subject and code, or else made up on the page."""

    subject: str
    code: str
    tone: Tone
    icon: str
    label: str


def now_of(context: Context) -> datetime:
    """The page's own clock when the view gives one (the demonstration runs on another), else the wall's."""
    given = context.get("now")
    return given if isinstance(given, datetime) else timezone.now()


@register.simple_tag
def icon(name: str, *, css: str = "", label: str = "") -> SafeString:
    return drawing.icon_svg(name, css=css, label=label)


@register.simple_tag
def status(word: StatusWord | None = None, *, quiet: bool = False, **named: Unpack[Named]) -> SafeString:
    """Icon and words. `quiet` is for what needs no look, such as Integrado."""
    shown = word or _word(**named)
    drawn = drawing.status_icon(shown) if shown.icon else ""
    css = f"c-st t-{shown.tone}" + (" is-quiet" if quiet else "")
    return format_html('<span class="{}" title="{}">{}{}</span>', css, shown.help, drawn, shown.label)


@register.simple_tag
def pill(word: StatusWord | None = None, *, outline: bool = False, **named: Unpack[Named]) -> SafeString:
    """The filled form of a status, for page heads and cards; outlined in lists (Não integrado)."""
    shown = word or _word(**named)
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
        wording.moment_text(value, now=now_of(context), style=style),
    )


@register.simple_tag
def document(value: str, *, masked: bool = False) -> SafeString:
    return format_html('<span class="num">{}</span>', wording.document_text(value, masked=masked))


def _word(*, subject: str = "", code: str = "", tone: Tone = "off", icon: str = "", label: str = "") -> StatusWord:
    if subject:
        return status_words.word(subject, code, label=label)
    return StatusWord(code, tone, icon, label, "")
