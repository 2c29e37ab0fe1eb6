"""``--until consultations``: most countries are done, three are still at it."""

from zoneinfo import ZoneInfo

import pytest

from consultations import home
from consultations.models import Amendment, Attachment, Consultation, ConsultationState, Priority, PriorityState
from consultations.services import (
    agree_list,
    close_consultation,
    record_participation,
    save_draft,
    submit_priority,
    withdraw_amendment,
)
from consultations.services.consultation import Presence
from planning_portal.demo.accounts import ACCOUNTS, PASSWORD
from planning_portal.demo.files import draw_bars, write_letter
from planning_portal.demo.story import Until
from planning_portal.organisations.models import User
from planning_portal.quarantine.process import examine

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo-consultations")]


@pytest.fixture(scope="module", autouse=True)
def story(tell):
    return tell(Until.CONSULTATIONS)


def test_three_countries_are_still_at_it():
    still_open = Consultation.objects.filter(state=ConsultationState.OPEN)
    assert set(still_open.values_list("country__iso2", flat=True)) == {"BJ", "PE", "PH"}
    assert Consultation.objects.filter(state=ConsultationState.CLOSED).count() == 19


def test_people_meet_in_the_daytime_of_their_own_country():
    for consultation in Consultation.objects.select_related("country"):
        zone = ZoneInfo(consultation.country.time_zone)
        starts, ends = consultation.starts_at.astimezone(zone), consultation.ends_at.astimezone(zone)
        assert (starts.hour, ends.hour, starts.date()) == (9, 16, ends.date())
        assert starts.weekday() < 5
        assert consultation.closed_at is None or consultation.closed_at > consultation.ends_at


@pytest.mark.parametrize("email", ["partner.bj@example.org", "partner.pe@example.org", "partner.ph@example.org"])
def test_partner_account_can_finish_its_draft(email, story):
    person = User.objects.get(email=email)
    draft = Priority.objects.get(author=person, state=PriorityState.DRAFT)
    draft = save_draft(
        draft, by=person, version=draft.version, concerned="Members.", change="A change.", together="A plan."
    )
    assert submit_priority(draft, by=person).receipt


def test_companion_account_can_agree_the_list_and_close():
    companion = User.objects.get(email="companion@example.org")
    consultation = Consultation.objects.get(country__iso2="BJ")
    rows = {
        one.organisation: Presence(True, 1, 1) for one in consultation.participations.select_related("organisation")
    }
    consultation = record_participation(consultation, by=companion, version=consultation.version, rows=rows)
    for amendment in consultation.amendments.filter(state="open"):
        withdraw_amendment(amendment, by=companion, reason="Each stands on its own.")
    waiting = list(consultation.priorities.filter(state=PriorityState.SUBMITTED))
    consultation = agree_list(
        consultation, by=companion, version=consultation.version, ordered=waiting, not_retained={}
    )
    assert close_consultation(consultation, by=companion).state == ConsultationState.CLOSED


def test_partner_account_has_a_merge_to_answer_and_the_companion_sees_who_has(story):
    partner, companion = (User.objects.get(email=f"{name}@example.org") for name in ("partner.bj", "companion"))
    assert any("merged" in task.title for task in home.tasks(partner))
    assert any(task.note == "1 of 2 organisations has answered" for task in home.tasks(companion))


def test_a_change_is_asked_for_and_another_is_answered(story):
    partner, companion = (User.objects.get(email=f"{name}@example.org") for name in ("partner.pe", "companion"))
    assert any("change is asked" in task.title for task in home.tasks(partner))
    assert any("is answered" in task.title for task in home.tasks(companion))


def test_two_countries_have_merged_texts_with_consent():
    done = Amendment.objects.filter(state="done")
    assert {amendment.consultation.country.iso2 for amendment in done} == {"GT", "TG"}
    for amendment in done:
        assert amendment.results.get().state == PriorityState.AGREED
        assert {source.state for source in amendment.sources.all()} == {PriorityState.REPLACED}


def test_accounts_can_sign_in_and_nobody_else_can(client):
    for account in ACCOUNTS:
        person = User.objects.get(email=account.email)
        assert person.check_password(PASSWORD)
        assert person.preferred_language == account.language
        assert not person.is_staff
    emails = [account.email for account in ACCOUNTS]
    others = User.objects.exclude(email__in=emails)
    assert others.count() > 90
    assert not any(person.has_usable_password() for person in others)


def test_countries_set_priorities_aside_with_a_reason():
    aside = Priority.objects.filter(state=PriorityState.NOT_RETAINED)
    assert aside.count() == 2
    assert all(one.country_decision.outcome == PriorityState.NOT_RETAINED for one in aside)


def test_some_files_stand_beside_priorities_and_a_consultation():
    assert Attachment.objects.filter(priority__state=PriorityState.SUBMITTED).count() == 3
    kinds = list(Attachment.objects.order_by("kind").values_list("kind", flat=True))
    assert kinds == ["docx", "docx", "jpeg", "jpeg"]
    assert Attachment.objects.get(consultation__isnull=False).consultation.country.iso2 == "BJ"
    for attachment in Attachment.objects.all():
        data = attachment.file.read()
        assert 0 < len(data) == attachment.size < 60_000
        assert examine("clean", data).facts["kind"] == attachment.kind


def test_files_are_the_same_in_every_demonstration():
    assert draw_bars("Trois villages", [("A", 3), ("B", 2)]) == draw_bars("Trois villages", [("A", 3), ("B", 2)])
    assert write_letter(["Un mot", "R & D <1>"]) == write_letter(["Un mot", "R & D <1>"])
