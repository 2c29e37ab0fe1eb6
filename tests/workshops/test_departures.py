"""The weighing proposes, people decide: a decision against the result says so, beside its reason."""

import pytest
from django.urls import reverse

from tests import factories as base
from workshops.models import Decision
from workshops.services import close_workshop, decide, merge_candidates

from . import factories


def weighed(workshop, *, chosen, candidates, number=1):
    """A closed round that chose the first ``chosen`` of ``candidates``."""
    ids = [one.pk for one in candidates]
    result = {"candidates": ids, "chosen": ids[:chosen], "ranking": ids}
    return factories.make_round(workshop, "closed", number=number, result=result)


def say(candidate, outcome, by, **more):
    return decide(candidate, outcome=outcome, reason="We know better.", language="en", by=by, **more)


@pytest.mark.parametrize(
    ("number", "outcome", "is_against"),
    [
        (0, "adopted", False),
        (0, "adapted", False),
        (0, "deferred", True),
        (0, "not_retained", True),
        (1, "adopted", True),
        (1, "adapted", True),
        (1, "deferred", False),
        (1, "not_retained", False),
    ],
)
def test_a_decision_against_the_result_says_so(workshop, candidates, facilitator, number, outcome, is_against):
    round_ = weighed(workshop, chosen=1, candidates=candidates)
    decision = say(candidates[number], outcome, facilitator)

    assert decision.departs_from == (round_ if is_against else None)


def test_the_last_round_that_weighed_it_counts(workshop, candidates, facilitator):
    weighed(workshop, chosen=1, candidates=candidates)
    second = weighed(workshop, chosen=1, candidates=candidates[1:], number=2)

    assert say(candidates[0], "adopted", facilitator).departs_from is None
    assert say(candidates[1], "deferred", facilitator).departs_from == second


def test_what_was_not_weighed_departs_from_nothing(workshop, candidates, facilitator):
    assert say(candidates[0], "adopted", facilitator).departs_from is None


def test_merging_and_changing_ones_mind_depart_from_nothing(workshop, candidates, facilitator):
    weighed(workshop, chosen=1, candidates=candidates)
    merge_candidates(candidates[1], [candidates[0]], by=facilitator, reason="Same.", language="en")
    assert Decision.objects.get().departs_from is None

    first = say(candidates[2], "adopted", facilitator)
    assert first.departs_from is not None
    assert say(candidates[2], "deferred", facilitator, version=first.version).departs_from is None


def test_the_result_and_the_candidate_show_it_with_its_reason(client, alice, facilitator, programme):
    workshop = factories.hold_workshop(facilitator=facilitator, until="closed_round")
    round_ = workshop.rounds.get()
    lost = workshop.candidates.exclude(pk__in=round_.result["chosen"]).exclude(decision__outcome="merged").first()
    say(lost, "adopted", facilitator)
    client.force_login(alice)
    results = client.get(reverse("workshops:round-results", args=[round_.public_id])).content.decode()
    candidate = client.get(reverse("workshops:candidate-detail", args=[lost.public_id])).content.decode()

    part = results.split("Decided otherwise")[1]
    assert lost.code in part
    assert "We know better." in part
    assert "otherwise than weighed" in candidate


def test_the_desk_is_told_before_it_decides(client, facilitator, programme):
    workshop = factories.hold_workshop(facilitator=facilitator, until="closed_round")
    candidate = workshop.candidates.get(pk=workshop.rounds.get().result["chosen"][0])
    client.force_login(facilitator)
    page = client.get(reverse("workshops:decision-edit", args=[candidate.public_id])).content.decode()

    assert "A decision against its result says so" in page


def test_the_summary_keeps_it(facilitator, programme):
    workshop = factories.hold_workshop(facilitator=facilitator, until="decided")
    chosen = workshop.rounds.get().result["chosen"]
    close_workshop(workshop, by=facilitator)
    workshop.refresh_from_db()
    codes = {one.code for one in workshop.candidates.filter(pk__in=chosen)}
    against = {
        one["code"]
        for one in workshop.snapshot["candidates"]
        if one["decision"]["outcome"] != "merged"
        and (one["decision"]["outcome"] in {"adopted", "adapted"}) != (one["code"] in codes)
    }

    assert against
    assert {one["code"] for one in workshop.snapshot["candidates"] if one["decision"]["departs"]} == against


def test_a_stranger_to_the_planning_sees_nothing_of_it(client, workshop):
    client.force_login(base.make_user())
    round_ = factories.make_round(workshop, "closed", result={})
    assert client.get(reverse("workshops:round-results", args=[round_.public_id])).status_code == 404
