"""Each constraint by its name, and how far a step is."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from planning_portal.programme.models import (
    Page,
    Programme,
    Resource,
    ResourceGroup,
    Role,
    Step,
    StepInput,
    StepResult,
    StepState,
    StepStatus,
    Theme,
    current_programme,
    forget_current_programme,
    remember_current_programme,
)
from planning_portal.programme.steps import period, statuses_of
from tests import factories

from .factories import make_group, make_input, make_page, make_resource, make_result

TODAY = date(2026, 11, 24)


def refused_by(obj, message: str) -> None:
    """The row is refused with a message a person can read, and by the database itself."""
    with pytest.raises(ValidationError, match=message):
        obj.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        obj.save()


def test_programme_that_ends_before_it_starts_is_refused(db):
    wrong = Programme(slug="x", code="x", source_language="en", starts=date(2031, 1, 1), ends=date(2027, 1, 1))
    refused_by(wrong, "must end after it starts")


def test_second_current_programme_is_refused(programme):
    wrong = Programme(
        slug="x", code="x", source_language="en", starts=date(2027, 1, 1), ends=date(2031, 1, 1), is_current=True
    )
    refused_by(wrong, "Only one programme can be the current one")


def test_many_programmes_that_are_not_current_are_fine(programme):
    for _number in range(2):
        factories.make_programme(is_current=False)
    assert Programme.objects.count() == 3


def test_step_that_ends_before_it_starts_is_refused(programme):
    step = factories.make_step()
    step.starts, step.ends = date(2025, 7, 3), date(2025, 7, 1)
    refused_by(step, "cannot end before it starts")


def test_step_of_one_day_is_fine(programme):
    step = factories.make_step(starts=TODAY, ends=TODAY)
    assert step.pk


@pytest.mark.parametrize("both", [True, False])
def test_input_from_both_or_neither_is_refused(programme, union, both):
    step = factories.make_step()
    wrong = StepInput(step=step, slug="x", source_language="en", title_en="x")
    if both:
        wrong.zone, wrong.organisation = factories.make_zone(), union
    refused_by(wrong, "comes from one zone or from one organisation")


def test_same_role_twice_is_refused(coordinator, programme):
    refused_by(Role(programme=programme, user=coordinator, kind="coordinator"), "already has this role")


def test_same_slug_twice_is_refused(programme):
    step = factories.make_step()
    theme = factories.make_theme()
    same = [
        Step(programme=programme, slug=step.slug, kind="consultation", source_language="en"),
        Theme(programme=programme, slug=theme.slug, source_language="en"),
        Page(programme=programme, slug=make_page(programme).slug, section="context", source_language="en"),
        Resource(programme=programme, slug=make_resource(programme).slug, kind="video", source_language="en"),
        ResourceGroup(programme=programme, slug=make_group(programme).slug, source_language="en"),
        StepInput(step=step, slug=make_input(step, zone=factories.make_zone()).slug, source_language="en", zone_id=1),
    ]
    for one in same:
        with pytest.raises(IntegrityError), transaction.atomic():
            one.save()


def test_same_result_twice_is_refused(programme):
    result = make_result(factories.make_step())
    result.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        result.save(force_insert=True)
    assert StepResult.objects.count() == 1


def test_original_of_a_required_text_must_be_filled(programme):
    theme = Theme(programme=programme, slug="x", source_language="fr", title_en="Only in English")
    with pytest.raises(ValidationError) as error:
        theme.full_clean()
    assert "title" in error.value.message_dict


@pytest.mark.parametrize(
    ("starts", "ends", "state", "status"),
    [
        (None, None, StepState.AUTOMATIC, StepStatus.TO_COME),
        (date(2026, 11, 25), date(2026, 11, 30), StepState.AUTOMATIC, StepStatus.TO_COME),
        (date(2026, 11, 24), date(2026, 11, 24), StepState.AUTOMATIC, StepStatus.NOW),
        (date(2026, 11, 1), None, StepState.AUTOMATIC, StepStatus.NOW),
        (date(2026, 11, 1), date(2026, 11, 23), StepState.AUTOMATIC, StepStatus.DONE),
        (None, date(2026, 11, 23), StepState.AUTOMATIC, StepStatus.DONE),
        (None, date(2026, 11, 30), StepState.AUTOMATIC, StepStatus.TO_COME),
        (date(2026, 11, 1), date(2026, 11, 23), StepState.OPEN, StepStatus.NOW),
        (None, None, StepState.OPEN, StepStatus.NOW),
        (date(2027, 1, 1), None, StepState.CLOSED, StepStatus.DONE),
        (None, None, StepState.CLOSED, StepStatus.DONE),
    ],
)
def test_status_is_the_coordinators_word_else_the_dates(monkeypatch, starts, ends, state, status):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: TODAY)
    assert Step(starts=starts, ends=ends, state=state).status == status


def test_step_without_dates_is_done_once_a_later_one_goes_on():
    steps = [
        Step(state=StepState.AUTOMATIC),
        Step(state=StepState.AUTOMATIC),
        Step(state=StepState.OPEN),
        Step(state=StepState.AUTOMATIC),
    ]
    assert [str(status) for status in statuses_of(steps)] == ["done", "done", "now", "to_come"]


def test_step_with_dates_or_a_word_keeps_its_own_status():
    steps = [
        Step(state=StepState.OPEN),
        Step(state=StepState.AUTOMATIC, starts=date(2999, 1, 1), ends=date(2999, 1, 2)),
        Step(state=StepState.CLOSED),
    ]
    assert [str(status) for status in statuses_of(steps)] == ["now", "to_come", "done"]


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        (date(2025, 7, 1), date(2025, 7, 3), "1–3 July 2025"),
        (date(2025, 9, 1), date(2025, 10, 31), "September – October 2025"),
        (date(2025, 9, 1), date(2025, 9, 30), "September 2025"),
        (date(2025, 9, 1), date(2025, 9, 29), "1–29 September 2025"),
        (date(2025, 9, 1), None, "1 September 2025"),
        (None, None, ""),
    ],
)
def test_period_is_as_short_as_it_can_be(starts, ends, words):
    said = period(starts, ends).replace("\u2009", " ").replace("\u202f", " ")
    assert said == words


def test_years_of_a_programme(programme):
    assert programme.years == [2027, 2028, 2029, 2030, 2031]


def test_current_programme_is_read_once_in_a_request(programme, django_assert_num_queries):
    remember_current_programme()
    try:
        with django_assert_num_queries(1):
            assert current_programme() == programme
            assert current_programme() == programme
    finally:
        forget_current_programme()
    with django_assert_num_queries(2):
        current_programme()
        current_programme()


def test_missing_programme_is_asked_for_once_in_a_request(db, django_assert_num_queries):
    remember_current_programme()
    try:
        with django_assert_num_queries(1):
            assert current_programme() is None
            assert current_programme() is None
    finally:
        forget_current_programme()
