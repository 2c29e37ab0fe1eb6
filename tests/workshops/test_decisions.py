"""Decisions with their reasons, lines of work with their codes, minutes with both texts when two write them."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from tests import factories as base
from workshops.disclosure import LOWEST_MINIMUM
from workshops.models import Decision, Hand, LineOfWork, Minutes
from workshops.services import (
    EditConflict,
    approve_minutes,
    create_line,
    decide,
    draft_minutes,
    record_objection,
    save_minutes,
    update_line,
    withdraw_objection,
)

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


# --- How it was decided, what follows, what stands against it -------------------------------------------------------


def test_a_decision_keeps_how_it_was_made_and_what_follows(candidates, facilitator):
    decision = decide_so(candidates[0], facilitator, rule="consent", follow_up="  The mutuals meet in May. ")

    assert (decision.rule, decision.follow_up_en) == ("consent", "The mutuals meet in May.")


def test_an_unknown_rule_is_refused(candidates, facilitator):
    with pytest.raises(ValidationError):
        decide_so(candidates[0], facilitator, rule="by lot")


def test_a_decision_against_the_result_is_not_called_weighed(facilitator, programme):
    workshop = factories.hold_workshop(facilitator=facilitator)
    chosen = workshop.candidates.get(code="C01")
    assert chosen.pk in workshop.rounds.get().result["chosen"]
    with pytest.raises(ValidationError) as refused:
        decide_so(chosen, facilitator, outcome="deferred", rule="weighed")
    assert list(refused.value.message_dict) == ["rule"]

    assert decide_so(chosen, facilitator, outcome="deferred", rule="hands").departs_from == workshop.rounds.get()


def test_an_objection_is_kept_once_for_an_organisation_and_in_its_last_words(candidates, facilitator, union):
    decision = decide_so(candidates[0], facilitator)
    for reason in ("It costs too much.", "It costs too much for a small mutual."):
        record_objection(decision, organisation=union, reason=reason, language="en", by=facilitator)

    assert [one.reason_en for one in decision.objections.all()] == ["It costs too much for a small mutual."]


def test_an_objection_without_reason_or_from_outside_is_refused(candidates, facilitator, union):
    decision = decide_so(candidates[0], facilitator)
    stranger = base.make_organisation(country=union.country, is_active=False)
    with pytest.raises(ValidationError) as no_reason:
        record_objection(decision, organisation=union, reason=" ", language="en", by=facilitator)
    with pytest.raises(ValidationError) as outside:
        record_objection(decision, organisation=stranger, reason="No.", language="en", by=facilitator)

    assert list(no_reason.value.message_dict) == ["reason"]
    assert list(outside.value.message_dict) == ["organisation"]
    assert not decision.objections.exists()


def test_an_objection_can_be_taken_away_once(candidates, facilitator, union):
    decision = decide_so(candidates[0], facilitator)
    objection = record_objection(decision, organisation=union, reason="No.", language="en", by=facilitator)

    assert withdraw_objection(objection, by=facilitator) is True
    assert withdraw_objection(objection, by=facilitator) is False
    assert not decision.objections.exists()


@pytest.mark.parametrize("role", ["alice", "coordinator", "companion"])
def test_objections_are_written_down_by_facilitators(request, candidates, facilitator, union, role):
    decision = decide_so(candidates[0], facilitator)
    with pytest.raises(PermissionDenied):
        record_objection(decision, organisation=union, reason="No.", language="en", by=request.getfixturevalue(role))


def test_members_read_the_reason_of_an_objection_and_not_whose_it_is(client, candidates, facilitator, union, carmen):
    decision = decide_so(candidates[0], facilitator, follow_up="The mutuals meet in May.")
    record_objection(decision, organisation=union, reason="It costs too much.", language="en", by=facilitator)
    address = reverse("workshops:candidate-detail", args=[candidates[0].public_id])

    client.force_login(carmen)
    page = client.get(address).content.decode()
    assert "It costs too much." in page
    assert "The mutuals meet in May." in page
    after_the_objection = page.split("An objection stands")[1].split("</section>")[0]
    assert union.name not in after_the_objection

    client.force_login(facilitator)
    desk = client.get(reverse("workshops:decision-edit", args=[candidates[0].public_id])).content.decode()
    assert union.name in desk.split("Objections")[1]


def test_an_objection_is_written_down_and_taken_away_on_the_desk(client, candidates, facilitator, union):
    decision = decide_so(candidates[0], facilitator)
    client.force_login(facilitator)
    address = reverse("workshops:objection-add", args=[candidates[0].public_id])
    assert client.post(address, {"organisation": union.pk, "reason": "", "language": "en"}).status_code == 422
    form = {"organisation": union.pk, "reason": "It costs too much.", "language": "en"}
    assert client.post(address, form).status_code == 302
    assert client.post(address, form).status_code == 302
    objection = decision.objections.get()

    taken = reverse("workshops:objection-withdraw", args=[objection.public_id])
    assert client.post(taken).status_code == 302
    assert client.post(taken).status_code == 404
    assert not decision.objections.exists()


# --- Approving the minutes ------------------------------------------------------------------------------------------


def test_minutes_are_approved_once_in_the_version_that_was_read(workshop, facilitator):
    save_minutes(workshop, text="First", language="en", by=facilitator, version=0)
    save_minutes(workshop, text="Second", language="en", by=facilitator, version=1)
    with pytest.raises(EditConflict):
        approve_minutes(workshop, by=facilitator, version=1)

    assert approve_minutes(workshop, by=facilitator, version=2) is True
    assert approve_minutes(workshop, by=facilitator, version=2) is False
    minutes = Minutes.objects.get()
    assert minutes.approved_at is not None
    assert minutes.approved_by == facilitator


def test_changed_minutes_are_no_longer_approved(workshop, facilitator):
    save_minutes(workshop, text="First", language="en", by=facilitator, version=0)
    approve_minutes(workshop, by=facilitator, version=1)
    save_minutes(workshop, text="First", language="en", by=facilitator, version=1)
    assert Minutes.objects.get().approved_at is not None

    save_minutes(workshop, text="Second", language="en", by=facilitator, version=1)
    assert Minutes.objects.get().approved_at is None


def test_there_must_be_minutes_to_approve(workshop, facilitator):
    with pytest.raises(ValidationError):
        approve_minutes(workshop, by=facilitator, version=0)


def test_minutes_are_approved_on_their_page(client, workshop, facilitator):
    save_minutes(workshop, text="We met.", language="en", by=facilitator, version=0)
    client.force_login(facilitator)
    address = reverse("workshops:minutes-approve", args=[workshop.public_id])
    stale = client.post(address, {"version": "7"}, follow=True).content.decode()
    assert "read them once more before you approve them" in stale
    broken = client.post(address, {"version": "x"}, follow=True).content.decode()
    assert "read them once more before you approve them" in broken

    done = client.post(address, {"version": "1"}, follow=True).content.decode()
    assert "The minutes are approved." in done
    assert "Whoever changes them takes the approval away." in done


def test_draft_minutes_tell_rule_follow_up_and_objections_without_a_name(candidates, workshop, facilitator, union):
    decision = decide_so(candidates[0], facilitator, rule="hands", follow_up="The mutuals\nmeet in May.")
    record_objection(decision, organisation=union, reason="It costs too much.", language="en", by=facilitator)

    text = draft_minutes(workshop, "en")
    assert "by a show of hands" in text
    assert "Follow-up: The mutuals meet in May" in text
    assert "Objection: It costs too much" in text
    assert union.name not in text


def test_draft_minutes_say_how_many_spoke_only_when_enough_did(workshop, facilitator, benin):
    session = factories.make_session(workshop, started_at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    moment = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
    for number in range(6):
        organisation = base.make_organisation(country=benin)
        Hand.objects.create(
            session=session,
            organisation=organisation,
            raised_by=facilitator,
            language="en",
            position=number,
            started_at=moment,
            ended_at=moment,
        )
        spoke = "organisations spoke" in draft_minutes(workshop, "en")
        assert spoke is (number + 1 >= LOWEST_MINIMUM)
