"""What every request passes through: health, safety headers, clean input, the reader, sign-in, GETs that only read,
and the rescue of what was typed when something goes wrong."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from . import parking
from .submissions import SubmissionConflict, SubmissionKeyMissing
from .trouble import is_out_of_service, is_script, out_of_service, typed_safely
from .typed import is_foreign
from .views import bad_request, kept_here, submission_conflict, submission_key_missing

GetResponse = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"
READS = re.compile(
    r"^[\s(]*(SELECT|WITH|SAVEPOINT|RELEASE|ROLLBACK|PRAGMA|EXPLAIN|SET|SHOW|BEGIN|COMMIT)\b", re.IGNORECASE
)
TABLES_OF_THE_FRAME = ("portal_cache", "django_session", "usersessions_usersession")
SEEN_EVERY_SECONDS = 600
SIGN_OUTS = {"account_logout", "web:leave"}


class HealthMiddleware:
    """Answer ``/live`` and ``/ready`` before anything else: no host check, no session, no redirect to HTTPS."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/live":
            return HttpResponse("ok", content_type="text/plain")
        if request.path_info == "/ready":
            from .health import readiness

            return readiness()
        return self.get_response(request)


class SafetyHeadersMiddleware:
    """Headers that neither Django nor django-csp sets; pages of signed-in people are never stored by the browser."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.status_code >= 500:
            # Who is signed in may be what could not be read: do not ask again.
            response.headers.setdefault("Cache-Control", "no-store")
            return response
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.setdefault("X-Robots-Tag", "noindex")
        return response


class InputMiddleware:
    """Refuse NUL bytes early: no field of ours may hold one and PostgreSQL cannot store it."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> HttpResponse | None:
        """Forms are read here, not earlier: the page that gives back what was typed needs the CSRF cookie."""
        if request.method == "POST" and any("\x00" in value for values in request.POST.lists() for value in values[1]):
            return bad_request(request, typed=typed_safely(request))
        return None


class ReaderMiddleware:
    """Show times in the reader's own zone; end a session that lay idle, or lasted, too long; know the sender of a form
    that comes after that (``parking``), until they sign out.

    The time of the last visit is written at most every ten minutes: a page does not cost a row.
    """

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not self._end_if_over(request):
            timezone.activate(request.user.time_zone)
        was_signed_in = request.user.is_authenticated
        try:
            response = self.get_response(request)
        finally:
            timezone.deactivate()
        if request.user.is_authenticated:
            parking.remember_sender(request, response)
        elif was_signed_in or self._is_sign_out(request):
            parking.leave_no_trace(request, response)
        return response

    @staticmethod
    def _is_sign_out(request: HttpRequest) -> bool:
        """Signing out, or leaving fast, where the session had ended before: the wish is the same."""
        asked = request.resolver_match.view_name if request.resolver_match else ""
        return request.method == "POST" and asked in SIGN_OUTS and not is_foreign(request)

    @staticmethod
    def _end_if_over(request: HttpRequest) -> bool:
        now = int(time.time())
        seen, since = request.session.get("seen", now), request.session.get("since", now)
        if now - seen > settings.SESSION_IDLE_SECONDS or now - since > settings.SESSION_COOKIE_AGE:
            request.ended_session_of = request.user.pk  # type: ignore[attr-defined]
            logout(request)
            return True
        if "since" not in request.session:
            request.session["since"] = now
        if "seen" not in request.session or now - seen >= SEEN_EVERY_SECONDS:
            request.session["seen"] = now
        return False


class SignInMiddleware(LoginRequiredMiddleware):
    """Every page asks for a sign-in unless its view says ``login_not_required``. A form that comes too late is kept."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:  # type: ignore[override]
        if request.headers.get("X-Autosave"):
            return JsonResponse({"error": "signed_out", "sign_in": reverse("account_login")}, status=401)
        if request.method != "POST":
            return self._ask(request, request.get_full_path())
        parked = parking.park(request)
        if parked is None and not is_script(request):
            return kept_here(request)
        response = self._ask(request, reverse("web:kept") if parked else reverse("web:work"))
        return parking.bind(response, parked) if parked else response

    @staticmethod
    def _ask(request: HttpRequest, after: str) -> HttpResponse:
        """Ask for a sign-in and go to ``after``; a fragment sends the whole page there."""
        if not request.headers.get("HX-Request"):
            return redirect_to_login(after, reverse("account_login"))
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = redirect_to_login(reverse("web:work"), reverse("account_login")).url
        return response

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """A form that was kept and has now been taken need not be kept longer."""
        has_arrived = request.method == "POST" and response.status_code < 400 and parking.COOKIE in request.COOKIES
        if has_arrived and request.user.is_authenticated:
            parking.forget(request, response)
        return response


class ReadOnlyGetMiddleware:
    """A GET never writes: any statement of ours that is not a read raises, in tests as in production."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} or "/account/" in request.path_info:
            return self.get_response(request)
        with connection.execute_wrapper(self._refuse_writes):
            return self.get_response(request)

    @staticmethod
    def _refuse_writes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not READS.match(sql) and not any(table in sql for table in TABLES_OF_THE_FRAME):
            raise RuntimeError(f"A GET must not write: {sql[:120]}")
        return execute(sql, params, many, context)


class RescueMiddleware:
    """Turn what a form met on its way into a page that says so and still holds what was typed."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not is_script(request):
            # The address of a form that was sent, opened again: in another language, from the history.
            page = render(request, "405.html", status=405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, SubmissionConflict):
            return submission_conflict(request, exception)
        if isinstance(exception, SubmissionKeyMissing):
            return submission_key_missing(request, exception)
        if is_out_of_service(exception):
            return out_of_service(request)
        return None
