"""The list of priorities to take away: CSV, JSON, spreadsheet."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..exports import csv_lines, json_lines, keys_to_export, rows_of, write_workbook
from ..queries import Filters

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _rows(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """The rows under the filters of the address, if this person may take them away."""
    if not request.user.has_perm("consultations.export_priorities"):
        raise PermissionDenied(
            _("Only coordinators, and companions for their countries, take the list away as a file.")
        )
    return rows_of(keys_to_export(request.user, Filters.from_query(request.GET)), request.user)


def _in_language(lines: Iterator[str]) -> Iterator[str]:
    """The answer is sent after the view is done: the language of the request goes with it."""
    language = get_language() or "en"

    def sent() -> Iterator[str]:
        with override(language):
            yield from lines

    return sent()


def _as_file(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


@require_safe
def priority_export_csv(request: HttpRequest) -> HttpResponseBase:
    lines = _in_language(csv_lines(_rows(request)))
    return _as_file(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), "priorities.csv")


@require_safe
def priority_export_json(request: HttpRequest) -> HttpResponseBase:
    lines = _in_language(json_lines(_rows(request)))
    return _as_file(StreamingHttpResponse(lines, content_type="application/json"), "priorities.json")


@require_safe
def priority_export_xlsx(request: HttpRequest) -> HttpResponseBase:
    """Written to a file on disk first: a spreadsheet cannot be sent before its end is known."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    write_workbook(_rows(request), file)
    file.seek(0)
    return _as_file(FileResponse(file, content_type=XLSX), "priorities.xlsx")
