"""How far every country is, for those who see to it that none is left behind: three queries, however many countries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import BooleanField, Count, ExpressionWrapper, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from planning_portal.organisations.models import Country, OrganisationKind
from planning_portal.programme.models import Step, StepKind, StepStatus
from planning_portal.programme.permissions import companion_country_ids, is_coordinator

from .models import LISTED, Consultation, ConsultationState, Participation, Priority, PriorityState
from .queries import BADGES, STATE_WORDS, option_label
from .querysets import sees_all_countries

NOT_PLANNED = "none"
STATES = {NOT_PLANNED: pgettext_lazy("state of a consultation", "Not planned yet"), **STATE_WORDS}
STATE_CHOICES = (NOT_PLANNED, *ConsultationState.values)
NUMBERS = (
    "listed",
    "invited",
    "answered",
    "coming",
    "present",
    "drafts",
    "submitted",
    "undecided",
    "agreed",
    "speaking",
)


@dataclass(frozen=True)
class Choice:
    """What the pages are narrowed to, as the address says it; what means nothing is ignored."""

    zone: str = ""
    state: str = ""
    step: str = ""
    theme: str = ""
    country: str = ""
    kind: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Choice:
        values = {name: str(query.get(name, ""))[:20].strip() for name in cls.__dataclass_fields__}
        for name in ("zone", "step", "theme", "country"):
            values[name] = str(int(values[name])) if re.fullmatch(r"[0-9]{1,9}", values[name]) else ""
        values["state"] = values["state"] if values["state"] in STATE_CHOICES else ""
        values["kind"] = values["kind"] if values["kind"] in OrganisationKind.values else ""
        return cls(**values)

    @property
    def is_narrow(self) -> bool:
        return bool(self.zone or self.state or self.theme)

    @property
    def is_cell(self) -> bool:
        """A country, a kind of organisation or both are looked at more closely."""
        return bool(self.country or self.kind)

    def but(self, **values: str) -> Choice:
        return replace(self, **values)

    def as_query(self) -> str:
        """As the end of an address."""
        return urlencode({name: value for name in self.__dataclass_fields__ if (value := getattr(self, name))})


@dataclass(frozen=True)
class Missing:
    """One thing that is still missing in a country, and where whoever runs it mends it (nowhere for readers)."""

    text: str
    url: str = ""


@dataclass
class CountryProgress:
    """One country in one step: how many were invited, answered, came; what they wrote; what is missing."""

    country: Country
    public_id: Any = None
    state: str = NOT_PLANNED
    starts_at: datetime | None = None
    numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NUMBERS, 0))
    has_context: bool = False
    has_minutes: bool = False
    missing: list[Missing] = field(default_factory=list)

    @property
    def url(self) -> str:
        return reverse("consultations:consultation-detail", args=[self.public_id]) if self.public_id else ""

    @property
    def share(self) -> float:
        """How far it is, from 0 to 1: how many of seven marks it has passed (planned, a day, all invited, opened,
        something submitted, all decided, closed)."""
        number = self.numbers
        if self.state == ConsultationState.CLOSED:
            return 1.0
        passed = (
            bool(self.public_id),
            self.starts_at is not None,
            number["listed"] > 0 and number["invited"] == number["listed"],
            self.state == ConsultationState.OPEN,
            number["submitted"] > 0,
            number["agreed"] > 0 and not number["undecided"],
        )
        return sum(passed) / 7

    @property
    def badge(self) -> str:
        return BADGES.get(self.state, "quiet")

    @property
    def state_words(self) -> str:
        return str(STATES[self.state])


def consultation_steps() -> list[Step]:
    """The consultation steps of the current programme, in order."""
    return list(Step.objects.filter(kind=StepKind.CONSULTATION, programme__is_current=True).order_by("order", "id"))


def chosen_step(steps: Sequence[Step], choice: Choice) -> Step | None:
    """The one asked for, else the one that goes on, else the last."""
    asked = next((step for step in steps if str(step.pk) == choice.step), None)
    return asked or next((step for step in steps if step.status == StepStatus.NOW), steps[-1] if steps else None)


def step_options(steps: Sequence[Step]) -> list[tuple[str, str]]:
    return [(str(step.pk), option_label(step, "title")) for step in steps]


def zone_options(countries: Sequence[Country]) -> list[tuple[str, str]]:
    zones = {country.zone_id: country.zone for country in countries}
    return [(str(zone.pk), str(zone)) for zone in sorted(zones.values(), key=lambda zone: zone.order)]


def state_options() -> list[tuple[str, str]]:
    return [(state, str(STATES[state])) for state in STATE_CHOICES]


def followed_countries(user: Any) -> list[Country]:
    """The countries in which organisations take part, that ``user`` follows: by zone and name."""
    countries = Country.objects.filter(organisations__is_active=True).select_related("zone").distinct()
    if not sees_all_countries(user):
        countries = countries.filter(pk__in=companion_country_ids(user))
    return sorted(countries, key=lambda country: (country.zone.order, country.name))


def progress_of(user: Any, step: Step | None, countries: Sequence[Country]) -> list[CountryProgress]:
    """A line for each of ``countries``, with what is missing: one query."""
    found = {row["country_id"]: row for row in _rows(user, step)} if step else {}
    runs = set() if is_coordinator(user) else companion_country_ids(user)
    lines = []
    for country in countries:
        row = found.get(country.pk)
        line = _line(country, row) if row else CountryProgress(country)
        may_run = is_coordinator(user) or country.pk in runs
        line.missing = list(_missing(line, may_run=may_run))
        lines.append(line)
    return lines


def narrowed(lines: Sequence[CountryProgress], choice: Choice) -> list[CountryProgress]:
    return [
        line
        for line in lines
        if (not choice.zone or str(line.country.zone_id) == choice.zone)
        and (not choice.state or line.state == choice.state)
    ]


def totals_of(lines: Sequence[CountryProgress]) -> dict[str, int]:
    return {name: sum(line.numbers[name] for line in lines) for name in NUMBERS}


def _rows(user: Any, step: Step) -> Any:
    def count(rows: QuerySet[Any], counted: str = "pk") -> Any:
        grouped = rows.filter(consultation=OuterRef("pk")).order_by().values("consultation")
        number = grouped.annotate(number=Count(counted, distinct=counted != "pk")).values("number")
        return Coalesce(Subquery(number, output_field=IntegerField()), 0)

    # Plain query sets: those of modeltranslation would rewrite the names below.
    participations: QuerySet[Any] = QuerySet(Participation)
    priorities: QuerySet[Any] = QuerySet(Priority)
    listed = priorities.filter(state__in=LISTED)
    spoken = priorities.exclude(state__in=[PriorityState.DRAFT, PriorityState.UNDONE])
    return (
        Consultation.objects.visible_to(user)
        .followed_by(user)
        .filter(step=step)
        .order_by()
        .annotate(
            listed=count(participations),
            invited=count(participations.filter(invited_at__isnull=False)),
            answered=count(participations.filter(answer__isnull=False)),
            coming=count(participations.filter(answer__comes=True)),
            present=count(participations.filter(is_present=True)),
            drafts=count(priorities.filter(state=PriorityState.DRAFT)),
            submitted=count(listed),
            undecided=count(priorities.filter(state=PriorityState.SUBMITTED)),
            agreed=count(priorities.filter(state=PriorityState.AGREED)),
            speaking=count(spoken, "organisation"),
            has_context=_has_text("context"),
            has_minutes=_has_text("minutes"),
        )
        .values("country_id", "public_id", "state", "starts_at", "has_context", "has_minutes", *NUMBERS)
    )


def _has_text(name: str) -> ExpressionWrapper:
    """Whether a text is there in any language; the texts themselves are not read."""
    written = Q(pk__in=[])
    for code, _name in settings.LANGUAGES:
        written |= Q(**{f"{name}_{code}__gt": ""})
    return ExpressionWrapper(written, output_field=BooleanField())


def _line(country: Country, row: Mapping[str, Any]) -> CountryProgress:
    return CountryProgress(
        country,
        row["public_id"],
        row["state"],
        row["starts_at"],
        {name: row[name] for name in NUMBERS},
        bool(row["has_context"]),
        bool(row["has_minutes"]),
    )


def _missing(line: CountryProgress, *, may_run: bool) -> Any:
    """What is still to be done in a country, most pressing first. Nothing for one that is closed."""
    number = line.numbers

    def lacks(text: str, page: str) -> Missing:
        url = reverse(f"consultations:consultation-{page}", args=[line.public_id]) if may_run else ""
        return Missing(text, url)

    if line.state == NOT_PLANNED:
        url = reverse("consultations:consultation-plan") + f"?country={line.country.pk}" if may_run else ""
        yield Missing(_("the consultation is not planned"), url)
        return
    if line.state == ConsultationState.CLOSED:
        return
    if line.starts_at is None:
        yield lacks(_("no day is set"), "dates")
    if line.state == ConsultationState.PLANNED:
        yield lacks(_("it is not open yet"), "dates")
    untold, silent = number["listed"] - number["invited"], number["listed"] - number["speaking"]
    is_ahead = line.starts_at is None or line.starts_at > timezone.now()
    if untold and is_ahead:
        words = ngettext("%(count)d invitation to send", "%(count)d invitations to send", untold)
        yield lacks(words % {"count": untold}, "invitations")
    unanswered = number["invited"] - number["answered"]
    if unanswered and is_ahead:
        words = ngettext("%(count)d answer to come", "%(count)d answers to come", unanswered)
        yield lacks(words % {"count": unanswered}, "invitations")
    if line.state == ConsultationState.OPEN and silent > 0:
        words = ngettext("%(count)d organisation has not spoken", "%(count)d organisations have not spoken", silent)
        yield Missing(words % {"count": silent}, reverse("consultations:country-coverage") + f"#c{line.country.pk}")
    if not is_ahead and not number["present"]:
        yield lacks(_("nobody is recorded as present"), "attendance")
    if not line.has_context:
        yield lacks(_("no context of the country"), "texts")
    if not is_ahead and not line.has_minutes:
        yield lacks(_("no minutes"), "texts")
    if number["undecided"]:
        words = ngettext("%(count)d priority to decide on", "%(count)d priorities to decide on", number["undecided"])
        yield lacks(words % {"count": number["undecided"]}, "list-edit")
    elif number["agreed"] and not is_ahead:
        yield lacks(_("the list is agreed: it can be closed"), "close")
