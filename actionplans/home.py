"""What action plans add to everybody's pages: tasks on the home page, an entry in the navigation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from planning_portal.organisations.permissions import memberships_of
from planning_portal.programme.permissions import is_coordinator
from planning_portal.web.registry import NavEntry, Task
from workshops.permissions import takes_part

from .models import ActionPlan, PlanState
from .queries.lists import is_time_for_plans, organisations_without_plan, plans_of


def entries(user: Any) -> list[NavEntry]:
    """The plans for everybody who takes part."""
    return [NavEntry(gettext_lazy("Action plans"), "actionplans:plan-list", rank=45)] if takes_part(user) else []


def tasks(user: Any) -> Iterable[Task]:
    """Own plans to fill and global plans that lack something, for those who write them; reviews for coordinators."""
    if is_coordinator(user):
        yield from _tasks_of_coordinator()
    if memberships_of(user):
        yield from _tasks_of_partner(user)


def _tasks_of_partner(user: Any) -> Iterable[Task]:
    """One query, and one more where an own plan is missing: is it time for it?"""
    plans = plans_of(user)
    if organisations_without_plan(user, plans) and is_time_for_plans():
        yield Task(_("Begin your own action plan"), reverse("actionplans:plan-list"), rank=40)
    for plan in plans:
        if plan.state != PlanState.DRAFT:
            continue
        url = reverse("actionplans:plan-detail", args=[plan.public_id])
        note = missing_note(plan.missing_count)  # type: ignore[attr-defined]
        if plan.line is None:
            yield Task(_("Fill your own action plan"), url, note=note, rank=40)
        else:
            title = _("Fill the global action plan of line of work %(code)s") % {"code": plan.line.code}
            yield Task(title, url, note=note, rank=45)


def missing_note(count: int) -> str:
    """How much a plan still lacks, in words."""
    if not count:
        return _("Complete: it can be sent for review.")
    return ngettext("%(count)s thing is missing", "%(count)s things are missing", count) % {"count": count}


def _tasks_of_coordinator() -> Iterable[Task]:
    """One query: how many plans wait."""
    count = ActionPlan.objects.filter(programme__is_current=True, state=PlanState.IN_REVIEW).count()
    if count:
        title = ngettext(
            "%(count)s action plan waits for your review", "%(count)s action plans wait for your review", count
        ) % {"count": count}
        url = f"{reverse('actionplans:plan-list')}?state={PlanState.IN_REVIEW}"
        yield Task(title, url, rank=30, audience="coordinator")
