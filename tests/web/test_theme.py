"""The theme keeps its promises: contrast, equal dark blocks, old browsers, colours in one place."""

import re
from itertools import product
from pathlib import Path

import pytest

import cais.web

WEB = Path(cais.web.__file__).parent
STATIC = WEB / "static" / "cais"
STYLESHEETS = sorted(STATIC.glob("*.css"))
TONES = ("off", "run", "ok", "warn", "err", "unk")


def css_text(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


def tokens(selector: str) -> dict[str, str]:
    """The declarations of the first block opened by `selector` in tokens.css."""
    source = css_text(STATIC / "tokens.css")
    block = source[source.index(selector + " {") :].split("{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"([\w-]+):\s*([^;]+);", block))


THEMES = {"light": tokens(":root"), "dark": tokens('[data-theme="dark"]')}


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2, from #rrggbb."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def assert_contrast(theme: str, front: str, ground: str, least: float) -> None:
    ratio = contrast(THEMES[theme][f"--c-{front}"], THEMES[theme][f"--c-{ground}"])
    assert ratio >= least, f"{theme}: {front} on {ground} is {ratio:.2f}, needs {least}"


def test_the_contrast_formula_gives_the_known_ratio_of_black_on_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_readable_on_every_ground(theme):
    grounds = ("ground", "surface", "sunken", "hover", "selected", "raised")
    for ink, ground in product(("ink", "ink-2", "ink-3"), grounds):
        assert_contrast(theme, ink, ground, 4.5)
    for ground in ("surface", "hover", "selected", "ground", "raised"):
        assert_contrast(theme, "accent", ground, 4.5)
    assert_contrast(theme, "on-accent", "accent", 4.5)
    assert_contrast(theme, "on-accent", "accent-hover", 4.5)
    for ink in ("ink", "ink-2", "ink-3", "accent"):
        assert_contrast(theme, ink, "accent-soft", 4.5)


@pytest.mark.parametrize(("theme", "tone"), list(product(THEMES, TONES)))
def test_each_tone_is_readable_as_text_and_visible_as_a_solid(theme, tone):
    for ground in (f"{tone}-soft", "surface", "hover", "selected"):
        assert_contrast(theme, tone, ground, 4.5)
    assert_contrast(theme, "ink", f"{tone}-soft", 4.5)
    assert_contrast(theme, f"{tone}-solid", "surface", 3)


@pytest.mark.parametrize("theme", THEMES)
def test_field_edges_and_the_focus_ring_are_visible(theme):
    for front, ground in product(("field", "focus"), ("surface", "sunken", "raised")):
        assert_contrast(theme, front, ground, 3)


def test_the_automatic_theme_repeats_the_dark_one():
    source = css_text(STATIC / "tokens.css")
    automatic = source[source.index("@media (prefers-color-scheme: dark)") :]
    assert '[data-theme="auto"] {' in automatic
    assert tokens('[data-theme="auto"]') == THEMES["dark"]


def test_both_themes_define_the_same_colours():
    assert set(THEMES["light"]) == set(THEMES["dark"])


def test_every_variable_a_stylesheet_reads_is_defined():
    everything = "".join(css_text(path) for path in STYLESHEETS)
    defined = set(re.findall(r"(--[\w-]+)\s*:", everything))
    assert set(re.findall(r"var\((--[\w-]+)", everything)) <= defined


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_stylesheets_use_nothing_that_the_oldest_browsers_lack(path):
    source = css_text(path)
    for modern in (":has(", "color-mix(", "light-dark(", "@container", "@layer", "@scope"):
        assert modern not in source
    assert not re.search(r"(^|[\s;{])&", source), "nesting"
    assert "http" not in source
    assert "@import" not in source


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_colours_live_in_the_tokens_alone(path):
    if path.name not in {"tokens.css", "print.css"}:
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b", css_text(path))


def test_files_stay_under_four_hundred_lines():
    files = [*STATIC.iterdir(), *WEB.rglob("templates/**/*.html"), *WEB.rglob("*.py")]
    long = {path.name: count for path in files if (count := len(path.read_text().splitlines())) >= 400}
    assert not long


def test_every_stylesheet_is_on_the_page():
    base = (WEB / "templates" / "base.html").read_text()
    assert [path.name for path in STYLESHEETS if f"cais/{path.name}" not in base] == []
