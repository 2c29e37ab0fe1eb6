"""The database has the last word: each impossible combination provoked by the name of its constraint."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from consultations.models import (
    Amendment,
    AmendmentAnswer,
    AmendmentSource,
    ChangeRequest,
    Comment,
    Consultation,
    CountryDecision,
    InvitationAnswer,
    ParkedEdit,
    Participation,
    Priority,
    Reminder,
    RequestWord,
    Support,
)
from tests import factories

from .factories import make_amendment, make_consultation, make_participation, make_priority, make_support

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def assert_refused(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def assert_refused_columns(columns, act):
    """SQLite names the columns of a unique constraint, PostgreSQL its name: either will do."""
    with pytest.raises(IntegrityError, match=columns), transaction.atomic():
        act()


def test_one_consultation_per_country_and_step(consultation, step, benin):
    assert_refused_columns(
        "one_consultation_per_country_and_step|country_id", lambda: make_consultation(step=step, country=benin)
    )
    twin = Consultation(step=step, country=benin, source_language="fr")
    with pytest.raises(ValidationError, match="already has a consultation"):
        twin.full_clean()


def test_consultation_ends_after_start(consultation):
    rows = Consultation.objects.filter(pk=consultation.pk)
    assert_refused(
        "consultation_ends_after_start", lambda: rows.update(starts_at=NOW, ends_at=NOW - timezone.timedelta(hours=1))
    )


@pytest.mark.parametrize("change", [{"state": "closed"}, {"closed_at": NOW}])
def test_closed_consultation_has_time(consultation, change):
    rows = Consultation.objects.filter(pk=consultation.pk)
    assert_refused("closed_consultation_has_time", lambda: rows.update(**change))


@pytest.mark.parametrize("link", ["http://meet.example.org", "javascript:alert(1)"])
def test_meeting_link_is_secure(consultation, link):
    rows = Consultation.objects.filter(pk=consultation.pk)
    rows.update(link="https://meet.example.org")
    assert_refused("meeting_link_is_secure", lambda: rows.update(link=link))


def test_civic_space_has_a_known_word(consultation):
    rows = Consultation.objects.filter(pk=consultation.pk)
    rows.update(civic_space="narrowed")
    assert_refused("civic_space_has_a_known_word", lambda: rows.update(civic_space="fine"))


def test_one_participation_per_organisation(consultation, union):
    make_participation(consultation, union)
    assert_refused_columns(
        "one_participation_per_organisation|organisation_id", lambda: make_participation(consultation, union)
    )


def test_young_participants_among_all(consultation, union):
    row = make_participation(consultation, union, women=2, men=1)
    rows = Participation.objects.filter(pk=row.pk)
    rows.update(under_35=3)
    assert_refused("young_participants_among_all", lambda: rows.update(under_35=4))


def test_absent_organisation_has_no_people(consultation, union):
    row = make_participation(consultation, union)
    assert_refused(
        "absent_organisation_has_no_people", lambda: Participation.objects.filter(pk=row.pk).update(is_present=False)
    )


@pytest.mark.parametrize("change", [{"receipt": "AAAA-AAAA"}, {"submitted_at": NOW}])
def test_draft_has_no_receipt(draft, change):
    rows = Priority.objects.filter(pk=draft.pk)
    assert_refused("submitted_priority_has_receipt", lambda: rows.update(**change))


@pytest.mark.parametrize("change", [{"receipt": None}, {"submitted_at": None}])
def test_submitted_priority_has_receipt(submitted, change):
    rows = Priority.objects.filter(pk=submitted.pk)
    assert_refused("submitted_priority_has_receipt", lambda: rows.update(**change))


@pytest.mark.parametrize("change", [{"theme": None}, {"level": ""}])
def test_submitted_priority_has_theme_and_level(submitted, change):
    rows = Priority.objects.filter(pk=submitted.pk)
    assert_refused("submitted_priority_has_theme_and_level", lambda: rows.update(**change))


@pytest.mark.parametrize("change", [{"state": "agreed"}, {"position": 1}])
def test_agreed_priority_has_position(submitted, change):
    rows = Priority.objects.filter(pk=submitted.pk)
    assert_refused("agreed_priority_has_position", lambda: rows.update(**change))


def test_one_priority_per_position(consultation):
    make_priority(consultation=consultation, state="agreed", position=1)
    other = make_priority(consultation=consultation, state="agreed", position=2)
    assert_refused_columns(
        "one_priority_per_position|position", lambda: Priority.objects.filter(pk=other.pk).update(position=1)
    )


def test_receipt_is_unique(submitted, consultation):
    assert_refused_columns("receipt", lambda: make_priority(consultation=consultation, receipt=submitted.receipt))


def test_priority_set_aside_with_reason(submitted):
    def without_reason():
        CountryDecision.objects.create(priority=submitted, outcome="not_retained", source_language="fr")

    assert_refused("priority_set_aside_with_reason", without_reason)


def test_one_support_per_organisation(submitted, mutual):
    make_support(submitted, mutual)
    assert_refused_columns("one_support_per_organisation|organisation_id", lambda: make_support(submitted, mutual))
    with pytest.raises(ValidationError, match="already supports"):
        Support(priority=submitted, organisation=mutual, source_language="fr").full_clean()


def test_one_parked_edit_per_person(draft, alice):
    ParkedEdit.objects.create(priority=draft, user=alice, fields={})
    assert_refused_columns(
        "one_parked_edit_per_person|user_id", lambda: ParkedEdit.objects.create(priority=draft, user=alice, fields={})
    )


def test_history_outlives_names(draft):
    """Nothing that a priority stands on can be deleted under it."""
    with pytest.raises(models_protected()):
        draft.organisation.delete()
    assert factories.Organisation.objects.filter(pk=draft.organisation_id).exists()


def models_protected():
    from django.db.models import ProtectedError

    return ProtectedError


def test_only_what_was_made_is_taken_back(submitted):
    rows = Priority.objects.filter(pk=submitted.pk)
    assert_refused("only_what_was_made_is_taken_back", lambda: rows.update(state="undone"))


@pytest.fixture
def merge(companion, consultation, submitted, mutual):
    other = make_priority(consultation=consultation, organisation=mutual)
    return make_amendment(consultation, [submitted, other], by=companion)


@pytest.mark.parametrize("change", [{"answer_by": None}, {"proposed_at": None}])
def test_proposed_amendment_has_deadline(merge, change):
    rows = Amendment.objects.filter(pk=merge.pk)
    assert_refused("proposed_amendment_has_deadline", lambda: rows.update(**change))


@pytest.mark.parametrize("change", [{"state": "done"}, {"ended_at": NOW}])
def test_ended_amendment_has_time(merge, change):
    rows = Amendment.objects.filter(pk=merge.pk)
    assert_refused("ended_amendment_has_time", lambda: rows.update(**change))


def test_one_source_row_per_priority(merge, submitted):
    assert_refused_columns(
        "one_source_row_per_priority|priority_id",
        lambda: AmendmentSource.objects.create(amendment=merge, priority=submitted),
    )


def test_one_amendment_at_a_time(merge, submitted, companion, consultation):
    second = Amendment.objects.create(consultation=consultation, kind="reword", source_language="fr")
    assert_refused_columns(
        "one_amendment_at_a_time|priority_id",
        lambda: AmendmentSource.objects.create(amendment=second, priority=submitted, is_holding=True),
    )


def test_one_answer_per_organisation(merge, union):
    assert_refused_columns(
        "one_answer_per_organisation|organisation_id",
        lambda: AmendmentAnswer.objects.create(amendment=merge, organisation=union, source_language="fr"),
    )


@pytest.mark.parametrize("change", [{"answer": "accepted"}, {"answered_at": NOW}])
def test_answer_has_time(merge, change):
    assert_refused("answer_has_time", lambda: merge.answers.update(**change))


def test_declined_with_reason(merge):
    assert_refused("declined_with_reason", lambda: merge.answers.update(answer="declined", answered_at=NOW))


@pytest.mark.parametrize("change", [{"removed_at": NOW}, {"removed": True}])
def test_comment_removed_with_reason(submitted, mutual, companion, change):
    comment = Comment.objects.create(priority=submitted, organisation=mutual, source_language="fr", words_fr="Oui.")
    values = {"removed_at": NOW, "removed_by": companion} if "removed" in change else change
    rows = Comment.objects.filter(pk=comment.pk)
    assert_refused("comment_removed_with_reason", lambda: rows.update(**values))


def test_one_request_per_part_at_a_time(submitted):
    ChangeRequest.objects.create(priority=submitted, part="title")
    assert_refused_columns(
        "one_request_per_part_at_a_time|priority_id",
        lambda: ChangeRequest.objects.create(priority=submitted, part="title"),
    )


@pytest.mark.parametrize("change", [{"state": "resolved"}, {"resolved_at": NOW}])
def test_resolved_request_has_time(submitted, change):
    asked = ChangeRequest.objects.create(priority=submitted, part="title")
    rows = ChangeRequest.objects.filter(pk=asked.pk)
    assert_refused("resolved_request_has_time", lambda: rows.update(**change))


@pytest.mark.parametrize("kind", ["answer", "ask"])
def test_answers_are_given_for_an_organisation(submitted, union, kind):
    asked = ChangeRequest.objects.create(priority=submitted, part="title")
    organisation = None if kind == "answer" else union
    assert_refused(
        "answers_are_given_for_an_organisation",
        lambda: RequestWord.objects.create(request=asked, kind=kind, organisation=organisation, source_language="fr"),
    )


def test_one_reminder_per_organisation_and_day(consultation, union):
    row = {"consultation": consultation, "organisation": union, "day": NOW.date()}
    Reminder.objects.create(**row, reason="answer")
    assert_refused_columns(
        "one_reminder_per_organisation_and_day|organisation_id", lambda: Reminder.objects.create(**row, reason="draft")
    )


def test_one_answer_per_participation(consultation, union):
    row = make_participation(consultation, union)
    InvitationAnswer.objects.create(participation=row, comes=True, source_language="fr")
    assert_refused_columns(
        "participation_id",
        lambda: InvitationAnswer.objects.create(participation=row, comes=False, source_language="fr"),
    )
