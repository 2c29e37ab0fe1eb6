"""A temperature check from its opening to its end, after which nobody can find out who answered what.

The answers go when the desk ends it, takes it away or asks again, when its session ends, when the workshop closes, at
the latest with the next housekeeping. What a check says is never logged and never frozen.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.organisations.models import Organisation
from planning_portal.workflow.services import WrongState, log_change

from ..disclosure import LOWEST_MINIMUM
from ..models import Level, TemperatureAnswer, TemperatureCheck, Workshop
from ..queries.schedule import running_of
from ..queries.temperature import counted, is_over
from .attendance import delegation_of
from .edits import clean_text, lock_workshop, touch

LONGEST = 30  # minutes


@transaction.atomic
def open_temperature(
    workshop: Workshop, *, by: Any, minutes: int, question: str = "", language: str = "en"
) -> TemperatureCheck:
    """Ask the organisations for some minutes: a typed question, else about the session that runs.

    The former check goes, with its answers. Raises WrongState, PermissionDenied, ValidationError.
    """
    fresh = lock_workshop(workshop, by=by)
    session = running_of(fresh.sessions.all())
    question = clean_text(question)
    if not question and session is None:
        raise ValidationError(_("Type a question, or ask about the session that is running."))
    if not 1 <= minutes <= LONGEST:
        raise ValidationError({"minutes": _("A check lasts from one to 30 minutes.")})
    TemperatureCheck.objects.filter(workshop=fresh).delete()
    now = timezone.now()
    check = TemperatureCheck(
        workshop=fresh,
        session=session,
        question=question,
        language=language,
        minimum=_minimum(fresh),
        opened_at=now,
        closes_at=now + timedelta(minutes=minutes),
    )
    check.full_clean()
    check.save()
    log_change(fresh, "open_temperature", by=by, before=fresh.state, after=fresh.state)
    touch(fresh)
    return check


def _minimum(workshop: Workshop) -> int:
    """The strictest of the organisations entitled: an answer of theirs may be among few."""
    countries = (one.organisation.country for one in workshop.delegations.select_related("organisation__country"))
    return max((country.minimum_cell for country in countries), default=LOWEST_MINIMUM)


@transaction.atomic
def answer_temperature(check: TemperatureCheck, *, by: Any, organisation: Organisation, level: int) -> bool:
    """What an organisation thinks; it can change its mind until the end. False when it had said so already.

    Raises WrongState once it is over, PermissionDenied, ValidationError.
    """
    workshop = lock_workshop(check.workshop, by=None)
    fresh = TemperatureCheck.objects.filter(pk=check.pk, workshop=workshop).first()
    if fresh is None or is_over(fresh, timezone.now()):
        raise WrongState(_("This question has closed: your answer is not counted any more."))
    if not by.has_perm("workshops.come_in", delegation_of(workshop, organisation)):
        raise PermissionDenied(_("You can only answer for an organisation on the list that you belong to."))
    if level not in Level.values:
        raise ValidationError(_("Choose one of the five levels."))
    answer = fresh.answers.filter(organisation=organisation).first()
    if answer is not None and answer.level == level:
        return False
    TemperatureAnswer.objects.update_or_create(check_of=fresh, organisation=organisation, defaults={"level": level})
    touch(workshop)
    return True


@transaction.atomic
def end_temperature(workshop: Workshop, *, by: Any) -> bool:
    """Keep what may be shown, forget who answered what. False when it had ended.

    Raises WrongState, PermissionDenied.
    """
    fresh = lock_workshop(workshop, by=by)
    check = TemperatureCheck.objects.filter(workshop=fresh, shown__isnull=True).first()
    if check is None:
        return False
    check.shown = counted(check)
    check.closes_at = max(check.opened_at + timedelta(seconds=1), min(check.closes_at, timezone.now()))
    check.save(update_fields=["shown", "closes_at"])
    check.answers.all().delete()
    touch(fresh)
    return True


@transaction.atomic
def clear_temperature(workshop: Workshop, *, by: Any) -> bool:
    """Take the check off every screen, with its answers. False when there was none. Raises as ``end_temperature``."""
    fresh = lock_workshop(workshop, by=by)
    number, _rows = TemperatureCheck.objects.filter(workshop=fresh).delete()
    if number:
        touch(fresh)
    return number > 0


def forget_temperatures() -> None:
    """The daily housekeeping: nothing is left of a check that is over."""
    TemperatureCheck.objects.filter(closes_at__lt=timezone.now()).delete()
