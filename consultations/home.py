"""What stage 1 adds to a person's home page: what is still to do, and what became of their proposals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from planning_portal.languages.queries import attach_units, shown
from planning_portal.organisations.identity import short_name_of, viewer_of
from planning_portal.organisations.permissions import memberships_of, organisations_of
from planning_portal.programme.models import StepStatus
from planning_portal.programme.permissions import companion_country_ids, is_coordinator
from planning_portal.web.formatting import format_moment
from planning_portal.web.registry import LifeEvent, NavEntry, Section, Task, latest_of

from .lineage import newest_texts
from .models import (
    Amendment,
    AmendmentKind,
    AmendmentState,
    Answer,
    ChangeRequest,
    Consultation,
    ConsultationState,
    ParkedEdit,
    Participation,
    Priority,
    PriorityState,
    RequestState,
    Support,
)
from .queries import STATE_WORDS, option_label
from .querysets import step_is_done
from .reminders import recent_of_themes, themes_asked_for

SHOWN_PROPOSALS = 8
ASKED = {
    AmendmentKind.MERGE: gettext_lazy("Accept or decline: your priority is to be merged with others"),
    AmendmentKind.SPLIT: gettext_lazy("Accept or decline: your priority is to be split"),
    AmendmentKind.REWORD: gettext_lazy("Accept or decline: your priority is to be reworded"),
}


def tasks(user: Any) -> Iterable[Task]:
    """Everything of stage 1 that waits for ``user``: at most six queries for partner staff, three for companions."""
    if not user.is_authenticated:
        return []
    return [*_tasks_of_partner(user), *_tasks_of_companion(user)]


def _tasks_of_partner(user: Any) -> Iterable[Task]:
    if not memberships_of(user):
        return []
    found = []
    parked = ParkedEdit.objects.filter(priority=OuterRef("pk"), user=user)
    drafts = list(
        Priority.objects.drafts_of(user)
        .annotate(has_two_versions=Exists(parked))
        .select_related("consultation__step")
        .order_by("-saved_at")[:SHOWN_PROPOSALS]
    )
    for draft in drafts:
        title = shown(draft, "title", draft.source_language).text
        if draft.has_two_versions:
            found.append(
                Task(
                    _("Choose between two versions of “%(title)s”") % {"title": title or _("No title yet")},
                    reverse("consultations:priority-compare", args=[draft.public_id]),
                    rank=5,
                )
            )
        elif draft.consultation.state == ConsultationState.OPEN and draft.consultation.step.status != StepStatus.DONE:
            found.append(
                Task(
                    _("Finish your priority “%(title)s”") % {"title": title}
                    if title
                    else _("Finish your priority that has no title yet"),
                    reverse("consultations:priority-edit", args=[draft.public_id, 1]),
                    note=_("Saved %(time)s") % {"time": format_moment(draft.saved_at)},
                    deadline=_still_to_come(draft.consultation.ends_at),
                    rank=10,
                )
            )
    consultations = _consultations_of_partner(user)
    if any(consultation.is_asked for consultation in consultations):
        found += _answers_to_give(user)
    if any(consultation.is_sent_back for consultation in consultations):
        found += _changes_to_make(user)
    if any(consultation.is_named for consultation in consultations):
        found += _supports_to_confirm(user)
    if any(consultation.is_asked_of_theme for consultation in consultations):
        found += _themes_to_speak_of(user)
    return [*found, *_tasks_of_meetings(user, consultations, {draft.organisation_id for draft in drafts})]


def _consultations_of_partner(user: Any) -> list[Any]:
    """The consultations of the person's countries that are not closed, with what each wants of their organisations.
    One query; what none of them wants is then not asked for one by one."""
    mine = list(memberships_of(user))
    here = {"consultation": OuterRef("pk")}
    unanswered = Participation.objects.filter(
        **here, organisation_id__in=mine, invited_at__isnull=False, answer__isnull=True
    )
    asked = Amendment.objects.filter(
        **here, state=AmendmentState.OPEN, answers__organisation__in=mine, answers__answer=Answer.WAITING
    )
    sent_back = ChangeRequest.objects.filter(
        priority__consultation=OuterRef("pk"),
        priority__organisation__in=mine,
        priority__state=PriorityState.SUBMITTED,
        state=RequestState.OPEN,
    )
    named = Support.objects.filter(
        priority__consultation=OuterRef("pk"),
        priority__state=PriorityState.SUBMITTED,
        organisation__in=mine,
        is_confirmed=False,
    )
    return list(
        Consultation.objects.filter(country_id__in={one.country_id for one in organisations_of(user)})
        .exclude(state=ConsultationState.CLOSED)
        .select_related("step")
        .annotate(
            has_spoken=Exists(Priority.objects.filter(**here, organisation_id__in=mine)),
            has_unanswered=Exists(unanswered),
            is_asked=Exists(asked),
            is_sent_back=Exists(sent_back),
            is_named=Exists(named),
            is_asked_of_theme=Exists(recent_of_themes(mine).filter(**here)),
        )
    )


def _answers_to_give(user: Any) -> Iterable[Task]:
    """Proposals to merge, split or reword that wait for an organisation of ``user``: one query."""
    waiting = (
        Amendment.objects.filter(
            state=AmendmentState.OPEN,
            consultation__state=ConsultationState.OPEN,
            answers__organisation__in=list(memberships_of(user)),
            answers__answer=Answer.WAITING,
        )
        .distinct()
        .order_by("answer_by")
    )
    for amendment in waiting:
        yield Task(
            str(ASKED[AmendmentKind(amendment.kind)]),
            reverse("consultations:amendment-detail", args=[amendment.public_id]),
            deadline=_still_to_come(amendment.answer_by),
            rank=8,
        )


def _changes_to_make(user: Any) -> Iterable[Task]:
    """Parts of a submitted priority that the companion sent back: one query."""
    for asked in (
        ChangeRequest.objects.filter(
            state=RequestState.OPEN,
            priority__state=PriorityState.SUBMITTED,
            priority__consultation__state=ConsultationState.OPEN,
            priority__organisation__in=list(memberships_of(user)),
        )
        .select_related("priority__consultation")
        .order_by("id")
    ):
        title = shown(asked.priority, "title", asked.priority.source_language).text
        yield Task(
            _("A change is asked for in “%(title)s”") % {"title": title},
            reverse("consultations:request-detail", args=[asked.public_id]),
            note=asked.label.capitalize(),
            deadline=_still_to_come(asked.priority.consultation.ends_at),
            rank=9,
        )


def _supports_to_confirm(user: Any) -> Iterable[Task]:
    """Priorities whose authors named an organisation of ``user`` as a supporter, and it has not said so: one query."""
    for support in (
        Support.objects.filter(
            is_confirmed=False,
            organisation__in=list(memberships_of(user)),
            priority__state=PriorityState.SUBMITTED,
            priority__consultation__state=ConsultationState.OPEN,
        )
        .select_related("priority")
        .order_by("id")[:SHOWN_PROPOSALS]
    ):
        title = shown(support.priority, "title", support.priority.source_language).text
        yield Task(
            _("Say whether your organisation supports “%(title)s”") % {"title": title},
            reverse("consultations:priority-detail", args=[support.priority.public_id]) + "#supports",
            note=_("Its authors have named you."),
            rank=12,
        )


def _themes_to_speak_of(user: Any) -> Iterable[Task]:
    """Themes on which an organisation of ``user`` was asked for a word and has not submitted one: one query."""
    for consultation, theme, organisations in themes_asked_for(memberships_of(user)):
        title = _("Is there something to propose on “%(theme)s”?") % {"theme": option_label(theme, "title")}
        note = _("Nothing yet from %(organisations)s") % {"organisations": _short_names(organisations, user)}
        url = reverse("consultations:priority-start", args=[consultation.public_id])
        yield Task(title, url, note=note, deadline=_still_to_come(consultation.ends_at), rank=18)


def _still_to_come(moment: datetime | None) -> datetime | None:
    """The end of the meeting, as long as it lies ahead: until the consultation is closed, it is never too late."""
    return moment if moment and moment > timezone.now() else None


def _tasks_of_meetings(user: Any, consultations: Iterable[Any], writing: set[int]) -> Iterable[Task]:
    """A first word where none of the person's organisations has a draft or a proposal, and whether they come to a
    meeting that lies ahead; nothing once the step is over."""
    by_country: dict[int, list[Any]] = {}
    for organisation in organisations_of(user):
        by_country.setdefault(organisation.country_id, []).append(organisation)
    found = []
    for consultation in consultations:
        if consultation.step.status == StepStatus.DONE:
            continue
        here = by_country[consultation.country_id]
        quiet = [one for one in here if one.pk not in writing]
        if consultation.has_unanswered and _still_to_come(consultation.starts_at):
            found.append(
                Task(
                    _("Say whether your organisation comes to the meeting"),
                    reverse("consultations:invitation-answer", args=[consultation.public_id]),
                    note=_short_names(here, user),
                    deadline=consultation.starts_at,
                    rank=15,
                )
            )
        if consultation.state == ConsultationState.OPEN and quiet and not consultation.has_spoken:
            found.append(
                Task(
                    _("Propose a priority"),
                    reverse("consultations:priority-start", args=[consultation.public_id]),
                    note=_("Nothing yet from %(organisations)s") % {"organisations": _short_names(quiet, user)},
                    deadline=_still_to_come(consultation.ends_at),
                    rank=20,
                )
            )
    return found


def _short_names(organisations: Iterable[Any], user: Any) -> str:
    viewer = viewer_of(user)
    return ", ".join(short_name_of(organisation, viewer) for organisation in organisations)


def _tasks_of_companion(user: Any) -> Iterable[Task]:
    countries = companion_country_ids(user)
    if not countries:
        return []
    consultations = (
        Consultation.objects.filter(country_id__in=countries, step__programme__is_current=True)
        .exclude(state=ConsultationState.CLOSED)
        .exclude(step_is_done())
        .select_related("country")
        .annotate(
            waiting=Count("priorities", filter=Q(priorities__state=PriorityState.SUBMITTED)),
            agreed=Count("priorities", filter=Q(priorities__state=PriorityState.AGREED)),
            has_untold=Exists(Participation.objects.filter(consultation=OuterRef("pk"), invited_at__isnull=True)),
        )
        .order_by("country__iso2")
    )
    found = [
        *_amendments_to_decide(countries),
        *_answers_to_read(countries),
        *(_task_of_companion(consultation) for consultation in consultations),
    ]
    for consultation in consultations:
        if consultation.has_untold and _still_to_come(consultation.starts_at):
            title = _("%(country)s: send the invitations") % {"country": consultation.country.name}
            url = reverse("consultations:consultation-invitations", args=[consultation.public_id])
            found.append(Task(title, url, deadline=consultation.starts_at, rank=27, audience="companion"))
    return found


def _answers_to_read(countries: set[int]) -> Iterable[Task]:
    """Requests that the authors have answered: to resolve, or to ask once more."""
    for asked in (
        ChangeRequest.objects.filter(
            state=RequestState.ANSWERED,
            priority__state=PriorityState.SUBMITTED,
            priority__consultation__state=ConsultationState.OPEN,
            priority__consultation__country_id__in=countries,
        )
        .select_related("priority__consultation__country")
        .order_by("id")
    ):
        yield Task(
            _("%(country)s: a request for a change is answered")
            % {"country": asked.priority.consultation.country.name},
            reverse("consultations:request-detail", args=[asked.public_id]),
            note=asked.label.capitalize(),
            rank=24,
            audience="companion",
        )


def _amendments_to_decide(countries: set[int]) -> Iterable[Task]:
    """Proposals of the companion that are open: to decide on once their deadline has passed."""
    for amendment in (
        Amendment.objects.filter(
            state=AmendmentState.OPEN,
            consultation__country_id__in=countries,
            consultation__state=ConsultationState.OPEN,
        )
        .select_related("consultation__country")
        .annotate(asked=Count("answers"), answered=Count("answers", filter=~Q(answers__answer=Answer.WAITING)))
        .order_by("answer_by")
    ):
        deadline = _still_to_come(amendment.answer_by)
        words = {"country": amendment.consultation.country.name}
        yield Task(
            _("%(country)s: a proposal waits for answers") % words
            if deadline
            else _("%(country)s: decide on a proposal whose deadline has passed") % words,
            reverse("consultations:amendment-detail", args=[amendment.public_id]),
            note=ngettext(
                "%(counter)s of %(asked)s organisations has answered",
                "%(counter)s of %(asked)s organisations have answered",
                amendment.answered,
            )
            % {"counter": amendment.answered, "asked": amendment.asked},
            deadline=deadline,
            rank=50 if deadline else 22,
            audience="companion",
        )


def _task_of_companion(consultation: Any) -> Task:
    country = {"country": consultation.country.name}

    def task(title: str, page: str, rank: int) -> Task:
        url = reverse(f"consultations:{page}", args=[consultation.public_id])
        return Task(title, url, deadline=_still_to_come(consultation.ends_at), rank=rank, audience="companion")

    if consultation.state == ConsultationState.PLANNED:
        return task(_("%(country)s: open the consultation") % country, "consultation-dates", 30)
    if consultation.waiting:
        title = ngettext(
            "%(country)s: %(count)d priority to decide on",
            "%(country)s: %(count)d priorities to decide on",
            consultation.waiting,
        ) % {**country, "count": consultation.waiting}
        return task(title, "consultation-list-edit", 25)
    if consultation.agreed:
        return task(_("%(country)s: close the consultation") % country, "consultation-close", 28)
    title = _("%(country)s: the consultation is open, nothing is submitted yet") % country
    return task(title, "consultation-detail", 60)


def sections(user: Any) -> Iterable[Section]:
    """How far the countries are; what became of the proposals of the person's organisations, and what was never
    submitted: three queries, and the later stages'."""
    return [*_progress(user), *_own_proposals(user)]


def _progress(user: Any) -> Iterable[Section]:
    """For coordinators and companions: how many countries are at which point, and the way to the radar. One query."""
    if not user.is_authenticated or not (is_coordinator(user) or companion_country_ids(user)):
        return []
    going_on = Consultation.objects.followed_by(user).filter(step__programme__is_current=True).exclude(step_is_done())
    states = list(going_on.order_by().values_list("state", flat=True))
    if not states:
        return []
    numbers = {state: states.count(state) for state in ConsultationState.values}
    context = {"countries": len(states), **numbers}
    return [Section(gettext_lazy("How far the countries are"), "consultations/_progress_home.html", context, rank=20)]


def _own_proposals(user: Any) -> Iterable[Section]:
    if not memberships_of(user):
        return []
    over = Q(consultation__state=ConsultationState.CLOSED) | step_is_done("consultation__step__")
    found = list(
        Priority.objects.filter(organisation_id__in=list(memberships_of(user)))
        .filter(~Q(state=PriorityState.DRAFT) | over)
        .exclude(state=PriorityState.UNDONE)
        .select_related("consultation__country__zone", "consultation__step", "organisation__country__zone", "theme")
        .select_related("country_decision")
        .order_by(F("submitted_at").desc(nulls_first=True), "-saved_at")[: 2 * SHOWN_PROPOSALS]
    )
    drafts = [priority for priority in found if priority.state == PriorityState.DRAFT]
    proposals = [priority for priority in found if priority.state != PriorityState.DRAFT]
    return [*_proposals(proposals[:SHOWN_PROPOSALS], user), *_unsubmitted(drafts[:SHOWN_PROPOSALS])]


def _unsubmitted(drafts: list[Priority]) -> Iterable[Section]:
    """Drafts that no task asks for any more, since their consultation is over: nothing that was typed seems lost."""
    if not drafts:
        return []
    return [
        Section(
            gettext_lazy("Drafts that were not submitted"),
            "consultations/_unsubmitted.html",
            {"drafts": [(draft, shown(draft, "title", draft.source_language).text) for draft in drafts]},
            rank=90,
        )
    ]


def _proposals(proposals: list[Priority], user: Any) -> Iterable[Section]:
    """The proposals, newest first."""
    if not proposals:
        return []
    texts = [*proposals, *(proposal.theme for proposal in proposals)]
    if any(text is not None and text.source_language != get_language() for text in texts):
        attach_units(texts)
    now = newest_texts(proposals)
    results = [result for texts in now.values() for result in texts]
    latest = latest_of([*proposals, *results], user)
    for source, results_now in now.items():
        latest[source] = _where_it_went(results_now, latest)
    return [
        Section(
            gettext_lazy("What became of your proposals"),
            "consultations/_proposals.html",
            {"proposals": [(proposal, latest.get(proposal.pk)) for proposal in proposals]},
            rank=40,
        )
    ]


def _where_it_went(texts: list[Priority], latest: Mapping[Any, LifeEvent]) -> LifeEvent:
    """The last thing that became of the text in which a source went on; of several, where they stand in the list."""
    if len(texts) == 1 and texts[0].pk in latest:
        return latest[texts[0].pk]
    states = dict.fromkeys(str(STATE_WORDS[text.state]) for text in texts)
    return LifeEvent(" · ".join(states))


def entries(user: Any) -> list[NavEntry]:
    """The consultations, for who is signed in."""
    if not user.is_authenticated:
        return []
    found = [NavEntry(gettext_lazy("Consultations"), "consultations:consultation-list", rank=30)]
    if user.has_perm("consultations.view_progress"):
        found.append(NavEntry(gettext_lazy("Progress"), "consultations:country-progress", rank=31))
    return found
