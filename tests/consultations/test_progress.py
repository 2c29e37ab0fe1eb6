"""The pages of those who see to it that no country and no organisation is left behind."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import home, progress
from consultations.coverage import coverage_of
from consultations.models import Consultation, InvitationAnswer, Priority, Reminder
from consultations.progress import Choice
from planning_portal.organisations.identity import viewer_of
from planning_portal.organisations.notices import today_for_mail
from tests import factories

from .factories import make_consultation, make_participation, make_priority

pytestmark = pytest.mark.django_db
PAGES = ["country-progress", "country-coverage"]
EVERYTHING = Choice()


def url(name):
    return reverse(f"consultations:{name}")


def text_of(answer):
    return answer.content.decode()


def progress_for(user, step):
    lines = progress.progress_of(user, step, progress.followed_countries(user))
    return {line.country.iso2: line for line in lines}


def coverage_for(user, step, choice=EVERYTHING):
    return coverage_of(user, step, choice, viewer_of(user))


@pytest.fixture
def as_coordinator(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def busy(consultation, union, mutual, alice):
    """Benin: the union has answered, drafted and submitted, the mutual was invited and says nothing."""
    now = timezone.now()
    Consultation.objects.update(starts_at=now + timedelta(days=5))
    row = make_participation(consultation, union, is_present=False, invited_at=now)
    make_participation(consultation, mutual, is_present=False, invited_at=now)
    InvitationAnswer.objects.create(participation=row, comes=True, source_language="fr")
    make_priority(state="draft", consultation=consultation, organisation=union)
    for state in ("submitted", "agreed", "agreed", "not_retained"):
        make_priority(state=state, consultation=consultation, organisation=union)
    return Consultation.objects.get()


# --- Who sees what ---------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("coordinator", 200),
        ("facilitator", 200),
        ("companion", 200),
        ("companion_of_peru", 200),
        ("alice", 403),
        ("carmen", 403),
        ("translator", 403),
    ],
)
def test_who_follows_the_countries(client, everyone, busy, page, name, status):
    client.force_login(everyone[name])
    assert client.get(url(page)).status_code == status


def test_a_companion_follows_only_their_countries(client, companion, companion_of_peru, busy, peru, step, mutual):
    foreign = factories.make_organisation(country=peru, identity="withheld")
    make_participation(make_consultation(step=step, country=peru), foreign, is_present=False)
    for person, own, other in ((companion, mutual, foreign), (companion_of_peru, foreign, mutual)):
        client.force_login(person)
        assert own.country.name in text_of(client.get(url("country-progress")))
        assert other.country.name not in text_of(client.get(url("country-progress")))
        page = text_of(client.get(url("country-coverage")))
        assert own.name in page
        assert other.name not in page


def test_facilitators_read_and_do_nothing(client, facilitator, busy, mutual):
    client.force_login(facilitator)
    page = text_of(client.get(url("country-coverage")))
    assert mutual.name in page
    assert "/remind/" not in page
    assert "/invitations/" not in text_of(client.get(url("country-progress")))


def test_the_way_there_is_on_the_home_page(coordinator, companion, alice, busy):
    titles = {
        person.name: [str(section.title) for section in home.sections(person)]
        for person in (coordinator, companion, alice)
    }
    assert titles["Coordinator"] == titles["Companion"] == ["How far the countries are"]
    assert "How far the countries are" not in titles["Alice"]
    assert [str(entry.title) for entry in home.entries(coordinator)] == ["Consultations", "Progress"]
    assert [str(entry.title) for entry in home.entries(alice)] == ["Consultations"]


# --- What is counted -------------------------------------------------------------------------------


def test_each_number_counts_what_it_says(coordinator, busy, step, union, mutual):
    line = progress_for(coordinator, step)["BJ"]
    assert line.numbers == {
        "listed": 2,
        "invited": 2,
        "answered": 1,
        "coming": 1,
        "present": 0,
        "drafts": 1,
        "submitted": 4,
        "undecided": 1,
        "agreed": 2,
        "speaking": 1,
    }


def test_numbers_of_one_country_are_not_those_of_another(coordinator, busy, peru, step):
    make_participation(make_consultation(step=step, country=peru))
    lines = progress_for(coordinator, step)
    assert lines["PE"].numbers["listed"] == lines["PE"].numbers["present"] == 1
    assert lines["PE"].numbers["submitted"] == 0
    assert lines["BJ"].numbers["submitted"] == 4


def test_what_is_missing_says_so_and_leads_there(coordinator, busy, step):
    missing = progress_for(coordinator, step)["BJ"].missing
    assert [one.text for one in missing] == [
        "1 answer to come",
        "1 organisation has not spoken",
        "no context of the country",
        "1 priority to decide on",
    ]
    assert missing[0].url == reverse("consultations:consultation-invitations", args=[busy.public_id])


def test_what_is_missing_after_the_meeting(coordinator, busy, step):
    Consultation.objects.update(starts_at=timezone.now() - timedelta(days=1), context_fr="Contexte")
    Priority.objects.filter(state="submitted").delete()
    assert [one.text for one in progress_for(coordinator, step)["BJ"].missing] == [
        "1 organisation has not spoken",
        "nobody is recorded as present",
        "no minutes",
        "the list is agreed: it can be closed",
    ]


def test_a_country_without_consultation_is_not_forgotten(
    as_coordinator, coordinator, busy, step, stranger_organisation
):
    line = progress_for(coordinator, step)["PE"]
    assert [one.text for one in line.missing] == ["the consultation is not planned"]
    assert f"?country={line.country.pk}" in line.missing[0].url
    page = text_of(as_coordinator.get(url("country-progress")))
    assert "0 of 2 countries are done, 1 is not planned" in page


def test_a_closed_country_misses_nothing(coordinator, step, benin, union):
    make_consultation(step=step, country=benin, state="closed")
    assert progress_for(coordinator, step)["BJ"].missing == []


def test_the_table_has_the_numbers_of_the_picture(as_coordinator, busy):
    page = text_of(as_coordinator.get(url("country-progress")))
    assert "Benin: Open; invited 2, answered 1, submitted 4, agreed 2" in page
    assert '<td class="numbers" data-label="Submitted">4</td>' in page
    assert '<td class="numbers" data-label="Invited">2/2</td>' in page


def test_a_country_goes_from_nothing_to_done_by_seven_marks(coordinator, busy, step, stranger_organisation):
    lines = progress_for(coordinator, step)
    assert (lines["PE"].share, lines["BJ"].share) == (0, 5 / 7)
    Priority.objects.filter(state="submitted").delete()
    assert progress_for(coordinator, step)["BJ"].share == 6 / 7
    Consultation.objects.update(state="closed", closed_at=timezone.now())
    assert progress_for(coordinator, step)["BJ"].share == 1


# --- Filters ---------------------------------------------------------------------------------------


def test_filters_narrow_both_pages(as_coordinator, busy, peru, step, stranger_organisation):
    make_participation(make_consultation(step=step, country=peru, state="planned"), stranger_organisation)
    zone = peru.zone
    for page in PAGES:
        assert {"Benin", "Peru"} == shown(as_coordinator, page)
        assert shown(as_coordinator, page, zone=zone.pk) == {"Peru"}
        assert shown(as_coordinator, page, state="open") == {"Benin"}
        assert shown(as_coordinator, page, zone="x' OR 1=1", state="nonsense", step="9" * 30) == {"Benin", "Peru"}


def shown(client, page, **query):
    context = client.get(url(page), query).context
    lines = context["lines"] if "lines" in context else context["coverage"].lines
    return {line.country.name for line in lines}


def test_an_earlier_step_can_be_looked_at(as_coordinator, busy, programme, peru, step):
    other = factories.make_step(programme=programme, state="closed", title_en="The first round")
    make_participation(make_consultation(step=other, country=peru))
    assert shown(as_coordinator, "country-coverage") == {"Benin"}
    assert shown(as_coordinator, "country-coverage", step=other.pk) == {"Peru"}
    assert "The first round" in text_of(as_coordinator.get(url("country-progress")))


# --- The radar -------------------------------------------------------------------------------------


def test_radar_counts_who_has_submitted_of_who_is_listed(coordinator, busy, step, union, mutual):
    radar = coverage_for(coordinator, step)
    [line] = radar.lines
    assert dict(zip(radar.kinds, map(str, line.cells), strict=True)) == {"trade_union": "1/1", "health_mutual": "0/1"}
    assert [cell.is_silent for cell in line.cells] == [False, True]
    assert [one.organisation for one in line.silent] == [mutual]
    assert (radar.silent, radar.listed) == (1, 2)


def test_a_draft_is_no_word_yet(coordinator, busy, step, mutual):
    make_priority(state="draft", consultation=busy, organisation=mutual)
    assert [one.organisation for one in coverage_for(coordinator, step).lines[0].silent] == [mutual]


def test_radar_shows_themes_that_nobody_speaks_of(as_coordinator, coordinator, busy, programme, step):
    factories.make_theme(programme=programme, title_en="Older people")
    radar = coverage_for(coordinator, step)
    assert radar.lines[0].themes == [4, 0]
    assert radar.silent_themes == ["Older people"]
    assert "Nobody has spoken of: Older people" in text_of(as_coordinator.get(url("country-coverage")))


def test_the_silent_are_reminded_from_the_radar(as_coordinator, busy, mutual):
    page = text_of(as_coordinator.get(url("country-coverage")))
    assert mutual.name in page
    where = reverse("consultations:consultation-remind", args=[busy.public_id])
    assert where in page
    back = f"{url('country-coverage')}?state=open#c{busy.country_id}"
    answer = as_coordinator.post(where, {"reason": "silent", "organisation": str(mutual.public_id), "back": back})
    assert answer.url == back
    assert Reminder.objects.get().organisation == mutual
    page = text_of(as_coordinator.get(url("country-coverage")))
    assert str(mutual.public_id) not in page
    assert "reminded" in page


def test_a_reminder_of_another_day_is_told_and_may_be_repeated(coordinator, busy, step, mutual):
    day = today_for_mail() - timedelta(days=2)
    Reminder.objects.create(consultation=busy, organisation=mutual, day=day, reason="silent")
    assert coverage_for(coordinator, step).lines[0].silent[0].reminded_on == day


@pytest.mark.parametrize("state", ["planned", "closed"])
def test_nobody_is_reminded_where_nothing_can_be_submitted(client, coordinator, busy, state):
    closed_at = timezone.now() if state == "closed" else None
    Consultation.objects.update(state=state, closed_at=closed_at)
    client.force_login(coordinator)
    assert "/remind/" not in text_of(client.get(url("country-coverage")))


# --- Queries ---------------------------------------------------------------------------------------


def queries_of(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("page", PAGES)
def test_pages_ask_the_same_of_the_database_at_3_and_40_countries(as_coordinator, step, programme, page):
    themes = [factories.make_theme(programme=programme) for _number in range(5)]

    def fill(codes, organisations, each):
        priorities = []
        for code in codes:
            country = factories.make_country(code, iso3=f"{code}Z")
            consultation = make_consultation(step=step, country=country)
            for number in range(organisations):
                organisation = factories.make_organisation(country=country, kind=("trade_union", "women")[number % 2])
                make_participation(consultation, organisation, is_present=False)
                priorities += [
                    Priority(
                        consultation=consultation,
                        organisation=organisation,
                        source_language="fr",
                        theme=themes[one % 5],
                    )
                    for one in range(each)
                ]
        Priority.objects.bulk_create(priorities)

    fill(["QA", "QB", "QC"], 2, 2)
    as_coordinator.get(url(page))
    few = queries_of(as_coordinator, url(page))
    fill([f"R{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"] + [f"S{letter}" for letter in "ABCDEFGHIJK"], 4, 20)
    assert Priority.objects.count() > 2_900
    assert queries_of(as_coordinator, url(page)) == few
    assert few <= 8
