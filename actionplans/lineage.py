"""The life of a voice in its last stage, as lines of a timeline, and the way back to the priorities."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import Priority
from planning_portal.languages.queries import attach_units, shown
from planning_portal.organisations.identity import Viewer, name_of, viewer_of
from planning_portal.web.registry import LifeEvent
from workshops.models import LineOfWork

from .codes import natural_key
from .models import ActionPlan, Activity, Result
from .naming import text_for_link
from .queries.origins import Origin, global_result_of, lines_of_priority, origins_of_line


def result_url(plan: ActionPlan, result: Result) -> str:
    return f"{reverse('actionplans:plan-detail', args=[plan.public_id])}#result-{result.public_id}"


def activity_url(plan: ActionPlan, activity: Activity) -> str:
    return reverse("actionplans:activity-detail", args=[plan.public_id, activity.public_id])


# --- back: from an activity to the priorities -------------------------------------------------------------------------


def origin_of_activity(activity: Activity, user: Any) -> list[LifeEvent]:
    """From the activity back to every priority it came from, each step with its reason.

    ``activity`` is given with ``result__parent`` and their ``contributes_to__plan__line``.
    """
    plan, result = activity.result.plan, activity.result
    attach_units([result, result.parent])
    events = [_result_event(plan, result)]
    if result.parent is not None:
        events.append(_result_event(plan, result.parent))
    goal = global_result_of(activity)
    if goal is None:
        return events
    if not plan.is_global:
        attach_units([goal])
        events.append(
            LifeEvent(
                _("Contributes to %(code)s of a global plan") % {"code": goal.code},
                text=shown(goal, "statement"),
                url=result_url(goal.plan, goal),
                sign="→",
            )
        )
    return [*events, *origin_of_plan(goal.plan, user)]


def origin_of_plan(plan: ActionPlan, user: Any) -> list[LifeEvent]:
    """From a global plan back to the priorities: its line of work, the decisions, what each country proposed."""
    line = plan.line
    if line is None:
        return []
    attach_units([line])
    events = [
        LifeEvent(
            _("Global action plan of line of work %(code)s") % {"code": line.code},
            text=shown(line, "title"),
            url=reverse("actionplans:plan-detail", args=[plan.public_id]),
        )
    ]
    viewer = viewer_of(user)
    origins = sorted(origins_of_line(line), key=lambda origin: origin.decision.decided_at, reverse=True)
    # A candidate that went on to another workshop carries the same priorities again: each is told once.
    priorities = {priority.pk: priority for origin in origins for priority in origin.priorities}
    ordered = sorted(priorities.values(), key=lambda one: (one.consultation.country.name, one.pk))
    return [*events, *map(_decision_event, origins), *(_priority_event(one, viewer) for one in ordered)]


def _decision_event(origin: Origin) -> LifeEvent:
    candidate, decision = origin.candidate, origin.decision
    words = {"code": candidate.code, "decision": decision.get_outcome_display()}
    return LifeEvent(
        _("Candidate %(code)s: %(decision)s") % words,
        when=decision.decided_at,
        text=shown(candidate, "title"),
        reason=shown(decision, "reason"),
        sign="✓",
    )


def _priority_event(priority: Priority, viewer: Viewer) -> LifeEvent:
    words = {"country": priority.consultation.country.name, "organisation": name_of(priority.organisation, viewer)}
    return LifeEvent(
        _("Priority of %(country)s, proposed by %(organisation)s") % words,
        when=priority.submitted_at,
        text=shown(priority, "title"),
        url=reverse("consultations:priority-detail", args=[priority.public_id]),
        sign="▸",
    )


def _result_event(plan: ActionPlan, result: Result) -> LifeEvent:
    title = _("Outcome %(code)s") if result.is_outcome else _("Output %(code)s")
    return LifeEvent(
        title % {"code": result.code}, text=shown(result, "statement"), url=result_url(plan, result), sign="●"
    )


# --- forth: from a priority or a line of work to the activities ------------------------------------------------------


def life_of_priority(priority: Any, user: Any) -> list[LifeEvent]:
    """What became of a priority in the action plans: plan, outcome, outputs and activities, with links and state."""
    assert isinstance(priority, Priority)  # noqa: S101 (registered for this model)
    lines = lines_of_priority(priority)
    return _plan_events(ActionPlan.objects.visible_to(user).filter(line__in=lines)) if lines else []


def life_of_line(line: Any, user: Any) -> list[LifeEvent]:
    """What became of a line of work."""
    assert isinstance(line, LineOfWork)  # noqa: S101 (registered for this model)
    return _plan_events(ActionPlan.objects.visible_to(user).filter(line=line))


def _plan_events(plans: Any) -> list[LifeEvent]:
    """A fixed number of queries for any number of plans."""
    plans = sorted(plans.with_context().with_version_number(), key=lambda plan: natural_key(plan.line.code))
    if not plans:
        return []
    results = list(Result.objects.filter(plan__in=plans))
    activities = list(Activity.objects.filter(result__plan__in=plans))
    attach_units([*(plan.line for plan in plans), *results, *activities])
    events: list[LifeEvent] = []
    for plan in plans:
        events.append(_state_event(plan))
        own = [(natural_key(one.code), one) for one in results if one.plan_id == plan.pk]
        ids = {one.pk for _key, one in own}
        own += [(natural_key(one.code), one) for one in activities if one.result_id in ids]  # type: ignore[misc]
        for _key, one in sorted(own, key=lambda pair: pair[0]):
            events.append(_activity_event(plan, one) if isinstance(one, Activity) else _result_event(plan, one))
    return events


def _state_event(plan: ActionPlan) -> LifeEvent:
    line = plan.line
    assert line is not None  # noqa: S101 (global plans only)
    number = getattr(plan, "version_number", None)
    words = {"code": line.code, "state": plan.get_state_display(), "number": number}
    title = (
        _("Action plan of line of work %(code)s: %(state)s, adopted version %(number)s")
        if number
        else _("Action plan of line of work %(code)s: %(state)s")
    )
    return LifeEvent(
        title % words,
        text=text_for_link(line, "title"),
        url=reverse("actionplans:plan-detail", args=[plan.public_id]),
        sign="✓" if number else "◐",
    )


def _activity_event(plan: ActionPlan, activity: Activity) -> LifeEvent:
    return LifeEvent(
        _("Activity %(code)s") % {"code": activity.code},
        text=shown(activity, "title"),
        url=activity_url(plan, activity),
        sign="→",
    )
