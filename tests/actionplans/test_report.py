"""The consolidated plan as a document: the same in four languages, and nobody named who must not be."""

import re
from decimal import Decimal

import pytest
from django.utils import translation

from actionplans import services
from actionplans.models import PlanState
from actionplans.reports import consolidated_report
from planning_portal.documents.services import build_document
from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation
from tests import factories as base
from tests.consultations.factories import make_priority
from tests.workshops.factories import make_candidate, make_decision, make_line, make_workshop

from . import factories

LANGUAGES = ("en", "es", "fr", "nl")
CANARY = "Zzyzx Quibble"


@pytest.fixture
def hidden(benin):
    """An organisation whose name must not leave."""
    return base.make_organisation(country=benin, name=f"{CANARY} Union", acronym="ZZQB", identity="withheld")


@pytest.fixture
def described(peru):
    return base.make_organisation(country=peru, name=f"{CANARY} Mutual", acronym="ZZQM", identity="described")


@pytest.fixture
def dangerous():
    """A country at high risk."""
    return base.make_country("PH", zone=base.make_zone("asia"), risk_level="high", working_language="en")


@pytest.fixture
def edition(union, hidden, described, dangerous, programme, coordinator):
    """Two lines and three own plans, with everything that must be hidden from the public."""
    workshop = make_workshop("closed")
    endangered = base.make_organisation(country=dangerous, name=f"{CANARY} Movement", identity="withheld")
    priorities = [
        make_priority(state="agreed", organisation=union, title="Cover for all", source_language="en"),
        make_priority(state="agreed", organisation=endangered, title="Secret wish", source_language="en"),
    ]
    line = make_line(workshop, organisations=[union, hidden, described, endangered], lead=union, code="L2")
    make_decision(make_candidate(workshop, priorities=priorities), line=line, reason_en="Many ask for it.")
    make_decision(make_candidate(workshop, title_en="Dropped"), "not_retained", reason_en="Not now.")
    plan = factories.make_global_plan(line=line)
    outcome = factories.outcome_of(plan)
    factories.make_indicator(outcome, targets={2027: Decimal("1234.5"), 2031: Decimal(98765)})
    output = factories.make_output(plan, source_language="fr", statement="Les marchés sont couverts.")
    for organisation, amount in ((union, 1000), (hidden, 2000), (described, 4000), (endangered, 8000)):
        activity = services.add_activity(
            output,
            by=None,
            content=factories.activity_content(
                organisation=organisation, countries=[organisation.country, dangerous], title=f"Costs {amount}"
            ),
        )
        factories.make_budget(activity, {("activities", 2027): amount}, "own" if amount == 4000 else "dgd")
    factories.make_risk(plan, description="A risk that may be told.", is_public=True)
    factories.make_risk(plan, description="A risk that must not be told.", is_public=False)
    factories.bring_to(plan, PlanState.ADOPTED)
    factories.make_adopted_plan([union], code="L1")
    for organisation in (union, hidden, described):
        factories.bring_to(factories.fill_plan(factories.make_own_plan(organisation)), PlanState.ADOPTED)
    return services.create_edition(programme, by=coordinator)


def html_of(edition, language="en", audience="public"):
    return build_document(edition, "consolidated-plan", language=language, version="1", audience=audience)


def words_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_public_document_names_nobody_who_is_not_named(edition, language):
    html = html_of(edition, language)
    for canary in (CANARY, "ZZQ", "Secret wish", "A risk that must not be told"):
        assert canary not in html
    assert "Organisation number" in html  # the named one
    assert "A risk that may be told." in html
    assert "Cover for all" in html


def test_countries_at_high_risk_are_counted_for_everyone(edition):
    words = words_of(html_of(edition))
    with translation.override("en"):
        assert "Philippines" not in words
        assert "country that is not named" in words
        assert "1 priority of a country that is not named" in words
        assert "Philippines" in words_of(html_of(edition, audience="coordinators"))


def test_place_of_who_is_not_named_is_not_told(edition):
    report = consolidated_report(edition, "en", "public")
    line = next(one for one in report["lines"] if one["code"] == "L2")
    shown = {row["title"].text: (row["responsible"], row["countries"]) for row in line["work"][0]["activities"]}
    with translation.override("en"):
        assert "Benin" in shown["Costs 1000"][1]
    assert shown["Costs 2000"][1] == shown["Costs 4000"][1] == shown["Costs 8000"][1] == ""


def test_coordinators_read_all_names_and_risks(edition):
    html = html_of(edition, audience="coordinators")
    for word in (
        f"{CANARY} Union",
        f"{CANARY} Mutual",
        f"{CANARY} Movement",
        "A risk that must not be told.",
        "Secret wish",
    ):
        assert word in html


def test_withheld_organisations_own_plan_is_left_out_for_everyone(edition):
    public = consolidated_report(edition, "en", "public")
    full = consolidated_report(edition, "en", "coordinators")
    assert (len(public["own"]), public["hidden_own"]) == (2, 1)
    assert (len(full["own"]), full["hidden_own"]) == (3, 0)
    assert [plan["code"] for plan in full["own"]] == ["O1", "O2", "O3"]


def test_organisation_that_hides_after_the_edition_is_hidden(edition, union):
    assert union.name in html_of(edition)
    union.identity = "withheld"
    union.save()
    assert union.name not in html_of(edition)


def test_money_by_organisation_is_told_of_named_ones_only(edition, union):
    table = consolidated_report(edition, "en", "public")["money"]["by_organisation"]
    assert [row[0] for row in table.rows] == [union.name, "Organisations that are not named"]
    assert table.rows[1][1] == "14,000"
    full = consolidated_report(edition, "en", "coordinators")["money"]["by_organisation"]
    assert len(full.rows) == 4
    assert full.totals == table.totals


@pytest.mark.parametrize("audience", ["public", "coordinators"])
def test_every_table_of_money_has_the_same_total(edition, audience):
    report = consolidated_report(edition, "en", audience)
    money = report["money"]
    totals = {table.totals[-1] for table in (money["by_line"], money["by_category"], money["by_organisation"])}
    assert totals == {report["budget"]["table"].totals[-1]} == {report["line_list"].totals[-1]} == {"16,650.5"}
    assert "Checked when this document was made" in html_of(edition, audience=audience)


def test_totals_that_do_not_agree_stop_the_document(edition, monkeypatch):
    from actionplans.totals import Totals

    monkeypatch.setattr(Totals, "reconciles", False)
    with pytest.raises(ValueError, match="do not agree"):
        consolidated_report(edition, "en", "public")


def codes_of(html):
    return re.findall(r'<span class="code">([^<]+)</span>|<tr><td>([\w.]+)</td>', html)


def test_numbering_is_the_same_in_every_language(edition):
    codes = {language: codes_of(html_of(edition, language)) for language in LANGUAGES}
    assert codes["en"]
    for language in LANGUAGES:
        assert codes[language] == codes["en"], language
    anchors = {language: re.findall(r'id="([^"]+)"', html_of(edition, language)) for language in LANGUAGES}
    # Pictures name their own parts after their words.
    ours = {
        language: [one for one in found if not re.match(r"c[0-9a-f]{8}-", one)] for language, found in anchors.items()
    }
    for language in LANGUAGES:
        assert ours[language] == ours["en"], language


@pytest.mark.parametrize(
    ("language", "numbers"),
    [
        ("en", ("1,234.5", "98,765")),
        ("es", ("1.234,5", "98.765")),
        ("fr", ("1\u202f234,5", "98\u202f765")),
        ("nl", ("1.234,5", "98.765")),
    ],
)
def test_numbers_follow_the_language(edition, language, numbers):
    html = html_of(edition, language)
    assert all(number in html for number in numbers)


def test_text_in_another_language_says_so(edition):
    html = html_of(edition, "nl")
    assert 'lang="fr">Les marchés sont couverts.' in html
    assert '<span class="language-code">FR</span>' in html


def test_translation_made_after_the_freeze_is_taken(edition, coordinator):
    from actionplans.models import Result

    output = Result.objects.get(statement_fr="Les marchés sont couverts.")
    save_translation(output, "statement", "nl", "De markten zijn gedekt.", by=coordinator, state=TranslationState.DONE)
    assert "De markten zijn gedekt." in html_of(edition, "nl")


def test_edit_after_the_freeze_does_not_reach_the_document(edition, coordinator):
    from actionplans.models import ActionPlan, Indicator

    before = html_of(edition)
    plan = ActionPlan.objects.get(line__code="L2")
    services.amend(plan, by=coordinator, reason="Prices rose.")
    indicator = Indicator.objects.filter(result__plan=plan).first()
    services.save_indicator(indicator, by=None, content=factories.indicator_content(title="Changed afterwards"))
    plan.line.title_en = "Another title"
    plan.line.save()
    assert html_of(edition) == before


def test_lines_without_adopted_plan_are_named(edition, union, programme, coordinator):
    make_line(make_workshop("closed"), code="L7", title_en="Not planned yet")
    late = services.create_edition(programme, by=coordinator)
    assert "Not planned yet" in html_of(late)
    assert "Not planned yet" not in html_of(edition)


def test_what_was_set_aside_is_told_with_its_reason(edition):
    html = html_of(edition)
    assert "Dropped" in html
    assert "Not now." in html


def test_report_costs_a_fixed_number_of_queries(edition, union, programme, coordinator, django_assert_max_num_queries):
    with django_assert_max_num_queries(18):
        consolidated_report(edition, "fr", "coordinators")
    for _number in range(3):
        factories.make_adopted_plan([union])
    larger = services.create_edition(programme, by=coordinator)
    with django_assert_max_num_queries(18):
        consolidated_report(larger, "fr", "coordinators")


@pytest.mark.pdf
def test_pdf_is_sound(edition):
    from planning_portal.documents.checks import check_pdf
    from planning_portal.documents.services import build_pdf

    built = build_pdf(edition, "consolidated-plan", language="nl", version="1", audience="public")
    assert check_pdf(built.data) == []
    assert 8 <= built.pages <= 20
    again = build_pdf(edition, "consolidated-plan", language="nl", version="1", audience="public")
    assert again.data == built.data
