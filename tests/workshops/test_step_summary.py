"""The consolidated summary of a step: when it is made, what stands in it, who reads and publishes it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from planning_portal.documents.models import RenderedDocument
from planning_portal.documents.queries import may_read
from planning_portal.documents.services import build_document
from planning_portal.jobs.models import Job
from planning_portal.programme.models import StepResult
from tests.world.things import store_fake_documents
from workshops.models import StepSummary
from workshops.services import close_workshop, publish_step_summary, reopen_workshop
from workshops.services.consolidating import STEP_SUMMARY
from workshops.step_report import step_report

from . import factories


@pytest.fixture
def workshops(facilitator, programme):
    """Two workshops of one step in which everything is decided."""
    first = factories.hold_workshop(facilitator=facilitator)
    second = factories.make_workshop(step=first.step, starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 2))
    candidate = factories.make_candidate(second)
    factories.make_decision(candidate, "deferred", reason_en="Not now", source_language="en")
    return first, second


@pytest.fixture
def summary(workshops, facilitator):
    for workshop in workshops:
        close_workshop(workshop, by=facilitator)
    return StepSummary.objects.get()


def asked_for():
    jobs = Job.objects.filter(payload__kind=STEP_SUMMARY)
    return sorted((job.payload["version"], job.payload["language"]) for job in jobs)


def test_it_is_made_when_the_last_workshop_closes(workshops, facilitator):
    close_workshop(workshops[0], by=facilitator)
    assert not StepSummary.objects.exists()

    close_workshop(workshops[1], by=facilitator)
    frozen = StepSummary.objects.get().frozen["workshops"]
    assert [(one["id"], one["version"]) for one in frozen] == [(workshop.pk, 1) for workshop in workshops]
    assert asked_for() == [("1", language) for language in ("en", "es", "fr", "nl")]


def test_a_step_with_one_workshop_has_none(facilitator, programme):
    close_workshop(factories.hold_workshop(facilitator=facilitator), by=facilitator)
    assert not StepSummary.objects.exists()


def test_a_workshop_that_closes_anew_makes_the_next_version(summary, workshops, facilitator, coordinator):
    reopen_workshop(workshops[1], by=coordinator, reason="Wrong.")
    summary.refresh_from_db()
    assert summary.version == 1

    close_workshop(workshops[1], by=facilitator)
    summary.refresh_from_db()
    assert summary.version == 2
    assert [one["version"] for one in summary.frozen["workshops"]] == [1, 2]


def test_it_says_of_every_workshop_what_was_decided_and_names_nobody(summary):
    html = build_document(summary, STEP_SUMMARY, language="en", version="1", audience="public")

    assert "The workshops of the step" in html
    assert "Not now" in html
    assert html.count("Round 1, closed on") == 1
    assert "No round of weighing was held." in html
    assert "Organisation number" not in html


def test_its_numbers_are_the_same_in_every_language(summary):
    reports = [step_report(summary, language, "public") for language in ("en", "nl")]
    assert reports[0]["chapters"] == reports[1]["chapters"]
    assert [number for number, _words in reports[0]["figures"]] == [number for number, _words in reports[1]["figures"]]
    assert reports[0]["content_hash"] == reports[1]["content_hash"]


def test_who_may_read_and_publish_it(summary, alice, facilitator, coordinator):
    store_fake_documents(summary, STEP_SUMMARY, version="1", audience="public")
    document = RenderedDocument.objects.filter(kind=STEP_SUMMARY).first()
    assert [may_read(one, document) for one in (alice, facilitator, coordinator)] == [False, True, True]
    with pytest.raises(PermissionDenied):
        publish_step_summary(summary, by=alice)

    publish_step_summary(summary, by=coordinator)
    publish_step_summary(summary, by=facilitator)
    assert StepResult.objects.filter(kind=STEP_SUMMARY).count() == 1
    assert may_read(alice, document)


def test_it_is_published_on_its_page_once_it_is_whole(client, summary, coordinator, alice):
    page = reverse("workshops:step-summary", args=[summary.public_id])
    publish = reverse("workshops:step-publish", args=[summary.public_id])
    client.force_login(coordinator)
    assert page in client.get(reverse("workshops:workshop-list")).content.decode()
    assert "Publish it on the programme" not in client.get(page).content.decode()
    early = client.post(publish, follow=True).content.decode()
    assert "not there in all four languages yet" in early

    store_fake_documents(summary, STEP_SUMMARY, version="1", audience="public")
    assert "Publish it on the programme" in client.get(page).content.decode()
    done = client.post(publish, follow=True).content.decode()
    assert "The summary is published" in done

    client.force_login(alice)
    assert client.get(page).status_code == 403
    assert client.post(publish).status_code == 403
