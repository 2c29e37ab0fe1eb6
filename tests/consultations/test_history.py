"""Versions are compared over the languages they were written in: the library overlooks these columns."""

import pytest

from consultations import services
from consultations.history import compare, described_versions, versions_of
from planning_portal.organisations.identity import viewer_of
from tests import factories

from .factories import WORDS

pytestmark = pytest.mark.django_db


def newest_two(priority):
    newer, older = priority.history.all()[:2]
    return older, newer


def test_a_changed_text_is_seen(alice, draft):
    services.save_draft(draft, by=alice, version=1, situation="Autre")
    older, newer = newest_two(draft)
    [change] = compare(older, newer)
    assert (change.part, change.before, change.after) == ("situation", WORDS["situation"], "Autre")
    assert (change.before_language, change.after_language) == ("fr", "fr")


def test_the_library_alone_would_overlook_it(alice, draft):
    """The reason for our own comparison; when this fails, the library has learnt it."""
    services.save_draft(draft, by=alice, version=1, situation="Autre")
    older, newer = newest_two(draft)
    assert "situation_fr" not in newer.diff_against(older).changed_fields


def test_a_move_to_another_language_is_one_change(alice, draft):
    services.save_draft(draft, by=alice, version=1, language="es")
    [change] = compare(*newest_two(draft))
    assert (change.part, change.before, change.after) == ("source_language", "fr", "es")


def test_theme_and_level_are_seen(alice, draft, programme):
    theme = factories.make_theme(programme=programme)
    services.save_draft(draft, by=alice, version=1, theme=theme, level="continental")
    assert [(change.part, change.after) for change in compare(*newest_two(draft))] == [
        ("theme", theme.pk),
        ("level", "continental"),
    ]


def test_versions_tell_who_and_when_newest_first(alice, colleague, draft):
    services.save_draft(draft, by=alice, version=1, title="Deux")
    services.save_draft(draft, by=colleague, version=2, title="Trois")
    services.submit_priority(draft, by=alice)
    versions = versions_of(draft)
    assert [version.by for version in versions[:3]] == [alice, colleague, alice]
    changed = [[change.part for change in version.changes] for version in versions]
    assert changed == [["state"], ["title"], ["title"], []]
    assert versions[-1].is_first


def test_versions_are_described_in_the_readers_words(alice, draft, django_assert_num_queries):
    services.save_draft(draft, by=alice, version=1, level="continental", language="es")
    viewer = viewer_of(alice)
    with django_assert_num_queries(3):
        versions = described_versions(draft, viewer)
    changes = versions[0].changes
    assert [(change.before, change.after) for change in changes] == [("French", "Spanish"), ("National", "Continental")]
