"""The list as a file: whose rows, whose names, and no formula that runs."""

import csv
import io
import json
import re
import tracemalloc
from zipfile import ZipFile

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from consultations import exports, services
from consultations.exports import BYTE_ORDER_MARK, csv_lines, harmless, heads, write_workbook
from consultations.models import Priority, Support
from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation
from tests import factories

from .factories import make_amendment, make_consultation, make_group, make_priority, make_support

FORMATS = ("csv", "json", "xlsx")
STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"


def address(kind, query=""):
    return reverse(f"consultations:priority-export-{kind}") + query


def body(answer):
    return b"".join(answer.streaming_content)


def csv_rows(client, query=""):
    text = body(client.get(address("csv", query))).decode()
    assert text.startswith(BYTE_ORDER_MARK)
    assert not text[1:].startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text[1:])))


def json_rows(client, query=""):
    return json.loads(body(client.get(address("json", query))))


def sheet_rows(client, query=""):
    book = openpyxl.load_workbook(io.BytesIO(body(client.get(address("xlsx", query)))), read_only=True)
    return list(book.active.iter_rows(values_only=True))


@pytest.fixture
def priorities(db, consultation, union, mutual, benin, peru, step):
    """Of Benin one agreed and one submitted; of Peru one agreed, by an organisation that is withheld."""
    hidden = factories.make_organisation(
        country=peru, name="CANARY-NAME", acronym="CANARY-ACRONYM", identity="withheld"
    )
    there = make_consultation(step=step, country=peru)
    group = make_group(name_en="Market women")
    first = make_priority(
        consultation=consultation, organisation=union, state="agreed", title="=HYPERLINK(1)", groups=[group]
    )
    make_support(first, mutual, why="Oui.", is_confirmed=True)
    waiting = make_priority(consultation=consultation, organisation=mutual, title="En attente")
    other = make_priority(
        consultation=there, organisation=hidden, state="agreed", title="Peruana", source_language="es"
    )
    make_priority(consultation=consultation, organisation=union, state="draft", title="Brouillon")
    return first, waiting, other


# --- Whose ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("alice", 403), ("bob", 403), ("carmen", 403), ("facilitator", 403), ("translator", 403),
        ("companion", 200), ("companion_of_peru", 200), ("coordinator", 200), ("nobody", 302),
    ],
)  # fmt: skip
def test_files_are_for_coordinators_and_companions(client, everyone, priorities, kind, name, status):
    if everyone[name].is_authenticated:
        client.force_login(everyone[name])
    assert client.get(address(kind)).status_code == status


@pytest.mark.parametrize("kind", FORMATS)
def test_companion_carries_away_their_own_countries_alone(client, companion, priorities, kind):
    client.force_login(companion)
    answer = body(client.get(address(kind)))
    if kind == "xlsx":
        with ZipFile(io.BytesIO(answer)) as parts:
            answer = b"".join(parts.read(name) for name in parts.namelist())
    text = answer.decode()
    assert "En attente" in text
    for word in ("CANARY", "Peruana", "Peru", "Brouillon"):
        assert word not in text


def test_coordinator_reads_names_and_no_drafts(client, coordinator, priorities):
    client.force_login(coordinator)
    rows = json_rows(client)
    assert {row["organisation"] for row in rows} >= {"CANARY-NAME"}
    assert len(rows) == len(csv_rows(client)) == len(sheet_rows(client)) - 1 == 3


def test_filters_of_the_list_apply(client, coordinator, priorities):
    client.force_login(coordinator)
    assert [row["texts"]["title"] for row in json_rows(client, "?q=peruana")] == [{"es": "Peruana"}]
    assert len(csv_rows(client, "?state=agreed")) == 2
    assert len(sheet_rows(client, "?state=not_retained")) == 1


def test_list_offers_the_files_with_its_filters(client, coordinator, alice, priorities):
    client.force_login(coordinator)
    page = client.get(reverse("consultations:priority-list"), {"q": "peruana"}).content.decode()
    assert f"{address('csv')}?q=peruana" in page
    client.force_login(alice)
    assert address("csv") not in client.get(reverse("consultations:priority-list")).content.decode()


# --- What stands in it ----------------------------------------------------------------------------------------


def test_texts_stand_in_their_language_and_the_readers(client, coordinator, translator, priorities):
    save_translation(priorities[2], "title", "en", "Peruvian", by=translator, state=TranslationState.MACHINE)
    client.force_login(coordinator)
    (row,) = json_rows(client, "?q=peruana")
    assert row["texts"]["title"] == {"es": "Peruana", "en": "Peruvian"}
    (row,) = csv_rows(client, "?q=peruana")
    assert (row["Written in"], row["Translated into"]) == ("es", "en")
    assert (row["Title (as written)"], row["Title (English)"]) == ("Peruana", "Peruvian")
    assert row["State of the translation"] == "Machine translation, not reviewed"


def test_supports_groups_and_places_are_told(client, coordinator, priorities, mutual):
    client.force_login(coordinator)
    first = json_rows(client, "?state=agreed&q=hyperlink")[0]
    assert (first["place"], first["groups"], first["supported_by"]) == (1, "Market women", mutual.name)


def test_whom_only_the_authors_named_is_told_apart(client, coordinator, priorities, mutual):
    Support.objects.update(is_confirmed=False)
    client.force_login(coordinator)
    first = json_rows(client, "?state=agreed&q=hyperlink")[0]
    assert (first["supported_by"], first["named_as_supporters"]) == ("", mutual.name)


def test_merged_text_is_that_of_all_its_authors(
    client, coordinator, companion, consultation, union, mutual, alice, bob
):
    sources = [
        make_priority(consultation=consultation, organisation=organisation, author=author)
        for organisation, author in ((union, alice), (mutual, bob))
    ]
    merge = make_amendment(consultation, sources, by=companion)
    for user, organisation in ((alice, union), (bob, mutual)):
        services.answer_amendment(merge, by=user, organisation=organisation, accepts=True)
    client.force_login(coordinator)
    named = {row["organisation"] for row in json_rows(client, "?state=submitted")}
    assert f"{union.name}, {mutual.name}" in named
    client.force_login(alice)
    for page in (
        reverse("consultations:priority-list"),
        reverse("consultations:consultation-detail", args=[consultation.public_id]),
    ):
        text = client.get(page).content.decode()
        assert f"{union.acronym or union.name} and {mutual.acronym or mutual.name}" in text


def test_heads_are_in_the_readers_language(client, coordinator, priorities):
    client.force_login(coordinator)
    answer = client.get(address("csv").replace("/en/", "/fr/"))
    head = body(answer).decode().splitlines()[0]
    assert "Pays" in head
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="priorities.csv"'


# --- No formula runs --------------------------------------------------------------------------------------------


def test_sheet_types_every_text_as_text(client, coordinator, priorities):
    client.force_login(coordinator)
    data = body(client.get(address("xlsx")))
    with ZipFile(io.BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "CANARY" not in parts.read("docProps/core.xml").decode()
    assert "<f>" not in sheet
    assert "=HYPERLINK(1)" in sheet
    assert not re.search(r't="(str|e|b)"', sheet)


def test_csv_takes_the_sting_out(client, coordinator, priorities):
    client.force_login(coordinator)
    titles = {row["Title (as written)"] for row in csv_rows(client)}
    assert "'=HYPERLINK(1)" in titles


CELLS = st.text(
    alphabet=st.one_of(st.sampled_from(list(STARTS + ",;\t\r\n\" '\u00a0a1")), st.characters()), max_size=30
)


def row_of(text):
    return dict.fromkeys(heads(), text)


@given(CELLS)
def test_no_cell_begins_a_formula_however_the_file_is_cut(text):
    """Spreadsheets cut a CSV file at the mark of their own language: comma, semicolon or tab, and at each line."""
    written = "".join(csv_lines([row_of(text)])).removeprefix(BYTE_ORDER_MARK)
    for piece in re.split(r"[,;\t\r\n]", written):
        assert not piece.strip(' "\u00a0').startswith(tuple(STARTS))


@given(CELLS)
def test_csv_is_read_back_as_it_was_but_for_the_apostrophes(text):
    written = "".join(csv_lines([row_of(text)])).removeprefix(BYTE_ORDER_MARK)
    cells = list(csv.reader(io.StringIO(written, newline="")))[-1]
    assert len(cells) == len(heads())
    assert cells[0].replace("'", "") == text.replace("\x00", "").replace("'", "")


@given(st.text(max_size=40))
def test_workbook_keeps_text_and_makes_no_formula(text):
    file = io.BytesIO()
    write_workbook([row_of(text)], file)
    with ZipFile(file) as parts:
        assert "<f>" not in parts.read("xl/worksheets/sheet1.xml").decode()
    book = openpyxl.load_workbook(file)
    cell = book.active.cell(row=2, column=1)
    assert cell.data_type in {"s", "n", "inlineStr"}
    assert cell.value is None or isinstance(cell.value, str)


def test_numbers_stay_numbers():
    assert harmless(-3) == -3
    assert harmless(None) is None


# --- What it costs ----------------------------------------------------------------------------------------------


def test_rows_are_read_a_portion_at_a_time(client, coordinator, consultation, monkeypatch):
    for _number in range(6):
        priority = make_priority(consultation=consultation, state="agreed", groups=[make_group()])
        make_support(priority)
    client.force_login(coordinator)
    client.get(address("csv"))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert body(client.get(address("csv")))
        return len(captured)

    whole = queries()
    monkeypatch.setattr(exports, "PORTION", 2)
    assert queries() - whole == 2 * exports.QUERIES_OF_A_PORTION


def test_memory_does_not_grow_with_the_rows(db):
    row = row_of("word " * 60)

    def peak(count):
        tracemalloc.start()
        with open("/dev/null", "wb") as nowhere:
            for line in csv_lines(row for _number in range(count)):
                nowhere.write(line.encode())
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)
    assert peak(2000) < 2 * peak(200) + 100_000


def test_drafts_are_never_exported(client, coordinator, priorities):
    client.force_login(coordinator)
    assert not any("Brouillon" in str(row) for row in json_rows(client))
    assert Priority.objects.filter(state="draft").exists()
