"""A proposal to merge, split or reword before it is sent: the companion's alone, and nothing typed in it is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from planning_portal.languages.services import LANGUAGE_CODES, source_text
from planning_portal.workflow.services import WrongState, log_change

from ..models import (
    Amendment,
    AmendmentKind,
    AmendmentSource,
    AmendmentState,
    Consultation,
    ConsultationState,
    ParkedProposal,
    Priority,
    PriorityState,
)
from ..parts import plain_parts
from ..versions import EditConflict, changed_since, mark_changed, mark_of, only_stood_there
from ..workflow import AMENDMENT, PRIORITY
from .words import write_words

TEXT_PARTS = (*Priority.TEXTS, "theme", "level", "groups")
MOST_SOURCES = 8
MOST_RESULTS = 6


@transaction.atomic
def start_amendment(consultation: Consultation, *, by: Any, kind: str, sources: Sequence[Priority]) -> Amendment:
    """Begin a proposal, for the companion alone, filled with the texts of its sources.

    Raises PermissionDenied, WrongState (a source is decided on), ValidationError (too few or too many sources).
    """
    fresh = lock_consultation(consultation.pk, by=by)
    known = {priority.pk: priority for priority in fresh.priorities.filter(pk__in=[source.pk for source in sources])}
    chosen = [known[source.pk] for source in sources if source.pk in known]
    _check_number(kind, chosen)
    check_free(chosen)
    languages = {source.source_language for source in chosen}
    amendment = Amendment.objects.create(
        consultation=fresh,
        kind=kind,
        source_language=languages.pop() if len(languages) == 1 else fresh.source_language,
        texts=_first_texts(kind, chosen),
        proposed_by=by,
    )
    AmendmentSource.objects.bulk_create(AmendmentSource(amendment=amendment, priority=source) for source in chosen)
    log_change(amendment, "start", by=by, after=AmendmentState.DRAFT)
    return amendment


def _check_number(kind: str, sources: Sequence[Priority]) -> None:
    if kind == AmendmentKind.MERGE:
        if not 2 <= len(sources) <= MOST_SOURCES:
            raise ValidationError(_("Choose between two and %(most)d priorities to merge.") % {"most": MOST_SOURCES})
    elif len(sources) != 1:
        raise ValidationError(_("Choose one priority to split or to reword."))


def check_free(sources: Sequence[Priority]) -> None:
    if any(source.state != PriorityState.SUBMITTED for source in sources):
        raise WrongState(str(PRIORITY.transitions["replace"].refusal))
    if AmendmentSource.objects.filter(priority__in=sources, is_holding=True).exists():
        raise WrongState(_("Another proposal is already about one of these priorities: wait for its answers."))


def _first_texts(kind: str, sources: Sequence[Priority]) -> list[dict[str, Any]]:
    """The texts to begin with: one under the other for a merge (theme, level and title of the first), twice the same
    for a split, the same for a rewording."""
    all_parts = [plain_parts(source, TEXT_PARTS) for source in sources]
    first = dict(all_parts[0])
    if kind == AmendmentKind.SPLIT:
        return [first, dict(first)]
    if kind == AmendmentKind.MERGE:
        for name in Priority.TEXTS[1:]:
            first[name] = "\n\n".join(parts[name] for parts in all_parts if parts[name])
        first["groups"] = sorted({pk for parts in all_parts for pk in parts["groups"]})
    return [first]


def save_amendment(
    amendment: Amendment,
    *,
    by: Any,
    version: int,
    texts: Sequence[Mapping[str, Any]],
    why: str,
    language: str = "",
    editor: str = "",
    settles: bool = False,
    seen: Mapping[str, str] | None = None,
) -> Amendment:
    """Keep the companion's draft as it is typed. Texts that a colleague added since stay, and so do parts that ``by``
    only had on the page: those that are as ``seen`` (``marks_of``), when the page was filled.

    Raises PermissionDenied, EditConflict when a colleague changed the same part, and WrongState once it is sent or
    dropped, or the consultation is closed: what ``by`` typed is then kept (``ParkedProposal``). Saved after that
    conflict was shown to its writer (``settles``), it is kept no longer.
    """
    mine = _typed(amendment, texts, why, language)
    try:
        with transaction.atomic():
            saved = _save_texts(lock_draft(amendment, by=by), mine, version=version, editor=editor, seen=seen)
            if settles:
                drop_parked_proposal(saved, by=by)
            return saved
    except EditConflict as conflict:
        _park(amendment, conflict.mine, by=by)
        raise
    except WrongState:
        park_proposal(amendment, by=by, texts=texts, why=why, language=language, seen=seen)
        raise


def _typed(amendment: Amendment, texts: Sequence[Mapping[str, Any]], why: str, language: str) -> dict[str, Any]:
    """What a form holds, in the shape of ``parts_of``."""
    return {
        **{f"text-{number}": _plain_text(text) for number, text in enumerate(texts)},
        "why": why.replace("\r\n", "\n").strip(),
        "language": language if language in LANGUAGE_CODES else amendment.source_language,
    }


def _save_texts(
    fresh: Amendment,
    mine: dict[str, Any],
    *,
    version: int,
    editor: str = "",
    seen: Mapping[str, str] | None = None,
) -> Amendment:
    theirs = parts_of(fresh)
    untouched = only_stood_there(fresh, mine, seen or {}, editor)
    mine = {part: theirs.get(part, value) if part in untouched else value for part, value in mine.items()}
    changed = {part: value for part, value in mine.items() if value != theirs.get(part)}
    if changed_since(fresh, changed, version, editor):
        raise EditConflict(fresh, mine=changed, theirs={part: theirs.get(part) for part in changed})
    if not changed:
        return fresh
    write_words(fresh, mine["language"], why=mine["why"])
    written = [value for part, value in mine.items() if part.startswith("text-")]
    fresh.texts = [*written, *fresh.texts[len(written) :]]
    mark_changed(fresh, changed, editor)
    fresh.save()
    return fresh


def parts_of(amendment: Amendment) -> dict[str, Any]:
    """What is saved of a proposal, in the shape that is compared and parked."""
    texts = {f"text-{number}": _plain_text(text) for number, text in enumerate(amendment.texts)}
    return {**texts, "why": source_text(amendment, "why"), "language": amendment.source_language}


def marks_of(amendment: Amendment) -> dict[str, str]:
    """Of every part as it is saved."""
    return {part: mark_of(value) for part, value in parts_of(amendment).items()}


def park_proposal(
    amendment: Amendment,
    *,
    by: Any,
    texts: Sequence[Mapping[str, Any]],
    why: str,
    language: str = "",
    seen: Mapping[str, str] | None = None,
) -> None:
    """Keep what ``by`` types beside what is saved, as far as it differs: nobody's text changes by it."""
    theirs = parts_of(Amendment.objects.get(pk=amendment.pk))
    mine = _typed(amendment, texts, why, language).items()
    typed = {part: value for part, value in mine if mark_of(value) != (seen or {}).get(part)}
    _park(amendment, {part: value for part, value in typed.items() if value != theirs.get(part)}, by=by)


@transaction.atomic
def _park(amendment: Amendment, mine: Mapping[str, Any], *, by: Any) -> None:
    if not mine:
        return
    parked, _created = ParkedProposal.objects.select_for_update().get_or_create(
        amendment=amendment, user=by, defaults={"fields": {}}
    )
    parked.fields = {**parked.fields, **mine}
    parked.save()


def drop_parked_proposal(amendment: Amendment, *, by: Any) -> None:
    """The person has saved or copied what was parked, or throws it away."""
    ParkedProposal.objects.filter(amendment=amendment, user=by).delete()


@transaction.atomic
def carry_on_proposal(amendment: Amendment, *, by: Any) -> Amendment:
    """Another draft about the same sources, with what ``by`` had typed when this one was ended.

    Raises what ``start_amendment`` raises: the sources must be free again.
    """
    parked = ParkedProposal.objects.select_for_update().filter(amendment=amendment, user=by).first()
    if parked is None:
        raise WrongState(_("There is nothing of yours left here to go on from."))
    sources = list(amendment.sources.order_by("source_rows__id"))
    started = start_amendment(amendment.consultation, by=by, kind=amendment.kind, sources=sources)
    typed = {**parts_of(amendment), **parked.fields}
    started = _save_texts(started, typed, version=started.version)
    parked.delete()
    return started


def _plain_text(text: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: str(text.get(name) or "").replace("\r\n", "\n").strip() for name in (*Priority.TEXTS, "level")}
    return {**plain, "theme": text.get("theme") or None, "groups": sorted(text.get("groups") or [])}


@transaction.atomic
def add_text(amendment: Amendment, *, by: Any) -> Amendment:
    """One more text to split into, empty but for theme, level and groups of the first."""
    fresh = lock_draft(amendment, by=by)
    if fresh.kind != AmendmentKind.SPLIT or len(fresh.texts) >= MOST_RESULTS:
        raise WrongState(_("No further text can be added."))
    fresh.texts = [*fresh.texts, {**fresh.texts[0], **dict.fromkeys(Priority.TEXTS, "")}]
    mark_changed(fresh, [f"text-{len(fresh.texts) - 1}"])
    fresh.save()
    return fresh


@transaction.atomic
def remove_text(amendment: Amendment, *, by: Any, number: int) -> Amendment:
    """One text less to split into, but never fewer than two. Raises WrongState."""
    fresh = lock_draft(amendment, by=by)
    if fresh.kind != AmendmentKind.SPLIT or len(fresh.texts) <= 2 or not 0 <= number < len(fresh.texts):
        raise WrongState(_("A text is split into two at least: this one cannot be removed."))
    mark_changed(fresh, [f"text-{later}" for later in range(number, len(fresh.texts))])
    fresh.texts = [text for place, text in enumerate(fresh.texts) if place != number]
    fresh.save()
    return fresh


def lock_draft(amendment: Amendment, *, by: Any) -> Amendment:
    lock_consultation(amendment.consultation_id, by=by)
    fresh = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if not fresh.is_draft:
        raise WrongState(str(AMENDMENT.transitions["propose"].refusal))
    return fresh


def lock_consultation(pk: int, *, by: Any = None) -> Consultation:
    """Lock it; it must be open, and ``by`` (if given) must run it."""
    fresh = Consultation.objects.select_for_update(of=("self",)).select_related("step").get(pk=pk)
    if by is not None and not by.has_perm("consultations.view_run", fresh):
        raise PermissionDenied(_("Only the companion of this country or a coordinator can do this."))
    if fresh.state != ConsultationState.OPEN:
        raise WrongState(_("Texts are merged, split or reworded only while the consultation is open."))
    return fresh
