"""The engine itself: what it refuses, what it writes, and that it always writes the same."""

import hashlib
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils.translation import override

from planning_portal.documents import assets, checks, engine, tags
from planning_portal.documents.engine import EngineError, build_pdf

PAGE = '<!DOCTYPE html><html lang="en"><head><title>Words</title>{}</head><body><h1>Words</h1>{}</body></html>'
REFUSED = {
    "http": "http://127.0.0.1:9/picture.png",
    "https": "https://example.org/picture.png",
    "file": "file:///etc/hostname",
    "data": "data:image/png;base64,iVBORw0KGgo=",
    "unknown asset": "asset:../settings.py",
    "relative": "picture.png",
}
PLACES = {
    "img": '<img alt="x" src="{}">',
    "link": '<link rel="stylesheet" href="{}">',
    "import": "<style>@import url('{}');</style>",
    "css url": "<p style=\"background: url('{}')\">x</p>",
    "font": "<style>@font-face {{ font-family: x; src: url('{}') }} p {{ font-family: x }}</style><p>x</p>",
    "svg image": '<svg width="9" height="9"><title>x</title><image width="9" height="9" href="{}"/></svg>',
    "object": '<object data="{}">x</object>',
    "embed": '<embed src="{}">',
    "attachment": '<a rel="attachment" href="{}">x</a>',
}


@pytest.mark.pdf
@pytest.mark.parametrize(
    ("place", "address"), [*((place, "http") for place in PLACES), *(("img", address) for address in REFUSED)]
)
def test_address_that_is_not_ours_stops_the_build(place, address):
    markup = PLACES[place].format(REFUSED[address])
    with pytest.raises(EngineError):
        build_pdf(PAGE.format("", markup), strict=False)


def test_refusal_does_not_tell_the_address():
    with pytest.raises(EngineError) as refused:
        build_pdf(PAGE.format("", '<img alt="x" src="https://example.org/name-of-a-union">'))
    assert "union" not in str(refused.value)


@pytest.mark.pdf
def test_link_to_the_web_is_written_but_not_followed():
    data = build_pdf(PAGE.format("", '<p><a href="https://example.org/">a link</a></p>')).data
    assert b"example.org" in decompressed(data)


@pytest.mark.pdf
def test_asset_of_ours_is_served():
    assert build_pdf(PAGE.format('<link rel="stylesheet" href="asset:print.css">', "<p>x</p>")).pages == 1


def test_only_the_engine_imports_weasyprint():
    root = Path(__file__).parents[2]
    importing = re.compile(r"^\s*(import|from) weasyprint", re.MULTILINE)
    folders = ("planning_portal", "consultations", "workshops", "actionplans")
    modules = [
        path for folder in folders for path in (root / folder).rglob("*.py") if importing.search(path.read_text())
    ]
    assert [path.relative_to(root).as_posix() for path in modules] == ["planning_portal/documents/engine.py"]


def test_assets_are_ours_only():
    assert assets.find("print.css").content_type == "text/css"
    assert assets.find("SourceSansPro-Bold.ttf").content[:4] == b"\0\1\0\0"
    for name in ("../engine.py", "fonts.conf", "", "/etc/hostname", "SourceSansPro-Black.ttf"):
        assert assets.find(name) is None


def test_document_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(engine, "MAX_CHARACTERS", 100)
    with pytest.raises(EngineError, match="100 characters"):
        build_pdf(PAGE.format("", "x" * 100))


@pytest.mark.pdf
def test_document_with_too_many_pages_is_stopped_while_it_is_laid_out(monkeypatch):
    monkeypatch.setattr(engine, "MAX_PAGES", 3)
    reached = []
    with pytest.raises(EngineError, match="3 pages"):
        build_pdf(PAGE.format("", '<p style="break-after: page">x</p>' * 50), on_page=reached.append)
    assert reached == [1, 2, 3]


@pytest.mark.pdf
def test_markup_that_weasyprint_complains_about_fails_in_tests_and_is_logged_elsewhere(caplog):
    page = PAGE.format("<style>p { colour: red }</style>", "<p>x</p>")
    with pytest.raises(EngineError, match="colour"):
        build_pdf(page)
    with caplog.at_level(logging.ERROR, "planning_portal.documents.engine"):
        assert build_pdf(page, strict=False).pages == 1
    assert "colour" in caplog.text


@pytest.mark.pdf
def test_picture_without_words_fails():
    with pytest.raises(EngineError, match="alt"):
        build_pdf(PAGE.format("", '<img src="asset:cover.svg">'))


@pytest.mark.pdf
def test_only_our_faces_are_used_whatever_the_text(caplog):
    text = "<p style='font-family: DejaVu Sans, serif'>words</p><p>● កម្ពុជា नेपाल বাংলাদেশ 中文 👩 العمال</p>"
    data = build_pdf(PAGE.format("", text)).data
    assert checks.check_pdf(data) == ["The document has no outline"] or checks.check_pdf(data) == []
    assert font_names(data) <= {"Source-Sans-Pro", "Source-Sans-Pro-Bold", "Portal-Signs"}


@pytest.mark.pdf
def test_environment_is_left_as_it_was(monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "/somewhere/fonts.conf")
    build_pdf(PAGE.format("", "<p>x</p>"))
    assert os.environ["FONTCONFIG_FILE"] == "/somewhere/fonts.conf"
    monkeypatch.delenv("FONTCONFIG_FILE")
    build_pdf(PAGE.format("", "<p>x</p>"))
    assert "FONTCONFIG_FILE" not in os.environ


@pytest.mark.pdf
def test_failed_repair_gives_the_untouched_file(monkeypatch, caplog):
    page = PAGE.format("", "<p>x</p>")
    untouched = build_pdf(page, repair=False).data

    def fail(self):
        raise KeyError("a tag that is not as we know it")

    monkeypatch.setattr(tags.Repair, "run", fail)
    with caplog.at_level(logging.ERROR, "planning_portal.documents.engine"):
        assert build_pdf(page).data == untouched
    assert "could not be repaired" in caplog.text
    assert checks.conformance_problems(untouched) == []


@pytest.mark.pdf
def test_same_document_gives_the_same_bytes(html):
    first = build_pdf(html)
    with override("nl"):
        second = build_pdf(html)
    assert first.data == second.data


@pytest.mark.pdf
@pytest.mark.django_db
def test_same_document_gives_the_same_bytes_in_every_process(html, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(html)
    script = (
        "import sys, hashlib, pathlib, django; django.setup();"
        "from planning_portal.documents.engine import build_pdf;"
        "print(hashlib.sha256(build_pdf(pathlib.Path(sys.argv[1]).read_text()).data).hexdigest())"
    )
    root = Path(__file__).parents[2]
    digests = set()
    for seed, zone in (("1", "UTC"), ("2", "Asia/Manila")):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "PYTHONPATH": str(root),
            "DJANGO_SETTINGS_MODULE": "planning_portal.settings",
            "PORTAL_DATA_DIR": str(tmp_path / seed),
            "SECRET_KEY": "a key that several processes share, long enough",
        }
        command = [sys.executable, "-c", script, str(page)]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=root)
        digests.add(result.stdout.strip())
    assert digests == {hashlib.sha256(build_pdf(html).data).hexdigest()}


def decompressed(data):
    import io

    import pikepdf

    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(output, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return output.getvalue()


def font_names(data):
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        return {str(font["/BaseFont"]).partition("+")[2] for font in checks.fonts_of(pdf)}
