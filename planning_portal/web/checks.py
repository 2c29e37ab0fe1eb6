"""Settings that would put people or their texts at risk, told at start, each with what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

LOCAL = {"localhost", "127.0.0.1", "[::1]", "::1", "testserver", ".localhost"}


def is_public() -> bool:
    """Whether the portal answers to anything but this machine."""
    return any(host not in LOCAL for host in settings.ALLOWED_HOSTS)


@register
def check_exposure(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """What must not meet the network."""
    if not is_public():
        return []
    found: list[CheckMessage] = []
    if settings.PORTAL_DEMO:
        found.append(
            Warning(
                "The demonstration, whose passwords are known to everybody, answers to public hosts.",
                hint="Unset PORTAL_DEMO, or keep ALLOWED_HOSTS to this machine.",
                id="portal.W001",
            )
        )
    if not settings.PORTAL_HTTPS:
        found.append(
            Warning(
                "Passwords and texts would cross the network unencrypted.",
                hint="Set PORTAL_HTTPS=1 and TRUSTED_PROXIES to the number of proxies in front.",
                id="portal.W002",
            )
        )
    if settings.DEBUG and not settings.PORTAL_DEMO:
        found.append(
            Error(
                "DEBUG shows code and settings to whoever meets an error.",
                hint="Unset DEBUG wherever ALLOWED_HOSTS names a public host.",
                id="portal.E001",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            Warning(
                "Any host name is accepted, so that links in messages can be forged.",
                hint="Name the portal's own hosts in ALLOWED_HOSTS.",
                id="portal.W003",
            )
        )
    return found


@register(deploy=True)
def check_address(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Links in invitations begin with the portal's address: to people elsewhere, one of this machine leads nowhere."""
    if not is_public() or urlsplit(settings.PORTAL_ADDRESS).hostname not in LOCAL:
        return []
    return [
        Error(
            "Links in messages would lead to the reader's own machine.",
            hint="Set PORTAL_ADDRESS to where people reach the portal, such as https://portal.example.org.",
            id="portal.E002",
        )
    ]


@register
def check_services(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """What a portal that is used for real needs beside itself."""
    found: list[CheckMessage] = []
    is_real = is_public() and not settings.PORTAL_DEMO
    if is_real and settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend")):
        found.append(
            Warning(
                "Messages are printed, not sent: invitations and new passwords reach nobody.",
                hint="Set EMAIL_URL and DEFAULT_FROM_EMAIL.",
                id="portal.W004",
            )
        )
    if settings.DATABASE_URL and not settings.REDIS_URL:
        found.append(
            Warning(
                "Several processes share this database, but no broker: slow work starts only when the relay comes by, "
                "and the limits on sign-in are kept in the database.",
                hint="Set REDIS_URL where more than one machine or worker runs.",
                id="portal.W005",
            )
        )
    if settings.PORTAL_HTTPS and not settings.TRUSTED_PROXIES:
        found.append(
            Warning(
                "The portal redirects to HTTPS but trusts no proxy to tell it that a request came by HTTPS.",
                hint="Set TRUSTED_PROXIES to the number of proxies in front of it.",
                id="portal.W006",
            )
        )
    return found
