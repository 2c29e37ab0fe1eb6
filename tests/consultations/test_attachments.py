"""Files beside a priority and a consultation: who, when, how many, and what becomes of them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override

from consultations import services
from consultations.models import Attachment, Priority
from planning_portal.quarantine.process import Examined, Refused
from planning_portal.workflow.services import WrongState
from tests.quarantine import files

from .factories import make_consultation, make_priority
from .test_races import all_at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept_in(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def quick(monkeypatch):
    """The child answers at once: what it does is proven in tests/quarantine."""

    def examine(task, data):
        if data == b"bad":
            raise Refused("broken")
        return Examined({"kind": "pdf"}, b"clean " + data, 1)

    monkeypatch.setattr("consultations.services.attachments.examine", examine)


def make_attachment(owner, slot=1, **fields):
    field = "priority" if isinstance(owner, Priority) else "consultation"
    given = {"kind": "pdf", "file": ContentFile(b"x", "f.pdf"), "size": 1, "fingerprint": f"{slot}", "slot": slot}
    return Attachment.objects.create(**{field: owner}, **{**given, **fields})


def page(owner):
    name = "priority" if isinstance(owner, Priority) else "consultation"
    return reverse(f"consultations:{name}-attachments", args=[owner.public_id])


def stored(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_photograph_is_kept_clean_under_a_name_that_says_nothing(client, alice, draft, kept_in):
    client.force_login(alice)
    sent = SimpleUploadedFile("Marché de Quixby.HEIC", files.photograph(), "text/html")
    response = client.post(page(draft), {"file": sent}, follow=True)
    attachment = draft.attachments.get()
    assert (attachment.kind, attachment.slot, attachment.added_by) == ("jpeg", 1, alice)
    assert "Quixby" not in response.text
    assert "Picture 1" in response.text
    download = client.get(reverse("consultations:attachment-download", args=[attachment.public_id]))
    assert download.headers["Content-Disposition"] == 'attachment; filename="file-1.jpg"'
    (name,) = stored(kept_in)
    assert "Quixby" not in name
    assert files.TRACE.encode() not in (kept_in / "attachments" / name).read_bytes()


def test_name_for_the_download_is_neutral_and_in_the_language_of_the_reader(draft):
    attachment = make_attachment(draft, kind="jpeg")
    assert attachment.file_name == "file-1.jpg"
    with override("fr"):
        assert attachment.file_name == "fichier-1.jpg"


def test_form_says_that_formulas_and_the_name_are_not_kept(client, alice, draft):
    client.force_login(alice)
    text = client.get(page(draft)).text
    assert "formulas of a workbook (their results stay)" in text
    assert "Its name is not kept." in text


def test_same_file_twice_is_one(alice, draft, quick, kept_in):
    first = services.add_attachment(draft, by=alice, data=b"x")
    assert services.add_attachment(draft, by=alice, data=b"x") == first
    assert len(stored(kept_in)) == 1


def test_fourth_file_is_refused_and_a_free_place_is_used_again(client, alice, draft, quick, kept_in):
    for data in (b"1", b"2", b"3"):
        services.add_attachment(draft, by=alice, data=data)
    with pytest.raises(services.NoRoom):
        services.add_attachment(draft, by=alice, data=b"4")
    assert len(stored(kept_in)) == 3
    client.force_login(alice)
    response = client.post(page(draft), {"file": SimpleUploadedFile("f.pdf", b"4")})
    assert response.status_code == 422
    assert "three files already" in response.text
    services.remove_attachment(draft.attachments.get(slot=2), by=alice)
    assert services.add_attachment(draft, by=alice, data=b"4").slot == 2


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (None, "Choose a file first."),
        (SimpleUploadedFile("a.pdf", b""), "This file is empty."),
        (SimpleUploadedFile("a.pdf", b"bad"), "This file is damaged"),
        (SimpleUploadedFile("a.pdf", b"x" * (5 * 1024 * 1024 + 1)), "larger than 5 MB"),
    ],
    ids=["none", "empty", "refused", "large"],
)
def test_what_cannot_be_taken_is_said_beside_the_field(client, alice, draft, quick, sent, words):
    client.force_login(alice)
    response = client.post(page(draft), {"file": sent} if sent else {})
    assert response.status_code == 422
    assert words in response.text
    assert "Everything you typed" not in response.text
    assert not draft.attachments.exists()


@pytest.mark.parametrize("name", ["bob", "carmen", "companion", "facilitator", "coordinator", "translator"])
def test_only_authors_change_the_files_of_a_draft(everyone, draft, quick, name):
    with pytest.raises(PermissionDenied):
        services.add_attachment(draft, by=everyone[name], data=b"x")
    attachment = make_attachment(draft)
    with pytest.raises(PermissionDenied):
        services.remove_attachment(attachment, by=everyone[name])


@pytest.mark.parametrize("state", ["submitted", "agreed", "not_retained"])
def test_files_of_a_submitted_priority_are_fixed(client, alice, union, consultation, quick, state):
    priority = make_priority(state=state, consultation=consultation, organisation=union)
    attachment = make_attachment(priority)
    with pytest.raises(WrongState):
        services.add_attachment(priority, by=alice, data=b"x")
    with pytest.raises(WrongState):
        services.remove_attachment(attachment, by=alice)
    client.force_login(alice)
    assert client.post(page(priority), {"remove": str(attachment.public_id)}).status_code == 302
    assert priority.attachments.count() == 1
    assert 'name="remove"' not in client.get(page(priority)).text


def test_companion_keeps_the_files_of_the_meeting_until_it_is_closed(companion, alice, consultation, benin, quick):
    attachment = services.add_attachment(consultation, by=companion, data=b"x")
    with pytest.raises(PermissionDenied):
        services.add_attachment(consultation, by=alice, data=b"y")
    consultation.state, consultation.closed_at = "closed", consultation.step.programme and attachment.added_at
    consultation.save()
    with pytest.raises(WrongState):
        services.remove_attachment(attachment, by=companion)


READERS = {
    "draft": {"alice", "colleague"},
    "submitted": {"alice", "colleague", "bob", "companion", "facilitator", "coordinator"},
    "agreed": {
        "alice", "colleague", "bob", "carmen", "companion", "companion_of_peru", "facilitator", "translator",
        "coordinator",
    },
    "meeting": {"alice", "colleague", "bob", "companion", "facilitator", "coordinator"},
}  # fmt: skip


@pytest.mark.parametrize("what", READERS)
def test_file_is_read_by_who_reads_what_it_stands_beside(client, everyone, consultation, union, what):
    owner = consultation
    if what != "meeting":
        owner = make_priority(state=what, consultation=consultation, organisation=union)
    attachment = make_attachment(owner, file=ContentFile(b"content", "f.pdf"), size=7)
    address = reverse("consultations:attachment-download", args=[attachment.public_id])
    for name, user in everyone.items():
        assert user.has_perm("consultations.view_attachment", attachment) is (name in READERS[what]), name
        assert Attachment.objects.visible_to(user).exists() is (name in READERS[what]), name
        client.logout()
        if name != "nobody":
            client.force_login(user)
        expected = 200 if name in READERS[what] else 302 if name == "nobody" else 404
        assert client.get(address).status_code == expected, name


def test_file_is_a_download_and_nothing_else(client, alice, draft):
    attachment = make_attachment(draft, file=ContentFile(b"content", "f.pdf"), size=7)
    client.force_login(alice)
    response = client.get(reverse("consultations:attachment-download", args=[attachment.public_id]))
    assert b"".join(response.streaming_content) == b"content"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Security-Policy"] == "sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Length"] == "7"


def test_readers_are_told_that_nothing_is_scanned(client, companion, draft, submitted, consultation):
    make_attachment(submitted)
    make_attachment(consultation)
    client.force_login(companion)
    for name, owner in (("priority", submitted), ("consultation", consultation)):
        response = client.get(reverse(f"consultations:{name}-detail", args=[owner.public_id]))
        assert "not scanned for viruses" in response.text


def test_file_goes_after_its_row_once_that_stands(draft, kept_in, django_capture_on_commit_callbacks):
    attachment = make_attachment(draft)
    assert len(stored(kept_in)) == 1
    with django_capture_on_commit_callbacks() as callbacks:
        attachment.delete()
    assert len(stored(kept_in)) == 1, "not before the commit"
    for callback in callbacks:
        callback()
    assert stored(kept_in) == []


def test_file_goes_with_the_draft_it_stands_beside(draft, kept_in, django_capture_on_commit_callbacks):
    make_attachment(draft)
    with django_capture_on_commit_callbacks(execute=True):
        Priority.objects.filter(pk=draft.pk).delete()
    assert stored(kept_in) == []


def test_form_saves_before_it_leads_to_the_files(client, alice, draft):
    client.force_login(alice)
    address = reverse("consultations:priority-edit", args=[draft.public_id, 5])
    response = client.post(address, {"version": draft.version, "together": "Ensemble.", "go": "files"})
    assert response.url == page(draft)
    draft.refresh_from_db()
    assert draft.together_fr == "Ensemble."


# --- what the database refuses --------------------------------------------------------------------------------------


def refused(constraint, **fields):
    given = {"kind": "pdf", "file": "f.pdf", "size": 1, "fingerprint": "x", "slot": 1}
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.create(**{**given, **fields})
    assert constraint in {one.name for one in Attachment._meta.constraints}


def test_attachment_of_one_thing(draft, consultation):
    refused("attachment_of_one_thing")
    refused("attachment_of_one_thing", priority=draft, consultation=consultation)


@pytest.mark.parametrize("slot", [0, 4])
def test_attachment_in_one_of_three_places(draft, slot):
    refused("attachment_in_one_of_three_places", priority=draft, slot=slot)


def test_one_attachment_per_place(draft, consultation):
    make_attachment(draft)
    make_attachment(consultation)
    refused("one_attachment_per_place_of_priority", priority=draft)
    refused("one_attachment_per_place_of_consultation", consultation=consultation)


def test_one_attachment_per_file(draft, consultation, peru):
    make_attachment(draft)
    make_attachment(consultation)
    refused("one_attachment_per_file_of_priority", priority=draft, slot=2, fingerprint="1")
    refused("one_attachment_per_file_of_consultation", consultation=consultation, slot=2, fingerprint="1")
    make_attachment(make_consultation(country=peru))


# --- at the same moment ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_same_file_many_times_at_once_is_one(alice, draft, quick, kept_in):
    found = all_at_once(*[lambda: services.add_attachment(draft, by=alice, data=b"x").pk for _number in range(6)])
    assert len(set(found)) == 1
    assert len(stored(kept_in)) == 1


@pytest.mark.django_db(transaction=True)
def test_five_files_at_once_find_three_places(alice, draft, quick, kept_in):
    acts = [
        lambda data=data: services.add_attachment(draft, by=alice, data=data).slot for data in (b"1", b"2", b"3", b"4")
    ]
    outcomes = all_at_once(*acts)
    assert sorted(slot for slot in outcomes if isinstance(slot, int)) == [1, 2, 3]
    assert sum(isinstance(outcome, services.NoRoom) for outcome in outcomes) == 1
    assert len(stored(kept_in)) == 3
