"""Comments on a submitted priority, and sending a part of it back to its authors."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.languages.services import set_source, source_text
from planning_portal.organisations.models import Organisation
from planning_portal.organisations.permissions import memberships_of
from planning_portal.workflow.services import WrongState, log_change

from ..models import AmendmentSource, ChangeRequest, Comment, Consultation, Priority, RequestState, RequestWord
from ..parts import Incomplete, missing_parts, plain_part, plain_parts, save_version, set_columns
from ..versions import EditConflict, changed_since
from ..workflow import CHANGE_REQUEST
from .telling import tell_companions, tell_organisations
from .words import language_of, says_already, write_words

COMMENT_LIMIT = 1000


@transaction.atomic
def add_comment(priority: Priority, *, by: Any, organisation: Organisation, words: str, language: str = "") -> Comment:
    """An organisation of the country says something about a submitted priority. The words that it said last are no
    second comment: the reply was lost, its sender went back and sent them again, perhaps with their language put right.

    Raises PermissionDenied, ValidationError (nothing said)."""
    fresh = _lock(priority.pk)
    if organisation.pk not in memberships_of(by) or organisation.country_id != fresh.consultation.country_id:
        raise PermissionDenied(_("You can only speak for an organisation of this country that you belong to."))
    if not by.has_perm("consultations.comment_priority", fresh):
        raise PermissionDenied(_("Comments can be made until the country has decided on this priority."))
    if not words.strip():
        raise ValidationError({"words": _("Write your comment first.")})
    said = words.replace("\r\n", "\n").strip()
    last = Comment.objects.filter(priority=fresh, organisation=organisation).order_by("-pk").first()
    if last is not None and last.by_id == by.pk and not last.removed_at and source_text(last, "words") == said:
        if not says_already(last, "words", said, language):
            write_words(last, language, words=said)
            last.save()
        return last
    comment = Comment(priority=fresh, organisation=organisation, by=by, source_language=language_of(language, by))
    set_source(comment, words=said)
    comment.save()
    log_change(fresh, "comment", by=by, organisation=organisation, before=fresh.state, after=fresh.state)
    return comment


@transaction.atomic
def remove_comment(comment: Comment, *, by: Any, reason: str = "") -> None:
    """Its own organisation deletes it; the companion removes it with a reason that stays in its place.

    Raises PermissionDenied, ValidationError (the companion gave no reason).
    """
    fresh = Comment.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=comment.pk)
    priority = Priority.objects.select_related("consultation__step").get(pk=fresh.priority_id)
    if not by.has_perm("consultations.remove_comment", fresh):
        raise PermissionDenied(_("A comment is removed by its organisation, or by the companion with a reason."))
    if fresh.organisation_id in memberships_of(by):
        organisation = fresh.organisation
        fresh.delete()
        log_change(
            priority, "delete_comment", by=by, organisation=organisation, before=priority.state, after=priority.state
        )
        return
    if not reason.strip():
        raise ValidationError({"reason": _("Say why you remove this comment: its organisation will read it.")})
    # In the column of the comment's own language: a comment has one.
    set_source(fresh, removal=reason.strip())
    fresh.removed_by, fresh.removed_at = by, timezone.now()
    fresh.save()
    log_change(priority, "remove_comment", by=by, before=priority.state, after=priority.state, reason=reason)


@transaction.atomic
def request_change(priority: Priority, *, by: Any, part: str, words: str, language: str = "") -> ChangeRequest:
    """The companion sends one part back with a word on what to change.

    Raises PermissionDenied, ValidationError (nothing said, no such part), WrongState (already asked, or it is proposed
    to merge, split or reword the text).
    """
    fresh = _lock(priority.pk)
    if not by.has_perm("consultations.request_change", fresh):
        raise PermissionDenied(_("The companion can ask for changes until the country has decided on this priority."))
    if part not in ChangeRequest.PARTS:
        raise ValidationError({"part": _("Choose the part that should change.")})
    if not words.strip():
        raise ValidationError({"words": _("Say what should change: the authors will read it.")})
    _check_not_held(fresh)
    try:
        with transaction.atomic():
            request = ChangeRequest.objects.create(priority=fresh, part=part)
    except IntegrityError as error:
        raise WrongState(_("A change of this part has already been asked for.")) from error
    _say(request, "ask", words, by=by, language=language)
    log_change(request, "ask", by=by, after=RequestState.OPEN)
    tell_organisations([fresh.organisation])
    return request


@transaction.atomic
def answer_request(
    request: ChangeRequest,
    *,
    by: Any,
    version: int,
    words: str,
    value: Any,
    language: str = "",
    editor: str = "",
) -> ChangeRequest:
    """The authors change the part (or leave it, and say why) and answer, in one act; a submitted text stays complete.

    Raises PermissionDenied, WrongState (not open any more, or held), ValidationError (nothing said), Incomplete, and
    EditConflict when a colleague changed the part meanwhile.
    """
    fresh = ChangeRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    priority = _lock(fresh.priority_id)
    fresh.priority = priority
    if not CHANGE_REQUEST.is_possible(fresh, "answer"):
        raise WrongState(str(CHANGE_REQUEST.transitions["answer"].refusal))
    if not by.has_perm("consultations.answer_request", fresh):
        raise PermissionDenied(_("Only the organisation that proposes this priority can change its text."))
    if not words.strip():
        raise ValidationError({"words": _("Say what you changed, or why you leave it.")})
    _check_not_held(priority)
    _change_part(priority, fresh.part, value, by=by, version=version, editor=editor)
    _say(fresh, "answer", words, by=by, organisation=priority.organisation, language=language)
    tell_companions(priority.consultation)
    return CHANGE_REQUEST.apply(fresh, "answer", by=by, organisation=priority.organisation)


def _change_part(priority: Priority, part: str, value: Any, *, by: Any, version: int, editor: str) -> None:
    mine = {part: plain_part(part, value)}
    theirs = plain_parts(priority, mine)
    if mine == theirs:
        return
    if changed_since(priority, mine, version, editor):
        raise EditConflict(priority, mine=mine, theirs=theirs)
    columns = set_columns(priority, mine)
    if missing := missing_parts(priority):
        raise Incomplete(missing)
    save_version(priority, columns, mine, by=by, editor=editor)


@transaction.atomic
def reopen_request(request: ChangeRequest, *, by: Any, words: str, language: str = "") -> ChangeRequest:
    """The companion asks once more, and says what is still missing. Raises WrongState, PermissionDenied,
    ValidationError."""
    if not words.strip():
        raise ValidationError({"words": _("Say what should still change: the authors will read it.")})
    fresh = CHANGE_REQUEST.apply(request, "reopen", by=by)
    _check_not_held(fresh.priority)
    _say(fresh, "reopen", words, by=by, language=language)
    tell_organisations([fresh.priority.organisation])
    return fresh


@transaction.atomic
def resolve_request(request: ChangeRequest, *, by: Any, words: str = "", language: str = "") -> ChangeRequest:
    """The companion is content, or lets it rest. Raises WrongState, PermissionDenied."""
    fresh = CHANGE_REQUEST.apply(request, "resolve", by=by, resolved_at=timezone.now())
    _say(fresh, "resolve", words, by=by, language=language)
    return fresh


def _say(
    request: ChangeRequest, kind: str, words: str, *, by: Any, organisation: Any = None, language: str = ""
) -> None:
    word = RequestWord(
        request=request, kind=kind, by=by, organisation=organisation, source_language=language_of(language, by)
    )
    set_source(word, words=words.replace("\r\n", "\n").strip())
    word.save()


def _check_not_held(priority: Priority) -> None:
    if AmendmentSource.objects.filter(priority=priority, is_holding=True).exists():
        raise WrongState(
            _("It is proposed to merge, split or reword this text: it stands still until that is decided.")
        )


def _lock(pk: int) -> Priority:
    """Lock the consultation, then the priority: its list is not agreed meanwhile."""
    consultation_id = Priority.objects.values_list("consultation_id", flat=True).get(pk=pk)
    Consultation.objects.select_for_update(of=("self",)).get(pk=consultation_id)
    return (
        Priority.objects.select_for_update(of=("self",))
        .select_related("consultation__step", "consultation__country", "organisation")
        .get(pk=pk)
    )
