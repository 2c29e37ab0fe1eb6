"""Minutes that write themselves from the log, and are then edited by people."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_portal.languages.queries import attach_units, shown
from planning_portal.web.formatting import format_clock, format_day, format_days, format_labelled, zone_name
from planning_portal.workflow.services import log_change

from ..disclosure import show_number
from ..models import Hand, Minutes, Objection, RoundState, Session, Workshop
from .edits import EditConflict, check_version, clean_text, lock_workshop, rewrite, sources_of, touch


@transaction.atomic
def save_minutes(workshop: Workshop, *, text: str, language: str, by: Any, version: int | None = None) -> Minutes:
    """Keep the minutes; changed ones are no longer approved. ``version`` is what the form showed, 0 for none yet.

    Raises EditConflict with both texts, WrongState, PermissionDenied.
    """
    fresh = lock_workshop(workshop, by=by)
    minutes = Minutes.objects.filter(workshop=fresh).first() or Minutes(workshop=fresh, version=0)
    mine = {"text": clean_text(text)}
    if minutes.pk:
        theirs = sources_of(minutes, "text")
        check_version(minutes, version, mine=mine, theirs=theirs)
        if mine == theirs and language == minutes.source_language:
            return minutes
    minutes.version += 1
    minutes.approved_at = minutes.approved_by = None
    rewrite(minutes, language, **mine)
    minutes.save()
    log_change(fresh, "save_minutes", by=by, before=fresh.state, after=fresh.state)
    touch(fresh)
    return minutes


@transaction.atomic
def approve_minutes(workshop: Workshop, *, by: Any, version: int) -> bool:
    """Say that the minutes tell what happened; False when that was said before. ``version`` is the one that was read.

    Raises EditConflict (somebody changed them meanwhile), ValidationError (there are none), WrongState,
    PermissionDenied.
    """
    fresh = lock_workshop(workshop, by=by)
    minutes = Minutes.objects.filter(workshop=fresh).exclude(version=0).first()
    if minutes is None or not sources_of(minutes, "text")["text"]:
        raise ValidationError(_("There are no minutes to approve yet."))
    if minutes.version != version:
        raise EditConflict(minutes, mine={}, theirs=sources_of(minutes, "text"))
    if minutes.approved_at is not None:
        return False
    minutes.approved_at, minutes.approved_by = timezone.now(), by
    minutes.save(update_fields=["approved_at", "approved_by"])
    log_change(fresh, "approve_minutes", by=by, before=fresh.state, after=fresh.state)
    touch(fresh)
    return True


def draft_minutes(workshop: Workshop, language: str) -> str:
    """The minutes as the log tells them, in ``language``: sessions with how many spoke, attendance, rounds, decisions
    with the objections that stand and what follows, lines of work.

    No organisation is named and small numbers are left out: minutes end in a public document.
    """
    with translation.override(language):
        blocks = [
            _opening(workshop),
            *_sessions(workshop),
            *_rounds(workshop),
            *_decisions(workshop),
            *_lines(workshop),
        ]
        return "\n\n".join(block for block in blocks if block)


def _opening(workshop: Workshop) -> str:
    attending = list(workshop.delegations.values_list("is_present", flat=True))
    text = _("Held on %(days)s.") % {"days": format_days(workshop.starts_on, workshop.ends_on)}
    present = show_number(sum(attending))
    if present:
        text += " " + ngettext(
            "%(present)s of %(all)s organisation took part.",
            "%(present)s of %(all)s organisations took part.",
            len(attending),
        ) % {"present": present, "all": len(attending)}
    return text


def _sessions(workshop: Workshop) -> list[str]:
    sessions = list(workshop.sessions.filter(started_at__isnull=False).order_by("started_at"))
    attach_units(sessions)
    if not sessions:
        return []
    speakers = dict(
        Hand.objects.filter(session__in=sessions, ended_at__isnull=False)
        .values("session")
        .annotate(organisations=Count("organisation", distinct=True))
        .values_list("session", "organisations")
    )
    lines = [f"- {_session(session)}{_speakers(speakers.get(session.pk, 0))}" for session in sessions]
    return [f"## {_('Sessions')}", "\n".join(lines)]


def _speakers(number: int) -> str:
    """How many organisations spoke, where that many may be told."""
    known = show_number(number)
    if not known:
        return ""
    words = ngettext("%(count)s organisation spoke", "%(count)s organisations spoke", known) % {"count": known}
    return f" ({words})"


def _session(session: Session) -> str:
    words = {
        "day": format_day(session.started_at),
        "start": format_clock(session.started_at),
        "end": format_clock(session.ended_at),
        "zone": zone_name(session.started_at) if session.started_at else "",
        "title": shown(session, "title").text,
    }
    if session.ended_at is None:
        return _("%(day)s, from %(start)s (%(zone)s): %(title)s") % words
    return _("%(day)s, %(start)s to %(end)s (%(zone)s): %(title)s") % words


def _rounds(workshop: Workshop) -> list[str]:
    rounds = list(workshop.rounds.filter(state=RoundState.CLOSED))
    if not rounds:
        return []
    candidates = {candidate.pk: candidate for candidate in workshop.candidates.all()}
    attach_units(candidates.values())
    blocks = [f"## {_('Weighing')}"]
    for round_ in rounds:
        result = round_.result or {}
        blocks.append(
            _("Round %(number)s, by %(rule)s: %(ballots)s ballots of %(entitled)s organisations. Chosen:")
            % {
                "number": round_.number,
                "rule": round_.get_rule_display(),
                "ballots": result.get("ballots", 0),
                "entitled": result.get("entitled", 0),
            }
        )
        chosen = [candidates[pk] for pk in result.get("chosen", []) if pk in candidates]
        blocks.append("\n".join(f"- {one.code} {shown(one, 'title').text}" for one in chosen))
    return blocks


def _decisions(workshop: Workshop) -> list[str]:
    candidates = list(workshop.candidates.filter(decision__isnull=False).select_related("decision"))
    if not candidates:
        return []
    attach_units(candidates)
    decisions = [one.decision for one in candidates]  # type: ignore[attr-defined]
    objections = list(Objection.objects.filter(decision__in=decisions))
    attach_units([*decisions, *objections])
    against: dict[int, list[str]] = {}
    for objection in objections:
        against.setdefault(objection.decision_id, []).append(shown(objection, "reason").text)
    return [f"## {_('Decisions')}", "\n".join(_decision(one, against.get(one.decision.pk, [])) for one in candidates)]  # type: ignore[attr-defined]


def _decision(candidate: Any, against: list[str]) -> str:
    decision = candidate.decision
    words = decision.get_outcome_display()
    if decision.rule:
        words = f"{words} ({decision.get_rule_display()})"
    sentences = [format_labelled(f"{candidate.code} {shown(candidate, 'title').text}", words)]
    if follow_up := shown(decision, "follow_up").text:
        sentences.append(format_labelled(_("Follow-up"), _on_one_line(follow_up)))
    sentences += [format_labelled(_("Objection"), _on_one_line(reason)) for reason in against]
    return "- " + ". ".join(sentence.rstrip(".") for sentence in sentences)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _lines(workshop: Workshop) -> list[str]:
    lines = list(workshop.lines.all())
    if not lines:
        return []
    attach_units(lines)
    return [f"## {_('Lines of work')}", "\n".join(f"- {line.code} {shown(line, 'title').text}" for line in lines)]
