"""The home page of signed-in people."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from planning_portal.web import registry
from planning_portal.web.registry import Section, Task


@pytest.fixture
def only(monkeypatch):
    """Nothing but what a test registers."""
    monkeypatch.setattr(registry, "_task_providers", [])
    monkeypatch.setattr(registry, "_section_providers", [])
    return registry


@pytest.fixture
def signed_in(client, alice):
    client.force_login(alice)
    return client


def test_nothing_to_do_says_so(signed_in, only):
    response = signed_in.get(reverse("web:work"))
    assert "Nothing waits for you now" in response.text


def test_tasks_stand_in_order_with_their_deadline(signed_in, only):
    now = timezone.now()
    only.register_tasks(
        lambda _user: [
            Task("Later", "/later/", rank=90),
            Task("Cast <your> ballot", "/ballot/", "One for each organisation", now + timedelta(hours=1), rank=10),
            Task("Finish your priority", "/priority/", rank=10),
        ]
    )
    html = signed_in.get(reverse("web:work")).text
    assert html.index("Cast &lt;your&gt; ballot") < html.index("Finish your priority") < html.index("Later")
    assert "3 things to do now" in html
    assert "Until <time" in html


def test_sections_are_made_from_their_own_templates(signed_in, only):
    only.register_section(lambda _user: [Section("Second", "components/empty.html", {"title": "None"}, rank=60)])
    only.register_section(lambda _user: [Section("First", "components/empty.html", {"title": "Nobody"}, rank=10)])
    html = signed_in.get(reverse("web:work")).text
    assert html.index("<h2>First</h2>") < html.index("Nobody") < html.index("<h2>Second</h2>") < html.index("None")


def test_home_page_asks_for_a_sign_in(client, db):
    assert client.get(reverse("web:work")).status_code == 302


def test_frame_costs_a_fixed_number_of_queries(signed_in, only, django_assert_max_num_queries):
    signed_in.get(reverse("web:work"))
    with django_assert_max_num_queries(7):
        signed_in.get(reverse("web:work"))


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_home_page_is_only_read(signed_in, method):
    assert getattr(signed_in, method)(reverse("web:work")).status_code == 405
