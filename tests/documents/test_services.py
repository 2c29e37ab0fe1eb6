import re
import uuid

import pytest
from django.utils import timezone

from planning_portal.documents import services
from planning_portal.documents.engine import BuiltPdf
from planning_portal.documents.models import RenderedDocument
from planning_portal.documents.registry import UnknownKind
from planning_portal.documents.services import build_document, request_documents, store_document
from planning_portal.jobs.models import Job, JobState
from planning_portal.jobs.queries import jobs_of_group
from planning_portal.jobs.services import enqueue


def request(subject, by, **options):
    return request_documents(subject, "sample", **{"version": "1", "audience": "public", "by": by, **options})


def test_request_makes_one_job_for_each_language_in_one_group(kind, subject, coordinator):
    group = request(subject, coordinator)

    jobs = jobs_of_group(group)
    assert [job.payload["language"] for job in jobs] == ["en", "es", "fr", "nl"]
    assert {job.state for job in jobs} == {JobState.QUEUED}
    assert {job.owner for job in jobs} == {coordinator}


def test_asking_twice_is_asking_once(kind, subject, coordinator):
    first = request(subject, coordinator)
    assert request(subject, coordinator) == first
    assert Job.objects.count() == 4


def test_somebody_else_shares_the_jobs_in_a_group_of_their_own(kind, subject, coordinator, facilitator):
    first, second = request(subject, coordinator), request(subject, facilitator)
    assert first != second
    assert set(jobs_of_group(first)) == set(jobs_of_group(second))
    assert Job.objects.count() == 4


@pytest.mark.parametrize("other", [{"version": "2"}, {"audience": "coordinators"}])
def test_another_version_or_audience_is_another_document(kind, subject, coordinator, other):
    request(subject, coordinator)
    request(subject, coordinator, **other)
    assert Job.objects.count() == 8


def test_failed_language_is_queued_again_and_the_others_are_left(kind, subject, coordinator):
    request(subject, coordinator)
    jobs = {job.payload["language"]: job for job in Job.objects.all()}
    Job.objects.filter(pk=jobs["nl"].pk).update(state=JobState.FAILED, finished_at=timezone.now())
    Job.objects.filter(pk=jobs["en"].pk).update(state=JobState.DONE, finished_at=timezone.now())
    store_document(subject, kind, BuiltPdf(b"%PDF", 1), language="en", version="1", audience="public")

    request(subject, coordinator)

    states = {job.payload["language"]: job.state for job in Job.objects.all()}
    assert states == {"en": "done", "es": "queued", "fr": "queued", "nl": "queued"}


def test_deleted_document_can_be_built_again(kind, subject, coordinator):
    request(subject, coordinator, languages=["en"])
    Job.objects.update(state=JobState.DONE, finished_at=timezone.now())

    group = request(subject, coordinator, languages=["en"])

    assert jobs_of_group(group).filter(state=JobState.QUEUED).count() == 1


def test_request_for_an_unknown_kind_leaves_nothing(subject, coordinator):
    with pytest.raises(UnknownKind):
        request_documents(subject, "nothing", version="1", audience="public", by=coordinator)
    assert not Job.objects.exists()


def test_request_fails_as_a_whole(kind, subject, coordinator, monkeypatch):
    def enqueue_until_dutch(kind, payload, **options):
        if payload["language"] == "nl":
            raise RuntimeError("no room")
        return enqueue(kind, payload, **options)

    monkeypatch.setattr(services, "enqueue", enqueue_until_dutch)
    with pytest.raises(RuntimeError):
        request(subject, coordinator)
    assert not Job.objects.exists()


def test_request_without_a_person_is_the_systems_own(kind, subject):
    assert isinstance(request(subject, None), uuid.UUID)
    assert {job.owner for job in Job.objects.all()} == {None}


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Summary of the virtual"), ("es", "Resumen del taller"), ("fr", "Synthèse de l"), ("nl", "Samenvatting")],
)
def test_document_is_in_its_own_language(kind, subject, language, title):
    html = build_document(subject, kind, language=language, version="7", audience="public")
    assert f'<html lang="{language}">' in html
    assert title in html
    own_name = {"en": "English", "es": "Español", "fr": "Français", "nl": "Nederlands"}[language]
    assert re.search(rf"7 · {own_name}", html)


def test_text_in_another_language_says_so(html):
    assert '<span lang="es">Las trabajadoras' in html
    assert "Original\u00a0: espagnol" in html


def test_cover_tells_version_fingerprint_and_translation(html):
    cover = html.partition('<section class="cover">')[2].partition("</section>")[0]
    assert "3 juillet 2025" in cover
    assert re.search(r'class="fingerprint">([0-9a-f]{4} ){3}[0-9a-f]{4}<', cover)
    assert "36 textes dans une autre langue" in cover


def test_closing_list_names_what_is_not_in_the_language(html):
    closing = html.partition('<section class="closing">')[2]
    assert closing.count("<strong>L") >= 4
    assert "raduction automatique" in closing


def test_document_that_is_complete_has_no_closing_page(change_kind, subject):
    kind = change_kind(report=lambda *_arguments: {}, template="tests/bare.html")
    html = build_document(subject, kind, language="en", version="1", audience="public")
    assert '<section class="closing">' not in html


def test_same_subject_gives_the_same_document(kind, subject, html):
    assert build_document(subject, kind, language="fr", version="1", audience="public") == html


def test_document_is_kept_once(kind, subject, media):
    built = BuiltPdf(b"%PDF-1.7 first", 3)
    first = store_document(subject, kind, built, language="nl", version="1", audience="public")
    again = store_document(subject, kind, BuiltPdf(b"%PDF-1.7 other", 3), language="nl", version="1", audience="public")
    assert again == first
    assert first.title == "Samenvatting van de virtuele intercontinentale workshop"
    assert (first.file_name, first.pages, first.size) == ("sample-v1_nl.pdf", 3, 14)
    assert first.file.read() == b"%PDF-1.7 first"
    assert len(list((media / "documents").iterdir())) == 1


def test_stored_name_says_nothing(kind, subject, media):
    document = store_document(subject, kind, BuiltPdf(b"%PDF", 1), language="nl", version="1", audience="public")
    assert re.fullmatch(r"documents/[0-9a-f]{32}\.pdf", document.file.name)


def test_file_does_not_outlive_a_failed_row(kind, subject, media, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise RuntimeError("no room")

    monkeypatch.setattr(RenderedDocument, "save", refuse)
    with pytest.raises(RuntimeError):
        store_document(subject, kind, BuiltPdf(b"%PDF", 1), language="nl", version="1", audience="public")
    assert list((media / "documents").iterdir()) == []


def test_characters_that_cannot_be_drawn_are_named_and_left_in_the_text(change_kind, subject):
    kind = change_kind(report=lambda *_arguments: {"subtitle": "កម្ពុជា ●"}, template="tests/bare.html")
    html = build_document(subject, kind, language="en", version="1", audience="public")
    closing = html.partition('<section class="closing">')[2]
    assert "U+1780 khmer letter ka" in closing
    assert "U+25CF" not in closing
    assert "កម្ពុជា ●" in html.partition('<section class="closing">')[0]
