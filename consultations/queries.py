"""Reads that serve a page: each costs a fixed number of queries, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import get_language, pgettext_lazy

from planning_portal.languages.models import Multilingual
from planning_portal.languages.names import country_name, language_name
from planning_portal.languages.queries import attach_units
from planning_portal.languages.services import LANGUAGE_CODES, source_text
from planning_portal.organisations.models import Country, Zone
from planning_portal.programme.models import Level, Step, StepKind, Theme, WorkerGroup
from planning_portal.workflow.models import TransitionLog

from .models import (
    LISTED,
    Amendment,
    AmendmentAnswer,
    AmendmentState,
    Consultation,
    ConsultationState,
    CountryDecision,
    ParkedEdit,
    ParkedProposal,
    Priority,
    PriorityState,
)
from .querysets import insider_country_ids, sees_all_countries, step_is_done
from .similar import similar_to

BADGES: dict[str, str] = {
    ConsultationState.PLANNED: "draft",
    ConsultationState.OPEN: "now",
    ConsultationState.CLOSED: "done",
    PriorityState.DRAFT: "draft",
    PriorityState.SUBMITTED: "waiting",
    PriorityState.AGREED: "done",
    PriorityState.NOT_RETAINED: "stop",
    PriorityState.REPLACED: "quiet",
    PriorityState.UNDONE: "quiet",
}
# What is shown as the state: written as a heading, not in the middle of a sentence.
STATE_WORDS: dict[str, Any] = {
    ConsultationState.PLANNED: pgettext_lazy("state of a consultation", "Planned"),
    ConsultationState.OPEN: pgettext_lazy("state of a consultation", "Open"),
    ConsultationState.CLOSED: pgettext_lazy("state of a consultation", "Closed"),
    PriorityState.DRAFT: pgettext_lazy("state of a priority", "Draft"),
    PriorityState.SUBMITTED: pgettext_lazy("state of a priority", "Submitted"),
    PriorityState.AGREED: pgettext_lazy("state of a priority", "Agreed by the country"),
    PriorityState.NOT_RETAINED: pgettext_lazy("state of a priority", "Not retained by the country"),
    PriorityState.REPLACED: pgettext_lazy("state of a priority", "Continued in another text"),
    PriorityState.UNDONE: pgettext_lazy("state of a priority", "Taken back"),
}

AMENDMENT_BADGES: dict[str, str] = {
    AmendmentState.DRAFT: "draft",
    AmendmentState.OPEN: "waiting",
    AmendmentState.DONE: "done",
    AmendmentState.DROPPED: "quiet",
    AmendmentState.UNDONE: "quiet",
}
AMENDMENT_WORDS: dict[str, Any] = {
    AmendmentState.DRAFT: pgettext_lazy("state of a proposal", "Draft"),
    AmendmentState.OPEN: pgettext_lazy("state of a proposal", "Waiting for answers"),
    AmendmentState.DONE: pgettext_lazy("state of a proposal", "Carried out"),
    AmendmentState.DROPPED: pgettext_lazy("state of a proposal", "Dropped"),
    AmendmentState.UNDONE: pgettext_lazy("state of a proposal", "Undone"),
}


def option_label(obj: Multilingual, field_name: str) -> str:
    """Reference data in a list of choices: the reader's language, else the original, which is then named."""
    language = get_language() or "en"
    text = getattr(obj, f"{field_name}_{language}")
    if text:
        return str(text)
    original = getattr(obj, f"{field_name}_{obj.source_language}") or str(obj)
    return f"{original} ({language_name(obj.source_language, language)})"


# --- Countries ----------------------------------------------------------------------------------------------------


@dataclass
class CountryCard:
    """A country in the overview: its consultation (or none yet) and the counts that this reader may know."""

    country: Country
    consultation: Consultation | None = None
    is_insider: bool = False
    agreed: int = 0
    waiting: int = 0
    submitted: int = 0

    @property
    def badge(self) -> str:
        return BADGES[self.consultation.state] if self.consultation else "quiet"


def country_cards(user: Any) -> list[CountryCard]:
    """Every country of the current programme and how far its consultation is, by zone: 2 queries."""
    consultations = list(
        Consultation.objects.visible_to(user)
        .filter(step__programme__is_current=True)
        .with_country()
        .annotate(
            agreed_count=Count("priorities", filter=Q(priorities__state=PriorityState.AGREED)),
            waiting_count=Count("priorities", filter=Q(priorities__state=PriorityState.SUBMITTED)),
            submitted_count=Count("priorities", filter=Q(priorities__state__in=LISTED)),
        )
        .order_by("step__order")
    )
    inside = insider_country_ids(user)
    sees_all = sees_all_countries(user)
    cards = []
    for consultation in consultations:
        is_insider = sees_all or consultation.country_id in inside
        cards.append(
            CountryCard(
                consultation.country,
                consultation,
                is_insider,
                agreed=consultation.agreed_count,
                waiting=consultation.waiting_count if is_insider else 0,
                submitted=consultation.submitted_count if is_insider else 0,
            )
        )
    others = (
        Country.objects.filter(organisations__is_active=True)
        .exclude(pk__in=[consultation.country_id for consultation in consultations])
        .select_related("zone")
        .distinct()
    )
    cards += [CountryCard(country, None, sees_all or country.pk in inside) for country in others]
    return sorted(cards, key=lambda card: (card.country.zone.order, card.country.name))


def steps_to_plan() -> QuerySet[Step]:
    """The consultation steps of the current programme that are not over."""
    return Step.objects.filter(kind=StepKind.CONSULTATION, programme__is_current=True).exclude(step_is_done(""))


def countries_to_plan(user: Any, step: Step) -> list[Country]:
    """The countries in which ``user`` can still plan a consultation of this step, by name."""
    countries = Country.objects.filter(organisations__is_active=True).exclude(consultations__step=step).distinct()
    return sorted(
        (country for country in countries if user.has_perm("consultations.plan_consultation", country)),
        key=lambda country: country.name,
    )


# --- Priorities -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filters:
    """What the list of priorities is narrowed to, as the address says it; a value that means nothing is ignored.

    Countries, zones, themes and groups are numbers there: the address names none.
    """

    q: str = ""
    theme: str = ""
    level: str = ""
    country: str = ""
    zone: str = ""
    group: str = ""
    state: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Filters:
        values = {name: str(query.get(name, ""))[:80].strip() for name in cls.__dataclass_fields__}
        for name in ("theme", "country", "zone", "group"):
            values[name] = values[name] if values[name].isdecimal() and len(values[name]) < 10 else ""
        values["level"] = values["level"] if values["level"] in Level.values else ""
        values["state"] = values["state"] if values["state"] in PriorityState.values else ""
        return cls(**values)

    @property
    def is_narrow(self) -> bool:
        return bool(self.q) or self.is_chosen

    @property
    def is_chosen(self) -> bool:
        """Narrowed by more than a search."""
        return any(getattr(self, name) for name in self.__dataclass_fields__ if name != "q")

    def as_query(self) -> str:
        """The filters as the end of an address."""
        chosen = {name: value for name in self.__dataclass_fields__ if (value := getattr(self, name))}
        return f"?{urlencode(chosen)}" if chosen else ""

    def apply(self, priorities: Any) -> Any:
        """The priorities that fit every filter."""
        wanted = {
            "theme_id": self.theme,
            "level": self.level,
            "consultation__country_id": self.country,
            "consultation__country__zone_id": self.zone,
            "groups": self.group,
            "state": self.state,
        }
        priorities = priorities.filter(**{name: value for name, value in wanted.items() if value})
        return priorities.search(self.q) if self.q else priorities


@dataclass
class FilterOptions:
    """The choices of the filters as (value, label), in the reader's language."""

    themes: list[tuple[str, str]] = field(default_factory=list)
    zones: list[tuple[str, str]] = field(default_factory=list)
    countries: list[tuple[str, str]] = field(default_factory=list)
    groups: list[tuple[str, str]] = field(default_factory=list)


def filter_options() -> FilterOptions:
    """Every choice of the list's filters, in one query: the four are asked for together on each page of the list."""
    language = get_language() or "en"

    def rows(queryset: Any, kind: str, name: Any, order: str = "order") -> Any:
        columns = {"kind": Value(kind), "number": F("pk"), "label": name, "rank": F(order)}
        return queryset.order_by().annotate(**columns).values_list(*columns)

    def text(field_name: str) -> Any:
        texts = [NullIf(F(f"{field_name}_{code}"), Value("")) for code in (language, "en", "fr")]
        return Cast(Coalesce(*texts, F("slug")), CharField())

    # Plain querysets: those of modeltranslation put the columns in an order of their own, and a union needs ours.
    themes: QuerySet[Theme] = QuerySet(Theme).filter(programme__is_current=True)
    countries: QuerySet[Country] = QuerySet(Country).filter(organisations__is_active=True).distinct()
    found = rows(themes, "theme", text("title")).union(
        rows(QuerySet(WorkerGroup), "group", text("name")),
        rows(QuerySet(Zone), "zone", text("name")),
        rows(countries, "country", Cast(F("iso2"), CharField()), "zone__order"),
        all=True,
    )
    options = FilterOptions()
    lists = {"theme": options.themes, "group": options.groups, "zone": options.zones}
    for kind, pk, name, _order in sorted(found, key=lambda row: row[3]):
        if kind == "country":
            options.countries.append((str(pk), country_name(name, language)))
        else:
            lists[kind].append((str(pk), name))
    options.countries.sort(key=lambda option: option[1])
    return options


def filtered_priorities(user: Any, filters: Filters) -> Any:
    """What ``user`` may read of the current programme, narrowed and in its order. Drafts are not in lists: they stand
    at home. Ask for keys only (``page_of_priorities``): the order is found without reading the texts."""
    return (
        filters.apply(Priority.objects.visible_to(user))
        .filter(consultation__step__programme__is_current=True)
        .filter(state__in=[filters.state] if filters.state == PriorityState.REPLACED else LISTED)
        .order_by("consultation__country__zone__order", "consultation__country__iso2", "position", "id")
    )


def page_of_priorities(user: Any, filters: Filters, number: Any, size: int) -> Page:
    """A page of the list with all that its lines show: 3 queries, whatever the number of priorities.

    The keys alone come first, all of them, from an index: so they are counted and put in order in one query. Only
    those of one page are then read with their texts.
    """
    keys = list(filtered_priorities(user, filters).values_list("pk", flat=True))
    page = Paginator(keys, size).get_page(number)
    lines = Priority.objects.with_parts().in_bulk(list(page.object_list)) if keys else {}
    page.object_list = prepare_lines(lines[key] for key in page.object_list)
    return page


def prepare_lines(priorities: Iterable[Priority]) -> list[Priority]:
    """The lines of a list with the states of their translations, and all whose text each is: one query, two where
    some were merged."""
    lines = list(priorities)
    attach_units([*lines, *(line.theme for line in lines)])
    attach_authors(lines)
    return lines


def attach_authors(priorities: Sequence[Priority]) -> None:
    """Give each merged text the organisations that it is the text of: one query, none where nothing was merged."""
    made = {one.amendment_id for one in priorities if one.amendment_id}
    if not made:
        return
    asked: dict[int, list[Any]] = {}
    for answer in AmendmentAnswer.objects.filter(amendment__in=made).order_by("id"):
        asked.setdefault(answer.amendment_id, []).append(answer.organisation)
    for one in priorities:
        one._authors = asked.get(one.amendment_id or 0)  # type: ignore[attr-defined]


def parked_proposal_of(amendment: Amendment, user: Any) -> ParkedProposal | None:
    """What this person typed over a colleague's proposal and has not yet settled."""
    return ParkedProposal.objects.filter(amendment=amendment, user=user).first()


def parked_edit_of(priority: Priority, user: Any) -> ParkedEdit | None:
    """What this person typed over somebody else's edit, while it waits for their choice."""
    return ParkedEdit.objects.filter(priority=priority, user=user).first()


COMPARED = ("title", "situation", "change")


def similar_while_writing(priority: Priority, user: Any) -> list[Priority]:
    """What stands in the lists of the country, may be read by ``user`` and may say nearly the same as a draft: one
    query of the texts that are compared, none while nothing is written."""
    if not any(source_text(priority, part) for part in COMPARED):
        return []
    others = Priority.objects.visible_to(user).filter(consultation=priority.consultation_id, state__in=LISTED)
    texts = [f"{part}_{code}" for part in COMPARED for code in LANGUAGE_CODES]
    return similar_to(priority, others.exclude(pk=priority.pk).only("public_id", "source_language", *texts))


def decision_on(priority: Priority) -> CountryDecision | None:
    return CountryDecision.objects.filter(priority=priority).first()


def handed_in(consultation: Consultation) -> list[Priority]:
    """Everything submitted in a consultation, decided or not, with the decisions: for who runs it."""
    return list(
        Priority.objects.filter(consultation=consultation)
        .listed()
        .with_parts()
        .select_related("country_decision")
        .order_by("position", "submitted_at", "id")
    )


def changes_of(priority: Priority) -> list[TransitionLog]:
    """The changes of state of a priority, oldest first."""
    return list(
        TransitionLog.objects.filter(
            content_type__app_label="consultations",
            content_type__model="priority",
            object_id=priority.pk,
            name__in=["start", "submit", "agree", "not_retain", "replace", "restore", "merge", "split", "reword"],
        )
    )
