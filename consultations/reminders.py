"""Whom a reminder is for: who has not answered, whose draft is not submitted, who has not said a word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from planning_portal.organisations.models import Organisation
from planning_portal.organisations.notices import today_for_mail
from planning_portal.programme.models import StepStatus, Theme

from .models import (
    Consultation,
    ConsultationState,
    Participation,
    Priority,
    PriorityState,
    Reminder,
    ReminderReason,
)

ASKED_FOR = timedelta(days=14)
"""So long after a reminder a home page asks for a word on its theme: who has none to say is then left alone."""
DAYS_BEFORE = (7, 3, 1)
"""How many days before the meeting (an answer) or the closing date (a draft) the portal itself reminds."""


def without_answer(consultation: Consultation) -> QuerySet[Organisation]:
    """Invited, not yet answered, while the meeting lies ahead."""
    if consultation.starts_at is None or consultation.starts_at <= timezone.now():
        return Organisation.objects.none()
    rows = Participation.objects.filter(consultation=consultation, invited_at__isnull=False, answer__isnull=True)
    return Organisation.objects.active().filter(pk__in=rows.values("organisation"))


def with_drafts(consultation: Consultation) -> QuerySet[Organisation]:
    """Has begun something that is not submitted, while it still can be."""
    if consultation.state != ConsultationState.OPEN:
        return Organisation.objects.none()
    drafts = Priority.objects.filter(consultation=consultation, state=PriorityState.DRAFT)
    return Organisation.objects.active().filter(pk__in=drafts.values("organisation"))


def spoken_words(consultation: Any, organisation: Any, theme: Any = None) -> QuerySet[Any]:
    """What an organisation has submitted in a consultation (on ``theme``, if one is given), also where it stands in a
    merged text by now. A plain query set, for use inside others."""
    words: QuerySet[Any] = QuerySet(Priority).filter(consultation=consultation, organisation=organisation)
    words = words.exclude(state__in=[PriorityState.DRAFT, PriorityState.UNDONE])
    return words.filter(theme=theme) if theme else words


def silent(consultation: Consultation, theme: Theme | None = None) -> QuerySet[Organisation]:
    """On the list, and nothing submitted yet (on ``theme``, if one is given), while it still can be."""
    if consultation.state != ConsultationState.OPEN:
        return Organisation.objects.none()
    listed = Participation.objects.filter(consultation=consultation).values("organisation")
    spoken = spoken_words(consultation, OuterRef("pk"), theme)
    return Organisation.objects.active().filter(~Exists(spoken), pk__in=listed)


def recent_of_themes(organisations: Iterable[int]) -> QuerySet[Reminder]:
    """Reminders that asked these organisations for a word on a theme, not long ago."""
    since = today_for_mail() - ASKED_FOR
    return Reminder.objects.filter(organisation__in=organisations, reason=ReminderReason.THEME, day__gte=since)


def themes_asked_for(organisations: Iterable[int]) -> list[tuple[Consultation, Theme, list[Organisation]]]:
    """The same where it still can be said and was not yet, with who was asked: one query."""
    spoken = spoken_words(OuterRef("consultation"), OuterRef("organisation"), OuterRef("theme"))
    asked: dict[tuple[int, int], tuple[Consultation, Theme, list[Organisation]]] = {}
    for reminder in (
        recent_of_themes(organisations)
        .filter(consultation__state=ConsultationState.OPEN)
        .exclude(Exists(spoken))
        .select_related("consultation__step", "theme", "organisation__country__zone")
        .order_by("day", "id")
    ):
        consultation, theme = reminder.consultation, reminder.theme
        if theme is not None and consultation.step.status != StepStatus.DONE:
            _at, _what, whom = asked.setdefault((consultation.pk, theme.pk), (consultation, theme, []))
            if reminder.organisation not in whom:
                whom.append(reminder.organisation)
    return list(asked.values())


DUE: dict[str, Callable[..., QuerySet[Organisation]]] = {
    ReminderReason.ANSWER: without_answer,
    ReminderReason.DRAFT: with_drafts,
    ReminderReason.SILENT: silent,
    ReminderReason.THEME: silent,
}


def closing_day(consultation: Consultation) -> date | None:
    """Until when priorities are submitted: the end of the step, else of the meeting, by the country's clock."""
    if consultation.step.ends:
        return consultation.step.ends
    if consultation.ends_at is None:
        return None
    return timezone.localdate(consultation.ends_at, ZoneInfo(consultation.zone_key))


def reasons_today(consultation: Consultation) -> list[str]:
    """Of what the portal itself reminds today: of an answer 7, 3 and 1 days before the meeting, of a draft 7, 3 and 1
    days before the closing date. Nothing on other days, nothing afterwards."""
    zone = ZoneInfo(consultation.zone_key)
    today = timezone.localdate(timezone=zone)
    reasons: list[str] = []
    meeting = timezone.localdate(consultation.starts_at, zone) if consultation.starts_at else None
    if meeting and (meeting - today).days in DAYS_BEFORE:
        reasons.append(ReminderReason.ANSWER)
    closing = closing_day(consultation)
    if closing and (closing - today).days in DAYS_BEFORE:
        reasons.append(ReminderReason.DRAFT)
    return reasons
