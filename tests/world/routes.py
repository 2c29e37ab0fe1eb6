"""An address for every route: what stands in it, by the noun its name begins with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import override

if TYPE_CHECKING:
    from .build import World

Arguments = dict[str, Any]


class UnknownRoute(LookupError):
    """A route with arguments that the world does not know: add it to one of the tables here."""


# Routes that belong to others: their own apps answer for them.
LEFT_OUT = {"account_confirm_email", "account_reset_password_from_key", "mfa_remove_webauthn", "mfa_edit_webauthn"}

# Which thing of the world a route is about, where it is not the one its name begins with.
THINGS = {
    "actionplans:budget-edit": "activity",
    "actionplans:indicator-add": "outcome",
    "actionplans:activity-add": "output",
    "actionplans:output-add": "outcome",
    "actionplans:outcome-add": "plan",
    "actionplans:risk-add": "plan",
    "actionplans:plan-adopt": "review_plan",
    "actionplans:plan-amend": "adopted_plan",
    "actionplans:plan-origins": "global_plan",
    "actionplans:plan-return": "review_plan",
    "actionplans:version-compare": "adopted_plan",
    "actionplans:version-detail": "adopted_plan",
    "actionplans:version-list": "adopted_plan",
    "consultations:amendment-detail": "amendment",
    "consultations:amendment-edit": "draft_amendment",
    "consultations:amendment-list": "consultation",
    "consultations:comment-add": "sent_back",
    "consultations:request-ask": "sent_back",
    "consultations:consultation-list-edit": "consultation",
    "consultations:consultation-open": "planned_consultation",
    "consultations:invitation-answer": "consultation",
    "consultations:meeting-calendar": "consultation",
    "consultations:consultation-published": "closed_consultation",
    "consultations:consultation-reopen": "closed_consultation",
    "consultations:offline-form": "consultation",
    "consultations:offline-download": "consultation",
    "consultations:offline-preview": "offline_upload",
    "consultations:priority-attachments": "draft",
    "consultations:consultation-attachments": "consultation",
    "consultations:attachment-download": "attachment",
    "consultations:priority-compare": "draft",
    "consultations:priority-detail": "agreed",
    "consultations:priority-edit": "draft",
    "consultations:priority-history": "agreed",
    "consultations:priority-receipt": "submitted",
    "consultations:priority-similar": "draft",
    "consultations:priority-start": "consultation",
    "consultations:priority-submit": "draft",
    "consultations:summary-rebuild": "closed_consultation",
    "consultations:support-edit": "supportable",
    "organisations:identity-edit": "organisation",
    "organisations:person-invite": "organisation",
    "workshops:attendance": "workshop",
    "workshops:attendance-totals": "workshop",
    "workshops:ballot-cast": "round",
    "workshops:ballot-enter": "round",
    "workshops:ballot-receipt": "counted_round",
    "workshops:candidate-list": "workshop",
    "workshops:candidate-split": "merged_candidate",
    "workshops:decision-edit": "candidate",
    "workshops:decision-list": "workshop",
    "workshops:hand-raise": "running_session",
    "workshops:line-create": "workshop",
    "workshops:line-edit": "open_line",
    "workshops:line-list": "workshop",
    "workshops:minutes-approve": "workshop",
    "workshops:minutes-edit": "workshop",
    "workshops:objection-add": "decided_candidate",
    "workshops:room-edit": "workshop",
    "workshops:round-drop": "prepared_round",
    "workshops:round-list": "workshop",
    "workshops:round-open": "prepared_round",
    "workshops:round-ballots": "counted_round",
    "workshops:round-what-if": "closed_round",
    "workshops:round-results": "closed_round",
    "workshops:note-edit": "session",
    "workshops:session-pause": "running_session",
    "workshops:session-aside": "session",
    "workshops:session-end": "running_session",
    "workshops:session-list": "workshop",
    "workshops:step-publish": "step_summary",
    "workshops:step-summary": "step_summary",
    "workshops:temperature-answer": "workshop",
    "workshops:temperature-edit": "workshop",
    "workshops:workshop-desk-live": "workshop",
    "workshops:workshop-place-live": "workshop",
    "workshops:workshop-open": "planned_workshop",
    "workshops:workshop-publish": "closed_workshop",
    "workshops:workshop-reopen": "published_workshop",
    "workshops:workshop-rebuild": "published_workshop",
}
NUMBERS = {"page": 2, "number": 1, "old": 1, "new": 2}

CONSTANT: dict[str, Arguments] = {
    "programme:step-detail": {"slug": "intercontinental-workshop"},
    "programme:input-detail": {"step_slug": "intercontinental-workshop", "slug": "input-asia"},
    "programme:theme-detail": {"slug": "labour-rights"},
    "programme:page-detail": {"slug": "theory-of-change"},
}

SPECIAL: dict[str, Callable[[Arguments], Arguments]] = {
    "consultations:country-detail": lambda things: {"number": things["consultation"].country_id},
    "organisations:invitation-accept": lambda things: {"token": things["token"]},
    "languages:text-edit": lambda things: {
        "language": "nl",
        "kind": "workshops.candidate",
        "object_id": things["candidate"].pk,
    },
    "jobs:group-progress": lambda things: {"group": things["group"]},
    "workshops:workshop-joined": lambda things: {"code": things["room"].join_code},
    "workshops-room:room-screen": lambda things: {"code": things["room"].screen_code},
    "workshops-room:room-screen-live": lambda things: {"code": things["room"].screen_code},
    "jobs:job-retry": lambda things: {"job": things["failed_job"].pk},
}


def every_route() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The name of every route of the portal with its arguments, the administration left out."""
    yield from _walk(get_resolver(), (), ())


def _walk(
    resolver: URLResolver, namespaces: tuple[str, ...], arguments: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in resolver.url_patterns:
        inside = (*arguments, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            if pattern.namespace == "admin":
                continue
            here = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern, here, inside)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield ":".join((*namespaces, pattern.name)), inside


def arguments_of(name: str, arguments: tuple[str, ...], things: Arguments) -> Arguments:
    """What stands in the address of the route ``name``."""
    if not arguments:
        return {}
    if name in CONSTANT:
        return CONSTANT[name]
    if name in SPECIAL:
        return SPECIAL[name](things)
    noun = THINGS.get(name) or name.split(":")[-1].rsplit("-", 1)[0].replace("-", "_")
    subject = next((one for one in ("item", "public_id", "edition", "plan") if one in arguments), "")
    known = {one: things[one].public_id for one in ("plan", "edition", "organisation") if one in things} | NUMBERS
    if noun not in things or not subject or set(arguments) - {*known, subject}:
        raise UnknownRoute(f"{name} {arguments}: no thing {noun!r}")
    known[subject] = things[noun].public_id
    return {argument: known[argument] for argument in arguments}


def urls_of(world: World, whose: str, language: str) -> dict[str, str]:
    """An address for every route, by name, in ``language``."""
    things = {"own": world.own, "foreign": world.foreign}[whose]
    with override(language):
        return {
            name: reverse(name, kwargs=arguments_of(name, arguments, things))
            for name, arguments in every_route()
            if name not in LEFT_OUT
        }
