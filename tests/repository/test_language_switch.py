"""Every form that can be read in another language is shown again as typed, and is never acted on."""

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from planning_portal.web.middleware import READS, TABLES_OF_THE_FRAME

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("rights")]
TYPED = "Half a sentence"
# These save the draft first: what they then show is what was typed.
DRAFTS = {
    "actionplans",
    "consultations:amendment-edit",
    "consultations:priority-edit",
    "consultations:consultation-attendance",
    "consultations:consultation-list-edit",
    "consultations:consultation-texts",
}
ROLES = (None, "partner", "companion", "facilitator", "translator", "coordinator")
# Forms that the world shows to one of these people, whatever else is found.
EXPECTED = {
    "account_login",
    "consultations:priority-start",
    "languages:text-edit",
    "organisations:identity-edit",
    "organisations:invitation-accept",
    "organisations:person-invite",
    "organisations:profile",
    "support",
    "workshops:workshop-plan",
}


def switching_form(page):
    forms = [form for form in html.fromstring(page.content).forms if form.xpath(".//button[@name='switch_language']")]
    return forms[0] if forms else None


def typed_in(form):
    """What a person would send: all that the form holds, and their own words in every place for words."""
    fields = {name: values for name, value in form.form_values() for values in [[]]}
    for name, value in form.form_values():
        fields[name].append(value)
    boxes = form.xpath(".//textarea | .//input[@type='text' or @type='email' and not(@readonly)]")
    names = {box.get("name") for box in boxes if box.get("name")}
    return {**fields, **{name: [TYPED] for name in names}, "switch_language": "nl"}, names


def writes_of(queries):
    # PostgreSQL reads long lists by a cursor: what is declared there is a SELECT.
    said = [query["sql"] for query in queries]
    written = [sql for sql in said if not READS.match(sql.partition(" CURSOR FOR ")[2] or sql)]
    return [sql[:100] for sql in written if not any(table in sql for table in TABLES_OF_THE_FRAME)]


def test_forms_read_in_another_language_keep_what_is_typed_and_do_nothing(shared_world):
    found = set()
    supportable = reverse("consultations:priority-detail", args=[shared_world.own["supportable"].public_id])
    for role in ROLES:
        client = shared_world.client(role)
        for route, url in {**shared_world.urls(), "support": supportable}.items():
            if route in found or route.endswith("logout") or "/admin/" in url:
                continue
            with transaction.atomic():
                page = client.get(url)
                is_page = page.status_code == 200 and page.headers.get("Content-Type", "").startswith("text/html")
                form = switching_form(page) if is_page and b"switch_language" in page.content else None
                if form is None:
                    continue
                found.add(route)
                fields, words = typed_in(form)
                with CaptureQueriesContext(connection) as captured:
                    answer = client.post(form.action or url, fields)
                transaction.set_rollback(True)
            assert not mail.outbox, route
            if route in DRAFTS or route.split(":")[0] in DRAFTS:
                continue
            assert writes_of(captured.captured_queries) == [], route
            if answer.status_code == 302:
                assert answer.url.startswith("/nl/"), route
                continue
            assert answer.status_code == 200, route
            again = html.fromstring(answer.content)
            assert again.get("lang") == "nl", route
            assert not words or TYPED in answer.text, route
    assert found >= EXPECTED
