"""Planning the meeting: its place, its link, its languages, its clock, its agenda; and what is said of the country."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from consultations import services
from consultations.models import Consultation
from planning_portal.languages.names import languages_spoken_in
from planning_portal.organisations.time_zones import zones_of_country
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
