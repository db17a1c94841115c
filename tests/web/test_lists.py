"""What stands around a list."""

from __future__ import annotations

from django.template.loader import engines
from django.test import RequestFactory


def drawn(tag: str, address: str) -> str:
    return engines["django"].from_string(tag).render({}, RequestFactory().get(address))


def test_a_search_keeps_the_filters_and_begins_at_the_first_page() -> None:
    html = drawn('{% search "SKU" label="Buscar por SKU" %}', "/x/?aba=todos&loja=1&loja=2&q=+xic &depois=abc")
    assert 'value="xic"' in html
    assert html.count('name="loja"') == 2
    assert '<input type="hidden" name="aba" value="todos">' in html
    assert "depois" not in html
    assert 'aria-label="Buscar por SKU"' in html


def test_a_search_shows_what_the_page_began_to_look_for_by_itself() -> None:
    assert 'value="Xícara"' in drawn('{% search "SKU" text="Xícara" %}', "/x/")
