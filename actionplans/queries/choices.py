"""What the forms of a plan offer to choose from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from consultations.queries import option_label
from planning_portal.organisations.identity import name_of, viewer_of

from ..codes import natural_key
from ..models import ActionPlan, PlanKind, Result
from .partners import organisations_of_plan

LONGEST = 110


@dataclass
class ResultChoices:
    """The results of the global plans, by line of work, for a select."""

    choices: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    by_id: dict[str, Result] = field(default_factory=dict)


def global_result_choices(plan: ActionPlan) -> ResultChoices:
    """Every result of the programme's global plans: one query."""
    results = Result.objects.filter(plan__programme=plan.programme_id, plan__kind=PlanKind.GLOBAL).select_related(
        "plan__line"
    )
    found = ResultChoices(by_id={str(result.public_id): result for result in results})
    lines: dict[tuple[Any, ...], tuple[str, list[Result]]] = {}
    for result in results:
        line = result.plan.line
        assert line is not None  # noqa: S101 (a global plan is of a line)
        lines.setdefault(natural_key(line.code), (f"{line.code} {option_label(line, 'title')}", []))[1].append(result)
    for key in sorted(lines):
        title, members = lines[key]
        members.sort(key=lambda one: natural_key(one.code))
        found.choices.append((title, [(str(one.public_id), _label(one)) for one in members]))
    return found


def _label(result: Result) -> str:
    words = f"{result.code} {option_label(result, 'statement')}"
    return words if len(words) <= LONGEST else words[:LONGEST].rsplit(" ", 1)[0] + " …"


def responsible_choices(plan: ActionPlan, user: Any) -> list[tuple[str, str]]:
    """The organisations that may be responsible, as ``user`` may know them; equal descriptions are told apart."""
    viewer = viewer_of(user)
    seen: Counter[str] = Counter()
    choices = []
    for organisation in organisations_of_plan(plan):
        name = name_of(organisation, viewer)
        seen[name] += 1
        choices.append((str(organisation.public_id), name if seen[name] == 1 else f"{name} ({seen[name]})"))
    return choices
