"""Hostile files against the real child: a clear refusal, in bounded time and memory, and the portal goes on."""

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning_portal.quarantine import process
from planning_portal.quarantine.child import answer
from planning_portal.quarantine.limits import LAST_ROW
from planning_portal.quarantine.process import Refused, examine
from planning_portal.quarantine.words import WORDS, words_of

from . import files

HOSTILE = {
    "empty": (b"", "empty"),
    "words": (b"Hello", "kind"),
    "renamed picture": (files.photograph(), "kind"),
    "bomb": (files.bomb(29), "bomb"),
    "larger bomb": (files.bomb(200), "bomb"),
    "lying bomb": (files.lying_bomb(), "broken"),
    "nested": (files.nested(), "nested"),
    "entities": (files.workbook(files.LAUGHS), "entities"),
    "outside entity": (files.workbook(files.OUTSIDE), "entities"),
    "deep": (files.deep(), "broken"),
    "truncated": (files.xlsx()[:-300], "broken"),
    "last row": (files.sparse_million(), "rows"),
    "macro": (files.workbook("<worksheet/>", xl__vbaProject_dot_bin=b"x"), "active"),
    "document": (files.docx(), "kind"),
    "climbing": (files.packed({"../../a": "b", "xl/workbook.xml": "<a/>"}), "broken"),
}


def sheets_of(data: bytes) -> list[dict]:
    return json.loads(examine("read_workbook", data).data)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_workbook_gets_a_clear_refusal(name):
    data, code = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        examine("read_workbook", data)
    assert refused.value.code == code
    assert words_of(refused.value)


@pytest.mark.slow
def test_a_million_rows_are_refused_in_time():
    data = files.million_rows()
    start = time.monotonic()
    with pytest.raises(Refused) as refused:
        examine("read_workbook", data)
    assert refused.value.code in {"bomb", "rows"}
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ("data", "kind"),
    [(files.photograph(), "jpeg"), (files.pdf(), "pdf"), (files.docx(), "docx"), (files.xlsx(), "xlsx")],
    ids=["picture", "pdf", "docx", "xlsx"],
)
def test_kind_is_told_by_content(data, kind):
    made = examine("clean", data)
    assert made.facts == {"kind": kind}
    assert files.TRACE.encode() not in made.data
    assert 0 < made.memory < 300 * 1024 * 1024


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_cut_off_picture_is_refused(kind):
    """In the child: elsewhere WeasyPrint has told Pillow to be content with half a picture."""
    photograph = files.photograph(kind)
    with pytest.raises(Refused) as refused:
        examine("clean", photograph[: len(photograph) // 2])
    assert refused.value.code == "broken"


@pytest.fixture
def misbehaving(monkeypatch):
    """A child that does what it is told here, under the same limits."""

    def tell(code: str):
        start = "import sys; sys.path.append(sys.argv[1]); from quarantine.child import give_up_powers as g; g(); "
        monkeypatch.setattr(process, "CHILD", start + code)

    return tell


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.abort()",
        "sys.exit(3)",
        "b = bytearray(400 * 1024 * 1024)",
        "import os; os.kill(os.getpid(), 11)",
        "open(1, 'wb').write(b'x' * 60_000_000)",
    ],
    ids=["abort", "exit", "memory", "crash", "disk"],
)
def test_child_that_dies_is_a_refusal(misbehaving, code):
    misbehaving(code)
    with pytest.raises(Refused) as refused:
        examine("clean", b"x")
    assert refused.value.code == "broken"


def test_child_that_hangs_is_ended(misbehaving, monkeypatch):
    misbehaving("import time; time.sleep(60)")
    monkeypatch.setattr(process, "SECONDS", 0.5)
    with pytest.raises(Refused) as refused:
        examine("clean", b"x")
    assert refused.value.code == "slow"


def test_child_knows_nothing_of_the_portal(misbehaving):
    misbehaving(
        "import os, json; files = len(os.listdir('/proc/self/fd')); "
        "print(json.dumps({'facts': {'environment': dict(os.environ), 'files': files}, 'memory': 0}))"
    )
    facts = examine("clean", b"x").facts
    assert not {"SECRET_KEY", "DATABASE_URL", "PATH", "HOME"} & set(facts["environment"])
    assert facts["files"] <= 4


def test_only_so_many_at_once(monkeypatch):
    monkeypatch.setattr(process, "SECONDS", 0.05)
    held = [process._places.acquire() for _number in range(process.AT_ONCE)]
    try:
        with pytest.raises(Refused) as refused:
            examine("clean", b"x")
        assert refused.value.code == "busy"
    finally:
        for _held in held:
            process._places.release()


def test_cells_come_as_they_were_typed():
    (sheet,) = sheets_of(files.xlsx(B2="=SUM(1)", C3="'=1", D4=2027, E5=0.1, F6=True, G7=" a\nb ", H8="=", I9="@x"))
    assert sheet["cells"] == {
        "A1": ["text", "Kept"],
        "B2": ["formula", ""],
        "C3": ["text", "'=1"],
        "D4": ["number", "2027"],
        "E5": ["number", "0.1"],
        "F6": ["boolean", "1"],
        "G7": ["text", " a\nb "],
        "H8": ["text", "="],
        "I9": ["text", "@x"],
    }


def test_shared_strings_runs_readings_and_escapes():
    strings = (
        '<sst><si><r><t>One </t></r><r><t>two</t></r><rPh sb="0" eb="1"><t>no</t></rPh></si>'
        "<si><t>a_x000D_b_x0000_c_x005F_x0041_</t></si></sst>"
    )
    sheet = (
        '<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="inlineStr"><is><t> </t></is></c>'
        '<c t="str"><f>1</f><v>x</v></c><c t="e"><v>#REF!</v></c></row></sheetData></worksheet>'
    )
    (read,) = sheets_of(files.workbook(sheet, xl__sharedStrings_dot_xml=strings))
    assert read["cells"] == {
        "A1": ["text", "One two"],
        "B1": ["text", "a\nbc_x0041_"],
        "D1": ["formula", ""],
        "E1": ["error", "#REF!"],
    }


@pytest.mark.parametrize(
    "sheet",
    [
        '<worksheet><c r="A1" t="s"><v>5</v></c></worksheet>',
        '<worksheet><c r="1A"><v>5</v></c></worksheet>',
        '<worksheet><c r="A1"><v>five</v></c></worksheet>',
        "<worksheet>",
    ],
)
def test_damaged_sheet_is_refused(sheet):
    head, _made = answer("read_workbook", files.workbook(sheet), {})
    assert head["refused"] == "broken"


def test_last_row_that_is_read_is_the_limit():
    at = f'<worksheet><c r="A{LAST_ROW}"><v>1</v></c></worksheet>'
    beyond = f'<worksheet><c r="A{LAST_ROW + 1}"><v>1</v></c></worksheet>'
    assert "facts" in answer("read_workbook", files.workbook(at), {})[0]
    assert answer("read_workbook", files.workbook(beyond), {})[0] == {"refused": "rows", "details": {"limit": LAST_ROW}}


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.7\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_rubbish_is_always_refused_in_words(rubbish, start):
    for task in ("clean", "read_workbook"):
        head, _made = answer(task, start + rubbish, {})
        assert head["refused"] in WORDS


WHOLE = {"docx": files.docx(), "xlsx": files.xlsx(B1="a"), "pdf": files.pdf(), "jpeg": files.photograph()}


@given(st.sampled_from(sorted(WHOLE)), st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_damaged_files_are_cleaned_or_refused_never_a_fault(kind, data):
    whole = bytearray(WHOLE[kind])
    for _number in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    head, _made = answer("clean", bytes(whole[: data.draw(st.integers(1, len(whole)))]), {})
    assert "facts" in head or head["refused"] in WORDS
