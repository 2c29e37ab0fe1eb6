"""Who does what in a programme: the predicates on roles that every stage builds its own rights from."""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import prefetch_related_objects

from planning_portal.organisations.identity import Viewer
from planning_portal.organisations.models import Country, Organisation
from planning_portal.organisations.permissions import has_mandate_for, is_member_of

from .models import Role, RoleKind


def roles_of(user: Any) -> list[Role]:
    """The person's roles in current programmes: one query, once for each request; a companion's with their countries,
    one more."""
    if not user.is_authenticated or not user.is_active:
        return []
    if not hasattr(user, "_roles"):
        user._roles = list(Role.objects.filter(user=user, programme__is_current=True).order_by("id"))
        prefetch_related_objects([role for role in user._roles if role.kind == RoleKind.COMPANION], "countries")
    return user._roles  # type: ignore[no-any-return]


def has_role(user: Any, kind: str) -> bool:
    return any(role.kind == kind for role in roles_of(user))


@rules.predicate
def is_coordinator(user: Any) -> bool:
    return has_role(user, RoleKind.COORDINATOR)


@rules.predicate
def is_facilitator(user: Any) -> bool:
    return has_role(user, RoleKind.FACILITATOR)


@rules.predicate
def is_translator(user: Any) -> bool:
    return has_role(user, RoleKind.TRANSLATOR)


def companion_country_ids(user: Any) -> set[int]:
    """The countries that ``user`` accompanies."""
    return {
        country.pk for role in roles_of(user) if role.kind == RoleKind.COMPANION for country in role.countries.all()
    }


def is_companion_of(user: Any, country: Country) -> bool:
    return country.pk in companion_country_ids(user)


def translator_languages(user: Any) -> set[str]:
    """The languages into which ``user`` may translate."""
    return {code for role in roles_of(user) if role.kind == RoleKind.TRANSLATOR for code in role.languages}


def knowledge_of(user: Any) -> Viewer:
    """Coordinators and facilitators know every organisation; companions those of their countries."""
    return Viewer(
        knows_all=is_coordinator(user) or is_facilitator(user), country_ids=frozenset(companion_country_ids(user))
    )


@rules.predicate
def may_translate_into(user: Any, language: str | None) -> bool:
    """A translator of this language; coordinators may mend any."""
    return is_coordinator(user) or language in translator_languages(user)


rules.add_perm("languages.translate_text", may_translate_into)


@rules.predicate
def accompanies(user: Any, organisation: Organisation | None) -> bool:
    """Is the companion of the organisation's country."""
    return organisation is not None and organisation.country_id in companion_country_ids(user)


# Who may act for an organisation depends on roles, and roles are the programme's: so these stand here.
rules.add_perm("organisations.view_people", is_member_of | accompanies | is_facilitator | is_coordinator)
rules.add_perm("organisations.invite_person", has_mandate_for | accompanies | is_coordinator)
rules.add_perm("organisations.change_identity", is_member_of | is_coordinator)
rules.add_perm("organisations.loosen_identity", is_coordinator)

rules.add_perm("programme.open_step", is_coordinator)
rules.add_perm("programme.close_step", is_coordinator)
rules.add_perm("programme.publish_result", is_facilitator | is_coordinator)
rules.add_perm("programme.edit_content", is_coordinator)

# The apps below know no roles; they ask by these names.
rules.add_perm("jobs.view_any", is_coordinator)
rules.add_perm("documents.view_any", is_coordinator)
