"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    return {
        "portal_demo": settings.PORTAL_DEMO,
        "languages": settings.LANGUAGES,
        "quick_exit_url": settings.QUICK_EXIT_URL,
    }
