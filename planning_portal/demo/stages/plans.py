"""Stage 3 in the demonstration: fourteen global plans, some organisations' own, and one edition of all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from actionplans.models import Accumulation, ActionPlan, Activity, Indicator, Result, ResultKind
from actionplans.queries.partners import organisations_of_plan
from actionplans.services import (
    ActivityContent,
    IndicatorContent,
    ResultContent,
    RiskContent,
    add_activity,
    add_indicator,
    add_result,
    add_risk,
    adopt,
    amend,
    create_edition,
    draft_global_plan,
    draft_organisation_plan,
    return_to_draft,
    send_for_review,
    set_budget,
)
from planning_portal.languages.models import Multilingual, TranslationState
from planning_portal.organisations.models import Organisation, User
from planning_portal.programme.models import StepKind
from planning_portal.programme.services import open_step
from workshops.models import LineOfWork

from ..material import Entry
from ..story import Story
from ..translations import FINISHED, SETTLED, Texts, fill_languages

ACCOUNTS_WITH_A_DRAFT = ("partner.pe@example.org", "partner.ph@example.org", "partner.bj@example.org")
OWN_PLANS = 8
STILL_DRAFTS, IN_REVIEW, AMENDED = (5, 12, 13), (4, 11), 0


@dataclass
class Writing:
    """A plan while it is being written, with what its texts say in all languages, to be filled in at the end."""

    story: Story
    plan: ActionPlan
    by: User
    language: str
    rows: dict[type[Multilingual], list[tuple[Multilingual, Texts]]] = field(default_factory=lambda: defaultdict(list))

    def note(self, obj: Multilingual, **texts: Any) -> None:
        """Remember the translated values of ``obj``."""
        self.rows[type(obj)].append((obj, texts))

    def fill(self, mix: dict[TranslationState, int]) -> None:
        for rows in self.rows.values():
            fill_languages(rows, mix, chance=self.story.chance, translator=self.story.cast.translator)


def begin_own_plans(story: Story) -> None:
    """Before the global plans are there, the accounts have begun their own: an outcome, an output, one activity."""
    for email in ACCOUNTS_WITH_A_DRAFT[:2]:
        organisation = story.cast.partner_organisation(email)
        told = story.material.plans[_line_entry(story, organisation)["key"]]["output"][0]
        writing = _own_plan(story, organisation)
        outcome = add_result(
            writing.plan,
            by=writing.by,
            kind=ResultKind.OUTCOME,
            content=ResultContent(writing.language, told["title"][writing.language]),
        )
        contribution = _contributions(story, _theme_of(organisation))[0]
        output = add_result(
            writing.plan,
            by=writing.by,
            kind=ResultKind.OUTPUT,
            parent=outcome,
            content=ResultContent(writing.language, contribution["title"][writing.language]),
        )
        _own_activity(writing, output, contribution, has_budget=False)


def write_plans(story: Story, lines: dict[str, LineOfWork]) -> None:
    """Write the global plans and the organisations' own, adopt most of them, and put an edition together."""
    step = story.step(StepKind.ACTION_PLANS)
    story.clock.set_day(2026, 2, 2)
    open_step(step, by=story.cast.coordinator)
    outputs: dict[str, list[Result]] = {}
    plans: list[ActionPlan] = []
    for number, entry in enumerate(story.material.lines):
        story.clock.set_day(2026, 2, 9)
        story.clock.wait(days=number * 3)
        writing = _global_plan(story, lines[entry["key"]])
        told = story.material.plans[entry["key"]]
        outputs[entry["key"]] = _write_global(writing, told, is_finished=number not in STILL_DRAFTS)
        writing.fill(FINISHED if number not in STILL_DRAFTS else SETTLED)
        plans.append(writing.plan)
    own = _write_own_plans(story, outputs)
    story.clock.set_day(2026, 5, 4)
    _agree(story, plans, own)
    story.clock.set_day(2026, 6, 1)
    create_edition(story.programme, by=story.cast.coordinator)


# --- Global plans ---------------------------------------------------------------------------------------------------


def _global_plan(story: Story, line: LineOfWork) -> Writing:
    by = story.cast.voice_of(line.lead) if line.lead else story.cast.coordinator
    plan = draft_global_plan(line, by=by)
    return Writing(story, plan, by, line.source_language)


def _write_global(writing: Writing, entry: Entry, *, is_finished: bool) -> list[Result]:
    """The plan of a line as the data files tell it; returns its outputs. Unfinished, it lacks its last budgets."""
    outcome = writing.plan.results.get(kind=ResultKind.OUTCOME)
    for indicator in entry["indicator"]:
        _write_indicator(writing, outcome, indicator)
    outputs = []
    for told in entry["output"]:
        output = add_result(
            writing.plan,
            by=writing.by,
            kind=ResultKind.OUTPUT,
            parent=outcome,
            content=ResultContent(writing.language, told["title"][writing.language]),
        )
        writing.note(output, statement=told["title"])
        for indicator in told["indicator"]:
            _write_indicator(writing, output, indicator)
        for activity in told["activity"]:
            _write_activity(writing, output, activity, has_budget=is_finished or told is not entry["output"][-1])
        outputs.append(output)
    for number, risk in enumerate(entry["risk"]):
        written = add_risk(
            writing.plan,
            by=writing.by,
            content=RiskContent(
                writing.language,
                risk["description"][writing.language],
                risk["mitigation"][writing.language],
                risk["probability"],
                risk["impact"],
                is_public=number == 0,
            ),
        )
        writing.note(written, description=risk["description"], mitigation=risk["mitigation"])
    return outputs


def _write_indicator(writing: Writing, result: Result, told: Entry, *, share: int = 1) -> Indicator:
    """An indicator with its targets; ``share`` divides the numbers for one organisation among many."""
    divisor = share if told["measure"] == "number" else 1
    accumulation = Accumulation.CUMULATIVE if told["cumulative"] else Accumulation.YEARLY
    indicator = add_indicator(
        result,
        by=writing.by,
        content=IndicatorContent(
            writing.language,
            told["title"][writing.language],
            told["unit"][writing.language],
            told["means"][writing.language],
            measure=told["measure"],
            accumulation=accumulation,
            baseline_value=Decimal(told["baseline"]["value"] // divisor),
            baseline_year=told["baseline"]["year"],
            targets={one["year"]: Decimal(-(-one["value"] // divisor)) for one in told["targets"]},
        ),
    )
    writing.note(indicator, title=told["title"], unit=told["unit"], means_of_verification=told["means"])
    return indicator


def _write_activity(writing: Writing, output: Result, told: Entry, *, has_budget: bool) -> Activity:
    chance = writing.story.chance
    partners = organisations_of_plan(writing.plan)
    responsible = chance.choice(partners)
    countries = {partner.country for partner in chance.sample(partners, min(4, len(partners)))}
    activity = add_activity(
        output,
        by=writing.by,
        content=ActivityContent(
            writing.language,
            told["title"][writing.language],
            told["description"][writing.language],
            organisation=responsible,
            countries=sorted(countries | {responsible.country}, key=lambda country: country.iso2),
            start_quarter=told["start_quarter"],
            end_quarter=told["end_quarter"],
        ),
    )
    writing.note(activity, title=told["title"], description=told["description"])
    if not has_budget:
        return activity
    by_source: dict[str, dict[tuple[str, int], Decimal | None]] = defaultdict(dict)
    for line in told["budget"]:
        by_source[line["source"]][line["category"], line["year"]] = Decimal(line["amount"])
    for source, amounts in by_source.items():
        set_budget(activity, by=writing.by, source=source, amounts=amounts)
    return activity


# --- Organisations' own plans ---------------------------------------------------------------------------------------


def _own_plan(story: Story, organisation: Organisation) -> Writing:
    by = story.cast.voice_of(organisation)
    plan = draft_organisation_plan(organisation, programme=story.programme, by=by)
    return Writing(story, plan, by, plan.source_language)


def _write_own_plans(story: Story, outputs: dict[str, list[Result]]) -> list[ActionPlan]:
    """Eight organisations say what they do themselves, and to which result of a line it contributes. The accounts'
    own plans come first and stay drafts."""
    story.clock.set_day(2026, 3, 30)
    accounts = [story.cast.partner_organisation(email) for email in ACCOUNTS_WITH_A_DRAFT]
    others = [
        one for one in story.cast.organisations.values() if not one.is_lead and one not in accounts and "-" in one.slug
    ]
    chosen = [*accounts, *story.chance.sample(others, OWN_PLANS - len(accounts))]
    plans = []
    for organisation in chosen:
        story.clock.wait(days=1)
        writing = _own_plan(story, organisation)
        _write_own(writing, organisation, outputs, is_finished=organisation not in accounts)
        writing.fill(SETTLED)
        plans.append(writing.plan)
    return plans


def _write_own(
    writing: Writing, organisation: Organisation, outputs: dict[str, list[Result]], *, is_finished: bool
) -> None:
    story, language = writing.story, writing.language
    entry = _line_entry(story, organisation)
    plan_entry = story.material.plans[entry["key"]]
    number = story.chance.randrange(len(plan_entry["output"]))
    told, goal = plan_entry["output"][number], outputs[entry["key"]][number]
    outcome = add_result(
        writing.plan,
        by=writing.by,
        kind=ResultKind.OUTCOME,
        content=ResultContent(language, told["title"][language], contributes_to=goal),
    )
    writing.note(outcome, statement=told["title"])
    _write_indicator(writing, outcome, told["indicator"][0], share=8)
    first, *more = story.chance.sample(_contributions(story, entry["theme"]), 3)
    output = add_result(
        writing.plan,
        by=writing.by,
        kind=ResultKind.OUTPUT,
        parent=outcome,
        content=ResultContent(language, first["title"][language]),
    )
    writing.note(output, statement=first["title"])
    for contribution in more:
        _own_activity(writing, output, contribution, has_budget=is_finished or contribution is not more[-1])


def _own_activity(writing: Writing, output: Result, contribution: Entry, *, has_budget: bool) -> None:
    organisation = writing.plan.organisation
    assert organisation is not None  # noqa: S101 (an organisation's own plan has one)
    start = writing.story.chance.randint(1, 8)
    activity = add_activity(
        output,
        by=writing.by,
        content=ActivityContent(
            writing.language,
            contribution["title"][writing.language],
            contribution["description"][writing.language],
            organisation=organisation,
            countries=[organisation.country],
            start_quarter=start,
            end_quarter=start + writing.story.chance.randint(4, 12),
        ),
    )
    writing.note(activity, title=contribution["title"], description=contribution["description"])
    if not has_budget:
        return
    years = range(2027 + (start - 1) // 4, 2032)
    amount = writing.story.chance.randrange(2_000, 9_000, 500)
    for source, category, share in (("dgd", "activities", 1), ("own", "operational_staff", 3)):
        amounts: dict[tuple[str, int], Decimal | None] = {(category, year): Decimal(amount // share) for year in years}
        set_budget(activity, by=writing.by, source=source, amounts=amounts)


def _theme_of(organisation: Organisation) -> str:
    """What an organisation of this kind mostly works on."""
    return {
        "trade_union": "labour-rights",
        "health_mutual": "health-social-protection",
        "social_economy": "decent-work-job-creation",
        "youth": "population",
        "older_people": "population",
        "women": "decent-work-job-creation",
    }.get(organisation.kind, "social-dialogue")


def _line_entry(story: Story, organisation: Organisation) -> Entry:
    """The global line on what the organisation mostly works on; health mutuals have their own."""
    if organisation.kind == "health_mutual":
        return next(one for one in story.material.lines if one["key"] == "health-mutuals")
    theme = _theme_of(organisation)
    return next(one for one in story.material.lines if one["theme"] == theme and not one["zone"])


def _contributions(story: Story, theme: str) -> list[Entry]:
    return [one for one in story.material.contributions if one["theme"] == theme]


# --- Agreeing -------------------------------------------------------------------------------------------------------


def _agree(story: Story, plans: list[ActionPlan], own: Iterable[ActionPlan]) -> None:
    """Most global plans are adopted, one was amended since, some are in review or still being written; of the own
    plans those of the accounts stay open."""
    coordinator = story.cast.coordinator
    for number, plan in enumerate(plans):
        story.clock.wait(days=1)
        if number in STILL_DRAFTS:
            continue
        send_for_review(plan, by=coordinator)
        if number not in IN_REVIEW:
            adopt(plan, by=coordinator)
    amend(plans[AMENDED], by=coordinator, reason="The federations asked for a later start of the third activity.")
    _first, second, _third, *others = own
    send_for_review(second, by=coordinator)
    return_to_draft(second, by=coordinator, reason="Please say who will keep the register of the members.")
    for plan in others:
        send_for_review(plan, by=coordinator)
        adopt(plan, by=coordinator)
