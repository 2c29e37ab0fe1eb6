"""Steps and errors in the reader's language, whoever asked for the work."""

import pytest
from django.utils.translation import gettext_lazy, override

from planning_portal.jobs import phrases
from planning_portal.jobs.models import JobState
from tests.jobs.factories import make_job, registered


@pytest.fixture(autouse=True)
def own_phrases(monkeypatch):
    monkeypatch.setattr(phrases, "_steps", dict(phrases._steps))
    monkeypatch.setattr(phrases, "_errors", dict(phrases._errors))
    phrases.register_step("test.page", "%(language)s: page %(page)d")


def test_step_names_the_language_in_the_readers_own(db):
    job = make_job(step={"key": "test.page", "params": {"language": "nl", "page": 12}})
    with override("en"):
        assert phrases.step_of(job) == "Dutch: page 12"
    with override("fr"):
        assert phrases.step_of(job).startswith("Néerlandais")


def test_step_is_said_in_the_readers_language(db):
    phrases.register_step("test.lazy", gettext_lazy("Monday"))
    job = make_job(step={"key": "test.lazy"})
    with override("nl"):
        assert phrases.step_of(job) == "maandag"


@pytest.mark.parametrize(
    "step",
    [
        {},
        {"key": "test.unheard_of", "params": {}},
        {"key": "test.page", "params": {}},
        {"key": "test.page", "params": {"language": "nl", "page": "twelve"}},
    ],
)
def test_step_without_words_is_silent(db, step):
    assert phrases.step_of(make_job(step=step)) == ""


def test_step_of_unknown_language_shows_its_code(db):
    job = make_job(step={"key": "test.page", "params": {"language": "xx", "page": 1}})
    assert phrases.step_of(job) == "xx: page 1"


def test_title_is_that_of_the_kind(db):
    with registered("test.work", lambda _payload, _report: None, title="letter in %(language)s"):
        assert phrases.title_of(make_job(payload={"language": "es"})) == "letter in Spanish"


def test_title_of_unknown_kind_is_its_key(db):
    assert phrases.title_of(make_job(kind="test.unheard_of")) == "test.unheard_of"


def test_error_is_told_only_of_what_failed_for_good(db):
    phrases.register_error("no_room", "There is no room.")
    assert phrases.error_of(make_job(JobState.FAILED, error_code="no_room")) == "There is no room."
    assert phrases.error_of(make_job(JobState.QUEUED, error_code="no_room")) == ""


def test_error_without_words_of_its_own_has_general_ones(db):
    job = make_job(JobState.FAILED, error_code="unheard_of")
    assert phrases.error_of(job) == str(phrases._errors["error"])
