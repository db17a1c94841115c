"""Small drawings of the screens: icons, the order's trail and the segmented meter, as safe SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from heroicons.templatetags.heroicons import heroicon_outline

from cais.web.status_words import StatusWord, TrailTones

# Heroicons has no plain ring and no dashed one; "unknown" must look like neither error nor success.
_OWN_PATHS = {
    "ring": '<circle cx="12" cy="12" r="9"/>',
    "unknown": (
        '<circle cx="12" cy="12" r="9" stroke-dasharray="3.6 2.8"/>'
        '<path d="M9.6 9.5a2.45 2.45 0 0 1 2.5-2.1c1.4 0 2.5.9 2.5 2.1 0 1.9-2.5 2-2.5 3.9M12.05 16.5v.01"/>'
    ),
    "turning": '<path d="M12 3a9 9 0 1 1-9 9"/>',
}

_PLANKS = (("movement", "movimentação"), ("erp", "ERP"), ("invoice", "nota"), ("store", "loja"))
_PLANK_WORDS = {
    "": "ainda não",
    "off": "não se aplica",
    "run": "em andamento",
    "ok": "feito",
    "warn": "espera",
    "err": "parado",
    "unk": "a conferir",
}
_PLANK_STEP = 14.5


@dataclass(frozen=True, slots=True)
class MeterPart:
    """One coloured stretch of a meter, in percent of its width."""

    x: str
    width: str
    tone: str


@lru_cache(maxsize=512)
def icon_svg(name: str, *, css: str = "", label: str = "") -> SafeString:
    """The icon as inline SVG sized by CSS; decorative unless it has a label."""
    classes = f"i {css}".strip()
    if name not in _OWN_PATHS:
        attributes = {"role": "img", "aria_label": label, "aria_hidden": "false"} if label else {}
        return mark_safe(heroicon_outline(name, size=None, **{"class": classes}, **attributes))
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5"'
        ' stroke-linecap="round" stroke-linejoin="round" {}>{}</svg>',
        classes,
        spoken,
        mark_safe(_OWN_PATHS[name]),
    )


def status_icon(word: StatusWord) -> SafeString:
    """The word's icon; only what moves by itself turns, and the unknown has its dashed ring."""
    if word.icon == "arrow-path" and word.tone == "run":
        return icon_svg("turning", css="c-spin")
    if word.icon == "question-mark-circle" and word.tone == "unk":
        return icon_svg("unknown")
    return icon_svg(word.icon)


def trail_svg(tones: TrailTones) -> SafeString:
    """Four planks from the ship to the store, with a sentence for who does not see them."""
    states = [(spoken, getattr(tones, name)) for name, spoken in _PLANKS]
    sentence = ", ".join(f"{spoken}: {_PLANK_WORDS[tone]}" for spoken, tone in states)
    planks = format_html_join(
        "",
        '<rect x="{}" y="0" width="12.5" height="8" rx="2.5"{}/>',
        (
            (f"{index * _PLANK_STEP:g}", format_html(' class="t-{}"', tone) if tone else "")
            for index, (_, tone) in enumerate(states)
        ),
    )
    return format_html(
        '<svg class="c-trail" viewBox="0 0 56 8" role="img" aria-label="{}">{}</svg>',
        sentence[0].upper() + sentence[1:],
        planks,
    )


def meter_parts(counts: Sequence[tuple[int, str]], *, total: int) -> list[MeterPart]:
    """Stretches side by side; what no count covers is left to the meter's ground."""
    parts: list[MeterPart] = []
    done = 0
    for count, tone in counts:
        if count > 0 and total > 0:
            parts.append(MeterPart(x=_percent(done, total), width=_percent(count, total), tone=tone))
            done += count
    return parts


def _percent(part: int, total: int) -> str:
    return f"{min(part / total, 1) * 100:.2f}%"
