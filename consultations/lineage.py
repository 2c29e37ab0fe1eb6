"""What a text was made from and what it went on in: both ways, with the support that each source had of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from planning_portal.languages.queries import attach_units, label_for
from planning_portal.organisations.models import Organisation
from planning_portal.programme.models import Level, Theme, WorkerGroup

from .models import Amendment, AmendmentSource, AmendmentState, Answer, Priority, Support
from .queries import option_label


@dataclass(frozen=True)
class ProposedText:
    """One text as an amendment proposes it, in words. ``parts`` are (label, text) in the order of the form;
    ``language_label`` says in which language they are when it is not the reader's."""

    title: str
    language: str
    language_label: str
    theme: str
    level: str
    groups: list[str]
    parts: list[tuple[Any, str]]


@dataclass
class Lineage:
    """Where one priority comes from and where it went. ``authors`` are the organisations whose text it is."""

    authors: list[Organisation] = field(default_factory=list)
    made_by: Amendment | None = None
    sources: list[Priority] = field(default_factory=list)
    inherited: list[tuple[Priority, list[Support]]] = field(default_factory=list)
    results: list[Priority] = field(default_factory=list)
    replaced_by: Amendment | None = None
    proposed: Amendment | None = None

    @property
    def is_joint(self) -> bool:
        return len(self.authors) > 1


def lineage_of(priority: Priority, *, is_insider: bool) -> Lineage:
    """Sources, results and a proposal that is open: for who reads what the country reads. One query for most.

    Other readers learn who the authors are (by the identity rule), not the texts that only the country reads.
    """
    found = Lineage(authors=[priority.organisation])
    if priority.amendment_id:
        found.made_by = Amendment.objects.prefetch_related("answers").get(pk=priority.amendment_id)
        found.authors = [answer.organisation for answer in found.made_by.answers.all()]
        if is_insider:
            found.sources = sources_of(found.made_by)
            found.inherited = inherited_supports(found.sources)
    if is_insider:
        row = AmendmentSource.objects.filter(priority=priority, is_holding=True).select_related("amendment").first()
        if row is not None and row.amendment.state == AmendmentState.OPEN:
            found.proposed = row.amendment
        elif row is not None:
            found.replaced_by = row.amendment
            found.results = results_of(row.amendment)
    return found


def sources_of(amendment: Amendment) -> list[Priority]:
    """In the order in which they were chosen, with what a line shows."""
    return list(Priority.objects.with_parts().filter(source_rows__amendment=amendment).order_by("source_rows__id"))


def results_of(amendment: Amendment) -> list[Priority]:
    return list(Priority.objects.with_parts().filter(amendment=amendment).order_by("id"))


def inherited_supports(sources: Iterable[Priority]) -> list[tuple[Priority, list[Support]]]:
    """Who stood behind each source. It is shown as theirs: it is never counted for the text made from them."""
    sources = list(sources)
    by_source: dict[int, list[Support]] = {source.pk: [] for source in sources}
    supports = Support.objects.filter(priority__in=by_source).select_related("organisation__country__zone")
    for support in supports.order_by("created_at"):
        by_source[support.priority_id].append(support)
    return [(source, by_source[source.pk]) for source in sources if by_source[source.pk]]


def newest_texts(priorities: Iterable[Priority]) -> dict[int, list[Priority]]:
    """For each source that was merged, split or reworded: the texts in which it stands today, by its key.

    One query for each step of the longest chain.
    """
    now: dict[int, list[Priority]] = {}
    waiting = {p.pk: {p.pk} for p in priorities if p.state == "replaced"}
    while waiting:
        made = (
            Priority.objects.with_parts()
            .select_related("country_decision")
            .filter(amendment__source_rows__priority__in=waiting, amendment__state=AmendmentState.DONE)
            .annotate(source_pk=F("amendment__source_rows__priority"))
        )
        further: dict[int, set[int]] = {}
        for result in made:
            for origin in waiting[result.source_pk]:
                if result.state == "replaced":
                    further.setdefault(result.pk, set()).add(origin)
                else:
                    now.setdefault(origin, []).append(result)
        waiting = further
    return now


def proposed_texts(amendment: Amendment) -> list[ProposedText]:
    """The proposed texts in words: two queries."""
    return texts_in_words(amendment.texts, amendment.source_language)


def texts_in_words(texts: Iterable[Mapping[str, Any]], language: str) -> list[ProposedText]:
    """Texts in the shape of ``Amendment.texts``, written in ``language``: two queries."""
    texts, reader = list(texts), get_language() or "en"
    wanted_themes = {text["theme"] for text in texts if text.get("theme")}
    themes = {theme.pk: option_label(theme, "title") for theme in Theme.objects.filter(pk__in=wanted_themes)}
    wanted = {pk for text in texts for pk in text.get("groups") or []}
    groups = {group.pk: option_label(group, "name") for group in WorkerGroup.objects.filter(pk__in=wanted)}
    return [
        ProposedText(
            text.get("title") or _("No title yet"),
            language,
            label_for("original", language, reader) if language != reader else "",
            themes.get(text.get("theme") or 0, ""),
            str(Level(text["level"]).label) if text.get("level") else "",
            [groups[pk] for pk in text.get("groups") or [] if pk in groups],
            [(Priority._meta.get_field(part).verbose_name, text.get(part, "")) for part in Priority.TEXTS[1:]],  # type: ignore[union-attr]
        )
        for text in texts
    ]


@dataclass
class AmendmentLine:
    """A proposal in the companion's list: its sources, its results, and how many have answered."""

    amendment: Amendment
    sources: list[Priority] = field(default_factory=list)
    results: list[Priority] = field(default_factory=list)
    asked: int = 0
    answered: int = 0
    declined: int = 0


def amendment_lines(amendments: Iterable[Amendment]) -> list[AmendmentLine]:
    """Four queries, whatever their number."""
    lines = {amendment.pk: AmendmentLine(amendment) for amendment in amendments}
    rows = AmendmentSource.objects.filter(amendment__in=lines).select_related("priority")
    for row in rows:
        lines[row.amendment_id].sources.append(row.priority)
    results = list(Priority.objects.filter(amendment__in=lines).order_by("id"))
    for result in results:
        if result.amendment_id is not None:
            lines[result.amendment_id].results.append(result)
    for line in lines.values():
        answers = list(line.amendment.answers.all())
        line.asked = len(answers)
        line.answered = sum(answer.answer != Answer.WAITING for answer in answers)
        line.declined = sum(answer.answer == Answer.DECLINED for answer in answers)
    attach_units([*(row.priority for row in rows), *results])
    return list(lines.values())
