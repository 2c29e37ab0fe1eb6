"""Reading a form in another language without losing what is typed in it (``web.switching``)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import translate_url
from django.utils import translation

from planning_portal.web.switching import asked_language

F = TypeVar("F", bound=Form)
View = Callable[..., HttpResponse]


def keeps_typed(view: View) -> View:
    """Have a view show its form again, as typed, in the language that the sender asks for. Nothing is saved."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = asked_language(request) if request.method == "POST" else None
        if language is None:
            return view(request, *args, **kwargs)
        request.path = translate_url(request.path, language)
        request.only_shown_again = True  # type: ignore[attr-defined]
        with translation.override(language):
            return view(request, *args, **kwargs)

    return wrapper


def is_sent(request: HttpRequest) -> bool:
    """The form was sent to be acted on, not to be shown in another language."""
    return request.method == "POST" and not getattr(request, "only_shown_again", False)


def form_for(request: HttpRequest, form_class: type[F], **kwargs: Any) -> F:
    """The form as sent; or, only shown again, with what was typed as its beginning and no errors yet."""
    if not getattr(request, "only_shown_again", False):
        return form_class(request.POST or None, **kwargs)
    form = form_class(**kwargs)
    for name, field in form.fields.items():
        form.initial[name] = field.widget.value_from_datadict(request.POST, request.FILES, form.add_prefix(name))
    return form
