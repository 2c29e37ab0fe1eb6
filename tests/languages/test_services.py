import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from planning_portal.languages.models import TranslationState, TranslationUnit
from planning_portal.languages.queries import attach_units, shown
from planning_portal.languages.services import save_translation, set_source, sync_units, text_hash
from planning_portal.programme.models import Theme
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def theme():
    return factories.make_theme(title_en="", source_language="fr", title_fr="Travail décent", order=900)


def unit(theme, language, field="title"):
    return theme.translation_units.get(field=field, language=language)


def test_saving_a_source_opens_a_unit_for_every_other_language(theme):
    states = dict(theme.translation_units.values_list("language", "state"))
    assert states == {"en": 0, "es": 0, "nl": 0}


def test_a_text_without_source_has_no_units(theme):
    assert not theme.translation_units.filter(field="summary").exists()


def test_changing_the_source_makes_a_translation_stale(theme, translator):
    save_translation(theme, "title", "nl", "Waardig werk", by=translator, state=TranslationState.DONE)
    assert not unit(theme, "nl").stale
    theme.title_fr = "Le travail décent"
    theme.save()
    assert unit(theme, "nl").stale
    assert unit(theme, "nl").state == TranslationState.DONE


def test_spacing_in_the_source_makes_no_work(theme, translator):
    save_translation(theme, "title", "nl", "Waardig werk", by=translator, state=TranslationState.DONE)
    theme.title_fr = "Travail  décent "
    theme.save()
    assert not unit(theme, "nl").stale


def test_a_new_translation_of_the_changed_source_is_fresh_again(theme, translator):
    save_translation(theme, "title", "nl", "Waardig werk", by=translator, state=TranslationState.DONE)
    theme.title_fr = "Le travail décent"
    theme.save()
    save_translation(theme, "title", "nl", "Het waardige werk", by=translator, state=TranslationState.DONE)
    assert not unit(theme, "nl").stale


def test_machine_text_never_overwrites_a_person(theme, translator):
    save_translation(theme, "title", "nl", "Waardig werk", by=translator, state=TranslationState.DRAFT)
    with pytest.raises(PermissionDenied):
        save_translation(theme, "title", "nl", "Fatsoenlijk werk", by=None, state=TranslationState.MACHINE, tool="x")
    theme.refresh_from_db()
    assert theme.title_nl == "Waardig werk"


def test_translating_the_source_language_is_refused(theme, translator):
    with pytest.raises(ValueError):
        save_translation(theme, "title", "fr", "x", by=translator, state=TranslationState.DONE)


def test_emptying_a_translation_makes_it_missing(theme, translator):
    save_translation(theme, "title", "nl", "Waardig werk", by=translator, state=TranslationState.DONE)
    save_translation(theme, "title", "nl", "", by=translator, state=TranslationState.DONE)
    assert unit(theme, "nl").state == TranslationState.MISSING
    assert unit(theme, "nl").translated_hash == ""


def test_emptying_the_source_removes_its_units(theme):
    theme.title_fr = ""
    theme.save()
    assert not theme.translation_units.exists()


def test_changing_the_source_language_moves_the_units(theme):
    theme.source_language = "en"
    theme.title_en = "Decent work"
    theme.save()
    assert dict(theme.translation_units.values_list("language", "state")) == {
        "es": TranslationState.MISSING,
        "fr": TranslationState.DRAFT,
        "nl": TranslationState.MISSING,
    }


def test_sync_units_costs_two_queries_for_any_number(theme, django_assert_num_queries):
    themes = [theme, *(factories.make_theme() for _number in range(10))]
    TranslationUnit.objects.all().delete()
    with django_assert_num_queries(2):
        sync_units(themes)


def test_a_required_source_text_must_be_filled(programme):
    theme = Theme(programme=programme, slug="x", source_language="nl", title_en="Only English")
    with pytest.raises(ValidationError) as caught:
        theme.full_clean()
    assert "title" in caught.value.message_dict


def test_set_source_writes_the_source_column_whatever_the_active_language(theme, settings):
    set_source(theme, title="Le travail")
    assert theme.title_fr == "Le travail"
    assert theme.title_en == ""


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (TranslationState.MACHINE, "machine"),
        (TranslationState.DRAFT, "draft"),
        (TranslationState.IN_REVIEW, "draft"),
        (TranslationState.DONE, "own"),
    ],
)
def test_a_shown_text_says_how_good_it_is(theme, translator, state, kind):
    save_translation(theme, "title", "nl", "Waardig werk", by=translator, state=state)
    text = shown(Theme.objects.get(pk=theme.pk), "title", "nl")
    assert (text.text, text.language, text.kind) == ("Waardig werk", "nl", kind)
    assert bool(text.label) == (kind != "own")


def test_a_missing_translation_shows_the_original_and_says_so(theme):
    text = shown(theme, "title", "nl")
    assert (text.text, text.language, text.kind) == ("Travail décent", "fr", "original")
    assert text.label


def test_a_stale_translation_stays_visible_with_its_label(theme, translator):
    save_translation(theme, "title", "nl", "Waardig werk", by=translator, state=TranslationState.DONE)
    theme.title_fr = "Autre chose"
    theme.save()
    text = shown(Theme.objects.get(pk=theme.pk), "title", "nl")
    assert (text.text, text.kind, text.original) == ("Waardig werk", "stale", "Autre chose")


def test_a_text_that_nobody_wrote_is_empty_and_has_no_label(theme):
    text = shown(theme, "summary", "nl")
    assert not text
    assert text.kind == "empty"


def test_attach_units_serves_a_list_with_one_query(theme, django_assert_num_queries):
    themes = [theme, *(factories.make_theme(title_nl="Thema") for _number in range(5))]
    with django_assert_num_queries(1):
        attach_units(themes)
        for each in themes:
            shown(each, "title", "nl")


@given(st.text())
def test_the_hash_overlooks_spacing_and_form(text):
    spaced = "  " + text.replace(" ", "\n\t ") + " "
    assert text_hash(text) == text_hash(spaced)
    assert len(text_hash(text)) in {0, 16}
