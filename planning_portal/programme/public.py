"""Public pages are put together once and kept, for each language, until something they show changes.

What is kept is the inside of a page, the same for everyone: no name of the reader, no token, no nonce. Its key holds
everything on which it depends: the release, the language, the programme's revision (``services.touch``), the day (the
status of a step comes from its dates) and, for pages with downloads, the documents that exist.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from planning_portal.documents.models import RenderedDocument

from .models import Programme

A_DAY = 24 * 3600
A_MINUTE = 60
WHAT_PAGES_ARE_MADE_OF = (
    "templates/**/*.html",
    "locale/**/*.mo",
    "planning_portal/**/*.py",
    "consultations/**/*.py",
    "workshops/**/*.py",
)


@dataclass(frozen=True)
class PublicPage:
    """The inside of a public page. ``keep`` is for how many seconds at most (shorter while something is built)."""

    title: str
    html: str
    description: str = ""
    width: str = ""
    keep: int = A_DAY


def render_page(template: str, context: dict[str, Any], **page: Any) -> PublicPage:
    """Render ``template`` without a request: nothing of the reader can get in."""
    language = get_language()
    return PublicPage(html=render_to_string(template, {**context, "LANGUAGE_CODE": language}), **page)


def show_page(
    request: HttpRequest,
    programme: Programme,
    key: str,
    build: Callable[[], PublicPage],
    *,
    downloads: bool = False,
    **extra: Any,
) -> HttpResponse:
    """Answer with the page kept under ``key``, or put it together. ``extra`` goes to the frame and is never kept."""
    page = kept_page(programme, key, build, downloads=downloads)
    return render(request, "programme/public_page.html", {"page": page, **extra})


def kept_page(
    programme: Programme, key: str, build: Callable[[], PublicPage], *, downloads: bool = False
) -> PublicPage:
    """One query for the cache, one more with ``downloads``; else what ``build`` costs. In UTC: it is for everyone."""
    if settings.DEBUG:
        return build()
    address = _address(programme, key, downloads)
    kept = cache.get(address)
    if kept is not None:
        return PublicPage(*kept)
    with timezone.override(UTC):
        page = build()
    cache.set(address, astuple(page), page.keep)
    return page


def _address(programme: Programme, key: str, downloads: bool) -> str:
    parts = [release(), get_language(), programme.pk, programme.revision, datetime.now(UTC).date(), key]
    if downloads:
        parts += RenderedDocument.objects.aggregate(last=Max("pk"), number=Count("pk")).values()
    return "public:" + hashlib.sha256(repr(parts).encode()).hexdigest()


@lru_cache(maxsize=1)
def release() -> str:
    """A mark of the code, templates, catalogs and styles this process runs: a new release makes every page anew."""
    digest = hashlib.sha256(str(getattr(staticfiles_storage, "manifest_hash", "")).encode())
    base = Path(settings.BASE_DIR)
    for pattern in WHAT_PAGES_ARE_MADE_OF:
        for path in sorted(base.glob(pattern)):
            stat = path.stat()
            digest.update(f"{path.relative_to(base)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
