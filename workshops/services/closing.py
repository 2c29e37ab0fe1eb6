"""The end of a workshop: freeze what came out of it, have its summary made in four languages, publish it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_portal.documents.models import Audience
from planning_portal.documents.services import request_documents
from planning_portal.programme.services import publish_result
from planning_portal.programme.services import touch as touch_public
from planning_portal.workflow.services import log_change

from ..models import Candidate, RoundState, TemperatureCheck, Workshop, WorkshopState
from ..snapshot import freeze, with_new_translations
from ..workflow import workshop_flow
from .consolidating import consolidate
from .edits import clean_text, lock_workshop, touch

SUMMARY = "workshop-summary"


@dataclass(frozen=True)
class Blocker:
    """One thing that must be done before a workshop can close; ``where`` is the page of the desk that does it."""

    text: str
    where: str


class NotReady(Exception):
    """The workshop cannot be closed yet: ``blockers`` say what is missing."""

    def __init__(self, blockers: list[Blocker]):
        self.blockers = blockers
        super().__init__(" ".join(blocker.text for blocker in blockers))


def closing_blockers(workshop: Workshop) -> list[Blocker]:
    """What is missing before ``workshop`` can close, in the order in which to do it. Three queries."""
    blockers = []
    if workshop.rounds.filter(state=RoundState.OPEN).exists():
        blockers.append(Blocker(_("A round of weighing is still open. Close it."), "round"))
    undecided = Candidate.objects.of(workshop).undecided().count()
    if undecided:
        text = ngettext(
            "%(count)s candidate is still to be decided.", "%(count)s candidates are still to be decided.", undecided
        ) % {"count": undecided}
        blockers.append(Blocker(text, "decisions"))
    if workshop.sessions.filter(started_at__isnull=False, ended_at__isnull=True).exists():
        blockers.append(Blocker(_("A session is still running. End it."), "desk"))
    return blockers


@transaction.atomic
def close_workshop(workshop: Workshop, *, by: Any) -> uuid.UUID:
    """Close a workshop and ask for its summary in four languages; return the group that shows how far they are.

    In order: lock, check that nothing is missing, change the state with the frozen outcome, ask for the documents.
    A workshop that was reopened gets the next version of its summary; earlier ones stay as they are.
    All in one transaction: there is no closed workshop without its frozen outcome and its jobs. The last workshop of a
    step brings the consolidated summary with it.
    Raises NotReady, WrongState, PermissionDenied.
    """
    fresh = (
        Workshop.objects.select_for_update(of=("self",)).select_related("step__programme", "zone").get(pk=workshop.pk)
    )
    if workshop_flow.is_possible(fresh, "close") and (blockers := closing_blockers(fresh)):
        raise NotReady(blockers)
    closed = workshop_flow.apply(
        fresh,
        "close",
        by=by,
        closed_at=timezone.now(),
        snapshot=freeze(fresh),
        summary_version=fresh.summary_version + 1,
    )
    TemperatureCheck.objects.filter(workshop=closed).delete()
    touch(closed)
    group = _request_summary(closed, by=by)
    consolidate(closed.step, by=by)
    return group


@transaction.atomic
def reopen_workshop(workshop: Workshop, *, by: Any, reason: str) -> Workshop:
    """Open a closed workshop again, because something in it was wrong; its reason stays in the log.

    Versions of the summary that were made stay where they are, published ones too; closing again makes the next one.
    What other workshops and plans took over from it is a copy and stays as well. Until it is published again, its
    lines of work are not on the public pages. Raises WrongState, PermissionDenied, ValidationError (no reason).
    """
    why = clean_text(reason)
    if not why:
        raise ValidationError({"reason": _("Say why: its facilitators and those who took part will ask.")})
    reopened = workshop_flow.apply(workshop, "reopen", by=by, reason=why, closed_at=None, snapshot=None)
    touch(reopened)
    touch_public(reopened.step.programme_id)
    return reopened


@transaction.atomic
def rebuild_summary(workshop: Workshop, *, by: Any) -> uuid.UUID:
    """Make a new version of the summary with today's translations, and of the step's; earlier versions stay.

    What was decided and counted is not read again. Raises WrongState (not closed), PermissionDenied, ValidationError
    when there is nothing new to say.
    """
    fresh = lock_workshop(workshop, by=by, permission="workshops.publish_summary")
    renewed = with_new_translations(fresh.snapshot or {})
    if renewed == fresh.snapshot:
        raise ValidationError(
            _("No translation has changed since version %(version)s was made: a new one would be the same.")
            % {"version": fresh.summary_version}
        )
    fresh.snapshot = renewed
    fresh.summary_version += 1
    fresh.save(update_fields=["snapshot", "summary_version"])
    log_change(fresh, "rebuild_summary", by=by, before=fresh.state, after=fresh.state)
    touch(fresh)
    group = _request_summary(fresh, by=by)
    consolidate(fresh.step, by=by)
    return group


@transaction.atomic
def publish_summary(workshop: Workshop, *, by: Any) -> Workshop:
    """Show the present version of the summary under its step on the programme's public page.

    A version that was made after the first publication is published the same way; the workshop stays published.
    Publishing the same version twice changes nothing. That the version is there in all languages is asked by the
    page (``views/closing``), so that a hand-over can publish what is still being made. Raises WrongState,
    PermissionDenied.
    """
    fresh = lock_workshop(workshop, by=by, permission="workshops.publish_summary")
    if fresh.state != WorkshopState.PUBLISHED:
        fresh = workshop_flow.apply(fresh, "publish", by=by)
    publish_result(
        fresh.step,
        subject=fresh,
        kind=SUMMARY,
        version=str(fresh.summary_version),
        audience=Audience.PUBLIC,
        by=by,
    )
    touch(fresh)
    return fresh


def _request_summary(workshop: Workshop, *, by: Any) -> uuid.UUID:
    return request_documents(workshop, SUMMARY, version=str(workshop.summary_version), audience=Audience.PUBLIC, by=by)
