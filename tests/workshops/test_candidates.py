"""Merging, splitting back and rewording candidates: nothing of where they come from is lost."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from planning_portal.languages.models import TranslationState
from planning_portal.languages.queries import shown
from planning_portal.languages.services import save_translation
from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from workshops.models import Candidate, Decision
from workshops.queries.candidates import by_theme, candidate_lines
from workshops.services import EditConflict, merge_candidates, reword_candidate, split_candidate

from . import factories


def merge(into, others, by, reason="The same ask"):
    return merge_candidates(into, others, by=by, reason=reason, language="en")


def test_merge_candidates_decides_the_others_with_the_reason(candidates, facilitator):
    first, second, third = candidates
    merge(first, [second, third], facilitator)

    for other in (second, third):
        decision = Decision.objects.get(candidate=other)
        assert (decision.outcome, decision.merged_into, decision.reason_en) == ("merged", first, "The same ask")
    assert set(first.workshop.candidates.standing()) == {first}


def test_merge_candidates_twice_does_nothing(candidates, facilitator):
    first, second, _third = candidates
    merge(first, [second], facilitator)

    assert merge(first, [second], facilitator) == []
    assert TransitionLog.objects.filter(name="merge").count() == 1


def test_merge_candidates_replaces_an_earlier_decision_and_its_line(candidates, workshop, facilitator):
    first, second, _third = candidates
    line = factories.make_line(workshop, candidates=[second])
    merge(first, [second], facilitator)

    decision = Decision.objects.get(candidate=second)
    assert (decision.outcome, decision.line, decision.version) == ("merged", None, 2)
    assert line.decisions.count() == 0


def test_merge_candidates_without_reason_is_refused(candidates, facilitator):
    with pytest.raises(ValidationError) as error:
        merge(candidates[0], candidates[1:], facilitator, reason="  ")
    assert "reason" in error.value.message_dict


@pytest.mark.parametrize("others", [[], [0]])
def test_merge_candidates_needs_others(candidates, facilitator, others):
    with pytest.raises(ValidationError) as error:
        merge(candidates[0], [candidates[index] for index in others], facilitator)
    assert "others" in error.value.message_dict


def test_merge_into_a_merged_candidate_is_refused(candidates, facilitator):
    first, second, third = candidates
    merge(first, [second], facilitator)
    with pytest.raises(WrongState, match=second.code):
        merge(second, [third], facilitator)
    with pytest.raises(WrongState, match=second.code):
        merge(third, [second], facilitator)


def test_merge_with_a_candidate_of_another_workshop_is_refused(candidates, facilitator):
    foreign = factories.make_candidate(factories.make_workshop())
    with pytest.raises(ValidationError):
        merge(candidates[0], [foreign], facilitator)


def test_split_candidate_stands_on_its_own_again(candidates, facilitator):
    first, second, _third = candidates
    merge(first, [second], facilitator)

    assert split_candidate(second, by=facilitator) is True
    assert split_candidate(second, by=facilitator) is False
    assert not Decision.objects.filter(candidate=second).exists()
    assert TransitionLog.objects.get(name="split").reason == "The same ask"


def test_split_candidate_leaves_other_decisions_alone(candidates, facilitator):
    factories.make_decision(candidates[0], "adopted")

    assert split_candidate(candidates[0], by=facilitator) is False
    assert Decision.objects.filter(candidate=candidates[0]).exists()


def test_reword_candidate_makes_its_translations_stale(candidates, facilitator, translator):
    candidate = candidates[0]
    save_translation(candidate, "title", "nl", "Kandidaat", by=translator, state=TranslationState.DONE)

    fresh = reword_candidate(
        candidate, by=facilitator, title="In our own words", statement="All of us", language="en", version=1
    )

    assert (fresh.title_en, fresh.statement_en, fresh.version) == ("In our own words", "All of us", 2)
    assert shown(Candidate.objects.get(pk=candidate.pk), "title", "nl").kind == "stale"
    assert "Candidate 1" in TransitionLog.objects.get(name="reword").reason


def test_reword_candidate_in_another_language_drops_translations_of_the_old_words(candidates, facilitator):
    fresh = reword_candidate(candidates[0], by=facilitator, title="Avec nos mots", statement="Nous", language="fr")

    fresh.refresh_from_db()
    assert fresh.source_language == "fr"
    assert fresh.title_fr == "Avec nos mots"
    assert not fresh.title_en


def test_reword_candidate_over_somebody_elses_words_is_refused_with_both(candidates, facilitator):
    candidate = candidates[0]
    reword_candidate(candidate, by=facilitator, title="Theirs", statement="", language="en", version=1)
    with pytest.raises(EditConflict) as conflict:
        reword_candidate(candidate, by=facilitator, title="Mine", statement="", language="en", version=1)

    assert conflict.value.mine["title"] == "Mine"
    assert conflict.value.theirs["title"] == "Theirs"
    assert conflict.value.obj.version == 2


def test_reword_candidate_with_the_same_words_is_no_conflict(candidates, facilitator):
    candidate = candidates[0]
    reword_candidate(candidate, by=facilitator, title="Same", statement="", language="en", version=1)

    assert (
        reword_candidate(candidate, by=facilitator, title="Same", statement="", language="en", version=1).version == 2
    )


def test_reword_candidate_needs_a_title(candidates, facilitator):
    with pytest.raises(ValidationError):
        reword_candidate(candidates[0], by=facilitator, title=" ", statement="", language="en")


@pytest.mark.parametrize("role", ["alice", "companion", "translator", "coordinator"])
def test_curating_is_for_facilitators(request, candidates, role):
    user = request.getfixturevalue(role)
    with pytest.raises(PermissionDenied):
        merge(candidates[0], candidates[1:], user)
    with pytest.raises(PermissionDenied):
        split_candidate(candidates[0], by=user)
    with pytest.raises(PermissionDenied):
        reword_candidate(candidates[0], by=user, title="x", statement="", language="en")


@pytest.mark.parametrize("state", ["planned", "closed", "published"])
def test_curating_ends_with_the_workshop(facilitator, programme, state):
    workshop = factories.make_workshop(state)
    first, second = factories.make_candidate(workshop), factories.make_candidate(workshop)
    with pytest.raises(WrongState):
        merge(first, [second], facilitator)
    with pytest.raises(WrongState):
        reword_candidate(first, by=facilitator, title="x", statement="", language="en")


def test_candidate_lines_of_one_theme_read_its_words_once(candidates, workshop, django_assert_num_queries):
    """Each candidate comes with a theme of its own in memory, although it is the same one."""
    theme = candidates[0].theme
    Candidate.objects.filter(workshop=workshop).update(theme=theme)
    grouped = by_theme(candidate_lines(workshop))
    with django_assert_num_queries(0):
        assert [shown(one, "title", "fr").text for one, _lines in grouped] == [theme.title_en]
