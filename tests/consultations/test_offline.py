"""The form away from the line: fetched, filled in, sent back; nothing is lost, doubled, overwritten or submitted."""

import io
import json
import zipfile

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import conditional_escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations import services
from consultations.models import OfflineForm, OfflineRow, OfflineUpload, Priority
from consultations.offline import layout, paper
from consultations.offline.layout import KEY_CELL, LANGUAGE_CELL, VERSION_CELL, Choices, FormKey, questions
from consultations.offline.preview import preview_of
from consultations.offline.reading import FormRefused, read_form
from consultations.offline.words import FAULTS, REFUSALS
from consultations.offline.workbook import build_form
from planning_portal.documents.checks import check_pdf
from planning_portal.documents.models import RenderedDocument
from planning_portal.documents.services import build_document, build_pdf
from planning_portal.jobs.models import Job
from planning_portal.organisations.identity import viewer_of
from planning_portal.quarantine.child import answer
from planning_portal.quarantine.process import Examined, Refused
from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from tests import factories
from tests.quarantine import files

from .factories import make_consultation, make_group, make_priority
from .test_races import all_at_once, post_as

pytestmark = pytest.mark.django_db
COLUMNS = {"title": "B", "theme": "C", "level": "D", "situation": "E"}


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """Forms are read without a child of their own: what the child may do is proven in tests/quarantine."""

    def examine(task, data):
        head, made = answer(task, data, {})
        if "refused" in head:
            raise Refused(head["refused"], **head["details"])
        return Examined(head["facts"], made, 1)

    monkeypatch.setattr("consultations.services.offline.examine", examine)


@pytest.fixture
def groups(db):
    return [make_group() for _number in range(3)]


@pytest.fixture
def themes(consultation):
    return [factories.make_theme(programme=consultation.step.programme) for _number in range(2)]


@pytest.fixture
def blank(alice, union, consultation, groups, themes):
    """A form that Alice fetched, in French."""
    with translation.override("fr"):
        return build_form(consultation, union, viewer=viewer_of(alice), language="fr")[0]


def columns_of(sheet):
    """Which column asks for what."""
    return {cell.value: cell.column_letter for cell in sheet[layout.CODES_ROW] if cell.value}


def filled(blank, *rows, **cells):
    """The form with these rows: each a dict of part -> text."""
    book = openpyxl.load_workbook(io.BytesIO(blank))
    sheet = book.worksheets[0]
    columns = columns_of(sheet)
    for number, row in enumerate(rows):
        for part, text in (row or {}).items():
            cell = sheet[f"{columns[part]}{layout.FIRST_ROW + number}"]
            cell.value = text
            if not (isinstance(text, str) and text.startswith("=FORMULA")):
                cell.data_type = "s"
    for place, text in cells.items():
        sheet[place].value = text
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def send(consultation, by, data):
    return services.receive_form(consultation, by=by, data=data)


def save(consultation, by, data):
    return services.save_form(send(consultation, by, data), by=by)


def states(upload):
    return [row["state"] for row in upload.outcome]


def faults(upload):
    return [(fault["cell"], fault["code"]) for fault in upload.faults]


# --- the form itself ------------------------------------------------------------------------------------------------


def test_only_answers_can_be_typed_and_nothing_names_anybody(blank, alice):
    book = openpyxl.load_workbook(io.BytesIO(blank))
    sheet, lists = book.worksheets
    assert sheet.protection.sheet
    assert lists.protection.sheet
    assert lists.sheet_state == "hidden"
    unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    columns = columns_of(sheet).values()
    rows = range(layout.FIRST_ROW, layout.FIRST_ROW + layout.ROWS)
    assert unlocked == {LANGUAGE_CELL} | {f"{column}{row}" for column in columns for row in rows}
    assert sheet[KEY_CELL].protection.locked
    assert FormKey.read(sheet[KEY_CELL].value).version == layout.FORM_VERSION
    assert sheet[VERSION_CELL].value == "1"
    with zipfile.ZipFile(io.BytesIO(blank)) as archive:
        assert b"creator" not in archive.read("docProps/core.xml")
    with_everything = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert alice.name not in with_everything
    assert alice.email not in with_everything


def test_form_speaks_the_readers_language_and_counts_alike_in_all(alice, union, consultation, groups, themes):
    heads = {}
    for language in ("en", "es", "fr", "nl"):
        with translation.override(language):
            data, _key = build_form(consultation, union, viewer=viewer_of(alice), language=language)
            sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
            heads[language] = [str(cell.value) for cell in sheet[layout.HEADS_ROW] if cell.value]
            assert [question.number for question in questions()] == list(range(1, 9))
    numbers = [[head.split(".")[0] for head in found] for found in heads.values()]
    assert numbers[0] == numbers[1] == numbers[2] == numbers[3]
    assert len({found[0] for found in heads.values()}) > 1


def test_lists_and_limits_stand_on_the_cells(blank, themes):
    sheet = openpyxl.load_workbook(io.BytesIO(blank)).worksheets[0]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    columns = columns_of(sheet)
    last = layout.FIRST_ROW + layout.ROWS - 1
    assert rules[f"{columns['theme']}{layout.FIRST_ROW}:{columns['theme']}{last}"].type == "list"
    assert rules[f"{columns['title']}{layout.FIRST_ROW}:{columns['title']}{last}"].formula1 == "160"
    assert rules[LANGUAGE_CELL].type == "list"


def test_organisation_is_not_named_on_a_device_in_a_country_of_high_risk(alice, union, consultation, benin):
    def words():
        data, _key = build_form(consultation, union, viewer=viewer_of(alice), language="fr")
        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        return " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)

    assert union.name in words()
    benin.risk_level = "high"
    benin.save()
    consultation.refresh_from_db()
    assert union.name not in words()


def test_theme_that_looks_like_a_formula_is_written_as_text(alice, union, consultation, groups):
    factories.make_theme(programme=consultation.step.programme, title_en="=1+1", source_language="en")
    data, _key = build_form(consultation, union, viewer=viewer_of(alice), language="en")
    lists = openpyxl.load_workbook(io.BytesIO(data)).worksheets[1]
    assert "f" not in {cell.data_type for row in lists.iter_rows() for cell in row}


# --- what comes back ------------------------------------------------------------------------------------------------


def test_filled_form_becomes_drafts_and_never_submissions(alice, union, consultation, blank, groups, themes):
    row = {
        "title": "  Santé des\nvendeuses ",
        "theme": layout.option_label(themes[1], "title"),
        "level": "NATIONAL",
        "situation": "=Pas une formule\n@mais +un -texte",
        f"group:{groups[0].slug}": "x",
        f"group:{groups[2].slug}": "X",
        "concerned": "2027",
        "change": "مرحبا بالعالم",
        "together": "Ensemble 👩🏾‍🌾",
    }
    upload = send(consultation, alice, filled(blank, row, None, {"title": "Une autre"}))
    assert not Priority.objects.exists(), "nothing before the sender has seen it"
    assert upload.faults == []
    upload = services.save_form(upload, by=alice)
    assert states(upload) == ["new", "new"]
    first, second = Priority.objects.order_by("id")
    assert {first.state, second.state} == {"draft"}
    assert (first.organisation, first.author, first.source_language) == (union, alice, "fr")
    assert first.title_fr == "Santé des vendeuses"
    assert (first.theme, first.level) == (themes[1], "national")
    assert first.situation_fr == row["situation"]
    assert set(first.groups.all()) == {groups[0], groups[2]}
    assert (first.concerned_fr, first.change_fr, first.together_fr) == ("2027", row["change"], row["together"])
    assert second.title_fr == "Une autre"


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=200)


@given(rows=st.lists(st.fixed_dictionaries({"title": TEXT, "situation": TEXT, "change": TEXT}), max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_typed_is_what_is_read(blank, consultation, rows):
    head, made = answer("read_workbook", filled(blank, *rows), {})
    assert head == {"facts": {}}
    expected = {}
    for number, row in enumerate(rows, start=1):
        parts = {part: text.strip() for part, text in row.items() if text.strip()}
        if "title" in parts:
            parts["title"] = " ".join(parts["title"].split())
        if parts:
            expected[number] = {part: layout_text(text) for part, text in parts.items()}
    try:
        form = read_form(json.loads(made), Choices.of(consultation))
    except FormRefused as refused:
        found, code = {}, refused.code
    else:
        found, code = {row.number: row.parts for row in form.rows if not row.faults}, ""
    assert (code == "nothing") == (not expected)
    too_long = {number for number, parts in expected.items() if len(parts.get("title", "")) > 160}
    assert found == {number: parts for number, parts in expected.items() if number not in too_long}


def layout_text(text):
    """Excel's own way to write signs (_x0041_) is read as Excel reads it."""
    from planning_portal.quarantine.workbook import _unescaped

    return _unescaped(text).strip()


CELL = st.tuples(
    st.sampled_from(["text", "number", "boolean", "formula", "error", "strange"]),
    st.one_of(TEXT, st.sampled_from(["=1", "x", "\u202etxt", "A" * 5000, "1e999", "National"])),
)


@given(cells=st.dictionaries(st.sampled_from([f"{c}{r}" for c in "ABCDEFGHIJKLMZ" for r in range(1, 14)]), CELL))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_cells_are_read_or_refused_never_a_fault(blank, consultation, cells):
    sheets = json.loads(answer("read_workbook", blank, {})[1])
    sheets[0]["cells"] |= {place: list(cell) for place, cell in cells.items()}
    try:
        form = read_form(sheets, Choices.of(consultation))
    except FormRefused as refused:
        codes = {refused.code}
    else:
        codes = {fault.code for fault in form.all_faults}
        json.dumps([row.parts for row in form.rows])
    assert codes <= {*REFUSALS, *FAULTS}


@pytest.mark.parametrize(
    ("part", "typed", "code"),
    [
        ("title", "x" * 161, "long"),
        ("situation", "x" * 4001, "long"),
        ("situation", "=FORMULA()", "formula"),
        ("theme", "Nothing of the sort", "choice"),
        ("level", "planetary", "choice"),
        ("group:{0}", "perhaps", "tick"),
    ],
)
def test_fault_names_its_cell_and_leaves_its_row_out(alice, consultation, blank, groups, part, typed, code):
    part = part.format(groups[0].slug)
    upload = send(consultation, alice, filled(blank, {"title": "Bien"}, {"together": "Ensemble", part: typed}))
    column = columns_of(openpyxl.load_workbook(io.BytesIO(blank)).worksheets[0])[part]
    assert faults(upload) == [(f"{column}{layout.FIRST_ROW + 1}", code)]
    assert [row["number"] for row in upload.rows] == [1]
    preview = preview_of(upload, by=alice)
    assert preview.can_save
    assert preview.faults[0]["place"].endswith(f"{column}{layout.FIRST_ROW + 1}")


def test_rows_and_sheets_beside_the_form_are_told(alice, consultation, blank):
    book = openpyxl.load_workbook(io.BytesIO(filled(blank, {"title": "Bien"}, B20="Sous le formulaire", Z10="À côté")))
    book.create_sheet("Notes")["A1"] = "Perdu ?"
    sheet = book.worksheets[0]
    sheet["A12"], sheet["B12"] = 1, "Numéro deux fois"
    made = io.BytesIO()
    book.save(made)
    upload = send(consultation, alice, made.getvalue())
    assert set(faults(upload)) == {("A20", "number"), ("Z10", "outside"), ("", "sheet"), ("A12", "twice")}


def test_language_of_the_form_is_the_language_of_its_drafts(alice, consultation, blank):
    upload = save(consultation, alice, filled(blank, {"title": "Hola"}, **{LANGUAGE_CELL: "español"}))
    assert Priority.objects.get().title_es == "Hola"
    assert upload.language == "es"
    wrong = send(consultation, alice, filled(blank, {"title": "Hola"}, **{LANGUAGE_CELL: "Klingon"}))
    assert faults(wrong) == [(LANGUAGE_CELL, "language")]


def test_group_that_came_after_the_form_was_fetched_does_no_harm(alice, consultation, blank, groups):
    make_group()
    save(consultation, alice, filled(blank, {"title": "Un", f"group:{groups[1].slug}": "x"}))
    assert list(Priority.objects.get().groups.all()) == [groups[1]]


# --- refusals -------------------------------------------------------------------------------------------------------


def refusal(consultation, by, data):
    with pytest.raises(FormRefused) as refused:
        send(consultation, by, data)
    return refused.value.code


def test_form_without_a_word_is_refused(alice, consultation, blank):
    assert refusal(consultation, alice, blank) == "nothing"


def test_another_workbook_is_refused(alice, consultation):
    assert refusal(consultation, alice, files.xlsx()) == "no_key"


def test_forged_key_is_refused(alice, consultation, blank):
    assert refusal(consultation, alice, filled(blank, {"title": "x"}, **{KEY_CELL: "a:b"})) == "no_key"


def test_form_of_another_version_is_refused(alice, union, consultation, groups, themes, blank, monkeypatch):
    monkeypatch.setattr(layout, "FORM_VERSION", 2)
    newer, _key = build_form(consultation, union, viewer=viewer_of(alice), language="fr")
    monkeypatch.undo()
    assert refusal(consultation, alice, filled(newer, {"title": "x"})) == "version"
    assert refusal(consultation, alice, filled(blank, {"title": "x"}, **{VERSION_CELL: "7"})) == "version"


def test_form_of_another_country_is_refused(alice, benin, peru, union, blank, consultation):
    other = make_consultation(country=peru, step=consultation.step)
    assert refusal(other, alice, filled(blank, {"title": "x"})) == "country"


@pytest.mark.parametrize("name", ["bob", "carmen", "companion", "coordinator"])
def test_form_of_another_organisation_is_refused(everyone, consultation, blank, name):
    assert refusal(consultation, everyone[name], filled(blank, {"title": "x"})) == "organisation"


def test_form_with_moved_columns_is_refused(alice, consultation, blank):
    assert refusal(consultation, alice, filled(blank, {"title": "x"}, B8="situation")) == "columns"


def test_closed_consultation_takes_no_new_draft_but_keeps_old_ones_up_to_date(alice, consultation, blank):
    save(consultation, alice, filled(blank, {"title": "Un"}))
    consultation.state, consultation.closed_at = "closed", timezone.now()
    consultation.save()
    with pytest.raises(WrongState):
        save(consultation, alice, filled(blank, {"title": "Un, mieux"}, {"title": "Deux"}))
    assert Priority.objects.get().title_fr == "Un", "all or nothing"
    assert states(save(consultation, alice, filled(blank, {"title": "Un, mieux"}))) == ["changed"]


# --- again ----------------------------------------------------------------------------------------------------------


def test_same_file_twice_is_the_same_drafts(alice, consultation, blank):
    data = filled(blank, {"title": "Un"}, {"title": "Deux"})
    save(consultation, alice, data)
    assert states(save(consultation, alice, data)) == ["same", "same"]
    assert Priority.objects.count() == 2
    assert Priority.objects.first().history.count() <= 2


def test_same_file_filled_in_further_is_an_update_and_blank_cells_never_erase(alice, consultation, blank, groups):
    slug = f"group:{groups[0].slug}"
    save(consultation, alice, filled(blank, {"title": "Un", "situation": "Là", slug: "x"}))
    upload = save(consultation, alice, filled(blank, {"title": "Un", "change": "Mieux"}))
    priority = Priority.objects.get()
    assert states(upload) == ["changed"]
    assert (priority.situation_fr, priority.change_fr) == ("Là", "Mieux")
    assert list(priority.groups.all()) == [groups[0]]
    upload = save(consultation, alice, filled(blank, {f"group:{groups[1].slug}": "x", "title": "Un"}))
    assert set(priority.groups.all()) == set(groups[:2]), "a tick is added, none is taken away"


def test_another_copy_fetched_later_is_another_form(alice, union, consultation, blank, groups, themes):
    again, _key = build_form(consultation, union, viewer=viewer_of(alice), language="fr")
    save(consultation, alice, filled(blank, {"title": "Un"}))
    save(consultation, alice, filled(again, {"title": "Un"}))
    assert Priority.objects.count() == 2


def test_later_edit_in_the_portal_is_not_overwritten(alice, colleague, consultation, blank):
    save(consultation, alice, filled(blank, {"title": "Un", "situation": "Là"}))
    priority = Priority.objects.get()
    services.save_draft(priority, by=colleague, version=priority.version, title="De la collègue")
    data = filled(blank, {"title": "Du fichier", "situation": "Là-bas"})
    upload = send(consultation, alice, data)
    (row,) = preview_of(upload, by=alice).rows
    assert row.state == "conflict"
    assert [(part.before, part.after, part.is_clash) for part in row.parts] == [
        ("De la collègue", "Du fichier", True),
        ("Là", "Là-bas", False),
    ]
    assert states(services.save_form(upload, by=alice)) == ["conflict"]
    priority.refresh_from_db()
    assert (priority.title_fr, priority.situation_fr) == ("De la collègue", "Là-bas")
    assert priority.parked_edits.get(user=alice).fields == {"title": "Du fichier"}
    assert states(save(consultation, alice, data)) == ["conflict"], "sending it again does not overwrite either"
    priority.refresh_from_db()
    assert priority.title_fr == "De la collègue"


def test_what_was_edited_in_the_portal_and_not_in_the_form_stays(alice, consultation, blank):
    data = filled(blank, {"title": "Un"})
    save(consultation, alice, data)
    priority = Priority.objects.get()
    services.save_draft(priority, by=alice, version=priority.version, change="Ajouté au portail")
    assert states(save(consultation, alice, data)) == ["same"]
    priority.refresh_from_db()
    assert priority.change_fr == "Ajouté au portail"


def test_colleague_with_a_copy_of_the_file_does_not_overwrite(alice, colleague, consultation, blank):
    save(consultation, alice, filled(blank, {"title": "D'Alice"}))
    assert states(save(consultation, colleague, filled(blank, {"title": "De la collègue"}))) == ["conflict"]
    assert Priority.objects.get().title_fr == "D'Alice"
    assert states(save(consultation, alice, filled(blank, {"title": "D'Alice, plus loin"}))) == ["changed"]


def test_submitted_meanwhile_stays_as_it_is(alice, consultation, blank, themes):
    row = {"title": "Un", "theme": layout.option_label(themes[0], "title"), "level": "national", "situation": "a"}
    row |= {"concerned": "b", "change": "c", "together": "d"}
    save(consultation, alice, filled(blank, row))
    services.submit_priority(Priority.objects.get(), by=alice)
    upload = send(consultation, alice, filled(blank, row | {"title": "Après"}))
    assert preview_of(upload, by=alice).rows[0].state == "submitted"
    assert states(services.save_form(upload, by=alice)) == ["submitted"]
    assert Priority.objects.get().title_fr == "Un"


def test_only_who_sent_it_saves_it(alice, colleague, consultation, blank):
    upload = send(consultation, alice, filled(blank, {"title": "Un"}))
    with pytest.raises(PermissionDenied):
        services.save_form(upload, by=colleague)
    alice.memberships.all().delete()
    del alice._memberships
    with pytest.raises(PermissionDenied):
        services.save_form(upload, by=alice)


def test_what_waits_is_forgotten_after_a_day_and_kept_within_bounds(alice, consultation, blank, monkeypatch):
    data = filled(blank, {"title": "Un"})
    old = send(consultation, alice, data)
    OfflineUpload.objects.filter(pk=old.pk).update(created_at=timezone.now() - services.offline.AGE * 1.1)
    new = send(consultation, alice, data)
    services.forget_old_forms()
    assert list(OfflineUpload.objects.all()) == [new]
    monkeypatch.setattr(services.offline, "MOST_OF_ONE", 3)
    for _number in range(5):
        send(consultation, alice, data)
    assert OfflineUpload.objects.count() == 3


# --- pages ----------------------------------------------------------------------------------------------------------


def page(consultation, name="form"):
    return reverse(f"consultations:offline-{name}", args=[consultation.public_id])


def test_journey_fetch_fill_in_send_look_save(client, alice, union, consultation, themes, groups):
    client.force_login(alice)
    assert client.get(page(consultation)).status_code == 200
    fetched = client.get(page(consultation, "download"), {"for": str(union.public_id)})
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="form.xlsx"'
    data = filled(fetched.content, {"title": "Un"}, {"situation": "=FORMULA()"})
    sent = client.post(page(consultation), {"file": SimpleUploadedFile("f.xlsx", data)}, follow=True)
    assert "Nothing is saved yet" in sent.text
    assert f"E{layout.FIRST_ROW + 1}" in sent.text
    assert "holds a formula" in sent.text
    address = sent.redirect_chain[-1][0]
    key = sent.text.split('name="submission_key" value="')[1].split('"')[0]
    saved = client.post(address, {"submission_key": key}, follow=True)
    assert "One draft is saved" in saved.text
    again = client.post(address, {"submission_key": key}, follow=True)
    assert "One draft is saved" in again.text
    assert Priority.objects.get().title_en == "Un" or Priority.objects.get().title_fr == "Un"
    assert Priority.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"hello", "Send the form that you fetched here."),
        (b"PK\x03\x04", "Fetch the form anew and copy your texts into it."),
        (files.nested(), "another file, and the form of this portal does not. Fetch the form anew"),
        (files.workbook("<a/>", xl__vbaProject_dot_bin=b"x"), "holds a macro"),
        (files.bomb(40), "Fetch the form anew and type into that one."),
        (files.sparse_million(), "below row 2000, and the form of this portal does not. Fetch the form anew"),
        (b"x" * (5 * 1024 * 1024 + 1), "Fetch the form anew and type into that one."),
        (files.xlsx(), "not a form"),
    ],
    ids=["empty", "kind", "broken", "nested", "macro", "bomb", "rows", "large", "foreign"],
)
def test_refusal_is_said_beside_the_field(client, alice, union, consultation, data, words):
    client.force_login(alice)
    response = client.post(page(consultation), {"file": SimpleUploadedFile("f.xlsx", data)})
    assert response.status_code == 422
    assert words in response.text
    assert "PDF" not in response.text.split('role="alert"')[1].split("</div>")[0]
    assert "Everything you typed" not in response.text


def test_saving_nothing_forgets_what_was_read(client, alice, consultation, blank):
    upload = send(consultation, alice, filled(blank, {"title": "Un"}))
    client.force_login(alice)
    client.post(reverse("consultations:offline-preview", args=[upload.public_id]), {"go": "discard"})
    assert not OfflineUpload.objects.exists()
    assert not Priority.objects.exists()


def test_preview_is_its_senders_alone(client, everyone, alice, consultation, blank):
    upload = send(consultation, alice, filled(blank, {"title": "Un"}))
    for name in ("colleague", "bob", "companion", "coordinator"):
        client.force_login(everyone[name])
        assert client.get(reverse("consultations:offline-preview", args=[upload.public_id])).status_code == 404


@pytest.mark.parametrize("name", ["carmen", "companion", "facilitator", "coordinator"])
def test_form_is_for_organisations_of_the_country(client, everyone, consultation, name):
    client.force_login(everyone[name])
    prints = name in ("companion", "coordinator")
    assert client.get(page(consultation)).status_code == (200 if prints else 403)
    assert client.get(page(consultation, "download")).status_code == 403


def test_preview_asks_the_same_of_the_database_for_few_and_many_rows(
    alice, union, consultation, groups, themes, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(rows):
        data, _key = build_form(consultation, union, viewer=viewer_of(alice), language="fr", rows=rows)
        row = {"title": "Un", "theme": layout.option_label(themes[0], "title"), f"group:{groups[0].slug}": "x"}
        first = filled(data, *[row] * rows)
        save(consultation, alice, first)
        upload = send(consultation, alice, filled(first, *[row | {"title": "Deux"}] * rows))
        with CaptureQueriesContext(connection) as captured:
            preview_of(upload, by=alice)
        return len(captured)

    assert count(2) == count(12) <= 8


# --- the database, and the same moment ------------------------------------------------------------------------------


def make_row(form, priority, **fields):
    given = {"form": form, "number": 1, "priority": priority, "user": priority.author, "version": 1}
    return OfflineRow.objects.create(**{**given, **fields})


def test_one_draft_per_row_of_form(draft, alice, union, consultation):
    form = OfflineForm.objects.create(key="0" * 32, consultation=consultation, organisation=union)
    make_row(form, draft)
    other = make_priority(state="draft", consultation=consultation, organisation=union, author=alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_row(form, other)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_row(form, draft, number=2)


def test_saved_form_has_outcome(alice, union, consultation):
    given = {"user": alice, "consultation": consultation, "organisation": union, "form_key": "0" * 32, "language": "fr"}
    with pytest.raises(IntegrityError), transaction.atomic():
        OfflineUpload.objects.create(**given, saved_at=timezone.now())
    OfflineUpload.objects.create(**given, outcome=[])


@pytest.mark.django_db(transaction=True)
def test_same_file_twice_at_once_is_one_set_of_drafts(alice, union, consultation, groups, themes):
    data, _key = build_form(consultation, union, viewer=viewer_of(alice), language="fr")
    data = filled(data, {"title": "Un"}, {"title": "Deux"}, {"title": "Trois"})
    uploads = [send(consultation, alice, data) for _number in range(4)]
    from planning_portal.web.submissions import issue_key

    acts = [
        post_as(
            alice,
            reverse("consultations:offline-preview", args=[upload.public_id]),
            {"submission_key": issue_key(alice, "consultations.offline")},
        )
        for upload in [*uploads, uploads[0]]
    ]
    outcomes = all_at_once(*acts)
    assert all(isinstance(outcome, str) for outcome in outcomes)
    assert Priority.objects.count() == 3


class Interrupted(Exception):
    """The process is killed, the line is cut."""


@pytest.fixture
def between_batches(monkeypatch):
    """Save two rows at a time; ``acts`` are called one after the other, each when a batch is over."""
    from consultations.services import offline

    acts, save_batch = [], offline._save_batch

    def save_and_act(upload, **given):
        fresh = save_batch(upload, **given)
        if acts:
            acts.pop(0)()
        return fresh

    monkeypatch.setattr(offline, "BATCH", 2)
    monkeypatch.setattr(offline, "_save_batch", save_and_act)
    return acts


def numbered(*numbers):
    return [{"title": f"Priorité {number}"} for number in numbers]


@pytest.mark.django_db(transaction=True)
def test_others_save_between_the_rows_of_a_large_form(alice, colleague, draft, consultation, blank, between_batches):
    upload = send(consultation, alice, filled(blank, *numbered(1, 2, 3, 4, 5)))
    seen = []

    def save_meanwhile():
        (saved,) = all_at_once(lambda: services.save_draft(draft, by=colleague, version=9, title=f"Vu {len(seen)}"))
        seen.append((saved.title_fr, Priority.objects.filter(title_fr__startswith="Priorité").count()))

    between_batches += [save_meanwhile, save_meanwhile]
    services.save_form(upload, by=alice)
    assert seen == [("Vu 0", 2), ("Vu 1", 4)]
    assert Priority.objects.filter(title_fr__startswith="Priorité").count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_form_whose_saving_was_cut_is_finished_by_asking_again(alice, consultation, blank, between_batches):
    data = filled(blank, *numbered(1, 2, 3, 4, 5))
    upload = send(consultation, alice, data)

    def cut():
        raise Interrupted

    between_batches.append(cut)
    with pytest.raises(Interrupted):
        services.save_form(upload, by=alice)
    upload.refresh_from_db()
    assert (len(upload.outcome), upload.saved_at, Priority.objects.count()) == (2, None, 2)
    services.drop_form(upload, by=alice)
    assert OfflineUpload.objects.filter(pk=upload.pk).exists(), "what is saved by half is finished, not forgotten"
    consultation.state, consultation.closed_at = "closed", timezone.now()
    consultation.save()
    assert states(services.save_form(upload, by=alice)) == ["new"] * 5
    assert states(services.save_form(upload, by=alice)) == ["new"] * 5
    assert sorted(Priority.objects.values_list("title_fr", flat=True)) == [f"Priorité {n}" for n in range(1, 6)]
    assert states(save(consultation, alice, data)) == ["same"] * 5


def test_a_row_is_kept_as_one_by_one_would(alice, union, consultation, blank, groups, themes):
    row = {"title": "Un", "theme": layout.option_label(themes[0], "title"), f"group:{groups[0].slug}": "x"}
    save(consultation, alice, filled(blank, row, {"situation": "Là"}))
    first, second = Priority.objects.order_by("pk")
    assert (first.version, set(first.changed_in)) == (1, {"title", "theme", "groups"})
    for priority, text in ((first, "Un"), (second, None)):
        (kept,) = priority.history.all()
        assert (kept.history_type, kept.history_user, kept.title_fr or None, kept.theme_id, kept.version) == (
            ("+", alice, text, priority.theme_id, 1)
        )
        (line,) = TransitionLog.objects.filter(object_id=priority.pk)
        assert (line.name, line.to_state, line.by, line.organisation_id) == ("start", "draft", alice, union.pk)


def test_rows_that_are_new_cost_the_same_for_few_and_many(alice, union, consultation, groups, themes):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(rows):
        data, _key = build_form(consultation, union, viewer=viewer_of(alice), language="fr", rows=rows)
        upload = send(consultation, alice, filled(data, *[{"title": "Un", f"group:{groups[0].slug}": "x"}] * rows))
        with CaptureQueriesContext(connection) as captured:
            services.save_form(upload, by=alice)
        return len(captured)

    assert count(2) == count(12) <= 22


# --- on paper -------------------------------------------------------------------------------------------------------


def test_paper_asks_the_same_questions_with_the_same_numbers(consultation, groups, themes):
    for language in ("en", "es", "fr", "nl"):
        html = build_document(consultation, paper.KIND, language=language, version="1", audience="members")
        with translation.override(language):
            for question in questions():
                assert f'<span class="code">{question.number}</span>{conditional_escape(question.label)}' in html


@pytest.mark.pdf
def test_paper_is_accessible_and_two_pages_long(consultation, groups, themes):
    built = build_pdf(consultation, paper.KIND, language="fr", version="1", audience="members")
    assert check_pdf(built.data) == []
    assert built.pages == 2


def test_paper_is_made_again_when_what_can_be_chosen_changes(consultation, themes):
    before = paper.version_of(consultation)
    themes[0].title_en = "Another title"
    themes[0].save()
    assert paper.version_of(consultation) != before
    assert len(before) <= 20


def test_paper_is_asked_for_once_and_read_by_the_country_alone(client, everyone, consultation, themes):
    for name in ("alice", "bob", "alice"):
        client.force_login(everyone[name])
        response = client.post(page(consultation), {"go": "print"})
        assert response.url.startswith("/en/jobs/")
    assert Job.objects.filter(kind="documents.render").count() == 4
    document = RenderedDocument(subject=consultation, kind=paper.KIND)
    readers = {name for name, user in everyone.items() if paper.can_read(user, document)}
    assert readers == {"alice", "colleague", "bob", "companion", "facilitator", "coordinator"}


def test_who_leads_the_meeting_prints_the_sheets_and_writes_for_nobody(
    client, companion, facilitator, consultation, themes
):
    client.force_login(companion)
    text = client.get(page(consultation)).content.decode()
    assert "The form on paper" in text
    assert 'type="file"' not in text
    assert client.post(page(consultation), {"go": "print"}).status_code == 302
    assert client.post(page(consultation), {}).status_code == 403
    client.force_login(facilitator)
    assert client.get(page(consultation)).status_code == 403
