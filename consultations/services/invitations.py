"""Inviting the country's organisations, what they answer, and reminding those who have not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.languages.services import source_text
from planning_portal.organisations.models import Organisation
from planning_portal.organisations.notices import notify_people, people_to_notify, today_for_mail
from planning_portal.organisations.permissions import memberships_of
from planning_portal.programme.models import StepKind, Theme
from planning_portal.workflow.services import WrongState, log_change

from ..models import Consultation, ConsultationState, InvitationAnswer, Participation, Reminder
from ..querysets import step_is_done
from ..reminders import DUE, reasons_today
from ..versions import EditConflict, changed_since, mark_changed
from .consultation import has_news, lock_to_run, save_parts
from .words import language_of, says_already, write_words


@transaction.atomic
def choose_invited(
    consultation: Consultation,
    *,
    by: Any,
    version: int,
    choices: dict[Organisation, bool],
    editor: str = "",
) -> Consultation:
    """Put organisations of the country on the list of those invited, or take them off.

    Who has answered or was there stays on it. Raises EditConflict, PermissionDenied, WrongState, ValidationError.
    """
    fresh = lock_to_run(consultation, by=by)
    if any(organisation.country_id != fresh.country_id for organisation in choices):
        raise ValidationError(_("Only organisations of this country take part in its consultation."))
    known = {row.organisation_id: row for row in fresh.participations.select_related("answer")}
    mine = {f"row-{organisation.pk}": wanted for organisation, wanted in choices.items()}
    theirs = {f"row-{organisation.pk}": organisation.pk in known for organisation in choices}
    if not has_news(fresh, mine, theirs, version, editor):
        return fresh
    for organisation, wanted in choices.items():
        row = known.get(organisation.pk)
        if wanted and row is None:
            Participation.objects.create(consultation=fresh, organisation=organisation)
        elif not wanted and row is not None:
            if row.is_present or hasattr(row, "answer"):
                raise ValidationError(_("An organisation that has answered or was there stays on the list."))
            row.delete()
    changed = [part for part, value in mine.items() if value != theirs[part]]
    return save_parts(fresh, changed, by=by, name="choose_invited", editor=editor)


@transaction.atomic
def send_invitations(consultation: Consultation, *, by: Any) -> int:
    """Tell those on the list who were not told yet: on their home page, and by a mail that says only that there is
    something new. Returns how many organisations; a second time is none.

    In order: lock, check, mark, log one line for each organisation, put the mails into the outbox.
    Raises PermissionDenied, WrongState, ValidationError while nobody has said when it is held.
    """
    fresh = lock_to_run(consultation, by=by, permission="consultations.invite_organisations")
    if fresh.starts_at is None:
        raise ValidationError(_("Say first when it is held: an invitation without a day cannot be answered."))
    rows = list(
        fresh.participations.filter(invited_at__isnull=True, organisation__is_active=True).select_related(
            "organisation"
        )
    )
    if not rows:
        return 0
    now = timezone.now()
    Participation.objects.filter(pk__in=[row.pk for row in rows]).update(invited_at=now)
    organisations = [row.organisation for row in rows]
    for organisation in organisations:
        log_change(fresh, "invite", by=by, before=fresh.state, after=fresh.state, organisation=organisation)
    notify_people(people_to_notify(organisations))
    return len(organisations)


@transaction.atomic
def answer_invitation(
    consultation: Consultation,
    *,
    by: Any,
    organisation: Organisation,
    comes: bool,
    line: str = "",
    language: str = "",
    version: int = 0,
    editor: str = "",
) -> InvitationAnswer:
    """An invited organisation says whether it comes; again changes its answer. ``version`` is that of the answer that
    the person saw, 0 for none.

    Raises PermissionDenied (not theirs to answer, not invited), WrongState (closed), EditConflict.
    """
    locked = (
        Consultation.objects.select_for_update(of=("self",)).select_related("step", "country").get(pk=consultation.pk)
    )
    if organisation.pk not in memberships_of(by) or organisation.country_id != locked.country_id:
        raise PermissionDenied(_("You can only speak for an organisation of this country that you belong to."))
    if not by.has_perm("consultations.answer_invitation", locked):
        raise WrongState(_("This consultation is over: its invitation can no longer be answered."))
    row = locked.participations.filter(organisation=organisation, invited_at__isnull=False).first()
    if row is None:
        raise PermissionDenied(_("This organisation is not invited yet."))
    answer = InvitationAnswer.objects.filter(participation=row).first()
    mine = {"answer": [comes, line.strip()]}
    if answer is None:
        answer = InvitationAnswer(participation=row, version=0)
    else:
        theirs = {"answer": [answer.comes, source_text(answer, "line")]}
        if answer.comes == comes and says_already(answer, "line", line.strip(), language):
            return answer
        if changed_since(answer, mine, version, editor):
            raise EditConflict(answer, mine=mine, theirs=theirs)
    answer.comes, answer.by = comes, by
    write_words(answer, language_of(language, by), line=line.strip())
    mark_changed(answer, mine, editor)
    answer.full_clean(exclude={"participation"}, validate_unique=False)
    answer.save()
    log_change(locked, "answer", by=by, before=locked.state, after="yes" if comes else "no", organisation=organisation)
    return answer


@transaction.atomic
def remind(
    consultation: Consultation,
    *,
    by: Any,
    reason: str,
    organisations: Collection[Organisation] | None = None,
    theme: Theme | None = None,
) -> int:
    """Remind those whom ``reason`` is for (of ``organisations``, if any are given), nobody twice on one day.
    ``theme`` goes with the reason of that name: who has not spoken of it.

    Returns how many organisations. The mail says only that there is something new. In order: lock, check, leave out
    who was reminded today, write and log the reminders, put the mails into the outbox. ``by`` None is the portal.
    Raises PermissionDenied, WrongState.
    """
    fresh = lock_to_run(consultation, by=by, permission="consultations.remind")
    due = DUE[reason](fresh, theme) if theme else DUE[reason](fresh)
    if organisations is not None:
        due = due.filter(pk__in=[organisation.pk for organisation in organisations])
    today = today_for_mail()
    reminded = Reminder.objects.filter(consultation=fresh, day=today).values("organisation")
    chosen = list(due.exclude(pk__in=reminded))
    Reminder.objects.bulk_create(
        Reminder(consultation=fresh, organisation=organisation, day=today, reason=reason, theme=theme, by=by)
        for organisation in chosen
    )
    for organisation in chosen:
        log_change(
            fresh, "remind", by=by, before=fresh.state, after=fresh.state, organisation=organisation, reason=reason
        )
    if chosen:
        notify_people(people_to_notify(chosen))
    return len(chosen)


def remind_when_due() -> None:
    """The daily housekeeping: what ``reminders.reasons_today`` says, for every consultation that goes on."""
    for consultation in _going_on():
        for reason in reasons_today(consultation):
            remind(consultation, by=None, reason=reason)


def _going_on() -> Iterable[Consultation]:
    return list(
        Consultation.objects.filter(step__programme__is_current=True, step__kind=StepKind.CONSULTATION)
        .exclude(state=ConsultationState.CLOSED)
        .exclude(step_is_done())
        .select_related("step", "country")
    )
