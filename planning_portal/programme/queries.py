"""What the public pages show, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import CharField, Count, F, Q, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_portal.documents.models import Audience
from planning_portal.documents.queries import DownloadRow, download_rows
from planning_portal.languages.queries import attach_units, shown
from planning_portal.organisations.models import Country
from planning_portal.web import charts

from .models import (
    Page,
    PageSection,
    Programme,
    Resource,
    ResourceKind,
    Step,
    StepInput,
    StepResult,
    StepStatus,
    Theme,
)
from .permissions import is_coordinator
from .registry import Figure, Tile, figures_of, step_sections, theme_sections, tiles_of
from .steps import ShownStep, show_steps

SECTION_ORDER = (PageSection.PROCESS, PageSection.FRAMEWORK, PageSection.CONTEXT, PageSection.CAPITALISATION)
CODES = [code for code, _name in settings.LANGUAGES]


@dataclass(frozen=True)
class StepDownloads:
    """The published documents of one step."""

    step: ShownStep
    rows: list[DownloadRow]


@dataclass(frozen=True)
class CountryLine:
    """A country in the table beside the tile grid."""

    name: str
    code: str
    zone: str
    zone_code: str
    tile: Tile | None


def home_of(programme: Programme) -> dict[str, Any]:
    """The programme's home page: 8 queries when results are published, and those of the registered providers."""
    steps = list(programme.steps.all())
    themes, pages = _themes_and_pages(programme)
    attach_units([programme, *steps, *themes, *pages])
    shown_steps = show_steps(steps)
    countries, organisations = _countries()
    tiles = tiles_of(programme)
    lines = _country_lines(countries, tiles)
    return {
        "programme": programme,
        "steps": shown_steps,
        "downloads": (downloads := _downloads(programme, shown_steps)),
        "all_are_done": all(one.step.status == StepStatus.DONE for one in downloads),
        "figures": [*_own_figures(len(countries), organisations), *figures_of(programme)],
        "countries_heading": _countries_heading(lines),
        "countries": lines,
        "has_tiles": bool(tiles),
        "tile_grid": _tile_grid(countries, tiles),
        "themes": themes,
        "target_pages": [page for page in pages if page.section == PageSection.TARGET_GROUP],
        "sections": [
            {"title": PageSection(section).label, "key": section, "pages": found}
            for section in SECTION_ORDER
            if (found := [page for page in pages if page.section == section])
        ],
    }


def _themes_and_pages(programme: Programme) -> tuple[list[Theme], list[Page]]:
    """Both in one query, without their bodies: on this page each is a title and a summary."""
    columns = ["id", "slug", "order", "source_language"]
    columns += [f"{field}_{code}" for field in ("title", "summary") for code in CODES]
    themes = Theme.objects.filter(programme=programme).annotate(of=Value("", CharField())).order_by()
    pages = Page.objects.filter(programme=programme).annotate(of=F("section")).order_by()
    rows = themes.values_list("of", *columns).union(pages.values_list("of", *columns), all=True)
    found: dict[bool, list[Any]] = {True: [], False: []}
    for section, *values in rows:
        fields = dict(zip(columns, values, strict=True))
        found[bool(section)].append(Page(section=section, **fields) if section else Theme(**fields))
    for members in found.values():
        members.sort(key=lambda one: (one.order, one.pk))
    return found[False], found[True]


def _countries() -> tuple[list[Any], int]:
    """The countries that take part, by zone, and the number of organisations in all of them together."""
    countries = list(
        Country.objects.select_related("zone")
        .annotate(organisations_here=Count("organisations", filter=Q(organisations__is_active=True)))
        .order_by("zone__order", "iso2")
    )
    return countries, sum(country.organisations_here for country in countries)


def _own_figures(countries: int, organisations: int) -> list[Figure]:
    return [
        Figure("countries", ngettext("country", "countries", countries), countries),
        Figure("organisations", ngettext("organisation", "organisations", organisations), organisations),
    ]


def _country_lines(countries: Iterable[Country], tiles: dict[int, Tile]) -> list[CountryLine]:
    return [
        CountryLine(country.name, country.iso2, country.zone.name or "", country.zone.code, tiles.get(country.pk))
        for country in countries
    ]


def _countries_heading(lines: Sequence[CountryLine]) -> str:
    """What is true, in a sentence: how many countries have answered, once some stage tells it."""
    done = sum(line.tile is not None and line.tile.state == "done" for line in lines)
    if not done:
        return ngettext("%(count)s country plans together", "%(count)s countries plan together", len(lines)) % {
            "count": len(lines)
        }
    if done == len(lines):
        return _("All countries have answered")
    return ngettext("%(done)s country of %(all)s has answered", "%(done)s countries of %(all)s have answered", done) % {
        "done": done,
        "all": len(lines),
    }


def _tile_grid(countries: Iterable[Country], tiles: dict[int, Tile]) -> str:
    groups: dict[str, tuple[str, list[charts.Tile]]] = {}
    for country in countries:
        tile = tiles.get(country.pk)
        groups.setdefault(country.zone.code, (country.zone.name or country.zone.code, []))[1].append(
            charts.Tile(
                code=country.iso2,
                name=country.name,
                row=country.tile_row,
                column=country.tile_column,
                status=tile.state if tile else "",
                label=tile.label if tile else "",
            )
        )
    return charts.tile_grid(
        [charts.TileGroup(code, name, found) for code, (name, found) in groups.items()],
        title=_("The countries of the programme, by zone"),
        description=_("The same is in the table below."),
    )


def _downloads(programme: Programme, steps: Sequence[ShownStep], step: Step | None = None) -> list[StepDownloads]:
    """What everyone may download, under its step: latest step first."""
    results = list(
        StepResult.objects.filter(
            audience=Audience.PUBLIC, **({"step": step} if step else {"step__programme": programme})
        )
    )
    rows = [pair for pair in zip(results, download_rows(results), strict=True) if not pair[1].is_gone]
    found = [
        StepDownloads(one, [row for result, row in rows if result.step_id == one.step.pk]) for one in reversed(steps)
    ]
    return [one for one in found if one.rows]


def keep_for(downloads: Iterable[StepDownloads]) -> dict[str, int]:
    """How long a page may be kept: only a minute while one of its documents is being made."""
    building = any(row.is_building for one in downloads for row in one.rows)
    return {"keep": 60} if building else {}


def step_of(programme: Programme, slug: str) -> dict[str, Any] | None:
    """The page of one step, or None: its text, its inputs, its results, and what the stages add."""
    steps = list(programme.steps.all())
    step = next((one for one in steps if one.slug == slug), None)
    if step is None:
        return None
    inputs = list(step.inputs.all())
    attach_units([*steps, *inputs])
    shown_steps = show_steps(steps)
    index = steps.index(step)
    return {
        "step": step,
        "shown": shown_steps[index],
        "steps": shown_steps,
        "before": shown_steps[index - 1] if index else None,
        "after": shown_steps[index + 1] if index + 1 < len(steps) else None,
        "inputs": inputs,
        "downloads": _downloads(programme, shown_steps, step),
        "sections": step_sections(step),
    }


def results_beyond_public(user: Any, programme: Programme, slug: str) -> list[DownloadRow]:
    """What a signed-in person may download on a step's page besides what everyone may."""
    if not user.is_authenticated:
        return []
    audiences = [Audience.MEMBERS, *([Audience.COORDINATORS] if is_coordinator(user) else [])]
    return download_rows(
        StepResult.objects.filter(step__programme=programme, step__slug=slug, audience__in=audiences), user=user
    )


def input_of(programme: Programme, step_slug: str, slug: str) -> dict[str, Any] | None:
    """The page of what a zone or an organisation brings to a step, or None."""
    given = (
        StepInput.objects.filter(step__programme=programme, step__slug=step_slug, slug=slug)
        .select_related("step", "zone", "organisation__country__zone")
        .first()
    )
    if given is None:
        return None
    attach_units([given, given.step])
    return {"input": given, "step": given.step, "step_title": shown(given.step, "title")}


def theme_of(programme: Programme, slug: str) -> dict[str, Any] | None:
    """The page of one theme, or None: its text, its resources, and what the stages add."""
    themes = list(programme.themes.all())
    theme = next((one for one in themes if one.slug == slug), None)
    if theme is None:
        return None
    resources = list(theme.resources.select_related("group"))
    attach_units([*themes, *resources])
    return {
        "theme": theme,
        "themes": [(one, shown(one, "title"), one == theme) for one in themes],
        "resources": resources,
        "sections": theme_sections(theme),
    }


def page_of(programme: Programme, slug: str) -> dict[str, Any] | None:
    """A text page and its neighbours in the same section, or None."""
    pages = list(programme.pages.order_by("order", "id"))
    page = next((one for one in pages if one.slug == slug), None)
    if page is None:
        return None
    siblings = [one for one in pages if one.section == page.section]
    attach_units(siblings)
    return {"page": page, "siblings": [(one, shown(one, "title"), one == page) for one in siblings]}


@dataclass(frozen=True)
class LibraryFilter:
    """What somebody looks for: a theme's slug, a kind, a language; empty means any."""

    theme: str = ""
    kind: str = ""
    language: str = ""

    def __bool__(self) -> bool:
        return bool(self.theme or self.kind or self.language)

    def admits(self, resource: Resource) -> bool:
        """An item whose language nobody gave is shown for every language: it may well be in it."""
        return (
            (not self.theme or (resource.theme is not None and resource.theme.slug == self.theme))
            and (not self.kind or resource.kind == self.kind)
            and (not self.language or not resource.languages or self.language in resource.languages)
        )


def library_of(programme: Programme, wanted: LibraryFilter) -> dict[str, Any]:
    """The library, on its shelves, as far as it is what somebody looks for; and the choices of the filter."""
    everything = list(programme.resources.select_related("theme", "group"))
    themes = list(programme.themes.all())
    found = [resource for resource in everything if wanted.admits(resource)]
    attach_units([*everything, *themes, *(one.group for one in everything), *(one.theme for one in everything)])
    shelves: dict[int | None, list[Resource]] = {}
    for resource in sorted(found, key=lambda one: (one.group.order if one.group else 999, one.order, one.pk)):
        shelves.setdefault(resource.group_id, []).append(resource)
    kinds = {resource.kind for resource in everything}
    return {
        "wanted": wanted,
        "total": len(everything),
        "count": len(found),
        "shelves": [(resources[0].group, resources) for resources in shelves.values()],
        "theme_choices": [(theme.slug, shown(theme, "title")) for theme in themes],
        "kind_choices": [(value, label) for value, label in ResourceKind.choices if value in kinds],
        "language_choices": settings.LANGUAGES,
    }


def public_places(programme: Programme) -> list[tuple[str, list[str]]]:
    """Every public page of the programme, as the name of its address and its arguments: for the site map."""
    places: list[tuple[str, list[str]]] = [("programme:home", []), ("programme:resource-list", [])]
    places += [("programme:step-detail", [slug]) for slug in programme.steps.values_list("slug", flat=True)]
    places += [("programme:theme-detail", [slug]) for slug in programme.themes.values_list("slug", flat=True)]
    places += [("programme:page-detail", [slug]) for slug in programme.pages.values_list("slug", flat=True)]
    inputs = StepInput.objects.filter(step__programme=programme).values_list("step__slug", "slug")
    return places + [("programme:input-detail", list(slugs)) for slugs in inputs]
