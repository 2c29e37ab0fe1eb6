"""What the public pages show, for tests."""

import itertools
from typing import Any

from planning_portal.documents.models import Audience, RenderedDocument
from planning_portal.languages.services import LANGUAGE_CODES
from planning_portal.programme.models import (
    Page,
    Programme,
    Resource,
    ResourceGroup,
    Step,
    StepInput,
    StepResult,
    Theme,
)
from tests import factories

numbers = itertools.count(1)


def in_all_languages(field: str, text: str) -> dict[str, str]:
    return {f"{field}_{code}": f"{text} ({code})" for code in LANGUAGE_CODES}


def make_page(programme: Programme, **fields: Any) -> Page:
    number = next(numbers)
    defaults = {
        "slug": f"page-{number}",
        "section": "framework",
        "order": number,
        "source_language": "en",
        **in_all_languages("title", f"Page {number}"),
    }
    return Page.objects.create(programme=programme, **{**defaults, **fields})


def make_resource(programme: Programme, **fields: Any) -> Resource:
    number = next(numbers)
    defaults = {
        "slug": f"resource-{number}",
        "kind": "study",
        "order": number,
        "source_language": "en",
        **in_all_languages("title", f"Resource {number}"),
        "description_en": "What it tells.",
    }
    return Resource.objects.create(programme=programme, **{**defaults, **fields})


def make_group(programme: Programme, **fields: Any) -> ResourceGroup:
    number = next(numbers)
    defaults = {"slug": f"group-{number}", "order": number, "source_language": "en", "title_en": f"Shelf {number}"}
    return ResourceGroup.objects.create(programme=programme, **{**defaults, **fields})


def make_input(step: Step, **fields: Any) -> StepInput:
    number = next(numbers)
    defaults = {"slug": f"input-{number}", "order": number, "source_language": "en", "title_en": f"Input {number}"}
    return StepInput.objects.create(step=step, **{**defaults, **fields})


def make_document(result: StepResult, language: str = "en", **fields: Any) -> RenderedDocument:
    """A built file of a published result, without a renderer."""
    defaults = {
        "content_type": result.content_type,
        "object_id": result.object_id,
        "kind": result.kind,
        "version": result.version,
        "audience": result.audience,
        "language": language,
        "file": "documents/none.pdf",
        "file_name": f"summary-{language}.pdf",
        "title": f"Summary ({language})",
        "sha256": "0" * 64,
        "pages": 12,
        "size": 120_000,
    }
    return RenderedDocument.objects.create(**{**defaults, **fields})


def make_result(step: Step, *, audience: str = Audience.PUBLIC, languages: Any = LANGUAGE_CODES) -> StepResult:
    """A published result; its subject is the step's own programme, which serves as well as any."""
    from planning_portal.programme.services import publish_result

    result = publish_result(
        step, subject=step.programme, kind="test.summary", version=str(next(numbers)), audience=audience, by=None
    )
    for language in languages:
        make_document(result, language)
    return result


def make_world(programme: Programme, *, each: int = 1) -> None:
    """``each`` steps, themes, pages, resources, countries and results: for query counts."""
    for number in range(each):
        step = factories.make_step(programme=programme)
        make_input(step, zone=factories.make_zone())
        make_result(step)
        theme: Theme = factories.make_theme(programme=programme)
        make_page(programme)
        make_resource(programme, theme=theme, group=make_group(programme))
        factories.make_organisation(country=factories.make_country(f"{chr(65 + number)}Z", iso3=f"{number:03}"))
