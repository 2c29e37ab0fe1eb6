"""What a form that was read would change, in words, before anything is saved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import pgettext_lazy

from planning_portal.languages.queries import attach_units
from planning_portal.programme.models import Level

from ..models import OfflineUpload, Priority
from ..parts import plain_parts
from ..queries import option_label
from ..services.offline import CHANGED, CONFLICT, NEW, SAME, SUBMITTED, differences, rows_known
from .layout import Choices
from .words import words_for

ORDER = ("title", "theme", "level", "situation", "groups", "concerned", "change", "together")
SHOWN_ROWS = 25
SHOWN_FAULTS = 50
STATES: dict[str, Any] = {
    NEW: pgettext_lazy("row of a form", "New draft"),
    CHANGED: pgettext_lazy("row of a form", "Changes your draft"),
    SAME: pgettext_lazy("row of a form", "Nothing new"),
    CONFLICT: pgettext_lazy("row of a form", "Changed in the portal too"),
    SUBMITTED: pgettext_lazy("row of a form", "Already submitted"),
}
BADGES = {NEW: "now", CHANGED: "waiting", SAME: "quiet", CONFLICT: "stop", SUBMITTED: "done"}


@dataclass(frozen=True)
class ShownPart:
    """A part that the form holds: before (in the portal) and after, and whether both were changed."""

    label: Any
    before: str
    after: str
    is_clash: bool = False


@dataclass
class ShownRow:
    """A row of the form as the preview shows it."""

    number: int
    state: str
    title: str
    language: str
    parts: list[ShownPart] = field(default_factory=list)
    priority: Priority | None = None

    @property
    def words(self) -> Any:
        return STATES[self.state]

    @property
    def badge(self) -> str:
        return BADGES[self.state]


@dataclass
class Preview:
    """The whole preview: at most ``SHOWN_ROWS`` rows in full, and how many of each kind there are in all."""

    rows: list[ShownRow]
    counts: Counter[str]
    faults: list[dict[str, str]]
    hidden_rows: int = 0
    hidden_faults: int = 0

    @property
    def can_save(self) -> bool:
        return bool(self.counts[NEW] + self.counts[CHANGED] + self.counts[CONFLICT])


def preview_of(upload: OfflineUpload, *, by: Any) -> Preview:
    """What saving would do now: a fixed number of queries, whatever the number of rows. What needs a choice comes
    first, what is the same last."""
    choices = Choices.of(upload.consultation)
    attach_units([*choices.themes, *choices.groups])
    known = rows_known(upload.form_key)
    rows = [_row(line, known.get(line["number"]), upload, choices, by) for line in upload.rows]
    rows.sort(key=lambda row: ((CONFLICT, SUBMITTED, CHANGED, NEW, SAME).index(row.state), row.number))
    faults = [
        {
            "place": " ".join((fault["sheet"], fault["cell"])).strip(),
            "words": words_for(fault["code"], fault["details"]),
        }
        for fault in upload.faults
    ]
    return Preview(
        rows[:SHOWN_ROWS],
        Counter(row.state for row in rows),
        faults[:SHOWN_FAULTS],
        max(len(rows) - SHOWN_ROWS, 0),
        max(len(faults) - SHOWN_FAULTS, 0),
    )


def _row(line: dict[str, Any], row: Any, upload: OfflineUpload, choices: Choices, by: Any) -> ShownRow:
    parts = line["parts"]
    if row is None:
        shown = ShownRow(line["number"], NEW, parts.get("title", ""), upload.language)
        shown.parts = [ShownPart(_label(p), "", _words(p, parts[p], choices)) for p in ORDER if p in parts]
        return shown
    changed, clashing = differences(row, parts, by=by)
    before = plain_parts(row.priority, changed)
    if not changed:
        state = SAME
    elif not row.priority.is_draft:
        state = SUBMITTED
    else:
        state = CONFLICT if clashing else CHANGED
    title = plain_parts(row.priority, ["title"])["title"] or parts.get("title", "")
    shown = ShownRow(line["number"], state, title, row.priority.source_language, priority=row.priority)
    shown.parts = [
        ShownPart(_label(p), _words(p, before[p], choices), _words(p, changed[p], choices), p in clashing)
        for p in ORDER
        if p in changed
    ]
    return shown


def _label(part: str) -> Any:
    return Priority._meta.get_field(part).verbose_name  # type: ignore[union-attr]


def _words(part: str, value: Any, choices: Choices) -> str:
    if not value:
        return ""
    if part == "theme":
        return next((option_label(theme, "title") for theme in choices.themes if theme.pk == value), "")
    if part == "level":
        return str(Level(value).label)
    if part == "groups":
        return ", ".join(option_label(group, "name") for group in choices.groups if group.pk in value)
    return str(value)
