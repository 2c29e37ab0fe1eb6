"""Looking for words whatever their accents and capitals, and finding where they stand."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_portal.languages.folding import fold, matches_in, pieces, words_of


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("securite", "Sécurité"),
        ("SÉCURITÉ", "sécurité"),
        ("sécurité", "se\u0301curite\u0301"),
        ("oeuvre", "Œuvre"),
        ("l'eau", "L’eau"),
        ("nino", "NIÑO"),
        ("strasse", "Straße"),
        ("ij", "\u0133"),
        ("co-operation", "co\u2011operation"),
        ("40 000", "40\u202f000"),
        ("suc khoe", "sức khỏe"),
    ],
)
def test_same_words(typed, written):
    assert fold(typed) == fold(written)


def test_vowels_of_other_scripts_are_no_accents():
    assert fold("किताब") != fold("कताब")
    assert fold("សុខ") == unicodedata.normalize("NFKD", "សុខ")


def test_query_is_cut_into_words_each_once():
    assert words_of("  Santé\u00a0santé  des femmes ") == ["sante", "des", "femmes"]
    assert len(words_of(" ".join(map(str, range(30))))) == 8


def test_places_are_those_of_the_text_itself():
    text = "La sécurité sociale : SECURITE, œuvres"
    spans = matches_in(text, ["securite", "oeuvre"])
    assert [text[start:end] for start, end in spans] == ["sécurité", "SECURITE", "œuvre"]


def test_accent_written_apart_belongs_to_its_letter():
    text = "sante\u0301 pour tous"
    assert [text[start:end] for start, end in matches_in(text, ["sante"])] == ["sante\u0301"]


def test_overlapping_places_are_one():
    assert matches_in("abcabc", ["abca", "cab"]) == [(0, 5)]


@given(st.text(max_size=60), st.lists(st.text(max_size=4), max_size=3))
def test_pieces_are_the_whole_text(text, words):
    cut = pieces(text, matches_in(text, [fold(word) for word in words]))
    assert "".join(piece for piece, _marked in cut) == text
    assert all(piece for piece, _marked in cut)


@given(st.text(alphabet="aàbcçdeéèœß ’-", max_size=40), st.integers(0, 39), st.integers(1, 10))
def test_any_part_of_a_text_is_found_in_it(text, start, length):
    part = fold(text[start : start + length])
    if part:
        assert all(word in fold(text) for word in part.split())
        assert all(matches_in(text, [word]) for word in part.split())


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
