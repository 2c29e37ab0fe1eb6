"""Stage 1 of the world: a first round that is over, and a second one that goes on."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.utils import timezone

from consultations.models import (
    Attachment,
    AttachmentKind,
    Consultation,
    OfflineForm,
    OfflineRow,
    OfflineUpload,
    ParkedEdit,
    ParkedProposal,
    Priority,
)
from consultations.services import (
    Presence,
    add_comment,
    agree_list,
    close_consultation,
    open_consultation,
    plan_consultation,
    propose_amendment,
    record_participation,
    request_change,
    save_amendment,
    save_draft,
    send_invitations,
    start_amendment,
    start_draft,
    submit_priority,
    support_priority,
)
from planning_portal.organisations.models import User
from planning_portal.programme.models import Level, Step, StepKind, Theme, WorkerGroup
from planning_portal.programme.services import close_step, open_step
from tests import factories

from .things import empty_pdf

if TYPE_CHECKING:
    from .build import World

WORDS = {
    "fr": ("Priorité", "La situation de nos membres.", "Nos membres.", "Ce qui aura changé.", "Ce que nous ferons."),
    "es": ("Prioridad", "La situación.", "Nuestras socias.", "Lo que habrá cambiado.", "Lo que haremos juntas."),
    "nl": ("Prioriteit", "De situatie.", "Onze leden.", "Wat er veranderd zal zijn.", "Wat we samen doen."),
}
# Who wrote what in the first round: organisation, person, theme.
FIRST_ROUND = {
    "BJ": (
        ("union", "partner", "labour-rights"),
        ("mutual", "neighbour", "health-social-protection"),
        ("union", "partner", "population"),
    ),
    "PE": (
        ("women", "stranger", "labour-rights"),
        ("cooperative", "cooperator", "decent-work-job-creation"),
        ("women", "stranger", "population"),
    ),
    "BE": (
        ("youth", "youth", "labour-rights"),
        ("youth", "youth", "population"),
        ("youth", "youth", "social-dialogue"),
    ),
}
AUTHOR = {"BJ": "partner", "PE": "stranger"}
RUN_BY = {"BJ": "companion", "PE": "other_companion", "BE": "coordinator"}


def hold_first_round(world: World) -> list[Priority]:
    """Three consultations, nine priorities: eight agreed, one set aside by its country. The step is over."""
    step = Step.objects.get(programme=world.programme, kind=StepKind.CONSULTATION)
    coordinator = world.people["coordinator"]
    open_step(step, by=coordinator)
    step.refresh_from_db()
    agreed: list[Priority] = []
    for code, entries in FIRST_ROUND.items():
        consultation, priorities = _hold(world, step, code, entries)
        agreed += priorities
        if code == "BJ":
            world.own |= {
                "closed_consultation": consultation,
                "agreed": priorities[0],
                "submitted": priorities[0],
                "neighbours_priority": priorities[1],
            }
        if code == "PE":
            world.foreign |= {
                "closed_consultation": consultation,
                "agreed": priorities[0],
                "neighbours_priority": priorities[1],
            }
    close_step(step, by=coordinator)
    world.own["consultation_step"] = world.foreign["consultation_step"] = Step.objects.get(pk=step.pk)
    return agreed


def _hold(
    world: World, step: Step, code: str, entries: tuple[tuple[str, str, str], ...]
) -> tuple[Consultation, list[Priority]]:
    country = world.organisations[entries[0][0]].country
    by = world.people[RUN_BY[code]]
    consultation = open_consultation(plan_consultation(step, country, by=by, place="Town hall"), by=by)
    priorities = [
        submit_priority(_write(world, consultation, *entry, number), by=world.people[entry[1]])
        for number, entry in enumerate(entries, start=1)
    ]
    if code == "BJ":
        support_priority(
            priorities[0], by=world.people["neighbour"], organisation=world.organisations["mutual"], why="D'accord."
        )
    rows = {
        one.organisation: Presence(True, 2, 1) for one in consultation.participations.select_related("organisation")
    }
    consultation = record_participation(consultation, by=by, version=consultation.version, rows=rows)
    aside = {priorities[2]: "Une autre fois."} if code == "BJ" else {}
    kept = [one for one in priorities if one not in aside]
    consultation = agree_list(consultation, by=by, version=consultation.version, ordered=kept, not_retained=aside)
    if code == "BJ":
        world.own["not_retained"] = priorities[2]
    return close_consultation(consultation, by=by, closing_note="C'est fait."), [
        Priority.objects.get(pk=one.pk) for one in kept
    ]


def _write(
    world: World, consultation: Consultation, organisation: str, person: str, theme: str, number: int
) -> Priority:
    by = world.people[person]
    draft = start_draft(consultation, by=by, organisation=world.organisations[organisation])
    title, situation, concerned, change, together = WORDS[draft.source_language]
    return save_draft(
        draft,
        by=by,
        version=draft.version,
        title=f"{title} {number}",
        situation=situation,
        concerned=concerned,
        change=change,
        together=together,
        theme=Theme.objects.get(programme=world.programme, slug=theme),
        level=Level.CONTINENTAL,
        groups=list(WorkerGroup.objects.all()[:2]),
        supports={},
    )


def open_second_round(world: World) -> None:
    """A new step: Benin and Peru are at it, Belgium has only planned. Drafts, a submission, two texts to compare."""
    step = factories.make_step(StepKind.CONSULTATION, programme=world.programme, order=9)
    for key, things, code in (("partner", world.own, "BJ"), ("stranger", world.foreign, "PE")):
        organisation = world.organisations["union" if code == "BJ" else "women"]
        by = world.people[RUN_BY[code]]
        planned = plan_consultation(
            step, organisation.country, by=by, starts_at=timezone.now() + timedelta(days=30), place="Town hall"
        )
        send_invitations(planned, by=by)
        consultation = open_consultation(planned, by=by)
        person = world.people[key]
        entry = (organisation.slug, key, "labour-rights", 1)
        draft = _write(world, consultation, *entry)
        waiting = submit_priority(_write(world, consultation, *entry), by=person)
        ParkedEdit.objects.create(priority=draft, user=person, fields={"title": "Un autre titre"})
        attachment = _attach(draft, number=2, by=person)
        _attach(consultation, number=1, by=by)
        things |= {"consultation": consultation, "draft": draft, "waiting": waiting, "attachment": attachment}
        things["offline_upload"] = _send_form(consultation, draft, by=person)
    neighbours = submit_priority(
        _write(world, world.own["consultation"], "mutual", "neighbour", "health-social-protection", 2),
        by=world.people["neighbour"],
    )
    others = submit_priority(
        _write(world, world.foreign["consultation"], "cooperative", "cooperator", "labour-rights", 2),
        by=world.people["cooperator"],
    )
    world.own["supportable"], world.foreign["supportable"] = neighbours, others
    world.foreign["submitted"] = world.foreign["waiting"]
    for things, other in ((world.own, neighbours), (world.foreign, others)):
        _propose_a_merge(world, things, other)
    planned = plan_consultation(step, world.organisations["youth"].country, by=world.people["coordinator"])
    world.own["planned_consultation"] = world.foreign["planned_consultation"] = planned


def _propose_a_merge(world: World, things: dict[str, Any], other: Priority) -> None:
    """One proposal that waits for its answers, one that the companion has not sent yet."""
    consultation = things["consultation"]
    by = world.people[RUN_BY[consultation.country.iso2]]
    amendment = start_amendment(consultation, by=by, kind="merge", sources=[things["waiting"], other])
    amendment = save_amendment(amendment, by=by, version=1, texts=amendment.texts, why="Les deux disent la même chose.")
    things["amendment"] = propose_amendment(
        amendment, by=by, version=amendment.version, answer_by=timezone.now() + timedelta(days=7)
    )
    author = AUTHOR[consultation.country.iso2]
    third = _write(world, consultation, things["waiting"].organisation.slug, author, "population", 3)
    third = submit_priority(third, by=world.people[author])
    things["sent_back"] = third
    things["request"] = request_change(third, by=by, part="change", words="Combien de personnes ?")
    things["comment"] = add_comment(
        third, by=world.people[author], organisation=third.organisation, words="Nous le disons depuis longtemps."
    )
    things["draft_amendment"] = start_amendment(consultation, by=by, kind="split", sources=[third])
    typed = {"why": "Deux sujets, deux textes."}
    ParkedProposal.objects.create(amendment=things["draft_amendment"], user=by, fields=typed)


def _attach(owner: Priority | Consultation, *, number: int, by: User) -> Attachment:
    """A file as if it had been cleaned: no child process for each world."""
    field = "priority" if isinstance(owner, Priority) else "consultation"
    return Attachment.objects.create(
        **{field: owner},
        slot=number,
        kind=AttachmentKind.PDF,
        file=ContentFile(empty_pdf(), "file.pdf"),
        size=len(empty_pdf()),
        fingerprint="f" * 64,
        added_by=by,
    )


def _send_form(consultation: Consultation, draft: Priority, *, by: User) -> OfflineUpload:
    """A form that was read: a new row, one that changes a draft, one that somebody changed in the portal too."""
    form = OfflineForm.objects.create(key=uuid.uuid4(), consultation=consultation, organisation=draft.organisation)
    OfflineRow.objects.create(form=form, number=2, priority=draft, user=by, version=draft.version)
    return OfflineUpload.objects.create(
        user=by,
        consultation=consultation,
        organisation=draft.organisation,
        form_key=form.key,
        language=draft.source_language,
        rows=[
            {"number": 1, "parts": {"title": "Une autre priorité", "level": "national"}},
            {"number": 2, "parts": {"title": "Priorité du formulaire", "situation": "Ce que nous voyons."}},
        ],
        faults=[{"sheet": "Formulaire", "cell": "C12", "code": "choice", "details": {"value": "Autre"}}],
    )
