"""Where a later stage adds to the public pages, without being imported by them.

Everything told here is shown to *everyone* and kept in a cache for all: a provider gives only what the public may
read, costs a fixed number of queries, and its stage calls ``services.touch`` when what it tells has changed.
Register in ``AppConfig.ready``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .models import Programme, Step, Theme


@dataclass(frozen=True)
class Figure:
    """A number of the home page ("187 priorities"). ``label`` is the noun alone, in the right number."""

    key: str
    label: str
    value: int


@dataclass(frozen=True)
class Tile:
    """How far a country is: ``state`` is "done", "now" or "to_come", ``label`` says it in words.

    Never a number of organisations: a tally of fewer than three names them (DESIGN section 7).
    """

    state: str
    label: str


@dataclass(frozen=True)
class PublicItem:
    """One line of a section: people's words (``languages.ShownText``) or words, where it leads, and a note.

    ``code`` stands before the title; ``text`` (a ``ShownText``) is read on the page itself, when it is opened.
    """

    title: Any
    url: str = ""
    note: str = ""
    code: str = ""
    text: Any = None


@dataclass(frozen=True)
class PublicSection:
    """A part of the page of a step or a theme."""

    title: str
    items: list[PublicItem] = field(default_factory=list)
    text: str = ""
    more_url: str = ""
    more_label: str = ""


FigureProvider = Callable[[Programme], Iterable[Figure]]
TileProvider = Callable[[Programme], Mapping[int, Tile]]
StepSectionProvider = Callable[[Step], Iterable[PublicSection]]
ThemeSectionProvider = Callable[[Theme], Iterable[PublicSection]]

_figures: list[FigureProvider] = []
_tiles: list[TileProvider] = []
_step_sections: list[StepSectionProvider] = []
_theme_sections: list[ThemeSectionProvider] = []


def register_figures(provider: FigureProvider) -> None:
    """Have ``provider(programme)`` add numbers to the home page."""
    if provider not in _figures:
        _figures.append(provider)


def figures_of(programme: Programme) -> list[Figure]:
    return [figure for provider in _figures for figure in provider(programme)]


def register_tiles(provider: TileProvider) -> None:
    """Have ``provider(programme)`` tell how far each country is, by country id; the last stage to speak wins."""
    if provider not in _tiles:
        _tiles.append(provider)


def tiles_of(programme: Programme) -> dict[int, Tile]:
    tiles: dict[int, Tile] = {}
    for provider in _tiles:
        tiles.update(provider(programme))
    return tiles


def register_step_sections(provider: StepSectionProvider) -> None:
    """Have ``provider(step)`` add sections to the public page of a step."""
    if provider not in _step_sections:
        _step_sections.append(provider)


def step_sections(step: Step) -> list[PublicSection]:
    return [section for provider in _step_sections for section in provider(step)]


def register_theme_sections(provider: ThemeSectionProvider) -> None:
    """Have ``provider(theme)`` add sections to the public page of a theme."""
    if provider not in _theme_sections:
        _theme_sections.append(provider)


def theme_sections(theme: Theme) -> list[PublicSection]:
    return [section for provider in _theme_sections for section in provider(theme)]
