"""How long our engine takes for a document, beside bare WeasyPrint on the same HTML.

Both write the same kind of file (PDF/UA-1, our faces, the same style sheet, nothing from the network); a third build
without any tags shows what accessibility costs. Seconds are those of the processor, because a busy machine stretches
those of the clock; the builds take turns, and the median of the rounds' ratios counts. Target: at most 1.25 times.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import weasyprint
from weasyprint.text.fonts import FontConfiguration

from planning_portal.documents import assets, engine

from .figures import median_ratio

TARGET = 1.25


@dataclass(frozen=True)
class Comparison:
    """Median seconds of ours, of bare WeasyPrint, and of that without tags; the median ratio of ours to bare; pages."""

    ours: float
    bare: float
    untagged: float
    ratio: float
    pages: int

    def __str__(self) -> str:
        verdict = "within" if self.ratio <= TARGET else "above"
        return (
            f"document of {self.pages} pages: ours {self.ours:.2f} s, bare WeasyPrint {self.bare:.2f} s "
            f"(without tags {self.untagged:.2f} s): {self.ratio:.2f} times, {verdict} the target of {TARGET}"
        )


def build_bare(html: str, variant: str | None = "pdf/ua-1") -> int:
    """WeasyPrint as its documentation shows it, with our faces and style sheet; return the number of pages."""
    fonts = FontConfiguration()
    fetcher = engine.AssetFetcher()
    style = weasyprint.CSS(string=assets.font_faces(), url_fetcher=fetcher, font_config=fonts)
    page = weasyprint.HTML(string=html, base_url="asset:document/", url_fetcher=fetcher)
    document = page.render(font_config=fonts, stylesheets=[style], pdf_variant=variant, dpi=150)
    document.write_pdf(pdf_variant=variant, dpi=150)
    return len(document.pages)


def compare(html: str, rounds: int = 3) -> Comparison:
    """Build ``html`` with ours and bare ``rounds`` times in turn, after one of each that does not count; without tags
    once, for the order of it."""
    pages = engine.build_pdf(html).pages
    build_bare(html)
    seconds = [
        (_seconds(lambda: engine.build_pdf(html)), _seconds(lambda: build_bare(html))) for _round in range(rounds)
    ]
    ours, bare = zip(*seconds, strict=True)
    untagged = _seconds(lambda: build_bare(html, None))
    return Comparison(statistics.median(ours), statistics.median(bare), untagged, median_ratio(ours, bare), pages)


def _seconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start
