"""A priority from its first word to its receipt: nothing typed is lost, nothing is overwritten, once is once."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection
from django.utils import timezone, translation

from consultations import services
from consultations.models import ParkedEdit, Priority, PriorityState, Support
from consultations.services import Incomplete, drafts
from consultations.versions import EditConflict
from planning_portal.languages.models import TranslationUnit
from planning_portal.programme.models import Step, StepState
from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from tests import factories

from .factories import WORDS, make_group, make_priority, make_support

pytestmark = pytest.mark.django_db


def fresh(priority):
    return Priority.objects.get(pk=priority.pk)


# --- Start -----------------------------------------------------------------------------------------


def test_draft_starts_empty_in_the_authors_language(alice, union, consultation):
    draft = services.start_draft(consultation, by=alice, organisation=union)
    assert (draft.state, draft.source_language, draft.version, draft.author) == ("draft", "fr", 1, alice)
    assert draft.history.get().history_user == alice


@pytest.mark.parametrize(("language", "kept"), [("es", "es"), ("xx", "fr"), ("", "fr")])
def test_draft_language_is_chosen(alice, union, consultation, language, kept):
    draft = services.start_draft(consultation, by=alice, organisation=union, language=language)
    assert draft.source_language == kept


def test_draft_for_another_organisation_is_refused(alice, mutual, stranger_organisation, consultation):
    for organisation in (mutual, stranger_organisation):
        with pytest.raises(PermissionDenied):
            services.start_draft(consultation, by=alice, organisation=organisation)


def test_draft_in_another_country_is_refused(carmen, stranger_organisation, consultation):
    with pytest.raises(PermissionDenied):
        services.start_draft(consultation, by=carmen, organisation=stranger_organisation)


@pytest.mark.parametrize(
    ("state", "step_state", "words"),
    [("planned", "open", "not open yet"), ("open", "closed", "step of the planning is over")],
)
def test_draft_needs_an_open_consultation(alice, union, consultation, state, step_state, words):
    type(consultation).objects.update(state=state)
    Step.objects.update(state=step_state)
    consultation = type(consultation).objects.get()
    with pytest.raises(PermissionDenied, match=words):
        services.start_draft(consultation, by=alice, organisation=union)


# --- Save ------------------------------------------------------------------------------------------


def test_saving_one_page_leaves_the_others(alice, draft):
    services.save_draft(draft, by=alice, version=1, situation="Autre situation")
    saved = fresh(draft)
    assert (saved.situation_fr, saved.title_fr, saved.version) == ("Autre situation", WORDS["title"], 2)


def test_saving_everything_a_page_can_hold(alice, draft, mutual, programme):
    theme, group = factories.make_theme(programme=programme), make_group()
    services.save_draft(
        draft,
        by=alice,
        version=1,
        theme=theme,
        level="continental",
        groups=[group],
        supports={mutual: "  Ils l'ont dit  "},
    )
    saved = fresh(draft)
    assert (saved.theme, saved.level, list(saved.groups.all())) == (theme, "continental", [group])
    support = Support.objects.get()
    assert (support.organisation, support.why_fr, support.is_confirmed, support.by) == (
        mutual,
        "Ils l'ont dit",
        False,
        alice,
    )
    services.save_draft(draft, by=alice, version=2, theme=None, level="", groups=[], supports={})
    saved = fresh(draft)
    assert (saved.theme, saved.level, saved.groups.count(), Support.objects.count()) == (None, "", 0, 0)


def test_replay_changes_nothing(alice, draft):
    services.save_draft(draft, by=alice, version=1, title="Nouveau")
    again = services.save_draft(draft, by=alice, version=1, title="Nouveau")
    assert again.version == 2
    assert draft.history.count() == 2


def test_line_ends_and_edges_are_no_change(alice, draft):
    services.save_draft(draft, by=alice, version=1, situation="Une\nDeux")
    again = services.save_draft(draft, by=alice, version=2, situation="Une\r\nDeux\r\n ")
    assert again.version == 2


def test_a_draft_offers_nothing_to_translators(alice, draft, mutual):
    services.save_draft(draft, by=alice, version=1, title="Nouveau", supports={mutual: "Oui"})
    assert not TranslationUnit.objects.filter(content_type__app_label="consultations").exists()


def test_colleague_saves_without_a_mandate(colleague, draft):
    services.save_draft(draft, by=colleague, version=1, title="De la collègue")
    assert fresh(draft).history.first().history_user == colleague


@pytest.mark.parametrize("name", ["bob", "carmen", "companion", "facilitator", "translator", "coordinator"])
def test_nobody_else_writes_in_a_draft(everyone, draft, name):
    with pytest.raises(PermissionDenied):
        services.save_draft(draft, by=everyone[name], version=1, title="Autre")
    assert fresh(draft).title_fr == WORDS["title"]
    assert not ParkedEdit.objects.exists()


def test_draft_is_still_edited_after_closing(alice, draft):
    """Nothing typed is lost, even when it can no longer be submitted."""
    Step.objects.update(state=StepState.CLOSED)
    services.save_draft(draft, by=alice, version=1, title="Trop tard")
    assert fresh(draft).title_fr == "Trop tard"


def test_title_too_long_is_refused(alice, draft):
    with pytest.raises(ValidationError):
        services.save_draft(draft, by=alice, version=1, title="x" * 161)
    assert fresh(draft).version == 1


def test_unknown_part_is_an_error(alice, draft):
    with pytest.raises(ValueError, match="receipt"):
        services.save_draft(draft, by=alice, version=1, receipt="AAAA-AAAA")


def test_supports_come_from_other_organisations_of_the_country(alice, draft, union, stranger_organisation):
    for organisation in (union, stranger_organisation):
        with pytest.raises(ValidationError, match="same country"):
            services.save_draft(draft, by=alice, version=1, supports={organisation: ""})
    assert not Support.objects.exists()


# --- Language --------------------------------------------------------------------------------------


def test_language_can_change_and_the_text_goes_along(alice, draft, mutual):
    make_support(draft, mutual, why="Oui")
    services.save_draft(draft, by=alice, version=1, language="es")
    saved = fresh(draft)
    assert saved.source_language == "es"
    assert [getattr(saved, f"{name}_es") for name in WORDS] == list(WORDS.values())
    assert [getattr(saved, f"{name}_fr") for name in WORDS] == [""] * 5
    support = Support.objects.get()
    assert (support.source_language, support.why_es, support.why_fr) == ("es", "Oui", "")


def test_language_changes_together_with_a_text(alice, draft):
    services.save_draft(draft, by=alice, version=1, title="Un título", language="es")
    saved = fresh(draft)
    assert (saved.title_es, saved.title_fr, saved.situation_es) == ("Un título", "", WORDS["situation"])


# --- Conflicts -------------------------------------------------------------------------------------


def test_second_colleague_sees_both_texts(alice, colleague, draft):
    services.save_draft(draft, by=alice, version=1, title="D'Alice")
    with pytest.raises(EditConflict) as conflict:
        services.save_draft(draft, by=colleague, version=1, title="De la collègue", level="continental")
    assert conflict.value.mine == {"title": "De la collègue", "level": "continental"}
    assert conflict.value.theirs == {"title": "D'Alice", "level": "national"}
    assert (fresh(draft).title_fr, fresh(draft).level) == ("D'Alice", "national")
    parked = ParkedEdit.objects.get()
    assert (parked.user, parked.fields) == (colleague, {"title": "De la collègue", "level": "continental"})


def test_other_page_of_the_same_draft_is_no_conflict(alice, colleague, draft):
    services.save_draft(draft, by=alice, version=1, title="D'Alice")
    services.save_draft(draft, by=colleague, version=1, situation="De la collègue")
    assert (fresh(draft).title_fr, fresh(draft).situation_fr) == ("D'Alice", "De la collègue")


def test_lost_reply_is_no_conflict_with_oneself(alice, draft):
    services.save_draft(draft, by=alice, version=1, title="Un titr", editor="page")
    services.save_draft(draft, by=alice, version=1, title="Un titre", editor="page")
    assert fresh(draft).title_fr == "Un titre"


def test_own_other_tab_is_a_conflict(alice, draft):
    services.save_draft(draft, by=alice, version=1, title="Onglet un", editor="one")
    with pytest.raises(EditConflict):
        services.save_draft(draft, by=alice, version=1, title="Onglet deux", editor="two")
    assert fresh(draft).title_fr == "Onglet un"


@pytest.mark.parametrize(
    ("choice", "title"),
    [("mine", "De la collègue"), ("theirs", "D'Alice"), ("both", "D'Alice / De la collègue"), ("", "D'Alice")],
)
def test_conflict_is_settled_part_by_part(alice, colleague, draft, choice, title):
    services.save_draft(draft, by=alice, version=1, title="D'Alice", situation="Une")
    with pytest.raises(EditConflict):
        services.save_draft(draft, by=colleague, version=1, title="De la collègue", situation="Deux")
    services.resolve_conflict(fresh(draft), by=colleague, version=2, choices={"title": choice, "situation": "both"})
    assert (fresh(draft).title_fr, fresh(draft).situation_fr) == (title, "Une\n\nDeux")
    assert not ParkedEdit.objects.exists()


def test_third_save_while_choosing_keeps_the_parked_text(alice, colleague, draft):
    services.save_draft(draft, by=alice, version=1, title="D'Alice")
    with pytest.raises(EditConflict):
        services.save_draft(draft, by=colleague, version=1, title="De la collègue")
    services.save_draft(draft, by=alice, version=2, title="D'Alice encore")
    with pytest.raises(EditConflict):
        services.resolve_conflict(fresh(draft), by=colleague, version=2, choices={"title": "mine"})
    assert ParkedEdit.objects.get().fields == {"title": "De la collègue"}


def test_what_is_typed_on_replaces_the_parked_text(alice, colleague, draft):
    services.save_draft(draft, by=alice, version=1, title="D'Alice", level="national")
    for title in ("De la", "De la collègue"):
        with pytest.raises(EditConflict):
            services.save_draft(draft, by=colleague, version=1, is_autosave=True, title=title, level="continental")
    assert ParkedEdit.objects.get().fields == {"title": "De la collègue", "level": "continental"}


def test_both_together_too_long_is_said(alice, colleague, draft):
    services.save_draft(draft, by=alice, version=1, title="a" * 100)
    with pytest.raises(EditConflict):
        services.save_draft(draft, by=colleague, version=1, title="b" * 100)
    with pytest.raises(ValidationError, match="longer than 160"):
        services.resolve_conflict(fresh(draft), by=colleague, version=2, choices={"title": "both"})
    assert ParkedEdit.objects.exists()


def test_text_typed_after_submission_is_kept(alice, colleague, draft):
    services.submit_priority(draft, by=alice)
    with pytest.raises(WrongState, match="already been submitted"):
        services.save_draft(draft, by=colleague, version=1, title="Encore une chose")
    assert ParkedEdit.objects.get().fields == {"title": "Encore une chose"}


# --- History ---------------------------------------------------------------------------------------


def test_autosaves_of_one_person_are_one_version(alice, draft):
    for number in range(5):
        services.save_draft(draft, by=alice, version=number + 1, title=f"Titre {number}", is_autosave=True)
    assert draft.history.count() == 2
    assert draft.history.first().title_fr == "Titre 4"


def test_autosaves_of_two_people_stay_apart(alice, colleague, draft):
    services.save_draft(draft, by=alice, version=1, title="D'Alice", is_autosave=True)
    services.save_draft(draft, by=colleague, version=2, title="De la collègue", is_autosave=True)
    assert [row.title_fr for row in draft.history.all()] == ["De la collègue", "D'Alice", WORDS["title"]]


def test_autosave_after_a_pause_is_a_new_version(alice, draft):
    services.save_draft(draft, by=alice, version=1, title="Avant", is_autosave=True)
    draft.history.update(history_date=timezone.now() - timedelta(minutes=11))
    services.save_draft(draft, by=alice, version=2, title="Après", is_autosave=True)
    assert draft.history.count() == 3


def test_going_on_to_the_next_page_is_a_version(alice, draft):
    services.save_draft(draft, by=alice, version=1, title="Avant", is_autosave=True)
    services.save_draft(draft, by=alice, version=2, title="Après")
    assert draft.history.count() == 3


# --- Submit ----------------------------------------------------------------------------------------


def test_submission_gives_a_receipt(alice, draft):
    submitted = services.submit_priority(draft, by=alice)
    assert submitted.state == PriorityState.SUBMITTED
    assert re.fullmatch(r"[2-46-9A-HJKMNP-RTW-Y]{4}-[2-46-9A-HJKMNP-RTW-Y]{4}", submitted.receipt)
    assert submitted.submitted_at is not None
    entry = TransitionLog.objects.get(name="submit")
    assert (entry.by, entry.organisation_id) == (alice, draft.organisation_id)


def test_receipts_hold_no_letter_that_is_read_wrongly():
    assert not set("".join(drafts.new_receipt() for _number in range(500))) & set("0O1IL5SZUV")


def test_taken_receipt_is_not_given_twice(alice, draft, submitted, monkeypatch):
    receipts = iter([submitted.receipt, submitted.receipt, "AAAA-BBBB"])
    monkeypatch.setattr(drafts, "new_receipt", lambda: next(receipts))
    assert services.submit_priority(draft, by=alice).receipt == "AAAA-BBBB"


def test_receipts_that_never_fit_are_an_error(alice, draft, submitted, monkeypatch):
    monkeypatch.setattr(drafts, "new_receipt", lambda: submitted.receipt)
    with pytest.raises(IntegrityError):
        services.submit_priority(draft, by=alice)
    assert fresh(draft).is_draft


@pytest.mark.parametrize("part", ["title", "situation", "concerned", "change", "together", "theme", "level"])
def test_nothing_may_be_missing(alice, consultation, union, part):
    empty = {"theme": None}.get(part, "")
    draft = make_priority(consultation=consultation, organisation=union, state="draft", **{part: empty})
    with pytest.raises(Incomplete) as error:
        services.submit_priority(draft, by=alice)
    assert error.value.missing == [part]
    assert fresh(draft).is_draft


def test_missing_parts_come_in_the_order_of_the_form(alice, union, consultation):
    draft = services.start_draft(consultation, by=alice, organisation=union)
    with pytest.raises(Incomplete) as error:
        services.submit_priority(draft, by=alice)
    assert error.value.missing == ["title", "theme", "level", "situation", "concerned", "change", "together"]


def test_text_in_another_language_than_the_chosen_one_is_missing(alice, consultation, union):
    draft = make_priority(consultation=consultation, organisation=union, state="draft")
    Priority.objects.filter(pk=draft.pk).update(title_fr="", title_nl="Een titel")
    with pytest.raises(Incomplete):
        services.submit_priority(draft, by=alice)


def test_submitting_twice_says_so(alice, draft):
    receipt = services.submit_priority(draft, by=alice).receipt
    with pytest.raises(WrongState, match="already been submitted"):
        services.submit_priority(draft, by=alice)
    assert fresh(draft).receipt == receipt


@pytest.mark.parametrize("what", ["consultation", "step"])
def test_submission_after_closing_is_refused_and_the_draft_kept(alice, draft, consultation, what):
    if what == "step":
        Step.objects.update(state=StepState.CLOSED)
    else:
        type(consultation).objects.update(state="closed", closed_at=timezone.now())
    with pytest.raises(WrongState, match="Your draft is kept"):
        services.submit_priority(draft, by=alice)
    assert fresh(draft).is_draft


@pytest.mark.parametrize("name", ["bob", "carmen", "companion", "facilitator", "coordinator"])
def test_nobody_else_submits(everyone, draft, name):
    with pytest.raises(PermissionDenied):
        services.submit_priority(draft, by=everyone[name])
    assert fresh(draft).is_draft


# --- What is written, and what is not ---------------------------------------------------------------


@pytest.mark.parametrize("reading", ["en", "fr"])
def test_only_the_columns_of_its_own_language_are_written_whatever_the_reader_reads(alice, draft, reading):
    with translation.override(reading):
        services.save_draft(draft, by=alice, version=1, title="Neuf", is_autosave=True)
        services.save_draft(draft, by=alice, version=2, title="Plus neuf", is_autosave=True)
    for row in (Priority.objects.get(), draft.history.first()):
        assert (row.title_fr, row.title_en, row.title_es, row.title_nl) == ("Plus neuf", None, None, None)


def test_what_an_author_took_back_stands_in_no_column(alice, draft):
    services.save_draft(draft, by=alice, version=1, situation="Un nom de trop")
    services.save_draft(draft, by=alice, version=2, situation="")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM consultations_priority WHERE id = %s", [draft.pk])
        assert "Un nom de trop" not in cursor.fetchone()


def test_a_save_that_changes_nothing_is_decided_on_the_row_as_it_is(alice, colleague, draft):
    """The page was read before a colleague saved: what it says is what it was, and so an edit over theirs."""
    services.save_draft(draft, by=colleague, version=1, title="De la collègue")
    with pytest.raises(EditConflict) as conflict:
        services.save_draft(draft, by=alice, version=1, title=WORDS["title"])
    assert conflict.value.theirs == {"title": "De la collègue"}
    assert draft.title_fr == WORDS["title"], "the object in hand is not touched"


def test_a_draft_submitted_meanwhile_is_not_written(alice, draft):
    services.submit_priority(draft, by=alice)
    with pytest.raises(WrongState):
        services.save_draft(draft, by=alice, version=1, title="Trop tard")
    draft.refresh_from_db()
    assert draft.title_fr == WORDS["title"]
    assert draft.parked_edits.get().fields == {"title": "Trop tard"}


def test_a_change_of_language_takes_the_reasons_of_supports_along(alice, draft, mutual):
    services.save_draft(draft, by=alice, version=1, supports={mutual: "Avant"})
    services.save_draft(draft, by=alice, version=2, language="es", supports={mutual: "Después"})
    support = draft.supports.get()
    assert (support.source_language, support.why_es, support.why_fr) == ("es", "Después", "")
