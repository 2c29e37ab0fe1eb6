"""The promise of identity.py: an organisation's name is read only by those who may."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.utils.translation import override

from planning_portal.documents.models import Audience
from planning_portal.organisations.identity import name_of, preview_of, short_name_of, viewer_for, viewer_of
from planning_portal.organisations.models import Identity, OrganisationKind
from tests import factories

ALL_IDENTITIES = list(Identity.values)
KNOW_ANYWAY = ["alice", "bob", "companion", "facilitator", "coordinator"]
DO_NOT_KNOW = ["visitor", "carmen", "translator"]


@pytest.fixture
def visitor():
    return AnonymousUser()


@pytest.mark.parametrize("identity", ALL_IDENTITIES)
@pytest.mark.parametrize("who", KNOW_ANYWAY)
def test_those_who_work_with_an_organisation_read_its_name(request, union, identity, who):
    union.identity = identity
    viewer = viewer_of(request.getfixturevalue(who))
    assert name_of(union, viewer) == union.name
    assert short_name_of(union, viewer) == union.acronym


@pytest.mark.parametrize("identity", [Identity.DESCRIBED, Identity.WITHHELD])
@pytest.mark.parametrize("who", DO_NOT_KNOW)
@pytest.mark.parametrize("language", ["en", "es", "fr", "nl"])
def test_others_never_read_a_name_that_is_not_given(request, union, identity, who, language):
    union.name, union.acronym, union.identity = "CANARY-NAME", "CANARY", identity
    viewer = viewer_of(request.getfixturevalue(who))
    with override(language):
        shown = [name_of(union, viewer), short_name_of(union, viewer)]
    assert not any("CANARY" in text for text in shown)


@pytest.mark.parametrize("who", DO_NOT_KNOW)
def test_others_read_the_name_of_who_is_named(request, union, who):
    assert name_of(union, viewer_of(request.getfixturevalue(who))) == union.name


@pytest.mark.parametrize("kind", OrganisationKind.values)
def test_described_organisation_says_kind_and_zone(union, kind):
    union.identity, union.kind = Identity.DESCRIBED, kind
    shown = name_of(union, viewer_of(AnonymousUser()))
    assert "West Africa" in shown
    assert "Benin" not in shown


def test_withheld_organisation_says_neither_kind_nor_zone_nor_country(union):
    union.identity = Identity.WITHHELD
    assert name_of(union, viewer_of(AnonymousUser())) == "an organisation that is not named"


def test_companion_of_another_country_does_not_know(union, peru):
    other = factories.make_user()
    factories.make_role(other, "companion", countries=[peru])
    union.identity = Identity.WITHHELD
    assert name_of(union, viewer_of(other)) != union.name


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.MEMBERS])
def test_documents_for_many_give_only_what_is_chosen(union, audience):
    union.identity = Identity.DESCRIBED
    assert name_of(union, viewer_for(audience)) != union.name


def test_documents_for_coordinators_give_names(union):
    union.identity = Identity.WITHHELD
    assert name_of(union, viewer_for(Audience.COORDINATORS)) == union.name


@pytest.mark.parametrize("identity", ALL_IDENTITIES)
def test_preview_is_what_a_visitor_will_read(union, identity):
    preview = preview_of(union, identity)
    union.identity = identity
    assert preview == name_of(union, viewer_of(AnonymousUser()))


def test_template_without_a_request_writes_for_everyone(union):
    union.identity = Identity.WITHHELD
    template = Template("{% load identities %}{% organisation_name organisation %}")
    assert template.render(Context({"organisation": union})) == "an organisation that is not named"


def test_template_writes_for_the_person_who_asks(rf, union, alice, carmen):
    union.identity = Identity.WITHHELD
    template = Template("{% load identities %}{% organisation_name organisation True %}")
    request = rf.get("/")
    request.user = alice
    assert template.render(Context({"organisation": union, "request": request})) == union.acronym
    request.user = carmen
    assert union.acronym not in template.render(Context({"organisation": union, "request": request}))


def test_what_a_person_knows_is_read_once(django_assert_num_queries, alice, union):
    with django_assert_num_queries(2):  # memberships, roles
        for _turn in range(3):
            name_of(union, viewer_of(alice))
