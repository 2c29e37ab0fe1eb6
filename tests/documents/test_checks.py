import pytest

from planning_portal.documents import checks, engine

pytestmark = pytest.mark.pdf
PAGE = '<!DOCTYPE html><html lang="en"><head>{}</head><body>{}</body></html>'


def test_sound_document_has_no_problem():
    data = engine.build_pdf(PAGE.format("<title>x</title>", "<h1>x</h1><p>words</p>")).data
    assert checks.check_pdf(data) == []


def test_missing_frame_is_named():
    data = engine.build_pdf("<!DOCTYPE html><html><body><p>words</p></body></html>", strict=False).data
    problems = checks.check_pdf(data)
    assert {"The document has no title", "The document has no language", "The document has no outline"} <= set(problems)
    assert any(problem.startswith("PDFUA1-") for problem in problems)


def test_untagged_document_and_foreign_face_are_named():
    import weasyprint

    data = weasyprint.HTML(string=PAGE.format("<title>x</title>", "<p>words</p>")).write_pdf()
    problems = checks.check_pdf(data)
    assert "The document has no tags" in problems
    assert any(problem.endswith("is not ours") for problem in problems)
