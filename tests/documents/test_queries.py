import pytest
from django.utils import timezone, translation

from planning_portal.documents.engine import BuiltPdf
from planning_portal.documents.queries import Edition, download_rows
from planning_portal.documents.services import request_documents, store_document
from planning_portal.jobs.models import Job, JobState
from tests import factories


def store(subject, kind, language, version="1"):
    return store_document(subject, kind, BuiltPdf(b"%PDF", 1), language=language, version=version, audience="public")


def edition(subject, version="1"):
    return Edition.of(subject, "sample", version=version, audience="public")


def test_row_tells_the_state_of_each_language(kind, subject, media, coordinator):
    group = request_documents(
        subject, "sample", version="1", audience="public", by=coordinator, languages=["en", "es", "fr"]
    )
    english = store(subject, kind, "en")
    Job.objects.filter(payload__language="fr").update(state=JobState.FAILED, finished_at=timezone.now())

    (row,) = download_rows([edition(subject)], user=coordinator)

    assert [tuple(language) for language in row.languages] == [
        ("en", english, "ready"),
        ("es", None, "building"),
        ("fr", None, "failed"),
        ("nl", None, "missing"),
    ]
    assert (row.version, row.built_at, row.group) == ("1", english.built_at, group)
    assert row.is_building
    assert not row.is_complete


def test_progress_is_only_for_who_asked(kind, subject, coordinator, facilitator):
    request_documents(subject, "sample", version="1", audience="public", by=coordinator)
    assert download_rows([edition(subject)])[0].group is None
    assert download_rows([edition(subject)], user=facilitator)[0].group is None


def test_title_is_in_the_readers_language(kind, subject, media):
    for language in ("en", "nl"):
        store(subject, kind, language)
    with translation.override("nl"):
        assert download_rows([edition(subject)])[0].title.startswith("Samenvatting")
    with translation.override("fr"):
        assert download_rows([edition(subject)])[0].title.startswith("Summary")


def test_row_without_any_document_has_its_subjects_title(kind, subject):
    with translation.override("fr"):
        (row,) = download_rows([edition(subject)])
    assert row.title.startswith("Synthèse")
    assert {language.state for language in row.languages} == {"missing"}


def test_versions_are_rows_of_their_own_in_the_order_asked(kind, subject, media):
    store(subject, kind, "en", "1")
    store(subject, kind, "en", "2")
    rows = download_rows([edition(subject, "2"), edition(subject, "1")])
    assert [row.version for row in rows] == ["2", "1"]
    assert len({row.languages[0].document for row in rows}) == 2


def test_no_editions_cost_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert download_rows([]) == []


@pytest.mark.parametrize("number", [1, 30])
def test_rows_cost_the_same_for_one_and_for_thirty(kind, programme, coordinator, number, django_assert_num_queries):
    subjects = [factories.make_step("intercontinental") for _ in range(number)]
    for one in subjects:
        request_documents(one, "sample", version="1", audience="public", by=coordinator, languages=["en"])
    editions = [edition(one) for one in subjects]
    with django_assert_num_queries(4):
        rows = download_rows(editions, user=coordinator)
    assert len(rows) == number
