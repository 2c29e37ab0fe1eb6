"""Mails say that there is something new, never what: no names, no content, a neutral subject."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from .models import Notice

logger = logging.getLogger(__name__)


def absolute_address(path: str) -> str:
    """``path`` with the portal's own host, for mails (which have no request)."""
    return settings.PORTAL_ADDRESS.rstrip("/") + path


def send_invitation(email: str, token: str, language: str) -> None:
    """Send the link in the invited person's language. A mail server that fails is logged, and stops nobody: the
    inviter has seen the link too."""
    with override(language):
        context = {"address": absolute_address(reverse("organisations:invitation-accept", args=[token]))}
        subject = render_to_string("emails/invitation_subject.txt", context).strip()
        body = render_to_string("emails/invitation.txt", context)
    try:
        EmailMessage(subject=subject, body=body, to=[email]).send()
    except OSError as error:  # smtplib's errors are OSErrors too
        logger.warning("invitation mail not sent: %s", type(error).__name__)


def send_notice(notice: Notice) -> None:
    """Say to one person, in their language, that there is something new. Raises OSError when the mail server fails."""
    with override(notice.user.preferred_language):
        context = {"address": absolute_address(reverse("web:work"))}
        subject = render_to_string("emails/notice_subject.txt", context).strip()
        body = render_to_string("emails/notice.txt", context)
    headers = {"Message-ID": f"<{notice.message_id}@portal>", "Auto-Submitted": "auto-generated"}
    EmailMessage(subject=subject, body=body, to=[notice.user.email], headers=headers).send()
