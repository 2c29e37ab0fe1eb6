"""What pages of stage 1 show alike: a state as a word and a sign, the days of a meeting by both clocks."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from consultations.clocks import days_of
from consultations.queries import AMENDMENT_BADGES, AMENDMENT_WORDS, BADGES, STATE_WORDS
from planning_portal.web.templatetags.portal import badge

register = template.Library()


@register.simple_tag
def amendment_badge(amendment: Any) -> SafeString:
    """``{% amendment_badge amendment %}``: how far a proposal to merge, split or reword is."""
    return badge(AMENDMENT_BADGES[amendment.state], AMENDMENT_WORDS[amendment.state])


@register.simple_tag
def state_badge(obj: Any) -> SafeString:
    """``{% state_badge priority %}``: of a priority or a consultation."""
    return badge(BADGES[obj.state], STATE_WORDS[obj.state])


@register.simple_tag(takes_context=True)
def meeting_days(context: dict[str, Any], consultation: Any) -> str:
    """``{% meeting_days consultation %}``: its days, by the country's clock and by the reader's."""
    user = getattr(context.get("request"), "user", None)
    return days_of(consultation, reader_has_clock=bool(user and user.is_authenticated))
