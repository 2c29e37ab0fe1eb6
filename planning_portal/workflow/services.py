"""How a state changes: lock the row, check state and right, change, write the log. One transaction, one way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .models import TransitionLog

M = TypeVar("M", bound=models.Model)


class WrongState(Exception):
    """The change is not possible in the object's present state. Its text is a sentence for the reader."""


@dataclass(frozen=True)
class Transition:
    """An allowed change: from any of ``sources`` to ``target``, by who holds ``permission``, maybe with a reason.

    ``refusal`` says in the reader's words why the change is not possible from another state.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    permission: str = ""
    needs_reason: bool = False
    refusal: str | Promise = ""


class Workflow:
    """The table of changes of one model's state field. It is what services, templates and tests ask."""

    def __init__(self, field: str, transitions: Iterable[Transition]):
        self.field = field
        self.transitions = {transition.name: transition for transition in transitions}

    def is_possible(self, obj: models.Model, name: str) -> bool:
        """Whether the state of ``obj`` admits the change ``name`` (rights are not looked at)."""
        return getattr(obj, self.field) in self.transitions[name].sources

    @transaction.atomic
    def apply(
        self,
        obj: M,
        name: str,
        *,
        by: Any,
        organisation: models.Model | None = None,
        reason: str = "",
        is_locked: bool = False,
        **changes: Any,
    ) -> M:
        """Change the state of ``obj`` and set ``changes`` beside it; return the locked, fresh row.

        ``is_locked``: ``obj`` itself was locked and read in this transaction, so it is that row.

        In order: lock the row, check its state, check the right of ``by`` (``None`` is the system itself),
        save only the named fields, write the log. The caller holds the same transaction for what follows.

        Raises WrongState, PermissionDenied, or ValueError when a reason is needed and none is given.
        """
        transition = self.transitions[name]
        fresh = obj if is_locked else type(obj)._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)
        before = getattr(fresh, self.field)
        if before not in transition.sources:
            raise WrongState(str(transition.refusal) or _("Somebody was faster: this is no longer possible."))
        if by is not None and transition.permission and not by.has_perm(transition.permission, fresh):
            raise PermissionDenied
        if transition.needs_reason and not reason.strip():
            raise ValueError(f"{name} needs a reason")
        setattr(fresh, self.field, transition.target)
        for field, value in changes.items():
            setattr(fresh, field, value)
        fresh.save(update_fields=[self.field, *changes])
        log_change(fresh, name, by=by, before=before, after=transition.target, organisation=organisation, reason=reason)
        return fresh


def log_change(
    obj: models.Model,
    name: str,
    *,
    by: Any,
    before: str = "",
    after: str = "",
    organisation: models.Model | None = None,
    reason: str = "",
) -> TransitionLog:
    """Write one line of the log, also for acts that change no state (an edit, a download)."""
    line = _line(obj, name, by=by, before=before, after=after, organisation=organisation, reason=reason)
    line.save(force_insert=True)
    return line


def log_changes(
    objs: Iterable[models.Model], name: str, *, by: Any, after: str = "", organisation: models.Model | None = None
) -> None:
    """One line for each of many objects to which the same happened at once, in one query."""
    TransitionLog.objects.bulk_create(
        [_line(obj, name, by=by, before="", after=after, organisation=organisation, reason="") for obj in objs]
    )


def _line(
    obj: models.Model,
    name: str,
    *,
    by: Any,
    before: str,
    after: str,
    organisation: models.Model | None,
    reason: str,
) -> TransitionLog:
    return TransitionLog(
        obj=obj,
        name=name,
        from_state=before,
        to_state=after,
        by=by,
        organisation_id=organisation.pk if organisation else None,
        reason=reason,
    )
