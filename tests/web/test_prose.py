"""People's words as HTML: their line breaks, lists and headings, and never their markup."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_portal.web.templatetags.portal import prose

OURS = re.compile(r"</?(?:p|ul|li|h3)>|<br>")


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("One line", "<p>One line</p>"),
        ("One\nTwo", "<p>One<br>Two</p>"),
        ("One\n\nTwo", "<p>One</p>\n<p>Two</p>"),
        ("One\r\n \r\nTwo", "<p>One</p>\n<p>Two</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("We want:\n- a\n- b", "<p>We want:</p><ul><li>a</li><li>b</li></ul>"),
        ("## Why\nBecause", "<h3>Why</h3><p>Because</p>"),
        ("## Why", "<h3>Why</h3>"),
        ("", ""),
        (None, ""),
        ("<b>&", "<p>&lt;b&gt;&amp;</p>"),
    ],
)
def test_prose_keeps_what_people_typed(typed, html):
    assert prose(typed) == html


@given(st.text(alphabet=st.sampled_from("<>&\"'/ab- #\n\r\t"), max_size=200) | st.text(max_size=200))
def test_prose_never_lets_markup_through(typed):
    rest = OURS.sub("", prose(typed))
    assert "<" not in rest
    assert ">" not in rest


@given(st.lists(st.text(alphabet="abc é", min_size=1).filter(str.strip), min_size=1, max_size=5))
def test_prose_loses_no_word(paragraphs):
    html = prose("\n\n".join(paragraphs))
    assert OURS.sub(" ", html).split() == " ".join(paragraphs).split()
