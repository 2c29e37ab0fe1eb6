"""The life of a priority in its own stage, as lines of a timeline; later stages add theirs (``web.registry``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from planning_portal.languages.queries import shown
from planning_portal.languages.services import source_text
from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.web.registry import LifeEvent, life_of
from planning_portal.workflow.models import TransitionLog

from .lineage import Lineage
from .models import Amendment, AmendmentKind, CountryDecision, Priority, PriorityState

STATES = {
    PriorityState.AGREED: lambda p: _("Agreed by the country: number %(place)d of its list") % {"place": p.position},
    PriorityState.NOT_RETAINED: lambda _p: _("Not retained by the country"),
    PriorityState.REPLACED: lambda _p: _("Continued in another text"),
}
SIGNS = {PriorityState.AGREED: "✓", PriorityState.NOT_RETAINED: "✕", PriorityState.REPLACED: "→"}
BEGINNINGS: dict[str, Callable[[], str]] = {
    AmendmentKind.MERGE: lambda: _("Merged from texts of the country's organisations"),
    AmendmentKind.SPLIT: lambda: _("Split from a longer text"),
    AmendmentKind.REWORD: lambda: _("Reworded from an earlier text"),
}


def own_events(
    priority: Priority, changes: Iterable[TransitionLog], decision: CountryDecision | None, viewer: Viewer
) -> list[LifeEvent]:
    """Written, submitted, decided: who for, when, and why. The decision's reason is the latest one."""
    author = name_of(priority.organisation, viewer)
    changes = list(changes)
    reasons = _verdicts(priority, changes)
    events = []
    for change in changes:
        if change.name == "submit":
            title = _("Submitted by %(organisation)s") % {"organisation": author}
            events.append(LifeEvent(title, when=change.at, sign="▸"))
        elif change.name in BEGINNINGS:
            events.append(LifeEvent(BEGINNINGS[change.name](), when=change.at, sign="▸"))
        elif change.name == "replace":
            reason = reasons.get(change.reason, "")
            events.append(LifeEvent(_("Continued in another text"), when=change.at, reason=reason, sign="→"))
        elif change.name == "restore":
            reason = reasons.get(change.reason, "")
            events.append(LifeEvent(_("Stands on its own again"), when=change.at, reason=reason, sign="←"))
        elif change.name == "agree":
            events.append(LifeEvent(_("Agreed by the country"), when=change.at, sign="✓"))
        elif change.name == "not_retain":
            events.append(LifeEvent(_("Not retained by the country"), when=change.at, sign="✕"))
    if not events and priority.submitted_at:
        title = _("Submitted by %(organisation)s") % {"organisation": author}
        events.append(LifeEvent(title, when=priority.submitted_at, sign="▸"))
    return _with_decision(events, priority, decision)


def _verdicts(priority: Priority, changes: Iterable[TransitionLog]) -> dict[str, Any]:
    """By the words that the log holds: why a change of this text was carried out or undone, with its language.

    Asked only for a text of which such a reason is told.
    """
    said = {change.reason for change in changes if change.name in {"replace", "restore"} and change.reason}
    if not said:
        return {}
    amendments = Amendment.objects.filter(sources=priority)
    known = {source_text(amendment, "verdict"): shown(amendment, "verdict") for amendment in amendments}
    return {words: known.get(words.strip(), words) for words in said}


def _with_decision(events: list[LifeEvent], priority: Priority, decision: CountryDecision | None) -> list[LifeEvent]:
    """Put the place or the reason on the last decision; a state without its line in the log gets one."""
    if decision is None:
        return events
    is_agreed = priority.state == PriorityState.AGREED
    title = (
        _("Agreed by the country: number %(place)d of its list") % {"place": priority.position}
        if is_agreed
        else _("Not retained by the country")
    )
    reason = shown(decision, "reason")
    when = events[-1].when if events and events[-1].sign in "✓✕" else decision.decided_at
    last = LifeEvent(title, when=when, reason=reason or None, sign="✓" if is_agreed else "✕")
    return [*(events[:-1] if events and events[-1].sign in "✓✕" else events), last]


def whole_life(
    priority: Priority,
    changes: Iterable[TransitionLog],
    decision: CountryDecision | None,
    *,
    user: Any,
    viewer: Viewer,
    lineage: Lineage | None = None,
) -> list[LifeEvent]:
    """Its own stage, then what the later stages tell; of a text that went on in others, what became of those."""
    own = own_events(priority, changes, decision, viewer)
    if lineage is None or not lineage.results:
        return [*own, *life_of(priority, user)]
    return [*own, *(event for result in lineage.results for event in _life_in(result, user))]


def _life_in(result: Priority, user: Any) -> Iterable[LifeEvent]:
    """The text in which a source went on, where it stands, and what the later stages made of it."""
    yield LifeEvent(
        _("The text in which it goes on"),
        when=result.submitted_at,
        text=shown(result, "title"),
        url=reverse("consultations:priority-detail", args=[result.public_id]),
        sign="▸",
    )
    if result.state in STATES:
        yield LifeEvent(STATES[PriorityState(result.state)](result), sign=SIGNS[PriorityState(result.state)])
    yield from life_of(result, user)
