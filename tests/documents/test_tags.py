"""The tags of a long document, as somebody hears them. Everything here rests on one build of the sample."""

import io
from collections import Counter

import pikepdf
import pytest
import weasyprint

from planning_portal.documents import checks, engine, tags
from planning_portal.documents.services import build_document

pytestmark = pytest.mark.pdf


def test_repair_knows_the_installed_version():
    """A new WeasyPrint needs a look at tags.py: does its private builder still work as this module expects?"""
    assert weasyprint.__version__ == tags.WEASYPRINT_VERSION
    with tags.repaired(weasyprint.pdf, weasyprint.__version__):
        pass


def test_another_version_is_refused():
    with pytest.raises(tags.RepairError), tags.repaired(weasyprint.pdf, "71.0"):
        pass


def test_hooks_are_taken_out_again(html):
    before = (weasyprint.pdf.add_tags, weasyprint.pdf.tags._build_box_tree, weasyprint.pdf.build_fonts_dictionary)
    engine.build_pdf(html.replace("Priorities it comes from", "● Priorities"))
    assert before == (
        weasyprint.pdf.add_tags,
        weasyprint.pdf.tags._build_box_tree,
        weasyprint.pdf.build_fonts_dictionary,
    )


@pytest.fixture
def built(html):
    with pikepdf.open(io.BytesIO(engine.build_pdf(html).data)) as pdf:
        yield pdf, html


def elements(node):
    """Every structure element, in reading order."""
    if isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
    kids = node.get("/K") if isinstance(node, pikepdf.Dictionary) else None
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids] if kids is not None else []:
        if isinstance(kid, pikepdf.Dictionary):
            yield from elements(kid)


def test_sample_as_a_whole(built):
    """One build, many questions: a real build costs seconds."""
    pdf, html = built
    tree = list(elements(pdf.Root.StructTreeRoot.K[0]))
    names = Counter(str(element.S) for element in tree)

    assert names["/Table"] == html.count("<table")
    assert names["/THead"] == html.count("<thead")
    assert names["/TBody"] == html.count("<tbody")
    assert names["/TR"] == html.count("<tr")
    assert names["/Sect"] == html.count("<section")
    assert names["/H2"] == html.count("<h2")
    assert names["/P"] == html.count("<p>") + html.count("<p ") - html.count('<p class="running')
    assert names["/TOC"] == 1
    assert names["/TOCI"] == html.count('<li class="level-')
    assert names["/Figure"] == html.count("<svg")

    headers = [element for element in tree if element.S == "/TH"]
    assert {str(header.A.Scope) for header in headers} == {"/Row", "/Column"}
    identifiers = {str(header.ID) for header in headers}
    cells = [element for element in tree if element.S == "/TD" and len(element.A.Headers)]
    assert len(cells) > 200
    assert all(str(header) in identifiers for cell in cells for header in cell.A.Headers)

    assert {str(element.Lang) for element in tree if "/Lang" in element} == {"en", "es", "nl"}
    assert str(pdf.Root.Lang) == "fr"
    assert all(str(element.Alt) for element in tree if element.S == "/Figure")
    for element in tree:
        if element.S == "/Figure":
            left, bottom, right, top = (float(value) for value in element.A.BBox)
            assert 0 <= left < right <= 596
            assert 0 <= bottom < top <= 842

    links = [annotation for page in pdf.pages for annotation in page.get("/Annots", [])]
    assert links
    assert not any(str(link.Contents).startswith("line-") for link in links)

    parents = pdf.Root.StructTreeRoot.ParentTree.Nums
    for page in range(len(pdf.pages)):
        for parent in parents[2 * page + 1]:
            assert parent is None or "/S" in parent


def test_repaired_document_is_conformant(html):
    built = engine.build_pdf(html)
    assert checks.check_pdf(built.data) == []
    with pikepdf.open(io.BytesIO(built.data)) as pdf:
        assert len(pdf.pages) == built.pages
        assert str(pdf.docinfo["/Title"]) == "Synthèse de l’atelier intercontinental virtuel"
        assert str(pdf.docinfo["/Author"]) == "Programme 2027-2031"
        assert str(pdf.docinfo["/CreationDate"]) == str(pdf.docinfo["/ModDate"]) == "D:20250703163000Z"
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root][:2] == ["The essentials", "Table des matières"]


def test_list_paragraph_and_cell_over_a_page_break_are_one_each():
    text = "Words that fill a line and then another one, until the page is full. " * 90
    html = (
        '<!DOCTYPE html><html lang="en"><head><title>x</title></head><body><h1>x</h1>'
        f"<ul><li>{text}</li><li>two</li></ul><p>{text}</p>"
        f'<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><th scope="row">{text}</th><td>{text}</td></tr>'
        "</tbody></table></body></html>"
    )
    data = engine.build_pdf(html).data
    assert checks.conformance_problems(data) == []
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) >= 3
        names = Counter(str(element.S) for element in elements(pdf.Root.StructTreeRoot.K[0]))
    for name, number in {"/L": 1, "/LI": 2, "/LBody": 2, "/P": 1, "/Table": 1, "/TR": 2, "/TH": 3, "/TD": 1}.items():
        assert names[name] == number, name


def test_page_margins_and_repeated_heads_are_artifacts(built):
    """Marked content without a place in the tree would be read, or stumbled over, on every page."""
    pdf, _html = built
    parents = pdf.Root.StructTreeRoot.ParentTree.Nums
    for number, page in enumerate(pdf.pages):
        marked = {
            int(operands[1].MCID)
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "BDC" and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]
        }
        known = {mcid for mcid, parent in enumerate(parents[2 * number + 1]) if parent is not None}
        assert marked == known


@pytest.mark.parametrize("language", ["en", "es", "nl"])
def test_every_language_is_conformant(kind, subject, language, media):
    html = build_document(subject, kind, language=language, version="1", audience="public")
    assert checks.check_pdf(engine.build_pdf(html).data) == []
