"""Every rule, weight, answer and measure has a name and a sentence in four languages."""

import pytest
from django.utils import translation

from workshops.weighing import words
from workshops.weighing.consent import ANSWERS
from workshops.weighing.weights import WEIGHTS

TABLES = [words.RULE_WORDS, words.WEIGHT_WORDS, words.MEASURE_WORDS, words.ANSWER_WORDS, words.VERDICT_WORDS]
ALL = [one for table in TABLES for one in table.values()] + [words.FLOOR_WORDS, words.TIE_WORDS, words.QUORUM_WORDS]


def test_tables_have_the_keys_of_what_they_speak_for():
    assert set(words.WEIGHT_WORDS) == set(WEIGHTS)
    assert set(words.ANSWER_WORDS) == set(ANSWERS)


@pytest.mark.parametrize("language", ["es", "fr", "nl"])
def test_sentences_are_translated_and_end_like_sentences(language):
    english = [str(one.sentence) for one in ALL]
    with translation.override(language):
        for source, one in zip(english, ALL, strict=True):
            assert str(one.sentence) != source
            assert str(one.sentence).endswith(".")
            assert str(one.name)
