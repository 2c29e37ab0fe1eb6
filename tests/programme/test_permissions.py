"""Who holds which role, and what follows from it: all of the cast, refusals included."""

import pytest
from django.contrib.auth.models import AnonymousUser

from planning_portal.programme.permissions import is_companion_of, roles_of
from tests import factories

CAST = ["visitor", "alice", "bob", "carmen", "companion", "facilitator", "translator", "coordinator"]


@pytest.fixture
def visitor():
    return AnonymousUser()


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        ("programme.open_step", {"coordinator"}),
        ("programme.close_step", {"coordinator"}),
        ("programme.publish_result", {"facilitator", "coordinator"}),
        ("programme.edit_content", {"coordinator"}),
        ("jobs.view_any", {"coordinator"}),
        ("documents.view_any", {"coordinator"}),
    ],
)
def test_rights_by_role(request, programme, who, permission, allowed):
    assert request.getfixturevalue(who).has_perm(permission) is (who in allowed)


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        ("organisations.view_people", {"alice", "companion", "facilitator", "coordinator"}),
        ("organisations.invite_person", {"alice", "companion", "coordinator"}),
        ("organisations.change_identity", {"alice", "coordinator"}),
        ("organisations.loosen_identity", {"coordinator"}),
    ],
)
def test_rights_over_an_organisation(request, union, who, permission, allowed):
    assert request.getfixturevalue(who).has_perm(permission, union) is (who in allowed)


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("language", ["en", "es", "fr", "nl"])
def test_translators_translate_into_their_languages_and_coordinators_into_all(request, programme, who, language):
    allowed = who == "coordinator" or (who == "translator" and language in {"nl", "es"})
    assert request.getfixturevalue(who).has_perm("languages.translate_text", language) is allowed


def test_companion_accompanies_only_their_countries(companion, benin, peru):
    assert is_companion_of(companion, benin)
    assert not is_companion_of(companion, peru)


def test_role_of_a_past_programme_gives_no_right(programme):
    user = factories.make_user()
    factories.make_role(user, "coordinator", programme=factories.make_programme(is_current=False))
    assert roles_of(user) == []
    assert not user.has_perm("programme.edit_content")


def test_closed_account_has_no_right(coordinator, alice, union):
    coordinator.is_active = alice.is_active = False
    assert not coordinator.has_perm("programme.edit_content")
    assert not alice.has_perm("organisations.view_people", union)


def test_roles_are_read_once(django_assert_num_queries, companion, benin):
    with django_assert_num_queries(2):
        for _turn in range(3):
            is_companion_of(companion, benin)
            companion.has_perm("programme.edit_content")
