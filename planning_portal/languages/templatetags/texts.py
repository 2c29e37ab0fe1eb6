"""Template tags that show people's words in the reader's language, or say honestly in which one they are."""

from typing import Any

from django import template
from django.utils.translation import get_language

from planning_portal.languages.names import language_name
from planning_portal.languages.queries import ShownText, shown

register = template.Library()


@register.simple_tag
def text_of(obj: Any, field: str) -> ShownText:
    """``{% text_of priority "title" as title %}``: the text with its language and label."""
    return shown(obj, field)


@register.inclusion_tag("components/_text.html")
def text(obj: Any, field: str, label: bool = True) -> dict[str, Any]:
    """``{% text priority "title" %}``: inline, in an element with its language, with its label."""
    return {"shown": shown(obj, field), "label": label, "reader": get_language()}


@register.inclusion_tag("components/_prose_text.html")
def prose_text(obj: Any, field: str, label: bool = True, level: int = 3) -> dict[str, Any]:
    """``{% prose_text page "body" %}``: paragraphs and lists, with its label above and "Show original".

    ``level`` is that of sub-headings in the text: one below the heading it stands under.
    """
    return {"shown": shown(obj, field), "label": label, "level": level, "reader": get_language()}


@register.inclusion_tag("components/_text.html")
def shown_text(shown: ShownText, label: bool = True) -> dict[str, Any]:
    """``{% shown_text event.text %}``: the same for a text that a query has already prepared."""
    return {"shown": shown, "label": label, "reader": get_language()}


@register.filter
def language_label(code: str) -> str:
    """The language's name in the reader's language."""
    return language_name(code, get_language() or "en")
