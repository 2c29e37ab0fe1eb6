"""The summary of a workshop as plain data, from what its closing froze. Built under the document's own language.

The chapters and their numbering are the same in every language. Organisations are counted, never named, except the
lead of a line of work, whose name passes through ``identity`` for the document's audience; countries at high risk are
not named either. Both are looked up when the document is made: who went into hiding since the closing stays hidden.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from planning_portal.documents.models import RenderedDocument
from planning_portal.documents.registry import SubjectNotReady
from planning_portal.documents.report import Column, Table, hash_of
from planning_portal.languages.frozen import shown_text
from planning_portal.languages.names import country_name
from planning_portal.languages.queries import ShownText, shown
from planning_portal.organisations.identity import name_of, viewer_for
from planning_portal.organisations.models import Country, Organisation, OrganisationKind, RiskLevel, Zone
from planning_portal.programme.models import StepResult
from planning_portal.web.charts import Link, Node, Series, bars, flow, strip
from planning_portal.web.formatting import (
    format_clock,
    format_day,
    format_days,
    format_labelled,
    format_number,
    format_words,
)

from .disclosure import why_hidden
from .models import DecisionOutcome, DecisionRule, WeighingRule, Workshop
from .permissions import views_desk
from .queries.results import floors_in_words, quorum_in_words
from .queries.terms import lines_of_terms
from .services.closing import SUMMARY

HIDDEN = "·"
# A candidate with fewer characters than this stands on one page, from its title to its decision.
SHORT = 600
KEPT = (DecisionOutcome.ADOPTED, DecisionOutcome.ADAPTED)


def title_of(workshop: Workshop, language: str) -> str:
    """What the document is called: on its cover, in its properties, in lists of downloads."""
    title = (
        shown_text(workshop.snapshot["title"], language) if workshop.snapshot else shown(workshop, "title", language)
    )
    return _("Summary: %(title)s") % {"title": title.text}


def file_name_of(workshop: Workshop, language: str, version: str) -> str:
    zone = workshop.zone.code.lower() if workshop.zone else "all"
    return f"workshop-{zone}-v{version}_{language}.pdf"


def url_of(workshop: Workshop) -> str:
    return reverse("workshops:workshop-close", args=[workshop.public_id])


def is_present_version(workshop: Workshop, version: str) -> bool:
    """Only the present version is made again: of the earlier ones the translations are no longer known."""
    return workshop.snapshot is not None and str(workshop.summary_version) == version


def can_read(user: Any, document: RenderedDocument) -> bool:
    """Everyone, once this version is published under its step; until then whoever sees the workshop's desk.

    A published version stays readable when the workshop is reopened or a later one is made.
    """
    workshop = Workshop.objects.filter(pk=document.object_id).select_related("step").first()
    if workshop is None:
        return False
    published = StepResult.objects.filter(
        content_type=document.content_type_id, object_id=workshop.pk, kind=SUMMARY, version=document.version
    )
    if published.exists():
        return True
    return bool(user.is_authenticated and views_desk(user, workshop))


def summary_report(workshop: Workshop, language: str, audience: str) -> dict[str, Any]:
    """Everything the template needs. ``workshop`` must be closed."""
    frozen = workshop.snapshot
    if not frozen:
        raise SubjectNotReady("Only a closed workshop has a summary.")
    return Summary(workshop, frozen, language, audience).report()


@dataclass
class Summary:
    """One summary under construction."""

    workshop: Workshop
    frozen: dict[str, Any]
    language: str
    audience: str

    def __post_init__(self) -> None:
        self.zone_names = {zone.code: zone.name or zone.slug for zone in Zone.objects.order_by("order")}
        self.hidden_countries = set(Country.objects.filter(risk_level=RiskLevel.HIGH).values_list("iso2", flat=True))
        self.line_codes = {line["id"]: line["code"] for line in self.frozen["lines"]}
        self.themes = {theme["id"]: theme for theme in self.frozen["themes"]}
        leads = Organisation.objects.filter(pk__in=[line["lead"] for line in self.frozen["lines"] if line["lead"]])
        viewer = viewer_for(self.audience)
        self.leads = {one.pk: name_of(one, viewer) for one in leads.select_related("country__zone")}

    def report(self) -> dict[str, Any]:
        starts, ends = (date.fromisoformat(self.frozen[name]) for name in ("starts_on", "ends_on"))
        programme = self.workshop.step.programme
        approved = self.frozen.get("minutes_approved_at")
        return {
            "programme": str(shown(programme, "title", self.language)),
            "what": _("Summary of the workshop"),
            "subtitle": self.zone_names.get(self.frozen["zone"] or "", _("All zones")),
            "who": self._who(),
            "when": format_days(starts, ends),
            "frozen_at": datetime.fromisoformat(self.frozen["frozen_at"]),
            "content_hash": hash_of(self.frozen),
            "chapters": self._chapters(),
            "figures": self._figures(),
            "decisions": self._decisions(),
            "flow": self._flow(),
            "sessions": self._sessions(),
            "attendance": self._attendance(),
            "lines": [self._line(line) for line in self.frozen["lines"]],
            "themes": self._themes(),
            "rounds": [self._round(one) for one in self.frozen["rounds"]],
            "minutes": self._text(self.frozen["minutes"]),
            "minutes_approved_at": datetime.fromisoformat(approved) if approved else None,
        }

    def _chapters(self) -> dict[str, int]:
        """The numbers of the chapters that there are: what was frozen decides, so all languages count alike."""
        there = {
            "worked": True,
            "candidates": True,
            "lines": bool(self.frozen["lines"]),
            "results": bool(self.frozen["rounds"]),
            "minutes": bool(self._text(self.frozen["minutes"])),
        }
        return {name: number for number, name in enumerate((name for name in there if there[name]), start=1)}

    # --- The essentials ---

    def _who(self) -> str:
        total = self.frozen["attendance"]["zones"]["present"]["total"]
        if not total:
            return ""
        return ngettext("%(count)s organisation", "%(count)s organisations", total) % {"count": format_number(total)}

    def _figures(self) -> list[tuple[str, str]]:
        candidates = self.frozen["candidates"]
        roots = [one["roots"] for one in candidates if not self._is_merged(one)]
        priorities = sum(one["priorities"] for one in roots)
        countries = len({iso2 for one in roots for iso2, _number in one["countries"]})
        kept = sum(1 for one in candidates if (one["decision"] or {}).get("outcome") in KEPT)
        lines = len(self.frozen["lines"])
        present = self.frozen["attendance"]["zones"]["present"]["total"]
        figures = [
            (countries, ngettext("country", "countries", countries)),
            (present, ngettext("organisation took part", "organisations took part", present or 0)),
            (priorities, ngettext("proposed priority", "proposed priorities", priorities)),
            (len(candidates), ngettext("candidate weighed", "candidates weighed", len(candidates))),
            (kept, ngettext("candidate adopted or adapted", "candidates adopted or adapted", kept)),
            (lines, ngettext("line of work", "lines of work", lines)),
        ]
        return [(HIDDEN if number is None else format_number(number), words) for number, words in figures]

    def _decisions(self) -> dict[str, Any]:
        """How many candidates went which way, as picture and table."""
        found = Counter((one["decision"] or {}).get("outcome") for one in self.frozen["candidates"])
        outcomes = [outcome for outcome in DecisionOutcome if found[outcome]]
        labels = [capfirst(str(outcome.label)) for outcome in outcomes]
        caption = _("What was decided, by number of candidates")
        picture = bars(
            labels,
            [Series(_("candidates"), [found[outcome] for outcome in outcomes])],
            title=caption,
            description=format_words(
                format_labelled(label, found[one]) for label, one in zip(labels, outcomes, strict=True)
            ),
            target="print",
        )
        rows = [[label, format_number(found[one])] for label, one in zip(labels, outcomes, strict=True)]
        table = Table(caption, [Column(_("Decision")), Column(_("Candidates"), numeric=True)], rows)
        return {"picture": picture, "table": table} if outcomes else {}

    def _flow(self) -> dict[str, Any]:
        """From where the priorities came to the line of work into which they went."""
        by_zone = not self.frozen["zone"]
        links: Counter[tuple[str, str]] = Counter()
        for line in self.frozen["lines"]:
            for key, count in line["roots"]["zones" if by_zone else "countries"]:
                links[key if by_zone else self._country(key), line["code"]] += count
        if not links:
            return {}
        sources = list(dict.fromkeys(place for place, _line in links))
        names = self.zone_names if by_zone else {}
        left = [Node(f"from {one}", names.get(one, one), zone=one if by_zone else "") for one in sources]
        right = [
            Node(line["code"], f"{line['code']} {self._text(line['title']).text}") for line in self.frozen["lines"]
        ]
        reached = {line for _place, line in links}
        caption = _("From which zones the lines of work grew") if by_zone else _("From which countries the lines grew")
        return {
            "caption": caption,
            "picture": flow(
                [left, [node for node in right if node.key in reached]],
                [Link(f"from {place}", line, count) for (place, line), count in links.items()],
                title=caption,
                target="print",
            ),
        }

    # --- How we worked ---

    def _sessions(self) -> Table | None:
        rows = [
            [
                self._text(one["title"]),
                format_day(datetime.fromisoformat(one["started_at"]), style="medium"),
                _span(one),
                format_number(one["planned_minutes"]),
                format_number(_minutes(one)),
            ]
            for one in self.frozen["sessions"]
            if one["started_at"]
        ]
        columns = [
            Column(_("Session"), width=40),
            Column(_("Day"), width=20),
            Column(_("Time (UTC)"), width=20),
            Column(_("Minutes planned"), numeric=True, width=10),
            Column(_("Minutes held"), numeric=True, width=10),
        ]
        return Table(_("Sessions"), columns, rows) if rows else None

    def _attendance(self) -> dict[str, Any]:
        attendance = self.frozen["attendance"]
        kinds = dict(OrganisationKind.choices)
        return {
            "why_hidden": why_hidden(attendance["minimum"]),
            "zones": self._counted(
                _("By zone"), pgettext("of the world", "Zone"), attendance["zones"], self.zone_names
            ),
            "kinds": self._counted(_("By kind of organisation"), _("Kind"), attendance["kinds"], kinds),
        }

    def _counted(self, caption: str, head: str, counts: dict[str, Any], names: dict[str, Any]) -> Table:
        cells = zip(counts["groups"], counts["entitled"]["cells"], counts["present"]["cells"], strict=True)
        return Table(
            caption,
            [
                Column(head, width=60),
                Column(_("Invited"), numeric=True, width=20),
                Column(_("Were there"), numeric=True, width=20),
            ],
            [[capfirst(str(names.get(name, name))), number(of), number(there)] for name, of, there in cells],
            totals=[_("All"), number(counts["entitled"]["total"]), number(counts["present"]["total"])],
        )

    # --- Weighing ---

    def _round(self, one: dict[str, Any]) -> dict[str, Any]:
        zones = [code for code in self.zone_names if code in one["ballots"]["zones"]]
        # Chapter 2 says how good each title's translation is; here it only says which candidate is meant.
        titles = {one["code"]: replace(self._text(one["title"]), label="") for one in self.frozen["candidates"]}
        rows = [
            [
                f"{place}. {code}" if code in one["chosen"] else code,
                titles[code],
                number(one["totals"][code]),
                *(number(one["zones"][code].get(zone)) for zone in zones),
                _("chosen") if code in one["chosen"] else "",
            ]
            for place, code in enumerate(one["ranking"], start=1)
        ]
        columns = [
            Column(_("Code"), width=10),
            Column(_("Candidate"), width=45 if len(zones) < 3 else 35),
            Column(_("Approved by"), numeric=True),
            *(Column(zone, numeric=True) for zone in zones),
            Column(""),
        ]
        ballots = [_("Ballots"), "", number(one["ballots"]["total"])]
        totals = [*ballots, *(number(one["ballots"]["zones"][zone]) for zone in zones), ""]
        return {
            **{name: one[name] for name in ("number", "seats", "chosen", "tied_at_edge", "rule_version")},
            "why_hidden": why_hidden(one["minimum"]),
            "rule": str(WeighingRule(one["rule"]).label),
            "terms": lines_of_terms({**one, "quorum": (one.get("quorum") or {}).get("percent")}),
            "ties_by_seed": bool(one.get("seed")),
            "kept": [
                *floors_in_words(one, self.zone_names),
                *quorum_in_words(one.get("quorum") or {}, self.zone_names),
            ],
            "ballots": number(one["ballots"]["total"]),
            "entitled": number(one["entitled"]["total"]),
            "covered": "" if one["covered"]["total"] is None else number(one["covered"]["total"]),
            "closed_on": format_day(datetime.fromisoformat(one["closed_at"])),
            "zone_key": ", ".join(f"{zone} {self.zone_names.get(zone, zone)}" for zone in zones),
            "table": Table(_("All candidates, in the order of the result"), columns, rows, totals=totals),
        }

    def _weighed(self, code: str) -> dict[str, Any]:
        """What the last round says of one candidate."""
        rounds = [one for one in self.frozen["rounds"] if code in one["totals"]]
        if not rounds:
            return {}
        one = rounds[-1]
        shares = {
            zone: cell / ballots
            for zone, cell in one["zones"][code].items()
            if cell is not None and (ballots := one["ballots"]["zones"].get(zone))
        }
        total, ballots = one["totals"][code], one["ballots"]["total"]
        words = (
            _("Approved by %(count)s of %(ballots)s organisations.")
            % {"count": format_number(total), "ballots": format_number(ballots)}
            if total is not None and ballots is not None
            else _("Approved by fewer than %(minimum)s organisations.") % {"minimum": one["minimum"]}
            if total is None and ballots is not None and ballots >= one["minimum"]
            else ""
        )
        title = _("Share of the organisations of each zone that approve %(code)s") % {"code": code}
        picture = strip(shares, title=title, description=words, target="print") if len(shares) > 1 else None
        return {"words": words, "picture": picture, "chosen": code in one["chosen"]}

    # --- Candidates and lines ---

    def _themes(self) -> list[dict[str, Any]]:
        return [
            {
                "id": theme["id"],
                "title": self._text(theme["title"]),
                "candidates": [self._candidate(one) for one in members if not self._is_merged(one)],
                "merged": [self._candidate(one) for one in members if self._is_merged(one)],
            }
            for theme in self.frozen["themes"]
            if (members := [one for one in self.frozen["candidates"] if one["theme"] == theme["id"]])
        ]

    def _candidate(self, one: dict[str, Any]) -> dict[str, Any]:
        decision = one["decision"] or {}
        earlier = one["forwarded_from"]
        statement, reason = self._text(one["statement"]), self._text(decision["reason"]) if decision else None
        return {
            "code": one["code"],
            "title": self._text(one["title"]),
            "statement": statement,
            "origin": self._origin(one["roots"]),
            "merged": format_words(one["merged"]),
            "forwarded": earlier and {"code": earlier["code"], "workshop": self._text(earlier["workshop"])},
            "weighed": self._weighed(one["code"]) if not self._is_merged(one) else {},
            "outcome": str(DecisionOutcome(decision["outcome"]).label) if decision else "",
            "kept": decision.get("outcome") in KEPT,
            "merged_into": decision.get("merged_into") or "",
            "departs": decision.get("departs", False),
            "line": self.line_codes.get(decision.get("line") or 0, ""),
            "reason": reason,
            "rule": str(DecisionRule(decision["rule"]).label) if decision.get("rule") else "",
            "follow_up": self._text(decision.get("follow_up")),
            "objections": [self._text(one) for one in decision.get("objections", [])],
            "is_short": len(statement.text) + len(reason.text if reason else "") < SHORT,
        }

    def _line(self, line: dict[str, Any]) -> dict[str, Any]:
        theme = self.themes.get(line["theme"])
        return {
            "code": line["code"],
            "title": self._text(line["title"]),
            "statement": self._text(line["statement"]),
            "theme": self._text(theme["title"]) if theme else None,
            "zone": self.zone_names.get(line["zone"] or "", _("Global")),
            "lead": self.leads.get(line["lead"], ""),
            "organisations": number(line["organisations"]) if line["organisations"] else "",
            "candidates": format_words(line["candidates"]),
            "origin": self._origin(line["roots"]),
        }

    def _origin(self, roots: dict[str, Any]) -> str:
        """How many priorities of which countries, in words."""
        if not roots["priorities"]:
            return ""
        return ngettext(
            "%(count)s proposed priority: %(countries)s",
            "%(count)s proposed priorities: %(countries)s",
            roots["priorities"],
        ) % {"count": roots["priorities"], "countries": format_words(self._countries(roots))}

    def _countries(self, roots: dict[str, Any]) -> list[str]:
        """The countries' names; of those at high risk only how many there are."""
        codes = [iso2 for iso2, _number in roots["countries"]]
        named = [country_name(iso2, self.language) for iso2 in codes if iso2 not in self.hidden_countries]
        hidden = len(codes) - len(named)
        if hidden:
            named.append(
                ngettext("%(count)s country that is not named", "%(count)s countries that are not named", hidden)
                % {"count": hidden}
            )
        return named

    def _country(self, iso2: str) -> str:
        return _("Countries not named") if iso2 in self.hidden_countries else country_name(iso2, self.language)

    @staticmethod
    def _is_merged(one: dict[str, Any]) -> bool:
        return (one["decision"] or {}).get("outcome") == DecisionOutcome.MERGED

    def _text(self, entry: dict[str, Any] | None) -> ShownText:
        return shown_text(entry, self.language)


def number(value: int | None) -> str:
    """A number, or the sign for one that is not shown."""
    return HIDDEN if value is None else format_number(value)


def _minutes(session: dict[str, Any]) -> int:
    if not session["ended_at"]:
        return 0
    held = datetime.fromisoformat(session["ended_at"]) - datetime.fromisoformat(session["started_at"])
    # What was frozen before there were pauses has none.
    return round((held.total_seconds() - session.get("paused_seconds", 0)) / 60)


def _span(session: dict[str, Any]) -> str:
    start = format_clock(datetime.fromisoformat(session["started_at"]))
    if not session["ended_at"]:
        return start
    return f"{start} – {format_clock(datetime.fromisoformat(session['ended_at']))}"
