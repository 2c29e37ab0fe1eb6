"""Who gets to a page, and how an act on the desk answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from planning_portal.workflow.services import WrongState

from ..models import Candidate, LineOfWork, Round, Session, Workshop
from ..services import EditConflict
from ..services.edits import not_going_on

FORM = ["GET", "HEAD", "POST"]
WITH_WORKSHOP = ("workshop__step__programme", "workshop__zone")


def workshop_or_404(request: HttpRequest, public_id: uuid.UUID, workshops: Any = None) -> Workshop:
    """A workshop that this person may see; ``workshops`` are those they may see, with more read beside each."""
    workshops = Workshop.objects.visible_to(request.user) if workshops is None else workshops
    return get_object_or_404(workshops.with_context(), public_id=public_id)


def round_or_404(request: HttpRequest, public_id: uuid.UUID) -> Round:
    rounds = Round.objects.select_related(*WITH_WORKSHOP).filter(workshop__in=Workshop.objects.visible_to(request.user))
    return get_object_or_404(rounds, public_id=public_id)


def session_or_404(request: HttpRequest, public_id: uuid.UUID) -> Session:
    sessions = Session.objects.select_related(*WITH_WORKSHOP).filter(
        workshop__in=Workshop.objects.visible_to(request.user)
    )
    return get_object_or_404(sessions, public_id=public_id)


def candidate_or_404(request: HttpRequest, public_id: uuid.UUID) -> Candidate:
    candidates = Candidate.objects.visible_to(request.user).select_related(*WITH_WORKSHOP, "theme")
    return get_object_or_404(candidates, public_id=public_id)


def line_or_404(request: HttpRequest, public_id: uuid.UUID) -> LineOfWork:
    lines = LineOfWork.objects.visible_to(request.user).select_related(
        *WITH_WORKSHOP, "theme", "zone", "lead__country__zone"
    )
    return get_object_or_404(lines, public_id=public_id)


def require_desk(request: HttpRequest, workshop: Workshop) -> None:
    """Refuse whoever may see the workshop but not its desk."""
    if not request.user.has_perm("workshops.view_desk", workshop):
        raise PermissionDenied(_("The desk is for the facilitators of this workshop and for coordinators."))


def require_running(request: HttpRequest, workshop: Workshop) -> None:
    """Refuse whoever may not run the workshop now, with the reason."""
    require_desk(request, workshop)
    if not request.user.has_perm("workshops.run_workshop", workshop):
        raise PermissionDenied(why_not_running(request, workshop))


def why_not_running(request: HttpRequest, workshop: Workshop) -> str:
    if workshop.state != "open":
        return not_going_on(workshop)
    return _("Only the facilitators of this workshop can do this.")


def act(request: HttpRequest, do: Callable[[], Any], *, done: str, repeated: str = "", to: Any) -> HttpResponse:
    """Do something on the desk and go back there, saying what happened. A click can be repeated: it then says so.

    ``do`` returns False when there was nothing left to do. ``to`` is where to go on: an object or address, or a
    function from what ``do`` returned.
    """
    outcome = None
    try:
        outcome = do()
    except WrongState as error:
        messages.info(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except PermissionDenied as error:
        raise PermissionDenied(str(error) or _("Only the facilitators of this workshop can do this.")) from error
    else:
        if outcome is False:
            messages.info(request, repeated or _("This had been done already."))
        else:
            messages.success(request, done)
    return redirect(to(outcome) if callable(to) else to)


def submit(form: Form, do: Callable[[], HttpResponseRedirect]) -> HttpResponseRedirect | None:
    """Send a valid form to a service; what it refuses is put on the form, so that nothing typed is lost.

    After a conflict the form carries the new version: to send it again is then a choice, and ``form.theirs`` holds
    the texts that somebody else saved meanwhile.
    """
    try:
        return do()
    except EditConflict as conflict:
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["version"] = str(conflict.obj.version)  # type: ignore[index]
        form.theirs = conflict.theirs  # type: ignore[attr-defined]
        form.add_error(
            None,
            _("Somebody else saved this meanwhile. Their text is shown with yours: mend yours, then save again."),
        )
    except WrongState as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        add_errors(form, error)
    return None


def add_errors(form: Form, error: ValidationError) -> None:
    """Put a service's errors beside the fields they speak of; the rest on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.message_dict.items():
        form.add_error(field if field in form.fields and field != NON_FIELD_ERRORS else None, errors)  # type: ignore[arg-type]


def status_of(form: Form) -> int:
    """409 when somebody else was faster, 422 when something is to be mended, else 200."""
    if getattr(form, "theirs", None):
        return 409
    return 422 if form.errors else 200
