"""HTML to PDF. The only module that imports WeasyPrint.

It never touches the network or the disk: whatever a document refers to is an ``asset:`` of ours, held in memory;
any other address stops the build. It knows no fonts but ours, so the pages are the same on every machine.
"""

from __future__ import annotations

import logging
import os
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from . import assets, tags
from .signs import drawn_by_signs, signs_face

with warnings.catch_warnings():
    # A machine without a single font of its own is fine: ours come with the documents.
    warnings.simplefilter("ignore")
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

logger = logging.getLogger(__name__)

MAX_CHARACTERS = 30_000_000
MAX_PAGES = 1_500
OPTIONS: dict[str, Any] = {"pdf_variant": "pdf/ua-1", "dpi": 150, "presentational_hints": False}
PAGE_STEP = "Step 5 - Creating layout - Page %d"
FONTS_CONF = str(assets.DIRECTORY / "fonts.conf")

_progress = logging.getLogger("weasyprint.progress")
_progress.setLevel(logging.INFO)
_progress.propagate = False
# Font set-up reads the environment, and the tag repair hooks into the one writer: one at a time in this process.
_environment_lock = threading.Lock()
_writer_lock = threading.Lock()


class EngineError(Exception):
    """The document cannot be built as it is: too long, an address that is not ours, or bad markup."""


@dataclass(frozen=True)
class BuiltPdf:
    """The finished file and how many pages it has."""

    data: bytes
    pages: int


class AssetFetcher(URLFetcher):
    """Serves ``asset:<name>`` from memory and stops the build at anything else."""

    def __init__(self, extra: dict[str, assets.Asset] | None = None):
        super().__init__(timeout=0, allowed_protocols={"asset"}, allow_redirects=False, fail_on_errors=True)
        self._extra = extra or {}
        self.refused = ""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        scheme, _colon, name = url.partition(":")
        asset = self._extra.get(name) or assets.find(name) if scheme == "asset" else None
        if asset is None:
            # Only the scheme is told: an address can hold words that do not belong in a log. It is also remembered,
            # for WeasyPrint swallows even this error inside of an SVG.
            self.refused = f"A document may not refer to an address of scheme {scheme[:12]!r}"
            raise FatalURLFetchingError(self.refused)
        return URLFetcherResponse(url, asset.content, {"Content-Type": asset.content_type})


class _Progress(logging.Handler):
    """Passes the page being laid out to ``on_page`` and stops at the page limit."""

    def __init__(self, on_page: Callable[[int], None] | None):
        super().__init__(logging.INFO)
        self._on_page = on_page
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread != self._thread or record.msg != PAGE_STEP or not record.args:
            return
        page = int(str(record.args[0]))  # type: ignore[index]
        if page > MAX_PAGES:
            raise EngineError(f"The document has more than {MAX_PAGES} pages")
        if self._on_page:
            self._on_page(page)


class _Complaints(logging.Handler):
    """Keeps what WeasyPrint warns of while this thread builds."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.messages.append(record.getMessage())


@contextmanager
def _listening(on_page: Callable[[int], None] | None) -> Iterator[_Complaints]:
    progress, complaints = _Progress(on_page), _Complaints()
    log = logging.getLogger("weasyprint")
    _progress.addHandler(progress)
    log.addHandler(complaints)
    try:
        yield complaints
    finally:
        _progress.removeHandler(progress)
        log.removeHandler(complaints)


def _own_fonts() -> FontConfiguration:
    """A font configuration in which no font of this machine exists."""
    with _environment_lock:
        before = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = FONTS_CONF
        try:
            return FontConfiguration()
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before


def build_pdf(
    html: str,
    *,
    on_page: Callable[[int], None] | None = None,
    strict: bool | None = None,
    repair: bool = True,
) -> BuiltPdf:
    """Lay out ``html`` and write it as a tagged PDF/UA-1; the same HTML gives the same bytes.

    ``on_page(number)`` is called as pages are laid out (more than once for a page: the list of contents needs a
    second pass). ``strict``, the default in tests, refuses markup that WeasyPrint complains about; otherwise that is
    logged. ``repair=False`` leaves the tags as WeasyPrint writes them.

    Raises EngineError.
    """
    strict = settings.TESTING if strict is None else strict
    if len(html) > MAX_CHARACTERS:
        raise EngineError(f"The document has more than {MAX_CHARACTERS} characters")
    fonts = _own_fonts()
    signs = drawn_by_signs(html)
    fetcher = AssetFetcher({"signs.ttf": signs_face(signs)} if signs else None)
    try:
        with _listening(on_page) as complaints:
            style = weasyprint.CSS(
                string=assets.font_faces(with_signs=bool(signs)), url_fetcher=fetcher, font_config=fonts
            )
            page = weasyprint.HTML(string=html, base_url="asset:document/", url_fetcher=fetcher)
            document = page.render(font_config=fonts, stylesheets=[style], **OPTIONS)
            with _writer_lock, _naming_signs(signs):
                data = _write(document, repair=repair)
    except FatalURLFetchingError as error:
        raise EngineError(str(error)) from error
    if fetcher.refused:
        raise EngineError(fetcher.refused)
    if complaints.messages:
        if strict:
            raise EngineError("; ".join(complaints.messages))
        for message in complaints.messages:
            logger.error("WeasyPrint: %s", message)
    return BuiltPdf(data, len(document.pages))


@contextmanager
def _naming_signs(signs: Sequence[str]) -> Iterator[None]:
    """Have each glyph of the made face stand for its own character when text is copied or read aloud.

    WeasyPrint gives all characters of a cluster to its first glyph and none to the others.
    """
    build: Callable[..., Any] = weasyprint.pdf.build_fonts_dictionary

    def build_named(pdf: Any, fonts: dict[str, Any], *args: Any) -> Any:
        for font in fonts.values():
            if font.family == assets.SIGNS_FAMILY:
                font.to_unicode = {glyph: signs[glyph - 1] for glyph in font.to_unicode if glyph}
        return build(pdf, fonts, *args)

    if signs:
        weasyprint.pdf.build_fonts_dictionary = build_named
    try:
        yield
    finally:
        weasyprint.pdf.build_fonts_dictionary = build


def _write(document: weasyprint.Document, *, repair: bool) -> bytes:
    """The file, with its tags repaired; should the repair ever fail, the untouched file, which is valid too."""
    if repair:
        try:
            with tags.repaired(weasyprint.pdf, weasyprint.__version__):
                return document.write_pdf(**OPTIONS)
        except tags.RepairError:
            logger.exception("The tags of a document could not be repaired; it is written without")
    return document.write_pdf(**OPTIONS)
