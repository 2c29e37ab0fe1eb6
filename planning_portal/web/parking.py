"""An expired sign-in never eats a form: the form is parked, its sender signs in, and sends it on with one button.

A form is parked for one known person only: the one its key was made for, whose session has just ended, or who was
signed in last in this browser (the signed cookie ``portal_sender``). A form of nobody known stays in the page.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .models import ParkedPost
from .submissions import sender_of
from .typed import Typed, typed_in

COOKIE = "portal_kept"
SENDER_COOKIE = "portal_sender"
SENDER_SALT = "planning_portal.web.parking.sender"
FIELD = "kept"
SALT = "planning_portal.web.parking"
LARGEST = 256 * 1024
MOST = 2_000
MOST_OF_ONE = 20
AGE = timedelta(hours=24)
# A sender's cookie is renewed when older than a day; a form may come a night after the last page.
SENDER_AGE = 2 * AGE


def park(request: HttpRequest) -> ParkedPost | None:
    """Keep the form that was sent; None when nobody knows whose it is, when it is too large or holds secrets, or when
    too many wait already.

    First removes what is older than 24 hours: nothing else has to clean up.
    """
    typed = typed_in(request)
    if typed is None or typed.size > LARGEST or len(typed.action) > 500:
        return None
    sender = sender_in(request)
    if sender is None:
        return None
    ParkedPost.objects.filter(created_at__lt=timezone.now() - AGE).delete()
    if ParkedPost.objects.filter(user=sender).count() >= MOST_OF_ONE or ParkedPost.objects.count() >= MOST:
        return None
    return ParkedPost.objects.create(
        user=sender,
        path=typed.action,
        fields=[list(pair) for pair in typed.fields],
        has_files=typed.has_files,
    )


def sender_in(request: HttpRequest) -> Any:
    """The person who sent this form, or None: its own key says it best, then the session that just ended, then the
    browser."""
    number = sender_of(request) or getattr(request, "ended_session_of", None) or _number_in_cookie(request)
    return get_user_model().objects.filter(pk=number, is_active=True).first() if number else None


def _number_in_cookie(request: HttpRequest, max_age: timedelta = SENDER_AGE) -> int | None:
    try:
        return int(signing.loads(request.COOKIES.get(SENDER_COOKIE, ""), salt=SENDER_SALT, max_age=max_age))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def remember_sender(request: HttpRequest, response: HttpResponse) -> None:
    """Let the browser say whose forms it sends once the sign-in is over. It grants nothing, and goes when it closes."""
    if _number_in_cookie(request, AGE) == request.user.pk:
        return
    response.set_cookie(
        SENDER_COOKIE,
        signing.dumps(request.user.pk, salt=SENDER_SALT),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def leave_no_trace(request: HttpRequest, response: HttpResponse) -> None:
    """Whoever signs out may hand the device to somebody else: it keeps nothing that leads to a form."""
    for name in (COOKIE, SENDER_COOKIE):
        if name in request.COOKIES:
            response.delete_cookie(name, samesite="Lax")


def bind(response: HttpResponse, parked: ParkedPost) -> HttpResponse:
    """Give the sender's browser the only thing that leads back to the parked form."""
    response.set_cookie(
        COOKIE,
        signing.dumps(str(parked.token), salt=SALT),
        max_age=int(AGE.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def token_of(request: HttpRequest) -> uuid.UUID | None:
    """The token that this browser holds, if its signature is ours and not older than a day."""
    try:
        return uuid.UUID(signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE))
    except (signing.BadSignature, ValueError):
        return None


def parked_for(request: HttpRequest) -> ParkedPost | None:
    """The form that this browser's person may send on: their own, not older than a day."""
    token = token_of(request)
    if token is None or not request.user.is_authenticated:
        return None
    parked = ParkedPost.objects.filter(token=token, created_at__gte=timezone.now() - AGE).first()
    if parked is None or parked.user_id != request.user.pk:
        return None
    return parked


def as_typed(parked: ParkedPost) -> Typed:
    """The parked form as ``components/typed_form.html`` shows it."""
    fields: list[tuple[str, str]] = [(name, value) for name, value in parked.fields]
    return Typed(parked.path, (*fields, (FIELD, str(parked.token))), parked.has_files)


def forget(request: HttpRequest, response: Any) -> None:
    """The parked form has arrived: remove it, and the cookie that led to it."""
    token = token_of(request)
    if token is None or request.POST.get(FIELD) != str(token):
        return
    ParkedPost.objects.filter(token=token).delete()
    response.delete_cookie(COOKIE, samesite="Lax")
