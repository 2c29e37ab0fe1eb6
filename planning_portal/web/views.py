"""The home page of signed-in people, a form that was kept, and the pages shown when something goes wrong."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import check_for_language, get_language_from_request, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from . import parking
from .registry import sections_for, tasks_for
from .submissions import FIELD, SubmissionConflict, SubmissionKeyMissing, issue_key
from .trouble import is_leaving, is_out_of_service, is_script, out_of_service, plain_page, typed_safely, way_out
from .typed import Typed, is_foreign

logger = logging.getLogger(__name__)


@login_not_required
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """The address without a language: on to the person's own, else to what the browser asks for."""
    saved = getattr(request.user, "preferred_language", "")
    language = saved if saved and check_for_language(saved) else get_language_from_request(request)
    with override(language):
        response = HttpResponseRedirect(reverse("programme:home"))
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """What this person still has to do, then what else concerns them."""
    return render(request, "web/work.html", {"tasks": tasks_for(request.user), "sections": sections_for(request.user)})


@login_not_required
@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """What the portal does to protect people, and what it cannot do: said plainly, to everybody."""
    return render(request, "web/safety.html")


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Leaving fast without JavaScript: the session ends, and a blank page leads on to an everyday one.

    A page of our own on the way, for two reasons: it is blank one round trip after the press, long before the other
    site answers; and a redirect there would be refused by ``form-action``. No CSRF token is asked for, so that a page
    that has lain open leads away as well: another site's form comes without the session (SameSite), and a GET ends
    nothing.
    """
    if request.method == "POST" and not is_foreign(request):
        logout(request)
    return way_out(request)


@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """The form that came after its sender's sign-in had expired: one button sends it on."""
    parked = parking.parked_for(request)
    return render(request, "web/kept.html", {"typed": parking.as_typed(parked) if parked else None})


def kept_here(request: HttpRequest) -> HttpResponse:
    """A form that came too late and cannot be parked (too large): it stays in this very page until it is sent."""
    context = {"typed": typed_safely(request), "sign_in": reverse("account_login")}
    return render(request, "web/kept_here.html", context, status=401)


def submission_conflict(request: HttpRequest, conflict: SubmissionConflict) -> HttpResponse:
    """409: the same form was sent before with another text. Both are there: the first answer, and what came now."""
    if is_script(request):
        return JsonResponse({"error": "conflict", "conflict_url": conflict.location}, status=409)
    context = {"typed": typed_safely(request), "location": conflict.location}
    return render(request, "409.html", context, status=409)


def submission_key_missing(request: HttpRequest, error: SubmissionKeyMissing) -> HttpResponse:
    """409: the form lay open too long or was made for somebody else. It can be sent again, with a new key."""
    typed = typed_safely(request)
    if typed is not None:
        fields = [(name, value) for name, value in typed.fields if name != FIELD]
        key = (FIELD, issue_key(request.user, error.purpose))
        typed = Typed(typed.action, (*fields, key), typed.has_files)
    return render(request, "409.html", {"typed": typed, "is_old": True}, status=409)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's safety key is not the browser's (cookies cleared, or a page left open since before a sign-in)."""
    return render(request, "403_csrf.html", {"typed": typed_safely(request)}, status=403)


def bad_request(
    request: HttpRequest, exception: Exception | None = None, *, typed: Typed | None = None
) -> HttpResponse:
    """400, with what was typed where it can be sent again; or 413 when more was sent than the portal takes."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return plain_page(request, 413, "413.html")
    return plain_page(request, 400, "400.html", typed=typed)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 with the reason that the view gave, and what was typed."""
    context = {"reason": str(exception or ""), "typed": typed_safely(request)}
    return render(request, "403.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", {"typed": typed_safely(request)}, status=404)


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    """500, or 503 when it is the database or the disk; in both, what was typed can be sent again."""
    if is_leaving(request):
        return way_out(request)
    if is_out_of_service(sys.exc_info()[1]):
        return out_of_service(request)
    if is_script(request):
        return JsonResponse({"error": "failed"}, status=500)
    return plain_page(request, 500, "500.html", typed=typed_safely(request))
