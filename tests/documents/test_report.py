from dataclasses import dataclass

import pytest

from planning_portal.documents.report import Column, Table, hash_of, translation_state
from planning_portal.languages.queries import ShownText


def shown(text, kind="own", language="fr"):
    return ShownText(text, language, kind, "" if kind == "own" else f"label of {kind}")


@dataclass
class Line:
    code: str
    title: ShownText
    texts: list[ShownText]


def test_every_text_is_found_wherever_it_is_nested():
    report = {
        "a": shown("one"),
        "b": [shown("two", "machine"), {"c": (shown("three", "stale"),)}],
        "d": Line("L1", shown("four"), [shown("five", "original", "es")]),
        "e": Table("table", [Column("c")], [["head", shown("six", "draft")]]),
        "nothing": [None, 3, "words of ours", shown("", "empty")],
    }

    state = translation_state(report, "fr")

    assert state.total == 6
    assert state.counts == {"own": 2, "machine": 1, "stale": 1, "original": 1, "draft": 1}
    assert [entry.text.text for entry in state.unready] == ["two", "three", "five", "six"]


def test_text_that_appears_twice_counts_once():
    state = translation_state({"a": shown("same", "machine"), "b": [shown("same", "machine")]}, "fr")
    assert (state.total, len(state.unready)) == (1, 1)


@pytest.mark.parametrize(
    ("own", "machine", "percent"), [(0, 0, 100), (1, 0, 100), (0, 1, 0), (2, 1, 66), (199, 1, 99), (1, 1, 50)]
)
def test_percentage_is_rounded_down_and_leaves_machine_text_out(own, machine, percent):
    report = [shown(f"own {n}") for n in range(own)] + [shown(f"machine {n}", "machine") for n in range(machine)]
    assert translation_state({"texts": report}, "fr").percent == percent


def test_draft_is_in_the_language_but_not_ready():
    state = translation_state({"a": shown("draft", "draft")}, "fr")
    assert state.percent == 100
    assert not state.is_complete


def test_place_is_what_contains_the_text_and_what_contains_that():
    report = {
        "title": "The whole",
        "lines": [
            {
                "code": "L1",
                "title": shown("A line"),
                "statement": shown("words", "machine"),
                "table": Table("Priorities", [Column("c")], [[shown("cell", "original", "es")]]),
            }
        ],
    }

    places = translation_state(report, "fr").places

    assert [(place.place.code, str(place.place.title)) for place in places] == [("L1", "A line"), ("L1", "Priorities")]
    assert [[entry.text.text for entry in place.texts] for place in places] == [["words"], ["cell"]]


def test_remarks_name_each_kind_with_its_number():
    state = translation_state([shown("a", "machine"), shown("b", "machine"), shown("c", "original", "es")], "fr")
    assert state.remarks == ["1 text in another language", "2 machine translations"]


def test_long_text_is_cut_at_a_word():
    excerpt = translation_state([shown("word " * 100, "machine")], "fr").unready[0].excerpt
    assert len(excerpt) <= 76
    assert excerpt.endswith("word\u00a0…")


def test_list_is_bounded_and_says_how_many_more():
    state = translation_state([shown(f"text {number}", "machine") for number in range(305)], "fr")
    assert sum(len(place.texts) for place in state.places) == 300
    assert state.unlisted == 5


def test_fingerprint_depends_on_content_only():
    assert hash_of({"a": 1, "b": [2, "é"]}) == hash_of({"b": [2, "é"], "a": 1})
    assert hash_of({"a": 1}) != hash_of({"a": 2})
