"""The services of stage 1: planning, who was there, the country's list, closing and opening again, supports."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from consultations import services
from consultations.models import Consultation, CountryDecision, Participation, Priority, PriorityState, Support
from consultations.services import NotReady, Presence
from consultations.versions import EditConflict
from planning_portal.languages.models import TranslationUnit
from planning_portal.programme.models import Programme, Step, StepState
from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from tests import factories

from .factories import WORDS, make_consultation, make_participation, make_priority, make_support

pytestmark = pytest.mark.django_db


def names_in_log(obj):
    return list(
        TransitionLog.objects.filter(content_type__model=obj._meta.model_name, object_id=obj.pk).values_list(
            "name", flat=True
        )
    )


def test_the_whole_path_from_plan_to_closed(alice, bob, companion, union, mutual, benin, step):
    theme = factories.make_theme(programme=step.programme)
    consultation = services.plan_consultation(step, benin, by=companion)
    consultation = services.open_consultation(consultation, by=companion)
    draft = services.start_draft(consultation, by=alice, organisation=union)
    assert draft.source_language == "fr"
    draft = services.save_draft(draft, by=alice, version=1, **WORDS, theme=theme, level="national")
    first = services.submit_priority(draft, by=alice)
    second = make_priority(consultation=consultation, organisation=mutual)
    services.support_priority(first, by=bob, organisation=mutual, why="Nous aussi")
    services.record_participation(
        consultation, by=companion, version=1, rows={union: Presence(True, 1, 2), mutual: Presence(True, 2, 0, 0, 1)}
    )
    consultation = services.agree_list(
        consultation, by=companion, version=1, ordered=[first], not_retained={second: "Trop proche de la première."}
    )
    consultation = services.close_consultation(consultation, by=companion, closing_note="Merci.")
    assert consultation.state == "closed"
    assert consultation.closing_note_fr == "Merci."
    assert list(Priority.objects.values_list("state", "position").order_by("pk")) == [
        (PriorityState.AGREED, 1),
        (PriorityState.NOT_RETAINED, None),
    ]
    assert names_in_log(consultation) == ["plan", "open", "record_participation", "agree_list", "close"]
    assert names_in_log(first) == ["start", "submit", "support", "agree"]


# --- Planning -------------------------------------------------------------------------------------


def test_plan_invites_every_organisation_that_takes_part(companion, benin, union, mutual, step):
    resting = factories.make_organisation(country=benin, is_active=False)
    consultation = services.plan_consultation(step, benin, by=companion)
    invited = set(consultation.participations.values_list("organisation_id", flat=True))
    assert invited == {union.pk, mutual.pk}
    assert resting.pk not in invited
    assert consultation.source_language == "fr"


def test_plan_by_a_stranger_is_refused(companion_of_peru, benin, step):
    with pytest.raises(PermissionDenied):
        services.plan_consultation(step, benin, by=companion_of_peru)


def test_plan_twice_is_refused_with_words(companion, benin, step):
    services.plan_consultation(step, benin, by=companion)
    with pytest.raises(ValidationError, match="already has a consultation"):
        services.plan_consultation(step, benin, by=companion)


def test_plan_backwards_is_refused_with_words(companion, benin, step):
    now = timezone.now()
    with pytest.raises(ValidationError, match="cannot end before it starts"):
        services.plan_consultation(step, benin, by=companion, starts_at=now, ends_at=now - timedelta(hours=1))


def test_open_twice_says_so(companion, consultation):
    with pytest.raises(WrongState, match="already been opened"):
        services.open_consultation(consultation, by=companion)


def test_open_in_a_step_that_is_over_is_refused(companion, step, benin):
    consultation = make_consultation(step=step, country=benin, state="planned")
    Step.objects.update(state=StepState.CLOSED)
    with pytest.raises(PermissionDenied):
        services.open_consultation(consultation, by=companion)


# --- Dates, texts, who was there ------------------------------------------------------------------


def test_dates_are_saved_and_a_replay_changes_nothing(companion, consultation):
    start = timezone.now().replace(second=0, microsecond=0)
    what = {"starts_at": start, "ends_at": start + timedelta(hours=8), "place": "Bohicon"}
    saved = services.save_dates(consultation, by=companion, version=1, **what)
    assert (saved.version, saved.place) == (2, "Bohicon")
    again = services.save_dates(consultation, by=companion, version=1, **what)
    assert again.version == 2


def test_two_companions_never_overwrite_each_other(companion, coordinator, consultation):
    services.set_context(consultation, by=companion, version=1, context="Le pays avance.")
    with pytest.raises(EditConflict) as conflict:
        services.set_context(consultation, by=coordinator, version=1, context="Le pays recule.")
    assert conflict.value.mine == {"context": "Le pays recule."}
    assert conflict.value.theirs == {"context": "Le pays avance."}
    assert Consultation.objects.get().context_fr == "Le pays avance."


def test_another_part_of_the_same_consultation_is_no_conflict(companion, coordinator, consultation):
    services.set_context(consultation, by=companion, version=1, context="Le pays avance.")
    saved = services.set_minutes(consultation, by=coordinator, version=1, minutes="On a parlé.")
    assert (saved.context_fr, saved.minutes_fr, saved.version) == ("Le pays avance.", "On a parlé.", 3)


def test_own_save_whose_reply_was_lost_is_no_conflict(companion, coordinator, consultation):
    services.set_context(consultation, by=companion, version=1, context="Le pays", editor="page-1")
    saved = services.set_context(consultation, by=companion, version=1, context="Le pays avance.", editor="page-1")
    assert saved.context_fr == "Le pays avance."
    with pytest.raises(EditConflict):
        services.set_context(consultation, by=companion, version=1, context="Autre page", editor="page-2")


@pytest.mark.parametrize("name", ["alice", "carmen", "facilitator", "translator", "companion_of_peru"])
def test_only_companion_and_coordinators_run(everyone, consultation, name):
    with pytest.raises(PermissionDenied, match="companion of this country"):
        services.set_context(consultation, by=everyone[name], version=1, context="x")


def test_attendance_is_recorded_and_invitations_taken_back(companion, consultation, union, mutual):
    make_participation(consultation, mutual, is_present=False)
    services.record_participation(
        consultation, by=companion, version=1, rows={union: Presence(True, 2, 1, 0, 1), mutual: None}
    )
    assert list(Participation.objects.values_list("organisation_id", "women", "men", "under_35")) == [
        (union.pk, 2, 1, 1)
    ]


def test_attendance_of_another_country_is_refused(companion, consultation, stranger_organisation):
    with pytest.raises(ValidationError, match="of this country"):
        services.record_participation(
            consultation, by=companion, version=1, rows={stranger_organisation: Presence(True, 1)}
        )


def test_attendance_that_cannot_be_is_refused(companion, consultation, union):
    with pytest.raises(ValidationError, match="under 35"):
        services.record_participation(consultation, by=companion, version=1, rows={union: Presence(True, 1, 0, 0, 5)})
    assert not Participation.objects.exists()


def test_attendance_conflict_is_by_organisation(companion, coordinator, consultation, union, mutual):
    services.record_participation(consultation, by=companion, version=1, rows={union: Presence(True, 2)})
    services.record_participation(consultation, by=coordinator, version=1, rows={mutual: Presence(True, 3)})
    with pytest.raises(EditConflict) as conflict:
        services.record_participation(consultation, by=coordinator, version=1, rows={union: Presence(True, 9)})
    assert conflict.value.theirs == {f"row-{union.pk}": [True, 2, 0, 0, 0]}


# --- The list -------------------------------------------------------------------------------------


@pytest.fixture
def three(consultation):
    return [make_priority(consultation=consultation) for _number in range(3)]


def places():
    return dict(Priority.objects.values_list("pk", "position"))


def test_list_is_agreed_in_its_order(companion, consultation, three):
    one, two, three_ = three
    services.agree_list(consultation, by=companion, version=1, ordered=[three_, one], not_retained={two: "Déjà dit."})
    assert places() == {three_.pk: 1, one.pk: 2, two.pk: None}
    decision = CountryDecision.objects.get(priority=two)
    assert (decision.outcome, decision.reason_fr, decision.decided_by) == ("not_retained", "Déjà dit.", companion)
    assert TransitionLog.objects.get(name="not_retain").reason == "Déjà dit."


def test_list_can_be_agreed_again_while_open(companion, consultation, three):
    one, two, last = three
    services.agree_list(consultation, by=companion, version=1, ordered=[one, two], not_retained={last: "Non."})
    services.agree_list(consultation, by=companion, version=2, ordered=[last, two], not_retained={one: "Plus tard."})
    assert places() == {last.pk: 1, two.pk: 2, one.pk: None}
    states = dict(CountryDecision.objects.values_list("priority_id", "outcome"))
    assert states == {last.pk: "agreed", two.pk: "agreed", one.pk: "not_retained"}
    assert CountryDecision.objects.get(priority=last).reason_fr == ""


def test_list_must_name_every_submitted_priority(companion, consultation, three):
    with pytest.raises(ValidationError, match="submitted meanwhile"):
        services.agree_list(consultation, by=companion, version=1, ordered=three[:2], not_retained={})
    assert set(places().values()) == {None}


def test_list_names_a_priority_once(companion, consultation, three):
    with pytest.raises(ValidationError, match="only once"):
        services.agree_list(consultation, by=companion, version=1, ordered=[*three, three[0]], not_retained={})


def test_setting_aside_needs_a_reason(companion, consultation, three):
    with pytest.raises(ValidationError, match="Say why"):
        services.agree_list(consultation, by=companion, version=1, ordered=three[:2], not_retained={three[2]: "  "})


def test_drafts_are_no_part_of_the_list(companion, consultation, three, draft):
    services.agree_list(consultation, by=companion, version=1, ordered=three, not_retained={})
    draft.refresh_from_db()
    assert draft.state == PriorityState.DRAFT
    with pytest.raises(ValidationError):
        services.agree_list(consultation, by=companion, version=2, ordered=[*three, draft], not_retained={})


def test_list_over_somebody_elses_arrangement_is_a_conflict(companion, coordinator, consultation, three):
    services.save_arrangement(consultation, by=coordinator, version=1, ordered=three[::-1], reasons={})
    with pytest.raises(EditConflict):
        services.agree_list(consultation, by=companion, version=1, ordered=three, not_retained={})
    assert set(places().values()) == {None}


def test_arrangement_agrees_nothing(companion, consultation, three):
    saved = services.save_arrangement(
        consultation, by=companion, version=1, ordered=three[1:], reasons={three[0]: "À voir"}
    )
    assert saved.arrangement == {
        "order": [three[1].pk, three[2].pk],
        "reasons": {str(three[0].pk): "À voir"},
    }
    assert set(places().values()) == {None}
    agreed = services.agree_list(consultation, by=companion, version=2, ordered=three, not_retained={})
    assert agreed.arrangement == {}


def test_only_agreed_texts_are_offered_to_translators(companion, consultation, three):
    make_support(three[0], why="Nous aussi")
    make_support(three[1], why="Nous aussi")
    assert not TranslationUnit.objects.exclude(content_type__model__in=["step", "theme", "programme"]).exists()
    services.agree_list(
        consultation, by=companion, version=1, ordered=three[:1], not_retained=dict.fromkeys(three[1:], "Non.")
    )
    units = TranslationUnit.objects.exclude(content_type__model__in=["step", "theme", "programme"])
    assert set(units.filter(content_type__model="priority").values_list("object_id", flat=True)) == {three[0].pk}
    assert units.filter(content_type__model="priority").count() == 5 * 3
    assert set(units.filter(content_type__model="support").values_list("object_id", flat=True)) == {
        Support.objects.get(priority=three[0]).pk
    }
    assert not units.filter(content_type__model="countrydecision").exists()


# --- Closing --------------------------------------------------------------------------------------


def test_closing_waits_for_every_decision_and_for_somebody(companion, consultation, submitted):
    with pytest.raises(NotReady) as error:
        services.close_consultation(consultation, by=companion)
    assert len(error.value.blockers) == 2
    make_participation(consultation)
    with pytest.raises(NotReady) as error:
        services.close_consultation(consultation, by=companion)
    assert error.value.blockers == ["Decide on every submitted priority and agree the list."]
    assert Consultation.objects.get().state == "open"


def test_closing_a_country_without_priorities_is_possible(companion, consultation, draft):
    make_participation(consultation)
    closed = services.close_consultation(consultation, by=companion)
    assert closed.closed_at is not None
    draft.refresh_from_db()
    assert draft.is_draft


def test_closing_makes_the_public_pages_new(companion, consultation):
    make_participation(consultation)
    before = Programme.objects.get().revision
    services.close_consultation(consultation, by=companion)
    assert Programme.objects.get().revision == before + 1


def test_closing_twice_says_so(companion, consultation):
    make_participation(consultation)
    services.close_consultation(consultation, by=companion)
    with pytest.raises(WrongState, match="Only an open consultation"):
        services.close_consultation(consultation, by=companion)


def test_nothing_changes_after_closing(companion, consultation, union):
    make_participation(consultation)
    services.close_consultation(consultation, by=companion)
    for act in (
        lambda: services.set_minutes(consultation, by=companion, version=2, minutes="x"),
        lambda: services.record_participation(consultation, by=companion, version=2, rows={union: Presence(True, 1)}),
        lambda: services.agree_list(consultation, by=companion, version=2, ordered=[], not_retained={}),
    ):
        with pytest.raises(WrongState, match="a coordinator can reopen it"):
            act()


def test_reopening_needs_a_coordinator_and_a_reason(companion, coordinator, step, benin):
    consultation = make_consultation(step=step, country=benin, state="closed")
    with pytest.raises(PermissionDenied):
        services.reopen_consultation(consultation, by=companion, reason="Oublié")
    with pytest.raises(ValueError, match="reason"):
        services.reopen_consultation(consultation, by=coordinator, reason=" ")
    opened = services.reopen_consultation(consultation, by=coordinator, reason="One list was lost.")
    assert (opened.state, opened.closed_at) == ("open", None)
    assert TransitionLog.objects.get(name="reopen").reason == "One list was lost."


# --- Supports -------------------------------------------------------------------------------------


def test_support_keeps_who_apart_from_for_whom(bob, mutual, submitted):
    support = services.support_priority(submitted, by=bob, organisation=mutual, why="Nos membres aussi", language="fr")
    assert (support.organisation, support.by, support.is_confirmed, support.why_fr) == (
        mutual,
        bob,
        True,
        "Nos membres aussi",
    )
    entry = TransitionLog.objects.get(name="support")
    assert (entry.organisation_id, entry.by) == (mutual.pk, bob)


def test_support_again_changes_the_reason_and_its_language(bob, mutual, submitted):
    services.support_priority(submitted, by=bob, organisation=mutual, why="Oui", language="fr")
    services.support_priority(submitted, by=bob, organisation=mutual, why="Sí", language="es")
    support = Support.objects.get()
    assert (support.source_language, support.why_es, support.why_fr) == ("es", "Sí", "")


def test_support_named_by_the_authors_becomes_confirmed(bob, mutual, submitted):
    make_support(submitted, mutual, why="On nous l'a dit")
    services.support_priority(submitted, by=bob, organisation=mutual, why="Oui")
    assert Support.objects.get().is_confirmed


def test_support_too_long_is_refused(bob, mutual, submitted):
    with pytest.raises(ValidationError):
        services.support_priority(submitted, by=bob, organisation=mutual, why="x" * 251)
    assert not Support.objects.exists()


def test_support_by_the_authors_is_refused(alice, union, submitted):
    with pytest.raises(ValidationError, match="stands by what it proposes"):
        services.support_priority(submitted, by=alice, organisation=union)


def test_support_from_another_country_or_for_others_is_refused(carmen, bob, stranger_organisation, union, submitted):
    with pytest.raises(PermissionDenied):
        services.support_priority(submitted, by=carmen, organisation=stranger_organisation)
    with pytest.raises(PermissionDenied):
        services.support_priority(submitted, by=bob, organisation=union)


@pytest.mark.parametrize("state", ["draft", "agreed", "not_retained"])
def test_support_only_until_the_country_has_decided(bob, mutual, union, consultation, state):
    priority = make_priority(consultation=consultation, organisation=union, state=state)
    with pytest.raises(PermissionDenied, match="until the country has decided"):
        services.support_priority(priority, by=bob, organisation=mutual)


def test_withdrawn_support_is_gone_and_logged(bob, mutual, submitted):
    make_support(submitted, mutual)
    services.withdraw_support(submitted, by=bob, organisation=mutual, reason="Nous avons changé d'avis.")
    assert not Support.objects.exists()
    assert TransitionLog.objects.get(name="withdraw_support").organisation_id == mutual.pk


def test_withdrawing_for_others_is_refused(carmen, mutual, submitted):
    make_support(submitted, mutual)
    with pytest.raises(PermissionDenied):
        services.withdraw_support(submitted, by=carmen, organisation=mutual)
    assert Support.objects.exists()
