"""Priorities as a spreadsheet, as CSV and as JSON: for coordinators, and for companions those of their countries.

Read in portions, so that ten thousand rows cost no more memory than two hundred; names through ``identity`` for who
asks; each text in the language it was written in, and beside it in the reader's where there is one.

No formula ever runs. In the spreadsheet every cell that people wrote is typed as text. In CSV, which has no types,
whatever could be taken for the beginning of a formula gets an apostrophe: at the beginning of a cell, and after
every mark that a spreadsheet set to another language takes for the end of one (comma, semicolon, tab, new line).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import IO, Any

from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from planning_portal.languages.names import language_name
from planning_portal.languages.queries import attach_units, shown
from planning_portal.organisations.identity import name_of, viewer_of
from planning_portal.programme.permissions import companion_country_ids, is_coordinator

from .models import Priority
from .queries import STATE_WORDS, Filters, attach_authors, filtered_priorities, option_label

PORTION = 200
QUERIES_OF_A_PORTION = 7
BYTE_ORDER_MARK = "\ufeff"
FORMULA = re.compile('(^|[,;\t\r\n])([ \u00a0"]*[=+\\-@\uff1d\uff0b\uff0d\uff20])')
# Characters that an XML file cannot hold at all, besides those that openpyxl refuses.
NO_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")
MOST_IN_A_CELL = 32_767


def heads() -> dict[str, str]:
    """The columns: their keys (in JSON) and their heads (in CSV and the spreadsheet) in the reader's language."""
    reader = language_name(get_language() or "en", get_language() or "en")
    texts = {field: capfirst(str(Priority._meta.get_field(field).verbose_name)) for field in Priority.TEXTS}  # type: ignore[union-attr]
    return {
        "country": _("Country"),
        "country_code": _("Country code"),
        "zone": _("Zone code"),
        "place": _("Place in the country's list"),
        "state": _("State"),
        "organisation": _("Organisation"),
        "theme": _("Theme"),
        "level": _("Level"),
        "groups": _("Groups of workers"),
        "submitted": _("Submitted on"),
        "language": _("Written in"),
        **{f"{field}_source": _("%(text)s (as written)") % {"text": text} for field, text in texts.items()},
        "reader_language": _("Translated into"),
        **{
            f"{field}_reader": _("%(text)s (%(language)s)") % {"text": text, "language": reader}
            for field, text in texts.items()
        },
        "translation": _("State of the translation"),
        "reason": _("Reason of the country's meeting"),
        "supported_by": _("Supported by"),
        "named_as_supporters": _("Named as supporters, not confirmed"),
    }


def keys_to_export(user: Any, filters: Filters) -> list[int]:
    """What the list shows under these filters: coordinators all of it, companions the part of their countries."""
    priorities = filtered_priorities(user, filters)
    if not is_coordinator(user):
        priorities = priorities.filter(consultation__country_id__in=companion_country_ids(user))
    return list(priorities.values_list("pk", flat=True))


def rows_of(keys: Sequence[int], user: Any) -> Iterator[dict[str, Any]]:
    """The priorities in the order of ``keys``, a portion at a time, so that no more of them are in memory."""
    for start in range(0, len(keys), PORTION):
        portion = keys[start : start + PORTION]
        found = (
            Priority.objects.with_parts()
            .select_related("country_decision")
            .prefetch_related("groups", "supports__organisation__country__zone")
            .in_bulk(portion)
        )
        lines = [found[key] for key in portion if key in found]
        attach_authors(lines)
        groups = {group for line in lines for group in line.groups.all()}
        decisions = [line.country_decision for line in lines if hasattr(line, "country_decision")]
        attach_units([*lines, *(line.theme for line in lines), *groups, *decisions])
        for line in lines:
            yield _values(line, user)


def _values(line: Priority, user: Any) -> dict[str, Any]:
    viewer, reader = viewer_of(user), get_language() or "en"
    decision = getattr(line, "country_decision", None)
    country = line.consultation.country
    confirmed, named = (
        sorted(name_of(one.organisation, viewer) for one in line.supports.all() if one.is_confirmed is said)
        for said in (True, False)
    )
    kinds = {shown(line, field).kind for field in Priority.TEXTS if getattr(line, f"{field}_{reader}")}
    is_translated = reader != line.source_language and bool(kinds)
    labels = {shown(line, field).label for field in Priority.TEXTS if getattr(line, f"{field}_{reader}")}
    return {
        "country": country.name,
        "country_code": country.iso2,
        "zone": country.zone.code,
        "place": line.position,
        "state": str(STATE_WORDS[line.state]),
        "organisation": ", ".join(dict.fromkeys(name_of(one, viewer) for one in line.authors)),
        "theme": option_label(line.theme, "title") if line.theme else "",
        "level": capfirst(str(line.get_level_display())),
        "groups": ", ".join(option_label(group, "name") for group in line.groups.all()),
        "submitted": line.submitted_at.date().isoformat() if line.submitted_at else "",
        "language": line.source_language,
        **{f"{field}_source": getattr(line, f"{field}_{line.source_language}") or "" for field in Priority.TEXTS},
        "reader_language": reader if is_translated else "",
        **{
            f"{field}_reader": (getattr(line, f"{field}_{reader}") or "") if is_translated else ""
            for field in Priority.TEXTS
        },
        "translation": "; ".join(sorted(filter(None, labels))) if is_translated else "",
        "reason": (getattr(decision, f"reason_{decision.source_language}") or "") if decision else "",
        "supported_by": ", ".join(confirmed),
        "named_as_supporters": ", ".join(named),
    }


# --- CSV -----------------------------------------------------------------------------------------------------


def harmless(value: Any) -> Any:
    """A cell of a CSV file from which no spreadsheet makes a formula; numbers stay numbers."""
    if isinstance(value, str):
        return FORMULA.sub(r"\1'\2", value.replace("\x00", ""))
    return value


def csv_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The file line by line, with the mark that tells Excel the encoding."""
    columns = heads()
    buffer = StringIO()
    writer = csv.writer(buffer)
    yield BYTE_ORDER_MARK
    writer.writerow([harmless(head) for head in columns.values()])
    yield _taken(buffer)
    for row in rows:
        writer.writerow([harmless(row[key]) for key in columns])
        yield _taken(buffer)


def _taken(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


# --- JSON ----------------------------------------------------------------------------------------------------


def json_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """One array, an object a line; texts by their language."""
    yield "[\n"
    for number, row in enumerate(rows):
        yield (",\n" if number else "") + json.dumps(_as_object(row), ensure_ascii=False)
    yield "\n]\n"


def _as_object(row: dict[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in row.items() if not key.endswith(("_source", "_reader"))}
    reader = plain.pop("reader_language")
    texts = {}
    for field in Priority.TEXTS:
        texts[field] = {row["language"]: row[f"{field}_source"]}
        if reader and row[f"{field}_reader"]:
            texts[field][reader] = row[f"{field}_reader"]
    return {**plain, "texts": texts}


# --- Spreadsheet ---------------------------------------------------------------------------------------------


def write_workbook(rows: Iterable[dict[str, Any]], file: IO[bytes]) -> None:
    """Write the spreadsheet into ``file`` row by row: openpyxl keeps one row at a time. Text is typed as text."""
    columns = heads()
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Priorities"))
    sheet.freeze_panes = "B2"
    for number, key in enumerate(columns):
        sheet.column_dimensions[_letter(number)].width = 45 if key.endswith(("_source", "_reader")) else 18
    sheet.append([_cell(sheet, head, bold=True) for head in columns.values()])
    for row in rows:
        sheet.append([_cell(sheet, row[key]) for key in columns])
    book.properties.creator = ""
    book.save(file)


def _letter(number: int) -> str:
    return str(get_column_letter(number + 1))


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)
    text = NO_XML.sub("", ILLEGAL_CHARACTERS_RE.sub("", value))[:MOST_IN_A_CELL]
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if bold:
        cell.font = Font(bold=True)
    return cell
