"""What the programme adds to the frame of every page: its title and its entries in the navigation."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from planning_portal.languages.queries import ShownText
from planning_portal.organisations.permissions import memberships_of
from planning_portal.web.registry import NavEntry

from .models import current_programme
from .permissions import companion_country_ids, is_coordinator, translator_languages


def site_title() -> ShownText | str:
    """The current programme's title in the reader's language, else as it was written; how good the translation is
    stands on the programme's own page, so this costs no further query."""
    programme = current_programme()
    if programme is None:
        return ""
    language = get_language() or "en"
    text = getattr(programme, f"title_{language}", "")
    if text:
        return ShownText(text, language)
    return ShownText(getattr(programme, f"title_{programme.source_language}") or "", programme.source_language)


def entries(user: Any) -> list[NavEntry]:
    """The programme and its library for everyone; then what a person's organisations and roles add."""
    found = [
        NavEntry(_("Programme"), "programme:home", rank=20, area="programme"),
        NavEntry(_("Library"), "programme:resource-list", rank=80),
    ]
    if not user.is_authenticated:
        return found
    if memberships_of(user):
        found.append(NavEntry(_("My organisation"), "organisations:organisation-home", rank=60))
    if is_coordinator(user) or companion_country_ids(user):
        found.append(NavEntry(_("Organisations"), "organisations:organisation-list", rank=65))
    if translator_languages(user):
        found.append(NavEntry(_("Texts"), "languages:text-list", rank=70))
    if user.has_perm("jobs.view_any"):
        found.append(NavEntry(_("Slow work"), "jobs:job-list", rank=90))
    return found
