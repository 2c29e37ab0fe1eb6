"""``{% organisation_name organisation %}``: a name as the signed-in person may read it."""

from collections.abc import Iterable
from typing import Any

from django import template

from planning_portal.organisations.identity import EVERYONE, name_of, short_name_of, viewer_of
from planning_portal.organisations.models import Organisation
from planning_portal.web.formatting import format_words

register = template.Library()


@register.simple_tag(takes_context=True)
def organisation_names(context: dict[str, Any], organisations: Iterable[Organisation], short: bool = False) -> str:
    """Several in words: "a, b and c"; those that read alike once."""
    return format_words(dict.fromkeys(organisation_name(context, one, short) for one in organisations))


@register.simple_tag(takes_context=True)
def organisation_name(context: dict[str, Any], organisation: Organisation, short: bool = False) -> str:
    request = context.get("request")
    viewer = viewer_of(request.user) if request is not None else EVERYONE
    return short_name_of(organisation, viewer) if short else name_of(organisation, viewer)
