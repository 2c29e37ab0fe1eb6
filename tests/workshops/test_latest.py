"""Where a proposal stands now, as one line for a list: the last word of the workshops on each, at a fixed price."""

import pytest
from django.contrib.auth.models import AnonymousUser

from tests.consultations.factories import make_priority
from workshops.life import latest_of_priorities

from .factories import make_candidate, make_decision, make_line, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def priorities(union):
    return [make_priority(organisation=union, state="agreed") for _number in range(5)]


def test_each_priority_gets_the_last_word_on_it(alice, priorities, django_assert_num_queries):
    workshop = make_workshop()
    waiting, merged, into, deferred, _untouched = priorities
    taken = [make_candidate(workshop, priorities=[one]) for one in (waiting, merged, into, deferred)]
    make_decision(taken[1], "merged", merged_into=taken[2])
    make_line(workshop, candidates=[taken[2]])
    make_decision(taken[3], "deferred")
    latest_of_priorities(priorities, alice)
    with django_assert_num_queries(2):
        latest = latest_of_priorities(priorities, alice)
    assert {pk: event.title for pk, event in latest.items()} == {
        waiting.pk: "Taken up by a workshop as candidate C01",
        merged.pk: "Part of line of work L1",
        into.pk: "Part of line of work L1",
        deferred.pk: "Deferred by the workshop",
    }


def test_a_later_workshop_has_the_last_word(alice, priorities):
    first, second = make_workshop(), make_workshop()
    make_decision(make_candidate(first, priorities=priorities[:1]), "adopted")
    make_candidate(second, priorities=priorities[:1], code="Z9")
    assert latest_of_priorities(priorities, alice)[priorities[0].pk].title.endswith("Z9")


def test_strangers_are_told_nothing(priorities):
    make_candidate(make_workshop(), priorities=priorities)
    assert latest_of_priorities(priorities, AnonymousUser()) == {}
