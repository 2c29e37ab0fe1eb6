"""The style page: every piece of the look in every state, for whoever designs or looks for what broke. DEBUG only."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from . import charts
from .registry import LifeEvent, Task

NOWHERE = UUID(int=0)


class StyleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(
        label="A short name", max_length=120, help_text="One line that people will recognise.",
        widget=forms.TextInput(attrs={"data-counter": "", "lang": "fr"}),
    )  # fmt: skip
    situation = forms.CharField(
        label="The situation", max_length=600, required=False, help_text="What happens now, and to whom?",
        widget=forms.Textarea(attrs={"data-counter": "", "rows": 4}),
    )  # fmt: skip
    level = forms.ChoiceField(
        label="Where must the answer be found?", widget=forms.RadioSelect,
        choices=[("national", "National"), ("continental", "Continental"), ("all", "Intercontinental")],
    )  # fmt: skip
    groups = forms.MultipleChoiceField(
        label="Whom does it concern?", widget=forms.CheckboxSelectMultiple, required=False,
        choices=[("informal", "Workers in the informal economy"), ("domestic", "Domestic workers")],
    )  # fmt: skip
    theme = forms.ChoiceField(label="Theme", choices=[("", "Choose"), ("1", "Decent work"), ("2", "Social dialogue")])
    agree = forms.BooleanField(label="Our organisation agrees that others read this")
    when = forms.DateField(label="On which day?", widget=forms.DateInput(attrs={"type": "date"}))
    file = forms.FileField(label="A document", required=False)


def tile_groups() -> list[charts.TileGroup]:
    """A believable grid of countries."""
    data = {
        "LA": ("Latin America and the Caribbean", "GT00 HT02 DO03 PE11 BR12"),
        "AS": ("Asia", "NP01 IN10 BD11 KH12 PH13 ID22"),
        "CA": ("Central Africa", "CD00 BI01"),
        "WA": ("West Africa", "SN00 ML01 BF02 NE03 GN10 CI11 TG12 BJ13"),
        "BE": ("Belgium", "BE00"),
    }
    statuses = ("done", "done", "now", "to_come", "done")
    groups, number = [], 0
    for code, (name, places) in data.items():
        tiles = []
        for place in places.split():
            number += 1
            status = statuses[number % 5]
            tiles.append(charts.Tile(place[:2], place[:2], int(place[2]), int(place[3]), status, status))
        groups.append(charts.TileGroup(code, name, tiles))
    return groups


def pictures(target: Any = "page") -> dict[str, str]:
    """One chart of each kind."""
    zones = ["LA", "AS", "CA", "WA", "BE"]
    columns = [charts.Column(code, code, code) for code in zones]
    rows = ["Decent work and job creation", "Social dialogue", "Health and universal social protection"]
    numbers: list[list[int | float | None]] = [[4, 7, 1, 12, 2], [0, 3, None, 5, 1], [6, 2, 4, 18, 3]]
    series = [
        charts.Series(code, [Decimal(120_000 + 13_000 * year * (place + 1)) for year in range(5)], code)
        for place, code in enumerate(zones)
    ]
    nodes = [
        [charts.Node(f"z{code}", code, f"{10 + place} priorities", code) for place, code in enumerate(zones)],
        [
            charts.Node("l1", "Social protection for workers without a contract", "24 priorities"),
            charts.Node("l2", "Organising platform and domestic workers", "18 priorities"),
            charts.Node("l3", "Voice in climate transitions", "18 priorities"),
        ],
        [charts.Node("o1", "Health cover reaches market women"), charts.Node("o2", "Agreements signed in ten cities")],
    ]
    links = [
        *(
            charts.Link(f"z{code}", f"l{1 + (place + shift) % 3}", 5 + (place % 2))
            for place, code in enumerate(zones)
            for shift in (0, 1)
        ),
        charts.Link("l1", "o1", 18),
        charts.Link("l2", "o1", 6),
        charts.Link("l2", "o2", 12),
        charts.Link("l3", "o2", 14),
    ]
    return {
        "tiles": charts.tile_grid(tile_groups(), title="12 countries have answered, 10 have not", target=target),
        "matrix": charts.matrix(rows, columns, numbers, title="Proposals by theme and zone", target=target),
        "bars": charts.bars(
            range(2027, 2032), series, title="Budget by year", target=target,
            format_value=lambda value: f"{round(value / 1000)}k",
        ),
        "strip": charts.strip(
            {"LA": 0.8, "AS": 0.62, "CA": 0.6, "WA": 0.91, "BE": 0.3}, title="How far the zones agree", target=target
        ),
        "flow": charts.flow(
            nodes, links, title="From priorities to outcomes", target=target,
            headings=["Zones", "Lines of work", "Outcomes"],
        ),
    }  # fmt: skip


def rows_to_download(now: datetime) -> list[SimpleNamespace]:
    """A document in every state."""
    document = SimpleNamespace(public_id=NOWHERE, size=310_000)
    states = [("en", document, "ready"), ("es", document, "stale"), ("fr", None, "running"), ("nl", None, "failed")]
    missing = [(language, None, "missing") for language in ("en", "es", "fr", "nl")]
    return [
        SimpleNamespace(title="Summary of the workshop", version="2", built_at=now, languages=states),
        SimpleNamespace(title="Consolidated plan", version="1", built_at=None, languages=missing),
    ]


@login_not_required
def style(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    if not settings.DEBUG:
        raise Http404
    now = timezone.now()
    steps = [
        SimpleNamespace(title="Country consultations", status="done", when="March to May 2025", url="#"),
        SimpleNamespace(title="Virtual intercontinental workshop", status="done", when="1–3 July 2025", url="#"),
        SimpleNamespace(title="Continental workshops", status="now", when="September and October 2025", url="#"),
        SimpleNamespace(title="Action plans", status="to_come", when="", url="#"),
        SimpleNamespace(title="The programme is submitted", status="to_come", when="", url=""),
    ]
    pages = [
        SimpleNamespace(title="What", status="done", url="#", current=False),
        SimpleNamespace(title="Situation", status="done", url="#", current=False),
        SimpleNamespace(title="Who", status="now", url="#", current=True),
        SimpleNamespace(title="In five years", status="to_come", url="", current=False),
        SimpleNamespace(title="Together", status="to_come", url="", current=False),
    ]
    events = [
        LifeEvent("Proposed by three organisations", now - timedelta(days=200), "Health cover for market women"),
        LifeEvent("Merged with two others", now - timedelta(days=150), None, "All three want the same law to change."),
        LifeEvent("Became line of work 3", now - timedelta(days=20), url="#", sign="✓"),
    ]
    tasks = [
        Task("Finish your priority “Health cover for market women”", "#", "Saved yesterday at 14:02"),
        Task("Accept or decline a merge", "#", "Two organisations wait for you", now + timedelta(days=3)),
        Task("Cast your organisation’s ballot", "#", "One ballot for each organisation", now + timedelta(minutes=40)),
    ]
    bad = StyleForm({"title": "", "level": "nowhere", "situation": "Kept as typed", "when": "tomorrow"})
    bad.add_error(None, "Somebody else saved this text meanwhile. Both texts are below.")
    context = {
        "form": StyleForm(prefix="good"),
        "bad": bad,
        "steps": steps,
        "pages": pages,
        "events": events,
        "tasks": tasks,
        "rows": rows_to_download(now),
        "page": Paginator(range(300), 50).page(2),
        "now": now,
        "today": now.date(),
        "pictures": pictures(),
        "badges": ["draft", "waiting", "now", "done", "stop", "quiet"],
        "zones": ["LA", "AS", "CA", "WA", "BE"],
        "text": SimpleNamespace(text="Une protection pour toutes", language="fr", label="Original: French"),
    }
    template = "web/style_desk.html" if "desk" in request.GET else "web/style.html"
    return render(request, template, context)
