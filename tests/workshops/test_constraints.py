"""The database refuses what cannot be, whoever asks: every named constraint of the app, provoked by name."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from tests import factories as base
from workshops import models

from . import factories

NOW = timezone.now()


def second(model, **fields):
    return lambda things: model.objects.create(**{name: things[value] for name, value in fields.items()})


def change(name, **fields):
    def act(things):
        obj = things[name]
        type(obj)._base_manager.filter(pk=obj.pk).update(**fields)

    return act


CASES = {
    "workshop_ends_after_start": change("workshop", ends_on=date(2025, 1, 1)),
    "closed_workshop_is_frozen": change("workshop", state="closed"),
    "one_delegation_per_organisation": second(models.Delegation, workshop="workshop", organisation="union"),
    "one_session_per_position": lambda t: factories.make_session(t["workshop"], position=t["session"].position),
    "session_ends_after_start": change("session", ended_at=NOW),
    "one_running_session": lambda t: [factories.make_session(t["workshop"], started_at=NOW) for _twice in range(2)],
    "session_is_on_a_day": change("session", day=0),
    "session_has_one_owner": lambda t: factories.make_session(t["workshop"], owner=base.make_user(), owner_name="Ana"),
    "session_set_aside_is_not_running": change("session", started_at=NOW, set_aside="parked"),
    "paused_session_is_running": change("session", paused_at=NOW),
    "one_attendance_per_organisation": lambda t: [
        models.Attendance.objects.create(session=t["session"], organisation=t["union"], source="list")
        for _twice in "ab"
    ],
    "temperature_asks_something": change("temperature", question=""),
    "temperature_closes_after_opening": change("temperature", closes_at=NOW - timedelta(days=1)),
    "one_temperature_per_organisation": lambda t: [
        models.TemperatureAnswer.objects.create(check_of=t["temperature"], organisation=t["union"], level=level)
        for level in (1, 2)
    ],
    "temperature_has_five_levels": lambda t: models.TemperatureAnswer.objects.create(
        check_of=t["temperature"], organisation=t["union"], level=6
    ),
    "one_candidate_per_code": lambda t: factories.make_candidate(t["workshop"], code=t["candidate"].code),
    "one_round_per_number": lambda t: factories.make_round(t["workshop"], "prepared", number=t["round"].number),
    "one_open_round": lambda t: factories.make_round(t["workshop"], "open"),
    "closed_round_has_result": change("round", state="closed", closed_at=NOW),
    "quorum_is_a_share": change("round", quorum=101),
    "ties_have_a_seed": change("round", rule="phragmen"),
    "one_entitlement_per_organisation": second(models.RoundEntitlement, round="round", organisation="union"),
    "one_ballot_per_organisation": lambda t: [
        models.Ballot.objects.create(round=t["round"], organisation=t["union"], receipt=receipt) for receipt in "AB"
    ],
    "one_line_per_code": lambda t: factories.make_line(t["workshop"], code=t["line"].code),
    "merged_decision_names_candidate": lambda t: factories.make_decision(t["candidate"], "merged"),
    "candidate_not_merged_into_itself": lambda t: factories.make_decision(
        t["candidate"], "merged", merged_into=t["candidate"]
    ),
    "only_kept_candidates_have_line": lambda t: factories.make_decision(t["candidate"], "deferred", line=t["line"]),
    "one_objection_per_organisation": lambda t: [
        models.Objection.objects.create(
            decision=t["decision"], organisation=t["union"], reason="No.", source_language="en"
        )
        for _twice in range(2)
    ],
    "merging_departs_from_nothing": lambda t: factories.make_decision(
        t["candidate"], "merged", merged_into=factories.make_candidate(t["workshop"]), departs_from=t["round"]
    ),
    "room_shows_two_different_languages": lambda t: models.Room.objects.create(
        workshop=t["workshop"], join_code="BCDFGH", language="fr", second_language="fr"
    ),
    "one_raised_hand_per_organisation": lambda t: [factories.make_hand(t["session"], t["union"]) for _twice in "ab"],
    "one_speaker_at_a_time": lambda t: [
        factories.make_hand(t["session"], organisation, started_at=NOW)
        for organisation in (t["union"], base.make_organisation())
    ],
    "hand_is_lowered_or_speaks": lambda t: factories.make_hand(
        t["session"], t["union"], started_at=NOW, lowered_at=NOW
    ),
    "turn_ends_after_start": lambda t: factories.make_hand(
        t["session"], t["union"], started_at=NOW, ended_at=NOW - timedelta(minutes=1)
    ),
}


@pytest.fixture
def things(workshop, candidates, open_round, union):
    return {
        "workshop": workshop,
        "candidate": candidates[0],
        "round": open_round,
        "union": union,
        "session": factories.make_session(workshop),
        "line": factories.make_line(workshop),
        "decision": factories.make_decision(candidates[1]),
        "temperature": models.TemperatureCheck.objects.create(
            workshop=workshop,
            question="So?",
            language="en",
            minimum=3,
            opened_at=NOW,
            closes_at=NOW + timedelta(minutes=1),
        ),
    }


@pytest.mark.parametrize("name", CASES)
def test_constraint(things, name):
    """SQLite names the columns of a unique constraint and the name of a check: either must appear."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        CASES[name](things)
    assert name in str(error.value) or "UNIQUE" in str(error.value).upper()


def test_every_constraint_of_the_app_is_provoked():
    names = {
        constraint.name
        for model in vars(models).values()
        if isinstance(model, type) and issubclass(model, Model) and model.__module__.startswith("workshops.models")
        for constraint in model._meta.constraints
    }
    assert names == set(CASES)


def test_a_session_that_was_never_started_cannot_end_before_it_began(things):
    session = things["session"]
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Session.objects.filter(pk=session.pk).update(started_at=NOW, ended_at=NOW - timedelta(minutes=1))


def test_a_foreign_country_is_no_reason_to_double_a_code(things):
    other = factories.make_workshop(step=base.make_step("continental"))
    assert factories.make_candidate(other, code=things["candidate"].code).pk
