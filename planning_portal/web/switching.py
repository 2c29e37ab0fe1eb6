"""Changing the language of a form without losing what is typed in it.

A form with ``data-keep`` carries ``components/form_language_switch.html``: submit buttons named ``switch_language``,
so that it works without JavaScript; with it, the links of the header send the same field. The view saves the draft
first and then answers with ``answer_in``. A view without drafts shows the typed form again in the other language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.forms import CheckboxInput, CheckboxSelectMultiple, Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
from django.urls import translate_url
from django.utils import translation
from django.utils.translation import gettext as _

F = TypeVar("F", bound=Form)

FIELD = "switch_language"
# Stands empty where a form begins that fills itself from what is saved, and says 1 in the switch, where it ends.
WHOLE = "whole"
LANGUAGE_PREFIX = re.compile(r"^/(en|es|fr|nl)(?=/|$)")


def address_in(language: str, url: str) -> str:
    """The same page in another language; for an address that leads nowhere at least its prefix is changed."""
    translated = translate_url(url, language)
    if translated != url:
        return translated
    if LANGUAGE_PREFIX.match(url):
        return LANGUAGE_PREFIX.sub(f"/{language}", url, count=1)
    return f"/{language}/"


def asked_language(request: HttpRequest) -> str | None:
    """The language that the sender of this form wants to go on in, or None when they sent the form itself."""
    language = request.POST.get(FIELD, "")
    return language if language in dict(settings.LANGUAGES) else None


def answer_in(request: HttpRequest, language: str, url: str = "") -> HttpResponseRedirect:
    """Go on in ``language`` at ``url`` (this page by default)."""
    return HttpResponseRedirect(address_in(language, url or request.get_full_path()))


def keeps_typed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a view without drafts: show its form again, as typed, in the language asked for. Nothing is saved."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = asked_language(request) if request.method == "POST" else None
        if language is None:
            return view(request, *args, **kwargs)
        return show_again(request, language, view, *args, **kwargs)

    return wrapper


def show_again(
    request: HttpRequest, language: str, view: Callable[..., HttpResponse], /, *args: Any, **kwargs: Any
) -> HttpResponse:
    """What ``view`` answers in ``language`` to a form that is only shown again as typed, not acted on (``is_sent``)."""
    request.path = address_in(language, request.path)
    request.only_shown_again = True  # type: ignore[attr-defined]
    with translation.override(language):
        response = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            # It would be made later, in the language of the address.
            response.render()
        return response


def is_sent(request: HttpRequest) -> bool:
    """The form was sent to be acted on, not to be shown in another language (``keeps_typed``)."""
    return request.method == "POST" and not getattr(request, "only_shown_again", False)


def is_cut(request: HttpRequest) -> bool:
    """The page had broken off in the middle of the form when it was sent: what stands further down never arrived."""
    return request.POST.getlist(WHOLE) == [""]


def form_for(request: HttpRequest, form_class: type[F], **kwargs: Any) -> F:
    """The form as sent; or, only shown again, with what was typed as its beginning and no errors yet.

    A form that was cut is shown again as well, and says so: fields that had not arrived are not empty, they are as
    they were saved.
    """
    if request.method != "POST":
        return form_class(**kwargs)
    cut = is_cut(request)
    if is_sent(request) and not cut:
        return form_class(request.POST, **kwargs)
    form = form_class(**kwargs)
    for name, field in form.fields.items():
        if field.disabled:
            continue
        typed = field.widget.value_from_datadict(request.POST, request.FILES, form.add_prefix(name))
        form.initial[name] = _with_the_rest(request, form, name, typed) if cut else typed
    if cut and is_sent(request):
        form.cleaned_data = {}
        form.add_error(
            None, _("This page had not arrived whole, so nothing was saved. Look it through, then save again.")
        )
    return form


def _with_the_rest(request: HttpRequest, form: Form, name: str, typed: Any) -> Any:
    """What was typed in a field of a cut form; as it is saved where the field, or the end of its text, is missing."""
    saved, key, widget = (
        form.get_initial_for_field(form.fields[name], name),
        form.add_prefix(name),
        form.fields[name].widget,
    )
    if isinstance(widget, CheckboxSelectMultiple):
        return sorted({*map(str, saved or ()), *map(str, typed)})
    is_missing = (
        key not in request.POST
        if isinstance(widget, CheckboxInput)
        else widget.value_omitted_from_data(request.POST, request.FILES, key)
    )
    if is_missing:
        return saved
    is_beginning = isinstance(saved, str) and saved.replace("\r\n", "\n").startswith(str(typed).replace("\r\n", "\n"))
    return saved if is_beginning and typed else typed


def version_for(request: HttpRequest, current: object) -> object:
    """The hidden ``version`` of a form: what it was filled from, also when it is only shown again."""
    return request.POST.get("version", current) if getattr(request, "only_shown_again", False) else current
