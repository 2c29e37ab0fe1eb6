"""The pages for when something is wrong, in four languages, and what a person typed on each of them.

``plain_page`` works with no database, no session and no context processors.
"""

from __future__ import annotations

import errno
import logging
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import translation

from .typed import Typed, is_foreign, typed_in

logger = logging.getLogger(__name__)
RETRY_SECONDS = 30
LAST_RESORT = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Planning portal</title>"
    "<p lang=en>Something went wrong. Please try again in a minute."
    "<p lang=es>Algo ha fallado. Inténtelo de nuevo dentro de un minuto."
    "<p lang=fr>Quelque chose n’a pas fonctionné. Réessayez dans une minute."
    "<p lang=nl>Er ging iets mis. Probeer het over een minuut opnieuw."
)


def is_out_of_service(error: BaseException | None) -> bool:
    """Whether the database or the disk is what failed: it will pass, and the same request can be sent again."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
            return True
        error = error.__cause__
    return False


def is_script(request: HttpRequest) -> bool:
    """Whether a script asked (autosave, a fragment): it wants the state, not a page."""
    return bool(request.headers.get("X-Autosave") or request.headers.get("HX-Request"))


def plain_page(request: HttpRequest, status: int, template: str, **context: Any) -> HttpResponse:
    """A page without anybody's name, made from nothing but the template and the catalogue."""
    try:
        language = translation.get_language_from_path(request.path_info) or translation.get_language() or "en"
        with translation.override(language):
            typed = context.pop("typed", None)
            html: str = render_to_string(
                template,
                {
                    "typed": typed,
                    "csrf_token": get_token(request) if typed else "",
                    "links": _language_links(request, language),
                    "home": f"/{language}/",
                    "retry": request.get_full_path() if request.method in {"GET", "HEAD"} else "",
                    **context,
                },
            )
    except Exception:
        logger.exception("The page for status %s could not be made.", status)
        html = LAST_RESORT
    return HttpResponse(html, status=status)


def out_of_service(request: HttpRequest) -> HttpResponse:
    """503: the database does not answer or the disk is full. What was typed stands in the page, to be sent again."""
    if is_leaving(request):
        return way_out(request)
    if is_script(request):
        response: HttpResponse = JsonResponse({"error": "unavailable"}, status=503)
    else:
        response = plain_page(request, 503, "503.html", typed=typed_safely(request))
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def is_leaving(request: HttpRequest) -> bool:
    """Whether somebody wants to get away from here fast (``views.leave``)."""
    return request.path_info.endswith("/my/leave/")


def way_out(request: HttpRequest) -> HttpResponse:
    """The blank page that leads away. Whatever else is broken, this device forgets the session."""
    name = urlsplit(settings.QUICK_EXIT_URL).hostname or ""
    context = {"elsewhere": settings.QUICK_EXIT_URL, "name": name.removeprefix("www.")}
    response = HttpResponse(render_to_string("web/leave.html", context))
    response.headers["Cache-Control"] = "no-store"
    if request.method == "POST" and not is_foreign(request):
        response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return response


def typed_safely(request: HttpRequest) -> Typed | None:
    """What was typed, or nothing: the pages for trouble must not make more of it."""
    try:
        return typed_in(request)
    except Exception:
        logger.exception("What was typed could not be read.")
        return None


def _language_links(request: HttpRequest, language: str) -> list[dict[str, Any]]:
    """This page in the four languages by its prefix alone: resolving addresses may be what is broken."""
    path = request.path_info
    rest = path[3:] if path[1:3] in dict(settings.LANGUAGES) and path[3:4] in {"", "/"} else "/"
    if request.method not in {"GET", "HEAD"}:
        rest = "/"
    return [
        {"code": code, "name": name, "url": f"/{code}{rest}", "current": code == language}
        for code, name in settings.LANGUAGES
    ]
