"""A small programme in which everything is still to be done: for journeys that change things.

Run inside a portal: ``manage.py shell -c "from tests.journeys.small import tell; tell()"``. Three countries in three
zones, each with an account of its partner staff and some neighbours; the steps are open. The consultation of the
Philippines goes on; those of Benin and Peru have not even been planned. A fourth country, Burundi, is further: its list
is agreed, and the workshop of its zone can be opened.

In the Philippines there are two more people, a colleague of the partner staff and a neighbour, and for each journey
through a form (``WAYS``) texts that wait for it: to be supported, sent back, answered, accepted and declined. In as
many countries (``TO_PLAN``) nothing but an organisation waits for its consultation to be planned.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from consultations.models import AmendmentKind, Consultation, Priority
from consultations.services import (
    Presence,
    agree_list,
    close_consultation,
    open_consultation,
    plan_consultation,
    propose_amendment,
    record_participation,
    request_change,
    save_amendment,
    save_draft,
    start_amendment,
    start_draft,
    submit_priority,
)
from planning_portal.demo.accounts import PASSWORD
from planning_portal.organisations.models import Country, Membership, Organisation, User
from planning_portal.programme.models import Level, Programme, Role, RoleKind, Step, StepKind, Theme, WorkerGroup
from planning_portal.programme.seeding import DATA, seed_programme
from planning_portal.programme.services import open_step
from workshops.services import plan_workshop

COUNTRIES = {"BJ": "fr", "PE": "es", "PH": "en", "BI": "fr"}
TEXTS = ("title", "situation", "concerned", "change", "together")
NEIGHBOURS = 3
# How a form is met on a journey, and the country whose consultation is planned that way.
TO_PLAN = {"expired": "NP", "script": "IN", "plain": "KH"}
WAYS = tuple(TO_PLAN)


def tell() -> None:
    """Make the cast and open the steps."""
    seed_programme(DATA / "programme-2027-2031")
    programme = Programme.objects.get(is_current=True)
    password = make_password(PASSWORD)
    lead = Organisation.objects.get(slug="wsm")

    def person(who: str, language: str, organisation: Organisation) -> User:
        user = User.objects.create(
            email=f"{who}@example.org", name=who, preferred_language=language, password=password, time_zone="UTC"
        )
        Membership.objects.create(user=user, organisation=organisation, has_mandate=True)
        return user

    def role(user: User, kind: str, countries: list[Country]) -> None:
        Role.objects.create(programme=programme, user=user, kind=kind).countries.set(countries)

    countries = {iso2: Country.objects.get(iso2=iso2) for iso2 in COUNTRIES}
    for iso2, language in COUNTRIES.items():
        code = iso2.lower()
        person(f"partner.{code}", language, _organisation(countries[iso2], f"{code}-union", "Workers together"))
        for number in range(NEIGHBOURS):
            _organisation(countries[iso2], f"{code}-{number}", f"Neighbours {number + 1} of {code}")
    person("colleague.ph", "en", Organisation.objects.get(slug="ph-union"))
    person("neighbour.ph", "en", Organisation.objects.get(slug="ph-0"))
    for iso2 in TO_PLAN.values():
        _organisation(Country.objects.get(iso2=iso2), f"{iso2.lower()}-union", "Workers together")
    coordinator = person("coordinator", "en", lead)
    User.objects.filter(pk=coordinator.pk).update(is_staff=True)
    companion = person("companion", "en", lead)
    role(coordinator, RoleKind.COORDINATOR, [])
    role(companion, RoleKind.COMPANION, [*countries.values(), *Country.objects.filter(iso2__in=TO_PLAN.values())])
    facilitator = person("facilitator", "en", lead)
    role(facilitator, RoleKind.FACILITATOR, [])
    for kind in (StepKind.CONSULTATION, StepKind.CONTINENTAL):
        open_step(Step.objects.get(programme=programme, kind=kind), by=coordinator)
    step = Step.objects.get(programme=programme, kind=StepKind.CONSULTATION)
    going_on = open_consultation(plan_consultation(step, countries["PH"], by=companion), by=companion)
    for way in WAYS:
        _wait_for(way, going_on, companion)
    _agree(step, countries["BI"], companion)
    plan_workshop(
        Step.objects.get(programme=programme, kind=StepKind.CONTINENTAL),
        by=facilitator,
        title="Workshop by keyboard",
        language="en",
        starts_on=date(2026, 11, 24),
        ends_on=date(2026, 11, 25),
        zone=countries["BI"].zone,
    )


def _submit(consultation: Consultation, who: str, text: str, language: str = "en") -> Priority:
    """A submitted priority of whose account is ``who``: ``text`` in every part."""
    author = User.objects.get(email=f"{who}@example.org")
    organisation = author.memberships.get().organisation
    draft = start_draft(consultation, by=author, organisation=organisation, language=language)
    draft = save_draft(
        draft,
        by=author,
        version=draft.version,
        theme=Theme.objects.filter(programme=consultation.step.programme).first(),
        level=Level.NATIONAL,
        groups=list(WorkerGroup.objects.all()[:1]),
        **dict.fromkeys(TEXTS, text),
    )
    return submit_priority(draft, by=author)


def _wait_for(way: str, consultation: Consultation, companion: User) -> None:
    """What the journeys through the forms of submitted priorities find, each its own."""
    for text in ("To support", "To send back"):
        _submit(consultation, "neighbour.ph", f"{text}, {way}")
    sent_back = _submit(consultation, "partner.ph", f"Sent back, {way}")
    request_change(sent_back, by=companion, part="change", words="How many, and by when?")
    for text in ("To accept", "To decline"):
        source = _submit(consultation, "partner.ph", f"{text}, {way}")
        draft = start_amendment(consultation, by=companion, kind=AmendmentKind.REWORD, sources=[source])
        draft = save_amendment(draft, by=companion, version=draft.version, texts=draft.texts, why="In plain words.")
        answer_by = timezone.now() + timedelta(days=7)
        propose_amendment(draft, by=companion, version=draft.version, answer_by=answer_by)


def _agree(step: Step, country: Country, companion: User) -> None:
    """A country that has proposed one priority and agreed on it."""
    consultation = open_consultation(plan_consultation(step, country, by=companion), by=companion)
    priority = _submit(consultation, f"partner.{country.iso2.lower()}", "Une mutuelle dans chaque ville", "fr")
    organisation = priority.organisation
    rows = {organisation: Presence(is_present=True, women=2, men=1)}
    consultation = record_participation(consultation, by=companion, version=consultation.version, rows=rows)
    consultation = agree_list(
        consultation, by=companion, version=consultation.version, ordered=[priority], not_retained={}
    )
    close_consultation(consultation, by=companion)


def _organisation(country: Country, slug: str, name: str) -> Organisation:
    return Organisation.objects.create(
        slug=slug, name=f"{name} ({slug})", acronym=slug.upper(), kind="trade_union", country=country, identity="named"
    )
