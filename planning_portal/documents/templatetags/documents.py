"""Template helpers of printed documents only."""

from collections.abc import Sequence
from typing import Any

from django import template

from planning_portal.documents.report import Column

register = template.Library()


@register.filter
def with_columns(cells: Sequence[Any], columns: Sequence[Column]) -> list[tuple[Any, Column]]:
    """Each cell of a row beside its column; a row shorter than the head is a mistake and raises ValueError."""
    return list(zip(cells, columns, strict=True))
