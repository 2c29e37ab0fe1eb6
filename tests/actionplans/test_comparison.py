"""What changed between two versions: fields, old and new, for a reader who learns no more than they may."""

from decimal import Decimal

import pytest

from actionplans import services
from actionplans.comparison import Comparison
from actionplans.models import PlanState
from actionplans.reading import Reader, load_organisations, organisations_in
from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation
from planning_portal.organisations.identity import EVERYONE, Viewer

from . import factories


@pytest.fixture
def first(plan):
    return factories.bring_to(factories.fill_plan(plan), PlanState.ADOPTED)


def compare(plan, viewer=None, language="en", **options):
    old, new = plan.versions.order_by("number")
    viewer = viewer or Viewer(knows_all=True)
    reader = Reader(language, viewer, load_organisations(organisations_in(old.snapshot, new.snapshot)))
    changes = Comparison(old.snapshot, new.snapshot, reader, **options).changes()
    return [(one.place, one.field, str(one.old), str(one.new)) for one in changes]


def adopt_again(plan):
    services.send_for_review(plan, by=None)
    services.adopt(plan, by=None)


def open_again(plan):
    return services.amend(plan, by=None, reason="Prices rose.")


def test_same_content_has_no_changes(first):
    open_again(first)
    adopt_again(first)
    assert compare(first) == []


def test_changed_fields_are_named_with_old_and_new(first):
    open_again(first)
    output = first.results.get(code="1.1")
    indicator = output.indicators.get()
    content = factories.indicator_content(
        title=indicator.title_en, targets={2027: Decimal(100), 2030: Decimal("400.5"), 2031: Decimal(600)}
    )
    services.save_indicator(indicator, by=None, content=content)
    activity = output.activities.get()
    factories.make_budget(activity, {("activities", 2027): "1000.01"})
    services.save_result(
        output, by=None, content=services.ResultContent("en", "Markets are covered.", output.assumption_en or "")
    )
    adopt_again(first)
    assert compare(first) == [
        ("Output 1.1", "What has changed", output.statement_en, "Markets are covered."),
        ("Activity 1.1.1", "2027 · activities · DGD", "€1,000", "€1,000.01"),
        ("Indicator 1.1.a", "Target 2028", "200", ""),
        ("Indicator 1.1.a", "Target 2029", "300", ""),
        ("Indicator 1.1.a", "Target 2030", "400", "400.5"),
        ("Indicator 1.1.a", "Target 2031", "500", "600"),
    ]


def test_added_and_removed_are_one_line_each(first):
    open_again(first)
    services.remove_indicator(first.results.get(code="1.1").indicators.get(), by=None)
    factories.make_risk(first, description="Floods.")
    adopt_again(first)
    changes = compare(first)
    assert [(place, field) for place, field, *_sides in changes] == [
        ("Indicator 1.1.a", "Removed"),
        ("Risk 2", "Added"),
    ]
    assert changes[1][3] == "Floods."


def test_better_translation_is_no_change(first, coordinator):
    open_again(first)
    output = first.results.get(code="1.1")
    save_translation(output, "statement", "fr", "Couverts.", by=coordinator, state=TranslationState.DONE)
    adopt_again(first)
    assert compare(first, language="fr") == []


def test_originals_are_compared_where_the_translation_is_the_same(first, coordinator):
    risk = first.risks.get()
    open_again(first)
    save_translation(risk, "description", "fr", "Les prix montent.", by=coordinator, state=TranslationState.DONE)
    adopt_again(first)
    open_again(first)
    services.save_risk(risk, by=None, content=services.RiskContent("en", "Prices rise fast.", "Buy early.", 3, 3, True))
    adopt_again(first)
    first.versions.filter(number=1).delete()
    assert [change[2:] for change in compare(first, language="fr")] == [("Prices rise.", "Prices rise fast.")]


def test_risks_that_may_not_be_published_are_left_out_for_others(first):
    open_again(first)
    factories.make_risk(first, description="Secret.", is_public=False)
    adopt_again(first)
    assert compare(first, with_risks=False) == []
    assert len(compare(first)) == 1


def test_names_and_places_obey_identity(first, union, mutual, benin):
    open_again(first)
    activity = first.results.get(code="1.1").activities.get()
    first.line.organisations.add(mutual)
    mutual.identity = union.identity = "withheld"
    mutual.save()
    union.save()
    content = factories.activity_content(
        title=activity.title_en, description="Twice a year.", organisation=mutual, countries=[benin]
    )
    services.save_activity(activity, by=None, content=content)
    adopt_again(first)
    words = " ".join(" ".join(change) for change in compare(first, viewer=EVERYONE))
    assert mutual.name not in words
    assert "Benin" not in words
    assert "Benin" in " ".join(" ".join(change) for change in compare(first))
