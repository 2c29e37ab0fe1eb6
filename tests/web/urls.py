"""The portal's addresses, and a few views that meet trouble on purpose."""

import errno

from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path

from planning_portal.urls import handler400, handler403, handler404, handler500
from planning_portal.urls import urlpatterns as portal_patterns
from planning_portal.web.models import Submission
from planning_portal.web.submissions import answer_once
from planning_portal.web.switching import answer_in, asked_language

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

received: list[dict[str, list[str]]] = []


def note(request: HttpRequest) -> HttpResponse:
    """A protected form that takes a text once."""
    if request.method == "POST":
        if language := asked_language(request):
            return answer_in(request, language)
        return answer_once(request, "tests.note", lambda: received.append(dict(request.POST.lists())) or "/en/done/")
    return TemplateResponse(request, "layout/base.html")


def plain_note(request: HttpRequest) -> HttpResponse:
    """A protected form without a submission key."""
    if request.method == "POST":
        received.append(dict(request.POST.lists()))
        return HttpResponseRedirect("/en/done/")
    return HttpResponse("form")


@login_not_required
def trouble(request: HttpRequest, kind: str) -> HttpResponse:
    match kind:
        case "crash":
            raise ZeroDivisionError
        case "database":
            raise OperationalError("database or disk is full")
        case "disk":
            raise OSError(errno.ENOSPC, "No space left on device")
        case "refused":
            raise PermissionDenied("The step is closed since yesterday.")
        case "writes":
            Submission.objects.create(key="00000000-0000-0000-0000-000000000000", purpose="x", fingerprint="x")
    return JsonResponse({"ok": True})


urlpatterns = [
    *portal_patterns,
    *i18n_patterns(
        path("note/", note),
        path("plain-note/", plain_note),
        path("trouble/<slug:kind>/", trouble),
        prefix_default_language=True,
    ),
]
