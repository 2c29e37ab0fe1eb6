"""The form as a workbook: protected but for the cells to fill in, with lists to choose from, and nothing that runs."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from planning_portal.languages.names import language_name
from planning_portal.languages.services import LANGUAGE_CODES
from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Organisation, RiskLevel
from planning_portal.programme.models import Level

from ..models import Consultation
from ..queries import option_label
from .layout import (
    CODES_ROW,
    FIRST_ROW,
    FORM_VERSION,
    HEADS_ROW,
    KEY_CELL,
    LANGUAGE_CELL,
    MOST_ROWS,
    ROWS,
    TICK,
    VERSION_CELL,
    Choices,
    FormKey,
    Question,
    new_key,
    questions,
)  # fmt: skip

PETROL, PAPER, QUIET, LINE = "FF0F5C6E", "FFFBF8F3", "FF4B5A64", "FFDDD6CA"
WIDTHS = {"title": 32, "theme": 26, "level": 18, "situation": 50, "concerned": 40, "change": 45, "together": 45}
GROUP_WIDTH = 14
ROW_HEIGHT = 120
THE_BEGINNING = datetime(2000, 1, 1)


def build_form(
    consultation: Consultation, organisation: Organisation, *, viewer: Viewer, language: str, rows: int = ROWS
) -> tuple[bytes, FormKey]:
    """The form for an organisation in the active language, and its key. ``language`` is what it will be written in.

    The organisation is not named in it where the country is of high risk: a file on a device can be found.
    """
    key = new_key(consultation, organisation)
    form = _Form(consultation, Choices.of(consultation), min(max(rows, 1), MOST_ROWS))
    name = "" if consultation.country.risk_level == RiskLevel.HIGH else name_of(organisation, viewer)
    form.write_head(name, key, language)
    form.write_table()
    return form.saved(), key


class _Form:
    """One workbook being written."""

    def __init__(self, consultation: Consultation, choices: Choices, rows: int):
        self.consultation = consultation
        self.choices = choices
        self.rows = rows
        self.book = Workbook()
        self.sheet: Any = self.book.active
        self.sheet.title = _("Form")[:31]
        self.lists = self.book.create_sheet("lists")
        self.lists.sheet_state = "hidden"

    def put(self, place: str, text: Any, **style: Any) -> Any:
        """Write a text that is a text, whatever it begins with."""
        cell = self.sheet[place]
        cell.value = str(text)
        cell.data_type = "s"
        cell.font = Font(**{"size": 11, **style})
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell

    def input(self, place: str) -> Any:
        cell = self.sheet[place]
        cell.protection = Protection(locked=False)
        cell.number_format = "@"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.fill = PatternFill("solid", fgColor="FFFFFFFF")
        side = Side(style="thin", color=LINE)
        cell.border = Border(left=side, right=side, top=side, bottom=side)
        return cell

    def write_head(self, organisation: str, key: FormKey, language: str) -> None:
        about = " · ".join(part for part in (self.consultation.country.name, organisation) if part)
        self.put("B1", _("Propose priorities without internet"), bold=True, size=16, color=PETROL)
        self.put("B2", about, bold=True)
        self.put(
            "B3",
            _(
                "Fill in one row for each priority. Everything may stay empty for now. When you are online again, "
                "send this file from the page where you fetched it: you see what was read before anything is saved, "
                "and nothing is submitted. You can go on filling in this same file and send it again."
            ),
        )
        for row, label in ((4, _("I am writing in")), (5, _("Version of the form")), (6, _("Key: do not change"))):
            self.put(f"B{row}", label, color=QUIET)
        self.input(LANGUAGE_CELL).value = language_name(language, get_language() or "en")
        self.put(VERSION_CELL, FORM_VERSION, color=QUIET)
        self.put(KEY_CELL, key.signed(), size=8, color=QUIET).alignment = Alignment(wrap_text=False)
        for row in (1, 2, 3):
            self.sheet.merge_cells(f"B{row}:E{row}")
        self.sheet.row_dimensions[1].height = 26
        self.sheet.row_dimensions[3].height = 64
        languages = [language_name(code, get_language() or "en") for code in LANGUAGE_CODES]
        self.validate(self.as_list("A", languages), LANGUAGE_CELL)

    def write_table(self) -> None:
        self.sheet.row_dimensions[CODES_ROW].hidden = True
        self.sheet.row_dimensions[HEADS_ROW].height = 96
        self.sheet.column_dimensions["A"].width = 5
        for number in range(1, self.rows + 1):
            self.put(f"A{FIRST_ROW + number - 1}", number, bold=True, color=PETROL)
            self.sheet.row_dimensions[FIRST_ROW + number - 1].height = ROW_HEIGHT
        column = 2
        for question in questions():
            if question.part == "groups":
                for group in self.choices.groups:
                    name = option_label(group, "name")
                    self.write_column(column, f"group:{group.slug}", question, f"{question.heading}:\n{name}", "")
                    column += 1
            else:
                self.write_column(column, question.part, question, question.heading, question.help_text)
                column += 1
        self.sheet.freeze_panes = f"C{FIRST_ROW}"

    def write_column(self, column: int, code: str, question: Question, heading: str, help_text: str) -> None:
        letter = get_column_letter(column)
        last = FIRST_ROW + self.rows - 1
        self.sheet.column_dimensions[letter].width = WIDTHS.get(question.part, GROUP_WIDTH)
        self.put(f"{letter}{CODES_ROW}", code)
        head = self.put(f"{letter}{HEADS_ROW}", f"{heading}\n{help_text}".strip(), bold=True, color="FFFFFFFF", size=10)
        head.fill = PatternFill("solid", fgColor=PETROL)
        for row in range(FIRST_ROW, last + 1):
            self.input(f"{letter}{row}")
        places = f"{letter}{FIRST_ROW}:{letter}{last}"
        if question.part == "theme":
            self.validate(self.as_list("B", [option_label(theme, "title") for theme in self.choices.themes]), places)
        elif question.part == "level":
            self.validate(self.as_list("C", [str(level.label).capitalize() for level in Level]), places)
        elif question.part == "groups":
            self.validate(f'"{TICK}"', places, _("Choose %(tick)s, or leave the cell empty.") % {"tick": TICK})
        else:
            self.limit(question, places)

    def as_list(self, column: str, words: list[str]) -> str:
        """Put the words of a list on the hidden sheet and return where they stand."""
        for row, word in enumerate(words, start=1):
            cell = self.lists[f"{column}{row}"]
            cell.value = word
            cell.data_type = "s"
        return f"lists!${column}$1:${column}${max(len(words), 1)}"

    def validate(self, formula: str, places: str, message: str = "") -> None:
        rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
        rule.error = (message or _("Choose one of the list."))[:255]
        self.sheet.add_data_validation(rule)
        rule.add(places)

    def limit(self, question: Question, places: str) -> None:
        rule = DataValidation(
            type="textLength", operator="lessThanOrEqual", formula1=str(question.limit), allow_blank=True
        )
        rule.showErrorMessage = rule.showInputMessage = True
        rule.error = (_("At most %(limit)d characters.") % {"limit": question.limit})[:255]
        rule.promptTitle, rule.prompt = question.heading[:32], question.help_text[:255]
        self.sheet.add_data_validation(rule)
        rule.add(places)

    def saved(self) -> bytes:
        """The file, without a name or a moment in it."""
        for sheet in (self.sheet, self.lists):
            sheet.protection.sheet = True
            sheet.protection.formatRows = sheet.protection.formatColumns = False
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = True
        properties = self.book.properties
        properties.creator = properties.lastModifiedBy = None
        properties.title = _("Form")
        properties.created = properties.modified = THE_BEGINNING
        made = io.BytesIO()
        self.book.save(made)
        return made.getvalue()
