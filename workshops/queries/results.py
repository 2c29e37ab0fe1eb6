"""The result of a closed round as the page shows it: in words, as pictures, and as the table of its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_portal.languages.queries import attach_units, shown
from planning_portal.organisations.models import Zone
from planning_portal.web.charts import strip
from planning_portal.web.formatting import format_number, format_share, format_words

from ..disclosure import why_hidden
from ..models import Candidate, Decision, Round
from ..results import Release
from .terms import terms_in_words


@dataclass(frozen=True)
class ResultLine:
    """A candidate in the order of the result. ``None`` is a number that is not shown."""

    place: int
    candidate: Candidate
    is_chosen: bool
    total: int | None
    consensus: int | None
    zones: list[tuple[str, int | None]]
    picture: SafeString | str


@dataclass(frozen=True)
class Result:
    """A round's result, only with numbers that may be shown."""

    lines: list[ResultLine]
    zones: list[tuple[str, str]]
    ballots: dict[str, Any]
    entitled: dict[str, Any]
    minimum: int
    words: list[str]
    tied: list[Candidate]
    ties_by_seed: bool
    terms: list[tuple[str, str]]
    release: str
    departures: list[Decision]

    @property
    def chosen(self) -> list[ResultLine]:
        return [line for line in self.lines if line.is_chosen]

    @property
    def has_consensus(self) -> bool:
        """Whether it can be told of enough of the chosen to be worth a column."""
        return bool(self.chosen) and 2 * sum(line.consensus is not None for line in self.chosen) >= len(self.chosen)

    @property
    def why_no_file(self) -> str:
        """Why the file of ballots stays here, or "" when it does not."""
        if self.release != Release.WITHHELD:
            return ""
        return _(
            "The file of ballots is not given out: so few organisations of a zone voted that a ballot in it could be "
            "recognised."
        )

    @property
    def is_without_zones(self) -> bool:
        return self.release == Release.WITHOUT_ZONES

    @property
    def has_pictures(self) -> bool:
        return any(line.picture for line in self.chosen)

    @property
    def why_hidden(self) -> str:
        return why_hidden(self.minimum)

    @property
    def zone_ballots(self) -> list[tuple[str, int | None]]:
        return [(code, self.ballots["zones"].get(code)) for code, _name in self.zones]


def result_of_round(round_: Round) -> Result:
    """Four queries, whatever the number of candidates."""
    result = round_.result or {}
    known = Candidate.objects.filter(pk__in=result["candidates"]).select_related("theme").in_bulk()
    departures = list(round_.departures.select_related("candidate", "line", "merged_into").order_by("candidate_id"))
    attach_units([round_.workshop, *known.values(), *departures])
    names = {zone.code: zone.name or zone.slug for zone in Zone.objects.order_by("order", "slug")}
    shown_part = result["shown"]
    zones = [code for code in names if code in result["zones"]]
    chosen = set(result["chosen"])
    lines = [
        ResultLine(
            place=place,
            candidate=known[pk],
            is_chosen=pk in chosen,
            total=shown_part["totals"][str(pk)],
            consensus=shown_part.get("consensus", {}).get(str(pk)),
            zones=[(zone, shown_part["zones"][str(pk)].get(zone)) for zone in zones],
            picture=_strip(known[pk], shown_part),
        )
        for place, pk in enumerate(result["ranking"], start=1)
        if pk in known
    ]
    return Result(
        lines=lines,
        zones=[(zone, names.get(zone, zone)) for zone in zones],
        ballots=shown_part["ballots"],
        entitled=shown_part["entitled"],
        minimum=shown_part["minimum"],
        words=list(_words(round_, result, names)),
        tied=[known[pk] for pk in result["tied_at_edge"] if pk in known],
        ties_by_seed=bool(result.get("seed")),
        terms=terms_in_words(round_),
        release=result.get("file", ""),
        departures=departures,
    )


def _strip(candidate: Candidate, shown_part: dict[str, Any]) -> SafeString | str:
    """The share of each zone's ballots; nothing where fewer than two zones may be shown."""
    shares = {
        zone: number / ballots
        for zone, number in shown_part["zones"][str(candidate.pk)].items()
        if number is not None and (ballots := shown_part["ballots"]["zones"].get(zone))
    }
    if len(shares) < 2:
        return ""
    title = _("Share of the organisations of each zone that approve %(code)s") % {"code": candidate.code}
    return strip(shares, title=title, description=shown(candidate, "title").text, with_scale=False)


def _words(round_: Round, result: dict[str, Any], names: dict[str, str]) -> Iterator[str]:
    """The result in sentences: how many were chosen, by how many, and how many see a choice of theirs in it."""
    chosen = len(result["chosen"])
    yield ngettext(
        "%(chosen)s candidate is chosen, by %(rule)s.", "%(chosen)s candidates are chosen, by %(rule)s.", chosen
    ) % {"chosen": format_number(chosen), "rule": round_.get_rule_display()}
    shown_part = result["shown"]
    ballots, entitled = shown_part["ballots"]["total"], shown_part["entitled"]["total"]
    if ballots is not None and entitled is not None:
        yield ngettext(
            "%(ballots)s of %(entitled)s organisation cast its ballot.",
            "%(ballots)s of %(entitled)s organisations cast their ballot.",
            entitled,
        ) % {"ballots": format_number(ballots), "entitled": format_number(entitled)}
    covered = shown_part["covered"]["total"]
    if covered is not None and ballots is not None:
        yield ngettext(
            "%(covered)s of %(ballots)s sees at least one of its choices in the result.",
            "%(covered)s of %(ballots)s see at least one of their choices in the result.",
            ballots,
        ) % {"covered": format_number(covered), "ballots": format_number(ballots)}
    silent = [code for code, zone in result["zones"].items() if zone["ballots"] and not zone["covered"]]
    if not silent and len(result["zones"]) > 1:
        yield _("Every zone that voted sees at least one of its choices.")
    yield from floors_in_words(result, names)
    yield from quorum_in_words(shown_part.get("quorum") or {}, names)


def floors_in_words(result: dict[str, Any], names: dict[str, str]) -> Iterator[str]:
    """Whether the floors were reached, and how many were chosen only because of them."""
    floors = result.get("floors") or {}
    if not floors:
        return
    short = [names.get(zone, zone) for zone, floor in floors.items() if floor["taken"] < floor["asked"]]
    if short:
        yield _("The floor is not reached for %(zones)s: too few of the candidates proposed there were approved.") % {
            "zones": format_words(short)
        }
    else:
        yield _("The floor is reached in every zone.")
    because = len(result["for_floor"])
    if because:
        yield ngettext(
            "%(number)s of the chosen is among them because of the floor.",
            "%(number)s of the chosen are among them because of the floor.",
            because,
        ) % {"number": format_number(because)}


def quorum_in_words(quorum: dict[str, Any], names: dict[str, str]) -> Iterator[str]:
    """Whether the quorum was met, and where it was not, as far as that may be shown."""
    if not quorum.get("percent"):
        return
    share = format_share(quorum["percent"] / 100)
    if quorum["is_met"]:
        yield _("The quorum of %(share)s is met in every zone.") % {"share": share}
        return
    missed = [names.get(zone, zone) for zone, is_met in quorum["zones"].items() if is_met is False]
    if missed:
        yield _("The quorum of %(share)s is not met in: %(zones)s.") % {"share": share, "zones": format_words(missed)}
    else:
        yield _("The quorum of %(share)s is not met in every zone.") % {"share": share}
