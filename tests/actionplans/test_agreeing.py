"""Review, adoption, amendment: what is frozen stays as it was."""

import json
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from actionplans import services
from actionplans.models import ActionPlan, Indicator, PlanState, PlanVersion
from actionplans.queries.tree import plan_tree
from actionplans.services import Incomplete
from actionplans.snapshots import freeze_plan, hash_snapshot, snapshot_items, thaw
from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation
from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState

from . import factories


@pytest.fixture
def complete(plan):
    return factories.fill_plan(plan)


def refreshed(plan):
    return ActionPlan.objects.with_context().get(pk=plan.pk)


def test_whole_way_and_back(complete, alice, coordinator):
    services.send_for_review(complete, by=alice)
    services.return_to_draft(refreshed(complete), by=coordinator, reason="Give the baseline.")
    assert refreshed(complete).state == PlanState.DRAFT
    services.send_for_review(refreshed(complete), by=alice)
    first = services.adopt(refreshed(complete), by=coordinator, note="Agreed in Brussels")
    services.amend(refreshed(complete), by=coordinator, reason="Prices rose.")
    services.send_for_review(refreshed(complete), by=alice)
    second = services.adopt(refreshed(complete), by=coordinator)
    assert [(one.number, one.note) for one in (first, second)] == [(1, "Agreed in Brussels"), (2, "")]
    log = TransitionLog.objects.filter(object_id=complete.pk, name__in=["return_to_draft", "amend"])
    assert list(log.values_list("name", "by", "reason")) == [
        ("return_to_draft", coordinator.pk, "Give the baseline."),
        ("amend", coordinator.pk, "Prices rose."),
    ]


@pytest.mark.parametrize(
    ("act", "possible_in"),
    [
        ("send_for_review", PlanState.DRAFT),
        ("return_to_draft", PlanState.IN_REVIEW),
        ("adopt", PlanState.IN_REVIEW),
        ("amend", PlanState.ADOPTED),
    ],
)
@pytest.mark.parametrize("state", PlanState.values)
def test_change_of_state_is_possible_from_one_state_only(act, possible_in, state, complete, coordinator):
    plan = factories.bring_to(complete, state)
    reason = {"reason": "Because."} if act in {"return_to_draft", "amend"} else {}
    if state == possible_in:
        getattr(services, act)(plan, by=coordinator, **reason)
        return
    with pytest.raises(WrongState):
        getattr(services, act)(plan, by=coordinator, **reason)
    assert refreshed(plan).state == state


@pytest.mark.parametrize(
    ("act", "state"), [("return_to_draft", PlanState.IN_REVIEW), ("adopt", PlanState.IN_REVIEW), ("amend", "adopted")]
)
def test_partners_do_not_agree_their_own_global_plan(act, state, complete, alice):
    plan = factories.bring_to(complete, state)
    reason = {"reason": "Because."} if act != "adopt" else {}
    with pytest.raises(PermissionDenied):
        getattr(services, act)(plan, by=alice, **reason)


@pytest.mark.parametrize(("act", "state"), [("return_to_draft", PlanState.IN_REVIEW), ("amend", PlanState.ADOPTED)])
def test_going_back_needs_a_reason(act, state, complete, coordinator):
    with pytest.raises(ValueError, match="reason"):
        getattr(services, act)(factories.bring_to(complete, state), by=coordinator, reason=" ")


def test_organisation_amends_its_own_plan(own_plan, alice):
    plan = factories.bring_to(factories.fill_plan(own_plan), PlanState.ADOPTED)
    assert services.amend(plan, by=alice, reason="We moved.").state == PlanState.DRAFT


def test_incomplete_plan_can_be_sent_but_not_adopted(plan, alice, coordinator):
    services.send_for_review(plan, by=alice)
    with pytest.raises(Incomplete) as refused:
        services.adopt(refreshed(plan), by=coordinator)
    assert [one.code for one in refused.value.missing] == ["1", "1", ""]
    assert refreshed(plan).state == PlanState.IN_REVIEW
    assert not PlanVersion.objects.exists()


# --- the snapshot ---------------------------------------------------------------------------------------------------


def test_hash_is_that_of_what_the_database_gives_back(complete):
    factories.bring_to(complete, PlanState.ADOPTED)
    version = PlanVersion.objects.get()
    assert hash_snapshot(version.snapshot) == version.sha256
    assert hash_snapshot(json.loads(json.dumps(version.snapshot))) == version.sha256


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_snapshot_is_the_same_in_whatever_language_it_is_taken(language, complete):
    plan = factories.bring_to(complete, PlanState.ADOPTED)
    with translation.override(language):
        assert hash_snapshot(freeze_plan(plan_tree(refreshed(plan)))) == plan.versions.get().sha256


def test_later_edits_do_not_reach_an_adopted_version(complete, alice, coordinator):
    plan = factories.bring_to(complete, PlanState.ADOPTED)
    before = PlanVersion.objects.get()
    services.amend(plan, by=coordinator, reason="Prices rose.")
    indicator = Indicator.objects.first()
    services.save_indicator(
        indicator, by=alice, content=factories.indicator_content(title="Changed", targets={2031: Decimal(1)})
    )
    services.remove_result(plan.results.get(code="1.1"), by=alice)
    after = PlanVersion.objects.get()
    assert (after.snapshot, after.sha256) == (before.snapshot, before.sha256)


def test_snapshot_holds_everything_and_no_name(complete, union):
    plan = factories.bring_to(complete, PlanState.ADOPTED)
    snapshot = plan.versions.get().snapshot
    assert [kind for kind, _item in snapshot_items(snapshot)] == [
        "result",
        "indicator",
        "result",
        "indicator",
        "activity",
        "risk",
    ]
    activity = snapshot["results"][1]["activities"][0]
    assert activity["organisation"] == union.pk
    assert activity["budget"] == [
        [2027, "activities", "dgd", "1000.00", ""],
        [2027, "operational_staff", "own", "400.00", ""],
        [2028, "operational_staff", "dgd", "250.50", ""],
    ]
    assert snapshot["results"][0]["indicators"][0]["targets"]["2031"] == "500"
    assert union.name not in json.dumps(snapshot)


def frozen_and_live(complete, coordinator):
    """A risk's text, frozen with a machine's French; and the risk itself."""
    risk = complete.risks.get()
    save_translation(risk, "description", "fr", "Machine", by=None, state=TranslationState.MACHINE)
    plan = factories.bring_to(complete, PlanState.ADOPTED)
    return plan.versions.get().snapshot["risks"][0]["description"], risk


def test_frozen_text_tells_how_good_its_translation_was(complete, coordinator):
    frozen, _risk = frozen_and_live(complete, coordinator)
    assert [(thaw(frozen, code).text, thaw(frozen, code).kind) for code in ("en", "fr", "nl")] == [
        ("Prices rise.", "own"),
        ("Machine", "machine"),
        ("Prices rise.", "original"),
    ]
    assert thaw(frozen, "fr").label == "Machine translation, not reviewed"


def test_better_translation_made_since_is_taken(complete, coordinator):
    frozen, risk = frozen_and_live(complete, coordinator)
    save_translation(risk, "description", "fr", "Les prix montent.", by=coordinator, state=TranslationState.DONE)
    save_translation(risk, "description", "nl", "Prijzen stijgen.", by=coordinator, state=TranslationState.DRAFT)
    risk.refresh_from_db()
    assert thaw(frozen, "fr", risk, "description").text == "Les prix montent."
    assert thaw(frozen, "fr", risk, "description").kind == "own"
    assert thaw(frozen, "nl", risk, "description").kind == "draft"


def test_translation_of_another_text_is_not_taken(complete, coordinator):
    frozen, risk = frozen_and_live(complete, coordinator)
    risk.description_en = "Prices fall."
    risk.save()
    save_translation(risk, "description", "fr", "Les prix baissent.", by=coordinator, state=TranslationState.DONE)
    assert thaw(frozen, "fr", risk, "description").text == "Machine"
    assert thaw(frozen, "en", risk, "description").text == "Prices rise."
