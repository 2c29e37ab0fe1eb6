from planning_portal.documents.contents import PLACE, fill_contents, headings_of


def test_headings_with_an_id_are_listed_in_order():
    html = (
        '<h2 id="a">One</h2><h3 id="b">Two  words</h3><h2>no id</h2><h2 id="c" class="unlisted">not this</h2>'
        '<h4 id="d">too deep</h4>'
    )
    assert [(h.level, h.anchor, h.text) for h in headings_of(html)] == [(1, "a", "One"), (2, "b", "Two words")]


def test_heading_keeps_its_language_and_leaves_the_label_out():
    html = (
        '<h2 id="a"><span class="code">L1</span> <span lang="es">Título &amp; más</span>'
        ' <span class="language-label">Original: <i>Spanish</i></span></h2><p>text</p>'
    )
    (heading,) = headings_of(html)
    assert (heading.text, heading.language) == ("L1 Título & más", "es")


def test_code_stands_apart_from_the_words():
    (heading,) = headings_of('<h3 id="a"><span class="code">2.1</span><span>Words</span></h3>')
    assert heading.text == "2.1 Words"


def test_contents_are_escaped_and_take_the_place_of_the_mark():
    html = fill_contents(f'<nav>{PLACE}</nav><h2 id="a">&lt;script&gt; & co</h2>')
    assert PLACE not in html
    assert '<li class="level-1" data-href="#a"><a href="#a">&lt;script&gt; &amp; co</a></li>' in html


def test_headings_before_the_list_are_not_in_it():
    html = fill_contents(f'<h2 id="before">Before</h2>{PLACE}<h2 id="after">After</h2>')
    assert 'href="#before"' not in html
    assert 'href="#after"' in html


def test_document_without_a_place_for_contents_stays_as_it_is():
    assert fill_contents('<h2 id="a">One</h2>') == '<h2 id="a">One</h2>'
