"""How a plan begins: the hand-over from a line of work, and an organisation's own."""

import pytest
from django.core.exceptions import PermissionDenied

from actionplans import services
from actionplans.models import ActionPlan, PlanKind, Result
from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation, set_source
from planning_portal.workflow.services import WrongState
from tests.workshops.factories import make_line, make_workshop
from workshops.models import WorkshopState

from . import factories


@pytest.fixture
def line(union, coordinator):
    """Written in French; Spanish is reviewed, Dutch is out of date, English a machine's."""
    line = make_line(
        make_workshop(WorkshopState.CLOSED),
        organisations=[union],
        source_language="fr",
        title_fr="La protection sociale",
        statement_fr="D’ici 2031, chacun est couvert.",
        title_en="",
        statement_en="",
    )
    save_translation(line, "statement", "es", "Español", by=coordinator, state=TranslationState.DONE)
    save_translation(line, "statement", "nl", "Nederlands", by=coordinator, state=TranslationState.DONE)
    save_translation(line, "statement", "en", "English", by=coordinator, state=TranslationState.MACHINE, tool="model 7")
    set_source(line, statement="D’ici 2031, chacune et chacun est couvert.")
    line.save()
    save_translation(line, "statement", "es", "Español, otra vez", by=coordinator, state=TranslationState.DONE)
    return line


def test_line_becomes_a_plan_with_its_statement_as_outcome(line, alice):
    plan = services.draft_global_plan(line, by=alice)
    assert (plan.kind, plan.line, plan.programme, plan.state) == (PlanKind.GLOBAL, line, line.programme, "draft")
    [outcome] = plan.results.all()
    assert (outcome.code, outcome.kind, outcome.source_language) == ("1", "outcome", "fr")
    for language in ("en", "es", "fr", "nl"):
        assert getattr(outcome, f"statement_{language}") == getattr(line, f"statement_{language}")


def test_what_is_known_of_each_translation_comes_along(line, alice, coordinator):
    outcome = services.draft_global_plan(line, by=alice).results.get()
    units = {unit.language: unit for unit in outcome.translation_units.filter(field="statement")}
    assert {language: (unit.state, unit.stale) for language, unit in units.items()} == {
        "en": (TranslationState.MACHINE, True),
        "es": (TranslationState.DONE, False),
        "nl": (TranslationState.DONE, True),
    }
    assert units["es"].reviewer == coordinator
    assert units["en"].tool == "model 7"


def test_outcome_is_a_copy(line, alice):
    outcome = services.draft_global_plan(line, by=alice).results.get()
    line.statement_fr = "Changed later"
    line.save()
    outcome.refresh_from_db()
    assert outcome.statement_fr == "D’ici 2031, chacune et chacun est couvert."


def test_line_has_one_plan_however_often_it_is_asked(line, alice, carmen):
    first = services.draft_global_plan(line, by=alice)
    assert services.draft_global_plan(line, by=alice) == first
    # Asking for what is there is no act: also who could not begin it is led to it.
    assert services.draft_global_plan(line, by=carmen) == first
    assert ActionPlan.objects.count() == 1
    assert Result.objects.count() == 1


@pytest.mark.parametrize("state", [WorkshopState.PLANNED, WorkshopState.OPEN])
def test_line_of_an_unfinished_workshop_has_to_wait(state, union, alice):
    line = make_line(make_workshop(state), organisations=[union])
    with pytest.raises(WrongState):
        services.draft_global_plan(line, by=alice)


@pytest.mark.parametrize("person", ["carmen", "companion", "translator"])
def test_strangers_do_not_begin_a_global_plan(person, line, request):
    with pytest.raises(PermissionDenied):
        services.draft_global_plan(line, by=request.getfixturevalue(person))


def test_organisation_has_one_plan_however_often_it_is_asked(union, programme, alice):
    first = services.draft_organisation_plan(union, programme=programme, by=alice)
    assert services.draft_organisation_plan(union, programme=programme, by=alice) == first
    assert (first.organisation, first.line, first.source_language) == (union, None, "fr")


def test_strangers_do_not_begin_an_organisations_plan(union, programme, bob, companion):
    for person in (bob, companion):
        with pytest.raises(PermissionDenied):
            services.draft_organisation_plan(union, programme=programme, by=person)
    assert not ActionPlan.objects.exists()


def test_summary_is_in_its_writers_language(plan, alice):
    services.save_summary(plan, by=alice, source_language="fr", summary="En bref")
    plan.refresh_from_db()
    assert (plan.source_language, plan.summary_fr) == ("fr", "En bref")
    assert factories.outcome_of(plan).source_language == "en"
