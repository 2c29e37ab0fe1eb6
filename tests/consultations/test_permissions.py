"""Every role × every state × every verb: who may, and all others refused."""

import pytest
from django.utils import timezone

from consultations.models import Amendment, AmendmentAnswer, ChangeRequest, Comment, Consultation, Priority
from planning_portal.organisations.models import RiskLevel
from planning_portal.programme.models import Step, StepState

from .factories import make_consultation, make_priority

pytestmark = pytest.mark.django_db

MEMBERS = {
    "alice",
    "colleague",
    "bob",
    "carmen",
    "companion",
    "companion_of_peru",
    "facilitator",
    "translator",
    "coordinator",
}
AUTHORS = {"alice", "colleague"}
COUNTRY = AUTHORS | {"bob"}
RUNS = {"companion", "coordinator"}
INSIDERS = COUNTRY | RUNS | {"facilitator"}
NONE: set[str] = set()

CONSULTATION_GRID = {
    # verb: {(state, is the step open): who}
    "view_consultation": {("planned", True): MEMBERS, ("open", True): MEMBERS, ("closed", False): MEMBERS},
    "view_country_level": {("planned", True): INSIDERS, ("open", True): INSIDERS, ("closed", False): INSIDERS},
    "view_context": {
        ("planned", True): INSIDERS,
        ("open", True): INSIDERS,
        ("closed", True): MEMBERS,
        ("closed", False): MEMBERS,
    },
    "view_run": {("planned", True): RUNS, ("open", True): RUNS, ("closed", False): RUNS},
    "run_consultation": {
        ("planned", True): RUNS,
        ("open", True): RUNS,
        ("open", False): RUNS,
        ("closed", True): NONE,
        ("closed", False): NONE,
    },
    "open_consultation": {
        ("planned", True): RUNS,
        ("planned", False): NONE,
        ("open", True): NONE,
        ("closed", True): NONE,
    },
    "agree_list": {("planned", True): NONE, ("open", True): RUNS, ("open", False): RUNS, ("closed", True): NONE},
    "close_consultation": {
        ("planned", True): NONE,
        ("open", True): RUNS,
        ("open", False): RUNS,
        ("closed", True): NONE,
    },
    "reopen_consultation": {
        ("planned", True): NONE,
        ("open", True): NONE,
        ("closed", True): {"coordinator"},
        ("closed", False): NONE,
    },
    "amend_priorities": {("planned", True): NONE, ("open", True): RUNS, ("open", False): RUNS, ("closed", True): NONE},
    "write_priority": {
        ("planned", True): NONE,
        ("open", True): COUNTRY,
        ("open", False): NONE,
        ("closed", True): NONE,
    },
}

PRIORITY_GRID = {
    # verb: {(state of the priority, of the consultation, is the step open): who}
    "edit_draft": {
        ("draft", "open", True): AUTHORS,
        ("draft", "closed", True): AUTHORS,
        ("draft", "open", False): AUTHORS,
        ("submitted", "open", True): NONE,
        ("agreed", "open", True): NONE,
        ("not_retained", "open", True): NONE,
    },
    "submit_priority": {
        ("draft", "open", True): AUTHORS,
        ("draft", "planned", True): NONE,
        ("draft", "closed", True): NONE,
        ("draft", "open", False): NONE,
        ("submitted", "open", True): NONE,
        ("agreed", "open", True): NONE,
        ("not_retained", "open", True): NONE,
    },
    "view_priority": {
        ("draft", "open", True): AUTHORS,
        ("draft", "closed", False): AUTHORS,
        ("submitted", "open", True): INSIDERS,
        ("submitted", "closed", False): INSIDERS,
        ("agreed", "open", True): MEMBERS,
        ("agreed", "closed", False): MEMBERS,
        ("not_retained", "open", True): INSIDERS,
        ("not_retained", "closed", False): INSIDERS,
    },
    "view_history": {
        ("draft", "open", True): AUTHORS,
        ("submitted", "open", True): AUTHORS,
        ("agreed", "closed", False): AUTHORS,
        ("not_retained", "closed", False): AUTHORS,
    },
    "view_versions": {
        ("draft", "open", True): AUTHORS,
        ("submitted", "open", True): INSIDERS,
        ("agreed", "closed", False): INSIDERS,
        ("not_retained", "closed", False): INSIDERS,
    },
    "comment_priority": {
        ("draft", "open", True): NONE,
        ("submitted", "open", True): COUNTRY,
        ("submitted", "open", False): NONE,
        ("submitted", "closed", True): NONE,
        ("agreed", "open", True): NONE,
        ("not_retained", "open", True): NONE,
        ("replaced", "open", True): NONE,
    },
    "request_change": {
        ("draft", "open", True): NONE,
        ("submitted", "open", True): RUNS,
        ("submitted", "open", False): NONE,
        ("submitted", "closed", True): NONE,
        ("agreed", "open", True): NONE,
        ("replaced", "open", True): NONE,
    },
    "support_priority": {
        ("draft", "open", True): NONE,
        ("submitted", "open", True): COUNTRY,
        ("submitted", "open", False): NONE,
        ("submitted", "closed", True): NONE,
        ("agreed", "open", True): NONE,
        ("not_retained", "open", True): NONE,
    },
}


REQUEST_GRID = {
    # verb: {(state of the request, of the priority, of the consultation): who}
    "view_request": {
        ("open", "submitted", "open"): AUTHORS | RUNS,
        ("resolved", "agreed", "closed"): AUTHORS | RUNS,
    },
    "answer_request": {
        ("open", "submitted", "open"): AUTHORS,
        ("answered", "submitted", "open"): NONE,
        ("resolved", "submitted", "open"): NONE,
        ("open", "agreed", "open"): NONE,
        ("open", "replaced", "open"): NONE,
        ("open", "submitted", "closed"): NONE,
    },
    "run_request": {
        ("open", "submitted", "open"): RUNS,
        ("answered", "submitted", "open"): RUNS,
        ("open", "agreed", "open"): NONE,
        ("open", "submitted", "closed"): NONE,
    },
}

AMENDMENT_GRID = {
    # verb: {(state of the amendment, of the consultation): who}
    "view_amendment": {
        ("draft", "open"): RUNS,
        ("open", "open"): INSIDERS,
        ("done", "open"): INSIDERS,
        ("done", "closed"): INSIDERS,
        ("dropped", "open"): INSIDERS,
        ("undone", "open"): INSIDERS,
    },
    "run_amendment": {
        ("draft", "open"): RUNS,
        ("open", "open"): RUNS,
        ("done", "open"): RUNS,
        ("done", "closed"): NONE,
        ("open", "closed"): NONE,
    },
    "answer_amendment": {
        ("draft", "open"): NONE,
        ("open", "open"): AUTHORS,
        ("open", "closed"): NONE,
        ("done", "open"): NONE,
        ("dropped", "open"): NONE,
        ("undone", "open"): NONE,
    },
}


def with_step_open(consultation, is_open):
    Step.objects.filter(pk=consultation.step_id).update(state=StepState.OPEN if is_open else StepState.CLOSED)
    return Consultation.objects.with_country().get(pk=consultation.pk)


@pytest.mark.parametrize(
    ("verb", "state", "is_step_open", "who"),
    [(verb, *key, who) for verb, cases in CONSULTATION_GRID.items() for key, who in cases.items()],
)
def test_consultation_grid(everyone, step, benin, verb, state, is_step_open, who):
    consultation = with_step_open(make_consultation(step=step, country=benin, state=state), is_step_open)
    may = {name for name, user in everyone.items() if user.has_perm(f"consultations.{verb}", consultation)}
    assert may == who


@pytest.mark.parametrize(
    ("verb", "state", "consultation_state", "is_step_open", "who"),
    [(verb, *key, who) for verb, cases in PRIORITY_GRID.items() for key, who in cases.items()],
)
def test_priority_grid(everyone, step, benin, union, verb, state, consultation_state, is_step_open, who):
    consultation = make_consultation(step=step, country=benin, state=consultation_state)
    priority = make_priority(consultation=consultation, organisation=union, state=state)
    with_step_open(consultation, is_step_open)
    priority = Priority.objects.with_parts().get(pk=priority.pk)
    may = {name for name, user in everyone.items() if user.has_perm(f"consultations.{verb}", priority)}
    assert may == who


def amendment_in(state, consultation, union):
    """A proposal in ``state`` that only Alice's organisation is asked about."""
    times = {
        "proposed_at": None if state == "draft" else timezone.now(),
        "answer_by": timezone.now(),
        "ended_at": None if state in {"draft", "open"} else timezone.now(),
    }
    amendment = Amendment.objects.create(
        consultation=consultation, kind="reword", state=state, source_language="fr", texts=[{}], **times
    )
    AmendmentAnswer.objects.create(amendment=amendment, organisation=union, source_language="fr")
    return amendment


@pytest.mark.parametrize(
    ("verb", "state", "consultation_state", "who"),
    [(verb, *key, who) for verb, cases in AMENDMENT_GRID.items() for key, who in cases.items()],
)
def test_amendment_grid(everyone, step, benin, union, verb, state, consultation_state, who):
    amendment = amendment_in(state, make_consultation(step=step, country=benin, state=consultation_state), union)
    may = {name for name, user in everyone.items() if user.has_perm(f"consultations.{verb}", amendment)}
    assert may == who


@pytest.mark.parametrize(
    ("verb", "state", "priority_state", "consultation_state", "who"),
    [(verb, *key, who) for verb, cases in REQUEST_GRID.items() for key, who in cases.items()],
)
def test_request_grid(everyone, step, benin, union, verb, state, priority_state, consultation_state, who):
    consultation = make_consultation(step=step, country=benin, state=consultation_state)
    priority = make_priority(consultation=consultation, organisation=union, state=priority_state)
    resolved_at = timezone.now() if state == "resolved" else None
    asked = ChangeRequest.objects.create(priority=priority, part="title", state=state, resolved_at=resolved_at)
    may = {name for name, user in everyone.items() if user.has_perm(f"consultations.{verb}", asked)}
    assert may == who
    for name, user in everyone.items():
        seen = ChangeRequest.objects.visible_to(user).filter(pk=asked.pk).exists()
        assert seen == user.has_perm("consultations.view_request", asked), name


@pytest.mark.parametrize(("consultation_state", "who"), [("open", AUTHORS | RUNS), ("closed", AUTHORS)])
def test_who_removes_a_comment(everyone, step, benin, union, mutual, consultation_state, who):
    consultation = make_consultation(step=step, country=benin, state=consultation_state)
    priority = make_priority(consultation=consultation, organisation=mutual)
    comment = Comment.objects.create(priority=priority, organisation=union, source_language="fr", words_fr="Oui.")
    may = {name for name, user in everyone.items() if user.has_perm("consultations.remove_comment", comment)}
    assert may == who
    seen = {name for name, user in everyone.items() if Comment.objects.visible_to(user).exists()}
    assert seen == INSIDERS


@pytest.mark.parametrize("state", ["draft", "open", "done", "dropped", "undone"])
def test_visible_amendments_are_those_of_the_permission(everyone, consultation, union, state):
    amendment = amendment_in(state, consultation, union)
    for name, user in everyone.items():
        seen = Amendment.objects.visible_to(user).filter(pk=amendment.pk).exists()
        assert seen == user.has_perm("consultations.view_amendment", amendment), name


def test_only_companion_and_coordinators_plan(everyone, benin):
    may = {name for name, user in everyone.items() if user.has_perm("consultations.plan_consultation", benin)}
    assert may == RUNS


def test_context_of_a_high_risk_country_stays_inside(everyone, step, benin):
    benin.risk_level = RiskLevel.HIGH
    benin.save()
    consultation = make_consultation(step=step, country=benin, state="closed")
    may = {name for name, user in everyone.items() if user.has_perm("consultations.view_context", consultation)}
    assert may == INSIDERS


def test_member_of_a_resting_organisation_may_nothing(alice, union, consultation, submitted):
    union.is_active = False
    union.save()
    assert not alice.has_perm("consultations.write_priority", consultation)
    assert not alice.has_perm("consultations.view_priority", submitted)


@pytest.mark.parametrize("state", ["draft", "submitted", "agreed", "not_retained", "replaced"])
def test_visible_to_says_the_same_as_the_permission(everyone, consultation, union, state):
    priority = make_priority(consultation=consultation, organisation=union, state=state)
    for name, user in everyone.items():
        seen = Priority.objects.visible_to(user).filter(pk=priority.pk).exists()
        assert seen == user.has_perm("consultations.view_priority", priority), name


def test_draft_of_another_organisation_leaks_to_nobody(everyone, consultation, mutual):
    make_priority(consultation=consultation, organisation=mutual, state="draft")
    seen = {name for name, user in everyone.items() if Priority.objects.visible_to(user).exists()}
    assert seen == {"bob"}


def test_consultations_are_seen_by_members_only(everyone, consultation):
    seen = {name for name, user in everyone.items() if Consultation.objects.visible_to(user).exists()}
    assert seen == MEMBERS
