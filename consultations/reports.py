"""The summary of a country as plain data, from what the closing of its consultation froze.

Built under the document's own language, for one of three audiences (``permissions`` says the same of the pages):

- the country's own circle: everything, with names, the reasons for what was set aside, and the minutes;
- members: the context (unless the country is at high risk), who was there as far as it may be told, the agreed list;
- everyone: the agreed list.

The names of organisations, and whether the country is at high risk, are looked up when a document is made.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext

from planning_portal.documents.models import Audience, RenderedDocument
from planning_portal.documents.registry import SubjectNotReady
from planning_portal.documents.report import Column, Table, hash_of
from planning_portal.languages.frozen import shown_text
from planning_portal.languages.names import country_name
from planning_portal.languages.queries import ShownText, shown
from planning_portal.organisations.identity import name_of, viewer_for
from planning_portal.organisations.models import Organisation, RiskLevel
from planning_portal.programme.models import Level
from planning_portal.web.charts import Column as MatrixColumn
from planning_portal.web.charts import matrix
from planning_portal.web.formatting import format_days, format_number, format_words

from .attendance import Attendance, attendance_for_insiders, attendance_for_members
from .models import CivicSpace, Consultation, ConsultationState, CountrySummary, Participation
from .services.summary import audiences_of

HIDDEN = "·"
# The essentials list so many priorities: with the figures and the picture they fill two pages and no more.
ESSENTIAL = 18
CONTEXT = ("context", "civic_space_note", "lessons", "closing_note")


def title_of(consultation: Consultation, language: str) -> str:
    """What the document is called: on its cover, in its properties, in lists of downloads."""
    return _("What %(country)s proposes") % {"country": country_name(consultation.country.iso2, language)}


def file_name_of(consultation: Consultation, language: str, version: str) -> str:
    """Of a country at high risk the name of the file does not tell which it is."""
    country = consultation.country
    code = "country" if country.risk_level == RiskLevel.HIGH else f"country-{country.iso2.lower()}"
    return f"{code}-v{version}_{language}.pdf"


def url_of(consultation: Consultation) -> str:
    return reverse("consultations:consultation-close", args=[consultation.public_id])


def is_present_version(consultation: Consultation, version: str) -> bool:
    """Only the present version is made again, and none while the consultation goes on."""
    present = CountrySummary.objects.filter(consultation=consultation, frozen__isnull=False)
    return str(present.values_list("version", flat=True).first()) == version


def may_be_for(consultation: Consultation, audience: str) -> bool:
    """Of a country at high risk nothing is made for everyone."""
    return audience in audiences_of(consultation)


def can_read(user: Any, document: RenderedDocument) -> bool:
    """Each edition is for those who may read the same on the pages, and only while its version stands."""
    consultation = (
        Consultation.objects.filter(pk=document.object_id, state=ConsultationState.CLOSED)
        .select_related("country", "step", "summary")
        .first()
    )
    summary = getattr(consultation, "summary", None)
    if consultation is None or summary is None or str(summary.version) != document.version:
        return False
    if document.audience == Audience.COUNTRY:
        return bool(user.is_authenticated and user.has_perm("consultations.view_country_level", consultation))
    if document.audience == Audience.MEMBERS or user.is_authenticated:
        return bool(user.is_authenticated and user.has_perm("consultations.view_consultation", consultation))
    return Consultation.objects.public().filter(pk=consultation.pk).exists()


def summary_report(consultation: Consultation, language: str, audience: str) -> dict[str, Any]:
    """Everything the template needs. Raises SubjectNotReady while the consultation goes on."""
    summary = CountrySummary.objects.filter(consultation=consultation).first()
    if summary is None or not summary.frozen:
        raise SubjectNotReady("Only a closed consultation has a summary.")
    if not may_be_for(consultation, audience):
        raise SubjectNotReady("This country's summary is not made for these readers.")
    return Summary(consultation, summary.frozen, language, audience).report()


@dataclass
class Summary:
    """One summary under construction."""

    consultation: Consultation
    frozen: dict[str, Any]
    language: str
    audience: str

    def __post_init__(self) -> None:
        self.country = self.consultation.country
        self.is_inside = self.audience in {Audience.COUNTRY, Audience.COORDINATORS}
        self.is_public = self.audience == Audience.PUBLIC
        self.viewer = viewer_for(self.audience)
        self.themes = {theme["id"]: self._text(theme["title"]) for theme in self.frozen["themes"]}
        self.groups = {group["id"]: self._text(group["name"]) for group in self.frozen["groups"]}
        entries = [*self.frozen["agreed"], *self.frozen["set_aside"]]
        wanted = {row[0] for row in self.frozen["attendance"]}
        wanted |= {pk for entry in entries for pk in entry["organisations"]}
        wanted |= {support["organisation"] for entry in entries for support in entry["supports"]}
        self.organisations = Organisation.objects.select_related("country__zone").in_bulk(wanted)

    def report(self) -> dict[str, Any]:
        programme = self.consultation.step.programme
        attendance = None if self.is_public else self._attendance()
        return {
            "programme": str(shown(programme, "title", self.language)),
            "what": _("Summary of a country's consultation"),
            "subtitle": str(self.country.zone),
            "who": self._who(attendance),
            "when": self._when(),
            "frozen_at": datetime.fromisoformat(self.frozen["frozen_at"]),
            "content_hash": hash_of(self.frozen),
            "figures": self._figures(attendance),
            "essential": [self._essential(one) for one in self.frozen["agreed"][:ESSENTIAL]],
            "more": max(0, len(self.frozen["agreed"]) - ESSENTIAL),
            "matrix": self._matrix(),
            "concerned": self._concerned(),
            "chapters": self._chapters(),
            "context": self._context(),
            "attendance": attendance and self._attendance_part(attendance),
            "agreed": [self._priority(one) for one in self.frozen["agreed"]],
            "set_aside": [self._priority(one) for one in self.frozen["set_aside"]] if self.is_inside else [],
            "minutes": self._text(self.frozen["minutes"]) if self.is_inside else None,
        }

    def _chapters(self) -> dict[str, int]:
        """The numbers of the chapters that there are: what was frozen decides, so all languages count alike."""
        there = {
            "context": bool(self._context()),
            "attendance": not self.is_public,
            "agreed": True,
            "set_aside": self.is_inside and bool(self.frozen["set_aside"]),
            "minutes": self.is_inside and bool(self._text(self.frozen["minutes"])),
        }
        return {name: number for number, name in enumerate((name for name in there if there[name]), start=1)}

    # --- The cover and the essentials ---

    def _when(self) -> str:
        """The days of the meeting by its own clock."""
        clock = ZoneInfo(self.frozen["time_zone"])
        days = [
            datetime.fromisoformat(self.frozen[name]).astimezone(clock).date() if self.frozen[name] else None
            for name in ("starts_at", "ends_at")
        ]
        return format_days(days[0], days[1])

    def _who(self, attendance: Attendance | None) -> str:
        if attendance is None or not attendance.organisations:
            return ""
        return ngettext("%(count)s organisation", "%(count)s organisations", attendance.organisations) % {
            "count": format_number(attendance.organisations)
        }

    def _figures(self, attendance: Attendance | None) -> list[tuple[str, str]]:
        agreed, aside = self.frozen["agreed"], self.frozen["set_aside"]
        themes = len({one["theme"] for one in agreed})
        figures: list[tuple[int | None, str]] = [
            (len(agreed), ngettext("agreed priority", "agreed priorities", len(agreed))),
            (themes, npgettext("number of", "theme", "themes", themes)),
        ]
        if self.is_inside:
            proposed = len(agreed) + len(aside)
            figures.insert(0, (proposed, ngettext("proposed priority", "proposed priorities", proposed)))
        if attendance is not None:
            present, people = attendance.organisations, attendance.people
            figures += [
                (present, ngettext("organisation was there", "organisations were there", present or 0)),
                (people, ngettext("person took part", "people took part", people or 0)),
            ]
        return [(number(value), words) for value, words in figures]

    def _essential(self, one: dict[str, Any]) -> dict[str, Any]:
        return {
            "position": one["position"],
            "title": self._text(one["title"]),
            "theme": self._plain(self.themes.get(one["theme"])),
            "level": capfirst(str(Level(one["level"]).label)) if one["level"] else "",
        }

    def _matrix(self) -> dict[str, Any]:
        """Themes by levels: how many of the agreed priorities, as picture and table."""
        counts = Counter((one["theme"], one["level"]) for one in self.frozen["agreed"])
        themes = [pk for pk in self.themes if any((pk, level) in counts for level in Level.values)]
        if not themes:
            return {}
        caption = _("What the agreed priorities are about, and where they ask for an answer")
        levels = [(level.value, capfirst(str(level.label))) for level in Level]
        picture = matrix(
            [self.themes[pk].text for pk in themes],
            [MatrixColumn(label) for _level, label in levels],
            [[counts[pk, level] for level, _label in levels] for pk in themes],
            title=caption,
            target="print",
        )
        rows = [
            [
                self._plain(self.themes[pk]),
                *(format_number(counts[pk, level]) for level, _label in levels),
                format_number(sum(counts[pk, level] for level, _label in levels)),
            ]
            for pk in themes
        ]
        totals = [sum(counts[pk, level] for pk in themes) for level, _label in levels]
        table = Table(
            caption,
            [
                Column(_("Theme"), width=40),
                *(Column(label, numeric=True, width=15) for _level, label in levels),
                Column(_("All"), numeric=True, width=15),
            ],
            rows,
            totals=[_("All"), *map(format_number, totals), format_number(sum(totals))],
        )
        return {"picture": picture, "table": table, "caption": caption}

    def _concerned(self) -> Table | None:
        """How many of the agreed priorities concern each group of workers."""
        counts = Counter(group for one in self.frozen["agreed"] for group in one["groups"])
        rows = [[self._plain(name), format_number(counts[pk])] for pk, name in self.groups.items() if counts[pk]]
        columns = [Column(_("Group of workers"), width=80), Column(_("Priorities"), numeric=True, width=20)]
        return Table(_("Whom the agreed priorities concern"), columns, rows) if rows else None

    # --- The chapters ---

    def _context(self) -> dict[str, Any]:
        """The texts about the country, where ``consultations.view_context`` allows them on the page; {} otherwise."""
        if self.is_public or (not self.is_inside and self.country.risk_level == RiskLevel.HIGH):
            return {}
        parts: dict[str, Any] = {name: self._text(self.frozen[name]) for name in CONTEXT}
        word = self.frozen["civic_space"]
        parts["civic_space"] = capfirst(str(CivicSpace(word).label)) if word else ""
        return parts if any(parts.values()) else {}

    def _attendance(self) -> Attendance:
        rows = [
            Participation(organisation=self.organisations[pk], is_present=there, women=w, men=m, other=o, under_35=u)
            for pk, there, w, m, o, u in self.frozen["attendance"]
            if pk in self.organisations
        ]
        if self.is_inside:
            return attendance_for_insiders(rows, self.viewer)
        return attendance_for_members(rows, self.viewer, self.country.minimum_cell)

    def _attendance_part(self, attendance: Attendance) -> dict[str, Any]:
        caption, people = _("Who was there"), pgettext("people", "Other")
        heads = [_("Women"), _("Men"), people, _("Under 35")]
        numbers = ("women", "men", "other", "under_35")
        table = None
        if attendance.lines:
            table = Table(
                caption,
                [Column(_("Organisation"), width=60), *(Column(head, numeric=True, width=10) for head in heads)],
                [[line.name, *(format_number(getattr(line.row, one)) for one in numbers)] for line in attendance.lines],
                totals=[_("All"), *(format_number(getattr(attendance, one)) for one in numbers)],
            )
        elif attendance.people is not None:
            cells = [number(getattr(attendance, one)) for one in numbers]
            table = Table(
                _("How many people took part"),
                [*(Column(head, numeric=True, width=20) for head in heads), Column(_("All"), numeric=True, width=20)],
                [[*cells, number(attendance.people)]],
                row_heads=False,
            )
        return {
            "names": [] if attendance.lines else attendance.names,
            "unnamed": attendance.unnamed,
            "absent": format_words(attendance.absent) if attendance.absent else "",
            "table": table,
            "minimum": self.country.minimum_cell,
            "hides": not self.is_inside,
        }

    def _priority(self, one: dict[str, Any]) -> dict[str, Any]:
        return {
            "code": str(one["position"] or ""),
            "position": one["position"],
            "title": self._text(one["title"]),
            "facts": self._facts(one),
            "groups": [self.groups[pk] for pk in one["groups"] if pk in self.groups],
            **{name: self._text(one[name]) for name in ("situation", "concerned", "change", "together")},
            "reason": self._text(one["reason"]) if self.is_inside else None,
            "supports": self._supports(one),
        }

    def _facts(self, one: dict[str, Any]) -> list[str]:
        known = [self.organisations[pk] for pk in one["organisations"] if pk in self.organisations]
        authors = dict.fromkeys(name_of(organisation, self.viewer) for organisation in known)
        theme = self.themes.get(one["theme"])
        facts = [
            format_words(authors),
            str(theme or ""),
            str(Level(one["level"]).label) if one["level"] else "",
        ]
        return [capfirst(fact) for fact in facts if fact]

    def _supports(self, one: dict[str, Any]) -> list[dict[str, Any]]:
        """Who supports it, and why: what members read on the page of the priority, and nobody else. Whom only the
        authors named is marked, and speaks no word."""
        if self.is_public:
            return []
        return [
            {
                "name": name_of(organisation, self.viewer),
                "why": self._text(support["why"]) if support["is_confirmed"] else None,
                "is_confirmed": support["is_confirmed"],
            }
            for support in one["supports"]
            if (organisation := self.organisations.get(support["organisation"]))
        ]

    def _text(self, entry: dict[str, Any] | None) -> ShownText:
        return shown_text(entry, self.language)

    @staticmethod
    def _plain(text: ShownText | None) -> Any:
        """A name of reference data in a table: its state is told where it first stands."""
        return replace(text, label="") if text else ""


def number(value: int | None) -> str:
    """A number, or the sign for one that is not shown."""
    return HIDDEN if value is None else format_number(value)
