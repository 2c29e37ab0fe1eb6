"""Handing a document over to who may read it."""

from __future__ import annotations

import re
import uuid

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, quote_etag
from django.views.decorators.http import require_safe

from . import assets
from .models import Audience, RenderedDocument
from .queries import readable_document
from .registry import UnknownKind, get_kind
from .services import build_document

RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")


def _whole_file(document: RenderedDocument) -> FileResponse:
    response = FileResponse(
        document.file.open("rb"), as_attachment=True, filename=document.file_name, content_type="application/pdf"
    )
    response.headers["Content-Length"] = str(document.size)
    return response


def _rest_of_file(request: HttpRequest, document: RenderedDocument, etag: str) -> HttpResponse | None:
    """What was still missing when the line dropped: browsers ask for "from this byte on" of the file they know.

    None when the whole file must be sent: no or another kind of range, or the file is not the one they know.
    """
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or request.headers.get("If-Range", etag) != etag:
        return None
    start, last = int(asked[1]), min(int(asked[2] or document.size), document.size - 1)
    if start > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{document.size}"})
    with document.file.open("rb") as file:
        file.seek(start)
        content = file.read(last - start + 1)
    return HttpResponse(
        content,
        status=206,
        content_type="application/pdf",
        headers={
            "Content-Range": f"bytes {start}-{last}/{document.size}",
            "Content-Disposition": content_disposition_header(True, document.file_name) or "attachment",
            "Content-Length": str(len(content)),
        },
    )


@login_not_required
@require_safe
def document_download(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The file, as an attachment, from where a dropped download stopped.

    Who may not read it learns nothing: 404, and for a visitor the sign-in page, as for a document that is not there.
    """
    document = readable_document(request.user, public_id)
    if document is None:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise Http404
    etag = quote_etag(document.sha256)
    moment = int(document.built_at.timestamp())
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag, last_modified=moment)
    if response is None:
        response = _rest_of_file(request, document, etag) or _whole_file(document)
        response.headers["Accept-Ranges"] = "bytes"
    # A PDF is compressed already; compressing it again would hide its length and with it the progress of a download.
    response.headers["Content-Encoding"] = "identity"
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(moment)
    response.headers["Cache-Control"] = (
        "private, no-cache" if document.audience == Audience.PUBLIC else "private, no-store"
    )
    response.headers["Content-Security-Policy"] = "sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def document_preview(request: HttpRequest, kind: str, object_id: int, language: str) -> HttpResponse:
    """For who designs documents, on a development machine only: the HTML that the engine would get."""
    try:
        found = get_kind(kind)
    except UnknownKind as error:
        raise Http404 from error
    subject = get_object_or_404(found.model_class._base_manager, pk=object_id)
    html = build_document(
        subject,
        found,
        language=language,
        version=request.GET.get("version", "1"),
        audience=request.GET.get("audience", Audience.PUBLIC),
    )
    response = HttpResponse(html.replace('"asset:', '"../../assets/'))
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'"
    return response


@require_safe
def document_asset(request: HttpRequest, name: str) -> HttpResponse:
    """An asset of the preview."""
    asset = assets.find(name)
    if asset is None:
        raise Http404
    return HttpResponse(asset.content, content_type=asset.content_type)
