"""A form never makes two: the server issues a key with the form, and the first answer to a key is its only one."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from .models import Submission
from .switching import is_sent

FIELD = "submission_key"
SALT = "planning_portal.web.submission"
IGNORED = {FIELD, "csrfmiddlewaretoken", "kept"}


class SubmissionConflict(Exception):
    """The same form was sent twice with different content. ``location`` is where the first answer is."""

    def __init__(self, location: str):
        self.location = location
        super().__init__(location)


class SubmissionKeyMissing(Exception):
    """A form came without a key of ours, or with one made for another form or person, or long ago."""

    def __init__(self, purpose: str = ""):
        self.purpose = purpose
        super().__init__(purpose)


def issue_key(user: Any, purpose: str) -> str:
    """A new signed key for one form of one person. Nothing is stored: a GET does not write."""
    return signing.dumps([str(uuid.uuid4()), user.pk if user.is_authenticated else None, purpose], salt=SALT)


def read_key(request: HttpRequest, purpose: str) -> uuid.UUID:
    """The key of the form that was sent. Raises SubmissionKeyMissing."""
    try:
        key, user_id, made_for = signing.loads(request.POST.get(FIELD, ""), salt=SALT, max_age=7 * 24 * 3600)
    except signing.BadSignature as error:
        raise SubmissionKeyMissing(purpose) from error
    if made_for != purpose or user_id != (request.user.pk if request.user.is_authenticated else None):
        raise SubmissionKeyMissing(purpose)
    return uuid.UUID(key)


def sender_of(request: HttpRequest) -> int | None:
    """The number of the person for whom the form's key was made, whoever sends it now; None when it has no key."""
    try:
        _key, user_id, _purpose = signing.loads(request.POST.get(FIELD, ""), salt=SALT)
    except signing.BadSignature:
        return None
    return user_id  # type: ignore[no-any-return]


def fingerprint(request: HttpRequest) -> str:
    """SHA-256 of what was sent, without the keys."""
    sent = sorted((name, values) for name, values in request.POST.lists() if name not in IGNORED)
    return hashlib.sha256(json.dumps(sent).encode()).hexdigest()


def answered_before(request: HttpRequest, purpose: str) -> str | None:
    """Where the first answer to this form's key is; None for a new form. For a form that its first answer makes
    invalid (the country is planned now, it is no choice any more): asked before the form is judged."""
    try:
        key = read_key(request, purpose)
    except SubmissionKeyMissing:
        return None
    return Submission.objects.filter(key=key).exclude(location="").values_list("location", flat=True).first()


def answer_once(request: HttpRequest, purpose: str, act: Callable[[], str]) -> HttpResponseRedirect:
    """Run ``act`` once for the form's key and redirect to the address it returns; a replay redirects there again.

    The key's row and the act are one transaction, so two posts at once make one effect. What ``act`` raises leaves
    the key unused, so that the corrected form can be sent with it.
    Raises SubmissionKeyMissing, and SubmissionConflict when the key comes back with other content.
    """
    key = read_key(request, purpose)
    sent = fingerprint(request)
    user = request.user if request.user.is_authenticated else None
    try:
        with transaction.atomic():
            row = Submission.objects.create(key=key, user=user, purpose=purpose, fingerprint=sent)
            row.location = act()
            row.save(update_fields=["location"])
            return HttpResponseRedirect(row.location)
    except IntegrityError:
        first = Submission.objects.filter(key=key).first()
        if first is None:
            raise
    if first.fingerprint != sent:
        raise SubmissionConflict(first.location)
    return HttpResponseRedirect(first.location)


class _NotDone(Exception):
    """The view answered with a page instead of going on: nothing was done."""

    def __init__(self, response: HttpResponse):
        self.response = response
        super().__init__(response.status_code)


def once_per_form(purpose: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """For a view whose act the state itself guards (a request is answered once, a list is agreed once).

    Its first redirect is the answer to every replay of the form: a double click, a reply that was lost on the line.
    Otherwise the replay would be told that it came too late, about what it did itself. A page as an answer (errors)
    leaves the key unused and the database as it was. A form without a good key is acted on as it is: the state guards.
    Raises SubmissionConflict when the key comes back with other content.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not is_sent(request):
                return view(request, *args, **kwargs)
            try:
                read_key(request, purpose)
            except SubmissionKeyMissing:
                return view(request, *args, **kwargs)

            def act() -> str:
                response = view(request, *args, **kwargs)
                if not isinstance(response, HttpResponseRedirect):
                    raise _NotDone(response)
                return response.url

            try:
                return answer_once(request, purpose, act)
            except _NotDone as kept:
                return kept.response

        return wrapper

    return decorate
