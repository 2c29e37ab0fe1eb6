"""The pages of those who see to it that no country and no organisation is left behind."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
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
    assert {cell.kind: str(cell) for cell in line.cells} == {"trade_union": "1/1", "health_mutual": "0/1"}
    assert [cell.tint for cell in line.cells] == ["done", "stop"]
    assert silent_in(radar) == {mutual}
    assert (len(radar.whole.silent), radar.whole.listed) == (1, 2)


def test_a_draft_is_no_word_yet(coordinator, busy, step, mutual):
    make_priority(state="draft", consultation=busy, organisation=mutual)
    assert silent_in(coverage_for(coordinator, step)) == {mutual}


def test_who_left_the_programme_without_a_word_is_not_waited_for(coordinator, busy, step, mutual):
    mutual.is_active = False
    mutual.save()
    radar = coverage_for(coordinator, step)
    assert silent_in(radar) == set()
    assert str(radar.whole) == "1/1"


def test_radar_shows_themes_that_nobody_speaks_of(as_coordinator, coordinator, busy, programme, step):
    factories.make_theme(programme=programme, title_en="Older people")
    radar = coverage_for(coordinator, step)
    assert list(radar.lines[0].themes.values()) == [4, 0]
    assert radar.silent_themes == ["Older people"]
    assert "Nobody has spoken of: Older people" in text_of(as_coordinator.get(url("country-coverage")))


def test_the_silent_are_reminded_from_the_radar(as_coordinator, busy, mutual):
    page = text_of(as_coordinator.get(url("country-coverage")))
    assert mutual.name in page
    assert f'action="{url("coverage-remind")}?' in page
    country = str(busy.country_id)
    answer = as_coordinator.post(f"{url('coverage-remind')}?state=open", {"organisation": str(mutual.public_id)})
    assert answer.url == f"{url('country-coverage')}?state=open#silent"
    reminder = Reminder.objects.get()
    assert (reminder.organisation, reminder.reason, reminder.theme) == (mutual, "silent", None)
    page = text_of(as_coordinator.get(url("country-coverage")))
    assert str(mutual.public_id) not in page
    assert "reminded" in page
    answer = as_coordinator.post(f"{url('coverage-remind')}?state=open", {"country": country})
    assert answer.url.endswith(f"#c{country}")
    assert Reminder.objects.count() == 1


def test_a_reminder_of_another_day_is_told_and_may_be_repeated(coordinator, busy, step, mutual):
    day = today_for_mail() - timedelta(days=2)
    Reminder.objects.create(consultation=busy, organisation=mutual, day=day, reason="silent")
    assert coverage_for(coordinator, step).whole.silent[0].reminded_on == day


@pytest.mark.parametrize("state", ["planned", "closed"])
def test_nobody_is_reminded_where_nothing_can_be_submitted(client, coordinator, busy, state):
    closed_at = timezone.now() if state == "closed" else None
    Consultation.objects.update(state=state, closed_at=closed_at)
    client.force_login(coordinator)
    assert "/remind/" not in text_of(client.get(url("country-coverage")))


# --- One cell, one theme ---------------------------------------------------------------------------


def silent_in(radar):
    return {one.organisation for _line, cell in radar.chosen for one in cell.silent}


@pytest.fixture
def wide(busy, programme, benin, peru, step, union, mutual):
    """Benin speaks of one theme by its union; two women's organisations of it and one of Peru are silent."""
    theme = Priority.objects.filter(state="agreed").first().theme
    other = factories.make_theme(programme=programme, title_en="Older people")
    women = [factories.make_organisation(country=benin, kind="women") for _number in range(2)]
    for one in women:
        make_participation(busy, one, is_present=False)
    abroad = factories.make_organisation(country=peru, kind="women")
    make_participation(make_consultation(step=step, country=peru), abroad, is_present=False)
    return {"theme": theme, "other": other, "women": set(women), "abroad": abroad}


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, "mutual women abroad"),
        ({"kind": "women"}, "women abroad"),
        ({"country": "benin"}, "mutual women"),
        ({"country": "benin", "kind": "women"}, "women"),
        ({"country": "benin", "kind": "women", "theme": "theme"}, "women"),
        ({"country": "benin", "kind": "trade_union", "theme": "theme"}, ""),
        ({"country": "benin", "kind": "trade_union", "theme": "other"}, "union"),
        ({"theme": "other"}, "union mutual women abroad"),
    ],
)
def test_a_cell_and_a_theme_say_who_is_silent(coordinator, wide, benin, step, union, mutual, chosen, found):
    choice = Choice(
        kind=chosen.get("kind", ""),
        country=str(benin.pk) if "country" in chosen else "",
        theme=str(wide[chosen["theme"]].pk) if "theme" in chosen else "",
    )
    known = {"union": {union}, "mutual": {mutual}, "women": wide["women"], "abroad": {wide["abroad"]}}
    expected = set().union(*(known[name] for name in found.split()))
    radar = coverage_for(coordinator, step, choice)
    assert silent_in(radar) == expected
    assert len(radar.whole.silent) == (5 if chosen.get("theme") == "other" else 4)


def test_a_cell_leads_to_those_silent_in_it(as_coordinator, wide, benin, mutual):
    page = text_of(as_coordinator.get(url("country-coverage"), {"theme": wide["other"].pk}))
    address = f"?theme={wide['other'].pk}&amp;country={benin.pk}&amp;kind=women#silent"
    assert f'href="{address}"' in page
    page = text_of(as_coordinator.get(url("country-coverage") + address.replace("&amp;", "&")))
    silent = page[page.index('id="silent"') :]
    assert "Still silent: Benin, " in silent
    assert all(one.name in silent for one in wide["women"])
    assert mutual.name not in silent
    assert wide["abroad"].name not in silent
    assert f'href="{address}" aria-current="true"' in page


def test_exactly_those_of_the_cell_are_reminded_and_once(as_coordinator, wide, benin, union, mutual):
    where = f"{url('coverage-remind')}?theme={wide['other'].pk}&country={benin.pk}&kind=trade_union"
    for _again in range(2):
        answer = as_coordinator.post(where)
        assert answer.status_code == 302
    reminder = Reminder.objects.get()
    assert (reminder.organisation, reminder.reason, reminder.theme) == (union, "theme", wide["other"])
    as_coordinator.post(f"{url('coverage-remind')}?kind=women")
    assert {one.organisation for one in Reminder.objects.filter(reason="silent")} == {*wide["women"], wide["abroad"]}


def test_a_companion_reminds_only_where_they_accompany(client, companion, wide):
    client.force_login(companion)
    client.post(url("coverage-remind"))
    assert wide["abroad"] not in {one.organisation for one in Reminder.objects.all()}
    assert Reminder.objects.count() == 3


@pytest.mark.parametrize("name", ["facilitator", "alice", "translator"])
def test_others_remind_nobody(client, everyone, wide, name):
    client.force_login(everyone[name])
    assert client.post(url("coverage-remind")).status_code == 403
    assert not Reminder.objects.exists()


def test_who_was_reminded_of_a_theme_is_asked_for_it_at_home(client, alice, wide, busy, union):
    def asked():
        return [str(task.title) for task in home.tasks(alice) if "Older people" in str(task.title)]

    assert asked() == []
    row = {"consultation": busy, "organisation": union, "reason": "theme", "theme": wide["other"]}
    Reminder.objects.create(day=today_for_mail() - timedelta(days=15), **row)
    assert asked() == []
    Reminder.objects.create(day=today_for_mail(), **row)
    assert asked() == ["Is there something to propose on “Older people”?"]
    make_priority(state="submitted", consultation=busy, organisation=union, theme=wide["other"])
    assert asked() == []


def test_a_reminder_of_a_theme_says_of_which(busy, union):
    with pytest.raises(IntegrityError, match="reminder_of_a_theme_names_it"):
        Reminder.objects.create(consultation=busy, organisation=union, day=today_for_mail(), reason="theme")


def test_a_reminder_from_elsewhere_cannot_be_of_a_theme_it_does_not_name(as_coordinator, busy):
    as_coordinator.post(reverse("consultations:consultation-remind", args=[busy.public_id]), {"reason": "theme"})
    assert not Reminder.objects.exists()


def test_addresses_that_mean_nothing_are_read_as_nothing(as_coordinator, busy):
    query = {"theme": "99999", "country": "²", "kind": "pirates"}
    assert shown(as_coordinator, "country-coverage", **query) == {"Benin"}
    assert shown(as_coordinator, "country-coverage", country="4711", kind="women") == {"Benin"}


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
