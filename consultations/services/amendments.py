"""Merging, splitting and rewording submitted texts, with the consent of those who wrote them.

Whatever touches what an organisation submitted locks the consultation first, so that its list is not agreed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.languages.services import set_source, source_text
from planning_portal.organisations.models import Organisation
from planning_portal.organisations.permissions import memberships_of
from planning_portal.workflow.services import WrongState, log_change

from ..history import sign_version
from ..models import (
    Amendment,
    AmendmentAnswer,
    AmendmentSource,
    AmendmentState,
    Answer,
    ChangeRequest,
    Consultation,
    Priority,
    PriorityState,
    RequestState,
)
from ..parts import Incomplete
from ..versions import EditConflict
from ..workflow import AMENDMENT, PRIORITY
from .drafts import new_receipt
from .proposals import check_free, lock_consultation
from .telling import tell_companions, tell_organisations
from .words import language_of, says_already, write_words

NEEDED = (*Priority.TEXTS, "theme", "level")


def authors_of(priority: Priority) -> list[Organisation]:
    """The organisations whose text it is: the one that submitted it, or all that were asked when it was made."""
    if priority.amendment_id is None:
        return [priority.organisation]
    return [answer.organisation for answer in AmendmentAnswer.objects.filter(amendment=priority.amendment_id)]


@transaction.atomic
def propose_amendment(amendment: Amendment, *, by: Any, version: int, answer_by: datetime) -> Amendment:
    """Ask every organisation that submitted a source; from now on the texts are held and stand still.

    In order: lock the consultation, check the texts and that each source is free, change the state, hold the sources,
    ask. Raises Incomplete (parts as "0-title"), ValidationError (the deadline has passed), EditConflict (a colleague
    changed the draft meanwhile), WrongState, PermissionDenied.
    """
    consultation = lock_consultation(amendment.consultation_id, by=by)
    fresh = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if not fresh.is_draft:
        raise WrongState(str(AMENDMENT.transitions["propose"].refusal))
    if fresh.version != version:
        raise EditConflict(fresh, mine={}, theirs={})
    if missing := missing_in(fresh):
        raise Incomplete(missing)
    if answer_by <= timezone.now():
        raise ValidationError({"answer_by": _("Choose a day that is still to come: they need time to answer.")})
    sources = list(fresh.sources.select_for_update(of=("self",)).order_by("source_rows__id"))
    check_free(sources)
    _check_not_sent_back(sources)
    proposed = AMENDMENT.apply(fresh, "propose", by=by, proposed_at=timezone.now(), answer_by=answer_by, proposed_by=by)
    try:
        with transaction.atomic():
            proposed.source_rows.update(is_holding=True)
    except IntegrityError as error:
        raise WrongState(
            _("Another proposal is already about one of these priorities: wait for its answers.")
        ) from error
    asked = {organisation.pk: organisation for source in sources for organisation in authors_of(source)}
    AmendmentAnswer.objects.bulk_create(
        AmendmentAnswer(amendment=proposed, organisation=organisation, source_language=consultation.source_language)
        for organisation in asked.values()
    )
    tell_organisations(asked.values())
    return proposed


def _check_not_sent_back(sources: Sequence[Priority]) -> None:
    if ChangeRequest.objects.filter(priority__in=sources).exclude(state=RequestState.RESOLVED).exists():
        raise WrongState(_("A change of one of these texts has been asked for: resolve that request first."))


def missing_in(amendment: Amendment) -> list[str]:
    """What the proposed texts still lack, as "number-part"; "why" when nothing is said to the organisations."""
    missing = [
        f"{number}-{part}" for number, text in enumerate(amendment.texts) for part in NEEDED if not text.get(part)
    ]
    return missing if source_text(amendment, "why") else [*missing, "why"]


@transaction.atomic
def answer_amendment(
    amendment: Amendment,
    *,
    by: Any,
    organisation: Organisation,
    accepts: bool,
    reason: str = "",
    language: str = "",
) -> Amendment:
    """An organisation accepts or declines; it may think again while the proposal is open, and the same again changes
    nothing. The last one that accepts carries it out.

    Raises WrongState, PermissionDenied, ValidationError (declined without a reason).
    """
    consultation = lock_consultation(amendment.consultation_id)
    fresh = Amendment.objects.select_for_update(of=("self",)).with_parts().get(pk=amendment.pk)
    if organisation.pk not in memberships_of(by):
        raise PermissionDenied(_("You can only answer for an organisation that you belong to."))
    if not fresh.is_open:
        raise WrongState(str(AMENDMENT.transitions["carry_out"].refusal))
    if not by.has_perm("consultations.answer_amendment", fresh):
        raise PermissionDenied(_("Only the organisations that submitted these priorities are asked."))
    answer = fresh.answers.filter(organisation=organisation).first()
    if answer is None:
        raise PermissionDenied(_("Only the organisations that submitted these priorities are asked."))
    if not accepts and not reason.strip():
        raise ValidationError({"reason": _("Say why you decline: the others will read it.")})
    given = Answer.ACCEPTED if accepts else Answer.DECLINED
    if answer.answer == given and says_already(answer, "reason", reason.strip(), language):
        return fresh
    write_words(answer, language_of(language, by), reason=reason.strip())
    answer.answer = given
    answer.by, answer.answered_at = by, timezone.now()
    answer.save()
    tell_companions(consultation)
    name = "accept" if accepts else "decline"
    log_change(fresh, name, by=by, organisation=organisation, before=fresh.state, after=fresh.state, reason=reason)
    if fresh.answers.exclude(answer=Answer.ACCEPTED).exists():
        return fresh
    return _carry_out(fresh, by=by)


@transaction.atomic
def decide_amendment(amendment: Amendment, *, by: Any, carries_out: bool, reason: str) -> Amendment:
    """After the deadline the companion decides in the place of those who declined or said nothing, and says why.

    Raises WrongState (the deadline has not passed), PermissionDenied, ValidationError (no reason).
    """
    fresh = _lock_open(amendment, by=by)
    if fresh.answer_by is not None and timezone.now() < fresh.answer_by:
        raise WrongState(_("The organisations can still answer: you can decide after the deadline."))
    _say(fresh, reason)
    return _carry_out(fresh, by=by, reason=reason) if carries_out else _drop(fresh, by=by, reason=reason)


@transaction.atomic
def withdraw_amendment(amendment: Amendment, *, by: Any, reason: str = "") -> Amendment:
    """The companion takes the proposal back: the sources stay as they are. Who was asked reads why; a draft needs no
    reason. Raises WrongState, PermissionDenied, ValidationError."""
    lock_consultation(amendment.consultation_id, by=by)
    fresh = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if not AMENDMENT.is_possible(fresh, "drop"):
        raise WrongState(str(AMENDMENT.transitions["drop"].refusal))
    if fresh.is_open:
        _say(fresh, reason)
    return _drop(fresh, by=by, reason=reason)


@transaction.atomic
def undo_amendment(amendment: Amendment, *, by: Any, reason: str) -> Amendment:
    """The sources return to as they were, the texts made from them are taken back. Possible until the country has
    agreed its list. Raises WrongState, PermissionDenied, ValidationError (no reason)."""
    lock_consultation(amendment.consultation_id, by=by)
    fresh = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if not AMENDMENT.is_possible(fresh, "undo"):
        raise WrongState(str(AMENDMENT.transitions["undo"].refusal))
    results = list(fresh.results.all())
    if AmendmentSource.objects.filter(priority__in=results, is_holding=True).exists():
        raise WrongState(_("A later proposal is about the new text: withdraw or undo that one first."))
    _say(fresh, reason)
    for result in results:
        sign_version(PRIORITY.apply(result, "take_back", by=by, reason=reason), by=by)
    fresh.source_rows.update(is_holding=False)
    for source in fresh.sources.order_by("source_rows__id"):
        sign_version(PRIORITY.apply(source, "restore", by=by, reason=reason), by=by)
    return AMENDMENT.apply(fresh, "undo", by=by, reason=reason, ended_at=timezone.now())


def open_amendments(consultation: Consultation) -> list[Amendment]:
    """Those that still wait for answers: no list is agreed before."""
    return list(consultation.amendments.filter(state=AmendmentState.OPEN).order_by("id"))


def _carry_out(amendment: Amendment, *, by: Any, reason: str = "") -> Amendment:
    """Put the proposed texts in the place of the sources, each a submitted priority with a receipt of its own."""
    sources = list(amendment.sources.select_related("organisation").order_by("source_rows__id"))
    for source in sources:
        sign_version(PRIORITY.apply(source, "replace", by=by, reason=reason), by=by)
    for text in amendment.texts:
        _make_result(amendment, text, sources[0].organisation, by=by)
    return AMENDMENT.apply(amendment, "carry_out", by=by, reason=reason, ended_at=timezone.now())


def _make_result(amendment: Amendment, text: Mapping[str, Any], organisation: Organisation, *, by: Any) -> Priority:
    result = Priority(
        consultation_id=amendment.consultation_id,
        organisation=organisation,
        author=amendment.proposed_by,
        state=PriorityState.SUBMITTED,
        amendment=amendment,
        source_language=amendment.source_language,
        theme_id=text["theme"],
        level=text["level"],
        receipt=_unused_receipt(),
        submitted_at=timezone.now(),
    )
    set_source(result, **{name: text[name] for name in Priority.TEXTS})
    result.full_clean(validate_unique=False)
    result._history_user = by  # type: ignore[attr-defined]
    result.save()
    result.groups.set(text["groups"])
    log_change(result, amendment.kind, by=by, after=PriorityState.SUBMITTED)
    return result


def _unused_receipt() -> str:
    receipt = new_receipt()
    while Priority.objects.filter(receipt=receipt).exists():
        receipt = new_receipt()
    return receipt


def _drop(amendment: Amendment, *, by: Any, reason: str) -> Amendment:
    amendment.source_rows.update(is_holding=False)
    return AMENDMENT.apply(amendment, "drop", by=by, reason=reason, ended_at=timezone.now())


def _say(amendment: Amendment, reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the organisations will read it.")})
    set_source(amendment, verdict=reason.strip())
    amendment.save(update_fields=[f"verdict_{amendment.source_language}"])


def _lock_open(amendment: Amendment, *, by: Any) -> Amendment:
    lock_consultation(amendment.consultation_id, by=by)
    fresh = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if not fresh.is_open:
        raise WrongState(str(AMENDMENT.transitions["carry_out"].refusal))
    return fresh
