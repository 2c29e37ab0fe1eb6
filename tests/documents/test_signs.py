from io import BytesIO

from fontTools.ttLib import TTFont

from planning_portal.documents.signs import drawn_by_signs, missing_characters, signs_face


def test_words_of_our_four_languages_need_no_made_face():
    text = "<p>Où êtes-vous ? ¿Qué pasa? Eén œuvre ĳ – « 1 234 » 50 % € → ✓ Liên đoàn, Союз, ½ ₂ …</p>"
    assert drawn_by_signs(text) == []
    assert missing_characters(text) == []


def test_signs_of_the_portal_are_drawn_and_not_missing():
    assert missing_characters("● ◐ ○ ▸ ↔ □ non‑breaking") == []
    assert drawn_by_signs("● ○") == [" ", "○", "●"]


def test_character_without_glyph_is_named():
    assert missing_characters("<p>បា &#x0928;</p>") == [
        ("U+0928", "devanagari letter na"),
        ("U+1794", "khmer letter ba"),
        ("U+17B6", "khmer vowel sign aa"),
    ]


def test_markup_spaces_and_joiners_are_not_characters_to_draw():
    assert drawn_by_signs('<p title="ន">a\u200bb\u202f\u2009c\u200dd\n</p>') == []


def test_made_face_has_a_glyph_for_each_character_and_always_the_same_bytes():
    characters = drawn_by_signs("● न 👩")
    face = signs_face(characters)
    cmap = TTFont(BytesIO(face.content)).getBestCmap()
    assert set(cmap) == {ord(character) for character in characters}
    assert signs_face(characters).content == face.content
