"""How far each step is, told by its neighbours as well, and its dates as the programme gives them."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_interval, format_skeleton
from django.urls import reverse
from django.utils.translation import get_language

from planning_portal.languages.queries import ShownText, shown
from planning_portal.web.formatting import format_days, locale_of

from .models import Step, StepState, StepStatus


@dataclass(frozen=True)
class ShownStep:
    """A step as the step rail shows it."""

    step: Step
    title: ShownText
    summary: ShownText
    status: str
    when: str
    url: str

    @property
    def badge_state(self) -> str:
        return {StepStatus.DONE: "done", StepStatus.NOW: "now"}.get(StepStatus(self.status), "waiting")

    @property
    def status_name(self) -> str:
        return str(StepStatus(self.status).label)


def statuses_of(steps: Sequence[Step]) -> list[StepStatus]:
    """The status of each step of one programme, in order.

    A step without dates of which nobody said anything is done once a later step goes on or is done: the process
    does not go back.
    """
    statuses = [StepStatus(step.status) for step in steps]
    further = False
    for index in range(len(steps) - 1, -1, -1):
        if further and steps[index].state == StepState.AUTOMATIC and not (steps[index].starts or steps[index].ends):
            statuses[index] = StepStatus.DONE
        further = further or statuses[index] != StepStatus.TO_COME
    return statuses


def show_steps(steps: Sequence[Step]) -> list[ShownStep]:
    """All steps of one programme for a page (call ``attach_units`` first)."""
    return [
        ShownStep(
            step=step,
            title=shown(step, "title"),
            summary=shown(step, "summary"),
            status=status,
            when=period(step.starts, step.ends),
            url=reverse("programme:step-detail", args=[step.slug]),
        )
        for step, status in zip(steps, statuses_of(steps), strict=True)
    ]


def period(starts: date | None, ends: date | None) -> str:
    """The days ("1–3 July 2025"), or the months alone when they are whole ("September – October 2025")."""
    if not starts or not ends or not _whole_months(starts, ends):
        return format_days(starts, ends)
    locale = locale_of(get_language())
    if (starts.year, starts.month) == (ends.year, ends.month):
        return str(format_skeleton("yMMMM", starts, locale=locale))
    return str(format_interval(starts, ends, skeleton="yMMMM", locale=locale))


def _whole_months(starts: date, ends: date) -> bool:
    return starts.day == 1 and ends.day == calendar.monthrange(ends.year, ends.month)[1]
