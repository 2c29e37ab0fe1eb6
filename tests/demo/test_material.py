"""The hand-written texts fit together."""

import pytest

from consultations.models import CivicSpace, Priority
from planning_portal.demo.material import load_material, numbered
from tests.demo.conftest import LABELS


@pytest.fixture(scope="module")
def material():
    return load_material()


def test_every_invented_name_is_labelled(material):
    names = [entry["name"] for entry in material.organisations]
    names += [person["name"] for person in material.story["team"]]
    assert [name for name in names if not name.endswith(LABELS)] == []


def test_organisations_are_about_a_hundred_with_the_leads(material):
    assert len(material.organisations) + 4 >= 100
    assert len({entry["name"] for entry in material.organisations}) == len(material.organisations)


def test_texts_of_priorities_are_all_different(material):
    situations = {entry["situation"] for entry in material.priorities}
    assert len(situations) == len(material.priorities) >= 60
    assert {entry["language"] for entry in material.priorities} == {"en", "es", "fr", "nl"}


def test_each_country_has_three_to_eight_priorities(material):
    entries = [*material.priorities, *material.story["set_aside"]]
    for consultation in material.consultations:
        number = sum(entry["country"] == consultation["country"] for entry in entries)
        assert 3 <= number <= 8, consultation["country"]


def test_titles_fit_the_column(material):
    longest = Priority._meta.get_field("title").max_length
    for entry in [*material.priorities, *material.story["set_aside"]]:
        assert all(0 < len(title) <= longest for title in entry["titles"].values()), entry["slug"]


def test_story_names_what_exists(material):
    slugs = {entry["slug"] for entry in material.priorities}
    merged = [slug for told in material.story["merged"] for slug in told["priorities"]]
    assert set(merged) <= slugs
    assert len(set(merged)) == len(merged)
    assert {told["candidate"] for told in material.story["merged"]} == set(material.candidates)
    called = slugs | set(material.candidates)
    for told in material.story["decision"]:
        assert told["candidate"] in called
        assert told["into"] in called | {""}


def test_every_line_has_a_plan_and_every_outcome_a_reason(material):
    assert {entry["key"] for entry in material.lines} == set(material.plans)
    for outcome in ("adopted", "adapted", "merged", "deferred", "not_retained"):
        general = [one for one in material.reasons if one["outcome"] == outcome and not one["theme"]]
        assert any(one["stage"] == "" for one in general), outcome


def test_scale_repeats_organisations_and_priorities_under_other_names():
    once, thrice = load_material(), load_material(3)
    assert len(thrice.organisations) == 3 * len(once.organisations)
    assert len({entry["slug"] for entry in thrice.organisations}) == len(thrice.organisations)
    assert len({entry["slug"] for entry in thrice.priorities}) == 3 * len(once.priorities)
    organisations = {entry["slug"] for entry in thrice.organisations}
    for entry in thrice.priorities:
        assert {entry["organisation"], *entry["supporters"]} <= organisations


def test_numbered_title_is_never_too_long():
    assert numbered("A title", 2) == "A title (2)"
    assert len(numbered("x" * 160, 30)) == 160


def test_every_country_has_prepared_its_meeting(material):
    assert set(material.meetings) == {entry["country"] for entry in material.consultations}
    assert len({entry["agenda"] for entry in material.meetings.values()}) == len(material.meetings)
    for country, meeting in material.meetings.items():
        assert meeting["civic_space"] in CivicSpace.values, country
        assert all(meeting[text] for text in ("agenda", "civic_space_note", "lessons", "languages")), country
    assert set(material.answers) == {"en", "es", "fr", "nl"}
