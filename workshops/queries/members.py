"""A workshop as everybody who takes part sees it."""

from __future__ import annotations

from typing import Any

from planning_portal.documents.queries import download_rows
from planning_portal.languages.queries import attach_units
from planning_portal.programme.models import StepResult

from ..models import RoundState, Workshop
from ..services.closing import SUMMARY
from .ballots import votes_of
from .candidates import CandidateLine, by_theme
from .terms import terms_in_words


def workshop_for_members(workshop: Workshop, user: Any) -> dict[str, Any]:
    """Programme, rounds, candidates with their decisions, lines of work and published documents: five queries, two for
    an open round, three for the documents.
    """
    sessions = list(workshop.sessions.all())
    rounds = list(workshop.rounds.defer("result"))
    candidates = list(
        workshop.candidates.select_related("theme", "decision__line", "decision__merged_into").order_by(
            "theme__order", "theme", "id"
        )
    )
    lines = [CandidateLine(candidate) for candidate in candidates]
    line_rows = list(workshop.lines.order_by("id"))
    themes = {candidate.theme.pk: candidate.theme for candidate in candidates}
    attach_units([workshop, *sessions, *candidates, *themes.values(), *line_rows])
    open_rounds = [one for one in rounds if one.state == RoundState.OPEN]
    published = StepResult.objects.filter(step=workshop.step, kind=SUMMARY, object_id=workshop.pk)
    editions = list(published.order_by("-published_at")) if workshop.summary_version else []
    return {
        "workshop": workshop,
        "sessions": sessions,
        "votes": votes_of(user, open_rounds),
        "open_rounds": open_rounds,
        "prepared": [(one, terms_in_words(one)) for one in rounds if one.state == RoundState.PREPARED],
        "closed_rounds": [one for one in rounds if one.state == RoundState.CLOSED],
        "themes": by_theme(lines),
        "candidate_count": len(lines),
        "decided_count": sum(1 for line in lines if line.decision is not None),
        "lines": line_rows,
        "rows": [row for row in download_rows(editions) if not row.is_gone],
    }
