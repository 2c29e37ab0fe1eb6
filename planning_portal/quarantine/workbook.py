"""The cells of an XLSX, as they were typed: every one with its kind, so that a formula is never taken for a text.

ECMA-376 part 1, chapter 18. Nothing is computed, nothing is fetched, styles are not looked at.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from .archive import unpack
from .kinds import is_archive
from .limits import LAST_COLUMN, LAST_ROW, LONGEST_TEXT, MOST_CELLS
from .markup import Attributes, local, parse
from .refusal import Refusal

REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
WORKBOOK = "xl/workbook.xml"
Cell = tuple[str, str]


def read_workbook(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The sheets of a workbook, in their order, as JSON: ``[{"name", "hidden", "cells": {"B7": [kind, text]}}]``.

    ``kind`` is text, number, boolean, formula or error; empty cells are left out. Raises Refusal.
    """
    if not data:
        raise Refusal("empty")
    if not is_archive(data):
        raise Refusal("kind")
    parts = unpack(data)
    if WORKBOOK not in parts:
        raise Refusal("kind")
    if any("vbaProject" in name or "macrosheets" in name for name in parts):
        raise Refusal("active")
    strings = _shared_strings(parts.get("xl/sharedStrings.xml", b""))
    paths = _relationships(parts.get("xl/_rels/workbook.xml.rels", b""))
    count = [0]
    sheets = []
    for name, is_hidden, relationship in _sheets(parts[WORKBOOK]):
        content = parts.get(paths.get(relationship, ""))
        if content is not None:
            sheets.append({"name": name, "hidden": is_hidden, "cells": _Sheet(strings, count).read(content)})
    if not sheets:
        raise Refusal("broken")
    return {}, json.dumps(sheets).encode()


def _ignore(*_args: Any) -> None:
    pass


def _elements(content: bytes, found: Callable[[str, Attributes], None]) -> None:
    parse(content, start=lambda name, attributes: found(local(name), attributes), end=_ignore, text=_ignore)


def _sheets(content: bytes) -> list[tuple[str, bool, str]]:
    sheets: list[tuple[str, bool, str]] = []

    def found(tag: str, attributes: Attributes) -> None:
        if tag == "sheet":
            relationship = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets.append(
                (attributes.get("name", "")[:31], attributes.get("state", "visible") != "visible", relationship)
            )

    _elements(content, found)
    return sheets


def _relationships(content: bytes) -> dict[str, str]:
    paths: dict[str, str] = {}

    def found(tag: str, attributes: Attributes) -> None:
        target = unquote(attributes.get("Target", ""))
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            paths[attributes.get("Id", "")] = path

    if content:
        _elements(content, found)
    return paths


def _unescaped(text: str) -> str:
    """Signs that XML cannot hold are written as _x000D_; NUL and its like are nothing that a person typed."""
    plain = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    plain = plain.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in plain if sign in "\n\t" or (sign >= " " and not "\ud800" <= sign <= "\udfff"))


def _shared_strings(content: bytes) -> list[str]:
    """The texts that cells refer to; their runs put together, readings of signs (``rPh``) left out."""
    strings: list[str] = []
    state: dict[str, Any] = {"texts": None, "in_text": False, "reading": 0}

    def start(name: str, _attributes: Attributes) -> None:
        tag = local(name)
        if tag == "si":
            state["texts"] = []
        elif tag == "rPh":
            state["reading"] += 1
        elif tag == "t":
            state["in_text"] = not state["reading"]

    def end(name: str) -> None:
        tag = local(name)
        if tag == "si" and state["texts"] is not None:
            strings.append(_unescaped("".join(state["texts"])))
            state["texts"] = None
            if len(strings) > MOST_CELLS:
                raise Refusal("cells")
        elif tag == "rPh":
            state["reading"] -= 1
        elif tag == "t":
            state["in_text"] = False

    def text(data: str) -> None:
        if state["in_text"] and state["texts"] is not None:
            state["texts"].append(data)

    if content:
        parse(content, start=start, end=end, text=text)
    return strings


class _Sheet:
    """Reads one sheet, cell by cell as they come."""

    def __init__(self, strings: list[str], count: list[int]):
        self.strings = strings
        self.count = count
        self.cells: dict[str, Cell] = {}
        self.row = 0
        self.column = 0
        self.attributes: Attributes | None = None
        self.value: list[str] = []
        self.inline: list[str] = []
        self.has_formula = False
        self.into: list[str] | None = None
        self.reading = 0

    def read(self, content: bytes) -> dict[str, Cell]:
        parse(content, start=self._start, end=self._end, text=self._text)
        return self.cells

    def _start(self, name: str, attributes: Attributes) -> None:
        tag = local(name)
        if tag == "row":
            given = attributes.get("r", "")
            self.row = int(given) if given.isdecimal() and len(given) < 8 else self.row + 1
            self.column = 0
        elif tag == "c":
            self.attributes, self.value, self.inline, self.has_formula = attributes, [], [], False
        elif self.attributes is None:
            return
        elif tag == "f":
            self.has_formula = True
        elif tag == "rPh":
            self.reading += 1
        elif tag == "v":
            self.into = self.value
        elif tag == "t" and not self.reading:
            self.into = self.inline

    def _end(self, name: str) -> None:
        tag = local(name)
        if tag in {"v", "t"}:
            self.into = None
        elif tag == "rPh":
            self.reading -= 1
        elif tag == "c" and self.attributes is not None:
            self._keep(self.attributes)
            self.attributes = None

    def _text(self, data: str) -> None:
        if self.into is not None:
            self.into.append(data)

    def _keep(self, attributes: Attributes) -> None:
        place = REFERENCE.fullmatch(attributes.get("r", ""))
        if place is None and attributes.get("r"):
            raise Refusal("broken")
        self.column = _number(place[1]) if place else self.column + 1
        if place:
            self.row = int(place[2])
        cell = self._cell(attributes.get("t", "n"))
        if cell is None:
            return
        self.count[0] += 1
        if self.row > LAST_ROW:
            raise Refusal("rows", limit=LAST_ROW)
        if self.column > LAST_COLUMN or self.count[0] > MOST_CELLS or len(cell[1]) > LONGEST_TEXT:
            raise Refusal("cells")
        self.cells[f"{_letters(self.column)}{self.row}"] = cell

    def _cell(self, kind: str) -> Cell | None:
        value = "".join(self.value)
        if self.has_formula:
            return "formula", ""
        if kind == "s":
            if not value.isdecimal() or int(value) >= len(self.strings):
                raise Refusal("broken")
            return _text_cell(self.strings[int(value)])
        if kind == "inlineStr":
            return _text_cell(_unescaped("".join(self.inline)))
        if kind == "str":
            return _text_cell(_unescaped(value))
        if not value:
            return None
        if kind == "b":
            return "boolean", "1" if value.strip() == "1" else "0"
        if kind == "e":
            return "error", value[:20]
        return "number", _as_typed(value)


def _text_cell(text: str) -> Cell | None:
    return ("text", text) if text.strip() else None


def _as_typed(value: str) -> str:
    """A number as a person sees it: programs write 0.1 as 0.10000000000000001."""
    try:
        number = float(value)
    except ValueError as error:
        raise Refusal("broken") from error
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.15g}"


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
