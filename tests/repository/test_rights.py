"""The permission matrix: every route × every role × own and foreign things × GET and POST.

``rights.txt`` is the table, read and judged by a person: a line holds the route, whose things and which method, then
one code for each role, in the order of ``tests.world.ROLES``. A route that is not in the table fails. Where several
lines say the same in a row, that is how the portal is meant to be.

    200 the page · 302 sent on (after a POST: done or sent back to a page) · 403 may see it, not do it · 404 is not
    shown that it exists · 405 no such method · in: asked to sign in · other codes as HTTP knows them
"""

from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from tests.world import ROLES

TABLE = Path(__file__).with_name("rights.txt")
# The routes of allauth answer for themselves; ours are listed one by one.
THEIRS = ("account_", "mfa_", "usersessions_")

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("rights")]


def code_of(client: Client, method: str, url: str) -> str:
    """What one person gets; whatever a POST changes is undone at once."""
    try:
        with transaction.atomic():
            response = client.get(url) if method == "GET" else client.post(url, {})
            transaction.set_rollback(True)
    except AssertionError:
        raise
    if response.status_code == 302 and "/account/login/" in response.headers["Location"]:
        return "in"
    return str(response.status_code)


def actual_table(world) -> dict[tuple[str, str, str], list[str]]:
    table: dict[tuple[str, str, str], list[str]] = {}
    own = world.urls("own")
    for role in ROLES:
        client = world.client(role, raise_request_exception=False)
        cookies = dict(client.cookies)
        for whose in ("own", "foreign"):
            for route, url in world.urls(whose).items():
                if route.startswith(THEIRS) or (whose == "foreign" and url == own[route]):
                    continue
                for method in ("GET", "POST"):
                    client.cookies.clear()
                    client.cookies.update(cookies)
                    table.setdefault((route, whose, method), []).append(code_of(client, method, url))
    return table


def expected_table() -> dict[tuple[str, str, str], list[str]]:
    table = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            route, whose, method, *codes = line.split()
            table[route, whose, method] = codes
    return table


def as_text(table: dict[tuple[str, str, str], list[str]]) -> str:
    names = [role or "visitor" for role in ROLES]
    head = f"# {'route':<42} {'whose':<8}{'method':<7}" + "".join(f"{name[:9]:>10}" for name in names)
    lines = [
        f"{route:<44} {whose:<8}{method:<7}" + "".join(f"{code:>10}" for code in codes)
        for (route, whose, method), codes in sorted(table.items())
    ]
    return "\n".join([head, *lines]) + "\n"


def test_every_route_answers_every_role_as_the_table_says(shared_world, tmp_path):
    actual, expected = actual_table(shared_world), expected_table()
    (tmp_path / "rights.txt").write_text(as_text(actual))
    unlisted = sorted({route for route, _whose, _method in actual} - {route for route, _whose, _method in expected})
    assert unlisted == [], "these routes are not in the table"
    wrong = [
        f"{key}: {role or 'visitor'} gets {got}, the table says {meant}"
        for key, codes in actual.items()
        for role, got, meant in zip(ROLES, codes, expected[key], strict=True)
        if got != meant
    ]
    assert wrong == [], f"the whole table as it is: {tmp_path / 'rights.txt'}"
    assert set(expected) == set(actual), "the table lists routes that are gone"


def test_nobody_meets_an_error():
    codes = {code for row in expected_table().values() for code in row}
    assert not {code for code in codes if code.startswith("5")}
