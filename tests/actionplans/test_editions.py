"""Editions of the consolidated plan: what counts, what is asked for, who may read it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from actionplans import services
from actionplans.models import PlanEdition, PlanState, PlanVersion
from actionplans.queries.editions import latest_versions, overview
from actionplans.reports import can_read, file_name_of, stands, title_of
from planning_portal.documents.models import Audience, RenderedDocument
from planning_portal.documents.registry import get_kind
from planning_portal.documents.services import build_document, store_document
from planning_portal.jobs.models import Job
from planning_portal.organisations.services import set_identity
from planning_portal.programme.models import StepKind, StepResult
from planning_portal.workflow.services import WrongState
from tests import factories as base
from tests.consultations.factories import make_consultation, make_priority
from tests.workshops.factories import make_candidate, make_decision, make_workshop

from . import factories


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def adopted(union):
    return factories.make_adopted_plan([union])


def finish_documents(edition):
    """As if every document had been built."""
    from planning_portal.documents.engine import BuiltPdf
    from planning_portal.documents.registry import get_kind

    for audience in (Audience.COORDINATORS, Audience.PUBLIC):
        for language in ("en", "es", "fr", "nl"):
            store_document(
                edition,
                get_kind("consolidated-plan"),
                BuiltPdf(b"%PDF", 1),
                language=language,
                version=str(edition.number),
                audience=audience,
            )


def test_edition_takes_the_latest_adopted_version_of_every_plan(adopted, own_plan, coordinator, programme):
    services.amend(adopted.plan, by=coordinator, reason="Prices rose.")
    plan = factories.bring_to(adopted.plan, PlanState.ADOPTED)
    own = factories.bring_to(factories.fill_plan(own_plan), PlanState.ADOPTED)
    services.amend(own, by=coordinator, reason="A draft again: the adopted version counts.")
    factories.make_global_plan()
    edition = services.create_edition(programme, by=coordinator)
    assert [(one.plan, one.number) for one in edition.versions.order_by("plan__kind")] == [(plan, 2), (own, 1)]
    assert edition.number == 1


def test_documents_are_asked_for_in_four_languages_for_two_audiences(adopted, coordinator, programme):
    edition = services.create_edition(programme, by=coordinator)
    jobs = Job.objects.all()
    assert {(job.payload["audience"], job.payload["language"]) for job in jobs} == {
        (audience, language) for audience in ("coordinators", "public") for language in ("en", "es", "fr", "nl")
    }
    assert {(job.payload["kind"], job.payload["version"]) for job in jobs} == {("consolidated-plan", "1")}
    group = services.request_edition(edition, by=coordinator)
    assert Job.objects.filter(orders__group=group).count() == 8


def test_nothing_adopted_is_nothing_to_put_together(plan, coordinator, programme):
    with pytest.raises(WrongState):
        services.create_edition(programme, by=coordinator)
    assert not PlanEdition.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize("person", ["alice", "companion", "facilitator", "translator"])
def test_only_coordinators_build_and_publish(person, adopted, programme, coordinator, request):
    user = request.getfixturevalue(person)
    with pytest.raises(PermissionDenied):
        services.create_edition(programme, by=user)
    edition = services.create_edition(programme, by=coordinator)
    for act in (services.request_edition, services.publish_edition):
        with pytest.raises(PermissionDenied):
            act(edition, by=user)


def test_same_plans_give_the_same_fingerprint(adopted, coordinator, programme):
    first, second = (services.create_edition(programme, by=coordinator) for _number in range(2))
    assert (first.number, second.number) == (1, 2)
    assert first.sha256 == second.sha256


def test_facts_are_frozen(adopted, coordinator, programme, benin):
    consultation = make_consultation(country=benin, state="closed")
    make_priority(state="agreed", consultation=consultation)
    workshop = make_workshop("closed")
    make_decision(make_candidate(workshop), "not_retained", reason_en="Too far away.")
    make_decision(make_candidate(workshop))
    edition = services.create_edition(programme, by=coordinator)
    facts = PlanEdition.objects.get(pk=edition.pk).facts
    assert facts["zones"] == [{"zone": "west-africa", "countries": ["BJ"], "priorities": 1}]
    told = next(one for one in facts["workshops"] if one["id"] == workshop.pk)
    assert (told["candidates"], told["outcomes"]["adopted"], told["outcomes"]["not_retained"]) == (2, 1, 1)
    assert told["set_aside"][0]["reason"]["texts"] == {"en": "Too far away."}


def test_overview_names_what_is_missing_and_what_is_old(adopted, plan, coordinator, programme):
    seen = overview(programme, coordinator)
    assert [one.pk for one in seen.waiting] == [plan.pk]
    assert seen.is_new
    services.create_edition(programme, by=coordinator)
    seen = overview(programme, coordinator)
    assert not seen.is_new
    assert not seen.editions[0].is_out_of_date
    assert seen.editions[0].is_building
    factories.bring_to(factories.fill_plan(plan), PlanState.ADOPTED)
    seen = overview(programme, coordinator)
    assert seen.editions[0].is_out_of_date
    assert not seen.waiting


def test_publishing_waits_for_every_language(adopted, coordinator, programme):
    edition = services.create_edition(programme, by=coordinator)
    with pytest.raises(WrongState):
        services.publish_edition(edition, by=coordinator)
    step = base.make_step(StepKind.ACTION_PLANS)
    with pytest.raises(WrongState):
        services.publish_edition(edition, by=coordinator)
    finish_documents(edition)
    services.publish_edition(edition, by=coordinator)
    services.publish_edition(edition, by=coordinator)
    result = StepResult.objects.get()
    assert (result.step, result.subject, result.version, result.audience) == (step, edition, "1", "public")


def test_who_may_read_which_document(adopted, coordinator, programme, alice, nobody, anonymous, facilitator):
    base.make_step(StepKind.ACTION_PLANS)
    edition = services.create_edition(programme, by=coordinator)
    finish_documents(edition)
    public = RenderedDocument.objects.get(audience="public", language="nl")
    full = RenderedDocument.objects.get(audience="coordinators", language="nl")
    people = [coordinator, alice, facilitator, nobody, anonymous]
    assert [can_read(one, full) for one in people] == [True, False, False, False, False]
    assert [can_read(one, public) for one in people] == [True, True, True, False, False]
    services.publish_edition(edition, by=coordinator)
    assert [can_read(one, public) for one in people] == [True] * 5
    assert [can_read(one, full) for one in people] == [True, False, False, False, False]


def test_publishing_an_edition_withdraws_the_one_before(adopted, coordinator, programme):
    base.make_step(StepKind.ACTION_PLANS)
    first, second = (services.create_edition(programme, by=coordinator) for _number in range(2))
    for edition in (first, second):
        finish_documents(edition)
        services.publish_edition(edition, by=coordinator)
    assert [one.subject for one in StepResult.objects.all()] == [second]
    kept = RenderedDocument.objects.filter(language="fr").order_by("object_id", "audience")
    assert list(kept.values_list("object_id", "audience")) == [
        (first.pk, "coordinators"),
        (second.pk, "coordinators"),
        (second.pk, "public"),
    ]


def test_only_the_latest_and_the_published_edition_stand(adopted, coordinator, programme):
    base.make_step(StepKind.ACTION_PLANS)
    editions = [services.create_edition(programme, by=coordinator) for _number in range(3)]
    finish_documents(editions[1])
    services.publish_edition(editions[1], by=coordinator)
    assert [stands(one, str(one.number)) for one in editions] == [False, True, True]


def test_tightening_has_the_published_edition_made_again(adopted, union, alice, coordinator, programme):
    base.make_step(StepKind.ACTION_PLANS)
    edition = services.create_edition(programme, by=coordinator)
    Job.objects.update(state="done", finished_at=timezone.now())
    finish_documents(edition)
    services.publish_edition(edition, by=coordinator)
    set_identity(union, "withheld", by=alice)
    assert not RenderedDocument.objects.filter(audience="public").exists()
    assert Job.objects.filter(state="queued", payload__audience="public").count() == 4
    assert overview(programme, coordinator).editions[0].is_building


def test_two_audiences_do_not_share_a_file_name(adopted, coordinator, programme):
    edition = services.create_edition(programme, by=coordinator)
    finish_documents(edition)
    names = RenderedDocument.objects.filter(language="fr").order_by("audience").values_list("file_name", flat=True)
    assert list(names) == ["consolidated-plan-v1_fr-coordinators.pdf", "consolidated-plan-v1_fr-public.pdf"]
    assert file_name_of(edition, "fr", "1") == "consolidated-plan-v1_fr.pdf"
    assert "Programme 2027-2031" in title_of(edition, "en")


def test_everything_says_for_whom_it_is(adopted, coordinator, programme, client):
    edition = services.create_edition(programme, by=coordinator)
    client.force_login(coordinator)
    progress = reverse("jobs:group-progress", args=[services.request_edition(edition, by=coordinator)])
    page = client.get(progress).text
    assert "PDF: French (coordinators)" in page
    assert "PDF: French (everyone)" in page
    assert f'<a href="{reverse("actionplans:edition-list")}">{title_of(edition, "en")}</a>' in page
    kind = get_kind("consolidated-plan")
    html = build_document(edition, kind, language="en", version="1", audience="coordinators")
    assert f"<title>{title_of(edition, 'en')} (coordinators)</title>" in html
    finish_documents(edition)
    Job.objects.update(state="done", finished_at=timezone.now())
    page = client.get(progress).text
    assert page.count("consolidated action plan (everyone)") == 1
    assert page.count("consolidated action plan (coordinators)") == 1
    assert "PDF: French" not in page


def test_latest_versions_come_in_the_order_of_the_lines(union, programme):
    for code in ("L10", "L2", "L1"):
        factories.make_adopted_plan([union], code=code)
    assert [one.plan.line.code for one in latest_versions(programme)] == ["L1", "L2", "L10"]
    assert PlanVersion.objects.count() == 3
