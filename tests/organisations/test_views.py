import html
import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from planning_portal.organisations.models import Identity, Invitation, User
from planning_portal.web.submissions import issue_key
from tests import factories

from .factories import fresh, make_invitation

LANGUAGES = ["en", "es", "fr", "nl"]
NEW = {"name": "New Person", "password": "four words that differ", "language": "es", "time_zone": "America/Lima"}


def address(name: str, *arguments: object, language: str = "en") -> str:
    with override(language):
        return reverse(f"organisations:{name}", args=arguments)


def text_of(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


# --- My organisation --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_my_organisation_leads_to_my_organisation(client, alice, union, language):
    client.force_login(alice)
    response = client.get(address("organisation-home", language=language), follow=True)
    assert response.redirect_chain[-1][0] == address("organisation-detail", union.public_id, language=language)
    assert union.name in text_of(response)
    assert "Alice" in text_of(response)


def test_my_organisation_of_who_acts_for_none_leads_to_the_list(client, translator):
    client.force_login(translator)
    response = client.get(address("organisation-home"), follow=True)
    assert response.redirect_chain[-1][0] == address("organisation-list")
    assert "You do not act for an organisation yet" in text_of(response)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (None, 302),
        ("alice", 200),
        ("bob", 404),
        ("carmen", 404),
        ("companion", 200),
        ("facilitator", 200),
        ("translator", 404),
        ("coordinator", 200),
    ],
)
def test_who_may_see_the_people_of_an_organisation(request, client, union, who, status):
    if who:
        client.force_login(request.getfixturevalue(who))
    assert client.get(address("organisation-detail", union.public_id)).status_code == status


def test_organisation_that_left_is_not_found(client, alice, union):
    type(union).objects.update(is_active=False)
    client.force_login(alice)
    assert client.get(address("organisation-detail", union.public_id)).status_code == 404


def test_open_invitations_are_shown_only_to_who_may_invite(client, alice, union):
    make_invitation(organisation=union, email="soon@example.org")
    colleague = factories.make_user(organisation=union, has_mandate=False)
    client.force_login(colleague)
    assert "soon@example.org" not in text_of(client.get(address("organisation-detail", union.public_id)))
    client.force_login(alice)
    assert "soon@example.org" in text_of(client.get(address("organisation-detail", union.public_id)))


@pytest.mark.parametrize("people", [1, 30])
def test_organisation_page_costs_the_same_for_any_number_of_people(
    client, django_assert_num_queries, alice, union, people
):
    for _number in range(people):
        factories.make_user(organisation=union)
        make_invitation(organisation=union, email=f"p{_number}@example.org")
    client.force_login(alice)
    client.get(address("profile"))
    with django_assert_num_queries(2 + 5):  # session and person; then its own and the frame's
        client.get(address("organisation-detail", union.public_id))


@pytest.mark.parametrize("organisations", [1, 30])
def test_list_costs_the_same_for_any_number_of_organisations(
    client, django_assert_num_queries, coordinator, benin, organisations
):
    for _number in range(organisations):
        factories.make_organisation(country=benin)
    client.force_login(coordinator)
    client.get(address("profile"))
    with django_assert_num_queries(2 + 4):  # session and person; then its own and the frame's
        response = client.get(address("organisation-list"))
    assert response.content.count(b"<tr>") == organisations + 1


def test_list_shows_companions_only_their_countries(client, companion, union, stranger_organisation):
    client.force_login(companion)
    page = text_of(client.get(address("organisation-list")))
    assert union.name in page
    assert stranger_organisation.name not in page
    assert "Invite a person" not in page


# --- How it appears ---------------------------------------------------------------------------------------------------


def test_identity_form_shows_how_the_name_would_appear(client, alice, union):
    client.force_login(alice)
    page = text_of(client.get(address("identity-edit", union.public_id)))
    assert union.name in page
    assert "a trade union in West Africa" in page
    assert "an organisation that is not named" in page


def test_member_tightens_the_identity(client, alice, union):
    client.force_login(alice)
    response = client.post(address("identity-edit", union.public_id), {"identity": "withheld", "version": "named"})
    assert response.status_code == 302
    assert fresh(union).identity == Identity.WITHHELD


def test_member_who_posts_a_looser_identity_is_refused_with_the_reason(client, alice, union):
    type(union).objects.update(identity="withheld")
    client.force_login(alice)
    response = client.post(address("identity-edit", union.public_id), {"identity": "named", "version": "withheld"})
    assert response.status_code == 403
    assert "Only a coordinator can show more" in text_of(response)
    assert fresh(union).identity == Identity.WITHHELD


def test_identity_that_changed_meanwhile_is_not_overwritten(client, alice, union):
    type(union).objects.update(identity="withheld")
    client.force_login(alice)
    response = client.post(address("identity-edit", union.public_id), {"identity": "withheld", "version": "named"})
    assert response.status_code == 409
    assert "Somebody else changed this" in text_of(response)


@pytest.mark.parametrize("sent", [{}, {"identity": "famous", "version": "named"}])
def test_identity_that_is_none_is_refused_beside_the_field(client, alice, union, sent):
    client.force_login(alice)
    response = client.post(address("identity-edit", union.public_id), sent)
    assert response.status_code == 200
    assert 'role="alert"' in text_of(response)
    assert fresh(union).identity == Identity.NAMED


@pytest.mark.parametrize("method", ["get", "post"])
def test_companion_sees_but_may_not_choose(client, companion, union, method):
    client.force_login(companion)
    response = getattr(client, method)(address("identity-edit", union.public_id))
    assert response.status_code == 403
    assert "choose how it appears" in text_of(response)


# --- Inviting ---------------------------------------------------------------------------------------------------------


def invite(client, user, public_id, **sent):
    key = issue_key(user, "organisations.invite")
    data = {"email": "new@example.org", "language": "fr", "submission_key": key, **sent}
    return client.post(address("person-invite", public_id), data), data


def test_inviting_shows_the_link_once(client, alice, union):
    client.force_login(alice)
    response, data = invite(client, alice, union.public_id, has_mandate="on")
    link = re.search(r"/fr/people/join/[0-9a-f]{32}/", text_of(response))
    assert response.status_code == 200
    assert link
    assert Invitation.objects.get().has_mandate
    again = client.post(address("person-invite", union.public_id), data)
    assert again.status_code == 302
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("email", ["", "no address", "a@b", "x" * 300 + "@example.org"])
def test_bad_address_is_refused_beside_the_field(client, alice, union, email):
    client.force_login(alice)
    response, _data = invite(client, alice, union.public_id, email=email)
    assert response.status_code == 200
    assert 'role="alert"' in text_of(response)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("bob", 404), ("carmen", 404), ("facilitator", 403), ("translator", 404)])
def test_who_may_not_invite(request, client, union, who, status):
    user = request.getfixturevalue(who)
    client.force_login(user)
    response, _data = invite(client, user, union.public_id)
    assert response.status_code == status
    assert not Invitation.objects.exists()


def test_coordinator_invites_without_an_organisation(client, coordinator, django_capture_on_commit_callbacks):
    client.force_login(coordinator)
    key = issue_key(coordinator, "organisations.invite")
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(
            address("person-invite-alone"),
            {"email": "new@example.org", "language": "nl", "has_mandate": "on", "submission_key": key},
        )
    assert response.status_code == 200
    invitation = Invitation.objects.get()
    assert (invitation.organisation, invitation.has_mandate) == (None, False)
    assert len(mail.outbox) == 1
    assert "new@example.org" in text_of(client.get(address("organisation-list")))


def test_partner_may_not_invite_without_an_organisation(client, alice):
    client.force_login(alice)
    assert client.get(address("person-invite-alone")).status_code == 403


def test_withdrawing_ends_the_link(client, alice, union):
    invitation, token = make_invitation(organisation=union)
    client.force_login(alice)
    response = client.post(address("invitation-withdraw", invitation.public_id))
    assert response.status_code == 302
    assert client.get(address("invitation-accept", token)).status_code == 410


def test_stranger_cannot_withdraw_and_learns_nothing(client, carmen, union):
    invitation, _token = make_invitation(organisation=union)
    client.force_login(carmen)
    assert client.post(address("invitation-withdraw", invitation.public_id)).status_code == 404
    assert fresh(invitation).expires_at > timezone.now()


def test_withdrawing_is_not_a_link(client, alice, union):
    invitation, _token = make_invitation(organisation=union)
    client.force_login(alice)
    assert client.get(address("invitation-withdraw", invitation.public_id)).status_code == 405


# --- Coming in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_link_opens_a_form_that_names_no_organisation(client, union, language):
    _invitation, token = make_invitation(organisation=union)
    response = client.get(address("invitation-accept", token, language=language))
    assert response.status_code == 200
    assert union.name not in text_of(response)
    assert "Benin" not in re.sub(r"<select.*?</select>", "", text_of(response))
    assert "no-store" in response["Cache-Control"] or "no-cache" in response["Cache-Control"]


def test_accepting_signs_in_and_lands_in_the_persons_language(client, union):
    _invitation, token = make_invitation(organisation=union)
    response = client.post(address("invitation-accept", token), NEW)
    assert response.status_code == 302
    assert response.url == "/es/my/"
    assert client.cookies["portal_language"].value == "es"
    assert client.get("/es/my/").status_code == 200
    assert User.objects.get().memberships.get().organisation == union


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": ""}, None),
        ({"password": "short"}, "10"),
        ({"password": "1234567890123"}, None),
        ({"password": "password1234"}, None),
        ({"language": "de"}, None),
        ({"time_zone": "Moon/Crater"}, None),
    ],
)
def test_wrong_answers_are_refused_and_the_rest_is_kept(client, union, wrong, message):
    _invitation, token = make_invitation(organisation=union)
    response = client.post(address("invitation-accept", token), {**NEW, **wrong})
    page = text_of(response)
    assert response.status_code == 200
    assert 'role="alert"' in page
    assert not User.objects.exists()
    if "name" not in wrong:
        assert 'value="New Person"' in page
    if message:
        assert message in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_link_that_no_longer_works_has_a_page_of_ours(client, union, language):
    invitation, token = make_invitation(organisation=union)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    for secret in (token, "unknown"):
        for method in (client.get, client.post):
            response = method(address("invitation-accept", secret, language=language))
            assert response.status_code == 410
            assert address_of_sign_in(language) in text_of(response)


def address_of_sign_in(language: str) -> str:
    with override(language):
        return reverse("account_login")


def test_used_link_says_so(client, union):
    _invitation, token = make_invitation(organisation=union)
    client.post(address("invitation-accept", token), NEW)
    client.logout()
    response = client.get(address("invitation-accept", token))
    assert response.status_code == 410
    assert "used already" in text_of(response)


def test_invited_person_with_an_account_is_asked_to_sign_in(client, union, bob):
    _invitation, token = make_invitation(organisation=union, email=bob.email)
    where = address("invitation-accept", token)
    for response in (client.get(where), client.post(where, NEW)):
        assert response.status_code == 200
        assert f"{address_of_sign_in('en')}?next={where}" in text_of(response)
    assert User.objects.count() == 1


def test_signed_in_person_joins_with_one_click(client, union, bob):
    _invitation, token = make_invitation(organisation=union, email=bob.email)
    client.force_login(bob)
    where = address("invitation-accept", token)
    assert "Bob" in text_of(client.get(where))
    assert not bob.memberships.filter(organisation=union).exists()
    assert client.post(where).status_code == 302
    assert bob.memberships.filter(organisation=union).exists()


def test_signed_in_person_cannot_take_the_invitation_of_another(client, union, carmen):
    _invitation, token = make_invitation(organisation=union, email="other@example.org")
    client.force_login(carmen)
    where = address("invitation-accept", token)
    page = text_of(client.get(where))
    assert "another address" in page
    assert "other@example.org" not in page
    assert client.post(where).status_code == 403
    assert not carmen.memberships.filter(organisation=union).exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_signs_up_without_an_invitation(client, db, language):
    with override(language):
        where = reverse("account_signup")
    sent = {"email": "me@example.org", "password1": "four words that differ"}
    for response in (client.get(where), client.post(where, sent)):
        assert response.status_code == 200
        assert b'name="password1"' not in response.content
    assert not User.objects.exists()


# --- My profile -------------------------------------------------------------------------------------------------------


def version_in(response) -> str:
    return re.search(r'name="version" value="([0-9a-f]{16})"', response.content.decode()).group(1)


def test_profile_saves_and_speaks_the_new_language(client, alice):
    client.force_login(alice)
    form = client.get(address("profile", language="fr"))
    response = client.post(
        address("profile", language="fr"),
        {"name": "Alicia", "language": "es", "time_zone": "America/Lima", "version": version_in(form)},
    )
    assert response.url == address("profile", language="es")
    assert client.cookies["portal_language"].value == "es"
    alice = fresh(alice)
    assert (alice.name, alice.preferred_language, alice.time_zone) == ("Alicia", "es", "America/Lima")


def test_profile_saved_elsewhere_meanwhile_is_not_overwritten(client, alice):
    client.force_login(alice)
    version = version_in(client.get(address("profile")))
    User.objects.filter(pk=alice.pk).update(name="Saved elsewhere")
    sent = {"name": "Typed here", "language": "fr", "time_zone": "UTC", "version": version}
    response = client.post(address("profile"), sent)
    assert response.status_code == 409
    assert "Saved elsewhere" in text_of(response)
    assert 'value="Typed here"' in text_of(response)
    assert fresh(alice).name == "Saved elsewhere"
    client.post(address("profile"), {**sent, "version": version_in(response)})
    assert fresh(alice).name == "Typed here"


def test_profile_refuses_a_zone_that_is_none(client, alice):
    client.force_login(alice)
    version = version_in(client.get(address("profile")))
    response = client.post(
        address("profile"), {"name": "Alice", "language": "fr", "time_zone": "Mars", "version": version}
    )
    assert response.status_code == 200
    assert fresh(alice).time_zone == "UTC"


# --- Signing in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_sign_in_lands_in_the_persons_own_language(client, union, language):
    user = factories.make_user(organisation=union, preferred_language=language)
    response = client.post(address_of_sign_in("en"), {"login": user.email, "password": "a-long-password"})
    assert response.url == f"/{language}/my/"
    assert client.cookies["portal_language"].value == language


def test_sign_in_goes_first_to_the_page_that_was_asked_for(client, alice):
    asked = address("profile")
    response = client.post(
        f"{address_of_sign_in('en')}?next={asked}", {"login": alice.email, "password": "a-long-password", "next": asked}
    )
    assert response.url == asked
