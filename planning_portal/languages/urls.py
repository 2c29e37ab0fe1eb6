"""The translator's desk. The house puts it together: what keeps a typed form is the frame's, and not known here."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path

from . import views

View = Callable[..., HttpResponse]


def pages(keeps_typed: Callable[[View], Any]) -> tuple[list[URLPattern], str]:
    """The addresses, for ``include``; ``keeps_typed`` lets a form go on in another language, as it was typed."""
    return (
        [
            path("", views.text_list, name="text-list"),
            path("<str:language>/<str:kind>/<int:object_id>/", keeps_typed(views.text_edit), name="text-edit"),
        ],
        "languages",
    )
