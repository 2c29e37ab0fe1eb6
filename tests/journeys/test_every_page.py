"""Every page that a role can come to by following links: it fits, it speaks, and everybody can use it."""

from __future__ import annotations

from typing import Any

import pytest

from .crawling import Crawl, crawl
from .looking import RULES, Eye
from .people import LAPTOP, PHONE, visit
from .portal import Portal

pytestmark = [pytest.mark.slow]

ROLES = (None, "partner.bj", "companion", "facilitator", "translator", "coordinator")


def begin(page: Any, portal: Portal, who: str | None, language: str) -> Any:
    """A visitor begins on the programme's page, everybody else on their own."""
    if who is None:
        page.goto(f"{portal.url}/{language}/")
    return page


def say(walk: Crawl) -> None:
    """All that is wrong in one list."""
    print(f"{sum(walk.seen.values())} pages of {len(walk.seen)} kinds: {' '.join(sorted(walk.seen))}")  # noqa: T201
    if walk.wrong:
        pytest.fail("\n".join([f"{len(walk.wrong)} things are wrong:", *walk.wrong]), pytrace=False)


@pytest.fixture(scope="module")
def judged_in_the_dark() -> set[str]:
    return set()


@pytest.fixture(scope="module")
def judged_on_a_phone() -> set[str]:
    return set()


@pytest.mark.parametrize("who", ROLES, ids=str)
def test_every_page_fits_and_can_be_used_on_a_laptop(portal, browser, who, judged_in_the_dark):
    with visit(browser, portal, who, "en", **LAPTOP) as page:
        walk = crawl(begin(page, portal, who, "en"), Crawl(portal.url, "en", examples=2), dark=judged_in_the_dark)
    say(walk)


@pytest.mark.parametrize("who", ROLES, ids=str)
def test_every_page_fits_and_can_be_used_on_a_phone(portal, browser, who, judged_on_a_phone):
    """In the language with the longest words. The rules are asked once for each kind of page: roles differ little."""
    with visit(browser, portal, who, "nl", **PHONE) as page:
        walk = crawl(begin(page, portal, who, "nl"), Crawl(portal.url, "nl", examples=1), judged=judged_on_a_phone)
    say(walk)


def verb(kind: str) -> str:
    """The pages of all models are made by one template each: list, form, history, removal."""
    return kind.partition("?")[0].rpartition("_")[2]


def each_list_and_form(kind: str) -> str:
    return kind.partition("?")[0] if verb(kind) in {"changelist", "change"} else verb(kind)


@pytest.mark.parametrize(
    ("language", "device", "fold"), [("en", LAPTOP, each_list_and_form), ("nl", PHONE, verb)], ids=["laptop", "phone"]
)
def test_administration_fits_and_can_be_used(small_portal, browser, language, device, fold):
    with visit(browser, small_portal, "coordinator", language, **device) as page:
        page.goto(f"{small_portal.url}/{language}/admin/")
        walk = crawl(page, Crawl(small_portal.url, language, examples=1, within="admin/", fold=fold))
    say(walk)


# --- pages that nobody is led to ----------------------------------------------------------------------------------

NOWHERE = "00000000-0000-4000-8000-000000000000"
TROUBLE = {
    "sign-in": (None, "account/login/", 200),
    "not found": (None, "nowhere/", 404),
    "not found, signed in": ("partner.bj", f"workshops/{NOWHERE}/", 404),
    "not allowed": ("partner.bj", "people/invite/", 403),
    "invitation used up": (None, "people/join/used-up-long-ago/", 410),
    "password link used up": (None, "account/password/reset/key/1-bad-token/", 200),
    "nothing kept": ("partner.bj", "my/kept/", 200),
    "signed out": ("partner.bj", "account/logout/", 200),
    "password asked for": (None, "account/password/reset/done/", 200),
    "no sign-up": (None, "account/signup/", 200),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_page_of_trouble_fits_and_can_be_used(portal, browser, name):
    who, path, status = TROUBLE[name]
    wrong: list[str] = []
    for language, device in (("en", LAPTOP), ("nl", PHONE)):
        with visit(browser, portal, who, language, **device) as page:
            eye = Eye(page, portal.url)
            eye.open(f"{portal.url}/{language}/{path}", status=status)
            wrong += [f"{language}: {one}" for one in eye.judge(language, axe=RULES)]
    if wrong:
        pytest.fail("\n".join([name, *wrong]), pytrace=False)


BAD_PAGE = """<!doctype html>
<html lang="fr">
<head>
<title></title>
<style>
@font-face { font-family: theirs; src: url(https://elsewhere.example/font.woff2); }
p { font-family: theirs; }
</style>
<meta http-equiv="Content-Security-Policy" content="script-src 'none'">
</head>
<body>
<header><ul class="languages"></ul></header>
<main>
<h1>One</h1>
<h1>Two</h1>
<p style="width: 5000px">Wide</p>
<img src="https://elsewhere.example/picture.png">
<form method="post"><textarea></textarea><button type="submit">Send</button></form>
<script>1</script>
</main>
</body>
</html>"""


def test_page_with_every_fault_is_found_out(portal, browser):
    """What looks at the pages can see."""
    with visit(browser, portal, None) as page:
        page.route("https://elsewhere.example/**", lambda route: route.fulfill(body=""))
        page.route("**/en/bad/", lambda route: route.fulfill(body=BAD_PAGE, content_type="text/html", status=404))
        eye = Eye(page, portal.url)
        eye.open(f"{portal.url}/en/bad/")
        page.wait_for_load_state("networkidle")
        found = "\n".join(eye.judge("en", axe=RULES))
    for fault in (
        "answers 404",
        "has no title",
        "says it is in 'fr'",
        "has 2 first headings",
        "px too wide",
        "content security policy: script-src",
        "loses what is typed",
        "asks somebody else: https://elsewhere.example/picture.png",
        "asks for a font: https://elsewhere.example/font.woff2",
        "axe image-alt",
        "axe label",
    ):
        assert fault in found
