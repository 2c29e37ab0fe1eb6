"""Mails that say only that there is something new: who gets one, how often, and what a broken mail server loses."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from planning_portal.jobs.models import Job, JobState
from planning_portal.jobs.run import run_job
from planning_portal.organisations import notices, services
from planning_portal.organisations.models import Notice, NoticeState, User
from tests import factories

pytestmark = pytest.mark.django_db


def report(*_progress):
    """Nobody waits for it here."""


def run_all():
    for job in Job.objects.filter(kind=notices.KIND):
        run_job(job.pk)


def test_at_most_one_a_day_for_each_person(alice, bob):
    assert notices.notify_people([alice]) == 1
    assert notices.notify_people([alice, bob]) == 1
    run_all()
    assert [message.to for message in mail.outbox] == [[alice.email], [bob.email]]
    Notice.objects.update(day="2020-01-01")
    assert notices.notify_people([alice]) == 1


def test_nobody_to_write_to_makes_no_job(alice):
    notices.notify_people([alice])
    assert notices.notify_people([alice]) == notices.notify_people([]) == 0
    assert Job.objects.count() == 1


def test_only_who_may_be_written_to(union, alice, mutual, bob, peru):
    factories.make_user(name="Gone", organisation=union, is_active=False)
    factories.make_user(name="Never", organisation=union, no_mail=True)
    both = factories.make_user(organisation=union)
    both.memberships.create(organisation=factories.make_organisation(country=peru))
    assert set(notices.people_to_notify([union])) == {alice, both}
    peru.no_mail = True
    peru.save()
    assert set(notices.people_to_notify([union, mutual])) == {alice, bob}
    union.country.no_mail = True
    union.country.save()
    assert set(notices.people_to_notify([union, mutual])) == set()


def test_whoever_changes_their_mind_before_it_is_sent_gets_none(alice):
    notices.notify_people([alice])
    User.objects.update(no_mail=True)
    run_all()
    assert mail.outbox == []
    assert not Notice.objects.exists()


def test_a_mail_carries_its_number_and_is_sent_once(alice):
    notices.notify_people([alice])
    notice = Notice.objects.get()
    notices.send_notices({"notices": [notice.pk]}, report)
    notices.send_notices({"notices": [notice.pk]}, report)
    [message] = mail.outbox
    assert message.extra_headers["Message-ID"] == f"<{notice.message_id}@portal>"
    assert Notice.objects.get().state == NoticeState.SENT


def test_what_was_being_sent_when_the_worker_died_is_not_sent_again(alice):
    notices.notify_people([alice])
    Notice.objects.update(state=NoticeState.SENDING)
    run_all()
    assert mail.outbox == []


def test_a_mail_server_that_fails_for_one_is_asked_again_for_that_one_only(alice, bob, monkeypatch):
    real = mail.EmailMessage.send

    def send(self, *args, **kwargs):
        if self.to == [alice.email]:
            raise ConnectionRefusedError
        return real(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(mail.EmailMessage, "send", send)
        notices.notify_people([alice, bob])
        run_all()
    assert Job.objects.get().state == JobState.QUEUED
    assert {notice.user: notice.state for notice in Notice.objects.all()} == {alice: "waiting", bob: "sent"}
    Job.objects.update(not_before=timezone.now() - timedelta(minutes=1))
    run_all()
    assert [message.to for message in mail.outbox] == [[bob.email], [alice.email]]


def test_old_ones_are_forgotten(alice, bob):
    notices.notify_people([alice, bob])
    Notice.objects.filter(user=alice).update(created_at=timezone.now() - timedelta(days=31))
    notices.forget_old_notices()
    assert Notice.objects.get().user == bob


def test_one_notice_per_person_and_day(alice):
    Notice.objects.create(user=alice, day="2027-01-01")
    with pytest.raises(IntegrityError, match=r"one_notice_per_person_and_day|user_id"), transaction.atomic():
        Notice.objects.create(user=alice, day="2027-01-01")


@pytest.mark.parametrize("change", [{"state": "sent"}, {"sent_at": timezone.now()}])
def test_sent_notice_has_time(alice, change):
    notice = Notice.objects.create(user=alice, day="2027-01-01")
    with pytest.raises(IntegrityError, match="sent_notice_has_time"), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(**change)


# --- The two switches -------------------------------------------------------------------------------


def test_never_email_me_is_a_tick_in_the_profile(client, alice):
    client.force_login(alice)
    page = client.get(reverse("organisations:profile"))
    fields = {name: page.context["form"].initial[name] for name in ("name", "language", "time_zone")}
    client.post(reverse("organisations:profile"), {**fields, "version": page.context["version"], "no_mail": "on"})
    assert User.objects.get(pk=alice.pk).no_mail


def test_no_invitation_is_mailed_to_a_country_without_mail(client, alice, union, django_capture_on_commit_callbacks):
    union.country.no_mail = True
    union.country.save()
    with django_capture_on_commit_callbacks(execute=True):
        _invitation, token = services.invite_person(by=alice, email="new@example.org", organisation=union)
    assert token
    assert mail.outbox == []
