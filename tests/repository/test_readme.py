"""The README is what a newcomer goes by: what it names exists, and what exists is named."""

import re
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
READ = re.compile(r'\benv(?:\.\w+)?\(\s*"([A-Z][A-Z_]+)"|\bos\.environ(?:\.get\(|\[)\s*"([A-Z][A-Z_]+)"')
ROW = re.compile(r"^\| (`[A-Z].*?) \|", re.MULTILINE)
LARGEST_PICTURE = 150_000
PICTURES = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", README)
PICTURES += [(words, path) for path, words in re.findall(r'<img src="([^"]+)" alt="([^"]+)"', README)]


def variables_read() -> set[str]:
    sources = ("planning_portal/settings.py", "planning_portal/jobs/management/commands/serve.py")
    text = "\n".join((ROOT / source).read_text(encoding="utf-8") for source in sources)
    return {one or other for one, other in READ.findall(text)}


def variables_told() -> set[str]:
    return {name for row in ROW.findall(README) for name in re.findall(r"`([A-Z_]+)`", row)}


def test_each_variable_that_is_read_is_told_and_each_that_is_told_is_read():
    read = variables_read()
    assert {"SECRET_KEY", "DATABASE_URL", "WORKER_CONCURRENCY"} <= read
    assert variables_told() == read


def test_the_readme_shows_pictures():
    assert len(PICTURES) >= 4


@pytest.mark.parametrize(("words", "path"), PICTURES, ids=[path for _words, path in PICTURES])
def test_each_picture_exists_is_described_and_is_light(words, path):
    picture = ROOT / path
    assert len(words) > 10
    assert picture.stat().st_size < LARGEST_PICTURE
    with Image.open(picture) as image:
        assert image.format == "PNG"
        assert min(image.size) > 300


def test_each_drawn_picture_is_shown():
    drawn = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/screenshots").glob("*.png")}
    assert drawn == {path for _words, path in PICTURES}


@pytest.mark.parametrize("path", re.findall(r"^(?:make|\.venv/bin/python manage\.py) (\w+)", README, re.MULTILINE))
def test_each_command_of_the_readme_exists(path):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = {one.stem for one in ROOT.glob("planning_portal/*/management/commands/*.py")} | {"createsuperuser"}
    assert path in commands or re.search(rf"^{path}:", makefile, re.MULTILINE)
