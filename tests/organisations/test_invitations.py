import re
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from planning_portal.organisations.models import Invitation, Membership, User
from planning_portal.organisations.services import (
    AccountExists,
    InvitationUnusable,
    accept_invitation,
    find_invitation,
    hash_of,
    invite_person,
    withdraw_invitation,
)
from planning_portal.workflow.models import TransitionLog
from tests import factories

from .factories import fresh, make_invitation

NEW = {"name": "New Person", "password": "four words that differ", "language": "es", "time_zone": "America/Lima"}


def test_token_is_stored_as_a_hash_only(union):
    invitation, token = make_invitation(organisation=union)
    row = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert row["token_hash"] == hash_of(token)
    assert token not in str(row)


def test_invitation_lasts_72_hours(union):
    before = timezone.now()
    invitation, _token = make_invitation(organisation=union)
    assert timedelta(hours=72) <= invitation.expires_at - before < timedelta(hours=72, minutes=1)


@pytest.mark.parametrize(
    ("who", "of", "allowed"),
    [
        ("alice", "union", True),
        ("alice", "mutual", False),
        ("alice", None, False),
        ("carmen", "union", False),
        ("companion", "union", True),
        ("companion", "mutual", True),
        ("companion", "stranger_organisation", False),
        ("companion", None, False),
        ("facilitator", "union", False),
        ("translator", "union", False),
        ("coordinator", "union", True),
        ("coordinator", "stranger_organisation", True),
        ("coordinator", None, True),
    ],
)
def test_who_may_invite_for_whom(request, who, of, allowed):
    by = request.getfixturevalue(who)
    organisation = request.getfixturevalue(of) if of else None
    assert by.has_perm("organisations.invite_person", organisation) is allowed
    if allowed:
        invite_person(by=by, email="new@example.org", organisation=organisation)
        assert Invitation.objects.get().invited_by == by
    else:
        with pytest.raises(PermissionDenied):
            invite_person(by=by, email="new@example.org", organisation=organisation)
        assert not Invitation.objects.exists()


def test_colleague_without_a_mandate_may_not_invite(union):
    colleague = factories.make_user(organisation=union, has_mandate=False)
    assert not colleague.has_perm("organisations.invite_person", union)


def test_mail_is_sent_after_the_commit_in_the_language_of_the_invited(
    django_capture_on_commit_callbacks, settings, union, alice
):
    settings.PORTAL_ADDRESS = "https://portal.example.org/"
    with django_capture_on_commit_callbacks() as callbacks:
        _invitation, token = invite_person(by=alice, email="New@Example.org", organisation=union, language="es")
    assert mail.outbox == []
    for callback in callbacks:
        callback()
    [message] = mail.outbox
    assert message.to == ["new@example.org"]
    assert f"https://portal.example.org/es/people/join/{token}/" in message.body


def test_mail_names_nobody_and_nothing(django_capture_on_commit_callbacks, union, alice):
    with django_capture_on_commit_callbacks(execute=True):
        invite_person(by=alice, email="new@example.org", organisation=union, language="en")
    [message] = mail.outbox
    everything = message.subject + message.body + message.from_email
    for secret in (union.name, union.acronym, alice.name, alice.email, "Benin", "Programme", "ballot"):
        assert secret not in everything


def test_mail_server_that_fails_does_not_stop_the_invitation(
    django_capture_on_commit_callbacks, monkeypatch, caplog, union, alice
):
    def fail(self: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    with django_capture_on_commit_callbacks(execute=True):
        invite_person(by=alice, email="secret@example.org", organisation=union)
    assert Invitation.objects.count() == 1
    assert "ConnectionRefusedError" in caplog.text
    assert "secret@example.org" not in caplog.text


def test_inviting_again_ends_the_earlier_link(union):
    _first, old = make_invitation(organisation=union)
    _second, new = make_invitation(organisation=union)
    with pytest.raises(InvitationUnusable):
        find_invitation(old)
    assert find_invitation(new).organisation == union


def test_accepting_makes_an_account_with_what_the_person_chose(union):
    _invitation, token = make_invitation(organisation=union, has_mandate=True)
    user = fresh(accept_invitation(token, **NEW))
    assert (user.name, user.preferred_language, user.time_zone) == ("New Person", "es", "America/Lima")
    assert user.check_password(NEW["password"])
    assert Membership.objects.get(user=user).has_mandate
    invitation = Invitation.objects.get()
    assert invitation.accepted_by == user
    assert invitation.accepted_at is not None
    assert TransitionLog.objects.filter(name="accept_invitation", by=user, organisation_id=union.pk).exists()


def test_mandate_without_an_organisation_is_not_given(db):
    invitation, token = make_invitation(organisation=None, has_mandate=True)
    assert not invitation.has_mandate
    user = accept_invitation(token, **NEW)
    assert not user.memberships.exists()


def test_link_works_once(union):
    _invitation, token = make_invitation(organisation=union)
    accept_invitation(token, **NEW)
    with pytest.raises(InvitationUnusable, match="used already"):
        accept_invitation(token, **NEW)
    assert User.objects.count() == 1


def test_link_that_is_too_old_is_refused(union):
    invitation, token = make_invitation(organisation=union)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    with pytest.raises(InvitationUnusable, match="72 hours"):
        accept_invitation(token, **NEW)
    assert not User.objects.exists()


@pytest.mark.parametrize("token", ["", "nonsense", "0" * 32])
def test_unknown_link_is_refused(db, token):
    with pytest.raises(InvitationUnusable):
        find_invitation(token)


def test_hash_itself_is_not_a_link(union):
    invitation, _token = make_invitation(organisation=union)
    with pytest.raises(InvitationUnusable):
        find_invitation(invitation.token_hash)


def test_address_that_already_signs_in_does_not_get_a_second_account(union, bob):
    _invitation, token = make_invitation(organisation=union, email=bob.email.upper())
    with pytest.raises(AccountExists):
        accept_invitation(token, **NEW)
    assert find_invitation(token).accepted_at is None


def test_signed_in_person_joins_with_the_same_account(union, bob):
    _invitation, token = make_invitation(organisation=union, email=bob.email)
    accept_invitation(token, user=bob)
    assert set(bob.memberships.values_list("organisation_id", flat=True)) >= {union.pk}
    assert Invitation.objects.get().accepted_by == bob


def test_somebody_else_cannot_use_the_link_of_another_address(union, bob, carmen):
    _invitation, token = make_invitation(organisation=union, email=bob.email)
    with pytest.raises(PermissionDenied):
        accept_invitation(token, user=carmen)
    assert find_invitation(token)


def test_joining_again_never_takes_a_mandate_away(alice, union):
    _invitation, token = make_invitation(organisation=union, email=alice.email, has_mandate=False)
    accept_invitation(token, user=alice)
    assert alice.memberships.get().has_mandate


def test_joining_again_can_give_a_mandate(union):
    colleague = factories.make_user(organisation=union, has_mandate=False)
    _invitation, token = make_invitation(organisation=union, email=colleague.email, has_mandate=True)
    accept_invitation(token, user=colleague)
    assert colleague.memberships.get().has_mandate


def test_new_account_needs_a_password(union):
    _invitation, token = make_invitation(organisation=union)
    with pytest.raises(ValueError, match="password"):
        accept_invitation(token, name="Nobody")
    assert find_invitation(token)


def test_withdrawn_link_no_longer_works(union, alice):
    invitation, token = make_invitation(organisation=union)
    withdraw_invitation(invitation, by=alice)
    with pytest.raises(InvitationUnusable):
        find_invitation(token)


def test_used_invitation_cannot_be_withdrawn(union, alice):
    invitation, token = make_invitation(organisation=union)
    accept_invitation(token, **NEW)
    with pytest.raises(InvitationUnusable, match="used already"):
        withdraw_invitation(invitation, by=alice)


def test_stranger_cannot_withdraw(union, carmen):
    invitation, token = make_invitation(organisation=union)
    with pytest.raises(PermissionDenied):
        withdraw_invitation(invitation, by=carmen)
    assert find_invitation(token)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_account():
    union = factories.make_organisation()
    _invitation, token = make_invitation(organisation=union)
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def accept(name: str) -> None:
        barrier.wait()
        try:
            accept_invitation(token, **{**NEW, "name": name})
            outcomes.append("in")
        except (InvitationUnusable, AccountExists) as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(name,)) for name in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["InvitationUnusable", "in"]
    assert User.objects.count() == 1
    assert Membership.objects.count() == 1


def test_token_has_122_random_bits(union):
    tokens = {make_invitation(organisation=union)[1] for _turn in range(20)}
    assert len(tokens) == 20
    assert all(re.fullmatch(r"[0-9a-f]{32}", token) for token in tokens)
