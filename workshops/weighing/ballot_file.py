"""A round as one CSV file: its terms and every ballot, without a name, so that anybody can weigh it again.

UTF-8 with a byte-order mark, CRLF; commas are written, semicolons and tabs (spreadsheets of other countries) are read
too. First come the terms, a line each: a key that begins with ``#``, then its values. Only the first two are needed.

    #format,planning-portal-ballots,1
    #ballots,approvals             approvals, grades, ranks or consent
    #voters,120                    the number of rows that follow
    #rule,phragmen                 a rule for such ballots (``recompute.RULES_OF``), and its
    #version,1
    #seats,8                       approvals only, as are floor and home; the weights: approvals and ranks
    #weights,square_root           one, square_root or equal
    #seed,Dakar 17 September       what decides ties
    #floor,WA,1                    so many seats at least for candidates proposed in that zone
    #home,WA,C001 C004             the candidates proposed in that zone; those of several zones stand nowhere
    #size,WA,31                    how many organisations of the zone may vote
    #criterion,relevance,2         a criterion and its weight: grades only, as is
    #top,4                         the best grade
    #quorum,WA,1 of 2              consent only: the share of the zone that has to answer

Then the heads and a row for each ballot: ``voter`` (a number or word that means nothing outside this file), ``zone``
(empty everywhere when there are none), and a column for each candidate, in their published order:

- approvals: the code; 1 approved, empty or 0 not;
- grades: for each criterion ``code:criterion``; a grade, or empty for "not our field";
- ranks: the code; 1 for the best, equal ranks allowed, empty for no rank;
- consent: the code, with agree, reservation, stand_aside, object or empty, and ``code:reason``.

**No cell ever runs.** What begins like a formula (``= + - @``, a tab, a line end, or their full-width twins) is written
with an apostrophe before it, and so is what begins with an apostrophe; reading takes it away again. A cell that begins
like a formula without it is refused. Nothing here looks like a date or a number that a spreadsheet would rewrite, as
long as seeds and codes do not.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .consent import ANSWERS, Answer
from .criteria import TOP
from .errors import WeighingError

FORMAT, FORMAT_VERSION = "planning-portal-ballots", "1"
APPROVALS, GRADES, RANKS, CONSENT = "approvals", "grades", "ranks", "consent"
KINDS = (APPROVALS, GRADES, RANKS, CONSENT)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
NUMBER = re.compile(r"[0-9]{1,9}")
SHARE = re.compile(r"([0-9]{1,4}) of ([1-9][0-9]{0,3})")
REASON = "reason"
MOST_BYTES = 20 * 1024 * 1024
MOST_VOTERS, MOST_CANDIDATES = 10_000, 2_000


class BallotFileError(WeighingError):
    """This file cannot be read: ``line`` says where (nought when it is the file as a whole)."""

    def __init__(self, message: str, line: int = 0):
        self.line = line
        super().__init__(f"Line {line}: {message}" if line else message)


@dataclass(frozen=True)
class BallotFile:
    """A round as its file holds it.

    ``ballots`` are by voter. Approvals: a frozen set of codes. Grades: by code and criterion, None for "not our field".
    Ranks: by code. Consent: ``Answer`` by code. ``head`` holds rule, version, seats, weights and seed, as text, as far
    as they are given.
    """

    kind: str
    candidates: list[str]
    ballots: dict[str, Any]
    zones: dict[str, str] = field(default_factory=dict)
    head: dict[str, str] = field(default_factory=dict)
    floors: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    criteria: dict[str, int] = field(default_factory=dict)
    quorum: dict[str, Fraction] = field(default_factory=dict)
    top: int = TOP


ONE_VALUE = ("rule", "version", "seats", "weights", "seed")


def write_ballots(file: BallotFile) -> bytes:
    """``file`` as CSV. Raises BallotFileError for a voter, zone, code or criterion that the format cannot hold."""
    _check_names([*file.candidates, *file.criteria, *file.ballots, *filter(None, file.zones.values())])
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([safe_cell(cell) for cell in row] for row in [*_head_rows(file), *_body_rows(file)])
    return out.getvalue().encode("utf-8-sig")


def read_ballots(content: bytes) -> BallotFile:
    """The round that ``content`` holds. Raises BallotFileError, which says in which line it is wrong."""
    if len(content) > MOST_BYTES:
        raise BallotFileError(f"A file has at most {MOST_BYTES // 1024 // 1024} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BallotFileError("This is not text in UTF-8.") from None
    first = re.match(r"#format([,;\t])", text)
    if first is None:
        raise BallotFileError("This is no file of ballots: it does not begin with #format.", 1)
    return _Reading(_rows(text, first.group(1))).file()


def safe_cell(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith((*FORMULA, "'")) else text


def _plain_cell(text: str, line: int) -> str:
    if text.startswith("'"):
        return text[1:]
    if text.startswith(FORMULA):
        raise BallotFileError(f"A cell begins like a formula: {text[:20]!r}", line)
    return text


def _head_rows(file: BallotFile) -> Iterator[list[str]]:
    yield ["#format", FORMAT, FORMAT_VERSION]
    yield ["#ballots", file.kind]
    yield ["#voters", str(len(file.ballots))]
    for key in ONE_VALUE:
        if file.head.get(key, "").strip():
            yield [f"#{key}", file.head[key]]
    for key, values in (("floor", file.floors), ("size", file.sizes), ("criterion", file.criteria)):
        for name, number in values.items():
            yield [f"#{key}", name, str(number)]
    for zone in dict.fromkeys(filter(None, file.homes.values())):
        yield ["#home", zone, " ".join(code for code in file.candidates if file.homes.get(code) == zone)]
    if file.kind == GRADES:
        yield ["#top", str(file.top)]
    for zone, share in file.quorum.items():
        yield ["#quorum", zone, f"{share.numerator} of {share.denominator}"]


def _body_rows(file: BallotFile) -> Iterator[list[str]]:
    yield ["voter", "zone", *(":".join(column) for column in _columns(file.kind, file.candidates, file.criteria))]
    for voter, ballot in file.ballots.items():
        yield [voter, file.zones.get(voter, ""), *_cells(file, ballot)]


def _columns(kind: str, candidates: Iterable[str], criteria: Iterable[str]) -> list[tuple[str, ...]]:
    if kind == GRADES:
        return [(code, criterion) for code in candidates for criterion in criteria]
    if kind == CONSENT:
        return [column for code in candidates for column in ((code,), (code, REASON))]
    return [(code,) for code in candidates]


def _cells(file: BallotFile, ballot: Any) -> Iterator[str]:
    for code in file.candidates:
        if file.kind == APPROVALS:
            yield "1" if code in ballot else ""
        elif file.kind == RANKS:
            yield str(ballot.get(code, ""))
        elif file.kind == GRADES:
            for criterion in file.criteria:
                grade = ballot.get(code, {}).get(criterion)
                yield "" if grade is None else str(grade)
        else:
            answer = ballot.get(code, Answer(""))
            yield from (answer.kind, answer.reason)


def _check_names(names: Iterable[str]) -> None:
    for name in names:
        if not CODE.fullmatch(name):
            raise BallotFileError(f"{name!r} cannot stand in a file of ballots: letters, figures and . _ - only.")


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with their lines, formulas refused and apostrophes taken away."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            cells = [_plain_cell(cell, reader.line_num) for cell in row]
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise BallotFileError(f"This is no CSV: {error}.", reader.line_num) from None


class _Reading:
    """One file while it is read, from its first row to its last."""

    def __init__(self, rows: Iterator[tuple[int, list[str]]]):
        self.rows = rows
        self.single: dict[str, str] = {}
        self.numbers: dict[str, dict[str, int]] = {"floor": {}, "size": {}, "criterion": {}}
        self.homes: dict[str, str] = {}
        self.quorum: dict[str, Fraction] = {}

    def file(self) -> BallotFile:
        line, heads = self._read_head()
        kind = self.single.get("ballots", "")
        if kind not in KINDS:
            raise BallotFileError(f"#ballots is one of {', '.join(KINDS)}.")
        criteria = self.numbers["criterion"]
        for key, only, is_there in (
            ("seats", APPROVALS, "seats" in self.single),
            ("floor", APPROVALS, self.numbers["floor"]),
            ("home", APPROVALS, self.homes),
            ("top", GRADES, "top" in self.single),
            ("quorum", CONSENT, self.quorum),
        ):
            if is_there and kind != only:
                raise BallotFileError(f"#{key} belongs to {only}, not to {kind}.")
        if (kind == GRADES) != bool(criteria):
            raise BallotFileError("Files of grades have a #criterion, and only they.")
        candidates = self._candidates(kind, criteria, heads, line)
        if strange := sorted(self.homes.keys() - set(candidates)):
            raise BallotFileError(f"#home names {strange[0]!r}, which is no candidate.")
        top = _number(self.single.get("top", str(TOP)), 0)
        ballots, zones = self._read_ballots(kind, candidates, criteria, top, width=len(heads))
        return BallotFile(
            kind=kind,
            candidates=candidates,
            ballots=ballots,
            zones=zones,
            head={key: self.single[key] for key in ONE_VALUE if key in self.single},
            floors=self.numbers["floor"],
            sizes=self.numbers["size"],
            homes={code: self.homes[code] for code in candidates if code in self.homes},
            criteria=criteria,
            quorum=self.quorum,
            top=top,
        )

    def _read_head(self) -> tuple[int, list[str]]:
        for line, row in self.rows:
            while not row[-1].strip():
                row.pop()
            cells = [cell.strip() for cell in row]
            if not cells[0].startswith("#"):
                return line, cells
            # A seed counts letter by letter, blanks at its ends included.
            self._take(cells[0][1:], row[1:] if cells[0] == "#seed" else cells[1:], line)
        raise BallotFileError("There are no heads: voter, zone and the candidates.")

    def _take(self, key: str, values: list[str], line: int) -> None:
        if key == "format":
            if values != [FORMAT, FORMAT_VERSION]:
                raise BallotFileError(f"The format is not {FORMAT} {FORMAT_VERSION}.", line)
        elif key in {*ONE_VALUE, "ballots", "voters", "top"}:
            if len(values) != 1 or key in self.single:
                raise BallotFileError(f"#{key} stands once, with one value.", line)
            self.single[key] = values[0]
        elif key not in {*self.numbers, "home", "quorum"}:
            raise BallotFileError(f"There is no #{key[:40]}.", line)
        elif len(values) != 2 or not CODE.fullmatch(values[0]):
            raise BallotFileError(f"#{key} has a name and a value.", line)
        elif key == "home":
            self._take_home(values[0], values[1], line)
        elif values[0] in (self.quorum if key == "quorum" else self.numbers[key]):
            raise BallotFileError(f"#{key} of {values[0]} stands twice.", line)
        elif key == "quorum":
            if (share := SHARE.fullmatch(values[1])) is None:
                raise BallotFileError("A quorum is a share such as 1 of 2.", line)
            self.quorum[values[0]] = Fraction(int(share[1]), int(share[2]))
        else:
            self.numbers[key][values[0]] = _number(values[1], line)

    def _take_home(self, zone: str, codes: str, line: int) -> None:
        for code in codes.split():
            if code in self.homes:
                raise BallotFileError(f"{code} has two homes; one that comes from several zones has none.", line)
            self.homes[code] = zone

    def _candidates(self, kind: str, criteria: Mapping[str, int], heads: list[str], line: int) -> list[str]:
        columns = [tuple(head.split(":")) for head in heads[2:]]
        candidates = list(dict.fromkeys(column[0] for column in columns))
        if heads[:2] != ["voter", "zone"] or columns != _columns(kind, candidates, criteria):
            raise BallotFileError("The heads are voter, zone and the columns of each candidate once, in order.", line)
        if not 1 <= len(candidates) <= MOST_CANDIDATES:
            raise BallotFileError(f"There are between 1 and {MOST_CANDIDATES} candidates.", line)
        if strange := [code for code in candidates if not CODE.fullmatch(code)]:
            raise BallotFileError(f"{strange[0][:40]!r} is no code of a candidate.", line)
        return candidates

    def _read_ballots(
        self, kind: str, candidates: list[str], criteria: Mapping[str, int], top: int, *, width: int
    ) -> tuple[dict[str, Any], dict[str, str]]:
        columns = _columns(kind, candidates, criteria)
        ballots: dict[str, Any] = {}
        zones: dict[str, str] = {}
        for line, row in self.rows:
            if any(cell.strip() for cell in row[width:]):
                raise BallotFileError("There are more cells than heads.", line)
            voter, zone, *cells = [*row, *[""] * (width - len(row))][:width]
            voter, zone = voter.strip(), zone.strip()
            if not CODE.fullmatch(voter) or voter in ballots:
                raise BallotFileError("Each row has a voter of its own: letters, figures and . _ - only.", line)
            if bool(zone) != bool(zones) and ballots:
                raise BallotFileError("Either every voter has a zone, or none.", line)
            if zone and not CODE.fullmatch(zone):
                raise BallotFileError(f"{zone[:40]!r} is no code of a zone.", line)
            if len(ballots) == MOST_VOTERS:
                raise BallotFileError(f"There are at most {MOST_VOTERS} voters.", line)
            if zone:
                zones[voter] = zone
            ballots[voter] = _ballot(kind, dict(zip(columns, cells, strict=True)), top, line)
        announced = self.single.get("voters")
        if announced is not None and _number(announced, 0) != len(ballots):
            raise BallotFileError(f"#voters says {announced}, and there are {len(ballots)}: some rows are missing.")
        return ballots, zones


def _ballot(kind: str, cells: dict[tuple[str, ...], str], top: int, line: int) -> Any:
    filled = {column: text for column, cell in cells.items() if (text := cell.strip())}
    if kind == APPROVALS:
        if strange := [text for text in filled.values() if text not in {"0", "1"}]:
            raise BallotFileError(f"{strange[0][:40]!r} is neither 1 nor 0 nor empty.", line)
        return frozenset(column[0] for column, text in filled.items() if text == "1")
    if kind == CONSENT:
        return _answers(filled, cells, line)
    numbers = {column: _number(text, line) for column, text in filled.items()}
    if kind == RANKS:
        if 0 in numbers.values():
            raise BallotFileError("The best rank is 1.", line)
        return {column[0]: number for column, number in numbers.items()}
    if any(number > top for number in numbers.values()):
        raise BallotFileError(f"A grade lies between 0 and {top}.", line)
    grades: dict[str, dict[str, int | None]] = {}
    for code, criterion in cells:
        grades.setdefault(code, {})[criterion] = numbers.get((code, criterion))
    return grades


def _answers(
    filled: Mapping[tuple[str, ...], str], cells: Mapping[tuple[str, ...], str], line: int
) -> dict[str, Answer]:
    answers = {}
    for column, text in filled.items():
        if len(column) == 2:
            if column[:1] not in filled:
                raise BallotFileError("A reason stands beside no answer.", line)
            continue
        if text not in ANSWERS:
            raise BallotFileError(f"{text[:40]!r} is no answer. There is: {', '.join(ANSWERS)}", line)
        answers[column[0]] = Answer(text, cells[column[0], REASON])
    return answers


def _number(text: str, line: int) -> int:
    if not NUMBER.fullmatch(text):
        raise BallotFileError(f"{text[:40]!r} is no whole number.", line)
    return int(text)
