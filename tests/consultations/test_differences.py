"""Differences word by word: nothing is lost, nothing made up."""

from hypothesis import given
from hypothesis import strategies as st

from consultations.differences import word_differences

TEXTS = st.text(alphabet=st.sampled_from("abé cdى .\n,'"), max_size=80)


def test_changed_word_is_deleted_and_inserted():
    pieces = word_differences("Four in ten belong to a mutual.", "Five in ten belong to a health mutual.")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("deleted", "Four"),
        ("inserted", "Five"),
        ("same", " in ten belong to a"),
        ("inserted", " health"),
        ("same", " mutual."),
    ]


@given(TEXTS, TEXTS)
def test_both_texts_can_be_put_together_again(before, after):
    pieces = word_differences(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "inserted") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "deleted") == after


@given(TEXTS)
def test_same_text_has_no_difference(text):
    assert {piece.kind for piece in word_differences(text, text)} <= {"same"}
