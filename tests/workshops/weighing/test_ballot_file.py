"""A round as one file: what is written is read again, nothing in it runs, what is wrong is refused with its line."""

import csv
import io
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshops.weighing.ballot_file import (
    FORMULA,
    MOST_BYTES,
    BallotFile,
    BallotFileError,
    read_ballots,
    safe_cell,
    write_ballots,
)
from workshops.weighing.consent import ANSWERS, Answer

GOOD = """#format,planning-portal-ballots,1
#ballots,approvals
#voters,3
#rule,phragmen
#version,1
#seats,2
#weights,equal
#seed,Dakar
#floor,LA,1
#size,WA,4
#home,LA,C
voter,zone,A,B,C
v1,WA,1,,
v2,WA,1,1,0
v3,LA,,,1
"""


def read(text):
    return read_ballots(text.encode())


def changed(old, new):
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def test_a_file_as_a_person_would_write_it():
    file = read(GOOD)

    assert file == BallotFile(
        kind="approvals",
        candidates=["A", "B", "C"],
        ballots={"v1": frozenset("A"), "v2": frozenset("AB"), "v3": frozenset("C")},
        zones={"v1": "WA", "v2": "WA", "v3": "LA"},
        head={"rule": "phragmen", "version": "1", "seats": "2", "weights": "equal", "seed": "Dakar"},
        floors={"LA": 1},
        sizes={"WA": 4},
        homes={"C": "LA"},
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_make_of_it_is_read_too(delimiter, mark, end):
    """Another separator, empty cells at the end of short rows, empty rows, rows cut after their last filled cell."""
    lines = [line + ",,," if line.startswith("#") else line for line in GOOD.splitlines()]
    lines[-3] = "v1,WA,1"
    lines.insert(5, ",,,,")
    text = end.join(lines).replace(",", delimiter)

    assert read(mark + text) == read(GOOD)


def test_the_file_has_a_byte_order_mark_and_windows_line_ends():
    content = write_ballots(read(GOOD))

    assert content.startswith(b"\xef\xbb\xbf#format,planning-portal-ballots,1\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")


def test_no_cell_that_is_written_begins_like_a_formula():
    reasons = [f"{sign}1+1" for sign in FORMULA] + ["'=1", "''", '=HYPERLINK("http://x")']
    file = BallotFile(
        kind="consent",
        candidates=["L1"],
        ballots={f"v{n}": {"L1": Answer("object", reason)} for n, reason in enumerate(reasons)},
        head={"seed": "=cmd|' /C calc'!A0"},
    )
    content = write_ballots(file)
    cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]

    assert not [cell for cell in cells if cell.startswith(FORMULA)]
    assert read_ballots(content) == file


@pytest.mark.parametrize("sign", FORMULA)
def test_a_formula_is_refused_with_its_line(sign):
    with pytest.raises(BallotFileError, match="formula") as refused:
        read(changed("v1,WA,1,,", f'v1,WA,"{sign}1",,'))
    assert refused.value.line >= 13


WRONG = {
    "not ours": ("#format,planning-portal-ballots,1\n", "", 1),
    "another format": ("planning-portal-ballots,1", "planning-portal-ballots,2", 1),
    "no such key": ("#seed,Dakar", "#colour,red", 8),
    "key twice": ("#seed,Dakar", "#seats,3", 8),
    "key without value": ("#seed,Dakar", "#seed", 8),
    "floor without number": ("#floor,LA,1", "#floor,LA", 9),
    "floor that is no number": ("#floor,LA,1", "#floor,LA,one", 9),
    "floor of no zone": ("#floor,LA,1", "#floor,L A,1", 9),
    "size twice": ("#floor,LA,1", "#size,WA,3", 10),
    "two homes": ("#home,LA,C", "#home,LA,C C", 11),
    "home of nobody": ("#home,LA,C", "#home,LA,Z", 0),
    "no kind": ("#ballots,approvals", "#ballots,dots", 0),
    "criterion of approvals": ("#seed,Dakar", "#criterion,reach,1", 0),
    "quorum of approvals": ("#seed,Dakar", "#quorum,WA,1 of 2", 0),
    "quorum that is no share": ("#seed,Dakar", "#quorum,WA,1 of 0", 8),
    "heads in another order": ("voter,zone,A,B,C", "zone,voter,A,B,C", 12),
    "head twice": ("voter,zone,A,B,C", "voter,zone,A,B,A", 12),
    "head without code": ("voter,zone,A,B,C", "voter,zone,A,,C", 12),
    "head with a blank": ("voter,zone,A,B,C", "voter,zone,A,B,C C", 12),
    "no candidate": ("voter,zone,A,B,C", "voter,zone", 12),
    "no heads": ("voter,zone,A,B,C\nv1,WA,1,,\nv2,WA,1,1,0\nv3,LA,,,1\n", "", 0),
    "voter twice": ("v2,WA", "v1,WA", 14),
    "voter without a word": ("v2,WA", ",WA", 14),
    "name of a voter": ("v2,WA", "Café Ltd,WA", 14),
    "zone missing": ("v2,WA", "v2,", 14),
    "zone that is none": ("v2,WA", "v2,W A", 14),
    "neither one nor nought": ("v2,WA,1,1,0", "v2,WA,1,2,0", 14),
    "too many cells": ("v2,WA,1,1,0", "v2,WA,1,1,0,1", 14),
    "row missing": ("v3,LA,,,1\n", "", 0),
    "quote left open": ("v3,LA,,,1", 'v3,LA,,,"1', 15),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_refused_with_its_line(what):
    old, new, line = WRONG[what]
    with pytest.raises(BallotFileError) as refused:
        read(changed(old, new))
    assert refused.value.line == line


def test_a_zone_that_begins_in_the_middle_is_refused():
    text = GOOD.replace(",WA,", ",,").replace("#size,,4\n", "")
    with pytest.raises(BallotFileError, match="every voter") as refused:
        read(text)
    assert refused.value.line == 14


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe#\x00", b"PK\x03\x04", b"#format,\x00", b"<html>", b"#format," + b"x" * MOST_BYTES],
    ids=["empty", "utf-16", "archive", "nought", "page", "too large"],
)
def test_what_is_no_such_file_is_refused(content):
    with pytest.raises(BallotFileError):
        read_ballots(content)


KINDS_HEAD = "#format,planning-portal-ballots,1\n#ballots,"


@pytest.mark.parametrize(
    "text",
    [
        "ranks\nvoter,zone,A\nv1,,0\n",
        "ranks\nvoter,zone,A\nv1,,first\n",
        "ranks\n#seats,2\nvoter,zone,A\nv1,,1\n",
        "grades\nvoter,zone,A:x\nv1,,1\n",
        "grades\n#criterion,x,1\nvoter,zone,A:x\nv1,,5\n",
        "grades\n#criterion,x,1\n#top,3\nvoter,zone,A:x\nv1,,4\n",
        "grades\n#criterion,x,1\n#criterion,y,1\nvoter,zone,A:x\nv1,,4\n",
        "consent\nvoter,zone,L\nv1,,agree\n",
        "consent\nvoter,zone,L,L:reason\nv1,,yes,\n",
        "consent\nvoter,zone,L,L:reason\nv1,,,because\n",
        "consent\n#top,3\nvoter,zone,L,L:reason\nv1,,agree,\n",
    ],
)
def test_what_is_wrong_in_other_kinds_is_refused(text):
    with pytest.raises(BallotFileError):
        read(KINDS_HEAD + text)


@pytest.mark.parametrize("name", ["a b", "", "=A", "é", "a" * 65])
def test_a_name_that_the_format_cannot_hold_is_not_written(name):
    with pytest.raises(BallotFileError):
        write_ballots(BallotFile("approvals", [name], {}))


# --- Round trips ----------------------------------------------------------------------------------------------------

names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@st.composite
def files(draw):
    kind = draw(st.sampled_from(["approvals", "grades", "ranks", "consent"]))
    candidates = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    criteria = draw(st.dictionaries(names, st.integers(0, 9), min_size=1, max_size=3)) if kind == "grades" else {}
    of = st.sampled_from(candidates)
    one = {
        "approvals": st.frozensets(of),
        "ranks": st.dictionaries(of, st.integers(1, 99)),
        "consent": st.dictionaries(of, st.builds(Answer, st.sampled_from(ANSWERS), texts)),
        "grades": st.fixed_dictionaries(
            {
                c: st.fixed_dictionaries({criterion: st.none() | st.integers(0, 4) for criterion in criteria})
                for c in candidates
            }
        ),
    }[kind]
    ballots = draw(st.dictionaries(names, one, max_size=5))
    is_zoned = draw(st.booleans())
    head = draw(st.fixed_dictionaries({}, optional={"rule": names, "version": names, "weights": names}))
    if draw(st.booleans()):
        head["seed"] = draw(texts.filter(str.strip))
    numbers = st.dictionaries(names, st.integers(0, 99), max_size=2)
    is_approval = kind == "approvals"
    return BallotFile(
        kind=kind,
        candidates=candidates,
        ballots=ballots,
        zones={voter: draw(names) for voter in ballots} if is_zoned else {},
        head=head | ({"seats": "3"} if is_approval else {}),
        floors=draw(numbers) if is_approval else {},
        sizes=draw(numbers),
        homes=draw(st.dictionaries(of, names)) if is_approval else {},
        criteria=criteria,
        quorum={draw(names): Fraction(1, draw(st.integers(1, 9)))} if kind == "consent" else {},
    )


@given(file=files())
def test_what_is_written_is_read_again(file):
    assert read_ballots(write_ballots(file)) == file


@given(text=st.text())
def test_a_safe_cell_never_begins_like_a_formula(text):
    assert not safe_cell(text).startswith(FORMULA)
    assert safe_cell(text) in {text, f"'{text}"}


anything = st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"#format,{text}".encode(errors="replace"))


@given(content=anything)
def test_no_bytes_lead_to_anything_but_a_refusal(content):
    with pytest.raises(BallotFileError):
        read_ballots(content)
