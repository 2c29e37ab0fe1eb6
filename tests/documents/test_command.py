import pytest
from django.core.management import CommandError, call_command

from planning_portal.documents.models import RenderedDocument
from planning_portal.documents.registry import SubjectNotReady


def render(subject, output, **options):
    call_command("render_document", "sample", str(subject.pk), "--language=fr", f"--output={output}", **options)


@pytest.mark.pdf
def test_document_is_written_and_judged_without_a_worker(kind, subject, tmp_path, capsys):
    output = tmp_path / "sample.pdf"
    render(subject, output, check=True)
    assert output.read_bytes().startswith(b"%PDF-1.7")
    assert "pages" in capsys.readouterr().out
    assert not RenderedDocument.objects.exists()


def test_html_is_written_for_who_designs_documents(kind, subject, tmp_path):
    output = tmp_path / "sample.html"
    render(subject, output, document_version="9")
    assert "Version 9" in output.read_text()


def test_unknown_kind_is_refused_with_the_known_ones(kind, tmp_path):
    with pytest.raises(CommandError, match="sample"):
        call_command("render_document", "nothing", "1", "--language=fr", f"--output={tmp_path / 'x.pdf'}")


@pytest.mark.parametrize("name", ["0", "words", "00000000-0000-4000-8000-000000000000x"])
def test_unknown_subject_is_refused(kind, subject, tmp_path, name):
    with pytest.raises(CommandError):
        call_command("render_document", "sample", name, "--language=fr", f"--output={tmp_path / 'x.pdf'}")
    assert not (tmp_path / "x.pdf").exists()


def test_bad_markup_is_told(kind, subject, tmp_path, change_kind):
    change_kind(template="tests/bad.html")
    with pytest.raises(CommandError, match="scheme"):
        render(subject, tmp_path / "x.pdf")


@pytest.mark.parametrize("place", [".", "nowhere/x.pdf"])
def test_place_that_takes_no_file_is_refused_before_anything_is_built(change_kind, subject, tmp_path, place):
    change_kind(report=lambda *_arguments: pytest.fail("it was built"))
    with pytest.raises(CommandError, match="folder"):
        render(subject, tmp_path / place)


def test_place_that_must_not_be_written_is_refused(kind, subject, tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_arguments: False)
    with pytest.raises(CommandError, match="cannot be written"):
        render(subject, tmp_path / "x.pdf")


def test_subject_that_is_not_ready_is_told(change_kind, subject, tmp_path):
    def report(*_arguments):
        raise SubjectNotReady("Only a closed workshop has a summary.")

    change_kind(report=report)
    with pytest.raises(CommandError, match="Only a closed workshop"):
        render(subject, tmp_path / "x.pdf")
