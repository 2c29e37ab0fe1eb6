"""Programme 2027-2031 as it is loaded: complete in four languages, true to the public page, and loaded once."""

import shutil
import tomllib
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from planning_portal.languages.models import Multilingual, TranslationState, TranslationUnit
from planning_portal.languages.services import LANGUAGE_CODES
from planning_portal.organisations.models import Country, Organisation, RiskLevel, Zone
from planning_portal.programme.models import (
    Page,
    PageSection,
    Programme,
    Resource,
    ResourceGroup,
    Step,
    StepInput,
    Theme,
    WorkerGroup,
    current_programme,
)
from planning_portal.programme.seeding import DATA, seed_programme

FOLDER = DATA / "programme-2027-2031"
MODELS = [Programme, Step, StepInput, Theme, Page, Resource, ResourceGroup, WorkerGroup]


def rows_of(name: str) -> list[dict]:
    [rows] = [value for value in tomllib.loads((FOLDER / name).read_text()).values() if isinstance(value, list)]
    return rows


@pytest.fixture
def seeded(db):
    return seed_programme(FOLDER)


def everything() -> dict[str, list]:
    return {
        model.__name__: list(model.objects.order_by("pk").values()) for model in [*MODELS, Zone, Country, Organisation]
    }


def test_second_run_changes_nothing(seeded):
    before = everything()
    output = StringIO()
    call_command("seed_programme", stdout=output)
    assert output.getvalue().strip() == "programme-2027-2031: 0 added, 0 changed"
    assert everything() == before


def test_update_of_what_is_the_same_changes_nothing(seeded):
    before = everything()
    again = seed_programme(FOLDER, update=True)
    assert (again.added, again.changed) == (0, 0)
    assert everything() == before


def test_later_run_leaves_the_edits_of_coordinators_alone(seeded):
    Theme.objects.filter(slug="population").update(title_en="Edited")
    seed_programme(FOLDER)
    assert Theme.objects.get(slug="population").title_en == "Edited"


def test_update_brings_texts_back_and_calls_them_reviewed(seeded):
    theme = Theme.objects.get(slug="population")
    theme.title_en = theme.title_nl = "Edited"
    theme.save()
    again = seed_programme(FOLDER, update=True)
    theme.refresh_from_db()
    assert (again.added, again.changed) == (0, 1)
    assert theme.title_en != "Edited"
    units = theme.translation_units.all()
    assert {unit.state for unit in units} == {TranslationState.DONE}
    assert not any(unit.stale for unit in units)


def test_update_never_sets_back_what_was_chosen_for_safety(seeded):
    Organisation.objects.update(identity="withheld")
    Country.objects.update(risk_level="high")
    seed_programme(FOLDER, update=True)
    assert set(Organisation.objects.values_list("identity", flat=True)) == {"withheld"}
    assert set(Country.objects.values_list("risk_level", flat=True)) == {"high"}


def test_row_that_is_missing_is_added_again(seeded):
    Resource.objects.first().delete()
    again = seed_programme(FOLDER)
    assert (again.added, again.changed) == (1, 0)


def test_loading_makes_the_public_pages_new_only_when_something_changed(seeded):
    revision = current_programme().revision
    seed_programme(FOLDER)
    assert current_programme().revision == revision
    Resource.objects.first().delete()
    seed_programme(FOLDER)
    assert current_programme().revision == revision + 1


def test_loading_costs_a_fixed_number_of_queries(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(90):
        seed_programme(FOLDER)


def test_it_becomes_current_unless_another_is(programme):
    seed_programme(FOLDER)
    assert current_programme() == programme


@pytest.mark.parametrize("model", MODELS)
def test_every_text_is_there_in_four_languages_and_reviewed(seeded, model):
    assert issubclass(model, Multilingual)
    objects = list(model.objects.all())
    assert objects
    for obj in objects:
        for field in obj.TEXTS:
            filled = [code for code in LANGUAGE_CODES if getattr(obj, f"{field}_{code}")]
            assert filled in ([], list(LANGUAGE_CODES)), f"{model.__name__} {obj.slug} {field}: only {filled}"
        for field in obj.REQUIRED_TEXTS:
            assert getattr(obj, f"{field}_en")
    units = TranslationUnit.objects.filter(content_type__model=model._meta.model_name)
    assert units.count() >= 3 * len(objects)
    assert set(units.values_list("state", "stale")) == {(TranslationState.DONE, False)}


def test_zone_names_are_there_in_four_languages(seeded):
    for zone in Zone.objects.all():
        assert all(getattr(zone, f"name_{code}") for code in LANGUAGE_CODES)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (Step, "steps.toml"),
        (Theme, "themes.toml"),
        (Page, "pages.toml"),
        (Resource, "resources.toml"),
        (ResourceGroup, "groups.toml"),
        (WorkerGroup, "worker_groups.toml"),
        (Zone, "zones.toml"),
        (Organisation, "organisations.toml"),
    ],
)
def test_everything_in_a_file_is_loaded(seeded, model, name):
    assert set(model.objects.values_list("slug", flat=True)) == {row["slug"] for row in rows_of(name)}


def test_steps_have_the_dates_of_the_public_page(seeded):
    steps = list(Step.objects.values_list("kind", "starts", "ends"))
    assert steps == [
        ("consultation", None, None),
        ("intercontinental", date(2025, 7, 1), date(2025, 7, 3)),
        ("continental", date(2025, 9, 1), date(2025, 10, 31)),
        ("action_plans", None, None),
        ("submission", None, None),
    ]


def test_six_inputs_feed_the_intercontinental_workshop(seeded):
    inputs = StepInput.objects.filter(step__kind="intercontinental")
    assert {one.zone.slug for one in inputs if one.zone} == {
        "latin-america-caribbean",
        "asia",
        "central-africa",
        "west-africa",
    }
    assert {one.organisation.slug for one in inputs if one.organisation} == {"acv-csci", "bis-msi"}


def test_four_leads_five_themes_twelve_groups_of_workers(seeded):
    assert set(Organisation.objects.filter(is_lead=True).values_list("acronym", flat=True)) == {
        "WSM",
        "ACV-CSCi",
        "ANMC-LCM",
        "BIS-MSI",
    }
    assert Theme.objects.count() == 5
    assert set(WorkerGroup.objects.values_list("slug", flat=True)) == {
        *("informal", "rural", "domestic", "women", "young", "older"),
        *("migrant", "precarious", "platform", "disabled", "industry", "care"),
    }


def test_every_section_of_the_site_has_a_text(seeded):
    assert set(Page.objects.values_list("section", flat=True)) == set(PageSection.values)


def test_countries_have_zone_clock_and_a_place_of_their_own(seeded):
    countries = list(Country.objects.select_related("zone"))
    assert len(countries) == 22
    assert all(country.time_zone != "UTC" for country in countries)
    places = [(country.zone_id, country.tile_row, country.tile_column) for country in countries]
    assert len(places) == len(set(places))


def test_leads_of_a_safe_country_are_named(seeded):
    assert Country.objects.get(iso2="BE").risk_level == RiskLevel.LOW
    assert set(Organisation.objects.values_list("identity", flat=True)) == {"named"}


def test_unknown_folder_says_which_there_are(db):
    with pytest.raises(CommandError, match="programme-2027-2031"):
        call_command("seed_programme", "nothing")


def test_broken_file_changes_nothing(db, tmp_path):
    folder = tmp_path / "broken"
    shutil.copytree(FOLDER, folder)
    (folder / "worker_groups.toml").write_text("[[group]]\nslug = 'x'\n")
    with pytest.raises(KeyError):
        seed_programme(folder)
    assert not Programme.objects.exists()
    assert not Zone.objects.exists()
