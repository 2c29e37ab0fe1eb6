"""A filled form, cell by cell: what can be saved, and what is wrong with what cannot. Nothing here writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..limits import LIMITS
from .layout import (
    CODES_ROW,
    FIRST_ROW,
    FORM_VERSION,
    HEADS_ROW,
    KEY_CELL,
    LANGUAGE_CELL,
    MOST_ROWS,
    TEXTS,
    TICK,
    VERSION_CELL,
    Choices,
    FormKey,
    folded,
)  # fmt: skip

PLACE = re.compile(r"([A-Z]+)([0-9]+)")
NEEDED = {*TEXTS, "theme", "level"}
TICKS = {TICK, "1", "yes", "oui", "sí", "si", "ja", "✓", "✔", "true"}
SHOWN = 60
"""Signs of a cell that are quoted when it is wrong."""
Cells = Mapping[str, tuple[str, str]]


class FormRefused(Exception):
    """This is no form that can be read here. ``code`` has words in ``words.py``."""

    def __init__(self, code: str, **details: Any):
        self.code = code
        self.details = details
        super().__init__(code)


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell: a code with words in ``words.py``, and what fills them."""

    sheet: str
    cell: str
    code: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass
class FilledRow:
    """One priority of the form. ``parts`` holds what was filled in, in the shape of ``parts.plain_part``."""

    number: int
    parts: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


@dataclass
class FilledForm:
    """A whole form. ``faults`` are those that belong to no row."""

    key: FormKey
    language: str = ""
    rows: list[FilledRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def all_faults(self) -> list[Fault]:
        return [*self.faults, *(fault for row in self.rows for fault in row.faults)]


def find_form(sheets: list[dict[str, Any]]) -> tuple[dict[str, Any], FormKey]:
    """The sheet that holds a key of ours. Raises FormRefused when there is none, or it is of another version."""
    for sheet in sheets:
        kind, text = sheet["cells"].get(KEY_CELL, ("", ""))
        if kind == "text" and (key := FormKey.read(text)):
            _kind, version = sheet["cells"].get(VERSION_CELL, ("", ""))
            if key.version != FORM_VERSION or version.strip() != str(FORM_VERSION):
                raise FormRefused("version", theirs=version[:20] or str(key.version), ours=FORM_VERSION)
            return sheet, key
    raise FormRefused("no_key")


def read_form(sheets: list[dict[str, Any]], choices: Choices) -> FilledForm:
    """The form in these sheets (``quarantine.workbook``), in which rows without a word are left out.

    Raises FormRefused when it is none, or its columns cannot be told any more.
    """
    sheet, key = find_form(sheets)
    cells: Cells = sheet["cells"]
    columns = _columns(cells, choices)
    form = FilledForm(key)
    form.language = _language(form, sheet["name"], cells, choices)
    by_row: dict[int, dict[str, tuple[str, str]]] = {}
    for place, cell in cells.items():
        found = PLACE.fullmatch(place)
        if found and int(found[2]) > HEADS_ROW:
            by_row.setdefault(int(found[2]), {})[found[1]] = cell
    reader = _Rows(sheet["name"], columns, choices)
    for row in sorted(by_row):
        reader.read(form, row, by_row[row])
    for other in sheets:
        if other is not sheet and not other["hidden"] and other["cells"]:
            form.faults.append(Fault(other["name"], "", "sheet"))
    if not form.rows and not form.faults:
        raise FormRefused("nothing")
    return form


def _columns(cells: Cells, choices: Choices) -> dict[str, str]:
    """Which column asks for what: the hidden row says it, so that a form outlives a new group of workers."""
    known = NEEDED | {f"group:{group.slug}" for group in choices.groups}
    columns: dict[str, str] = {}
    for place, (_kind, text) in cells.items():
        found = PLACE.fullmatch(place)
        if found and int(found[2]) == CODES_ROW and (text in known or text.startswith("group:")):
            if text in columns.values():
                raise FormRefused("columns")
            columns[found[1]] = text
    if not set(columns.values()) >= NEEDED or "A" in columns:
        raise FormRefused("columns")
    return columns


def _language(form: FilledForm, sheet: str, cells: Cells, choices: Choices) -> str:
    kind, text = cells.get(LANGUAGE_CELL, ("", ""))
    if not text:
        return ""
    language = choices.language_words.get(folded(text), "") if kind == "text" else ""
    if not language:
        form.faults.append(Fault(sheet, LANGUAGE_CELL, "language", {"value": text[:SHOWN]}))
    return language


class _Rows:
    """Reads rows one after the other."""

    def __init__(self, sheet: str, columns: dict[str, str], choices: Choices):
        self.sheet = sheet
        self.columns = columns
        self.choices = choices
        self.groups = {group.slug: group.pk for group in choices.groups}
        self.seen: set[int] = set()

    def read(self, form: FilledForm, row: int, cells: dict[str, tuple[str, str]]) -> None:
        filled = {letter: cell for letter, cell in cells.items() if letter != "A"}
        if not filled:
            return
        number = self.number(cells.get("A", ("", "")))
        if not number or row < FIRST_ROW:
            form.faults.append(Fault(self.sheet, f"A{row}", "number"))
            return
        if number in self.seen:
            form.faults.append(Fault(self.sheet, f"A{row}", "twice", {"number": number}))
            return
        self.seen.add(number)
        line = FilledRow(number)
        for letter, (kind, text) in sorted(filled.items(), key=lambda item: (len(item[0]), item[0])):
            self.read_cell(line, f"{letter}{row}", self.columns.get(letter, ""), kind, text)
        if "groups" in line.parts:
            line.parts["groups"].sort()
        if line.parts or line.faults:
            form.rows.append(line)

    @staticmethod
    def number(cell: tuple[str, str]) -> int:
        text = cell[1].strip()
        known = cell[0] in {"text", "number"} and text.isdecimal() and len(text) < 5
        return int(text) if known and 1 <= int(text) <= MOST_ROWS else 0

    def read_cell(self, line: FilledRow, place: str, part: str, kind: str, text: str) -> None:
        def fault(code: str, **details: Any) -> None:
            line.faults.append(Fault(self.sheet, place, code, details))

        text = text.strip()
        if kind in {"formula", "error"}:
            fault("formula")
        elif not part:
            fault("outside")
        elif part in TEXTS:
            excess = len(text) - LIMITS[part]
            if excess > 0:
                fault("long", excess=excess, limit=LIMITS[part])
            else:
                line.parts[part] = " ".join(text.split()) if part == "title" else text
        elif part == "theme":
            self.choose(line, part, self.choices.theme_words.get(folded(text)), text, fault)
        elif part == "level":
            self.choose(line, part, self.choices.level_words.get(folded(text)), text, fault)
        elif (slug := part.removeprefix("group:")) not in self.groups:
            fault("gone")
        elif folded(text) not in TICKS:
            fault("tick", value=text[:SHOWN])
        else:
            line.parts.setdefault("groups", []).append(self.groups[slug])

    @staticmethod
    def choose(line: FilledRow, part: str, chosen: Any, text: str, fault: Any) -> None:
        if chosen is None:
            fault("choice", value=text[:SHOWN])
        else:
            line.parts[part] = chosen
