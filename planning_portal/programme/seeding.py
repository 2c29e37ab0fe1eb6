"""Loading a programme from its data files: what is missing is added, what is there is left alone.

Coordinators edit the texts afterwards, so a later run must not undo their work; ``update=True`` (``--update``) does
bring every row back in line with the files. All in one transaction, with a fixed number of queries for each model.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F

from planning_portal.languages.models import Multilingual, TranslationState, TranslationUnit
from planning_portal.languages.services import sync_units
from planning_portal.organisations.models import DEFAULT_IDENTITY, Country, Organisation, RiskLevel, Zone

from .models import (
    Page,
    Programme,
    Resource,
    ResourceGroup,
    Step,
    StepInput,
    Theme,
    WorkerGroup,
)
from .services import touch

DATA = Path(__file__).parent / "data"
SOURCE = "en"
CODES = [code for code, _name in settings.LANGUAGES]
# Chosen for people's safety, or by a coordinator: never set back by a file.
ONLY_WHEN_ADDED = {"identity", "risk_level", "is_current"}

M = TypeVar("M", bound=models.Model)
Row = dict[str, Any]


@dataclass
class Seeded:
    """How many rows were added, and how many that were there were changed."""

    added: int = 0
    changed: int = 0


@transaction.atomic
def seed_programme(folder: Path, *, update: bool = False) -> Seeded:
    """Load the programme in ``folder`` (see the README beside the data for what each file holds)."""
    done = Seeded()
    _Seeding(folder, update, done).run()
    return done


def _texts(entry: Row, *fields: str) -> Row:
    """``title = {en = …, fr = …}`` of a file as the columns ``title_en`` and so on."""
    return {f"{field}_{code}": entry[field][code].strip() for field in fields if field in entry for code in CODES}


class _Seeding:
    def __init__(self, folder: Path, update: bool, done: Seeded):
        self.folder = folder
        self.update = update
        self.done = done

    def run(self) -> None:
        zones = self._zones()
        countries = self._countries(zones)
        organisations = self._organisations(countries)
        programme = self._programme()
        themes = self._of_programme(Theme, "themes.toml", "theme", programme, ("title", "summary", "body"))
        groups = self._of_programme(ResourceGroup, "groups.toml", "group", programme, ("title",))
        self._of_programme(Page, "pages.toml", "page", programme, ("title", "summary", "body"), ("section",))
        self._resources(programme, themes, groups)
        self._steps(programme, zones, organisations)
        self._bring(WorkerGroup, self._rows("worker_groups.toml", "group", ("name",)), ("slug",))
        if self.done.added or self.done.changed:
            touch(programme)

    def _read(self, name: str) -> Row:
        with (self.folder / name).open("rb") as file:
            return tomllib.load(file)

    def _rows(self, name: str, table: str, texts: Iterable[str], columns: Iterable[str] = ()) -> list[Row]:
        """The entries of a file as rows: slug, order, ``columns`` as they stand, ``texts`` in every language."""
        return [
            {
                "slug": entry["slug"],
                "order": entry["order"],
                "source_language": SOURCE,
                **{column: entry[column] for column in columns},
                **_texts(entry, *texts),
            }
            for entry in self._read(name)[table]
        ]

    def _bring(self, model: type[M], rows: list[Row], key: tuple[str, ...]) -> dict[Any, M]:
        """Add the rows that are missing (and with ``update`` mend those that differ); return all by slug or key."""
        known = {tuple(getattr(one, part) for part in key): one for one in model._default_manager.all()}
        added: list[M] = []
        changed: list[M] = []
        found: dict[Any, M] = {}
        mended = [name for name in rows[0] if name not in key and name not in ONLY_WHEN_ADDED]
        for row in rows:
            one = known.get(tuple(row[part] for part in key))
            if one is None:
                one = model(**row)
                added.append(one)
            elif self.update and any(getattr(one, name) != row[name] for name in mended):
                for name in mended:
                    setattr(one, name, row[name])
                changed.append(one)
            found[row[key[-1]]] = one
        if added:
            model._default_manager.bulk_create(added)
        if changed:
            model._default_manager.bulk_update(changed, mended)
        if issubclass(model, Multilingual):
            _record_languages(added + changed)
        self.done.added += len(added)
        self.done.changed += len(changed)
        return found

    def _zones(self) -> dict[Any, Zone]:
        rows = [
            {"slug": zone["slug"], "code": zone["code"], "order": zone["order"], **_texts(zone, "name")}
            for zone in self._read("zones.toml")["zone"]
        ]
        return self._bring(Zone, rows, ("slug",))

    def _countries(self, zones: dict[Any, Zone]) -> dict[Any, Country]:
        time_zones = self._read("time_zones.toml")
        with (self.folder / "countries.csv").open(encoding="utf-8", newline="") as file:
            rows = [
                {
                    "iso2": line["iso2"],
                    "iso3": line["iso3"],
                    "zone": zones[line["zone"]],
                    "working_language": line["working_language"],
                    "time_zone": time_zones[line["iso2"]],
                    "risk_level": line["risk_level"],
                    "tile_row": int(line["tile_row"]),
                    "tile_column": int(line["tile_column"]),
                }
                for line in csv.DictReader(file)
            ]
        return self._bring(Country, rows, ("iso2",))

    def _organisations(self, countries: dict[Any, Country]) -> dict[Any, Organisation]:
        rows = [
            {
                "slug": entry["slug"],
                "name": entry["name"],
                "acronym": entry["acronym"],
                "kind": entry["kind"],
                "country": countries[entry["country"]],
                "identity": DEFAULT_IDENTITY[RiskLevel(countries[entry["country"]].risk_level)],
                "is_lead": entry["lead"],
            }
            for entry in self._read("organisations.toml")["organisation"]
        ]
        return self._bring(Organisation, rows, ("slug",))

    def _programme(self) -> Programme:
        entry = self._read("programme.toml")
        texts = ("title", "tagline", "purpose", "body", "target_group_title", "target_group")
        row: Row = {
            "slug": entry["slug"],
            "code": entry["code"],
            "starts": entry["starts"],
            "ends": entry["ends"],
            "currency": entry["currency"],
            "source_language": SOURCE,
            **_texts(entry, *texts),
        }
        if not Programme.objects.filter(is_current=True).exists():
            row["is_current"] = True
        return self._bring(Programme, [row], ("slug",))[entry["slug"]]

    def _of_programme(
        self,
        model: type[M],
        name: str,
        table: str,
        programme: Programme,
        texts: Iterable[str],
        columns: Iterable[str] = (),
    ) -> dict[Any, M]:
        rows = [{"programme": programme, **row} for row in self._rows(name, table, texts, columns)]
        return self._bring(model, rows, ("programme", "slug"))

    def _resources(self, programme: Programme, themes: dict[Any, Theme], groups: dict[Any, ResourceGroup]) -> None:
        rows = []
        entries = self._read("resources.toml")["resource"]
        for row, entry in zip(self._rows("resources.toml", "resource", ("title", "description")), entries, strict=True):
            rows.append(
                {
                    "programme": programme,
                    **row,
                    "kind": entry["kind"],
                    "theme": themes.get(entry.get("theme", "")),
                    "group": groups.get(entry.get("group", "")),
                    "languages": entry.get("languages", []),
                    "publisher": entry.get("publisher", ""),
                    "year": entry.get("year"),
                    "url": entry.get("url", ""),
                }
            )
        self._bring(Resource, rows, ("programme", "slug"))

    def _steps(self, programme: Programme, zones: dict[Any, Zone], organisations: dict[Any, Organisation]) -> None:
        entries = self._read("steps.toml")["step"]
        rows = [
            {
                "programme": programme,
                **row,
                "kind": entry["kind"],
                "starts": entry.get("starts"),
                "ends": entry.get("ends"),
            }
            for row, entry in zip(self._rows("steps.toml", "step", ("title", "summary", "body")), entries, strict=True)
        ]
        steps = self._bring(Step, rows, ("programme", "slug"))
        inputs = [
            {
                "step": steps[entry["slug"]],
                "slug": given["slug"],
                "order": given["order"],
                "source_language": SOURCE,
                "zone": zones.get(given.get("zone", "")),
                "organisation": organisations.get(given.get("organisation", "")),
                **_texts(given, "title", "body"),
            }
            for entry in entries
            for given in entry.get("input", [])
        ]
        self._bring(StepInput, inputs, ("step", "slug"))


def _record_languages(objects: list[Any]) -> None:
    """Every language of the files was reviewed, and was written together with its source: done, and not stale."""
    if not objects:
        return
    sync_units(objects, imported_state=TranslationState.DONE)
    content_type = ContentType.objects.get_for_model(type(objects[0]))
    TranslationUnit.objects.filter(content_type=content_type, object_id__in=[one.pk for one in objects]).exclude(
        state=TranslationState.MISSING
    ).update(state=TranslationState.DONE, translated_hash=F("source_hash"))
