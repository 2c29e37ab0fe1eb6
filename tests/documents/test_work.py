import hashlib
import io
import shutil
import subprocess

import pikepdf
import pytest

from planning_portal.documents import checks, engine, services, work
from planning_portal.documents.models import RenderedDocument
from planning_portal.documents.renewal import renew_documents
from planning_portal.documents.services import request_documents
from planning_portal.jobs.models import Job, JobState
from planning_portal.jobs.phrases import error_of, step_of, title_of
from planning_portal.jobs.registry import LeaseLost, outcomes_of
from planning_portal.jobs.run import run_due_jobs
from planning_portal.jobs.services import claim_job, finish_job

from . import sample


@pytest.fixture
def group(kind, subject, coordinator, media):
    return request_documents(subject, "sample", version="1", audience="public", by=coordinator)


def payload(subject, **changes):
    content_type, pk = services.subject_key(subject)
    return {
        "kind": "sample",
        "content_type": content_type,
        "object": pk,
        "language": "fr",
        "version": "1",
        "audience": "public",
        **changes,
    }


def test_four_jobs_make_four_documents(group, quick_engine):
    assert run_due_jobs() == (4, 0)
    documents = RenderedDocument.objects.order_by("language")
    assert [document.language for document in documents] == ["en", "es", "fr", "nl"]
    assert len({document.sha256 for document in documents}) == 4
    assert {document.pages for document in documents} == {3}


def test_one_language_that_fails_leaves_the_others_ready(group, quick_engine, monkeypatch):
    build = services.build_document

    def build_all_but_dutch(subject, kind, *, language, **options):
        if language == "nl":
            raise engine.EngineError("bad markup")
        return build(subject, kind, language=language, **options)

    monkeypatch.setattr(services, "build_document", build_all_but_dutch)

    assert run_due_jobs() == (3, 1)

    assert set(RenderedDocument.objects.values_list("language", flat=True)) == {"en", "es", "fr"}
    failed = Job.objects.get(state=JobState.FAILED)
    assert failed.payload["language"] == "nl"
    assert failed.attempts == 1
    assert "could not be laid out" in error_of(failed)


def test_trouble_that_may_pass_is_tried_again(group, monkeypatch):
    def no_memory(*_arguments, **_options):
        raise MemoryError

    monkeypatch.setattr(work, "build_pdf", no_memory)
    run_due_jobs()
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.QUEUED}


def test_work_that_began_before_names_changed_is_thrown_away(group, quick_engine):
    claim = claim_job(Job.objects.get(payload__language="fr").pk)
    renew_documents()
    with pytest.raises(LeaseLost):
        finish_job(claim, None)
    assert run_due_jobs() == (4, 0)


def test_document_that_is_there_is_not_built_again(group, subject, quick_engine):
    run_due_jobs()
    quick_engine.clear()
    assert work.render_document(payload(subject), lambda *_report: None) is None
    assert quick_engine == []


def test_job_whose_subject_is_gone_does_nothing(group, subject, quick_engine):
    subject_payload = payload(subject)
    subject.delete()
    assert work.render_document(subject_payload, lambda *_report: None) is None
    assert quick_engine == []


def test_nothing_is_kept_before_the_job_is_finished(kind, subject, media, quick_engine):
    keep = work.render_document(payload(subject), lambda *_report: None)
    assert not RenderedDocument.objects.exists()
    keep()
    keep()
    assert RenderedDocument.objects.count() == 1


def test_progress_says_language_and_page(kind, subject, media, quick_engine):
    reports = []
    work.render_document(payload(subject), lambda *report: reports.append(report))
    assert [report[1] for report in reports] == ["documents.report", *["documents.next_page"] * 3]
    assert [report[0] for report in reports] == sorted(report[0] for report in reports)
    job = Job(payload={}, step={"key": reports[-1][1], "params": reports[-1][2]})
    assert step_of(job) == "French: page 3"


def test_progress_knows_about_how_many_pages_there_are(group, kind, subject, quick_engine):
    run_due_jobs()
    reports = []
    work.render_document(payload(subject, version="2"), lambda *report: reports.append(report))
    assert reports[-1][1:] == ("documents.page", {"language": "fr", "page": 3, "pages": 3})
    assert step_of(Job(step={"key": reports[-1][1], "params": reports[-1][2]})) == "French: page 3 of about 3"


def test_job_has_a_title_in_words(group):
    assert title_of(Job.objects.get(payload__language="nl")) == "PDF: Dutch"


def test_finished_jobs_lead_to_their_downloads(group, coordinator, quick_engine, django_assert_num_queries):
    run_due_jobs()
    jobs = list(Job.objects.all())
    with django_assert_num_queries(1):
        outcomes = outcomes_of(jobs, coordinator)
    assert [outcome.note.split(" · ")[0] for outcome in outcomes] == ["English", "Español", "Français", "Nederlands"]
    document = RenderedDocument.objects.get(language="fr")
    assert str(document.public_id) in outcomes[2].url


def test_who_may_not_read_gets_no_link(group, change_kind, coordinator, quick_engine):
    run_due_jobs()
    change_kind(can_read=lambda *_arguments: False)
    assert outcomes_of(list(Job.objects.all()), coordinator) == []


@pytest.mark.pdf
def test_four_languages_for_real(change_kind, subject, coordinator, media):
    """From the request to four sound files, each in its own language."""
    change_kind(
        report=lambda _subject, language, _audience: {"subtitle": sample.WORDS[language]}, template="tests/bare.html"
    )
    request_documents(subject, "sample", version="1", audience="public", by=coordinator)

    assert run_due_jobs() == (4, 0)

    for document in RenderedDocument.objects.all():
        data = document.file.read()
        assert (document.size, document.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert checks.check_pdf(data) == []
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert str(pdf.Root.Lang) == document.language
            assert str(pdf.docinfo["/Title"]) == document.title == sample.TITLES[document.language]
            assert len(pdf.pages) == document.pages
        if shutil.which("pdftotext"):
            command = ["pdftotext", "-", "-"]
            words = subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode().split()
            assert set(sample.WORDS[document.language].split()) <= set(words)
