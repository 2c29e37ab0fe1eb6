"""Closing a workshop: nothing missing, everything frozen, the summary asked for in four languages, then published."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from planning_portal.documents.models import RenderedDocument
from planning_portal.documents.queries import download_rows, may_read
from planning_portal.jobs.models import Job
from planning_portal.languages.frozen import shown_text
from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation
from planning_portal.programme.models import StepResult
from planning_portal.workflow.services import WrongState
from tests.world.things import store_fake_documents
from workshops.models import Candidate, Workshop
from workshops.queries.closing import last_reopening
from workshops.services import (
    NotReady,
    close_workshop,
    closing_blockers,
    publish_summary,
    rebuild_summary,
    reopen_workshop,
)

from . import factories


@pytest.fixture
def held(facilitator, programme):
    """A workshop in which everything is decided."""
    return factories.hold_workshop(facilitator=facilitator)


def test_closing_blockers_name_what_is_missing_and_where(workshop, candidates, open_round):
    factories.make_session(workshop, started_at=workshop.opened_at)

    assert [blocker.where for blocker in closing_blockers(workshop)] == ["round", "decisions", "desk"]
    assert "3 candidates" in closing_blockers(workshop)[1].text


def test_close_workshop_with_something_missing_is_refused(workshop, candidates, facilitator):
    with pytest.raises(NotReady):
        close_workshop(workshop, by=facilitator)

    workshop.refresh_from_db()
    assert (workshop.state, workshop.snapshot) == ("open", None)
    assert not Job.objects.exists()


def test_close_workshop_freezes_and_asks_for_four_documents(held, facilitator):
    group = close_workshop(held, by=facilitator)
    held.refresh_from_db()

    assert group
    assert held.state == "closed"
    assert held.closed_at is not None
    assert held.summary_version == 1
    jobs = Job.objects.filter(kind="documents.render")
    assert {job.payload["language"] for job in jobs} == {"en", "es", "fr", "nl"}
    assert {(job.payload["kind"], job.payload["version"], job.payload["audience"]) for job in jobs} == {
        ("workshop-summary", "1", "public")
    }


def test_close_workshop_twice_is_refused_and_makes_no_second_set(held, facilitator):
    close_workshop(held, by=facilitator)
    with pytest.raises(WrongState):
        close_workshop(held, by=facilitator)

    assert Job.objects.count() == 4


def test_close_workshop_is_one_transaction(held, facilitator, monkeypatch):
    monkeypatch.setattr("workshops.services.closing.request_documents", None)
    with pytest.raises(TypeError), transaction.atomic():
        close_workshop(held, by=facilitator)

    held.refresh_from_db()
    assert (held.state, held.snapshot) == ("open", None)


@pytest.mark.parametrize("role", ["alice", "companion", "translator", "coordinator"])
def test_close_workshop_is_for_facilitators(request, held, role):
    with pytest.raises(PermissionDenied):
        close_workshop(held, by=request.getfixturevalue(role))


def test_the_snapshot_holds_the_outcome_without_names(held, facilitator):
    close_workshop(held, by=facilitator)
    frozen = Workshop.objects.get(pk=held.pk).snapshot

    by_code = {one["code"]: one for one in frozen["candidates"]}
    assert by_code["C01"]["decision"]["outcome"] == "adopted"
    assert by_code["C01"]["merged"] == ["C02"]
    assert by_code["C02"]["decision"]["merged_into"] == "C01"
    # Two of Benin's: one of its own, one merged into it.
    assert by_code["C01"]["roots"] == {"priorities": 2, "countries": [["BJ", 2]], "zones": [["WA", 2]]}
    assert by_code["C02"]["roots"]["countries"] == [["BJ", 1]]
    assert frozen["lines"][0]["code"] == "L1"
    assert frozen["lines"][0]["candidates"] == ["C01", "C03", "C06"]
    assert frozen["lines"][0]["organisations"] == 4
    assert frozen["rounds"][0]["chosen"][0] == "C01"
    assert frozen["attendance"]["zones"]["present"] == {"total": 8, "cells": [4, 4]}
    assert frozen["minutes"]["texts"] == {"en": "We met and decided."}
    assert "Organisation number" not in str(frozen)
    assert "ORG" not in str(frozen)


def test_what_changes_after_the_closing_does_not_reach_the_snapshot(held, facilitator):
    close_workshop(held, by=facilitator)
    before = Workshop.objects.get(pk=held.pk).snapshot
    candidate = held.candidates.first()
    Candidate.objects.filter(pk=candidate.pk).update(title_fr="Changed by an accident", code="C99")
    held.delegations.update(is_present=False)

    assert Workshop.objects.get(pk=held.pk).snapshot == before


def test_rebuild_summary_takes_new_translations_and_nothing_else(held, facilitator, translator):
    close_workshop(held, by=facilitator)
    candidate = held.candidates.get(code="C01")
    save_translation(candidate, "title", "nl", "Een dekking", by=translator, state=TranslationState.DONE)
    other = held.candidates.get(code="C03")
    Candidate.objects.filter(pk=other.pk).update(title_es="Another original", title_nl="Andere")
    held.delegations.update(is_present=False)
    before = Workshop.objects.get(pk=held.pk).snapshot

    group = rebuild_summary(held, by=facilitator)
    held.refresh_from_db()

    titles = {one["code"]: shown_text(one["title"], "nl") for one in held.snapshot["candidates"]}
    assert (titles["C01"].text, titles["C01"].kind) == ("Een dekking", "own")
    # Its original is no longer the one that was frozen: the frozen one stays.
    assert titles["C03"].kind == "original"
    assert titles["C03"].text != "Another original"
    assert held.snapshot["attendance"] == before["attendance"]
    assert held.snapshot["frozen_at"] == before["frozen_at"]
    assert held.summary_version == 2
    assert Job.objects.filter(payload__version="2").count() == 4
    assert group


def test_rebuild_summary_of_an_open_workshop_is_refused(workshop, facilitator):
    with pytest.raises(WrongState):
        rebuild_summary(workshop, by=facilitator)


def test_publish_summary_shows_it_under_its_step_once(held, facilitator, coordinator):
    close_workshop(held, by=facilitator)
    published = publish_summary(held, by=coordinator)
    publish_summary(held, by=facilitator)

    assert published.state == "published"
    result = StepResult.objects.get()
    assert (result.step, result.subject, result.kind, result.version) == (held.step, held, "workshop-summary", "1")


def test_rebuild_summary_without_new_translation_is_refused(held, facilitator):
    close_workshop(held, by=facilitator)
    with pytest.raises(ValidationError, match="No translation has changed since version 1"):
        rebuild_summary(held, by=facilitator)

    held.refresh_from_db()
    assert held.summary_version == 1
    assert Job.objects.count() == 4


def test_publish_summary_again_after_a_rebuild_adds_the_new_version(held, facilitator, translator):
    close_workshop(held, by=facilitator)
    publish_summary(held, by=facilitator)
    candidate = held.candidates.get(code="C01")
    save_translation(candidate, "title", "nl", "Een dekking", by=translator, state=TranslationState.DONE)
    rebuild_summary(held, by=facilitator)
    publish_summary(held, by=facilitator)

    assert set(StepResult.objects.values_list("version", flat=True)) == {"1", "2"}


def test_publish_summary_of_an_open_workshop_is_refused(workshop, facilitator):
    with pytest.raises(WrongState):
        publish_summary(workshop, by=facilitator)


@pytest.mark.parametrize("role", ["alice", "companion", "translator"])
def test_publish_summary_is_for_facilitators_and_coordinators(request, held, facilitator, role):
    close_workshop(held, by=facilitator)
    with pytest.raises(PermissionDenied):
        publish_summary(held, by=request.getfixturevalue(role))


def test_freezing_costs_a_fixed_number_of_queries(held, facilitator, django_assert_max_num_queries):
    from workshops.snapshot import freeze

    with django_assert_max_num_queries(25):
        freeze(held)


# --- Reopening ------------------------------------------------------------------------------------------------------


def test_a_reopened_workshop_is_open_and_closing_again_makes_the_next_version(held, facilitator, coordinator):
    close_workshop(held, by=facilitator)
    publish_summary(held, by=facilitator)
    reopened = reopen_workshop(held, by=coordinator, reason="The count of zone WA was wrong.")

    assert (reopened.state, reopened.snapshot, reopened.closed_at) == ("open", None, None)
    assert StepResult.objects.get().version == "1"
    assert last_reopening(reopened).reason == "The count of zone WA was wrong."

    close_workshop(held, by=facilitator)
    held.refresh_from_db()
    assert (held.state, held.summary_version) == ("closed", 2)
    assert last_reopening(held) is None
    publish_summary(held, by=facilitator)
    assert set(StepResult.objects.values_list("version", flat=True)) == {"1", "2"}


def test_the_published_version_of_a_reopened_workshop_can_still_be_read(held, facilitator, coordinator, alice):
    close_workshop(held, by=facilitator)
    publish_summary(held, by=facilitator)
    store_fake_documents(held, "workshop-summary", version="1", audience="public")
    reopen_workshop(held, by=coordinator, reason="Wrong count.")
    close_workshop(held, by=facilitator)
    store_fake_documents(Workshop.objects.get(pk=held.pk), "workshop-summary", version="2", audience="public")

    readable = {document.version for document in RenderedDocument.objects.all() if may_read(alice, document)}
    assert readable == {"1"}


def test_versions_that_were_replaced_say_so(held, facilitator, coordinator):
    close_workshop(held, by=facilitator)
    publish_summary(held, by=facilitator)
    reopen_workshop(held, by=coordinator, reason="Wrong count.")
    close_workshop(held, by=facilitator)
    publish_summary(held, by=facilitator)

    rows = download_rows(StepResult.objects.order_by("version"))
    assert [(row.version, row.replaced_by) for row in rows] == [("1", "2"), ("2", "")]


def test_no_reason_no_reopening(held, facilitator, coordinator):
    close_workshop(held, by=facilitator)
    with pytest.raises(ValidationError):
        reopen_workshop(held, by=coordinator, reason="  ")
    held.refresh_from_db()
    assert held.state == "closed"


def test_an_open_workshop_cannot_be_reopened(workshop, coordinator):
    with pytest.raises(WrongState):
        reopen_workshop(workshop, by=coordinator, reason="Why not.")


@pytest.mark.parametrize("role", ["alice", "companion", "translator", "facilitator"])
def test_reopening_is_for_coordinators(request, held, facilitator, role):
    close_workshop(held, by=facilitator)
    with pytest.raises(PermissionDenied):
        reopen_workshop(held, by=request.getfixturevalue(role), reason="Wrong count.")


def test_reopening_on_its_page(client, held, facilitator, coordinator):
    close_workshop(held, by=facilitator)
    address = reverse("workshops:workshop-reopen", args=[held.public_id])
    client.force_login(coordinator)
    assert "Version 1 of the summary stays as it is" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422

    done = client.post(address, {"reason": "The count was wrong."}, follow=True).content.decode()
    assert "The workshop is open again." in done
    assert "The count was wrong." in done
    again = client.post(address, {"reason": "The count was wrong."})
    assert again.status_code == 403
    assert "Only a closed workshop can be reopened." in again.content.decode()
