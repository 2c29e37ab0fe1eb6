"""Names that may no longer be read: the files that hold them go at once, and come back without them."""

from pathlib import Path

import pytest
from django.urls import reverse

from planning_portal.documents.engine import BuiltPdf
from planning_portal.documents.models import RenderedDocument
from planning_portal.documents.queries import Edition, download_rows
from planning_portal.documents.services import ALL_LANGUAGES, request_documents, store_document
from planning_portal.jobs.models import Job, JobState
from planning_portal.jobs.run import run_due_jobs
from planning_portal.organisations.models import Identity, RiskLevel
from planning_portal.organisations.services import set_identity, set_risk_level


@pytest.fixture
def built(kind, subject, coordinator, media, quick_engine):
    """The sample in every language for each audience."""
    for audience in ("public", "members", "coordinators"):
        request_documents(subject, "sample", version="1", audience=audience, by=coordinator)
    run_due_jobs()
    return {document.audience: document for document in RenderedDocument.objects.filter(language="fr")}


def get(client, document):
    return client.get(reverse("documents:document-download", args=[document.public_id]))


@pytest.fixture
def tighten(union, alice, django_capture_on_commit_callbacks):
    def act():
        with django_capture_on_commit_callbacks(execute=True):
            set_identity(union, Identity.WITHHELD, by=alice)

    union.identity = Identity.NAMED
    union.save()
    return act


def test_tightening_takes_the_visitors_file_and_leaves_the_coordinators(built, tighten, client, coordinator):
    assert get(client, built["public"]).status_code == 200
    tighten()
    assert get(client, built["public"]).status_code == 302
    assert not Path(built["public"].file.path).exists()
    assert set(RenderedDocument.objects.values_list("audience", flat=True)) == {"coordinators"}
    client.force_login(coordinator)
    assert get(client, built["public"]).status_code == 404
    assert get(client, built["members"]).status_code == 404
    assert get(client, built["coordinators"]).status_code == 200


def test_what_was_withdrawn_is_made_again_under_another_address(built, tighten, subject):
    tighten()
    tighten()
    (row,) = download_rows([Edition.of(subject, "sample", version="1", audience="public")])
    assert row.is_building
    assert Job.objects.filter(state=JobState.QUEUED).count() == 2 * len(ALL_LANGUAGES)
    run_due_jobs()
    again = RenderedDocument.objects.get(language="fr", audience="public")
    assert again.public_id != built["public"].public_id
    assert RenderedDocument.objects.count() == 3 * len(ALL_LANGUAGES)


def test_version_that_no_longer_stands_goes_and_is_not_made_again(built, tighten, change_kind, subject):
    change_kind(stands=lambda _subject, version: version == "2")
    tighten()
    (row,) = download_rows([Edition.of(subject, "sample", version="1", audience="public")])
    assert row.is_gone
    assert not Job.objects.filter(state=JobState.QUEUED).exists()


def test_file_kept_from_old_names_while_they_changed_goes_at_the_end(
    kind, subject, media, union, alice, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        set_identity(union, Identity.WITHHELD, by=alice)
        store_document(subject, kind, BuiltPdf(b"%PDF", 1), language="fr", version="1", audience="public")
    assert not RenderedDocument.objects.exists()


def test_same_identity_again_withdraws_nothing(built, union, alice):
    set_identity(union, union.identity, by=alice)
    assert RenderedDocument.objects.filter(audience="public").count() == len(ALL_LANGUAGES)


def test_risk_of_a_country_withdraws_too(built, benin, coordinator):
    set_risk_level(benin, benin.risk_level, by=coordinator)
    assert RenderedDocument.objects.filter(audience="public").exists()
    set_risk_level(benin, RiskLevel.HIGH, by=coordinator)
    benin.refresh_from_db()
    assert benin.risk_level == RiskLevel.HIGH
    assert not RenderedDocument.objects.exclude(audience="coordinators").exists()
