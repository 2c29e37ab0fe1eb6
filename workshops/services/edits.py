"""What all edits of a workshop share: one writer at a time, the right asked, no editor overwriting another."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from planning_portal.languages.models import Multilingual
from planning_portal.languages.services import LANGUAGE_CODES, set_source, source_text
from planning_portal.workflow.services import WrongState

from ..models import RoundState, Workshop, WorkshopState

WHILE_OPEN = ("workshops.run_workshop", "workshops.decide")


class EditConflict(Exception):
    """Somebody else saved meanwhile. Nothing was saved; ``mine`` and ``theirs`` are both texts, by field.

    ``obj`` is the fresh object: the next form carries its version.
    """

    def __init__(self, obj: Any, *, mine: dict[str, Any], theirs: dict[str, Any]):
        self.obj = obj
        self.mine = mine
        self.theirs = theirs
        super().__init__(", ".join(mine))


def touch(workshop: Workshop) -> None:
    """Let the live pages know that something changed. The last statement of a service: its lock is short."""
    Workshop.objects.filter(pk=workshop.pk).update(revision=F("revision") + 1)


def lock_workshop(workshop: Workshop, *, by: Any, permission: str = "workshops.run_workshop") -> Workshop:
    """The fresh row, locked, if ``by`` may act on it (``None`` is the system itself).

    Raises WrongState in the reader's words when it is the state that forbids it, PermissionDenied otherwise.
    """
    fresh = (
        Workshop.objects.select_for_update(of=("self",)).select_related("step__programme", "zone").get(pk=workshop.pk)
    )
    if permission in WHILE_OPEN and fresh.state != WorkshopState.OPEN:
        raise WrongState(not_going_on(fresh))
    if permission == "workshops.publish_summary" and fresh.snapshot is None:
        raise WrongState(_("Only a workshop that is closed has a summary."))
    if by is not None and not by.has_perm(permission, fresh):
        raise PermissionDenied(_("Only the facilitators of this workshop can do this."))
    return fresh


def lock_until_closed(workshop: Workshop, *, by: Any) -> Workshop:
    """The same for what is made ready before a workshop opens and still changed while it goes on: run sheet, room."""
    state = Workshop.objects.values_list("state", flat=True).get(pk=workshop.pk)
    permission = "workshops.open_workshop" if state == WorkshopState.PLANNED else "workshops.run_workshop"
    fresh = lock_workshop(workshop, by=by, permission=permission)
    if fresh.state not in {WorkshopState.PLANNED, WorkshopState.OPEN}:
        raise WrongState(not_going_on(fresh))
    return fresh


def not_going_on(workshop: Workshop) -> str:
    """Why nothing can be changed in a workshop that is not open."""
    if workshop.state == WorkshopState.PLANNED:
        return _("This workshop has not been opened yet.")
    return _("This workshop is closed: its outcome is frozen.")


def refuse_while_weighing(workshop: Workshop) -> None:
    """The list on the ballots must not change under those who are voting. Raises WrongState."""
    if workshop.rounds.filter(state=RoundState.OPEN).exists():
        raise WrongState(_("A round of weighing is open: the candidates cannot change before it is closed."))


def check_version(obj: Any, version: int | None, *, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Refuse an edit made on an older version unless it says the same. ``None`` skips the check (the system itself)."""
    if version is not None and version != obj.version and mine != theirs:
        raise EditConflict(obj, mine=mine, theirs=theirs)


def rewrite(obj: Multilingual, language: str, **texts: str) -> None:
    """Put the writer's own words into ``obj``, which may until now have been written in another language.

    When the language changes, the columns of all others are emptied: they translated a text that is no more.
    """
    if language not in LANGUAGE_CODES:
        raise ValidationError({"source_language": _("Choose the language in which you write.")})
    if obj.source_language and obj.source_language != language:
        for field in texts:
            for code in LANGUAGE_CODES:
                setattr(obj, f"{field}_{code}", "")
    obj.source_language = language
    set_source(obj, **{field: clean_text(text) for field, text in texts.items()})


def clean_text(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def sources_of(obj: Multilingual, *fields: str) -> dict[str, str]:
    """The texts of ``fields`` as their writer wrote them."""
    return {field: source_text(obj, field) for field in fields}
