"""Who is invited, what they answer, who is reminded; and that no mail says anything."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from consultations import home, reminders, services
from consultations.models import Consultation, InvitationAnswer, Participation, Reminder
from planning_portal.jobs.models import Job
from planning_portal.jobs.run import run_job
from planning_portal.organisations.models import Notice, Organisation
from planning_portal.programme.models import Step, StepState
from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from tests import factories

from .factories import make_consultation, make_participation, make_priority

pytestmark = pytest.mark.django_db
SOON = timedelta(days=10)


def url(name, obj):
    return reverse(f"consultations:{name}", args=[obj.public_id])


def text_of(answer):
    return answer.content.decode()


def fresh(obj):
    return type(obj).objects.get(pk=obj.pk)


def send_mails():
    for job in Job.objects.filter(kind="organisations.notices"):
        run_job(job.pk)
    return mail.outbox


@pytest.fixture
def meeting(step, benin, union, mutual):
    """Benin's meeting in ten days, with the union and the mutual on its list."""
    consultation = make_consultation(step=step, country=benin, starts_at=timezone.now() + SOON, place="Bohicon")
    for organisation in (union, mutual):
        make_participation(consultation, organisation, is_present=False)
    return consultation


@pytest.fixture
def invited(meeting, companion):
    services.send_invitations(meeting, by=companion)
    return fresh(meeting)


@pytest.fixture
def as_companion(client, companion):
    client.force_login(companion)
    return client


# --- Inviting --------------------------------------------------------------------------------------


def test_invitations_go_to_everybody_once(meeting, companion, alice, bob):
    assert services.send_invitations(meeting, by=companion) == 2
    assert services.send_invitations(meeting, by=companion) == 0
    assert not Participation.objects.filter(invited_at__isnull=True).exists()
    assert TransitionLog.objects.filter(name="invite").count() == 2
    assert sorted(message.to[0] for message in send_mails()) == sorted([alice.email, bob.email])
    send_mails()
    assert len(mail.outbox) == 2


def test_a_mail_says_that_there_is_something_new_and_nothing_else(alice, invited, union):
    message = next(message for message in send_mails() if message.to == [alice.email])
    said = f"{message.subject}\n{message.body}"
    assert message.subject == "Il y a du nouveau pour vous"
    secret = (union.name, union.acronym, "Benin", "Bénin", "Bohicon", "Alice", "onsultation", "nvitation", "éunion")
    assert [word for word in secret if word in said] == []


def test_an_invitation_needs_a_day(meeting, companion):
    Consultation.objects.update(starts_at=None)
    with pytest.raises(ValidationError, match="without a day"):
        services.send_invitations(meeting, by=companion)


@pytest.mark.parametrize("name", ["alice", "carmen", "facilitator", "translator", "companion_of_peru"])
def test_only_who_runs_it_invites_and_reminds(client, everyone, meeting, name):
    client.force_login(everyone[name])
    assert client.post(url("consultation-invitations", meeting), {"version": 1, "go": "send"}).status_code == 403
    assert client.post(url("consultation-remind", meeting), {"reason": "answer"}).status_code == 403
    for act in (services.send_invitations, lambda m, by: services.remind(m, by=by, reason="answer")):
        with pytest.raises(PermissionDenied):
            act(meeting, by=everyone[name])
    assert not Notice.objects.exists()


def test_the_list_is_chosen_and_sent_in_one_go(as_companion, meeting, union, mutual):
    fields = {"version": 1, f"invited_{union.pk}": "on", "go": "send"}
    page = text_of(as_companion.post(url("consultation-invitations", meeting), fields, follow=True))
    assert "1 organisation is invited" in page
    assert Participation.objects.get().organisation == union
    assert Participation.objects.get().invited_at


def test_saving_the_list_invites_nobody(as_companion, meeting, union, mutual):
    newcomer = factories.make_organisation(country=meeting.country)
    fields = {"version": 1} | {f"invited_{o.pk}": "on" for o in (union, mutual, newcomer)}
    as_companion.post(url("consultation-invitations", meeting), fields)
    assert Participation.objects.count() == 3
    assert not Participation.objects.filter(invited_at__isnull=False).exists()


def test_who_has_answered_cannot_be_taken_off(as_companion, companion, invited, alice, union, mutual):
    services.answer_invitation(invited, by=alice, organisation=union, comes=True)
    as_companion.post(url("consultation-invitations", invited), {"version": 1, "go": "save"})
    assert [row.organisation for row in Participation.objects.all()] == [union]
    with pytest.raises(ValidationError, match="stays on the list"):
        services.choose_invited(invited, by=companion, version=fresh(invited).version, choices={union: False})
    with pytest.raises(ValidationError, match="stays on the list"):
        services.record_participation(invited, by=companion, version=fresh(invited).version, rows={union: None})


def test_two_people_on_the_list_see_each_other(as_companion, coordinator, meeting, union, mutual):
    services.choose_invited(meeting, by=coordinator, version=1, choices={union: False, mutual: True})
    fields = {"version": 1, f"invited_{union.pk}": "on"}
    answer = as_companion.post(url("consultation-invitations", meeting), fields)
    assert answer.status_code == 422
    assert "Somebody else saved this page meanwhile" in text_of(answer)
    assert Participation.objects.get().organisation == mutual


def test_the_list_in_another_language_saves_nothing(as_companion, companion, invited, alice, union, mutual):
    services.answer_invitation(invited, by=alice, organisation=union, comes=True)
    answer = as_companion.post(url("consultation-invitations", invited), {"version": 1, "switch_language": "nl"})
    assert '<html lang="nl">' in text_of(answer)
    assert text_of(answer).count(" checked") == 1
    assert Participation.objects.count() == 2


# --- Answering -------------------------------------------------------------------------------------


def test_the_home_page_asks_until_somebody_has_answered(alice, invited, union):
    def asked():
        person = fresh(alice)
        return [task for task in home.tasks(person) if "comes to the meeting" in task.title]

    [task] = asked()
    assert task.url == url("invitation-answer", invited)
    assert task.deadline == invited.starts_at
    services.answer_invitation(invited, by=alice, organisation=union, comes=False, line="Assemblée ce jour-là")
    assert asked() == []


def test_nobody_is_asked_before_the_invitations_are_sent_nor_after_the_meeting(alice, companion, meeting):
    assert not [task for task in home.tasks(alice) if "comes to the meeting" in task.title]
    services.send_invitations(meeting, by=companion)
    Consultation.objects.update(starts_at=timezone.now() - SOON)
    assert not [task for task in home.tasks(fresh(alice)) if "comes to the meeting" in task.title]


def test_an_answer_with_a_line_reaches_the_companion(client, alice, companion, invited, union):
    client.force_login(alice)
    sent = {"version": 0, "comes": "yes", "line": "Nous serons trois.", "language": "fr"}
    page = client.post(url("invitation-answer", invited), sent, follow=True)
    assert "Your answer is recorded" in text_of(page)
    answer = InvitationAnswer.objects.get()
    assert (answer.comes, answer.by, answer.participation.organisation) == (True, alice, union)
    assert answer.line_fr == "Nous serons trois."
    client.force_login(companion)
    page = text_of(client.get(url("consultation-invitations", invited)))
    assert "Nous serons trois." in page
    assert "1 organisation has answered, 1 comes" in page


def test_no_answer_chosen_is_said_beside_it(client, alice, invited):
    client.force_login(alice)
    answer = client.post(url("invitation-answer", invited), {"version": 0, "line": "Peut-être"})
    assert answer.status_code == 422
    assert "Choose one of the two answers" in text_of(answer)
    assert 'value="Peut-être"' in text_of(answer)


def test_two_colleagues_do_not_overwrite_each_other(client, alice, colleague, invited, union):
    services.answer_invitation(invited, by=colleague, organisation=union, comes=True, line="Deux personnes")
    client.force_login(alice)
    answer = client.post(url("invitation-answer", invited), {"version": 0, "comes": "no", "line": "Empêchés"})
    assert answer.status_code == 422
    assert "Deux personnes" in text_of(answer)
    assert 'value="Empêchés"' in text_of(answer)
    assert InvitationAnswer.objects.get().comes
    client.post(url("invitation-answer", invited), {"version": 1, "comes": "no", "line": "Empêchés"})
    assert not InvitationAnswer.objects.get().comes


def test_the_same_answer_twice_is_one(alice, invited, union):
    for _number in range(2):
        services.answer_invitation(invited, by=alice, organisation=union, comes=True, line="Oui")
    assert InvitationAnswer.objects.get().version == 1
    assert TransitionLog.objects.filter(name="answer").count() == 1


@pytest.mark.parametrize("name", ["carmen", "companion", "coordinator", "facilitator", "translator"])
def test_only_the_people_of_an_invited_organisation_answer(client, everyone, invited, union, name):
    client.force_login(everyone[name])
    assert client.get(url("invitation-answer", invited)).status_code == 403
    with pytest.raises(PermissionDenied):
        services.answer_invitation(invited, by=everyone[name], organisation=union, comes=True)


def test_nobody_answers_for_the_neighbours(bob, invited, union):
    with pytest.raises(PermissionDenied, match="belong to"):
        services.answer_invitation(invited, by=bob, organisation=union, comes=True)


def test_who_is_not_invited_cannot_answer(client, alice, meeting, union):
    client.force_login(alice)
    assert client.get(url("invitation-answer", meeting)).status_code == 403
    with pytest.raises(PermissionDenied, match="not invited yet"):
        services.answer_invitation(meeting, by=alice, organisation=union, comes=True)


def test_a_closed_consultation_takes_no_answer(client, alice, invited, union):
    Consultation.objects.update(state="closed", closed_at=timezone.now())
    client.force_login(alice)
    page = client.post(url("invitation-answer", invited), {"version": 0, "comes": "yes"}, follow=True)
    assert "can no longer be answered" in text_of(page)
    with pytest.raises(WrongState):
        services.answer_invitation(invited, by=alice, organisation=union, comes=True)


def test_an_answer_is_no_work_for_translators(alice, invited, union):
    answer = services.answer_invitation(invited, by=alice, organisation=union, comes=True, line="Oui")
    assert not answer.translation_units.exists()


# --- Reminding -------------------------------------------------------------------------------------


def due(kind, consultation):
    return set(reminders.DUE[kind](fresh(consultation)))


def test_each_reason_finds_those_it_is_for(invited, alice, bob, union, mutual):
    quiet = factories.make_organisation(country=invited.country)
    make_participation(invited, quiet, is_present=False)
    services.answer_invitation(invited, by=alice, organisation=union, comes=True)
    make_priority(state="draft", consultation=invited, organisation=mutual)
    make_priority(consultation=invited, organisation=union)
    assert due("answer", invited) == {mutual}
    assert due("draft", invited) == {mutual}
    assert due("silent", invited) == {mutual, quiet}
    Consultation.objects.update(starts_at=timezone.now() - SOON, ends_at=None)
    assert due("answer", invited) == set()
    Consultation.objects.update(state="closed", closed_at=timezone.now())
    assert (due("draft", invited), due("silent", invited)) == (set(), set())


def test_nobody_is_reminded_twice_on_one_day(as_companion, companion, invited, union, mutual):
    page = text_of(as_companion.post(url("consultation-remind", invited), {"reason": "answer"}, follow=True))
    assert "2 organisations are reminded" in page
    page = text_of(as_companion.post(url("consultation-remind", invited), {"reason": "answer"}, follow=True))
    assert "Nobody to remind" in page
    assert services.remind(invited, by=companion, reason="silent") == 0
    assert Reminder.objects.count() == TransitionLog.objects.filter(name="remind").count() == 2
    Reminder.objects.update(day=date(2020, 1, 1))
    assert services.remind(invited, by=companion, reason="answer") == 2


def test_one_organisation_can_be_reminded_alone(as_companion, invited, union, stranger_organisation):
    where = url("consultation-remind", invited)
    as_companion.post(where, {"reason": "silent", "organisation": str(union.public_id)})
    assert Reminder.objects.get().organisation == union
    for wrong in ({"reason": "silent", "organisation": str(stranger_organisation.public_id)}, {"reason": "gossip"}):
        assert "it has changed meanwhile" in text_of(as_companion.post(where, wrong, follow=True))
    assert Reminder.objects.count() == 1


@pytest.mark.parametrize("back", ["https://evil.example.org/", "//evil.example.org/", "javascript:alert(1)", ""])
def test_the_way_back_stays_in_the_portal(as_companion, invited, back):
    answer = as_companion.post(url("consultation-remind", invited), {"reason": "answer", "back": back})
    assert answer.url == url("consultation-invitations", invited)


def test_reminding_is_over_with_the_step(as_companion, companion, invited):
    Step.objects.update(state=StepState.CLOSED)
    assert as_companion.post(url("consultation-remind", invited), {"reason": "answer"}).status_code == 403
    with pytest.raises(PermissionDenied):
        services.remind(fresh(invited), by=companion, reason="answer")


@pytest.mark.parametrize(("days", "expected"), [(8, 0), (7, 2), (6, 0), (3, 2), (1, 2), (0, 0), (-1, 0)])
def test_the_portal_reminds_of_an_answer_on_three_days(invited, days, expected):
    Consultation.objects.update(
        starts_at=timezone.now().replace(hour=23, minute=59) + timedelta(days=days), ends_at=None
    )
    for _twice in range(2):
        services.remind_when_due()
    assert Reminder.objects.filter(by=None).count() == expected


@pytest.mark.parametrize(("days", "expected"), [(4, 0), (3, 1), (0, 0), (-3, 0)])
def test_the_portal_reminds_of_a_draft_before_the_closing_date(invited, mutual, days, expected):
    make_priority(state="draft", consultation=invited, organisation=mutual)
    Step.objects.update(ends=timezone.localdate() + timedelta(days=days), state=StepState.OPEN)
    services.remind_when_due()
    assert Reminder.objects.filter(reason="draft", organisation=mutual).count() == expected


def test_the_portal_does_not_remind_of_what_is_over(invited):
    Consultation.objects.update(starts_at=timezone.now() + timedelta(days=3))
    Step.objects.update(state=StepState.CLOSED)
    services.remind_when_due()
    assert not Reminder.objects.exists()


def test_closing_date_is_the_steps_else_the_meetings(meeting):
    meeting.ends_at = meeting.starts_at + timedelta(hours=6)
    assert reminders.closing_day(meeting) == timezone.localdate(meeting.ends_at)
    meeting.step.ends = date(2027, 5, 1)
    assert reminders.closing_day(meeting) == date(2027, 5, 1)


# --- Pages -----------------------------------------------------------------------------------------


def test_the_list_asks_the_same_of_the_database_for_2_and_30_rows(as_companion, alice, invited, union):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert as_companion.get(url("consultation-invitations", invited)).status_code == 200
        return len(captured)

    services.answer_invitation(invited, by=alice, organisation=union, comes=True, line="Oui")
    asked()
    few = asked()
    for number in range(30):
        organisation = factories.make_organisation(country=invited.country)
        row = make_participation(invited, organisation, is_present=False, invited_at=timezone.now())
        if number % 2:
            InvitationAnswer.objects.create(participation=row, comes=True, line_fr="Oui", source_language="fr")
    assert asked() == few
    assert few <= 2 + 8


def test_answering_costs_few_queries(client, alice, invited, django_assert_max_num_queries):
    client.force_login(alice)
    client.get(url("invitation-answer", invited))
    with django_assert_max_num_queries(2 + 5):
        client.get(url("invitation-answer", invited))


def test_a_name_on_the_list_is_read_by_who_runs_it(as_companion, invited):
    Organisation.objects.update(identity="withheld")
    page = text_of(as_companion.get(url("consultation-invitations", invited)))
    assert all(o.name in page for o in Organisation.objects.filter(country=invited.country))
