"""Every page, seen by every role: no name that must not be there, no text without translation, no page too heavy."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest
from babel import Locale
from django.apps import apps
from django.db import models
from django.utils import translation
from lxml import html

from tests.world import ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("crawls")]

THEIRS = ("account_", "mfa_", "usersessions_")
OPEN, CLOSE = "⟦", "⟧"
# What partner staff and visitors see (DESIGN section 6); the desk and the coordinator's pages may be heavier.
HEAVIER = {"facilitator", "coordinator", "companion", "other_companion", "translator"}
KILOBYTES = 14


def pages_of(world, role, whose: str = "own", language: str = "en") -> Iterator[tuple[str, str, object]]:
    """Every page that a role may read, as (route, address, response)."""
    client = world.client(role)
    own = world.urls("own", language)
    for route, url in world.urls(whose, language).items():
        if whose == "foreign" and url == own[route]:
            continue
        response = client.get(url)
        if response.status_code == 200:
            yield route, url, response


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_no_name_is_read_by_who_must_not_read_it(shared_world, role):
    leaks = []
    for whose in ("own", "foreign"):
        for route, url, response in pages_of(shared_world, role, whose):
            seen = body_of(response).decode("utf-8", "replace") + str(response.headers)
            leaks += [
                f"{route} {url}: {c.text}" for c in shared_world.canaries if role not in c.roles and c.text in seen
            ]
    assert leaks == []


def test_no_name_stands_in_an_address(shared_world):
    addresses = [url for whose in ("own", "foreign") for url in shared_world.urls(whose).values()]
    names = [canary.text.lower().replace(" ", "-") for canary in shared_world.canaries]
    assert [url for url in addresses for name in names if name in url.lower()] == []


def test_no_mail_of_the_story_names_anybody(shared_world, mailoutbox):
    shared_world.client("coordinator").post(
        shared_world.urls()["organisations:person-invite"], {"email": "somebody@example.org", "language": "fr"}
    )
    said = [f"{mail.subject}\n{mail.body}" for mail in mailoutbox]
    assert [text for text in said for canary in shared_world.canaries if canary.text in text] == []


@pytest.mark.parametrize("role", [role for role in ROLES if role])
def test_every_page_of_who_is_signed_in_leads_away_without_a_script(shared_world, role):
    missing = []
    for route, url, response in pages_of(shared_world, role):
        body = body_of(response)
        # Parts of a page have their page's; the way out itself has none, nor has the screen on the wall of a room.
        if b"<!doctype html>" not in body[:100] or route in {"web:leave", "workshops-room:room-screen"}:
            continue
        page = html.fromstring(body)
        exits = page.xpath("//form[@method='post'][@action='/en/my/leave/']/button[@type='submit']")
        if len(exits) != 1:
            missing.append(f"{route} {url}: {len(exits)}")
    assert missing == []


# --- words that nobody can translate -------------------------------------------------------------------------------


@pytest.fixture
def pseudo_language(monkeypatch):
    """Every message of the interface comes out between marks, so that what is not marked is data or a defect."""
    trans = translation._trans

    def marked(name):
        real = getattr(trans, name)
        return lambda *args, **kwargs: f"{OPEN}{real(*args, **kwargs)}{CLOSE}"

    for name in ("gettext", "ngettext", "pgettext", "npgettext"):
        monkeypatch.setattr(trans, name, marked(name))


def words_of_data() -> set[str]:
    """Every word that stands in the database or that CLDR gives: people's words, names, countries, languages, dates."""
    words: set[str] = set()
    ours = ("planning_portal.", "consultations", "workshops", "actionplans")
    for model in apps.get_models():
        if not model.__module__.startswith(ours):
            continue
        fields = [
            f.attname
            for f in model._meta.concrete_fields
            if isinstance(f, models.CharField | models.TextField | models.JSONField)
        ]
        for row in model._base_manager.values_list(*fields) if fields else ():
            words.update(word for value in row for word in re.findall(r"[^\W\d_]+", str(value)))
    locale = Locale.parse("en_GB")
    for names in (
        locale.territories,
        locale.languages,
        locale.months["format"]["wide"],
        locale.months["format"]["abbreviated"],
        locale.days["format"]["wide"],
        locale.days["format"]["abbreviated"],
    ):
        words.update(word for name in names.values() for word in re.findall(r"[^\W\d_]+", str(name)))
    return words


# Names of things, not words: languages in their own words, units, file types, initials, keys.
NEUTRAL = set(
    """English Español Français Nederlands EN ES FR NL UTC GMT PDF CSV JSON XLSX SHA KB MB kB EUR Mac Alt Shift
    min DR Congo World Time Standard Summer West Central British Greenwich Mean Central-European
    wikipedia org""".split()  # noqa: SIM905
)
ATTRIBUTES = ("title", "alt", "placeholder", "aria-label", "data-saved", "data-not-saved")
MARKED = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")


def unmarked(page: str, known: set[str]) -> Iterator[str]:
    """Every piece of a page that a reader sees and that is neither between marks nor data."""
    while MARKED.search(page):
        page = MARKED.sub(" ", page)
    for element in html.fromstring(page).iter():
        if not isinstance(element.tag, str) or element.tag in {"script", "style", "code"}:
            continue
        if element.get("translate") == "no":  # an address, a code
            continue
        if element.tag == "option" and element.get("value", "").count("/"):
            continue
        pieces = [element.text] + [child.tail for child in element]
        pieces += [element.get(name) for name in ATTRIBUTES]
        if element.tag == "input" and element.get("type") in {"submit", "button"}:
            pieces.append(element.get("value"))
        for piece in pieces:
            if [word for word in re.findall(r"[^\W\d_]{2,}", piece or "") if word not in known]:
                yield " ".join((piece or "").split())[:100]


@pytest.mark.parametrize("role", [None, "partner", "companion", "facilitator", "translator", "coordinator"], ids=str)
def test_every_word_of_the_interface_can_be_translated(shared_world, pseudo_language, role):
    from django.core.cache import cache

    cache.clear()
    known = words_of_data() | NEUTRAL
    hard_coded = {}
    for route, _url, response in pages_of(shared_world, role):
        if "text/html" not in response.headers.get("Content-Type", ""):
            continue
        for piece in unmarked(response.content.decode(), known):
            hard_coded.setdefault(piece, route)
    cache.clear()
    assert hard_coded == {}


# --- weight ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("role", [None, "partner"], ids=str)
def test_every_page_of_visitors_and_partner_staff_is_light(shared_world, role, language):
    heavy = {
        route: size
        for route, _url, response in pages_of(shared_world, role, language=language)
        if "text/html" in response.headers.get("Content-Type", "")
        and (size := len(gzip.compress(response.content, 6))) > KILOBYTES * 1024
    }
    assert heavy == {}
