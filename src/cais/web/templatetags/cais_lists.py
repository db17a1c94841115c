"""What stands around a list; docs/interface.md shows each."""

from django import template
from django.template import Context

from cais.web.filters import hidden_fields
from cais.web.keyset import searched

register = template.Library()


@register.inclusion_tag("components/search.html", takes_context=True)
def search(context: Context, hint: str, *, label: str = "", text: str | None = None) -> dict[str, object]:
    """What was typed to find rows, or `text` where the page began to look by itself; the other filters stay."""
    query = context["request"].GET
    carried = hidden_fields(query, "q")
    return {"text": searched(query) if text is None else text, "hint": hint, "label": label or hint, "carried": carried}
