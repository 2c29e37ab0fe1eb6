"""Reading many priorities: the list and the search as the programme grows, in the same run on the same database."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from .pages import FRAME, HOST, account

# Who asks what of which page: the whole list, its middle, a word with its accents left out, two words, a word nobody
# wrote; the overview; all of it as a file.
QUESTIONS = {
    "the list": ("partner.pe", "priority-list", ""),
    "the list, a page in its middle": ("partner.pe", "priority-list", "?page=3"),
    "search: securite": ("partner.pe", "priority-list", "?q=securite"),
    "search: femmes sante": ("partner.pe", "priority-list", "?q=femmes+sante"),
    "search: a word that stands nowhere": ("partner.pe", "priority-list", "?q=zzyzx"),
    "one theme, one level": ("partner.pe", "priority-list", "?theme={theme}&level=continental"),
    "the overview of all countries": ("partner.pe", "priority-overview", ""),
    "all as CSV": ("coordinator", "priority-export-csv", ""),
    "all as a spreadsheet": ("coordinator", "priority-export-xlsx", ""),
}
FILES = ("priority-export-csv", "priority-export-xlsx")


def measure_reading(rounds: int) -> list[dict[str, Any]]:
    """Queries of its own and seconds of the quickest of ``rounds`` visits (of a file: one), for each question."""
    from planning_portal.programme.models import Theme

    theme = Theme.objects.filter(programme__is_current=True).order_by("order").first()
    assert theme is not None
    clients = {who: Client(headers=HOST) for who, _route, _query in QUESTIONS.values()}
    for who, client in clients.items():
        client.force_login(account(who), backend="planning_portal.organisations.backends.SignInBackend")
    found = []
    for name, (who, route, query) in QUESTIONS.items():
        with override("fr"):
            url = reverse(f"consultations:{route}") + query.format(theme=theme.pk)
        client = clients[who]
        if route not in FILES:
            _visit(client, url)
        with CaptureQueriesContext(connection) as captured:
            seconds = [_visit(client, url)]
        own = [query for query in captured.captured_queries if not FRAME.search(query["sql"])]
        if route not in FILES:
            seconds = [_visit(client, url) for _round in range(rounds)]
        found.append({"name": name, "queries": len(own), "seconds": min(seconds)})
    return found


def _visit(client: Client, url: str) -> float:
    """The seconds until the whole answer is there, also of one that is sent bit by bit."""
    start = time.perf_counter()
    answer = client.get(url)
    answer.getvalue()
    assert answer.status_code == 200, f"{url}: {answer.status_code}"
    return time.perf_counter() - start
