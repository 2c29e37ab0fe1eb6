"""The pages of plans: who sees what, what they cost, and that they say what is true."""

import gzip

import pytest
from django.urls import reverse

from actionplans import services
from actionplans.models import Activity, PlanState
from planning_portal.documents.models import RenderedDocument
from planning_portal.jobs.models import Job
from tests import factories as base
from tests.workshops.factories import make_line, make_workshop

from . import factories

# Session, person, memberships, roles with their countries: what every page asks to know its reader.
READER = 5


def url(name, *args):
    return reverse(f"actionplans:{name}", args=[getattr(one, "public_id", one) for one in args])


def text(response):
    return response.content.decode()


# --- who sees what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plan-detail", "plan-edit", "plan-send", "plan-origins"])
def test_plan_that_one_may_not_see_is_not_there(name, own_plan, signed_in, bob):
    assert signed_in(bob).get(url(name, own_plan)).status_code == 404


@pytest.mark.parametrize("name", ["plan-edit", "risk-add", "plan-send", "plan-adopt", "plan-return", "plan-amend"])
def test_plan_that_one_may_see_but_not_change_says_why(name, plan, signed_in, bob):
    response = signed_in(bob).get(url(name, plan))
    assert response.status_code == 403
    assert "plan" in text(response)


def test_list_is_for_who_takes_part(signed_in, nobody, client):
    assert client.get(url("plan-list")).status_code == 302
    assert signed_in(nobody).get(url("plan-list")).status_code == 403


def test_list_shows_mine_first_and_what_can_be_begun(signed_in, alice, plan, union):
    line = make_line(make_workshop("closed"), organisations=[union], title_en="Still to plan")
    make_line(make_workshop("open"), organisations=[union], title_en="Not decided")
    page = text(signed_in(alice).get(url("plan-list")))
    assert page.index("Plans that you write") < page.index("All plans")
    assert line.title_en in page
    assert "Not decided" not in page
    assert "Begin your own action plan" in page


def test_list_can_be_narrowed(signed_in, coordinator, plan, own_plan, union):
    client = signed_in(coordinator)
    assert union.name in text(client.get(url("plan-list") + "?kind=organisation"))
    assert union.name not in text(client.get(url("plan-list") + "?kind=global"))
    assert "No plan fits" in text(client.get(url("plan-list") + "?state=adopted"))
    assert client.get(url("plan-list") + "?state=nonsense&page=x").status_code == 200


def test_plan_page_shows_everything(signed_in, alice, plan, union, benin):
    factories.fill_plan(plan)
    activity = Activity.objects.get()
    activity.countries.add(benin)
    page = text(signed_in(alice).get(url("plan-detail", plan)))
    for words in (
        "Line of work 1",
        "What line 1 works for.",
        "1.1.1",
        "1.1.a",
        union.name,
        "Benin",
        "€1,650.50",
        "24%",
        "Prices rise.",
        "Send for review",
    ):
        assert words in page
    assert 'id="results"' in page
    assert f'id="activity-{activity.public_id}"' in page


def test_names_and_places_obey_identity(signed_in, carmen, alice, plan, union, benin):
    factories.fill_plan(plan)
    Activity.objects.get().countries.add(benin)
    union.identity = "withheld"
    union.save()
    for page in (url("plan-detail", plan), url("activity-detail", plan, Activity.objects.get())):
        words = text(signed_in(carmen).get(page))
        assert union.name not in words
        assert "Benin" not in words
        assert "Benin" in text(signed_in(alice).get(page))


def test_risks_that_may_not_be_published_are_for_who_works_on_the_plan(signed_in, alice, carmen, plan):
    factories.make_risk(plan, description="Told to all.", is_public=True)
    factories.make_risk(plan, description="Told to few.", is_public=False)
    assert "Told to few." in text(signed_in(alice).get(url("plan-detail", plan)))
    page = text(signed_in(carmen).get(url("plan-detail", plan)))
    assert "Told to few." not in page
    assert "Told to all." in page


def test_reason_for_opening_again_is_shown_to_who_writes(signed_in, alice, carmen, coordinator, plan):
    services.send_for_review(plan, by=alice)
    services.return_to_draft(plan, by=coordinator, reason="Give the baseline, please.")
    assert "Give the baseline, please." in text(signed_in(alice).get(url("plan-detail", plan)))
    assert "Give the baseline, please." not in text(signed_in(carmen).get(url("plan-detail", plan)))


@pytest.mark.parametrize("language", ["en", "es", "fr", "nl"])
def test_every_page_opens_in_every_language(language, signed_in, coordinator, plan):
    factories.fill_plan(plan)
    plan = factories.bring_to(plan, PlanState.ADOPTED)
    client = signed_in(coordinator)
    pages = [url("plan-list"), url("plan-detail", plan), url("plan-origins", plan), url("edition-list")]
    pages += [url("version-list", plan), url("version-detail", plan, 1), url("plan-amend", plan)]
    pages += [url("activity-detail", plan, Activity.objects.get())]
    for page in pages:
        response = client.get(page.replace("/en/", f"/{language}/", 1))
        assert response.status_code == 200, page
        assert f'<html lang="{language}"' in text(response)


def test_addresses_and_titles_say_nothing(signed_in, alice, plan, union):
    page = text(signed_in(alice).get(url("plan-detail", plan)))
    title = page[page.index("<title>") : page.index("</title>")]
    assert union.name not in title
    assert "Line of work 1" not in title
    assert str(plan.pk) not in url("plan-detail", plan).split("/")


# --- versions -------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_versions(plan, coordinator):
    factories.fill_plan(plan)
    plan = factories.bring_to(plan, PlanState.ADOPTED)
    services.amend(plan, by=coordinator, reason="Prices rose.")
    factories.make_risk(plan, description="Floods.", is_public=False)
    return factories.bring_to(plan, PlanState.ADOPTED)


def test_versions_are_listed_read_and_compared(signed_in, alice, carmen, two_versions):
    client = signed_in(carmen)
    assert "2 adopted versions" in text(client.get(url("version-list", two_versions)))
    first = two_versions.versions.get(number=1)
    page = text(client.get(url("version-detail", two_versions, 1)))
    assert first.sha256 in page
    assert "€1,650.50" in page
    assert "say the same" in text(client.get(url("version-compare", two_versions, 1, 2)))
    assert "Floods." in text(signed_in(alice).get(url("version-compare", two_versions, 1, 2)))


@pytest.mark.parametrize("numbers", [(2, 1), (1, 1), (1, 9)])
def test_versions_that_cannot_be_compared_are_not_there(numbers, signed_in, alice, two_versions):
    assert signed_in(alice).get(url("version-compare", two_versions, *numbers)).status_code == 404


def test_adopted_version_stays_readable_while_the_plan_is_amended(signed_in, carmen, own_plan, alice):
    plan = factories.bring_to(factories.fill_plan(own_plan), PlanState.ADOPTED)
    services.amend(plan, by=alice, reason="We moved.")
    client = signed_in(carmen)
    assert client.get(url("plan-detail", plan)).status_code == 404
    assert client.get(url("version-detail", plan, 1)).status_code == 200


def test_withheld_organisations_versions_are_not_there(signed_in, carmen, own_plan, union):
    plan = factories.bring_to(factories.fill_plan(own_plan), PlanState.ADOPTED)
    union.identity = "withheld"
    union.save()
    for name, more in (("version-list", ()), ("version-detail", (1,)), ("plan-detail", ())):
        assert signed_in(carmen).get(url(name, plan, *more)).status_code == 404


# --- the coordinator's page -----------------------------------------------------------------------------------------


def test_coordinators_page_shows_what_is_missing_and_builds(signed_in, coordinator, plan, union):
    factories.make_adopted_plan([union])
    client = signed_in(coordinator)
    page = client.get(url("edition-list"))
    words = text(page)
    assert words.index("What is missing") < words.index("Downloads") < words.index("Build the consolidated plan")
    key = page.content.decode().split('name="submission_key" value="')[1].split('"')[0]
    first = client.post(url("edition-create"), {"submission_key": key})
    again = client.post(url("edition-create"), {"submission_key": key})
    assert first.status_code == again.status_code == 302
    assert first.url == again.url
    assert "/jobs/groups/" in first.url
    assert client.get(first.url).status_code == 200
    assert "Edition 1" in text(client.get(url("edition-list")))


def test_coordinators_page_without_anything_adopted(signed_in, coordinator, plan):
    client = signed_in(coordinator)
    assert "No plan has been adopted yet" in text(client.get(url("edition-list")))
    assert client.post(url("edition-create"), {"submission_key": "made up"}).status_code == 302


def test_coordinators_page_is_theirs(signed_in, alice, facilitator):
    for person in (alice, facilitator):
        assert signed_in(person).get(url("edition-list")).status_code == 403
        assert signed_in(person).post(url("edition-create")).status_code == 403


def test_publishing_too_early_says_why(signed_in, coordinator, union, programme):
    factories.make_adopted_plan([union])
    edition = services.create_edition(programme, by=coordinator)
    response = signed_in(coordinator).post(url("edition-publish", edition), follow=True)
    assert "The programme has no step for action plans." in text(response)
    assert signed_in(coordinator).post(url("edition-request", edition)).status_code == 302


# --- what they cost -------------------------------------------------------------------------------------------------


def make_large(plan, *, indicators, activities, union):
    output = factories.make_output(plan)
    for _number in range(indicators):
        factories.make_indicator(output)
    for _number in range(activities):
        activity = factories.make_activity(output, organisation=union, countries=[union.country])
        factories.make_budget(
            activity, {(category, year): 7 for category in ("activities", "equipment") for year in factories.YEARS}
        )


@pytest.mark.parametrize(("indicators", "activities"), [(3, 1), (40, 40)])
@pytest.mark.parametrize("person", ["alice", "carmen", "coordinator"])
def test_plan_page_costs_the_same(
    indicators, activities, person, plan, union, signed_in, request, django_assert_max_num_queries
):
    make_large(plan, indicators=indicators, activities=activities, union=union)
    client = signed_in(request.getfixturevalue(person))
    client.get(url("plan-detail", plan))
    with django_assert_max_num_queries(READER + 8):
        assert client.get(url("plan-detail", plan)).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_list_costs_the_same(count, signed_in, alice, union, django_assert_max_num_queries):
    for _number in range(count):
        factories.make_global_plan(organisations=[union])
        factories.make_own_plan()
    client = signed_in(alice)
    client.get(url("plan-list"))
    with django_assert_max_num_queries(READER + 6):
        client.get(url("plan-list"))


@pytest.mark.parametrize("count", [1, 6])
def test_coordinators_page_costs_the_same(
    count, signed_in, coordinator, union, programme, plan, django_assert_max_num_queries
):
    for _number in range(count):
        factories.make_adopted_plan([union])
        services.create_edition(programme, by=coordinator)
    client = signed_in(coordinator)
    client.get(url("edition-list"))
    with django_assert_max_num_queries(READER + 10):  # while documents are being made
        client.get(url("edition-list"))
    RenderedDocument.objects.all().delete()
    Job.objects.all().delete()
    with django_assert_max_num_queries(READER + 8):
        client.get(url("edition-list"))


def test_pages_are_light(signed_in, alice, plan, own_plan, union):
    factories.fill_plan(plan, outputs=3)
    output = plan.results.filter(kind="output").first()
    client = signed_in(alice)
    pages = [
        url("plan-list"),
        url("plan-detail", plan),
        url("plan-origins", plan),
        url("activity-add", plan, output),
        url("indicator-add", plan, output),
        url("budget-edit", plan, output.activities.get()),
        url("outcome-add", own_plan),
    ]
    weights = {page: len(gzip.compress(client.get(page).content, 6)) for page in pages}
    assert max(weights.values()) < 14 * 1024, weights


def test_large_plan_is_still_light_enough(signed_in, alice, plan, union):
    base.make_role(alice, "coordinator")
    make_large(plan, indicators=40, activities=40, union=union)
    assert len(gzip.compress(signed_in(alice).get(url("plan-detail", plan)).content, 6)) < 120 * 1024
