"""The document that only tests know, its subject, and an engine that costs nothing."""

import dataclasses
from pathlib import Path

import pytest

from planning_portal.documents import engine, registry
from planning_portal.documents.services import build_document
from tests import factories

from . import sample


@pytest.fixture
def sample_template(settings):
    """Let Django find the sample's template."""
    options = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**options, "DIRS": [*options["DIRS"], Path(__file__).parent / "templates"]}]


@pytest.fixture
def kind(sample_template):
    registry.register(sample.KIND)
    yield sample.KIND
    registry.unregister(sample.KIND.key)


@pytest.fixture
def change_kind(kind):
    """Register the sample with something else: ``change_kind(can_read=...)`` returns the changed kind."""

    def change(**changes):
        registry.unregister(kind.key)
        changed = dataclasses.replace(kind, **changes)
        registry.register(changed)
        return changed

    return change


@pytest.fixture
def subject(programme):
    return factories.make_step("intercontinental")


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def quick_engine(monkeypatch):
    """Build "PDFs" that are the HTML itself: for tests that look at anything but the file."""
    built = []

    def build_pdf(html, *, on_page=None, **options):
        built.append(html)
        # As WeasyPrint does for a list of contents: all pages are laid out twice.
        for page in (1, 2, 3, 1, 2, 3):
            if on_page:
                on_page(page)
        return engine.BuiltPdf(b"%PDF-1.7 " + html.encode(), 3)

    monkeypatch.setattr(engine, "build_pdf", build_pdf)
    return built


@pytest.fixture
def html(kind, subject):
    """The sample in French."""
    return build_document(subject, kind, language="fr", version="1", audience="public")
