"""The result of a round from its file alone, in a function and at the command line."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given

from workshops.weighing import RULES, Terms, WeighingError, decide
from workshops.weighing.ballot_file import BallotFile, read_ballots, write_ballots
from workshops.weighing.consent import Answer, consent
from workshops.weighing.criteria import assess
from workshops.weighing.rankings import schulze
from workshops.weighing.recompute import RULES_OF, as_plain, recompute, terms_of
from workshops.weighing.words import RULE_WORDS

from .rounds import floored_rounds
from .test_ballot_file import GOOD
from .test_rankings import FORTY_FIVE, ballots_of

GRADES = {"1": {"A": {"x": 3, "y": None}, "B": {"x": 4, "y": 1}}, "2": {"A": {"x": 2, "y": 4}, "B": {"x": 0, "y": 0}}}


@given(round_=floored_rounds())
def test_the_file_of_a_round_gives_its_outcome_again(round_):
    candidates, ballots, zones, seats, homes, floors = round_
    file = BallotFile(
        kind="approvals",
        candidates=candidates,
        ballots={str(voter): choices for voter, choices in ballots.items()},
        zones={str(voter): zone for voter, zone in zones.items()},
        homes={candidate: zone for candidate, zone in homes.items() if zone},
        floors=floors,
    )
    for rule, versions in RULES.items():
        for version in versions:
            terms = Terms(rule, seats, version, "equal", floors, "Dakar")
            head = {"rule": rule, "version": version, "seats": str(seats), "weights": "equal", "seed": "Dakar"}
            again = read_ballots(write_ballots(BallotFile(**{**vars(file), "head": head})))

            assert terms_of(again) == terms
            assert recompute(again, terms_of(again)) == decide(terms, candidates, ballots, zones=zones, homes=homes)


def test_ranks_grades_and_consent_are_weighed_by_what_they_are_for():
    ranks = {str(voter): ranks for voter, ranks in ballots_of(FORTY_FIVE).items()}
    ranked = recompute(BallotFile("ranks", list("ABCDE"), ranks), Terms("schulze", 0))
    assert ranked.order == schulze(list("ABCDE"), ranks)
    assert ranked.agreement.organisations == 45

    graded = recompute(BallotFile("grades", ["A", "B"], GRADES, criteria={"x": 2, "y": 1}), Terms("criteria", 0))
    assert graded == assess(["A", "B"], GRADES, weights={"x": 2, "y": 1})

    answers = {"1": {"L": Answer("agree")}, "2": {"L": Answer("object", "no")}, "3": {}}
    agreed = recompute(BallotFile("consent", ["L"], answers), Terms("consent", 0))
    given_ = {voter: one["L"] for voter, one in answers.items() if one}
    assert agreed == {"L": consent(given_, zones=dict.fromkeys(answers, ""))}


def test_ranks_of_zones_weigh_what_the_terms_say():
    """Two of WA put A first, one of LA puts B first: with equal zones it is a tie."""
    file = BallotFile(
        "ranks", ["A", "B"], {"1": {"A": 1}, "2": {"A": 1}, "3": {"B": 1}}, zones={"1": "WA", "2": "WA", "3": "LA"}
    )

    assert recompute(file, Terms("schulze", 0)).order.places == [["A"], ["B"]]
    assert len(recompute(file, Terms("schulze", 0, weights="equal")).order.places) == 1
    assert set(recompute(file, Terms("schulze", 0)).zones) == {"WA", "LA"}


@pytest.mark.parametrize(
    ("file", "terms"),
    [
        (BallotFile("grades", ["A"], {}, criteria={"x": 1, "y": 1}), Terms("majority_judgment", 0)),
        (BallotFile("grades", ["A"], {}, criteria={"x": 1}), Terms("criteria", 0, weights="equal")),
        (BallotFile("ranks", ["A"], {}), Terms("schulze", 0, weights="by wealth")),
        (BallotFile("approvals", ["A"], {}), Terms("phragmen", 1, "9")),
    ],
)
def test_terms_that_these_ballots_cannot_be_weighed_on_are_refused(file, terms):
    with pytest.raises(WeighingError):
        recompute(file, terms)


def test_every_rule_has_words():
    assert {rule for rules in RULES_OF.values() for rule in rules} == set(RULE_WORDS)


def test_plain_data_stays_exact():
    outcome = recompute(read_ballots(GOOD.encode()), Terms("phragmen", 3))
    plain = as_plain(outcome)

    assert json.loads(json.dumps(plain)) == plain
    assert [step["value"] for step in plain["steps"]] == [str(step.value) for step in outcome.steps]


# --- The command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "round.csv"
    path.write_text(GOOD, encoding="utf-8-sig")
    return path


def run(*arguments):
    out = StringIO()
    call_command("recompute_round", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_file_with_its_terms_needs_nothing_else(good):
    """With equal zones each of the two of four that voted in WA weighs 1, the one in LA 4: C 1/4, then A 1/2."""
    said = run(good)

    assert "rule phragmen, version 1; weights equal; seed 'Dakar'" in said
    assert said.index("  1. C  phragmen 0.250000, 1 ballots") < said.index("  2. A  phragmen 0.500000, 2 ballots")
    assert "floor LA: asked 1, possible 1, taken 1" in said
    assert "at least one choice in: 3 of 3 ballots (0 blank)" in said


def test_what_is_given_goes_before_the_file(good):
    given_ = "--rule plain_count --version 2 --seats 1 --weights one --seed x --floor LA=0 --floor WA=1"
    said = json.loads(run(good, "--json", *given_.split()))

    assert said["terms"] == {
        "rule": "plain_count", "version": "2", "seats": 1, "weights": "one", "seed": "x", "floors": {"LA": 0, "WA": 1}
    }  # fmt: skip
    assert said["result"]["chosen"] == ["A"]
    assert len(said["sha256"]) == 64


def test_it_asks_no_database(good):
    """No ``django_db`` mark: the first query would fail this test."""
    assert "2 of 2 seats" in run(good)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("ranks", ["  1. A", "  2. B", "Kendall's W: 1 (2 organisations, mean correlation 1)"]),
        ("grades", ["  1. B  total 4; x 4 (low 0, high 1, of 1)", "  2. A  total -"]),
        ("consent", ["A: passes; agree 1", "B: objected;", "WA: 1 of 1 answered, 1 needed: met"]),
    ],
)
def test_other_kinds_are_told_in_words(tmp_path, kind, words):
    text = {
        "ranks": "#rule,schulze\n#version,1\nvoter,zone,A,B\n1,WA,1,2\n2,WA,1,\n",
        "grades": "#rule,majority_judgment\n#version,1\n#criterion,x,1\nvoter,zone,A:x,B:x\n1,,,4\n",
        "consent": "#rule,consent\n#version,1\n#quorum,WA,1 of 2\nvoter,zone,A,A:reason,B,B:reason\n"
        "1,WA,agree,,object,too dear\n",
    }[kind]
    path = tmp_path / "round.csv"
    path.write_text(f"#format,planning-portal-ballots,1\n#ballots,{kind}\n{text}")
    said = run(path)

    for one in words:
        assert one in said


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["--rule", "coin_toss"], "no rule 'coin_toss'"),
        (["--rule", "schulze"], "no rule 'schulze' for approvals"),
        (["--version", "7"], "no version '7'"),
        (["--seats", "0"], "at least one seat"),
        (["--seats", "-1"], "no number of seats"),
        (["--floor", "LA"], "such as WA=1"),
        (["--floor", "LA=1", "--floor", "LA=2"], "such as WA=1"),
        (["--floor", "LA=3"], "more seats"),
        (["--weights", "by wealth"], "invalid choice"),
        (["--seed", "\udcff"], "no text"),
    ],
)
def test_bad_terms_are_refused_in_one_sentence(good, arguments, refusal):
    with pytest.raises(CommandError, match=refusal) as refused:
        run(good, *arguments)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("missing", ["rule", "version", "seats"])
def test_a_term_that_nobody_gives_is_asked_for(good, missing):
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"#{missing},")]
    good.write_text("\n".join(lines))

    with pytest.raises(CommandError, match=f"says which {missing}"):
        run(good)


def test_a_bad_file_is_refused_with_its_line(good, tmp_path):
    good.write_text(GOOD.replace("v2,WA,1,1,0", "v2,WA,1,=1,0"))

    with pytest.raises(CommandError, match=r"round\.csv: Line 14: A cell begins like a formula"):
        run(good)
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "none.csv")
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path)
