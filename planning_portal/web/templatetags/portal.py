"""Template tags of the pages' frame: prose, numbers, dates, badges, notices, navigation, submission keys."""

from __future__ import annotations

import logging
import re
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from planning_portal.web import formatting
from planning_portal.web.registry import Section, belongings_of, nav_for, site_title
from planning_portal.web.registry import sign_in_notices as notices_for_sign_in
from planning_portal.web.submissions import FIELD, issue_key
from planning_portal.web.switching import address_in

register = template.Library()
logger = logging.getLogger(__name__)

BADGE_SIGNS = {"draft": "○", "waiting": "…", "now": "◐", "done": "✓", "stop": "✕", "quiet": "–"}
NOTICE_SIGNS = {"info": "i", "done": "✓", "warning": "!", "stop": "✕"}
MESSAGE_KINDS = {"success": "done", "warning": "warning", "error": "stop"}


# --- People's words, numbers and dates ----------------------------------------------------------------------------


@register.filter
def prose(value: object, level: int = 3) -> SafeString:
    """Plain text as people typed it: a blank line starts a paragraph, "- " a list item, "## " a sub-heading.

    ``level`` is that of the sub-headings, so that none is left out under the heading of the page around it.
    """
    blocks = [block.strip() for block in re.split(r"\n[ \t]*\n", str(value or "").replace("\r\n", "\n"))]
    return format_html_join("\n", "{}", ((_block(block, level),) for block in blocks if block))


def _block(block: str, level: int) -> SafeString:
    lines = [line.strip() for line in block.split("\n") if line.strip()]
    if lines[0].startswith("## "):
        rest = "\n".join(lines[1:])
        return format_html("<h{0}>{1}</h{0}>{2}", level, lines[0][3:], _block(rest, level) if rest else "")
    if all(line.startswith("- ") for line in lines):
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line[2:],) for line in lines)))
    if any(line.startswith("- ") for line in lines):
        first = next(index for index, line in enumerate(lines) if line.startswith("- "))
        if first:
            return format_html("{}{}", _block("\n".join(lines[:first]), level), _block("\n".join(lines[first:]), level))
    return format_html("<p>{}</p>", format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines)))


@register.filter
def number(value: Any, digits: int | None = None) -> str:
    """``{{ n|number }}`` or ``{{ n|number:1 }}``: grouped as the reader's language does."""
    return formatting.format_number(value, digits=digits)


@register.filter
def money(value: Any, currency: str = "EUR") -> str:
    """``{{ amount|money:"EUR" }}``."""
    return formatting.format_money(value, currency)


@register.filter
def share(value: Any) -> str:
    """``{{ 0.42|share }}``: whole per cent."""
    return formatting.format_share(value)


@register.filter
def day(value: date | datetime | None, style: str = "long") -> str:
    """``{{ date|day }}`` or ``{{ date|day:"medium" }}``."""
    return formatting.format_day(value, style=style)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """``{{ moment|moment }}``: date and time in the reader's zone, with the zone, in a ``time`` element."""
    if not value:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formatting.format_moment(value))


@register.filter
def clock(value: datetime | None) -> str:
    """``{{ moment|clock }}``: only hours and minutes, where the day and the zone stand beside it."""
    return formatting.format_clock(value)


@register.filter
def file_size(value: int | None) -> str:
    return formatting.format_size(value)


@register.filter
def in_words(values: Any) -> str:
    """``{{ names|in_words }}``: "a, b and c"."""
    return formatting.format_words(values)


@register.filter
def colon(label: object) -> str:
    """``{{ label|colon }}``: the label and its colon, as the reader's language sets it."""
    return formatting.with_colon(label)


@register.simple_tag
def labelled(label: object, text: object) -> str:
    """``{% labelled field.label error %}``: "Title: write at least one word"."""
    return formatting.format_labelled(label, text)


@register.filter
def browser_name(user_agent: str) -> str:
    """A browser as its owner knows it: "Firefox, Android"; the full text says more than anybody needs."""
    browsers = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac", "Mac"))
    found = [
        next((name for sign, name in table if sign in user_agent), "")
        for table in (browsers, (*systems, ("Linux", "Linux")))
    ]
    return ", ".join(name for name in found if name) or user_agent[:40]


@register.simple_tag
def days(start: date | None, end: date | None) -> str:
    """``{% days step.starts step.ends %}``: "1-3 July 2025"."""
    return formatting.format_days(start, end)


# --- Components -----------------------------------------------------------------------------------------------------


@register.simple_tag
def badge(state: str, label: object) -> SafeString:
    """``{% badge "done" "Agreed" %}``: a state as word and sign. draft, waiting, now, done, stop or quiet."""
    if state not in BADGE_SIGNS:
        raise template.TemplateSyntaxError(f"Unknown badge state: {state!r}")
    return format_html(
        '<span class="badge {}"><span aria-hidden="true">{}</span> {}</span>', state, BADGE_SIGNS[state], label
    )


@register.simple_block_tag
def notice(content: str, kind: str = "info") -> SafeString:
    """``{% notice "warning" %}…{% endnotice %}``: info, done, warning or stop."""
    return render_notice(SafeString(content), kind)


def render_notice(content: object, kind: str = "info") -> SafeString:
    """A notice as HTML, with its sign and, for screen readers, its word."""
    if kind not in NOTICE_SIGNS:
        raise template.TemplateSyntaxError(f"Unknown kind of notice: {kind!r}")
    words = {"info": _("Note"), "done": _("Done"), "warning": _("Please note"), "stop": _("Problem")}
    return format_html(
        '<div class="notice {}"><span class="sign" aria-hidden="true">{}</span>'
        '<div><span class="visually-hidden">{} </span>{}</div></div>',
        kind,
        NOTICE_SIGNS[kind],
        formatting.with_colon(words[kind]),
        content,
    )


@register.simple_tag
def message_notice(message: Any) -> SafeString:
    """One of Django's messages as a notice."""
    return render_notice(message, MESSAGE_KINDS.get(message.level_tag, "info"))


@register.simple_tag
def progress(percent: int, label: object = "") -> SafeString:
    """``{% progress 40 "French: page 12 of about 40" %}``."""
    percent = max(0, min(100, int(percent or 0)))
    return format_html(
        '<div class="progress"><p><span>{}</span> <span class="numbers">{}</span></p>'
        '<progress max="100" value="{}"{} aria-label="{}">{}</progress></div>',
        label,
        formatting.format_share(percent / 100),
        percent,
        SafeString(' class="done"') if percent == 100 else "",
        label or _("Progress"),
        formatting.format_share(percent / 100),
    )


@register.simple_tag
def zone_code(code: str, name: object = "") -> SafeString:
    """``{% zone_code zone.code zone.name %}``: the zone's two letters on its colour, its name for who cannot see it."""
    return format_html(
        '<abbr class="zone-code z-{}"{}>{}</abbr>',
        code.lower(),
        format_html(' title="{}"', name) if name else "",
        code,
    )


@register.simple_tag(takes_context=True)
def submission_key(context: dict[str, Any], purpose: str) -> SafeString:
    """``{% submission_key "consultations.submit" %}`` inside a form: what makes a double click one submission."""
    request = context["request"]
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, issue_key(request.user, purpose))


@register.simple_tag
def field_counter(field: Any) -> SafeString:
    """How many characters a field takes, under it, for widgets with ``data-counter``; portal.js counts along."""
    attributes = field.field.widget.attrs
    maximum = attributes.get("maxlength") or getattr(field.field, "max_length", None)
    if "data-counter" not in attributes or not maximum:
        return SafeString("")
    return format_html(
        '<p class="counter" data-counts="{}" data-maximum="{}">{}</p>',
        field.id_for_label,
        maximum,
        _("At most %(count)s characters") % {"count": formatting.format_number(maximum)},
    )


@register.simple_tag
def error_label(form: Any, field: Any) -> str:
    """What the summary calls a field: its label; in a form of many rows ``form.error_label(field)`` names the row."""
    name = getattr(form, "error_label", None)
    return str(name(field)) if callable(name) else str(field.label)


@register.simple_tag
def error_count(form: Any) -> int:
    """How many things a person has to mend in a form."""
    return sum(len(errors) for errors in form.errors.values())


@register.simple_tag
def has_typed(form: Any) -> bool:
    """Whether a form that comes back still holds what a person gave: browsers forget the files that were chosen."""
    visible = [field.field for field in form if not field.is_hidden]
    return not visible or not all(isinstance(field, forms.FileField) for field in visible)


# --- Frame ----------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def language_links(context: dict[str, Any]) -> list[dict[str, Any]]:
    """The four languages, each with the address of this page in it."""
    request: HttpRequest | None = context.get("request")
    here = request.get_full_path() if request is not None and request.method in {"GET", "HEAD"} else ""
    if request is not None and not here:
        here = request.path
    active = get_language()
    return [
        {"code": code, "name": name, "url": address_in(code, here), "current": code == active}
        for code, name in settings.LANGUAGES
    ]


@register.simple_tag(takes_context=True)
def language_alternates(context: dict[str, Any]) -> SafeString:
    """``link rel=alternate`` for search engines: the public pages in four languages, absolute, self-referencing."""
    request: HttpRequest | None = context.get("request")
    if request is None or getattr(request, "resolver_match", None) is None or request.user.is_authenticated:
        return SafeString("")
    links = [(code, request.build_absolute_uri(address_in(code, request.path))) for code, _name in settings.LANGUAGES]
    return format_html_join(
        "\n", '<link rel="alternate" hreflang="{}" href="{}">', [*links, ("x-default", links[0][1])]
    )


@register.simple_tag(takes_context=True)
def navigation(context: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of the navigation that this person has, the current area marked."""
    request: HttpRequest | None = context.get("request")
    if request is None or not hasattr(request, "user"):
        return []
    match = getattr(request, "resolver_match", None)
    entries = [
        {"title": entry.title, "url": url, "name": entry.url_name, "area": entry.area or entry.url_name.split(":")[0]}
        for entry in nav_for(request.user)
        if (url := _address_of(entry.url_name))
    ]
    current = next((entry for entry in entries if match and entry["name"] == match.view_name), None) or next(
        (entry for entry in entries if match and entry["area"] in match.namespaces), None
    )
    if current is not None:
        current["current"] = True
    return entries


def _address_of(url_name: str) -> str:
    """The entry's address. One that leads nowhere is left out and logged: a wrong entry must not break every page."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        logger.error("Navigation entry %s leads nowhere.", url_name)
        return ""


@register.simple_tag
def sign_in_notices() -> list[str]:
    """``{% sign_in_notices as notices %}``: what apps have to say on the sign-in page, each as safe HTML."""
    return notices_for_sign_in()


@register.simple_tag(takes_context=True)
def belongings(context: dict[str, Any]) -> list[str]:
    """The organisations that the signed-in person acts for, in words; empty for anybody else."""
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    return belongings_of(user) if user is not None and user.is_authenticated else []


@register.simple_tag(takes_context=True)
def section_content(context: dict[str, Any], section: Section) -> SafeString:
    """A section of the home page, made from the template that its app registered."""
    return render_to_string(section.template, section.context, request=context.get("request"))


@register.simple_tag
def site_name() -> Any:
    """The current programme's title, for the header."""
    return site_title()
