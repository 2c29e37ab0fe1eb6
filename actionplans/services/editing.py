"""What all edits of a plan share: one writer at a time, the right asked, nobody overwriting another unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from planning_portal.languages.models import TranslationUnit
from planning_portal.languages.services import LANGUAGE_CODES, set_source, source_text, text_hash
from planning_portal.workflow.services import WrongState

from ..models import ActionPlan, PlanItem, PlanState

Item = TypeVar("Item", bound=PlanItem)


class EditConflict(Exception):
    """Somebody else changed the same thing since the form was shown. Nothing was saved.

    ``item`` is as it is now; ``version`` is the plan's version that the next attempt must name.
    """

    def __init__(self, item: PlanItem, plan: ActionPlan):
        self.item = item
        # ``editing`` has counted the version that this edit would have given.
        self.version = plan.version - 1
        super().__init__(str(item))


class ItemGone(Exception):
    """Somebody else removed it since the form was shown."""


@contextmanager
def editing(plan: ActionPlan, *, by: Any) -> Iterator[ActionPlan]:
    """The fresh plan, locked for one edit that gives it a new ``version``; ``by=None`` is the system itself.

    Raises WrongState when the plan is no draft, PermissionDenied.
    """
    with transaction.atomic():
        fresh = (
            ActionPlan.objects.select_for_update(of=("self",))
            .select_related("programme", "line", "organisation__country__zone")
            .get(pk=plan.pk)
        )
        if fresh.state != PlanState.DRAFT:
            raise WrongState(locked_because(fresh))
        if by is not None and not by.has_perm("actionplans.edit_plan", fresh):
            raise PermissionDenied(not_yours())
        fresh.version += 1
        yield fresh
        fresh.save(update_fields=["version"])
        plan.version = fresh.version


def locked_because(plan: ActionPlan) -> str:
    """Why nothing can be changed in a plan that is no draft."""
    if plan.state == PlanState.IN_REVIEW:
        return _("This plan is in review. A coordinator can give it back, then it can be changed again.")
    return _("This plan is adopted. To change it, amend it first.")


def not_yours() -> str:
    return _("Only the organisations that carry this plan and the coordinators can change it.")


def fresh_item(item: Item, plan: ActionPlan, *, seen: int | None, changed_in: str = "changed_in") -> Item:
    """The item as it is now, if nobody changed it after the plan's version ``seen`` (None: not asked).

    Raises EditConflict, ItemGone.
    """
    now = type(item)._base_manager.filter(pk=item.pk).first()
    if now is None:
        raise ItemGone
    if seen is not None and getattr(now, changed_in) > seen:
        raise EditConflict(now, plan)
    return now


def write_item(
    item: PlanItem, plan: ActionPlan, *, language: str, texts: Mapping[str, str], values: Mapping[str, Any]
) -> None:
    """Put texts and values into ``item``, check all the rules that the database also has, save.

    When the writer's language changes, what others can read stays, marked as out of date: it translates a text that
    is no more. Raises ValidationError by field.
    """
    if language not in LANGUAGE_CODES:
        raise ValidationError({"source_language": _("Choose the language in which you write.")})
    former = item.source_language if item.pk else language
    before = {name: source_text(item, name) for name in texts} if item.pk else {}
    for name, value in values.items():
        setattr(item, name, value)
    item.source_language = language
    set_source(item, **texts)
    if former != language:
        for name, text in texts.items():
            if before[name] == text:
                setattr(item, f"{name}_{former}", "")
    item.changed_in = plan.version
    validate(item)
    item.save()
    if former != language:
        _mark_stale(item, former, before)


def _mark_stale(item: Any, language: str, before: Mapping[str, str]) -> None:
    content_type = ContentType.objects.get_for_model(type(item))
    for name, text in before.items():
        if getattr(item, f"{name}_{language}", ""):
            TranslationUnit.objects.filter(
                content_type=content_type, object_id=item.pk, field=name, language=language
            ).update(translated_hash=text_hash(text))


def validate(item: Any) -> None:
    """All checks of the model and its constraints, without asking for each related row; problems by form field."""
    related = {field.name for field in item._meta.fields if isinstance(field, ForeignKey)}
    problems: dict[str, list[str]] = {}
    for check in (lambda: item.clean_fields(exclude=related), item.clean, item.validate_constraints):
        try:
            check()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                problems.setdefault(_form_field(item, name), []).extend(messages)
    if problems:
        raise ValidationError(problems)


def _form_field(item: Any, name: str) -> str:
    """ "title_fr" is "title" to the person who writes; what belongs to no field is told on top."""
    for field in item.TEXTS:
        if name in {f"{field}_{code}" for code in LANGUAGE_CODES}:
            return field
    return name
