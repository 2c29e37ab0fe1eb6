"""Planning the meeting: its place, its link, its languages, its clock, its agenda; and what is said of the country."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from consultations import services
from consultations.models import Consultation
from planning_portal.languages.names import languages_spoken_in
from planning_portal.organisations.time_zones import zones_of_country
from planning_portal.web.submissions import issue_key
from tests import factories

from .factories import make_consultation

pytestmark = pytest.mark.django_db
FIELDS = {"version": 1, "starts_at": "2027-03-04T09:00", "ends_at": "2027-03-04T16:00", "place": "Bohicon"}


def url(name, obj, route="consultation"):
    return reverse(f"consultations:{route}-{name}", args=[obj.public_id])


def text_of(answer):
    return answer.content.decode()


def fresh(consultation):
    return Consultation.objects.get(pk=consultation.pk)


@pytest.fixture
def as_companion(client, companion):
    client.force_login(companion)
    return client


@pytest.fixture
def indonesia(programme):
    return factories.make_country("ID", zone=factories.make_zone("asia"), time_zone="Asia/Jakarta", iso3="IDN")


# --- Where and in which languages ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("http://meet.example.org/room", "begins with https://"),
        ("javascript:alert(1)", "Copy the whole address"),
        ("ftp://meet.example.org", "begins with https://"),
        ("our room", "Copy the whole address"),
    ],
)
def test_only_a_safe_link_is_taken(as_companion, consultation, link, words):
    answer = as_companion.post(url("dates", consultation), {**FIELDS, "link": link})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert f'value="{link}"' in text_of(answer)
    assert fresh(consultation).version == 1


def test_a_link_without_its_beginning_is_completed(as_companion, consultation):
    as_companion.post(url("dates", consultation), {**FIELDS, "link": "meet.example.org/room"})
    assert fresh(consultation).link == "https://meet.example.org/room"


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("alice", True),
        ("bob", True),
        ("companion", True),
        ("facilitator", True),
        ("coordinator", True),
        ("carmen", False),
        ("companion_of_peru", False),
        ("translator", False),
    ],
)
def test_link_place_agenda_and_hour_are_for_the_circle_of_the_country(client, everyone, benin, step, name, sees):
    consultation = make_consultation(
        step=step,
        country=benin,
        place="Bohicon",
        link="https://meet.example.org/room",
        agenda_fr="Accueil et tour de table",
        languages=["fr", "fon"],
        starts_at="2027-03-04T08:00Z",
    )
    client.force_login(everyone[name])
    page = text_of(client.get(url("detail", consultation)))
    hints = ("https://meet.example.org/room", "Accueil et tour de table", "Bohicon", "Fon")
    assert {hint: hint in page for hint in hints} == dict.fromkeys(hints, sees)
    assert client.get(url("calendar", consultation, "meeting")).status_code == (200 if sees else 404)


def test_languages_of_the_meeting_begin_with_those_of_the_country(as_companion, consultation):
    assert languages_spoken_in("BJ") == ["fr", "fon", "yo"]
    assert "ms_Arab" not in languages_spoken_in("ID")
    as_companion.post(url("dates", consultation), {**FIELDS, "languages": ["fon", "fr", "fon"]})
    assert fresh(consultation).languages == ["fon", "fr"]
    page = text_of(as_companion.get(url("dates", consultation)))
    assert page.index('value="yo"') < page.index('value="es"')
    assert page.count(" checked") == 2


def test_a_language_that_nobody_knows_is_refused(consultation, companion):
    with pytest.raises(ValidationError):
        services.save_dates(
            consultation, by=companion, version=1, starts_at=None, ends_at=None, place="", languages=["xx-none"]
        )


# --- By which clock --------------------------------------------------------------------------------


def test_zones_of_a_country_begin_with_its_usual_one():
    zones = zones_of_country("ID", "en", "Asia/Makassar")
    assert zones[0] == ("Asia/Makassar", "Makassar")
    assert {key for key, _label in zones} == {"Asia/Makassar", "Asia/Jakarta", "Asia/Jayapura", "Asia/Pontianak"}
    assert zones_of_country("BJ", "en", "Africa/Porto-Novo") == [("Africa/Porto-Novo", "Porto-Novo")]


def test_the_hour_is_told_by_the_clock_of_the_meeting(client, coordinator, indonesia, step):
    consultation = make_consultation(step=step, country=indonesia, source_language="en")
    coordinator.time_zone = "Europe/Brussels"
    coordinator.save()
    client.force_login(coordinator)
    fields = {**FIELDS, "starts_at": "2027-03-04T01:00", "ends_at": "2027-03-04T08:00"}
    client.post(url("dates", consultation), {**fields, "time_zone": "Asia/Makassar"})
    assert fresh(consultation).time_zone == "Asia/Makassar"
    page = text_of(client.get(url("detail", consultation)))
    assert "4 Mar 2027, 01:00 UTC+1" in page
    assert "4 Mar 2027, 08:00 UTC+8" in page


def test_the_usual_zone_is_not_written_down(client, coordinator, indonesia, step):
    consultation = make_consultation(step=step, country=indonesia, source_language="en", time_zone="Asia/Makassar")
    client.force_login(coordinator)
    client.post(url("dates", consultation), {**FIELDS, "time_zone": "Asia/Jakarta"})
    assert fresh(consultation).time_zone == ""
    assert fresh(consultation).zone_key == "Asia/Jakarta"


def test_a_zone_of_another_country_is_refused(client, coordinator, indonesia, step):
    consultation = make_consultation(step=step, country=indonesia, source_language="en")
    client.force_login(coordinator)
    assert client.post(url("dates", consultation), {**FIELDS, "time_zone": "America/Lima"}).status_code == 422
    with pytest.raises(ValidationError):
        services.save_dates(
            consultation, by=coordinator, version=1, starts_at=None, ends_at=None, place="", time_zone="America/Lima"
        )


# --- Saving ----------------------------------------------------------------------------------------


def test_reading_the_dates_in_another_language_saves_nothing(as_companion, consultation):
    typed = {**FIELDS, "agenda": "Accueil", "languages": ["fon"], "editor": "", "switch_language": "es"}
    answer = as_companion.post(url("dates", consultation), typed)
    page = text_of(answer)
    assert answer.status_code == 200
    assert '<html lang="es">' in page
    for words in ('value="Bohicon"', 'value="2027-03-04T09:00"', ">\nAccueil</textarea>", 'name="version" value="1"'):
        assert words in page
    assert page.count(" checked") == 1
    saved = fresh(consultation)
    assert (saved.version, saved.place, saved.agenda_fr) == (1, "", None)


def test_agenda_over_somebody_elses_shows_both(as_companion, coordinator, consultation):
    services.save_dates(
        consultation, by=coordinator, version=1, starts_at=None, ends_at=None, place="", agenda="Ouverture"
    )
    answer = as_companion.post(url("dates", consultation), {"version": 1, "agenda": "Accueil"})
    assert answer.status_code == 422
    assert "Ouverture" in text_of(answer)
    assert ">\nAccueil</textarea>" in text_of(answer)
    assert fresh(consultation).agenda_fr == "Ouverture"


def test_two_people_on_different_parts_are_not_in_each_others_way(companion, coordinator, consultation):
    services.save_dates(
        consultation, by=coordinator, version=1, starts_at=None, ends_at=None, place="Bohicon", agenda=None
    )
    services.save_dates(
        consultation, by=companion, version=1, starts_at=None, ends_at=None, place="Bohicon", agenda="Accueil"
    )
    saved = fresh(consultation)
    assert (saved.place, saved.agenda_fr, saved.version) == ("Bohicon", "Accueil", 3)


# --- What is said of the country -------------------------------------------------------------------


def test_three_short_texts_and_a_word(as_companion, consultation):
    texts = {
        "context": "Les prix montent.",
        "civic_space": "narrowed",
        "civic_space_note": "On se réunit, avec prudence.",
        "lessons": "Moins de formations, plus de suivi.",
        "minutes": "Tour de table.",
    }
    as_companion.post(url("texts", consultation), {"version": 1, **texts})
    saved = fresh(consultation)
    assert saved.civic_space == "narrowed"
    assert {name: getattr(saved, f"{name}_fr") for name in texts if name != "civic_space"} == {
        name: text for name, text in texts.items() if name != "civic_space"
    }
    page = text_of(as_companion.get(url("detail", consultation)))
    assert "Narrowed" in page
    assert "Moins de formations" in page


def test_a_form_that_did_not_ask_for_it_erases_nothing(as_companion, coordinator, consultation):
    services.set_minutes(
        consultation, by=coordinator, version=1, minutes="", civic_space="open", civic_space_note="Libre", lessons="Oui"
    )
    as_companion.post(url("texts", consultation), {"version": 2, "context": "Contexte", "minutes": "Mots"})
    saved = fresh(consultation)
    assert (saved.context_fr, saved.civic_space, saved.lessons_fr) == ("Contexte", "open", "Oui")


def test_a_sixth_word_is_no_choice(as_companion, companion, consultation):
    assert as_companion.post(url("texts", consultation), {"version": 1, "civic_space": "fine"}).status_code == 422
    with pytest.raises(ValidationError):
        services.set_minutes(consultation, by=companion, version=1, minutes="", civic_space="fine")


@pytest.mark.parametrize(
    ("risk", "state", "sees"), [("low", "closed", True), ("low", "open", False), ("high", "closed", False)]
)
def test_how_free_a_country_is_reaches_other_members_only_where_it_is_safe(
    client, carmen, step, benin, risk, state, sees
):
    benin.risk_level = risk
    benin.save()
    consultation = make_consultation(
        step=step, country=benin, state=state, civic_space="repressed", civic_space_note_fr="Deux collègues arrêtées."
    )
    client.force_login(carmen)
    page = text_of(client.get(url("detail", consultation)))
    assert ("Repressed" in page, "Deux collègues" in page) == (sees, sees)


@pytest.mark.parametrize("slip", ["0001-01-01T00:00", "0025-03-04T09:00", "9999-12-31T23:59"])
def test_year_that_nobody_can_mean_is_asked_about(as_companion, consultation, slip):
    page = as_companion.post(url("dates", consultation), {**FIELDS, "starts_at": slip, "ends_at": ""})
    assert page.status_code == 422
    assert "is there a slip in the date?" in page.text


def test_hour_that_there_was_not_is_asked_about(client, companion, consultation):
    companion.time_zone = "Europe/Brussels"
    companion.save()
    client.force_login(companion)
    page = client.post(url("dates", consultation), {**FIELDS, "starts_at": "2027-03-28T02:30", "ends_at": ""})
    assert page.status_code == 422
    assert "The clocks change in that night" in page.text


# --- A day in the past -----------------------------------------------------------------------------

PAST = {**FIELDS, "starts_at": "2025-03-04T09:00", "ends_at": "2025-03-04T16:00"}
SLIP = "This lies in the past"


def test_a_day_moved_to_the_past_is_asked_about_and_can_be_confirmed(as_companion, consultation):
    page = as_companion.post(url("dates", consultation), PAST)
    assert page.status_code == 422
    assert SLIP in page.text
    assert 'name="held"' in page.text
    assert fresh(consultation).version == 1
    assert as_companion.post(url("dates", consultation), {**PAST, "held": "on"}).status_code == 302
    assert fresh(consultation).starts_at.year == 2025


def test_a_day_that_is_past_already_is_not_asked_about_again(as_companion, consultation):
    as_companion.post(url("dates", consultation), {**PAST, "held": "on"})
    again = {**PAST, "version": 2, "place": "Elsewhere"}
    assert 'name="held"' not in text_of(as_companion.get(url("dates", consultation)))
    assert as_companion.post(url("dates", consultation), again).status_code == 302
    assert fresh(consultation).place == "Elsewhere"


def test_planning_for_a_day_in_the_past_is_asked_about(as_companion, companion, benin, union, step):
    fields = {
        **PAST,
        "country": benin.pk,
        "language": "fr",
        "submission_key": issue_key(companion, "consultations.plan"),
    }
    page = as_companion.post(reverse("consultations:consultation-plan"), fields)
    assert page.status_code == 422
    assert SLIP in page.text
    assert not Consultation.objects.exists()
    as_companion.post(reverse("consultations:consultation-plan"), {**fields, "held": "on"})
    assert Consultation.objects.get().starts_at.year == 2025


def test_opening_for_a_meeting_in_the_past_is_asked_about(as_companion, step, benin):
    then = timezone.now() - timedelta(days=400)
    planned = make_consultation(step=step, country=benin, state="planned", starts_at=then)
    assert 'name="held"' in text_of(as_companion.get(url("dates", planned)))
    page = as_companion.post(url("open", planned), follow=True)
    assert "lies in the past" in page.text
    assert fresh(planned).state == "planned"
    as_companion.post(url("open", planned), {"held": "1"})
    assert fresh(planned).state == "open"


def test_opening_for_a_meeting_to_come_asks_nothing(as_companion, step, benin):
    later = timezone.now() + timedelta(days=4)
    planned = make_consultation(step=step, country=benin, state="planned", starts_at=later)
    assert 'name="held"' not in text_of(as_companion.get(url("dates", planned)))
    as_companion.post(url("open", planned))
    assert fresh(planned).state == "open"


# --- The day by two clocks -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reader", "words"),
    [
        ("Asia/Jakarta", "4 March 2027 (UTC+7)"),
        ("Asia/Bangkok", "4 March 2027 (UTC+7)"),
        ("Europe/Brussels", "4 March 2027, in the country (UTC+7) and by your clock (UTC+1)"),
        ("America/Lima", "4 March 2027 in the country (UTC+7), 3 March 2027 by your clock (UTC−5)"),
    ],
)
def test_members_of_other_countries_read_the_day_by_both_clocks(client, carmen, indonesia, step, reader, words):
    moment = datetime(2027, 3, 4, 2, tzinfo=UTC)
    consultation = make_consultation(
        step=step, country=indonesia, source_language="en", starts_at=moment, ends_at=moment + timedelta(hours=2)
    )
    carmen.time_zone = reader
    carmen.save()
    client.force_login(carmen)
    pages = (
        url("detail", consultation),
        reverse("consultations:country-detail", args=[indonesia.pk]),
        reverse("consultations:consultation-list"),
    )
    for page in pages:
        assert words in text_of(client.get(page)), page


def test_visitors_read_the_day_by_the_clock_of_the_country(client, indonesia, programme):
    step = factories.make_step(programme=programme, state="closed")
    moment = datetime(2027, 3, 3, 20, tzinfo=UTC)
    make_consultation(step=step, country=indonesia, source_language="en", state="closed", starts_at=moment)
    page = text_of(client.get(reverse("consultations:country-detail", args=[indonesia.pk])))
    assert "4 March 2027 (UTC+7)" in page
