"""How a plan begins: a line of work becomes a global plan, an organisation starts its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from planning_portal.languages.models import Multilingual, TranslationState, TranslationUnit
from planning_portal.languages.services import LANGUAGE_CODES
from planning_portal.organisations.models import Organisation
from planning_portal.programme.models import Programme
from planning_portal.workflow.services import WrongState, log_change
from workshops.models import LineOfWork
from workshops.querysets import CLOSED_STATES

from .. import checks
from ..models import ActionPlan, PlanKind, Result, ResultKind
from .editing import editing, fresh_item, write_item


@transaction.atomic
def draft_global_plan(line: LineOfWork, *, by: Any) -> ActionPlan:
    """The hand-over from stage 2: the global plan of a line of work, with the line's statement as its outcome.

    A copy in every language, with what is known of each translation. Asked again it returns the plan that is there.
    Raises PermissionDenied, and WrongState while the line's workshop goes on.
    """
    line = LineOfWork.objects.select_for_update(of=("self",)).select_related("workshop", "programme").get(pk=line.pk)
    known = ActionPlan.objects.filter(line=line).first()
    if known is not None:
        return known
    if by is not None and not by.has_perm("actionplans.draft_global_plan", line):
        raise PermissionDenied(
            _("Only the organisations that joined this line of work and the coordinators can do this.")
        )
    if line.workshop.state not in CLOSED_STATES:
        raise WrongState(_("The workshop that decides on this line of work has not been closed yet."))
    plan = ActionPlan(programme=line.programme, kind=PlanKind.GLOBAL, line=line, source_language=line.source_language)
    plan.save()
    outcome = Result(plan=plan, kind=ResultKind.OUTCOME, code="1", position=1, source_language=line.source_language)
    copy_texts(line, outcome, {"statement": "statement"})
    log_change(plan, "draft", by=by, after=plan.state)
    return plan


@transaction.atomic
def draft_organisation_plan(organisation: Organisation, *, programme: Programme, by: Any) -> ActionPlan:
    """An organisation's own plan, empty; asked again it returns the one that is there. Raises PermissionDenied."""
    organisation = (
        Organisation.objects.select_for_update(of=("self",)).select_related("country").get(pk=organisation.pk)
    )
    known = ActionPlan.objects.filter(organisation=organisation, programme=programme).first()
    if known is not None:
        return known
    if by is not None and not by.has_perm("actionplans.draft_organisation_plan", organisation):
        raise PermissionDenied(_("Only the people of this organisation and the coordinators can do this."))
    language = by.preferred_language if by is not None else organisation.country.working_language
    plan = ActionPlan(programme=programme, kind=PlanKind.ORGANISATION, organisation=organisation)
    plan.source_language = language if language in LANGUAGE_CODES else LANGUAGE_CODES[0]
    plan.save()
    log_change(plan, "draft", by=by, after=plan.state, organisation=organisation)
    return plan


def save_summary(
    plan: ActionPlan, *, by: Any, source_language: str, summary: str, seen: int | None = None
) -> ActionPlan:
    """Change the few sentences that stand above everything else in the plan.

    Raises WrongState, PermissionDenied, ValidationError, EditConflict.
    """
    with editing(plan, by=by) as fresh:
        fresh_item(plan, fresh, seen=seen)
        texts = checks.clean_texts({"summary": summary})
        write_item(fresh, fresh, language=source_language, texts=texts, values={})
    return fresh


def copy_texts(source: Multilingual, target: Multilingual, names: Mapping[str, str]) -> None:
    """Copy texts in every language from ``source`` to ``target`` and save it; how good each translation is comes along.

    ``names`` maps fields of the source to fields of the target. Both have the same source language.
    """
    for name, copied in names.items():
        for language in LANGUAGE_CODES:
            setattr(target, f"{copied}_{language}", getattr(source, f"{name}_{language}") or "")
    target.save()
    known = {(unit.field, unit.language): unit for unit in source.translation_units.filter(field__in=names)}
    units = TranslationUnit.objects.filter(
        content_type=ContentType.objects.get_for_model(type(target)), object_id=target.pk, field__in=names.values()
    )
    fields = {copied: name for name, copied in names.items()}
    changed = []
    for unit in units:
        original = known.get((fields[unit.field], unit.language))
        if original is None or original.state == TranslationState.MISSING:
            continue
        unit.state = original.state
        # The hash of another text than the copy's: out of date it was, out of date it stays.
        unit.translated_hash = original.translated_hash if original.stale else unit.source_hash
        unit.translator_id, unit.reviewer_id, unit.tool = original.translator_id, original.reviewer_id, original.tool
        changed.append(unit)
    TranslationUnit.objects.bulk_update(changed, ["state", "translated_hash", "translator", "reviewer", "tool"])
