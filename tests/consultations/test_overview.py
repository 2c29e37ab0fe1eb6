"""What all countries agreed, at a glance; one country with what became of its priorities."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultations.country import organisations_as_seen
from consultations.overview import overview_for
from consultations.queries import Filters, filter_options
from planning_portal.organisations.identity import EVERYONE, Viewer
from planning_portal.organisations.models import RiskLevel
from planning_portal.programme.services import close_step
from planning_portal.web import registry
from planning_portal.web.registry import LifeEvent
from tests import factories

from .factories import make_consultation, make_group, make_priority

pytestmark = pytest.mark.django_db
OVERVIEW = "consultations:priority-overview"


@pytest.fixture
def agreed(step, benin, peru):
    """Two agreed in Benin, one in Peru, and what must not count: one submitted, one set aside, one draft."""
    here = make_consultation(step=step, country=benin, state="closed")
    there = make_consultation(step=step, country=peru)
    group, other = make_group(name_en="Market women"), make_group(name_en="Young people")
    first = make_priority(consultation=here, state="agreed", level="national", groups=[group, other])
    make_priority(consultation=here, state="agreed", level="continental", groups=[group], theme=first.theme)
    make_priority(consultation=there, state="agreed", level="national", theme=factories.make_theme())
    for state in ("submitted", "not_retained", "draft"):
        make_priority(consultation=there, state=state, theme=first.theme, groups=[group])
    return here, there, group


def look(user, filters):
    return overview_for(user, filters, filter_options())


def totals(overview):
    return [[line.total for line in part.lines] for part in overview.parts]


def test_agreed_priorities_alone_are_counted(coordinator, agreed):
    overview = look(coordinator, Filters())
    assert overview.total == 3
    themes, levels, groups = totals(overview)
    assert sorted(filter(None, themes)) == [1, 2]
    assert levels == [2, 1, 0]
    assert sorted(groups, reverse=True)[:2] == [2, 1]


def test_without_a_zone_the_columns_are_zones_and_with_one_its_countries(carmen, agreed, benin):
    everywhere = look(carmen, Filters())
    assert {place.code for place in everywhere.places} == {benin.zone.code, "LA"}
    zone = look(carmen, Filters(zone=str(benin.zone_id)))
    assert [place.code for place in zone.places] == ["BJ"]
    assert zone.total == 2
    assert zone.waiting == []
    assert everywhere.waiting == ["Peru"]


def test_level_and_group_narrow_it(carmen, agreed):
    _here, _there, group = agreed
    assert look(carmen, Filters(level="continental")).total == 1
    by_group = look(carmen, Filters(group=str(group.pk)))
    assert by_group.total == 2
    assert [line.total for line in by_group.parts[2].lines if line.total] == [2]


def test_each_number_leads_to_its_priorities(client, carmen, agreed, benin):
    client.force_login(carmen)
    page = client.get(reverse(OVERVIEW), {"level": "national"}).content.decode()
    assert f"?state=agreed&amp;level=national&amp;zone={benin.zone_id}&amp;level=national" in page
    answer = client.get(reverse("consultations:priority-list") + f"?state=agreed&level=national&zone={benin.zone_id}")
    assert "1 priority" in answer.content.decode()


def test_nothing_yet_says_what_to_do(client, carmen, step):
    client.force_login(carmen)
    assert "Nothing is agreed yet" in client.get(reverse(OVERVIEW)).content.decode()
    page = client.get(reverse(OVERVIEW), {"level": "national"}).content.decode()
    assert "No agreed priority fits all of this" in page


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["bob", "carmen", "companion", "coordinator"])
def test_pages_ask_the_same_of_the_database_whatever_there_is(client, everyone, agreed, name):
    client.force_login(everyone[name])
    here, _there, group = agreed
    addresses = [reverse(OVERVIEW), reverse("consultations:country-detail", args=[here.country_id])]
    few = [queries_of(client, url) for url in addresses]
    for _number in range(20):
        make_priority(consultation=here, state="agreed", theme=factories.make_theme(), groups=[group, make_group()])
    assert [queries_of(client, url) for url in addresses] == few
    assert max(few) <= 2 + 8


# --- A country --------------------------------------------------------------------------------------------------


def country_url(country):
    return reverse("consultations:country-detail", args=[country.pk])


def test_country_page_tells_what_became_of_each_priority(client, carmen, agreed, benin, monkeypatch):
    monkeypatch.setattr(registry, "_latest_providers", {})
    registry.register_latest(
        "consultations.priority", lambda rows, _user: {row.pk: LifeEvent("Adopted somewhere") for row in rows}
    )
    client.force_login(carmen)
    page = client.get(country_url(benin)).content.decode()
    assert page.count("Adopted somewhere") == 2


def test_country_page_is_for_members_until_the_country_is_published(client, carmen, agreed, benin, coordinator):
    here, _there, _group = agreed
    assert client.get(country_url(benin)).status_code == 302
    assert client.get(reverse("consultations:country-detail", args=[9_999])).status_code == 302
    close_step(here.step, by=coordinator)
    public = client.get(country_url(benin))
    assert public.status_code == 200
    assert "Its organisations" not in public.content.decode()
    benin.risk_level = RiskLevel.HIGH
    benin.save()
    assert client.get(country_url(benin)).status_code == 302
    client.force_login(carmen)
    assert client.get(country_url(benin)).status_code == 200
    assert client.get(reverse("consultations:country-detail", args=[9_999])).status_code == 404


def test_organisations_are_named_by_identity_and_counted_when_it_is_safe(benin):
    named = [factories.make_organisation(country=benin, identity="named") for _number in range(2)]
    hidden = [factories.make_organisation(country=benin, identity="withheld") for _number in range(2)]
    seen = organisations_as_seen([*named, *hidden], EVERYONE, 3)
    assert seen.names == sorted((one.name for one in named), key=str.casefold)
    assert seen.unnamed is None
    third = factories.make_organisation(country=benin, identity="described")
    assert organisations_as_seen([*named, *hidden, third], EVERYONE, 3).unnamed == 3
    assert organisations_as_seen([*named, *hidden], Viewer(country_ids=frozenset({benin.pk})), 3).unnamed == 0


def test_withheld_name_is_not_on_the_page_for_others(client, bob, carmen, agreed, benin):
    factories.make_organisation(country=benin, name="CANARY-NAME", identity="withheld")
    for person, sees in ((bob, True), (carmen, False)):
        client.force_login(person)
        assert ("CANARY-NAME" in client.get(country_url(benin)).content.decode()) is sees
