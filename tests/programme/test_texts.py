"""What translators find on their home page."""

import pytest
from django.urls import reverse

from planning_portal.programme.texts import tasks
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_translator_is_told_what_waits_in_each_language(translator):
    factories.make_theme(title_en="Decent work")
    found = list(tasks(translator))
    assert [task.url for task in found] == [
        f"{reverse('languages:text-list')}?language={code}" for code in ("es", "nl")
    ]


def test_a_language_with_nothing_open_is_not_a_task(translator):
    from planning_portal.languages.models import TranslationState, TranslationUnit

    factories.make_theme(title_en="Decent work", title_nl="Waardig werk")
    TranslationUnit.objects.filter(language="nl").update(state=TranslationState.DONE)
    assert [task.url.rsplit("=")[-1] for task in tasks(translator)] == ["es"]


@pytest.mark.parametrize("person", ["alice", "facilitator", "coordinator"])
def test_nobody_else_is_asked_to_translate(request, person, django_assert_max_num_queries):
    user = request.getfixturevalue(person)
    factories.make_theme(title_en="Decent work")
    with django_assert_max_num_queries(2):
        assert list(tasks(user)) == []
