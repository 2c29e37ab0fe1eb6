"""Decisions with their reasons, lines of work with their codes, minutes with both texts when two write them."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from tests import factories as base
from workshops.models import Decision, LineOfWork, Minutes
from workshops.services import EditConflict, create_line, decide, draft_minutes, save_minutes, update_line

from . import factories


def decide_so(candidate, by, outcome="adopted", reason="We all need it", language="en", **more):
    return decide(candidate, outcome=outcome, reason=reason, language=language, by=by, **more)


def test_decide_records_outcome_reason_and_line(candidates, workshop, facilitator):
    line = factories.make_line(workshop)
    decision = decide_so(candidates[0], facilitator, line=line, version=0)

    assert (decision.outcome, decision.reason_en, decision.line) == ("adopted", "We all need it", line)
    assert (decision.decided_by, decision.version) == (facilitator, 1)
    assert TransitionLog.objects.get(name="decide").reason == "We all need it"


def test_decide_again_with_the_same_words_changes_nothing(candidates, facilitator):
    decide_so(candidates[0], facilitator)

    assert decide_so(candidates[0], facilitator).version == 1
    assert TransitionLog.objects.filter(name="decide").count() == 1


def test_decide_can_be_changed(candidates, facilitator):
    decide_so(candidates[0], facilitator)
    changed = decide_so(candidates[0], facilitator, outcome="deferred", reason="Pas encore", language="fr", version=1)

    assert (changed.outcome, changed.reason_fr, changed.version) == ("deferred", "Pas encore", 2)
    assert not changed.reason_en
    assert Decision.objects.count() == 1


def test_decide_over_somebody_elses_decision_is_refused_with_both(candidates, facilitator):
    decide_so(candidates[0], facilitator, version=0)
    with pytest.raises(EditConflict) as conflict:
        decide_so(candidates[0], facilitator, outcome="not_retained", reason="No", version=0)

    assert conflict.value.theirs["outcome"] == "adopted"
    assert conflict.value.mine["outcome"] == "not_retained"


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("reason", {"reason": "  "}),
        ("outcome", {"outcome": "maybe"}),
        ("merged_into", {"outcome": "merged"}),
    ],
)
def test_decide_says_what_is_missing(candidates, facilitator, field, given):
    with pytest.raises(ValidationError) as error:
        decide_so(candidates[0], facilitator, **given)
    assert field in error.value.message_dict
    assert not Decision.objects.exists()


def test_decide_merged_into_itself_is_refused(candidates, facilitator):
    with pytest.raises(ValidationError):
        decide_so(candidates[0], facilitator, outcome="merged", merged_into=candidates[0])


def test_decide_merged_into_a_merged_candidate_is_refused(candidates, facilitator):
    first, second, third = candidates
    decide_so(second, facilitator, outcome="merged", merged_into=first)
    with pytest.raises(ValidationError, match=second.code):
        decide_so(third, facilitator, outcome="merged", merged_into=second)


def test_decide_with_a_target_but_not_merged_is_refused(candidates, facilitator):
    with pytest.raises(ValidationError):
        decide_so(candidates[0], facilitator, merged_into=candidates[1])


def test_decide_with_a_line_but_not_kept_is_refused(candidates, workshop, facilitator):
    with pytest.raises(ValidationError) as error:
        decide_so(candidates[0], facilitator, outcome="deferred", line=factories.make_line(workshop))
    assert "line" in error.value.message_dict


def test_decide_with_a_line_of_another_programme_is_refused(candidates, facilitator):
    other = base.make_programme()
    step = base.make_step("continental", programme=other)
    line = factories.make_line(factories.make_workshop(step=step))
    with pytest.raises(ValidationError) as error:
        decide_so(candidates[0], facilitator, line=line)
    assert "line" in error.value.message_dict


@pytest.mark.parametrize("role", ["alice", "companion", "translator", "coordinator"])
def test_deciding_is_for_facilitators(request, candidates, workshop, role):
    user = request.getfixturevalue(role)
    with pytest.raises(PermissionDenied):
        decide_so(candidates[0], user)
    with pytest.raises(PermissionDenied):
        create_line(workshop, title="x", statement="y", language="en", theme=base.make_theme(), by=user)
    with pytest.raises(PermissionDenied):
        save_minutes(workshop, text="x", language="en", by=user)


@pytest.mark.parametrize("state", ["planned", "closed", "published"])
def test_deciding_ends_with_the_workshop(facilitator, programme, state):
    workshop = factories.make_workshop(state)
    with pytest.raises(WrongState):
        decide_so(factories.make_candidate(workshop), facilitator)
    with pytest.raises(WrongState):
        save_minutes(workshop, text="x", language="en", by=facilitator)
    with pytest.raises(WrongState):
        create_line(workshop, title="x", statement="y", language="en", theme=base.make_theme(), by=facilitator)


# --- Lines of work ---


def create(workshop, by, **more):
    theme = more.pop("theme", None) or base.make_theme(programme=workshop.step.programme)
    return create_line(workshop, title="Line", statement="Why", language="en", theme=theme, by=by, **more)


def test_create_line_takes_the_next_code_of_the_programme(workshop, facilitator, union, mutual):
    other = factories.make_workshop()
    first = create(workshop, facilitator, lead=union, organisations=[mutual])
    second = create(other, facilitator)

    assert (first.code, second.code) == ("L1", "L2")
    assert first.lead == union
    assert list(first.organisations.all()) == [mutual]


def test_create_line_counts_on_from_the_highest_code(workshop, facilitator):
    create(workshop, facilitator, code="L10")

    assert create(workshop, facilitator).code == "L11"


def test_create_line_with_a_taken_code_is_refused(workshop, facilitator):
    create(workshop, facilitator, code="L1")
    with pytest.raises(ValidationError):
        create(workshop, facilitator, code="L1")


@pytest.mark.parametrize("missing", ["title", "statement"])
def test_create_line_needs_title_and_statement(workshop, facilitator, missing):
    texts = {"title": "Line", "statement": "Why", missing: " "}
    with pytest.raises(ValidationError) as error:
        create_line(workshop, language="en", theme=base.make_theme(), by=facilitator, **texts)
    assert missing in error.value.message_dict


def test_update_line_guards_its_version(workshop, facilitator, union):
    line = create(workshop, facilitator)
    values = {"language": "en", "theme": line.theme, "by": facilitator}
    update_line(line, title="New", statement="Why", lead=union, organisations=[union], version=1, **values)
    with pytest.raises(EditConflict):
        update_line(line, title="Other", statement="Why", version=1, **values)

    line = LineOfWork.objects.get()
    assert (line.title_en, line.lead, line.version, line.code) == ("New", union, 2, "L1")


# --- Minutes ---


def test_save_minutes_guards_their_version(workshop, facilitator):
    save_minutes(workshop, text="First", language="en", by=facilitator, version=0)
    save_minutes(workshop, text="Second", language="en", by=facilitator, version=1)
    with pytest.raises(EditConflict) as conflict:
        save_minutes(workshop, text="Mine", language="en", by=facilitator, version=1)

    assert conflict.value.theirs == {"text": "Second"}
    assert Minutes.objects.get().version == 2


def test_draft_minutes_tell_the_log_in_the_language_asked(facilitator, programme):
    workshop = factories.hold_workshop(facilitator=facilitator)
    workshop.sessions.update(
        started_at=datetime(2025, 7, 1, 9, 0, tzinfo=UTC), ended_at=datetime(2025, 7, 1, 9, 50, tzinfo=UTC)
    )
    text = draft_minutes(workshop, "en")

    assert "8 of 8 organisations took part." in text
    assert "1 July 2025, 09:00 to 09:50 (UTC): Weighing together" in text
    assert "8 ballots of 8 organisations" in text
    assert "- C01 Une couverture pour toutes 1: adopted" in text
    assert "L1 Health cover for all workers" in text


def test_draft_minutes_name_no_organisation(facilitator, programme):
    workshop = factories.hold_workshop(facilitator=facilitator)

    assert "Organisation number" not in draft_minutes(workshop, "en")
