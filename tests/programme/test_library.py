import html
import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests import factories

from .factories import make_group, make_resource

EVERYTHING = {"Study of work", "Video of work", "Video of care", "Brief of nothing"}


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def library(programme):
    """Four items: two themes, three kinds, some languages."""
    work, care = factories.make_theme(slug="work"), factories.make_theme(slug="care")
    shelf = make_group(programme)
    return [
        make_resource(programme, title_en="Study of work", kind="study", theme=work, group=shelf, languages=["fr"]),
        make_resource(programme, title_en="Video of work", kind="video", theme=work, group=shelf),
        make_resource(programme, title_en="Video of care", kind="video", theme=care, languages=["es", "nl"]),
        make_resource(programme, title_en="Brief of nothing", kind="policy_brief"),
    ]


def found(client, **wanted) -> set[str]:
    page = html.unescape(client.get(reverse("programme:resource-list"), wanted).content.decode())
    return {title for title in EVERYTHING if title in page}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, EVERYTHING),
        ({"theme": "work"}, {"Study of work", "Video of work"}),
        ({"theme": "care"}, {"Video of care"}),
        ({"kind": "video"}, {"Video of work", "Video of care"}),
        ({"kind": "video", "theme": "work"}, {"Video of work"}),
        ({"language": "fr"}, {"Study of work", "Video of work", "Brief of nothing"}),
        ({"language": "es"}, {"Video of work", "Video of care", "Brief of nothing"}),
        ({"language": "es", "theme": "care", "kind": "video"}, {"Video of care"}),
        ({"theme": "nothing"}, set()),
        (
            {"kind": "nonsense", "language": "xx"},
            EVERYTHING,
        ),
        ({"theme": "'; DROP TABLE--"}, set()),
    ],
)
def test_library_shows_what_is_looked_for(client, library, wanted, expected):
    assert found(client, **wanted) == expected


def test_address_and_form_say_the_same(client, library):
    page = client.get(reverse("programme:resource-list"), {"kind": "video", "theme": "care"}).content.decode()
    assert '<option value="video" selected>' in page
    assert '<option value="care" selected>' in page
    assert page.count("selected>") == 2


def test_nothing_found_says_what_to_do(client, library):
    page = client.get(reverse("programme:resource-list"), {"theme": "care", "kind": "study"}).content.decode()
    assert "Nothing in the library fits this" in page
    assert f'href="{reverse("programme:resource-list")}"' in page


def test_fragment_is_the_same_part_of_the_whole_page(client, library):
    where, wanted = reverse("programme:resource-list"), {"kind": "video"}
    whole = client.get(where, wanted).content.decode()
    fragment = client.get(where, wanted, headers={"HX-Request": "true", "HX-Target": "resources"}).content.decode()
    assert "<html" not in fragment
    assert re.sub(r"\s+", " ", fragment).strip() in re.sub(r"\s+", " ", whole)


def test_filtered_library_does_not_take_the_place_of_the_whole(client, library):
    assert len(found(client, kind="video")) == 2
    assert len(found(client)) == 4
    assert len(found(client, kind="video")) == 2


def test_kinds_that_are_not_in_the_library_are_not_offered(client, library):
    page = client.get(reverse("programme:resource-list")).content.decode()
    assert 'value="video"' in page
    assert 'value="webinar"' not in page


def test_filter_works_without_script(client, library):
    page = client.get(reverse("programme:resource-list")).content.decode()
    form = re.search(r"<form class=\"filters\".*?</form>", page, re.S).group(0)
    assert 'method="get"' in form
    assert '<button class="button" type="submit">' in form


def test_item_without_an_address_says_that_the_link_is_coming(client, library):
    type(library[0]).objects.filter(pk=library[0].pk).update(url="https://example.org/study")
    page = client.get(reverse("programme:resource-list")).content.decode()
    assert 'href="https://example.org/study" rel="noreferrer"' in page
    assert page.count("the link will be added") == 3


@pytest.mark.parametrize("items", [1, 30])
def test_filtered_library_costs_the_same_for_any_number_of_items(client, django_assert_num_queries, programme, items):
    theme = factories.make_theme()
    for _number in range(items):
        make_resource(programme, kind="video", theme=theme, group=make_group(programme))
    where = reverse("programme:resource-list")
    client.get(where, {"kind": "study"})
    with django_assert_num_queries(4):
        client.get(where, {"kind": "video"})
