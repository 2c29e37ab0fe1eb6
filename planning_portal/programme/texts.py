"""Which texts of a programme its translators work on, and what their home page says of them."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from planning_portal.languages.names import language_name
from planning_portal.languages.queries import counts_by_language
from planning_portal.languages.registry import register_texts
from planning_portal.web.registry import Task, register_tasks

from .models import Page, Programme, Resource, ResourceGroup, Step, StepInput, Theme, WorkerGroup
from .permissions import translator_languages
from .services import touch


def register() -> None:
    """Called once, from ``AppConfig.ready``."""
    for model in (Programme, Step, StepInput, Theme, Page, Resource, ResourceGroup, WorkerGroup):
        register_texts(model, partial(_everything, model), after_save=_touch)
    register_tasks(tasks)


def tasks(user: Any) -> Iterator[Task]:
    """For translators, one task for each of their languages that still has open texts: one query."""
    languages = translator_languages(user)
    if not languages:
        return
    reader = get_language() or "en"
    for code, count in counts_by_language(user, sorted(languages)).items():
        yield Task(
            title=_("Translate into %(language)s") % {"language": language_name(code, reader)},
            url=f"{reverse('languages:text-list')}?language={code}",
            note=ngettext("%(count)d text needs work", "%(count)d texts need work", count) % {"count": count},
            rank=40,
            audience="translator",
        )


def _everything(model: Any, user: Any) -> QuerySet[Any]:
    """All of it is public: every translator may read it."""
    return model._default_manager.all()  # type: ignore[no-any-return]


def _touch(obj: Any) -> None:
    touch()
