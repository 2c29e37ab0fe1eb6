import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from planning_portal.organisations.models import Invitation, Membership, User
from tests import factories


def violates(name: str):
    return pytest.raises(IntegrityError, match=name)


def test_membership_twice_for_the_same_person_is_refused(alice, union):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=alice, organisation=union)
    again = Membership(user=alice, organisation=union)
    with pytest.raises(Exception, match="already belongs to this organisation"):
        again.validate_constraints()


def test_accepted_invitation_without_a_time_is_refused(alice):
    invitation = Invitation(token_hash="0" * 64, email="x@example.org", accepted_by=alice, expires_at=timezone.now())
    with pytest.raises(Exception, match="must say when"):
        invitation.validate_constraints()
    with violates("accepted_invitation_has_time"), transaction.atomic():
        invitation.save()


def test_same_address_in_capitals_is_the_same_person(db):
    User.objects.create_user("Someone@Example.org", "a-long-password")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("someone@example.ORG", "a-long-password")


def test_person_without_an_address_is_refused(db):
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("")


@pytest.mark.parametrize(("level", "smallest"), [("low", 3), ("medium", 3), ("high", 5)])
def test_smallest_public_cell_follows_the_risk_of_the_country(benin, level, smallest):
    benin.risk_level = level
    assert benin.minimum_cell == smallest


@pytest.mark.parametrize(("language", "name"), [("en", "DR Congo"), ("fr", "RD Congo"), ("nl", "DR Congo")])
def test_country_has_the_programmes_own_short_name(programme, language, name):
    with override(language):
        assert factories.make_country("CD").name == name


def test_organisation_as_text_gives_no_name(union):
    assert union.name not in str(union)
    assert union.acronym not in str(union)
