"""The main pages of each role on the seeded demonstration, and what the database and the line pay for each.

Runs inside a portal's own environment (``inside.py``): it needs Django and that portal's database.
"""

from __future__ import annotations

import gzip
import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import override

from actionplans.models import ActionPlan
from consultations.models import Consultation, Priority, PriorityState
from consultations.services import reopen_consultation, save_draft, start_draft
from planning_portal.jobs.models import Job, JobState
from planning_portal.organisations.models import Membership, User
from planning_portal.organisations.permissions import organisations_of
from planning_portal.programme.models import Level, Programme, StepKind, Theme
from planning_portal.programme.services import open_step
from workshops.models import Candidate, RoundState, Workshop, WorkshopState

# What the frame asks whatever the page: the session, the person, the cache's table where there is no Redis.
FRAME = re.compile(r'"(django_session|usersessions_usersession|portal_cache)"|FROM "organisations_user" WHERE')
HOST = {"host": "127.0.0.1", "accept-encoding": "gzip"}


@dataclass(frozen=True)
class MainPage:
    """A page of the table: what it is called there, what kind of page it is, who opens it."""

    name: str
    kind: str
    who: str
    url: str


@dataclass(frozen=True)
class Cost:
    """What one page costs once it has been opened before: queries of its own, compressed bytes, seconds.

    The seconds are those of the quickest of several rounds: the others tell how busy the machine was, not the page.
    """

    name: str
    kind: str
    queries: int
    size: int
    seconds: float


def account(who: str) -> User:
    return User.objects.get(email=f"{who}@example.org")


def make_ready() -> dict[str, Any]:
    """Let Benin propose again, with a draft to go on with, and take the documents that wait out of the queue.

    Through the services, as a coordinator and a partner would; idempotent.
    """
    Job.objects.filter(state=JobState.QUEUED).delete()
    coordinator, partner = account("coordinator"), account("partner.bj")
    consultation = Consultation.objects.select_related("step").get(country__iso2="BJ", step__programme__is_current=True)
    if not Priority.objects.drafts_of(partner).exists():
        open_step(consultation.step, by=coordinator)
        reopen_consultation(consultation, by=coordinator, reason="A late proposal.")
        fresh = Consultation.objects.select_related("step", "country").get(pk=consultation.pk)
        draft = start_draft(fresh, by=partner, organisation=next(iter(organisations_of(partner))))
        theme = Theme.objects.filter(programme=consultation.step.programme).first()
        words = " ".join(["Les travailleuses du secteur informel n’ont pas accès à une assurance maladie."] * 12)
        save_draft(draft, by=partner, version=draft.version, theme=theme, title=words[:80], situation=words)
    return {**sizes(), "pages": [asdict(page) for page in main_pages()]}


def make_drafts(number: int) -> list[dict[str, str]]:
    """Complete drafts of Benin's partner, ready to be saved again and submitted: after ``make_ready``."""
    partner = account("partner.bj")
    first = Priority.objects.drafts_of(partner).select_related("consultation", "organisation").earliest("pk")
    theme = Theme.objects.filter(programme__is_current=True).first()
    texts = {f"{part}_{first.source_language}": "Une couverture santé pour toutes." for part in Priority.TEXTS}
    made = Priority.objects.bulk_create(
        Priority(
            consultation=first.consultation,
            organisation=first.organisation,
            author=partner,
            source_language=first.source_language,
            theme=theme,
            level=Level.NATIONAL,
            **texts,
        )
        for _number in range(number)
    )
    with override(partner.preferred_language):
        return [
            {
                "draft": reverse("consultations:priority-edit", args=[one.public_id, 2]),
                "submit": reverse("consultations:priority-submit", args=[one.public_id]),
            }
            for one in made
        ]


def make_people(number: int) -> list[dict[str, Any]]:
    """So many people at work, over all organisations alike: each with a session and a complete draft of their own.

    What each needs to ask as a browser does: cookies, the token that fits them, and addresses in their own language.
    """
    members = Membership.objects.filter(organisation__is_active=True).select_related("user", "organisation")
    one_of_each = list({membership.organisation_id: membership for membership in members.order_by("pk")}.values())
    consultations = {
        one.country_id: one for one in Consultation.objects.filter(step__programme__is_current=True).order_by("pk")
    }
    able = [one for one in one_of_each if one.organisation.country_id in consultations]
    chosen = list(itertools.islice(itertools.cycle(able), number))
    drafts = Priority.objects.bulk_create(
        Priority(
            consultation=consultations[one.organisation.country_id],
            organisation=one.organisation,
            author=one.user,
            source_language=one.user.preferred_language,
            level=Level.NATIONAL,
            **{f"{part}_{one.user.preferred_language}": "Health cover for all." for part in Priority.TEXTS},
        )
        for one in chosen
    )
    agreed = Priority.objects.filter(state=PriorityState.AGREED).order_by("pk").first()
    assert agreed is not None
    return [_person(one.user, draft, agreed) for one, draft in zip(chosen, drafts, strict=True)]


def _person(user: User, draft: Priority, agreed: Priority) -> dict[str, Any]:
    client = Client(headers=HOST)
    client.force_login(user, backend="planning_portal.organisations.backends.SignInBackend")
    token = get_random_string(32)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    with override(user.preferred_language):
        return {
            "cookies": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}",
            "token": token,
            "draft": reverse("consultations:priority-edit", args=[draft.public_id, 2]),
            "list": [reverse("consultations:priority-list"), reverse("web:work")],
            "page": [
                reverse("programme:home"),
                reverse("consultations:priority-edit", args=[draft.public_id, 3]),
                reverse("consultations:priority-detail", args=[agreed.public_id]),
            ],
        }


def sizes() -> dict[str, int]:
    """How much there is: submitted priorities, and candidates of the workshop that is going on."""
    return {
        "priorities": Priority.objects.exclude(state=PriorityState.DRAFT).count(),
        "candidates": live_workshop().candidates.count(),
    }


def main_pages() -> list[MainPage]:
    """Everything that people come for, each in the role and the language of its account."""
    pages = []
    for name, kind, who, route, *arguments in _routes():
        with override(account(who).preferred_language if who else "en"):
            pages.append(MainPage(name, kind, who, reverse(route, args=arguments)))
    return pages


def _routes() -> Iterator[tuple[Any, ...]]:
    programme = Programme.objects.get(is_current=True)
    step = programme.steps.get(kind=StepKind.INTERCONTINENTAL)
    partner = account("partner.bj")
    draft = Priority.objects.drafts_of(partner).earliest("pk")
    agreed = Priority.objects.filter(state=PriorityState.AGREED).order_by("pk").first()
    live = live_workshop()
    ready = Workshop.objects.filter(state=WorkshopState.OPEN).exclude(pk=live.pk).get()
    held = published_workshop()
    candidate = Candidate.objects.filter(workshop=live).order_by("pk").first()
    plan = ActionPlan.objects.visible_to(account("partner.pe")).order_by("pk").first()
    assert None not in (agreed, candidate, plan), "the demonstration lacks what the pages show"
    yield "programme page", "public", "", "programme:home"
    yield "a step with its results", "public", "", "programme:step-detail", step.slug
    yield "library", "public", "", "programme:resource-list"
    yield "what is still to do", "participant", "partner.bj", "web:work"
    yield "priorities, the list", "participant", "partner.bj", "consultations:priority-list"
    yield "a priority and its life", "participant", "partner.bj", "consultations:priority-detail", agreed.public_id
    yield "priority form", "participant", "partner.bj", "consultations:priority-edit", draft.public_id, 2
    for page in (1, 3, 4, 5):
        name = f"priority form, page {page}"
        yield name, "participant", "partner.bj", "consultations:priority-edit", draft.public_id, page
    yield "priority form, last look", "participant", "partner.bj", "consultations:priority-submit", draft.public_id
    form = draft.consultation.public_id
    yield "priority form, offline", "participant", "partner.bj", "consultations:offline-form", form
    yield "ballot", "participant", "partner.bj", "workshops:ballot-cast", live.rounds.get(state="open").public_id
    yield "results of a round", "participant", "partner.bj", "workshops:round-results", _counted(held).public_id
    yield "plans, the list", "participant", "partner.bj", "actionplans:plan-list"
    yield "own plan", "participant", "partner.pe", "actionplans:plan-detail", plan.public_id
    yield "consultations", "work", "companion", "consultations:consultation-list"
    consultation = draft.consultation.public_id
    yield "agreeing a country's list", "work", "companion", "consultations:consultation-list-edit", consultation
    yield "desk, a round running", "work", "facilitator", "workshops:workshop-desk", live.public_id
    yield "desk, ready to close", "work", "facilitator", "workshops:workshop-desk", ready.public_id
    yield "candidates", "work", "facilitator", "workshops:candidate-list", live.public_id
    yield "decisions", "work", "facilitator", "workshops:decision-list", ready.public_id
    yield "texts to translate", "work", "translator", "languages:text-list"
    yield "a text side by side", "work", "translator", "languages:text-edit", "nl", "workshops.candidate", candidate.pk
    yield "organisations", "work", "coordinator", "organisations:organisation-list"


def live_workshop() -> Workshop:
    """The workshop in the middle of a round."""
    return Workshop.objects.get(state=WorkshopState.OPEN, rounds__state=RoundState.OPEN)


def published_workshop() -> Workshop:
    """The first workshop whose outcome is frozen and published."""
    return Workshop.objects.filter(state=WorkshopState.PUBLISHED).order_by("pk")[0]


def _counted(workshop: Workshop) -> Any:
    return workshop.rounds.filter(state=RoundState.CLOSED).order_by("pk")[0]


def measure_pages(rounds: int) -> list[dict[str, Any]]:
    """The cost of every main page: opened once so that it is warm, then ``rounds`` times."""
    clients: dict[str, Client] = {}
    return [asdict(_cost(page, _client(page.who, clients), rounds)) for page in main_pages()]


def _client(who: str, clients: dict[str, Client]) -> Client:
    if who not in clients:
        clients[who] = Client(headers=HOST)
        if who:
            clients[who].force_login(account(who), backend="planning_portal.organisations.backends.SignInBackend")
    return clients[who]


def _cost(page: MainPage, client: Client, rounds: int) -> Cost:
    for _visit in range(2):
        _open(client, page)
    with CaptureQueriesContext(connection) as captured:
        answer = _open(client, page)
    own = [query for query in captured.captured_queries if not FRAME.search(query["sql"])]
    seconds = []
    for _round in range(rounds):
        start = time.perf_counter()
        _open(client, page)
        seconds.append(time.perf_counter() - start)
    is_packed = answer.headers.get("Content-Encoding") == "gzip"
    size = len(answer.content) if is_packed else len(gzip.compress(answer.content))
    return Cost(page.name, page.kind, len(own), size, min(seconds))


def _open(client: Client, page: MainPage) -> Any:
    answer = client.get(page.url)
    assert answer.status_code == 200, f"{page.name} {page.url}: {answer.status_code}"
    return answer
