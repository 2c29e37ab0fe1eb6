"""Telling people by mail that there is something new: whom, at most once a day, and never what.

The row in the outbox is written with the act that wants it; a job sends it (``jobs/README.md``). Nobody is written to
who does not want to be, nor anybody who acts for an organisation of a country where mail is dangerous.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from planning_portal.jobs.phrases import register_error
from planning_portal.jobs.registry import JobError, Report, register
from planning_portal.jobs.services import enqueue

from .mail import send_notice
from .models import Membership, Notice, NoticeState, Organisation, User

logger = logging.getLogger(__name__)
KIND = "organisations.notices"
KEPT = timedelta(days=30)

register_error("notices_not_sent", _("The mail server did not take all mails. Try again later."))


def today_for_mail() -> date:
    """The day by which "not twice a day" is counted: UTC's, so that it is the same for everybody."""
    return timezone.now().astimezone(UTC).date()


def may_be_written_to(people: QuerySet[User]) -> QuerySet[User]:
    """Those of ``people`` who want mail and act for no organisation of a country where mail is dangerous."""
    silent = Membership.objects.filter(organisation__country__no_mail=True).values("user")
    return people.filter(is_active=True, no_mail=False).exclude(pk__in=silent).distinct()


def people_to_notify(organisations: Iterable[Organisation]) -> QuerySet[User]:
    """Who may be written to of those who act for ``organisations``."""
    return may_be_written_to(User.objects.filter(memberships__organisation__in=[one.pk for one in organisations]))


@transaction.atomic
def notify_people(people: Iterable[User]) -> int:
    """Put a mail into the outbox for each of ``people`` who gets none today yet; return how many. Who called holds
    the same transaction: without its act there is no mail."""
    day = today_for_mail()
    wanted = {person.pk for person in people}
    wanted -= set(Notice.objects.filter(user__in=wanted, day=day).values_list("user_id", flat=True))
    if not wanted:
        return 0
    rows = [Notice(user_id=pk, day=day) for pk in sorted(wanted)]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    ours = Notice.objects.filter(message_id__in=[row.message_id for row in rows]).values_list("pk", flat=True)
    enqueue(KIND, {"notices": list(ours)})
    return len(rows)


@register(KIND, title=_("notices by mail"))
def send_notices(payload: dict[str, Any], report: Report) -> None:
    """Send those that still wait, each by whoever first says that it is being sent. Raises JobError when the mail
    server refused some: those wait for the next attempt."""
    refused = False
    waiting = Notice.objects.filter(pk__in=payload["notices"], state=NoticeState.WAITING)
    for notice in waiting.select_related("user").order_by("pk"):
        mine = Notice.objects.filter(pk=notice.pk, state=NoticeState.WAITING)
        if notice.user.no_mail or not notice.user.is_active:
            mine.delete()
            continue
        if not mine.update(state=NoticeState.SENDING):
            continue
        refused = not _sent(notice) or refused
    if refused:
        raise JobError("notices_not_sent")


def _sent(notice: Notice) -> bool:
    try:
        send_notice(notice)
    except OSError as error:  # smtplib's errors are OSErrors too
        logger.warning("notice not sent: %s", type(error).__name__)
        Notice.objects.filter(pk=notice.pk).update(state=NoticeState.WAITING)
        return False
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.SENT, sent_at=timezone.now())
    return True


def forget_old_notices() -> None:
    """Who was written to is not remembered for longer than a month."""
    Notice.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
