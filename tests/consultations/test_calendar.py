"""The meeting in a calendar: correct for every program that reads it, and silent about what it is."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from consultations import services
from consultations.calendar import LONGEST_LINE, calendar_file, escaped, folded
from consultations.models import Consultation

from .factories import make_consultation

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
START = datetime(2027, 3, 4, 8, 0, tzinfo=UTC)
END = datetime(2027, 3, 4, 15, 30, tzinfo=UTC)


def unfolded(file: bytes) -> list[str]:
    return file.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def properties(file: bytes) -> dict[str, str]:
    return dict(line.split(":", 1) for line in unfolded(file))


def unescaped(value: str) -> str:
    said, letters = "", iter(value)
    for letter in letters:
        said += {"n": "\n"}.get(following := next(letters), following) if letter == "\\" else letter
    return said


@given(WORDS)
def test_folding_can_be_undone_and_no_line_is_too_long(words):
    line = f"SUMMARY:{escaped(words)}"
    file = folded(line).encode()
    assert all(len(piece) <= LONGEST_LINE for piece in file.split(b"\r\n"))
    assert unfolded(file) == [line]


@given(WORDS)
def test_escaping_can_be_undone_but_for_control_characters(words):
    plain = words.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in plain if letter in "\n\t" or letter.isprintable() or ord(letter) > 159)
    assert unescaped(escaped(words)) == kept
    assert "\n" not in escaped(words)


@pytest.fixture
def meeting(step, benin):
    return make_consultation(
        step=step,
        country=benin,
        starts_at=START,
        ends_at=END,
        place="Bohicon; salle 2, à l’étage",
        link="https://meet.example.org/room",
        agenda_fr="Tour de table",
    )


@pytest.mark.django_db
def test_the_file_is_what_rfc_5545_asks(meeting):
    file = calendar_file(meeting)
    assert file.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert b"\n" not in file.replace(b"\r\n", b"")
    said = properties(file)
    assert (said["DTSTART"], said["DTEND"]) == ("20270304T080000Z", "20270304T153000Z")
    assert (said["UID"], said["SEQUENCE"], said["VERSION"]) == (str(meeting.public_id), "1", "2.0")
    assert said["LOCATION"] == "Bohicon\\; salle 2\\, à l’étage"
    assert said["SUMMARY"] == "Programme 2027-2031: Consultation"
    assert said["DTSTAMP"].endswith("Z")


@pytest.mark.django_db
def test_a_meeting_that_moves_keeps_its_entry(meeting, companion):
    before = properties(calendar_file(meeting))
    moved = services.save_dates(meeting, by=companion, version=1, starts_at=END, ends_at=None, place="Bohicon")
    after = properties(calendar_file(moved))
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert "DTEND" not in after


@pytest.mark.django_db
def test_neither_link_nor_country_nor_agenda_is_in_a_file(meeting):
    file = calendar_file(meeting).decode()
    assert not [word for word in ("meet.example.org", "Benin", "Bénin", "Tour de table") if word in file]


@pytest.mark.django_db
def test_in_a_country_of_high_risk_it_says_when_and_nothing_else(meeting):
    meeting.country.risk_level = "high"
    said = properties(calendar_file(meeting))
    assert said["SUMMARY"] == "Meeting"
    assert not {"LOCATION", "DESCRIPTION", "URL"} & set(said)


@pytest.mark.django_db
def test_it_speaks_the_readers_language(client, alice, meeting):
    client.force_login(alice)
    with override("es"):
        address = reverse("consultations:meeting-calendar", args=[meeting.public_id])
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="meeting.ics"'
    assert "SUMMARY:Programme 2027-2031: Consulta\r\n" in answer.content.decode()


@pytest.mark.django_db
def test_without_a_time_there_is_no_file(client, alice, meeting):
    Consultation.objects.update(starts_at=None, ends_at=None)
    client.force_login(alice)
    assert client.get(reverse("consultations:meeting-calendar", args=[meeting.public_id])).status_code == 404
    with pytest.raises(ValueError, match="without a time"):
        calendar_file(Consultation.objects.get())
