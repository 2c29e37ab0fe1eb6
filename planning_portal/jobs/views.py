"""How far the work is, and trying again what failed."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from . import queries, registry, services
from .models import Job, JobState

JOBS_ON_A_PAGE = 25


@require_safe
def group_progress(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """The jobs of one act, each with what is being done, and at the end where they lead.

    The page asks for its own fragment every two seconds and names the version it shows: as long as nothing has
    changed the answer is 204 (or 304 to who asks with the ETag), which is one query and no body.
    """
    found = queries.get_group(group)
    if found is None or not request.user.has_perm("jobs.view_group", found):  # type: ignore[arg-type]
        raise Http404
    version = found.version(get_language() or "")
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "jobs/group_progress.html", _progress_context(request, found, version))
    if request.GET.get("seen") == version:
        return HttpResponse(status=204)
    unchanged = get_conditional_response(request, etag=quote_etag(version))
    if unchanged is not None:
        return unchanged
    response = render(request, "jobs/_progress.html", _progress_context(request, found, version))
    response.headers["ETag"] = quote_etag(version)
    return response


def _progress_context(request: HttpRequest, group: queries.Group, version: str) -> dict[str, object]:
    outcomes = registry.outcomes_of(group.jobs, request.user)
    # A result says by itself that its job is done; nobody needs both.
    jobs = [job for job in group.jobs if job.state != JobState.DONE] if len(outcomes) == group.done else group.jobs
    return {
        "group": group,
        "subject": None if request.htmx else registry.subject_of(group.jobs),  # type: ignore[attr-defined]
        "lines": [queries.line_of(job) for job in jobs],
        "outcomes": outcomes,
        "version": version,
    }


@require_POST
def job_retry(request: HttpRequest, job: uuid.UUID) -> HttpResponse:
    """Queue a failed job again and go back to where its progress is shown."""
    found = get_object_or_404(Job, pk=job)
    if not request.user.has_perm("jobs.retry_job", found):
        raise Http404
    if services.retry_job(found):
        messages.success(request, _("This will be tried again."))
    else:
        messages.info(request, _("This is already being tried again."))
    group = queries.group_key_of(found, request.POST.get("group", ""))
    return redirect("jobs:group-progress", group) if group else redirect("jobs:job-list")


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """All slow work, the newest first: for those who look after the portal."""
    if not request.user.has_perm("jobs.view_any"):
        raise Http404
    state = request.GET.get("state", "")
    page = Paginator(queries.newest_jobs(state), JOBS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [queries.line_of(job) for job in page],
        "states": JobState.choices,
        "chosen": state,
    }
    return render(request, "jobs/job_list.html", context)
